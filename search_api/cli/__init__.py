"""The `pilcrow` command. Heavy imports wait until a verb needs them, so --help answers at once."""

from __future__ import annotations

import click

from search_api.cli.asking import ask, check_receipt, evidence_table, search
from search_api.cli.indexing import describe_report, doctor, index, remove, split
from search_api.cli.keys import keys
from search_api.cli.measuring import evaluate, tune_store
from search_api.cli.reading import cite, reports, show, verify_draft
from search_api.cli.serving import mcp, serve
from search_api.cli.terminal import Verbs


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pilcrow")
def main() -> None:
    """Ask a report with numbered paragraphs; get its own sentences with their numbers."""


for verb in (
    split,
    index,
    describe_report,
    remove,
    doctor,
    ask,
    search,
    evidence_table,
    check_receipt,
    reports,
    show,
    cite,
    verify_draft,
    evaluate,
    tune_store,
    serve,
    mcp,
    keys,
):
    main.add_command(verb)
