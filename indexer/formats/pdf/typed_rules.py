"""Rules that are typed, as a row of underscores, to rules."""

from __future__ import annotations

import re
from dataclasses import replace

from indexer.formats.pdf.model import Page, Rule, Run

TYPED = re.compile(r"[\s_]+")
LEAST = "____"
# What stands on one baseline with a row of underscores makes it a blank to be filled in.
LEVEL = 2.0
# A longer one, as a share of the page, frames a title.
LONGEST = 0.5


def _is_typed(run: Run) -> bool:
    return LEAST in run.text and TYPED.fullmatch(run.text) is not None


def with_typed_rules(page: Page) -> Page:
    """The page with its rows of underscores drawn as rules instead."""
    typed = [run for run in page.runs if _is_typed(run)]
    if not typed:
        return page
    worded = [run for run in page.runs if not _is_typed(run) and run.text.strip()]
    alone = [run for run in typed if not any(abs(run.y - other.y) < LEVEL for other in worded)]
    gone = {id(run) for run in alone}
    short = [run for run in alone if run.x1 - run.x0 <= LONGEST * page.width]
    return replace(
        page,
        runs=tuple(run for run in page.runs if id(run) not in gone),
        rules=page.rules + tuple(_rule(run) for run in short),
    )


def _rule(run: Run) -> Rule:
    return Rule(run.x0, run.x1, run.y)
