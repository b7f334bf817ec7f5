"""Helpers of the readers of marked-up text: white space, list marks, tables used for layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
# Stands for a forced line break in a run of text; no parser lets this character through.
BREAK = "\x1f"
# A line after a forced break that begins so is a block of its own.
NUMBERED_LINE = re.compile(
    r"\s*(?:[(\[]?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)\]]|\d{1,3}(?:\.\d{1,3})+\.?|[•▪◦–-])\s"
)
# "1", "4.17.", "(a)", "[12]", "iv)", "§ 301.", "Article 3", "Chapter 2.", "A.3", "29A"
NUMBER = re.compile(
    r"(?:[^\W\d_]{2,12}\.?\s)?§{0,2}\s?"
    r"[(\[]?(?:\d{1,4}[A-Za-z]{0,2}|[A-Za-z]{1,2}|[ivxlc]{1,7}|[IVXLC]{1,7})"
    r"(?:[.\-(][\dA-Za-z]{1,4}\)?){0,6}[)\]]?[.:)]?[—–-]?"
)
# Cells of this many characters hold paragraphs, not data.
PARAGRAPH_CELL = 80


def fold(text: str) -> str:
    """The text with each run of white space as one space and unseen characters dropped."""
    if not text.isascii():
        text = UNSEEN.sub("", text)
    return " ".join(text.split())


def lines_of(run: str) -> list[str]:
    """A run of text cut where an empty line or a numbered one follows a forced break."""
    if BREAK not in run:
        text = fold(run)
        return [text] if text else []
    texts: list[list[str]] = [[]]
    for line in run.split(BREAK):
        if not line.strip() or NUMBERED_LINE.match(line):
            texts.append([line])
        else:
            texts[-1].append(line)
    return [text for lines in texts if (text := fold(" ".join(lines)))]


def is_bullet(mark: str) -> bool:
    """True for a list mark that numbers nothing: "•", "-", a glyph of a symbol font."""
    return not any(char.isalnum() for char in mark)


def is_number(text: str) -> bool:
    """True for a text that is nothing but a printed number."""
    return NUMBER.fullmatch(text) is not None


def is_layout(rows: Sequence[Sequence[str]]) -> bool:
    """True for a table that only places paragraphs on the page.

    Each row then holds one text, at most with a number in the cell before it.
    """
    filled = [[cell for cell in row if cell] for row in rows]
    if all(len(row) <= 1 for row in filled):
        return True
    numbered = all(len(row) <= 1 or (len(row) == 2 and is_number(row[0])) for row in filled)
    return numbered and median(len(row[-1]) for row in filled if row) >= PARAGRAPH_CELL
