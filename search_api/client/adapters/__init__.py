"""Retrievers for other frameworks: LangChain, LlamaIndex, Haystack; each in a module of its own."""
