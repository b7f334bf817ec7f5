"""The Haystack retriever of `search_api.client.adapters.haystack`, by its first path."""

from __future__ import annotations

from search_api.client.adapters import haystack as moved
from search_api.client.adapters.source import installed

with installed("haystack-ai", "haystack"):
    from haystack import component


@component
class PilcrowRetriever(moved.PilcrowRetriever):
    """The component that pipelines saved by that path name."""
