"""Reports, answers and checks as lines on a terminal."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from indexer.report import Report
    from search_api.types.answers import Answer, Hit, Quote
    from search_api.types.checks import Check
    from search_api.types.prose import ProseAnswer
    from search_api.types.reports import Paragraph


# No room for more on a disk, of a user, in a file; a device that fails.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class Verbs(click.Group):
    """All verbs; that there is no room for what they print is said in one line too."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a verb."""
        try:
            return super().main(*args, **extra)
        except OSError as error:
            # Files have names.
            if error.errno not in FULL or error.filename is not None:
                raise
            # What could not be written is not to be tried again when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise SystemExit(
                f"pilcrow: the output cannot be written ({error.strerror}); send it elsewhere"
            ) from None


def audit_line(report: Report) -> str:
    """The numbering audit in one line."""
    audit = report.audit
    counted = ", counted by us" if audit.ours else ""
    parts = [f"{audit.count} paragraphs, {audit.first} to {audit.last}{counted}"]
    parts += [f"missing {', '.join(audit.gaps)}"] if audit.gaps else ["no gaps"]
    parts += [f"repeated {', '.join(audit.repeats)}"] if audit.repeats else []
    parts += [f"out of order {', '.join(audit.disorder)}"] if audit.disorder else []
    parts += [f"numbered anew {len(audit.restarts)} times"] if audit.restarts else []
    parts += [f"{len(audit.doubtful)} doubtful lines"] if audit.doubtful else []
    return f"{'; '.join(parts)}; {audit.share:.0%} of the text is in numbered paragraphs"


def moves_line(report: Report) -> str:
    """What the latest issue of a report did to the paragraphs of the one before."""
    from indexer.history import text_hash

    moves = report.history[-1].moves
    hashes = {passage.key: text_hash(passage) for passage in report.passages}
    gone = sum(move.now is None for move in moves)
    moved = sum(move.now not in (None, move.key) for move in moves)
    changed = sum(move.now is not None and hashes[move.now] != move.hash for move in moves)
    return f"{moved} paragraphs moved, {changed} changed, {gone} went"


class progress_bar:  # noqa: N801
    """A progress bar on standard error, with rate and time left, drawn once texts are counted."""

    def __enter__(self) -> Callable[[int, int], None]:
        self._bar: Any = None
        return self._update

    def _update(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = click.progressbar(length=total, label="Embedding", file=sys.stderr)
            # The first batch is done by now.
            self._began, self._first = time.monotonic(), done
            self._bar.render_progress()
        if done > self._first:
            rate = (done - self._first) / (time.monotonic() - self._began)
            self._bar.label = f"Embedding, {rate:.0f} texts/s"
        self._bar.update(done - self._bar.pos)

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()


def show_prose(written: ProseAnswer) -> None:
    """The checked sentences, then what became of the others; nothing where none was asked for."""
    for sentence in written.prose:
        click.echo(f"{sentence.text} [{', '.join(sentence.keys)}]")
    said = {
        "unsupported": "Nothing that the language model wrote is supported by the report.",
        "failed": "The language model gave no prose.",
    }.get(written.status, "")
    dropped = f"{len(written.dropped)} unsupported sentences dropped." if written.dropped else ""
    line = " ".join(part for part in (said, dropped, written.problem or "") if part)
    if line:
        click.secho(line, dim=True)
    if written.prose or line:
        click.echo()


def show_answer(found: Answer) -> None:
    """Print the quotes with their citations, or that there is none and what is nearest."""
    if found.read_as is not None:
        click.secho(f"Read as: {found.read_as}\n", dim=True)
    if found.status == "not_found":
        show_refusal(found)
        return
    if found.parts:
        for part in found.parts:
            click.secho(part.question, bold=True)
            show_quotes(part.quotes)
            if part.status == "not_found":
                click.echo("    No sentence found that clearly answers this.\n")
    else:
        if found.certainty != "likely":
            opening = "Possibly:" if found.certainty == "possible" else "Best matches:"
            click.secho(f"{opening}\n", bold=True)
        show_quotes(found.quotes)
    if found.total is not None:
        click.echo(f"{len(found.quotes)} of {found.total}")
    click.secho(f"confidence {found.confidence:.0%}, {found.took_ms:.0f} ms", dim=True)


def show_refusal(found: Answer) -> None:
    """Print that nothing clearly answers, which words nothing is near to, and what is closest."""
    said = f"No sentence found that clearly answers (confidence {found.confidence:.0%})."
    if found.uncovered:
        said += f" Nothing near {', '.join(f'“{word}”' for word in found.uncovered)}."
    click.secho(said, bold=True)
    if found.hits:
        click.echo("Closest:\n")
        show_hits(found.hits[:3])


def show_quotes(quotes: list[Quote]) -> None:
    """Print quotes, each with its citation."""
    for quote in quotes:
        click.echo(f"“{click.style(quote.text, fg='green')}”")
        click.echo(f"    {click.style(quote.citation, bold=True)}\n")


def show_hits(hits: list[Hit]) -> None:
    """Print ranked passages, each by its best sentence."""
    for hit in hits:
        label = f"para {hit.paragraph}" if hit.paragraph else hit.section[-1]
        where = click.style(" > ".join(hit.section), dim=True)
        click.echo(f"{hit.score:.3f}  {click.style(label, bold=True)}  {where}")
        if hit.quote:
            click.echo(indented(hit.quote.text))


def show_checks(checks: Sequence[Check]) -> None:
    """A line a check, and how many are right."""
    for check in checks:
        show_check(check)
    mend = sum(check.is_to_mend for check in checks)
    passed = sum(check.verdict == "other_source" for check in checks)
    line = f"{len(checks)} checks, {len(checks) - mend - passed} right, {mend} to mend"
    click.secho(line + (f", {passed} of other sources" if passed else ""), bold=True)


def show_check(check: Check) -> None:
    """One line: the verdict, what it is about, and what to do."""
    colours = {"found": "green", "other_source": "cyan"} | dict.fromkeys(
        ("wrong_paragraph", "altered"), "yellow"
    )
    words = (check.quotation or "").split()
    short = " ".join(words[:8]) + (" …" if len(words) > 8 else "")
    about = f"“{short}” " if words else ""
    about += f"(para {check.claimed})" if check.claimed else ""
    fix = {
        "found": "" if check.claimed or not words else f"cite para {check.paragraph}",
        "wrong_paragraph": f"cite para {check.paragraph}",
        "altered": f"para {check.paragraph} differs",
        "distorted": f"para {check.paragraph} says otherwise",
        "other_source": "not judged",
        "not_found": f"nearest, in para {check.paragraph}: “{check.actual}”" if words else "",
    }[check.verdict]
    fix = "stands nowhere" if check.verdict == "not_found" and not check.actual and words else fix
    said = "; ".join(part for part in (fix, check.difference) if part)
    verdict = click.style(f"{check.verdict:15}", fg=colours.get(check.verdict, "red"))
    click.echo(f"{verdict} {about.strip()}{': ' if said else ''}{' '.join(said.split())}")


def show_paragraph(paragraph: Paragraph) -> None:
    """Print a paragraph, or its sub-item, under its citation and headings."""
    click.secho(paragraph.citation, bold=True)
    note = f"  [{paragraph.note}]" if paragraph.note else ""
    click.echo(click.style(" > ".join(paragraph.section), dim=True) + note)
    shown = paragraph.item.text if paragraph.item else paragraph.text
    click.echo(indented(shown))


def indented(text: str) -> str:
    """The lines of a text, moved in."""
    return "".join(f"    {line}\n" for line in text.split("\n"))


def split_json(report: Report) -> dict[str, Any]:
    """A report as `split --json` prints it."""
    passages = [asdict(passage) for passage in report.passages]
    for fields in passages:
        # Sentences are marked when a report is indexed.
        del fields["sentences"]
    return {
        "report": report.id,
        "metadata": {**asdict(report.metadata), "missing": report.metadata.missing},
        "glossary": [asdict(abbreviation) for abbreviation in report.glossary],
        "audit": {**asdict(report.audit), "clean": report.audit.clean},
        "paragraphs": [fields for fields in passages if fields["number"] is not None],
        "unnumbered": [fields for fields in passages if fields["number"] is None],
        "text": report.text,
    }


def print_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
