"""The checks of a draft's quotations and references as every face returns them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from search_api.types.base import Displayed, Frozen

Verdict = Literal["found", "wrong_paragraph", "altered", "distorted", "other_source", "not_found"]


class Check(Displayed):
    """What a draft quotes or refers to, held against the reports."""

    quotation: Annotated[
        str | None, Field(description="The draft's words; null for a reference without any")
    ]
    claimed: Annotated[
        str | None, Field(description="Paragraphs the draft names: `29`, `30-35`, `29, 31`")
    ]
    verdict: Annotated[
        Verdict,
        Field(
            description="`found` where claimed, or anywhere if nothing is claimed; `distorted`: "
            "the words are there, but what is left out or put in turns their sense; "
            "`other_source`: said of something else than an indexed report, not judged"
        ),
    ]
    paragraph: Annotated[
        str | None,
        Field(
            description="Key of the passage that `actual` is from, or of several: `106-107`, "
            "`29, 99`; null if none"
        ),
    ]
    actual: Annotated[
        str | None, Field(description="The report's own words: a slice of the passage's text")
    ]
    difference: Annotated[
        str | None,
        Field(
            description="Words changed, `[-the report's-] {+the draft's+}`; changes that quoting "
            "permits, by name; what an ellipsis leaves out or a bracket puts in; what else is to "
            "be known"
        ),
    ]
    report: Annotated[
        str | None, Field(description="Id of the report that `paragraph` is of; null if none")
    ] = None
    start: Annotated[
        int | None, Field(description="Where in the draft it begins, in code points")
    ] = None
    end: Annotated[int | None, Field(description="Where in the draft it ends, exclusive")] = None
    url: Annotated[
        str | None, Field(description="Permalink that shows `actual` in its paragraph")
    ] = None
    confidence: Annotated[
        float | None, Field(ge=0, le=1, description="How sure the verdict is; ranks the checks")
    ] = None

    @property
    def is_to_mend(self) -> bool:
        """True where the draft says what the report does not."""
        return self.verdict not in ("found", "other_source")


class Checks(Frozen):
    """The checks of a draft, in the order of what they are about."""

    checks: Annotated[list[Check], Field(description="In the order of what they are about")]
