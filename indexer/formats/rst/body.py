"""The body elements of reStructuredText: paragraphs, lists, quotations, tables, directives."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from indexer.blocks import Block, Kind
from indexer.formats.rst.found import Found
from indexer.formats.rst.lines import (
    ENUMERATOR,
    EXPLICIT,
    Line,
    end_of_indented,
    end_of_table,
    is_item_text,
    is_rule,
    item_mark,
    title_at,
)
from indexer.formats.rst.tables import is_table, read_table

# Indentation under so many others is not looked at any more.
MAX_DEPTH = 50

NOTE = re.compile(r"\[(\d{1,4}|#[\w.-]{0,40}|\*|[A-Za-z][\w.-]{0,40})\](?:\s+|$)")
DIRECTIVE = re.compile(
    r"(?:\|(?P<name>[^|]+)\|\s+)?(?P<directive>[A-Za-z][\w:.+-]*?)\s?::(?:\s+|$)"
)
OPTION = re.compile(r":[A-Za-z][\w -]*:(?:\s|$)")
LINE = re.compile(r"\|(?:\s+|$)")
# Directives with no text of the document, those that quote, and those whose argument is an
# address or a setting.
SILENT = {
    "include", "raw", "contents", "toctree", "index", "meta", "image", "highlight", "role",
    "default-role", "sectnum", "target-notes", "header", "footer", "title", "sectionauthor",
    "codeauthor", "tabularcolumns",
}  # fmt: skip
QUOTING = {"epigraph", "highlights", "pull-quote"}
SET_UP = {"figure", "container", "class", "code-block", "code", "only"}


@dataclass(frozen=True, slots=True)
class Place:
    """The state of the lines of a body: their kind, and the lists and bodies around."""

    kind: Kind = "text"
    items: int = 0
    depth: int = 0


def read_body(lines: list[Line], place: Place, found: Found) -> None:
    """Read the file, or what is indented under a list mark or directive."""
    at = 0
    if place.depth >= MAX_DEPTH:
        lines = [Line(line.number, 0, line.text) for line in lines]
    margin = min((line.indent for line in lines if line.text), default=0)
    numbers: dict[str, int] = {}
    while at < len(lines):
        line = lines[at]
        if not line.text:
            at += 1
        elif line.indent > margin:
            end = end_of_indented(lines, at, margin)
            # A list is indented for looks; other text because it is quoted.
            quoted = place.kind == "text" and item_mark(lines[at:end], 0) is None
            kind: Kind = "quote" if quoted else place.kind
            read_body(lines[at:end], replace(place, kind=kind, depth=place.depth + 1), found)
            at = end
        else:
            at = _element(lines, at, place, found, numbers)


def _element(
    lines: list[Line], at: int, place: Place, found: Found, numbers: dict[str, int]
) -> int:
    """Read what begins at a line on the margin; the index of the line after it."""
    line = lines[at]
    title = title_at(lines, at)
    if title is not None:
        found.put_title(title.line.text, title.line.number, (title.sign, title.over))
        return at + (3 if title.over else 2)
    if EXPLICIT.match(line.text):
        end = end_of_indented(lines, at + 1, line.indent)
        _explicit(lines[at:end], place, found)
        return end
    if is_table(line.text):
        return _table(lines, at, found)
    if is_rule(line):
        return at + 1
    if LINE.match(line.text):
        first = at == 0 or not lines[at - 1].text
        found.put(line.text[1:], line.number, place.kind, gap=first, style="line")
        return at + 1
    mark = item_mark(lines, at)
    if mark is not None:
        return _item(lines, at, mark, place, found, numbers)
    return _paragraph(lines, at, place, found)


def _item(
    lines: list[Line],
    at: int,
    mark: re.Match[str],
    place: Place,
    found: Found,
    numbers: dict[str, int],
) -> int:
    line = lines[at]
    label = _printed(mark[1], numbers) if mark.re is ENUMERATOR else None
    inner = replace(place, items=place.items + 1, depth=place.depth + 1)
    kind: Kind = "item" if place.kind == "text" else place.kind
    text, end = [line.text[mark.end() :]], at + 1
    while end < len(lines) and is_item_text(lines, end, line.indent):
        text.append(lines[end].text)
        end += 1
    source = "\n".join(text)
    found.put(source, line.number, kind, label=label, level=inner.items, style="list")
    rest = end_of_indented(lines, end, line.indent)
    read_body(lines[end:rest], inner, found)
    return rest


def _printed(enumerator: str, numbers: dict[str, int]) -> str:
    """The enumerator; "#" counts on from the one before it in the same form."""
    form = re.sub(r"[^().]+", "n", enumerator)
    body = enumerator.strip("().")
    if body == "#":
        numbers[form] = numbers.get(form, 0) + 1
        return enumerator.replace("#", str(numbers[form]))
    if body.isdigit():
        numbers[form] = int(body)
    return enumerator


def _paragraph(lines: list[Line], at: int, place: Place, found: Found) -> int:
    line = lines[at]
    end = at + 1
    while end < len(lines) and lines[end].text:
        after = lines[end]
        if after.indent != line.indent or EXPLICIT.match(after.text):
            break
        if title_at(lines, end) is not None:
            break
        end += 1
    text = "\n".join(one.text for one in lines[at:end])
    literal = text.endswith("::")
    found.put(text[:-1] if literal else text, line.number, place.kind)
    rest = end_of_indented(lines, end, line.indent)
    if literal:
        for one in lines[end:rest]:
            if one.text:
                found.blocks.append(Block(one.text, one.number, place.kind, style="literal"))
        return rest
    if end < rest and lines[end].text:
        # A term and, right under it, what it means.
        read_body(lines[end:rest], replace(place, depth=place.depth + 1), found)
        return rest
    return end


def _table(lines: list[Line], at: int, found: Found) -> int:
    end = end_of_table(lines, at)
    margin = lines[at].indent
    texts = [" " * (line.indent - margin) + line.text for line in lines[at:end]]
    for number, cells in read_table(texts):
        found.put_row(cells, lines[at + number].number)
    return end


def _explicit(lines: list[Line], place: Place, found: Found) -> None:
    """Read what stands after "..": a footnote, a directive, or a comment, which says nothing."""
    first = lines[0]
    head = EXPLICIT.sub("", first.text, count=1)
    note = NOTE.match(head)
    directive = DIRECTIVE.match(head)
    if note is not None:
        text = "\n".join([head[note.end() :], *(line.text for line in lines[1:])])
        found.put_note(note[1], text, first.number)
    elif directive is not None and directive["name"] is not None:
        if directive["directive"] == "replace":
            text = " ".join([head[directive.end() :], *(line.text for line in lines[1:])])
            found.name(directive["name"], text)
    elif directive is not None and directive["directive"].lower() not in SILENT:
        _directive(directive["directive"].lower(), head[directive.end() :], lines, place, found)


def _directive(name: str, argument: str, lines: list[Line], place: Place, found: Found) -> None:
    number = lines[0].number
    if name == "rubric":
        found.put(argument, number, "heading", style="rubric")
        return
    at = 1
    inner = replace(place, depth=place.depth + 1)
    if name in QUOTING:
        inner = replace(inner, kind="quote")
    if argument and name not in SET_UP:
        # The first paragraph may begin on the line of the name.
        while at < len(lines) and lines[at].text and not OPTION.match(lines[at].text):
            at += 1
        text = "\n".join([argument, *(line.text for line in lines[1:at])])
        found.put(text, number, inner.kind, style=name)
    while at < len(lines) and OPTION.match(lines[at].text):
        at += 1
    read_body(lines[at:], inner, found)
