"""The LangChain retriever, as `search_api.client.adapters.langchain` has it."""

from search_api.client.adapters.langchain import PilcrowRetriever

__all__ = ["PilcrowRetriever"]
