"""Verbs that ask: a question, a batch, many reports the same, a saved answer again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.errors import PilcrowError, QuestionError
from indexer.outside import bytes_of
from search_api.cli import opening
from search_api.cli.options import (
    filter_options,
    json_option,
    limit_option,
    report_option,
    reports_errors,
    section_option,
    store_option,
)
from search_api.cli.terminal import show_answer, show_hits, show_prose

if TYPE_CHECKING:
    from indexer.encoders.base import Encoder
    from indexer.store.index import Engine
    from search_api.ask.listing import Sort
    from search_api.types.answers import Answer
    from search_api.types.prose import ProseAnswer
    from search_api.types.tables import By


@click.command()
@click.argument("question", required=False)
@click.option(
    "--questions",
    "batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A question a line, or JSON lines with 'question'; answers as JSON lines",
)
@click.option(
    "--prose",
    "in_prose",
    is_flag=True,
    help="Besides, checked sentences of the language model at $PILCROW_LLM_URL",
)
@store_option
@report_option
@limit_option
@json_option
@reports_errors
def ask(
    question: str | None,
    batch: Path | None,
    in_prose: bool,
    folder: Path,
    report: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Answer a question with quotes and their paragraph numbers."""
    if (question is None) == (batch is None):
        raise click.UsageError("give one question in quotes, or --questions FILE")
    questions = [question] if question is not None else list(_questions(batch))
    prose = _prose_writer() if in_prose else None
    store, encoder = opening.open_ready(folder)
    from search_api.ask.answer import answer

    refused = 0
    for one in questions:
        try:
            found = answer(store, encoder, one, report=report, limit=limit)
        except QuestionError as error:
            if batch is None:
                raise
            # A line for each question, in order, also where one cannot be asked.
            click.echo(json.dumps({"question": one, "error": str(error)}, ensure_ascii=False))
            refused += 1
            continue
        written = prose(store, encoder, found) if prose is not None else None
        if batch is not None:
            click.echo((written or found).model_dump_json())
        elif as_json:
            click.echo((written or found).model_dump_json(indent=2))
        else:
            if written is not None:
                show_prose(written)
            show_answer(found)
    if refused:
        raise PilcrowError(
            f"{refused} of {len(questions)} questions could not be asked; see 'error'"
        )


@click.command()
@click.argument("query")
@store_option
@report_option
@section_option
@filter_options
@limit_option
@json_option
@reports_errors
def search(
    query: str,
    folder: Path,
    report: str | None,
    section: str | None,
    sort: Sort,
    kind: str | None,
    publisher: str | None,
    published_from: datetime | None,
    published_to: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Rank the passages for a query."""
    store, encoder = opening.open_ready(folder)
    from search_api.ask.answer import search as search_store
    from search_api.ask.listing import Listing
    from search_api.library.filters import Filters

    first, last = (day and day.date() for day in (published_from, published_to))
    listing = Listing(Filters(kind or None, publisher or None, first, last), sort)
    found = search_store(store, encoder, query, report, section, limit, listing=listing)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    show_hits(found.hits)


@click.command("table")
@click.option(
    "--questions",
    "batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A question a line, or JSON lines with 'question'",
)
@click.option(
    "--report", "only", metavar="ID", multiple=True, help="Of this report; all unless given"
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What to write: .xlsx, .csv, .docx, .html or .json",
)
@click.option(
    "--by",
    type=click.Choice(["question", "report"]),
    default="question",
    show_default=True,
    help="What a row is",
)
@click.option("--sort", type=click.Choice(["date"]), help="Reports by date, oldest first")
@click.option(
    "--marks",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --gold: a table's JSON with a reader's marks",
)
@click.option(
    "--gold",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the marks there as gold questions, for evaluate and tune",
)
@store_option
@reports_errors
def evidence_table(
    batch: Path | None,
    only: tuple[str, ...],
    out: Path | None,
    by: By,
    sort: str | None,
    marks: Path | None,
    gold: Path | None,
    folder: Path,
) -> None:
    """Ask many reports the same questions, into a table; a run that was killed goes on."""
    filling, keeping = (batch, out), (marks, gold)
    if not (all(filling) and not any(keeping)) and not (all(keeping) and not any(filling)):
        raise click.UsageError("give --questions and --out, or --marks and --gold")
    from search_api.table.run import fill_table, form_of, save_gold

    if marks is not None and gold is not None:
        from indexer.backends import open_engine

        save_gold(open_engine(folder), marks, gold)
        return
    assert out is not None
    form = form_of(out)
    questions = list(_questions(batch))
    store, encoder = opening.open_ready(folder)
    fill_table(store, encoder, questions, only, out, form, by, sort == "date")


@click.command("check-receipt")
@click.argument("file", type=click.Path(path_type=Path))
@store_option
@json_option
@reports_errors
def check_receipt(file: Path, folder: Path, as_json: bool) -> None:
    """Run a saved answer (`ask --json`) again and say what differs."""
    from search_api.ask.receipt import check_receipt as check
    from search_api.ask.receipt import load_receipt

    given = load_receipt(file)
    store, encoder = opening.open_ready(folder)
    found = check(store, encoder, given)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        click.echo("confirmed" if found.confirmed else "differs:")
        for difference in found.differences:
            click.echo(f"  {difference}")
    if not found.confirmed:
        raise SystemExit(1)


def _questions(path: Path | None) -> Iterator[str]:
    assert path is not None
    try:
        lines = bytes_of(path).decode().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PilcrowError(f"{path} cannot be read ({error}); give a text file") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if not line.lstrip().startswith("{"):
            yield line
            continue
        try:
            question = json.loads(line)["question"]
            if not isinstance(question, str):
                raise TypeError
            yield question
        except (ValueError, KeyError, TypeError) as error:
            raise PilcrowError(
                f"{path.name} line {number} is not JSON with a 'question'; one object a line"
            ) from error


def _prose_writer() -> Callable[[Engine, Encoder, Answer], ProseAnswer]:
    """What has the language model of the environment write."""
    import asyncio

    from search_api.prose.endpoint import URL, endpoint_of
    from search_api.prose.write import prose_answer

    endpoint = endpoint_of()
    if endpoint is None:
        raise PilcrowError(
            f"--prose needs a language model; set {URL} to an OpenAI-compatible base URL"
        )
    return lambda store, encoder, found: asyncio.run(prose_answer(store, encoder, endpoint, found))
