"""Options that several verbs take, and their errors in one line."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from indexer.errors import PilcrowError

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
report_option = click.option("--report", metavar="ID", help="Only in this report")
section_option = click.option(
    "--section", metavar="TEXT", help="Only under headings with this text"
)
section_option = click.option(
    "--section", metavar="TEXT", help="Only under headings with this text"
)
limit_option = click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="Most passages"
)


def reports_errors(verb: Callable[P, T]) -> Callable[P, T]:
    """Print an error of the work as one line and exit with 1."""

    @wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return verb(*args, **kwargs)
        except PilcrowError as error:
            raise SystemExit(f"pilcrow: {error}") from error

    return wrapped
