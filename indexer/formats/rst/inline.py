"""reStructuredText inside a paragraph: roles, links and emphasis give way to their text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.formats.fold import fold

TOKEN = re.compile(
    r"""\\(?P<escaped>.)
      | ``(?P<literal>[^`]{1,2000}(?:`[^`]{1,500}){0,3})``(?!\w)
      | \s?\[(?P<call>\d{1,4}|\#[\w.-]{0,40}|\*|[A-Za-z][\w.-]{0,40})\]_(?!\w)
      | (?P<role>:[A-Za-z][\w.:+-]{0,40}:)?(?<![\w`])_?`(?P<marked>[^`]{1,2000})`
        (?P<suffix>:[A-Za-z][\w.:+-]{0,40}:|__?(?!\w))?
      | \*\*(?=\S)(?P<strong>[^*]{1,5000}(?:\*[^*]{1,500}){0,9}?)(?<=\S)\*\*
      | (?<![\w*])\*(?=[^\s*])(?P<emphasis>[^*]{1,5000})(?<=\S)\*(?!\w)
      | \|(?=\S)(?P<name>[^|\n]{1,100})(?<=\S)\|_{0,2}
      | (?<=\w)__?(?=[\s.,;:!?)\]'"’”-]|$)""",
    re.VERBOSE | re.DOTALL,
)
SPECIAL = re.compile(r"[\\`*|_]")
TARGET = re.compile(r"(.*)<[^<>]*>\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Inline:
    """A text without its markup, and the footnotes called in it as they are written."""

    text: str
    calls: tuple[str, ...] = ()


def read_inline(source: str, names: Mapping[str, str]) -> Inline:
    """The text that a paragraph shows; `names` are the texts of its |substitutions|."""
    if SPECIAL.search(source) is None:
        return Inline(fold(source))
    calls: list[str] = []

    def shown(match: re.Match[str]) -> str:
        if match["escaped"] is not None:
            return "" if match["escaped"].isspace() else match["escaped"]
        if match["call"] is not None:
            calls.append(match["call"])
            return ""
        if match["marked"] is not None:
            return _marked(match)
        if match["name"] is not None:
            return names.get(match["name"], match[0])
        return match["literal"] or match["strong"] or match["emphasis"] or ""

    text = TOKEN.sub(shown, source)
    return Inline(fold(text), tuple(calls))


def _marked(match: re.Match[str]) -> str:
    """The text of a role or link, without the address that may stand behind it."""
    text = match["marked"]
    role = match["role"] or ""
    linked = role or (match["suffix"] or "").startswith("_")
    target = TARGET.match(text)
    if linked and target is not None:
        return target[1].rstrip() or text.strip("<> ")
    return text
