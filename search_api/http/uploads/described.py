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

    title: Annotated[Text, Field(description="In full")] = ""
    short_title: Annotated[Text, Field(description="As short citations have it")] = ""
    publisher: Annotated[Text, Field(description="Who published it")] = ""
    authors: Annotated[Names, Field(description="By whom")] = []
    published: Day = ""
    kind: Annotated[
        Text,
        Field(description="`report`, `legal_case`, `legislation`, ...", examples=["legal_case"]),
    ] = ""
    url: Annotated[Text, Field(description="The publisher's page")] = ""
    licence: Annotated[Text, Field(description="Under what it may be used")] = ""
    attribution: Annotated[Text, Field(description="Source and date as the licence wants them")] = (
        ""
    )
    examples: Annotated[Names, Field(description="Questions to begin with")] = []
    court: Annotated[Text, Field(description="Of a judgment")] = ""
    neutral_citation: Annotated[
        Text, Field(description="As the court gives it", examples=["[2024] UKSC 14"])
    ] = ""
    parties: Annotated[Names, Field(description="Of a judgment")] = []
    number: Annotated[
        Text, Field(description="Of an Act or a paper", examples=["SI 2004/3166"])
    ] = ""
    journal: Annotated[Text, Field(description="Of an article")] = ""
    volume: Annotated[Text, Field(description="Of a journal or law report")] = ""
    issue: Annotated[Text, Field(description="Of a journal")] = ""
    pages: Annotated[Text, Field(description="First and last, of an article")] = ""
    accessed: Day = ""
