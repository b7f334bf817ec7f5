"""What `pilcrow table` does: fills a table into a file, and goes on where a killed run was."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from indexer.encoders.base import Encoder
from indexer.encoders.remembering import RememberingEncoder
from indexer.errors import PilcrowError
from indexer.store.index import Engine
from search_api.table.cells import cell_of, make_plan
from search_api.table.files import FORMATS, Format, write_table
from search_api.table.finished import Finished
from search_api.table.gold import gold_lines
from search_api.table.saved import load_table
from search_api.types.tables import By, Table

# Where `pilcrow serve` shows what a link leads to, unless told otherwise.
SERVER = "http://127.0.0.1:8000"


def form_of(out: Path) -> Format:
    """The format that a file's name asks for.

    Raises:
        PilcrowError: it asks for none that is written.
    """
    form = out.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise PilcrowError(f"a table is written as {', '.join(FORMATS)}; name --out so, not {out}")
    return form


def fill_table(
    store: Engine,
    encoder: Encoder,
    questions: Sequence[str],
    reports: Sequence[str],
    out: Path,
    form: Format,
    by: By = "question",
    by_date: bool = False,
) -> None:
    """Ask, and write the table; finished cells stand beside it until it is written.

    Raises:
        PilcrowError: something cannot be asked, or a file not be written.
    """
    plan = make_plan(store, questions, reports, by_date)
    encoder = RememberingEncoder(encoder)
    names = [(question, report.id) for question in plan.questions for report in plan.reports]
    with Finished(out.with_name(f"{out.name}.cells.jsonl"), plan.mark) as finished:
        left = [name for name in names if name not in finished]
        if len(left) < len(names):
            click.echo(f"{finished.path}: {len(names) - len(left):,} cells are done", err=True)
        with click.progressbar(left, label="Cells", file=sys.stderr) as asked:
            for name in asked:
                finished.add(cell_of(store, encoder, plan, *name))
        table = Table(plan.questions, plan.reports, finished.get, {}, SERVER, by)
        _write(out, table, form)
        finished.delete()
    found = f"{len(plan.questions)} questions of {len(plan.reports)} reports"
    click.echo(f"{out}: {found}", err=True)


def save_gold(store: Engine, marks: Path, gold: Path) -> None:
    """Write a table's marks as gold questions, and say which do not say enough.

    Raises:
        PilcrowError: the table cannot be read, holds no mark that can be used, or the gold
            questions cannot be written.
    """
    lines, left_out = gold_lines(store, load_table(marks))
    for reason in left_out:
        click.echo(f"left out: {reason}", err=True)
    if not lines:
        raise PilcrowError(f"{marks.name} has no mark to learn from; mark cells right or wrong")
    _replace(gold, (json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines))
    click.echo(f"{gold}: {len(lines)} gold questions; next: pilcrow tune {gold}", err=True)


def _write(out: Path, table: Table, form: Format) -> None:
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as file:
            write_table(table, form, file)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PilcrowError(
            f"{out} cannot be written ({error.strerror}); check the path and free space, and run "
            "it again: what is done is kept"
        ) from error


def _replace(path: Path, lines: Iterable[bytes]) -> None:
    try:
        path.write_bytes(b"".join(lines))
    except OSError as error:
        raise PilcrowError(
            f"{path} cannot be written ({error.strerror}); check the path"
        ) from error
