"""Blocks to numbered paragraphs, unnumbered passages and an audit of the printed numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise, zip_longest

from indexer.blocks import Block
from indexer.labels import Label, parse_label
from indexer.numbering.contents import find_contents
from indexer.numbering.headings import Heading, find_headings, is_complete
from indexer.numbering.sequence import Candidate, begins_again, choose_sequence
from indexer.report import Doubt, Footnote, NumberingAudit, Passage

FRONT_PAGE = "Front page"
YEARS = range(1800, 2100)
MOST_DOUBTS = 100
# A number that runs on is believed in the most doubtful place, if no other can have its part.
MOST_DOUBT = 0.95
TYPED_DOUBT = 0.5
# A line shorter than this that stands alone is a line of its own, not one a page break cut off.
SHORTEST_BROKEN = 80
# A line that ends so goes on after the break.
HANGING = re.compile(
    r"\b(?:the|a|an|of|in|to|for|and|or|by|with|from|on|at|as|that|is|are|was|were|"
    r"paragraphs?|paras?\.?|articles?|sections?)$"
)
# A title is no longer than this, and seldom half as long.
LONGEST_TITLE = 200
LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True)
class Split:
    """A report's extracted text, its passages as slices of it, and the audit."""

    text: str
    passages: tuple[Passage, ...]
    audit: NumberingAudit


@dataclass(slots=True)
class _Open:
    """A passage while its blocks are being collected."""

    label: Label | None
    run: int
    section: tuple[str, ...]
    note: str | None
    start: int
    page: int | None
    page_label: str | None
    end: int
    footnotes: list[Footnote]


def split_blocks(blocks: Sequence[Block]) -> Split:
    """Decide what the paragraphs are and cut the extracted text into passages.

    The extracted text is the report's own, block after block; only the white space between
    blocks is ours: one space where a line or page break falls inside a sentence, a line end
    between list items and table rows, a blank line between passages.
    """
    contents = find_contents(blocks)
    candidates = find_candidates(blocks, contents)
    chosen = _fill_gaps(blocks, contents, choose_sequence(candidates))
    starts = {candidate.block: candidate for candidate in chosen}
    headings = find_headings(blocks, starts, contents)
    text, opened = _assemble(blocks, starts, headings, set(contents))
    passages = _close(text, opened)
    doubts = _doubts(blocks, candidates, chosen)
    return Split(text, passages, audit(passages, chosen, doubts))


def count_paragraphs(blocks: Sequence[Block]) -> Split:
    """Cut a report that prints no numbers into paragraphs counted by us: ¶1, ¶2, ...

    A paragraph begins at each block of running text that stands apart from the one before.
    """
    contents = find_contents(blocks)
    starts: dict[int, Candidate] = {}
    for index, block in enumerate(blocks):
        whole = is_complete(block.text) or len(block.text) >= SHORTEST_BROKEN
        if block.kind == "text" and block.gap and whole and index not in contents:
            number = len(starts) + 1
            starts[index] = Candidate(index, Label(f"¶{number}", "", "", "ours", ((number, 0),), 0))
    text, opened = _assemble(blocks, starts, find_headings(blocks, starts, contents), set(contents))
    passages = _close(text, opened)
    return Split(text, passages, replace(audit(passages, list(starts.values())), ours=True))


def find_candidates(blocks: Sequence[Block], contents: Collection[int]) -> list[Candidate]:
    """The blocks that begin with a number and may be paragraphs, with how well they fit."""
    found: list[Candidate] = []
    before: Block | None = None
    under_heading: set[str] = set()
    for index, block in enumerate(blocks):
        if block.kind == "footnote":
            continue
        if block.kind == "heading":
            under_heading.clear()
        label = _label_of(block)
        if label is not None and index not in contents and _may_be_paragraph(block, label):
            body = _body(block, label)
            found.append(
                Candidate(
                    block=index,
                    label=label,
                    doubt=_doubt(block, label, body, before),
                    fresh=_freshness(block, before, label.style not in under_heading),
                    look=block.style,
                    titled=_reads_like_title(block, body),
                    declared=block.label is not None,
                    heading=block.kind == "heading" and not label.unit,
                )
            )
            under_heading.add(label.style)
        before = block
    return _with_lists(blocks, _preferring_declared(found))


def _fill_gaps(
    blocks: Sequence[Block], contents: Collection[int], chosen: Sequence[Candidate]
) -> list[Candidate]:
    """Take what exactly fills a gap from blocks that were no candidates for their dress.

    One paragraph among many may be styled as a heading or a quotation, or lack a full stop.
    """
    found: list[Candidate] = []
    for before, after in zip_longest(chosen, chosen[1:]):
        found.append(before)
        if after is None or not after.label.missing_since(before.label):
            continue
        missing: list[Candidate] = []
        for index in range(before.block + 1, after.block):
            last = missing[-1] if missing else before
            candidate = None if index in contents else _dressed(blocks[index], index, last)
            if candidate is not None:
                missing.append(candidate)
        if missing and after.label.missing_since(missing[-1].label) == 0:
            found += missing
    return found


def _dressed(block: Block, index: int, last: Candidate) -> Candidate | None:
    """The block as the member of the sequence that comes right after `last`, if it can be it."""
    label = _label_of(block)
    if label is None or block.wraps or block.kind in ("footnote", "contents", "row"):
        return None
    alike = (label.unit, label.series, label.style.rstrip(".:")) == (
        last.label.unit,
        last.label.series,
        last.label.style.rstrip(".:"),
    )
    declared = block.label is not None
    if not alike or label.missing_since(last.label) != 0:
        return None
    if block.kind != "text" and not (declared and block.style == last.look):
        return None
    return Candidate(index, label, TYPED_DOUBT, look=block.style, declared=declared)


def _preferring_declared(found: list[Candidate]) -> list[Candidate]:
    """Where the format declares numbers as such, doubt those that are merely typed."""
    declared = sum(candidate.declared for candidate in found)
    if declared * 4 < len(found):
        return found
    return [c if c.declared else replace(c, doubt=max(c.doubt, TYPED_DOUBT)) for c in found]


def _with_lists(blocks: Sequence[Block], found: Sequence[Candidate]) -> list[Candidate]:
    """Doubt the members of a list inside a paragraph ("as follows:", then 1. ...; 2. ...)."""
    running: dict[str, Label] = {}
    marked = []
    next_block = _next_of_style(found)
    # How many whole paragraphs of running text stand before each block.
    whole = (block.kind == "text" and is_complete(block.text) for block in blocks)
    finished = [0, *accumulate(int(one) for one in whole)]
    for candidate in found:
        label, style = candidate.label, candidate.label.style
        led_in = candidate.block > 0 and blocks[candidate.block - 1].text.endswith(":")
        # Where more text comes between, the members are paragraphs of their own.
        following = next_block.get(candidate.block, candidate.block + 1)
        led_in = led_in and finished[following] == finished[candidate.block + 1]
        # A clause that ends in a semicolon is one of several.
        clause = blocks[candidate.block].text.endswith((";", "; and"))
        # What the format declares a numbered text is none of its lists.
        listable = label.is_first and label.depth == 1 and not candidate.declared
        opened = listable and (led_in or clause)
        listed = opened or (style in running and label.missing_since(running[style]) == 0)
        if listed:
            running[style] = label
            candidate = replace(candidate, doubt=candidate.doubt + 1, fresh=0)
        else:
            running.pop(style, None)
        marked.append(candidate)
    return marked


def _next_of_style(found: Sequence[Candidate]) -> dict[int, int]:
    """For each candidate's block, the block of the next candidate in the same style."""
    last: dict[str, int] = {}
    following = {}
    for candidate in found:
        if candidate.label.style in last:
            following[last[candidate.label.style]] = candidate.block
        last[candidate.label.style] = candidate.block
    return following


def _label_of(block: Block) -> Label | None:
    """The number the format carries, else the one typed at the head of the text."""
    if block.label is None:
        return parse_label(block.text)
    label = parse_label(block.label)
    return label if label is not None and label.end == len(block.label) else None


def _body(block: Block, label: Label | None) -> str:
    """A block's text without its number."""
    return block.text if label is None or block.label is not None else block.text[label.end :]


def _may_be_paragraph(block: Block, label: Label) -> bool:
    """Whether a block of this kind can be a numbered paragraph at all."""
    body = _body(block, label)
    if block.kind == "heading":
        # Some templates style whole paragraphs, or questions that they answer, as headings.
        return bool(label.unit or "§" in label.style or label.depth > 1) or (
            _reads_like_paragraph(body)
        )
    if block.kind == "item":
        return block.level is None or block.level <= max(1, label.depth)
    if block.kind == "row":
        return "\t" not in body
    # A bare figure alone in its block is a cell of a table, or a page.
    return block.kind == "text" and (bool(body) or label.style != "n" or block.label is not None)


def _reads_like_paragraph(text: str) -> bool:
    return len(text) > LONGEST_TITLE or (len(text) > SHORTEST_BROKEN and text.endswith("."))


def _reads_like_title(block: Block, body: str) -> bool:
    if block.kind == "heading":
        return not _reads_like_paragraph(body)
    short = len(body) <= LONGEST_TITLE / 2 and not is_complete(body)
    return short and not body[:1].islower() and not body.endswith(",")


def _doubt(block: Block, label: Label, body: str, before: Block | None) -> float:
    """How unlike a paragraph's beginning the place of a number is; 0 is just like one."""
    doubt = 0.0
    if block.kind == "item" or (_reads_like_title(block, body) and not label.unit):
        doubt += 0.25
    if block.kind == "heading" and not label.unit:
        doubt += 0.5
    if block.label is not None:
        return min(doubt, MOST_DOUBT)
    if block.wraps:
        doubt += 0.75
    if body[:1].islower():
        doubt += 1.0
    if before is not None and before.kind == "text":
        doubt += 1.0 if _breaks_off(before.text) else 0.0
    if label.style == "n" and label.value[0][0] in YEARS:
        doubt += 1.0
    return min(doubt, MOST_DOUBT)


def _breaks_off(text: str) -> bool:
    """True when a text stops in the middle of a sentence."""
    if is_complete(text):
        return False
    return len(text) >= SHORTEST_BROKEN or text.endswith(",") or bool(HANGING.search(text))


def _freshness(block: Block, before: Block | None, first_under_heading: bool) -> int:
    """2 for the first number under a heading or in a part, 1 where a heading may stand, else 0."""
    if before is None or first_under_heading or before.part != block.part:
        return 2
    if block.label is not None:
        return int(block.kind == "text" and not before.text.endswith(":"))
    if before.kind != "text" or before.text.endswith((".", ";", ":", ",")):
        return 0
    return int(len(before.text) < LONGEST_TITLE)


def _assemble(
    blocks: Sequence[Block],
    starts: dict[int, Candidate],
    headings: Sequence[Heading],
    contents: set[int],
) -> tuple[str, list[_Open]]:
    """Write the extracted text and note where each passage lies in it."""
    heading_at = {heading.blocks[0]: heading for heading in headings}
    printed_in_heading = {index for heading in headings for index in heading.blocks}
    pieces: list[str] = []
    length = run = 0
    opened: list[_Open] = []
    path: list[Heading] = []
    current: _Open | None = None
    previous: Block | None = None
    last: Candidate | None = None

    def write(piece: str) -> None:
        nonlocal length
        pieces.append(piece)
        length += len(piece)

    def close() -> None:
        nonlocal current, previous
        for note in current.footnotes if current else ():
            write(f"\n{note.mark} {note.text}".rstrip())
        current = previous = None

    for index, block in enumerate(blocks):
        if block.kind == "footnote" and current is not None:
            current.footnotes.append(Footnote(block.label or "", block.text))
            continue
        if index in heading_at:
            heading = heading_at[index]
            path = [*(above for above in path if above.level < heading.level), heading]
        if index in printed_in_heading or index in contents:
            close()
            write("\n" if index in contents and index - 1 in contents else "\n\n" if length else "")
            write(_printed(block))
            continue
        start = starts.get(index)
        label = start.label if start else None
        if start is not None or current is None:
            close()
            write("\n\n" if length else "")
            body = _body(block, label)
            if start is not None:
                write(f"{block.label} " if block.label else block.text[: start.label.end])
                run += bool(last and begins_again(last, start))
                last = start
            else:
                body = _printed(block)
            section = tuple(heading.title for heading in path)
            if block.part and block.part not in section:
                section = (block.part, *section)
            note = path[-1].note if path else None
            current = _Open(
                label, run, section, note, length, block.page, block.page_label, length, []
            )
            opened.append(current)
        else:
            body = _printed(block)
            if previous is not None and current.start < length:
                write(_join(previous, block))
        write(body)
        current.end = length
        previous = block
    close()
    return "".join(pieces), opened


def _printed(block: Block) -> str:
    """A block as it is printed: the number that the format carries, then the text."""
    return f"{block.label} {block.text}".strip() if block.label else block.text


def _join(before: Block, block: Block) -> str:
    """White space between two blocks of one passage: a space inside a sentence, else a line end."""
    runs_on = before.kind in ("text", "item") and block.kind == "text"
    broken = block.gap and not is_complete(before.text)
    opens_small = (
        block.text[:1].islower() or before.text.endswith(",") or HANGING.search(before.text)
    )
    middle = len(before.text) >= SHORTEST_BROKEN or opens_small
    return " " if runs_on and (block.wraps or (broken and middle)) else "\n"


def _close(text: str, opened: list[_Open]) -> tuple[Passage, ...]:
    """Passages with keys that are unique in the report; a number without text is none."""
    opened = [item for item in opened if text[item.start : item.end].strip()]
    prefixes = _prefixes(opened)
    names = _Names()
    passages = []
    for item in opened:
        section = item.section or (FRONT_PAGE,)
        number = item.label.number if item.label else None
        wanted = slug(section[-1]) if number is None else prefixes[item.run] + number
        key = names.unique(wanted)
        body = text[item.start : item.end]
        passages.append(
            Passage(
                key=key,
                number=number,
                unit=item.label.unit if item.label else "",
                section=section if number is None else item.section,
                note=item.note,
                text=body,
                start=item.start,
                end=item.end,
                page=item.page,
                page_label=item.page_label,
                footnotes=tuple(item.footnotes),
            )
        )
    return tuple(passages)


def _prefixes(opened: Sequence[_Open]) -> dict[int, str]:
    """What the keys of each run of numbers begin with.

    The run that holds most of the report needs nothing; one that restarts is told by its part.
    """
    runs: dict[int, list[_Open]] = defaultdict(list)
    for item in opened:
        if item.label is not None:
            runs[item.run].append(item)
    seen = Counter(
        number for run in runs.values() for number in {i.label.number for i in run if i.label}
    )
    if not runs or max(seen.values()) == 1:
        return dict.fromkeys(runs, "")
    longest = max(runs, key=lambda run: len(runs[run]))
    half = sum(map(len, runs.values())) / 2
    names = _Names()
    prefixes: dict[int, str] = {}
    for run, items in runs.items():
        if run == longest and len(items) >= half:
            prefixes[run] = ""
            continue
        prefixes[run] = f"{names.unique(slug(_shared_heading(items)))}/"
    return prefixes


def _shared_heading(items: Sequence[_Open]) -> str:
    """The deepest heading that all these passages stand under."""
    shared = items[0].section
    for item in items:
        while item.section[: len(shared)] != shared:
            shared = shared[:-1]
    return shared[-1] if shared else (items[0].section or ("part",))[0]


class _Names:
    """Gives out names, each once: the one wanted, else with -2, -3, ... after it."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def unique(self, wanted: str) -> str:
        """The name, or the next one like it that is free."""
        name = wanted
        while name in self._taken:
            number = self._next.get(wanted, 2)
            self._next[wanted] = number + 1
            name = f"{wanted}-{number}"
        self._taken.add(name)
        return name


def slug(title: str) -> str:
    """A title as it may stand in a key and a link: lower-case words joined by hyphens."""
    words = "-".join(re.findall(r"[^\W_]+", title.casefold()))
    return words[:LONGEST_SLUG].rstrip("-") or "passage"


def audit(
    passages: Sequence[Passage], chosen: Sequence[Candidate], doubtful: tuple[Doubt, ...] = ()
) -> NumberingAudit:
    """Report what the printed numbers skip, repeat or put out of order."""
    gaps, repeats, disorder, restarts = [], [], [], []
    labels = [candidate.label for candidate in chosen]
    if labels and not labels[0].is_first:
        gaps.append(f"before {labels[0].number}")
    for previous, candidate in pairwise(chosen):
        before, label = previous.label, candidate.label
        missing = label.missing_since(before)
        if begins_again(previous, candidate):
            restarts.append(f"{label.number} after {before.number}")
        elif label.value == before.value:
            repeats.append(label.number)
        elif missing is None:
            disorder.append(f"{label.number} after {before.number}")
        elif missing:
            gaps.append(_gap(before, label))
    numbered = [passage for passage in passages if passage.number is not None]
    inside = sum(len(passage.text) for passage in numbered)
    total = sum(len(passage.text) for passage in passages)
    return NumberingAudit(
        # A number that is printed without any text is no gap, and no paragraph either.
        count=len(numbered),
        first=labels[0].number if labels else None,
        last=labels[-1].number if labels else None,
        gaps=tuple(gaps),
        repeats=tuple(repeats),
        disorder=tuple(disorder),
        restarts=tuple(restarts),
        share=round(inside / total, 4) if total else 0.0,
        doubtful=doubtful,
    )


def _gap(before: Label, label: Label) -> str:
    """The missing numbers, as people write them: `13`, `13-15`, or between two far labels."""
    (old, old_letter), (new, letter) = before.value[-1], label.value[-1]
    if before.value[:-1] != label.value[:-1] or old_letter or letter:
        return f"between {before.number} and {label.number}"
    head = label.number[: label.number.rfind(str(new))]
    low, high = f"{head}{old + 1}", f"{head}{new - 1}"
    return low if low == high else f"{low}-{high}"


def _doubts(
    blocks: Sequence[Block], candidates: Sequence[Candidate], chosen: Sequence[Candidate]
) -> tuple[Doubt, ...]:
    """Lines a reader should look at: odd ones taken, and numbers of the same style left out."""
    taken = {candidate.block for candidate in chosen}
    styles = {candidate.label.style for candidate in chosen}
    doubts = []
    for candidate in candidates:
        block = blocks[candidate.block]
        if candidate.block in taken and candidate.doubt >= TYPED_DOUBT:
            reason = "taken as a paragraph, though the line before seems to run on into it"
        elif candidate.block not in taken and candidate.label.style in styles:
            reason = "not taken as a paragraph: the number does not run on"
        else:
            continue
        doubts.append(Doubt(block.line, block.text[:120], reason))
    return tuple(doubts[:MOST_DOUBTS])
