"""Quotes as Markdown (CommonMark) that shows the report's words and no markup of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from search_api.citation.notebook.cited import CitedQuote, Run, Source

MARKUP = re.compile(r"[\\`*_\[\]<>~|$^]|&(?=#?\w+;)")
BLOCK = re.compile(r"^[#+=:-]")


def to_markdown(title: str, quotes: Iterable[CitedQuote], sources: Iterable[Source]) -> str:
    """A notebook as Markdown."""
    blocks = [f"# {escape(title)}"]
    for quote in quotes:
        blocks.append("\n".join(f"> {line}".rstrip() for line in _lines(quote.words)))
        blocks.append(f"— {_runs(quote.citation)} <{quote.url}>")
        if quote.note:
            blocks.append("\n".join(_lines(f"Note: {quote.note}")))
    blocks.append("## Sources")
    blocks.append(
        "\n".join(f"- {_runs(each.entry)} {escape(each.credit)}".rstrip() for each in sources)
    )
    return "\n\n".join(blocks) + "\n"


def escape(line: str) -> str:
    """A line of text with what Markdown would read as markup escaped."""
    text = MARKUP.sub(r"\\\g<0>", " ".join(line.split()))
    digits = re.match(r"\d{1,9}(?=[.)])", text)
    if digits:
        return f"{digits[0]}\\{text[digits.end() :]}"
    return BLOCK.sub(r"\\\g<0>", text)


def _lines(text: str) -> list[str]:
    """Lines with a hard break after each that another one follows."""
    lines = [escape(line) for line in text.split("\n")]
    return [
        f"{line}\\" if line and following else line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    ]


def _runs(runs: Iterable[Run]) -> str:
    return "".join(_run(run) for run in runs).strip()


def _run(run: Run) -> str:
    mark = "**" if run.bold else "*" if run.italic else ""
    text = MARKUP.sub(r"\\\g<0>", run.text.replace("\n", " "))
    inner = text.strip() if mark else text
    if not mark or not inner:
        return text
    before, after = text.split(inner, 1)
    return f"{before}{mark}{inner}{mark}{after}"
