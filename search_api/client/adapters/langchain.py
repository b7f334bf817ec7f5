"""A LangChain retriever: `PilcrowRetriever(source=...)`."""

from __future__ import annotations

import asyncio

from pydantic import PrivateAttr, SkipValidation

from search_api.client import Library
from search_api.client.adapters.source import Source, identity, installed, metadata

with installed("langchain-core", "langchain"):
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever


class PilcrowRetriever(BaseRetriever):
    """The `k` passages nearest to a query as documents, best first.

    `source` is a `Pilcrow` or a `PilcrowClient`; for a retriever that is to be saved it is a
    store's folder or a server's address, opened when first asked. Awaited, it asks in a thread.

    A document's text is the whole passage, its id `REPORT/KEY`, its metadata that of
    `search_api.client.adapters.source.metadata`. `report` and `section` narrow the search;
    `only_answered` gives no document for what the report does not answer. `k` may be given to
    `invoke` too.
    """

    source: SkipValidation[Library | str]
    report: str | None = None
    section: str | None = None
    k: int = 10
    only_answered: bool = False
    _opened: Source = PrivateAttr()

    @classmethod
    def is_lc_serializable(cls) -> bool:
        """True: `dumps` and `loads` of langchain_core save and load it."""
        return True

    @classmethod
    def get_lc_namespace(cls) -> list[str]:
        """The module it is loaded from."""
        return cls.__module__.split(".")

    def model_post_init(self, context: object, /) -> None:
        """See pydantic."""
        super().model_post_init(context)
        self._opened = Source(self.source)

    def close(self) -> None:
        """Close what was opened by folder or address."""
        self._opened.close()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
        k: int | None = None,
    ) -> list[Document]:
        return self._find(query, k)

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,  # noqa: ARG002
        k: int | None = None,
    ) -> list[Document]:
        return await asyncio.to_thread(self._find, query, k)

    def _find(self, query: str, k: int | None) -> list[Document]:
        hits, confidence = self._opened.find(
            query,
            report=self.report,
            section=self.section,
            limit=self.k if k is None else k,
            answered=self.only_answered,
        )
        return [
            Document(page_content=hit.text, id=identity(hit), metadata=metadata(hit, confidence))
            for hit in hits
        ]
