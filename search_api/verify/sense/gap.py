"""A run of words that a quotation leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from search_api.verify.sense import lexicon as lex
from search_api.verify.sense.line import Line


@dataclass(frozen=True, slots=True)
class Gap:
    """Words start..end of a line that are left out; `leads` and `follows`: words kept around."""

    line: Line
    start: int
    end: int
    leads: bool = True
    follows: bool = True

    def left_out(self) -> list[str]:
        """The keys of the words left out."""
        return self.line.keys(self.start, self.end)

    def closes_at_end(self) -> bool:
        """True when punctuation parts what is left out from what follows."""
        return not self.follows or self.line.ends_clause(self.end)

    def opens_at_start(self) -> bool:
        """True when punctuation parts what is left out from what leads to it."""
        return not self.leads or self.line.ends_clause(self.start)

    def is_denied(self) -> bool:
        """True when what leads to it is denied: "was not used", "no effort to see"."""
        return self.leads and _is_denied(self.line, self.start)


def _is_denied(line: Line, at: int) -> bool:
    """True where the nearest predicate before a word is denied, or its subject is "no ..."."""
    low = line.sentence_start(at)
    for place in range(at - 1, low - 1, -1):
        if lex.is_negation(line.key(place)):
            return True
        if line.key(place) in lex.FINITE:
            return lex.is_negation(line.key(line.clause_start(place)))
        if line.is_strong(place):
            return False
    return False


def quoted(line: Line, start: int, end: int) -> str:
    """That a run of words is left out, as a check says it."""
    return f"leaves out “{short(line.shown(start, end))}”"


def short(text: str) -> str:
    """A run of words, or the last of many."""
    words = text.split()
    return text if len(words) <= 8 else " ".join(["…", *words[-7:]])
