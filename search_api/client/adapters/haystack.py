"""A Haystack component: `PilcrowRetriever(source)`."""

from __future__ import annotations

from search_api.client import Library
from search_api.client.adapters.source import Source, identity, installed, metadata

with installed("haystack-ai", "haystack"):
    from haystack import Document, component


@component
class PilcrowRetriever:
    """The `top_k` passages nearest to a query as documents, best first.

    A document's content is the whole passage, its id `REPORT/KEY`, its meta that of
    `search_api.client.adapters.source.metadata`. `report` and `section` narrow the search;
    `only_answered` gives no document for what the report does not answer.

    `source` is a `Pilcrow` or a `PilcrowClient`; for a pipeline that is to be saved it is a
    store's folder or a server's address, opened at warm-up.
    """

    def __init__(
        self,
        source: Library | str,
        report: str | None = None,
        section: str | None = None,
        top_k: int = 10,
        only_answered: bool = False,
    ) -> None:
        # Haystack saves a component by the attributes named like these parameters.
        self.source = source
        self.report = report
        self.section = section
        self.top_k = top_k
        self.only_answered = only_answered
        self._opened = Source(source)

    def warm_up(self) -> None:
        """Open the folder or the address, unless it is open.

        Raises:
            StoreError: the folder is no store.
        """
        self._opened.open()

    def close(self) -> None:
        """Close what `warm_up` opened."""
        self._opened.close()

    @component.output_types(documents=list[Document])
    def run(
        self,
        query: str,
        report: str | None = None,
        section: str | None = None,
        top_k: int | None = None,
    ) -> dict[str, list[Document]]:
        """The passages as `documents`; what is given here comes before what the component has.

        Raises:
            QuestionError: the query is empty or too long, or `top_k` out of range.
            NotFoundError: no such report.
        """
        hits, confidence = self._opened.find(
            query,
            report=report or self.report,
            section=section or self.section,
            limit=self.top_k if top_k is None else top_k,
            answered=self.only_answered,
        )
        documents = [
            Document(
                id=identity(hit), content=hit.text, meta=metadata(hit, confidence), score=hit.score
            )
            for hit in hits
        ]
        return {"documents": documents}
