"""Keys of passages: unique in the report, and the printed number wherever that suffices."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from indexer.numbering.assemble import Opened
from indexer.report import Passage

FRONT_PAGE = "Front page"
LONGEST_SLUG = 60
# A run of this length that holds this share of the numbers is the report's own; a shorter one
# must hold half of them.
SHORTEST, MAIN_RUN = 10, 0.3
# What parts a name from its count: a repeated number's must look like no number and no range.
REPEAT, AGAIN = "~", "-"


def close(text: str, opened: list[Opened]) -> tuple[Passage, ...]:
    """Passages with keys that are unique in the report; a number without text is none."""
    opened = [item for item in opened if text[item.start : item.end].strip()]
    prefixes = _prefixes(opened)
    names = _Names()
    passages = []
    for item in opened:
        section = item.section or (FRONT_PAGE,)
        number = item.label.number if item.label else None
        wanted = slug(section[-1]) if number is None else prefixes[item.run] + number
        key = names.unique(wanted, REPEAT if number is not None else AGAIN)
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


def _prefixes(opened: Sequence[Opened]) -> dict[int, str]:
    """What the keys of each run of numbers begin with.

    The run that holds much of the report needs nothing; one that restarts is told by its part.
    """
    runs: dict[int, list[Opened]] = defaultdict(list)
    for item in opened:
        if item.label is not None:
            runs[item.run].append(item)
    seen = Counter(
        number for run in runs.values() for number in {i.label.number for i in run if i.label}
    )
    if not runs or max(seen.values()) == 1:
        return dict.fromkeys(runs, "")
    longest = max(map(len, runs.values()))
    # Of two that are about as long, the first is the report's; the other one's stands in an annex.
    first = next(run for run, items in runs.items() if len(items) * 2 >= longest)
    total = sum(map(len, runs.values()))
    names = _Names()
    prefixes: dict[int, str] = {}
    for run, items in runs.items():
        if run == first and len(items) >= (MAIN_RUN if len(items) >= SHORTEST else 0.5) * total:
            prefixes[run] = ""
            continue
        prefixes[run] = f"{names.unique(slug(_shared_heading(items)))}/"
    return prefixes


def _shared_heading(items: Sequence[Opened]) -> str:
    """The deepest heading that all these passages stand under."""
    shared = items[0].section
    for item in items:
        while item.section[: len(shared)] != shared:
            shared = shared[:-1]
    return shared[-1] if shared else (items[0].section or ("part",))[0]


class _Names:
    """Gives out names, each once: the one wanted, else with 2, 3, ... after it."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def unique(self, wanted: str, mark: str = AGAIN) -> str:
        """The name, or the next one like it that is free."""
        name = wanted
        while name in self._taken:
            number = self._next.get(wanted, 2)
            self._next[wanted] = number + 1
            name = f"{wanted}{mark}{number}"
        self._taken.add(name)
        return name


def slug(title: str) -> str:
    """A title as it may stand in a key and a link: lower-case words joined by hyphens."""
    words = "-".join(re.findall(r"[^\W_]+", title.casefold()))
    return words[:LONGEST_SLUG].rstrip("-") or "passage"
