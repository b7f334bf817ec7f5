"""Collected quotes as a document or for a reference manager, in the store's words."""

from search_api.citation.notebook.documents import FORMATS, Exported, export_quotes
from search_api.citation.notebook.items import (
    ExportItem,
    ExportRequest,
    Format,
    ItemFault,
    ItemsError,
)

__all__ = [
    "FORMATS",
    "ExportItem",
    "ExportRequest",
    "Exported",
    "Format",
    "ItemFault",
    "ItemsError",
    "export_quotes",
]
