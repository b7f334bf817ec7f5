"""Verbs that bring reports into a store, describe them, take them out and mend it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from indexer.errors import PilcrowError
from search_api.cli.description import (
    changes_of,
    describe_options,
    metadata_json,
    metadata_lines,
    show_metadata,
)
from search_api.cli.options import (
    json_option,
    originals_option,
    reports_errors,
    store_option,
    unnumbered_option,
)
from search_api.cli.terminal import (
    audit_line,
    indented,
    moves_line,
    print_json,
    progress_bar,
    split_json,
)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@unnumbered_option
@json_option
@reports_errors
def split(path: Path, allow_unnumbered: bool, as_json: bool) -> None:
    """Show a report's paragraphs and the audit of their numbering."""
    from indexer.load import load_report

    report = load_report(path, allow_unnumbered)
    if as_json:
        print_json(split_json(report))
        return
    for passage in report.passages:
        where = " > ".join(passage.section)
        note = f"  [{passage.note}]" if passage.note else ""
        click.echo(f"{click.style(passage.key, bold=True)}  {click.style(where, dim=True)}{note}")
        click.echo(indented(passage.text))
    click.echo(audit_line(report))
    for doubt in report.audit.doubtful:
        click.echo(f"  line {doubt.line}: {doubt.text[:60]!r} {doubt.reason}")


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@store_option
@click.option("--model", help="A sentence-transformers model, by name or folder")
@click.option(
    "--engine", type=click.Choice(["milvus"]), help="Keep the store on a server; once for a folder"
)
@click.option("--uri", help="With --engine: http://HOST:PORT, or http://HOST:PORT/DATABASE")
@unnumbered_option
@click.option("--as", "name", metavar="ID", help="The id the one report is to have")
@click.option(
    "--replace", "replacing", is_flag=True, help="Put it in the place of another document's id"
)
@originals_option
@reports_errors
def index(
    paths: tuple[Path, ...],
    folder: Path,
    model: str | None,
    engine: str | None,
    uri: str | None,
    allow_unnumbered: bool,
    name: str | None,
    replacing: bool,
    originals: bool | None,
) -> None:
    """Build or update the store from report files, or folders of them."""
    if (engine is None) != (uri is None):
        raise click.UsageError("--engine milvus and --uri go together")
    if uri is not None:
        from indexer.backends import use_server

        use_server(folder, uri)
    from indexer.build import index_reports, report_files
    from indexer.store.encoder import why_not_exported

    files = report_files(paths)
    if name is not None and len(files) != 1:
        raise click.UsageError("--as goes with one report file")
    with progress_bar() as progress:
        result = index_reports(
            folder, files, model, progress, allow_unnumbered, name or "", replacing, originals
        )
    for report in result.reports:
        click.echo(f"{report.id}: {audit_line(report)}", err=True)
        if report.id in result.reissued:
            click.echo(f"{report.id}: issued again: {moves_line(report)}", err=True)
        for line in metadata_lines(report):
            click.echo(f"{report.id}: {line}", err=True)
    reason = why_not_exported(result.store)
    if reason:
        click.echo(f"{folder}: each question loads sentence-transformers: {reason}", err=True)
    counts = f"{len(result.store.reports)} reports, {len(result.store.rows)} passages"
    click.echo(f"{folder}: {counts}, {result.embedded} texts embedded", err=True)
    for kind, about in result.store.manifest.get("vectors", {}).items():
        if about["index"] != "flat":
            click.echo(
                f"{folder}: {kind} are found through {about['probes']} of {about['lists']} lists; "
                f"{about['recall']:.1%} of the ten nearest are among the candidates",
                err=True,
            )


@click.command("describe")
@click.argument("report")
@describe_options
@store_option
@json_option
@reports_errors
def describe_report(report: str, folder: Path, as_json: bool, **said: Any) -> None:
    """Show what is known of a report and where from; with options, set it ("" takes it back)."""
    from indexer.backends import open_engine

    changes = changes_of(said)
    if changes:
        from indexer.build import describe_report as describe

        found = describe(folder, report, changes)
    else:
        found = open_engine(folder).report(report)
    if as_json:
        print_json(metadata_json(found.metadata))
    else:
        show_metadata(found.metadata)


@click.command()
@click.argument("report")
@store_option
@reports_errors
def remove(report: str, folder: Path) -> None:
    """Take a report out of the store."""
    from indexer.build import remove_report

    store = remove_report(folder, report)
    click.echo(f"{folder}: {len(store.reports)} reports left", err=True)


@click.command()
@store_option
@click.option("--repair", "mend", is_flag=True, help="Repair what can be repaired")
@json_option
@reports_errors
def doctor(folder: Path, mend: bool, as_json: bool) -> None:
    """Check every file of a store; exits with 1 if it is damaged or a report was lost."""
    from indexer.backends import server_of
    from indexer.store.repair import examine, repair

    if server_of(folder):
        raise PilcrowError(f"{folder} stands for a store in Milvus; check it with Milvus's tools")
    found = repair(folder) if mend else examine(folder)
    if as_json:
        print_json(asdict(found))
    else:
        for word, lines in asdict(found).items():
            for line in lines:
                click.echo(f"{word}: {line}")
        if not found.damage:
            click.echo(f"{folder}: every file is what it should be")
        elif not mend:
            click.echo(f"{folder} is damaged; run: pilcrow doctor --repair --store {folder}")
    if found.lost or (found.damage and not mend):
        raise SystemExit(1)
