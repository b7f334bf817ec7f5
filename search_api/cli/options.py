"""Options that several verbs take, and their errors in one line."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from indexer.errors import PilcrowError
from search_api.narrowing import ONLY, SORTED, SORTS

P = ParamSpec("P")
T = TypeVar("T")
store_option = click.option(
    "--store",
    "folder",
    type=click.Path(path_type=Path),
    default=lambda: os.environ.get("PILCROW_STORE") or ".pilcrow",
    help="Store folder; default $PILCROW_STORE, else .pilcrow",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON alone on standard output")
unnumbered_option = click.option(
    "--allow-unnumbered",
    is_flag=True,
    help="Count the paragraphs of a report that prints no numbers; the count is marked as ours",
)
unnumbered_option = click.option(
    "--allow-unnumbered",
    is_flag=True,
    help="Count the paragraphs of a report that prints no numbers; the count is marked as ours",
)
originals_option = click.option(
    "--no-originals",
    "originals",
    flag_value=False,
    default=None,
    help="Keep no copies of report files, and show none",
)
report_option = click.option("--report", metavar="ID", help=ONLY["report"])
section_option = click.option("--section", metavar="TEXT", help=ONLY["section"])
section_option = click.option(
    "--section", metavar="TEXT", help="Only under headings with this text"
)
limit_option = click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="Most passages"
)


def filter_options(verb: Callable[P, T]) -> Callable[P, T]:
    """The options that keep a search to some reports and order its hits, as HTTP has them."""
    day = click.DateTime(["%Y-%m-%d"])
    for name, meaning in reversed(ONLY.items()):
        if name not in ("report", "section"):
            kind = day if name.startswith("published") else None
            shown, option = "DAY" if kind else "TEXT", f"--{name.replace('_', '-')}"
            verb = click.option(option, type=kind, metavar=shown, help=meaning)(verb)
    return click.option(
        "--sort", type=click.Choice(SORTS), default="relevance", show_default=True, help=SORTED
    )(verb)


def reports_errors(verb: Callable[P, T]) -> Callable[P, T]:
    """Print an error of the work as one line and exit with 1."""

    @wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return verb(*args, **kwargs)
        except PilcrowError as error:
            raise SystemExit(f"pilcrow: {error}") from error

    return wrapped
