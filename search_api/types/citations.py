"""A pinpoint citation as every face returns it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from search_api.types.base import Displayed, Frozen


class CslPinpoint(Frozen):
    """The citation item of CSL-JSON, which carries the pinpoint."""

    id: Annotated[str, Field(description="Id of the item cited")]
    label: Annotated[str, Field(description="What the locator counts: `paragraph`")]
    locator: Annotated[str, Field(description="The paragraph numbers; a range with a hyphen")]


class CslCitation(Frozen):
    """CSL-JSON: the reference, and the citation item that points into it."""

    item: Annotated[dict[str, Any], Field(description="The report as a CSL item")]
    citation_item: Annotated[CslPinpoint, Field(description="The pinpoint into it")]


class Citation(Displayed):
    """A pinpoint citation in a style, and for other programs."""

    style: Annotated[str, Field(description="The style asked for")]
    in_text: Annotated[str, Field(description="As it stands in the text, or in the note")]
    bibliography: Annotated[str | None, Field(description="Null for a style that has none")]
    in_text_html: Annotated[str, Field(description="`in_text` with its italics")] = ""
    bibliography_html: Annotated[str | None, Field(description="The same of `bibliography`")] = None
    csl_json: Annotated[CslCitation, Field(description="For citeproc and reference managers")]
    ris: Annotated[str, Field(description="For Zotero and EndNote")]
    bibtex: Annotated[str, Field(description="For LaTeX")]
    permalink: Annotated[str, Field(description="Address of the paragraph here")]
    text_fragment_link: Annotated[
        str | None, Field(description="Into the publisher's page; null where none is known")
    ]
