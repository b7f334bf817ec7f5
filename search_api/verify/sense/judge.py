"""An aligned quotation to what turns its sense, and what it was cut off from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search_api.verify.alignment.align import Alignment, Step
from search_api.verify.alignment.pattern import Item, Pattern
from search_api.verify.sense import lexicon as lex
from search_api.verify.sense.dropped import turned_by_dropping
from search_api.verify.sense.gap import Gap
from search_api.verify.sense.line import Line
from search_api.verify.sense.put_in import (
    is_editorial,
    is_form_of,
    is_negated_form,
    names_another,
    says_the_same,
    tells_otherwise,
    turned_by_insertion,
)
from search_api.verify.words import Word, keys_of

# A bracket at an edge stands for at most so many words before or after it.
EDGE = 6


@dataclass(frozen=True, slots=True)
class Sense:
    """What turns the sense of a quotation; `lead`: only unless the draft itself says it before it.

    `cut` is a word that governs the quotation's first and stands just before it.
    """

    turned: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    cut: str = ""


def judge(pattern: Pattern, alignment: Alignment, text: str, words: Sequence[Word]) -> Sense:
    """Judge what the gaps of a quotation leave out and put in.

    Args:
        pattern: the reading of the quotation.
        alignment: of its items with the passage's words, of which none differs.
        text: the passage's text.
        words: the passage's words.
    """
    line = Line(text, words)
    found: list[str] = []
    for run in _runs(alignment.steps):
        found += _of_gap(pattern, line, run)
    found += _of_verb(pattern, line, alignment)
    found += _of_forms(line, alignment.steps)
    found += _of_tail(pattern, line, alignment.last)
    found += _of_head(pattern, line, alignment.first)
    lead = tuple(_of_lead(pattern, line, alignment.first))
    cut = "" if pattern.head else _governor(line, alignment.first)
    return Sense(tuple(dict.fromkeys(found)), lead, cut)


def _runs(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Gaps that stand side by side, together."""
    run: list[Step] = []
    for step in steps:
        if step.item is not None and step.item.kind != "word":
            run.append(step)
        elif run:
            yield run
            run = []


def _inside(pattern: Pattern, items: Sequence[Item]) -> str:
    """What brackets put in, editors' remarks left out."""
    texts = [pattern.quotation[i.start + 1 : i.end - 1] for i in items if i.kind == "insertion"]
    return " ".join(text for text in texts if not is_editorial(keys_of(text)))


def _of_gap(pattern: Pattern, line: Line, run: Sequence[Step]) -> Iterator[str]:
    items = [step.item for step in run if step.item is not None]
    start, end = run[0].first, run[-1].last
    inside = _inside(pattern, items)
    has_ellipsis = any(item.kind == "ellipsis" for item in items)
    if not has_ellipsis and inside and start < end:
        if not _may_replace(line, inside, start, end):
            yield f"puts in “{inside}” for “{line.shown(start, end)}”"
        return
    if not has_ellipsis and not inside and start < end:
        yield f"leaves out “{line.shown(start, end)}”"
        return
    dropped = list(turned_by_dropping(Gap(line, start, end)))
    if inside:
        put = turned_by_insertion(inside, [word.key for word in line.words])
        if put and has_ellipsis and _stands_among(put, line.keys(start, end)):
            return
        if put:
            yield f"puts in “{inside}”"
    yield from dropped


def _of_verb(pattern: Pattern, line: Line, alignment: Alignment) -> Iterator[str]:
    """A verb put in that makes a statement of what the source denies before it."""
    put = [step for step in alignment.steps if step.item is not None and step.first == step.last]
    inside = [_inside(pattern, [step.item]).lower() for step in put if step.item is not None]
    before = line.keys(line.clause_start(alignment.first), alignment.first)
    if any(text in lex.FINITE for text in inside) and lex.negations(before):
        yield f"leaves out “{lex.negations(before)[-1]}”"


def _stands_among(put: str, keys: Sequence[str]) -> bool:
    return put in keys or (lex.is_negation(put) and bool(lex.negations(keys)))


def _may_replace(line: Line, inside: str, start: int, end: int) -> bool:
    keys = line.keys(start, end)
    if _points(line, start, end):
        return not lex.negations(keys_of(inside))
    if line.ends_sentence(start) or not any(line.ends_sentence(at) for at in range(start + 1, end)):
        return says_the_same(inside, keys, line.shown(start, end))
    return False


def _points(line: Line, start: int, end: int) -> bool:
    """True for the "above" of "paragraph 4.9 above"."""
    divided = lex.DIVISIONS & set(line.keys(max(0, start - 4), start))
    return end - start == 1 and line.key(start) in lex.POINTERS and bool(divided)


def _of_forms(line: Line, steps: Sequence[Step]) -> Iterator[str]:
    """Words that a bracket changes in part: "[un]safe", "child[ren]"."""
    for step in steps:
        item = step.item
        if item is None or item.stem is None or step.first == step.last:
            continue
        theirs = line.key(step.first)
        if item.key == theirs:
            continue
        if is_negated_form(item.key, theirs) or not _is_form(item.key, theirs):
            yield f"puts in “{item.key}” for “{line.shown(step.first, step.last)}”"


def _is_form(mine: str, theirs: str) -> bool:
    return is_form_of(mine, theirs) or says_the_same(mine, [theirs], theirs)


def _of_head(pattern: Pattern, line: Line, first: int) -> Iterator[str]:
    """What a bracket before the first word puts in, or hides."""
    start = line.sentence_start(first)
    inside = _inside(pattern, pattern.head)
    if not inside:
        return
    put = turned_by_insertion(inside, [word.key for word in line.words])
    if any(_may_replace(line, inside, at, first) for at in _edge(range(first - 1, start - 1, -1))):
        return
    mine = keys_of(inside)
    subject = line.keys(line.clause_start(first), first)
    another = lex.may_be_verb(line.key(first)) and names_another(mine, subject)
    if not put and line.key(first) == "that":
        another = tells_otherwise(mine, subject)
    if put or another:
        yield f"puts in “{inside}”" + (f" for “{' '.join(subject)}”" if another else "")
        return
    if not lex.negations(mine):
        yield from turned_by_dropping(Gap(line, start, first, leads=False))


def _of_lead(pattern: Pattern, line: Line, first: int) -> Iterator[str]:
    """What an ellipsis before the first word hides."""
    if any(i.kind == "ellipsis" for i in pattern.head) and not _inside(pattern, pattern.head):
        yield from turned_by_dropping(Gap(line, line.sentence_start(first), first, leads=False))


def _edge(places: range) -> range:
    return places[:EDGE]


def _of_tail(pattern: Pattern, line: Line, last: int) -> Iterator[str]:
    """What an ellipsis or a bracket after the last word hides."""
    if not pattern.tail:
        return
    end = line.sentence_end(last)
    inside = _inside(pattern, pattern.tail)
    if any(item.kind == "ellipsis" for item in pattern.tail):
        yield from turned_by_dropping(
            Gap(line, last, _clause_after(line, last, end), follows=False)
        )
    if not inside:
        return
    if any(_may_replace(line, inside, last, at) for at in _edge(range(last + 1, end + 1))):
        return
    put = turned_by_insertion(inside, [word.key for word in line.words])
    put = put or _denies_one_of(inside, line.keys(last, min(end, last + EDGE)))
    if put or (
        last < end and not line.ends_clause(last) and _stands_for_the_rest(line, last, inside)
    ):
        yield f"puts in “{inside}”"


def _clause_after(line: Line, last: int, end: int) -> int:
    """The end of the clause after the last word: what comes later says something else."""
    at = last
    while at < end and (at == last or not line.ends_clause(at)):
        at += 1
    return at


def _denies_one_of(inside: str, keys: Sequence[str]) -> str:
    return next((k for k in keys_of(inside) if any(is_negated_form(k, one) for one in keys)), "")


def _stands_for_the_rest(line: Line, last: int, inside: str) -> bool:
    """True when a last bracket is no remark, but replaces what the source goes on with."""
    mine = keys_of(inside)
    rest = _clause_after(line, last, line.sentence_end(last)) - last
    is_remark = mine[0] in lex.PRONOUNS | lex.DETERMINERS or inside[:1].isupper()
    return _asks_for_more(line.key(last - 1)) or (not is_remark and rest <= len(mine))


def _asks_for_more(key: str) -> bool:
    return (
        key in lex.PREPOSITIONS
        or key in lex.DETERMINERS
        or key in lex.AUXILIARIES
        or key in lex.MODALS
        or key in ("too", "very", "so", "as", "and", "or", "but")
        or lex.is_negation(key)
    )


def _governor(line: Line, first: int) -> str:
    """A word that denies the first words of a quotation and stands right before them."""
    at = first - 1
    low = line.sentence_start(first)
    while at >= low and not line.ends_clause(at + 1) and line.key(at) in lex.AUXILIARIES | {"to"}:
        at -= 1
    if at < low or line.ends_clause(at + 1) or not lex.is_negation(line.key(at)):
        return ""
    return line.shown(at, at + 1)
