"""Verbs that read what is in a store, and hold a draft against it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from search_api.cli.options import json_option, report_option, reports_errors, store_option
from search_api.cli.terminal import audit_line, print_json, show_checks, show_paragraph

if TYPE_CHECKING:
    from search_api.citation.exports import Format


@click.command()
@store_option
@json_option
@reports_errors
def reports(folder: Path, as_json: bool) -> None:
    """List the reports in the store."""
    from indexer.backends import open_engine
    from search_api.library import catalog

    store = open_engine(folder)
    summaries = catalog.summaries(store)
    if as_json:
        print_json({"reports": [summary.model_dump() for summary in summaries]})
        return
    for report, summary in zip(store.reports, summaries, strict=True):
        click.echo(f"{click.style(summary.id, bold=True)}  {summary.title}")
        click.echo(f"    {audit_line(report)}")


@click.command()
@click.argument("report")
@click.argument("number")
@store_option
@json_option
@reports_errors
def show(report: str, number: str, folder: Path, as_json: bool) -> None:
    """Print a paragraph, or a range such as 30-35."""
    from indexer.backends import open_engine
    from search_api.library import catalog
    from search_api.library.places import places_of

    found = open_engine(folder).report(report)
    paragraphs = [catalog.paragraph(found, place) for place in places_of(found, number)]
    if as_json:
        single = len(paragraphs) == 1
        shown = [paragraph.model_dump() for paragraph in paragraphs]
        print_json(shown[0] if single else shown)
        return
    for paragraph in paragraphs:
        show_paragraph(paragraph)


@click.command()
@click.argument("report")
@click.argument("number")
@click.option(
    "--style",
    default="oscola",
    show_default=True,
    help="oscola, harvard, apa, chicago-notes, chicago-author-date, bluebook, mla; any CSL style",
)
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(["text", "markdown", "csl-json", "ris", "bibtex"]),
)
@store_option
@json_option
@reports_errors
def cite(report: str, number: str, style: str, form: Format, folder: Path, as_json: bool) -> None:
    """Cite a paragraph, a range such as 30-35, or a list such as 29, 31."""
    from indexer.backends import open_engine
    from search_api.citation.exports import export, make_citation

    found = open_engine(folder).report(report)
    if as_json:
        click.echo(make_citation(found, number, style).model_dump_json(indent=2))
        return
    click.echo(export(found, number, form, style), nl=False)


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@store_option
@report_option
@click.option("--strict", is_flag=True, help="Exit with 3 where something is to be mended")
@json_option
@reports_errors
def verify_draft(file: Path, folder: Path, report: str | None, strict: bool, as_json: bool) -> None:
    """Check the quotations and paragraph references in a draft (- for standard input)."""
    from indexer.backends import open_engine
    from search_api.types.checks import Checks
    from search_api.verify.drafts.read_file import read_draft
    from search_api.verify.verify import verify

    text = read_draft(file)
    store = open_engine(folder)
    only = store.reports if report is None else (store.report(report),)
    checks = verify(only, text, report)
    if as_json:
        click.echo(Checks(checks=checks).model_dump_json(indent=2))
    else:
        show_checks(checks)
    if strict and any(check.is_to_mend for check in checks):
        raise SystemExit(3)
