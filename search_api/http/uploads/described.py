"""What a person says of a report, as the API takes it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=4_000)]
Names = Annotated[list[Text], Field(max_length=200)]
Day = Annotated[str, Field(max_length=10, examples=["2012-05-14"], description="ISO date")]


class Described(BaseModel):
    """Fields of a report's metadata to set; an empty one makes it unknown."""

    model_config = ConfigDict(extra="forbid")

    title: Text = ""
    short_title: Text = ""
    publisher: Text = ""
    authors: Names = []
    published: Day = ""
    kind: Annotated[Text, Field(examples=["legal_case"])] = ""
    url: Text = ""
    licence: Text = ""
    attribution: Text = ""
    examples: Annotated[Names, Field(description="Questions to begin with")] = []
    court: Text = ""
    neutral_citation: Annotated[Text, Field(examples=["[2024] UKSC 14"])] = ""
    parties: Names = []
    number: Annotated[Text, Field(examples=["SI 2004/3166"])] = ""
    journal: Text = ""
    volume: Text = ""
    issue: Text = ""
    pages: Text = ""
    accessed: Day = ""
