"""The numbers a browser prints before the items of ordered lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from indexer.formats.docx.numerals import write_number

STYLES = {
    "1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman",
}  # fmt: skip
STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([\w-]+)", re.IGNORECASE)
TYPED = re.compile(r"\s*[(\[]?(?:\d{1,4}(?:\.\d+)*|[a-z]{1,2}|[ivx]{1,6})[.)\]]\s?", re.IGNORECASE)
LARGEST = 1_000_000


def label_items(items: etree._Element) -> Iterator[tuple[etree._Element, str | None]]:
    """Each item of a list with its printed number; None in unordered lists.

    A list whose items begin with typed numbers prints none of its own: its style sheet, which we
    do not have, hides them.
    """
    children = [child for child in items if child.tag == "li"]
    if items.tag != "ol" or _are_typed(children):
        yield from ((child, None) for child in children)
        return
    step = -1 if items.get("reversed") is not None else 1
    number = _integer(items.get("start"), len(children) if step < 0 else 1)
    for child in children:
        number = _integer(child.get("value"), number)
        yield child, _print(number, _style(child) or _style(items) or "decimal")
        number += step


def _are_typed(children: list[etree._Element]) -> bool:
    typed = sum(1 for child in children if TYPED.match("".join(map(str, child.itertext()))))
    return len(children) > 0 and typed > len(children) / 2


def _integer(text: str | None, default: int) -> int:
    if text is not None and re.fullmatch(r"\s*-?\d{1,6}\s*", text):
        return int(text)
    return default


def _style(element: etree._Element) -> str | None:
    declared = STYLE.search(element.get("style", ""))
    if declared is not None:
        return declared[1].lower()
    return STYLES.get(element.get("type", ""))


def _print(number: int, style: str) -> str | None:
    if style == "none":
        return None
    if number > 0 and style.endswith(("alpha", "latin")):
        text = _letters(number)
    elif number > 0 and style.endswith("roman"):
        text = write_number(number, "lowerRoman")
    elif style == "decimal-leading-zero":
        text = f"{number:02d}"
    else:
        text = str(number)
    return f"{text.upper() if style.startswith('upper') else text}."


def _letters(number: int) -> str:
    """A to z, then aa, ab."""
    text = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        text = chr(ord("a") + letter) + text
    return text
