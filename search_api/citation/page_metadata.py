"""Citation metadata in a passage's page, for Zotero and the like."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from indexer.report import Passage, Report
from search_api.citation.exports import Format, json_ld, source_line
from search_api.library.links.permalinks import permalink, selectors, text_fragment_link
from search_api.library.links.short_citation import passage_url


@dataclass(frozen=True, slots=True)
class Export:
    """A file with the citation, at the passage's address with this ending."""

    ending: str
    form: Format
    media_type: str
    title: str


EXPORTS = (
    Export("ris", "ris", "application/x-research-info-systems", "RIS"),
    Export("json", "csl-json", "application/vnd.citationstyles.csl+json", "CSL-JSON"),
    Export("bib", "bibtex", "application/x-bibtex", "BibTeX"),
)


def page_data(
    report: Report, passage: Passage, item: str, slice_: tuple[int, int], base: str
) -> dict[str, Any]:
    """For the page's template: links to exports, structured data, the publisher's page.

    `item` is the sub-item asked for or ""; `slice_` the offsets of the words marked, if any.
    """
    start, end = slice_
    data = [json_ld(report, passage, base)]
    if start < end:
        about = {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation"}
        target = selectors(report, passage, start, end, base)
        data.append(about | {"motivation": "highlighting", "target": target})
    address = passage_url(report, passage) + item
    return {
        "address": address,
        "exports": [(each, f"{address}.{each.ending}") for each in EXPORTS],
        "data": [_script(each) for each in data],
        "permalink": permalink(report, passage, base),
        "source": source_line(report),
        "publisher_page": text_fragment_link(report, passage, start, end)
        if start < end
        else text_fragment_link(report, passage),
    }


def _script(data: dict[str, Any]) -> Markup:
    """JSON for a script element, which nothing in it can close."""
    text = json.dumps({name: value for name, value in data.items() if value}, ensure_ascii=False)
    return Markup(text.replace("<", r"\u003c"))  # noqa: S704
