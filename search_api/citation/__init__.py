"""Citations and links: the one-line form here, formatted styles and exports in the modules."""

from search_api.citation.short import (
    passage_url,
    pinpoint,
    quote_url,
    report_url,
    short_citation,
)

__all__ = ["passage_url", "pinpoint", "quote_url", "report_url", "short_citation"]
