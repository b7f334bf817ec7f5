"""A LlamaIndex retriever: `PilcrowRetriever(source)`."""

from __future__ import annotations

import asyncio

from search_api.client import Library
from search_api.client.adapters.source import Source, identity, installed, metadata
from search_api.types.answers import Hit

with installed("llama-index-core", "llamaindex"):
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import (
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )

# What a language model is shown with a passage; the rest is for programs.
SHOWN = {"section", "citation"}


class PilcrowRetriever(BaseRetriever):
    """The `similarity_top_k` passages nearest to a query as nodes, best first.

    `source` is a `Pilcrow` or a `PilcrowClient`; for a retriever that is to be pickled it is a
    store's folder or a server's address, opened when first asked. Awaited, it asks in a thread.

    A node's text is the whole passage, its id `REPORT/KEY`, its metadata that of
    `search_api.client.adapters.source.metadata`. `report` and `section` narrow the search;
    `only_answered` gives no node for what the report does not answer.
    """

    def __init__(
        self,
        source: Library | str,
        report: str | None = None,
        section: str | None = None,
        similarity_top_k: int = 10,
        only_answered: bool = False,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager=callback_manager)
        self._opened = Source(source)
        self.report = report
        self.section = section
        self.similarity_top_k = similarity_top_k
        self.only_answered = only_answered

    def close(self) -> None:
        """Close what was opened by folder or address."""
        self._opened.close()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits, confidence = self._opened.find(
            query_bundle.query_str,
            report=self.report,
            section=self.section,
            limit=self.similarity_top_k,
            answered=self.only_answered,
        )
        return [NodeWithScore(node=_node(hit, confidence), score=hit.score) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(hit: Hit, confidence: float) -> TextNode:
    known = metadata(hit, confidence)
    return TextNode(
        id_=identity(hit),
        text=hit.text,
        metadata=known,
        excluded_llm_metadata_keys=sorted(known.keys() - SHOWN),
        excluded_embed_metadata_keys=sorted(known.keys() - SHOWN),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.report)},
    )
