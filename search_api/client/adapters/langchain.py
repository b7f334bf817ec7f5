"""A LangChain retriever: `PilcrowRetriever(source=...)`."""

from __future__ import annotations

from pydantic import SkipValidation

from search_api.client import Library
from search_api.client.adapters.source import find, identity, installed, metadata

with installed("langchain-core", "langchain"):
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever


class PilcrowRetriever(BaseRetriever):
    """The `k` passages nearest to a query as documents, best first.

    `source` is a `Pilcrow` or a `PilcrowClient`; awaited, it is asked in a thread.

    A document's text is the whole passage, its id `REPORT/KEY`, its metadata that of
    `search_api.client.adapters.source.metadata`. `report` and `section` narrow the search;
    `only_answered` gives no document for what the report does not answer. `k` may be given to
    `invoke` too.
    """

    source: SkipValidation[Library]
    report: str | None = None
    section: str | None = None
    k: int = 10
    only_answered: bool = False

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
        k: int | None = None,
    ) -> list[Document]:
        hits, confidence = find(
            self.source,
            query,
            report=self.report,
            section=self.section,
            limit=self.k if k is None else k,
            only_answered=self.only_answered,
        )
        return [
            Document(page_content=hit.text, id=identity(hit), metadata=metadata(hit, confidence))
            for hit in hits
        ]
