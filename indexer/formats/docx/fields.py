"""Fields of Word: a code, which is not text, and the result it printed last."""

from __future__ import annotations

from dataclasses import dataclass, field

CONTENTS_FIELDS = ("TOC", "TOA", "INDEX")
# Fields nested deeper, and more of a code, than this come from damaged or hostile files.
DEEPEST = 50
LONGEST_CODE = 200


@dataclass(slots=True)
class _Open:
    code: str = ""
    has_result: bool = False


@dataclass(slots=True)
class Fields:
    """The fields open at a place in the document; they nest and may span paragraphs."""

    _open: list[_Open] = field(default_factory=list)
    _beyond: int = 0

    def begin(self, code: str = "", has_result: bool = False) -> None:
        """A field opens; simple fields have all their code at once."""
        if len(self._open) < DEEPEST:
            self._open.append(_Open(code[:LONGEST_CODE], has_result))
        else:
            self._beyond += 1

    def read_code(self, code: str) -> None:
        """More of the innermost field's code."""
        if self._open and not self._open[-1].has_result:
            self._open[-1].code = (self._open[-1].code + code)[:LONGEST_CODE]

    def separate(self) -> None:
        """The code of the innermost field is over, its result begins."""
        if self._open and not self._beyond:
            self._open[-1].has_result = True

    def end(self) -> str:
        """The innermost field closes; gives its code, if it had no result."""
        if self._beyond:
            self._beyond -= 1
        elif self._open:
            closed = self._open.pop()
            return "" if closed.has_result else closed.code
        return ""

    def end_paragraph(self) -> None:
        """Give up fields still in their code: in a damaged file they would swallow the rest."""
        self._open = [item for item in self._open if item.has_result]

    @property
    def in_code(self) -> bool:
        """True where text is part of a field's code."""
        return any(not item.has_result for item in self._open)

    @property
    def in_contents(self) -> bool:
        """True inside the result of a table of contents or an index."""
        return any(item.code.lstrip().startswith(CONTENTS_FIELDS) for item in self._open)
