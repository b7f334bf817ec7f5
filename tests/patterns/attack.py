"""Texts that make a pattern slow, if any do, grown from the pattern itself.

A backtracking engine is slow where a run of text can be read in many ways, or begun at many places,
before it fails. So each repeated part is given long runs: of the characters that most repeated
parts share, of what one turn of it is, and of what comes before it.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sre_parse
    from sre_constants import (
        ANY,
        ASSERT,
        ASSERT_NOT,
        ATOMIC_GROUP,
        BRANCH,
        GROUPREF,
        GROUPREF_EXISTS,
        IN,
        LITERAL,
        MAX_REPEAT,
        MIN_REPEAT,
        NOT_LITERAL,
        POSSESSIVE_REPEAT,
        SUBPATTERN,
    )

# A character that may be repeated more often than this can hold a long run; of longer parts, some
# turns are as many as their product.
MANY = 10
USUAL = "a1 \n-.A(x,\"'\t<>[]*_=|:§é"
# After the run: nothing, or what most patterns cannot go on with.
ENDS = ("", "\0", "\n!")
MOST_RUNS = 10
REPEATS = (MAX_REPEAT, MIN_REPEAT, POSSESSIVE_REPEAT)


@dataclass(frozen=True, slots=True)
class Attack:
    """A text of any length: `head`, then `run` over and over, then `end`."""

    head: str
    run: str
    end: str

    def text(self, size: int) -> str:
        """The text of about so many characters."""
        times = max(1, (size - len(self.head) - len(self.end)) // len(self.run))
        return self.head + self.run * times + self.end


def attacks_on(pattern: str | bytes, flags: int) -> list[Attack]:
    """Texts grown from a pattern; none when it repeats nothing without end."""
    source = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    tree = sre_parse.parse(source, flags)
    letters = "".join(dict.fromkeys(USUAL + "".join(_literals(tree))))
    repeated = list(_repeated(tree, ""))
    bodies = [_single(body, flags | tree.state.flags) for _, body in repeated]
    shared = sorted(letters, key=lambda c: -sum(b is not None and bool(b(c)) for b in bodies))
    found: dict[Attack, None] = {}
    for (head, body), fits in zip(repeated, bodies, strict=True):
        runs = [c for c in shared if fits is not None and fits(c)][:6]
        runs += list(_samples(body))[:4]
        if head:
            runs += [head, *(head + c for c in runs[:3])]
        for run in list(dict.fromkeys(run for run in runs if run))[:MOST_RUNS]:
            for end in ENDS:
                found[Attack("", run, end)] = None
                if head:
                    found[Attack(head, run, end)] = None
    return list(found)


def _repeated(items: Any, before: str) -> Iterator[tuple[str, Any]]:
    """Each part that may be repeated many times, after a text that leads to it."""
    for op, value in items:
        if op in REPEATS:
            least, most, body = value
            if most > MANY or (most > 1 and _single(body, 0) is None):
                yield before, body
            yield from _repeated(body, before)
            before += _sample(body) * max(1, min(least, 3)) if least or most > 1 else ""
            continue
        for inner in _inner(op, value):
            yield from _repeated(inner, before)
        before += _sample([(op, value)])


def _inner(op: Any, value: Any) -> list[Any]:
    if op is SUBPATTERN:
        return [value[3]]
    if op is BRANCH:
        return list(value[1])
    if op in (ASSERT, ASSERT_NOT):
        return [value[1]]
    if op is ATOMIC_GROUP:
        return [value]
    if op is GROUPREF_EXISTS:
        return [part for part in value[1:] if part]
    return []


def _literals(items: Any) -> Iterator[str]:
    for op, value in items:
        if op is LITERAL:
            yield chr(value)
        elif op is IN:
            for kind, what in value:
                if kind is LITERAL:
                    yield chr(what)
        elif op in REPEATS:
            yield from _literals(value[2])
        for inner in _inner(op, value):
            yield from _literals(inner)


def _single(body: Any, flags: int) -> Any:
    """A test for the characters of a body that is one character; None for a longer one."""
    if len(body) != 1:
        return None
    op, value = body[0]
    if op is SUBPATTERN:
        return _single(value[3], flags)
    if op is LITERAL:
        return lambda c: ord(c) == value
    if op is NOT_LITERAL:
        return lambda c: ord(c) != value
    if op is ANY:
        return lambda c: bool(flags & re.DOTALL) or c != "\n"
    if op is IN:
        return lambda c: _in(value, c)
    return None


CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _in(members: Any, char: str) -> bool:
    negated, found = False, False
    for kind, value in members:
        name = str(kind)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found |= ord(char) == value
        elif name == "RANGE":
            found |= value[0] <= ord(char) <= value[1]
        elif name == "CATEGORY":
            found |= re.match(CATEGORIES[str(value)], char) is not None
    return found != negated


def _sample(items: Any) -> str:
    return next(_samples(items), "")


def _samples(items: Any) -> Iterator[str]:
    """Texts that the items match: the shortest, and of a choice each."""
    made = [""]
    for op, value in items:
        options = list(_of_one(op, value))[:4] or [""]
        made = [text + option for text in made for option in options][:8]
    yield from made


def _of_one(op: Any, value: Any) -> Iterator[str]:
    if op is LITERAL:
        yield chr(value)
    elif op is NOT_LITERAL:
        yield next(c for c in USUAL if ord(c) != value)
    elif op is ANY:
        yield "a"
    elif op is IN:
        fitting = [c for c in USUAL if _in(value, c)]
        literal = [chr(what) for kind, what in value if kind is LITERAL]
        ranged = [chr(what[0]) for kind, what in value if str(kind) == "RANGE"]
        good = fitting or [c for c in literal + ranged if _in(value, c)]
        yield from good[:1]
    elif op in REPEATS:
        least, _, body = value
        times = min(max(least, 1), 8)
        for one in list(_samples(body))[:3]:
            yield one * times
        if not least:
            yield ""
    elif op is GROUPREF:
        yield "a"
    elif op not in (ASSERT, ASSERT_NOT):
        for inner in _inner(op, value):
            yield from list(_samples(inner))[:3]
