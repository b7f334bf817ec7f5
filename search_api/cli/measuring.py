"""Verbs that measure answers on gold questions, and fit settings to them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from search_api.cli import opening
from search_api.cli.options import json_option, report_option, reports_errors, store_option
from search_api.cli.terminal import print_json


@click.command()
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
    from search_api.ask.tuned import settings_of
    from search_api.evaluation.gold import load_gold
    from search_api.evaluation.measures import measure
    from search_api.evaluation.outcome_files import write_files
    from search_api.evaluation.printed_tables import (
        ablation_figures,
        ablation_table,
        measures_table,
    )
    from search_api.evaluation.run import ablate, run

    questions = load_gold(gold)
    store, encoder = opening.open_ready(folder)
    outcomes = run(store, encoder, questions, report, without_answers=without_answers)
    measures = measure(outcomes, settings_of(store).confidence.threshold)
    if ablation:
        variants = ablate(store, encoder, questions, report)
        measures["ablation"] = ablation_figures(variants)
    if written is not None:
        write_files(written, outcomes, measures)
    if as_json:
        print_json(measures)
    elif ablation:
        click.echo(ablation_table(measures["ablation"]))
    else:
        click.echo(measures_table(measures))


@click.command("tune")
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
    from search_api.evaluation.gold import load_gold
    from search_api.evaluation.printed_tables import before_after_table

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
    store, encoder = opening.open_ready(folder)
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
