"""Measures as tables, to be read in a terminal or a README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search_api.evaluation.measures import MEASURES, OF_ANSWERABLE, OF_OTHERS, judge
from search_api.evaluation.run import Outcome

# What cannot be passed by judging the form of a question is looked at first.
FIRST = {"with and without the answers": "without_answers", "twins": "twins"}
ABLATED = ("R@1", "R@5", "nDCG@10", "quote_hit", "AUROC")


def measures_table(measures: Mapping[str, Any]) -> str:
    """Every measure with its 95% interval, then what is said of each type of question."""
    rows = []
    for name, value in measures.items():
        if isinstance(value, dict):
            continue
        between = measures["intervals"].get(name)
        shown = f"{between[0]:.3f} to {between[1]:.3f}" if between else ""
        rows.append([name, figure(value), shown])
    columns = ("questions", *OF_ANSWERABLE, *OF_OTHERS, "AUROC")
    tables = [
        aligned([name, "value"], [[key, figure(value)] for key, value in measures[said].items()])
        for name, said in FIRST.items()
        if said in measures
    ]
    tables.append(aligned(["measure", "value", "95% interval"], rows))
    for name in ("type", "form"):
        kinds = [
            [kind, *(figure(found[name]) if name in found else "" for name in columns)]
            for kind, found in measures[f"{name}s"].items()
        ]
        tables.append(aligned([name, *columns], kinds))
    return "\n\n".join(tables)


def ablation_figures(
    variants: Mapping[str, Sequence[Outcome]],
) -> dict[str, dict[str, float | None]]:
    """The measures of each variant of an ablation."""
    judged = {name: [judge(outcome) for outcome in found] for name, found in variants.items()}
    return {
        name: {measure: MEASURES[measure](items) for measure in ABLATED}
        for name, items in judged.items()
    }


def ablation_table(figures: Mapping[str, Mapping[str, float | None]]) -> str:
    """A Markdown table of the measures without each ranking signal."""
    lines = [f"| signals | {' | '.join(ABLATED)} |", "|---" * (len(ABLATED) + 1) + "|"]
    for name, found in figures.items():
        lines.append(f"| {name} | {' | '.join(map(figure, found.values()))} |")
    return "\n".join(lines)


def before_after_table(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """A table of the measures before and after tuning."""
    rows = [[name, figure(value), figure(after[name])] for name, value in before.items()]
    return aligned(["measure", "shipped", "tuned, cross-validated"], rows)


def figure(value: float | None) -> str:
    """A measure to three places; a dash where there was nothing to measure."""
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def aligned(head: list[str], rows: list[list[str]]) -> str:
    """Rows under their heads, the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    )
