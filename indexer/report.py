"""The domain types: what a report is made of. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Known:
    """Where a field of a report's metadata came from, and whether there is no doubt about it."""

    field: str
    source: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a report besides its text; an empty field is unknown.

    `number` is what an Act, an instrument or a paper is counted by ("c 12", "SI 2004/3166",
    "HC 1119"); `known` has an entry for each field that is not empty.
    """

    title: str = ""
    short_title: str = ""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    published: date | None = None
    kind: str = "report"
    url: str = ""
    licence: str = ""
    attribution: str = ""
    examples: tuple[str, ...] = ()
    court: str = ""
    neutral_citation: str = ""
    parties: tuple[str, ...] = ()
    number: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    accessed: date | None = None
    known: tuple[Known, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields a citation needs that are unknown."""
        return tuple(name for name in NEEDED.get(self.kind, USUAL) if not getattr(self, name))

    @property
    def unsure(self) -> tuple[str, ...]:
        """Names of the fields that were read from the document, and may be wrong."""
        return tuple(each.field for each in self.known if not each.sure)


USUAL = ("title", "publisher", "published")
# A neutral citation names the court and the year.
NEEDED = {
    "legal_case": ("title", "neutral_citation"),
    "legislation": ("title",),
    "regulation": ("title", "number"),
    "treaty": ("title", "published"),
    "article": ("title", "authors", "published"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as character offsets into its passage's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A cross-reference at text[start:end] to the passage `key` of the same report.

    `through` is true for the end of a range ("12 to 15"), which takes in what lies between.
    """

    start: int
    end: int
    key: str
    through: bool = False


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form with its long one, and the key of the passage that defines it."""

    short: str
    long: str
    key: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote, kept apart from the text that calls it."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit that can be found: a numbered paragraph, or an unnumbered block cited by its heading.

    `text == report.text[start:end]`, character for character. `number` is the printed label,
    normalised, and None for an unnumbered block; `unit` is the word it is printed with, if any
    ("Article"); `key` is unique in the report.
    """

    key: str
    number: str | None
    section: tuple[str, ...]
    note: str | None
    text: str
    start: int
    end: int
    page: int | None = None
    page_label: str | None = None
    unit: str = ""
    sentences: tuple[Sentence, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line the numbering engine was not sure about, with what it decided."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class NumberingAudit:
    """What the printed numbers of a report look like once read: nothing is repaired.

    `gaps` lists numbers that are not there, `repeats` numbers printed more than once, `disorder`
    numbers lower than the one before, `restarts` where a part is numbered anew. `share` is the
    part (0..1) of the body's characters that lies inside numbered paragraphs. `ours` is true when
    the report prints no numbers and the paragraphs were counted by us.
    """

    count: int
    first: str | None
    last: str | None
    gaps: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    disorder: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    share: float = 0.0
    ours: bool = False
    doubtful: tuple[Doubt, ...] = ()

    @property
    def clean(self) -> bool:
        """True when the numbers run on without gap, repeat or disorder."""
        return not (self.gaps or self.repeats or self.disorder)


@dataclass(frozen=True, slots=True)
class Move:
    """What became of a passage of an earlier issue: its key and text hash then, its key now.

    `now` is None when the passage went.
    """

    key: str
    hash: str
    now: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier issue of a report, by the hash of its file, and where its passages stand now."""

    sha256: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One document, split. `sha256` is the hash of the source file's bytes."""

    id: str
    source: str
    sha256: str
    text: str
    passages: Sequence[Passage]
    audit: NumberingAudit
    metadata: Metadata = field(default_factory=Metadata)
    glossary: tuple[Abbreviation, ...] = ()
    history: tuple[Version, ...] = ()

    @property
    def paragraphs(self) -> tuple[Passage, ...]:
        """The numbered passages, in document order."""
        return tuple(passage for passage in self.passages if passage.number is not None)
