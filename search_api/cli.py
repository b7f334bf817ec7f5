"""The `pilcrow` command. Heavy imports wait until a verb needs them, so --help answers at once."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

import click

from indexer.errors import PilcrowError, QuestionError
from indexer.outside import bytes_of
from search_api.describe_terminal import (
    changes_of,
    describe_options,
    metadata_json,
    metadata_lines,
    show_metadata,
)
from search_api.terminal import (
    Verbs,
    audit_line,
    indented,
    moves_line,
    print_json,
    progress_bar,
    show_answer,
    show_checks,
    show_hits,
    show_paragraph,
    show_prose,
    split_json,
)

if TYPE_CHECKING:
    from indexer.encoders.base import Encoder
    from indexer.store.index import Engine
    from search_api.citation.exports import Format
    from search_api.prose import ProseAnswer
    from search_api.table.types import By
    from search_api.types.answers import Answer

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


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pilcrow")
def main() -> None:
    """Ask a report with numbered paragraphs; get its own sentences with their numbers."""


@main.command()
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


@main.command()
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


@main.command()
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
    store, encoder = _open(folder)
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


@main.command()
@click.argument("query")
@store_option
@report_option
@section_option
@limit_option
@json_option
@reports_errors
def search(
    query: str, folder: Path, report: str | None, section: str | None, limit: int, as_json: bool
) -> None:
    """Rank the passages for a query."""
    store, encoder = _open(folder)
    from search_api.ask.answer import search as search_store

    found = search_store(store, encoder, query, report, section, limit)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    show_hits(found.hits)


@main.command()
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


@main.command()
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


@main.command()
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


@main.command("describe")
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


@main.command()
@click.argument("report")
@store_option
@reports_errors
def remove(report: str, folder: Path) -> None:
    """Take a report out of the store."""
    from indexer.build import remove_report

    store = remove_report(folder, report)
    click.echo(f"{folder}: {len(store.reports)} reports left", err=True)


@main.command()
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


@main.command("verify")
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
    from search_api.verify import read_draft, verify

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


@main.command()
@click.argument("gold", type=click.Path(path_type=Path))
@store_option
@report_option
@click.option(
    "--files",
    "written",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write charts (SVG), failures and measures there",
)
@click.option(
    "--ablation", is_flag=True, help="What each ranking signal brings, as a Markdown table"
)
@click.option(
    "--without-answers",
    is_flag=True,
    help="Ask each answerable question again, the paragraphs that answer it left out",
)
@json_option
@reports_errors
def evaluate(
    gold: Path,
    folder: Path,
    report: str | None,
    written: Path | None,
    ablation: bool,
    without_answers: bool,
    as_json: bool,
) -> None:
    """Measure search, answers and abstention on gold questions."""
    from search_api import evaluation
    from search_api.ask.tuned import settings_of

    questions = evaluation.load_gold(gold)
    store, encoder = _open(folder)
    outcomes = evaluation.run(store, encoder, questions, report, without_answers=without_answers)
    measures = evaluation.measure(outcomes, settings_of(store).confidence.threshold)
    if ablation:
        variants = evaluation.ablate(store, encoder, questions, report)
        measures["ablation"] = evaluation.ablation_figures(variants)
    if written is not None:
        evaluation.write_files(written, outcomes, measures)
    if as_json:
        print_json(measures)
    elif ablation:
        click.echo(evaluation.ablation_table(measures["ablation"]))
    else:
        click.echo(evaluation.measures_table(measures))


@main.command("tune")
@click.argument("gold", type=click.Path(path_type=Path), required=False)
@store_option
@report_option
@click.option(
    "--cross-encoder",
    metavar="NAME",
    help="Have this sentence-transformers CrossEncoder, by name or folder, judge passages too",
)
@click.option("--reset", is_flag=True, help="Go back to the shipped settings")
@json_option
@reports_errors
def tune_store(
    gold: Path | None,
    folder: Path,
    report: str | None,
    cross_encoder: str | None,
    reset: bool,
    as_json: bool,
) -> None:
    """Fit the ranking and the confidence to gold questions of your own, where that is better."""
    from search_api.ask.tuned import TUNED, delete_settings, settings_json
    from search_api.evaluation import before_after_table, load_gold

    if (gold is None) != reset or (reset and cross_encoder is not None):
        raise click.UsageError("give GOLD.jsonl, or --reset alone")
    if gold is None:
        from indexer.backends import open_engine

        gone = delete_settings(open_engine(folder).folder)
        said = f"{folder / TUNED} deleted" if gone else f"{folder} has no settings of its own"
        click.echo(f"{said}; the shipped settings are in use", err=True)
        return
    from search_api.evaluation.tune import tune

    questions = load_gold(gold)
    store, encoder = _open(folder)
    if cross_encoder is not None:
        about = f"{len(questions)} questions, up to 40 sentences each"
        click.echo(f"{cross_encoder} reads {about}; a large model takes minutes", err=True)
    found = tune(store, encoder, questions, report, cross_encoder)
    if as_json:
        print_json({**asdict(found), "settings": settings_json(found.settings)})
    else:
        click.echo(before_after_table(found.before, found.after))
    done = f"{folder / TUNED} written" if found.changed else "nothing was changed"
    click.echo(f"{done}: {found.reason}", err=True)


@main.command("table")
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
    store, encoder = _open(folder)
    fill_table(store, encoder, questions, only, out, form, by, sort == "date")


@main.command("check-receipt")
@click.argument("file", type=click.Path(path_type=Path))
@store_option
@json_option
@reports_errors
def check_receipt(file: Path, folder: Path, as_json: bool) -> None:
    """Run a saved answer (`ask --json`) again and say what differs."""
    from search_api.ask.receipt import check_receipt as check
    from search_api.ask.receipt import load_receipt

    given = load_receipt(file)
    store, encoder = _open(folder)
    found = check(store, encoder, given)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        click.echo("confirmed" if found.confirmed else "differs:")
        for difference in found.differences:
            click.echo(f"  {difference}")
    if not found.confirmed:
        raise SystemExit(1)


@main.command()
@store_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--require-key", is_flag=True, help="Let nobody read without a key")
@click.option(
    "--proxy",
    default="",
    metavar="ADDRESS,...",
    help="Believe X-Forwarded-For and -Proto from these proxies",
)
@originals_option
@reports_errors
def serve(
    folder: Path, host: str, port: int, require_key: bool, proxy: str, originals: bool | None
) -> None:
    """Serve the API and the page."""
    store, encoder = _open(folder)
    import uvicorn

    from search_api.http.app import create_app
    from search_api.http.guard import guard_of
    from search_api.http.guard.request_log import log_as_json
    from search_api.http.guard.uvicorn_config import server_config

    guard = guard_of(folder, host, require_key, proxy)
    app = create_app(store, encoder, guard=guard, originals=originals)
    config = server_config(app, host, port, proxy)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PilcrowError(
                f"cannot listen on {host}:{port} ({error.strerror}); give another --port"
            ) from error
    click.echo(f"Pilcrow on http://{host}:{port}  (stop with Ctrl+C)", err=True)
    if guard.run_key:
        link = f"http://{host}:{port}/reports#key={guard.run_key}"
        click.echo(f"To add and remove reports, open {link}", err=True)
    log_as_json()
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()


@main.group()
def keys() -> None:
    """Add, list and revoke API keys; only their hashes are kept."""


@keys.command("add")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["read", "write"]),
    default="read",
    show_default=True,
    help="Who may write may upload and remove reports, and read",
)
@store_option
@reports_errors
def add(name: str, scope: Literal["read", "write"], folder: Path) -> None:
    """Make a key and print it, this once."""
    from search_api.http.guard.api_keys import add_key
    from search_api.http.guard.audit_log import Audit
    from search_api.http.guard.config import audit_file, keys_file

    Audit(audit_file(folder)).record("add key", name=name, scope=scope)
    made = add_key(keys_file(folder), name, scope)
    click.echo(made)
    click.echo("keep it now: only its hash is stored, and it is not shown again", err=True)


@keys.command("list")
@store_option
@json_option
@reports_errors
def list_keys(folder: Path, as_json: bool) -> None:
    """List the keys by name; the keys themselves are not known."""
    from search_api.http.guard.api_keys import read_keys
    from search_api.http.guard.config import keys_file

    found = read_keys(keys_file(folder))
    if as_json:
        print_json(
            [{"name": key.name, "scope": key.scope, "created": key.created} for key in found]
        )
        return
    for key in found:
        click.echo(f"{key.name}  {key.scope}  {key.created}")


@keys.command()
@click.argument("name")
@store_option
@reports_errors
def revoke(name: str, folder: Path) -> None:
    """Make a key worthless; a running server refuses it at once."""
    from search_api.http.guard.api_keys import revoke_key
    from search_api.http.guard.audit_log import Audit
    from search_api.http.guard.config import audit_file, keys_file

    Audit(audit_file(folder)).record("revoke key", name=name)
    revoke_key(keys_file(folder), name)


@main.command()
@store_option
@click.option("--http", is_flag=True, help="Serve HTTP instead of standard input and output")
@click.option("--host", help="With --http; default 127.0.0.1")
@click.option("--port", type=click.IntRange(0, 65535), help="With --http; default 8001")
@reports_errors
def mcp(folder: Path, http: bool, host: str | None, port: int | None) -> None:
    """Serve agents over the Model Context Protocol; a client starts this."""
    if not http and (host is not None or port is not None):
        raise click.UsageError("--host and --port go with --http")
    from indexer.backends import open_engine
    from search_api.library.live import Live
    from search_api.mcp.server import create_server
    from search_api.mcp.transports import endpoint, listen, serve_http, serve_stdio

    server = create_server(Live(open_engine(folder)))
    if not http:
        serve_stdio(server)
        return
    host = host or "127.0.0.1"
    with listen(host, 8001 if port is None else port) as listening:
        address = endpoint(host, listening)
        click.echo(f"Pilcrow's MCP server on {address}  (stop with Ctrl+C)", err=True)
        serve_http(server, host, listening)


def _open(folder: Path) -> tuple[Engine, Encoder]:
    """The store, and the encoder it was built with."""
    from concurrent.futures import ThreadPoolExecutor

    from indexer.backends import open_engine
    from indexer.store import is_older
    from indexer.store.encoder import encoder_of

    store = open_engine(folder)
    encoder = encoder_of(store)
    if is_older(store, encoder):
        click.echo(
            f"{folder} was made by an earlier version; it answers as it is, and the next pilcrow "
            "index or serve brings it up to date",
            err=True,
        )
    # The model is loaded here, so that no question is charged for it; on the other processor what
    # answers is loaded meanwhile.
    with ThreadPoolExecutor(1) as pool:
        ready = pool.submit(encoder.encode, ["ready"])
        import search_api.ask.answer  # noqa: F401
        from search_api.ask.tuned import outdated

        if outdated(store):
            click.echo(
                f"{folder}: what pilcrow tune fitted was for another reader or model and is not "
                "used; run it again, or: pilcrow tune --reset",
                err=True,
            )
        ready.result()
    return store, encoder


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

    from search_api.prose import URL, endpoint_of, prose_answer

    endpoint = endpoint_of()
    if endpoint is None:
        raise PilcrowError(
            f"--prose needs a language model; set {URL} to an OpenAI-compatible base URL"
        )
    return lambda store, encoder, found: asyncio.run(prose_answer(store, encoder, endpoint, found))
