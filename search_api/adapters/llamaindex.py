"""The LlamaIndex retriever, as `search_api.client.adapters.llamaindex` has it."""

from search_api.client.adapters.llamaindex import PilcrowRetriever

__all__ = ["PilcrowRetriever"]
