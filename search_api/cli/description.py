"""A report's metadata on a terminal: what is known, where from, and how to set the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from indexer.report import Metadata, Report

P = ParamSpec("P")
T = TypeVar("T")
TEXTS = {
    "title": "As it is to be cited; of a case, the parties: A v B",
    "short-title": "What short citations call it",
    "publisher": "Who published it",
    "published": "Date, as 2012-05-14",
    "kind": "report, legal_case, book, legislation, regulation, treaty, webpage or article",
    "url": "Where it is published",
    "licence": "On what terms it may be used",
    "attribution": "What its licence asks to be said",
    "court": "Court that gave the judgment",
    "neutral-citation": "Of a judgment: [2024] UKSC 14",
    "number": "Of an Act or a paper: SI 2004/3166, HC 1119",
    "journal": "Journal, law report or treaty series it is in",
    "volume": "Its volume there",
    "issue": "Its issue there",
    "pages": "Its pages there, as 12-34",
    "accessed": "Date when the URL was opened",
}
LISTS = {"author": "authors", "party": "parties"}


def describe_options(verb: Callable[P, T]) -> Callable[P, T]:
    """An option for each field that `describe` can set."""
    for name, field in LISTS.items():
        says = f"One of the {field}; give it again for the next one"
        verb = click.option(f"--{name}", field, multiple=True, metavar="TEXT", help=says)(verb)
    for name, says in reversed(TEXTS.items()):
        verb = click.option(f"--{name}", metavar="TEXT", help=says)(verb)
    return verb


def changes_of(said: dict[str, Any]) -> dict[str, Any]:
    """What the options given ask for."""
    given = {name: value for name, value in said.items() if value not in (None, ())}
    return {
        name: [each for each in value if each] if name in LISTS.values() else value
        for name, value in given.items()
    }


def metadata_lines(report: Report) -> list[str]:
    """What is missing or doubtful, each with the way to say it."""
    about, lines = report.metadata, []
    if about.missing:
        fields = "; ".join(f"{name} = {_example(name)}" for name in about.missing)
        options = " ".join(map(_option, about.missing))
        lines.append(
            f"unknown {', '.join(about.missing)}; write into {report.id}.toml beside the file: "
            f"{fields}; or run: pilcrow describe {report.id} {options}"
        )
    known = {each.field: each.source for each in about.known}
    doubtful = [f"{name} ‘{_shown(getattr(about, name))}’ ({known[name]})" for name in about.unsure]
    if doubtful:
        lines.append(
            f"read, but not for sure: {'; '.join(doubtful)}; if it is wrong, run: "
            f"pilcrow describe {report.id} {' '.join(map(_option, about.unsure))}"
        )
    return lines


def show_metadata(about: Metadata) -> None:
    """Print each known field with where it came from, then what is missing."""
    for each in about.known:
        doubt = "" if each.sure else ", not sure"
        value = _shown(getattr(about, each.field))
        source = click.style(f"({each.source}{doubt})", dim=True)
        click.echo(f"{click.style(each.field, bold=True)}: {value}  {source}")
    if about.missing:
        click.echo(f"not known: {', '.join(about.missing)}")


def metadata_json(about: Metadata) -> dict[str, Any]:
    """The known fields, each with its value, where it came from and whether that is sure."""
    known = {
        each.field: {
            "value": getattr(about, each.field),
            "source": each.source,
            "sure": each.sure,
        }
        for each in about.known
    }
    return {"known": known, "missing": list(about.missing)}


def _option(name: str) -> str:
    flags = {field: name for name, field in LISTS.items()}
    example = _example(name).strip("[]")
    return f"--{flags.get(name, name.replace('_', '-'))} {example}"


def _example(name: str) -> str:
    if name in ("published", "accessed"):
        return "2012-05-14"
    return '["..."]' if name in LISTS.values() else '"..."'


def _shown(value: Any) -> str:
    return "; ".join(value) if isinstance(value, tuple) else str(value)
