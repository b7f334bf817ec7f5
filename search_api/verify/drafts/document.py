"""A draft as it was written (plain text, Markdown, HTML) to blocks of plain text at its offsets.

`Draft.clean` is as long as the draft: what is markup becomes NOTHING or white space, what stands
for a character becomes that character. So an offset means the same in both.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from indexer.text import STEERING, UNPAIRED
from search_api.verify.drafts.latex import is_latex, without_latex
from search_api.verify.drafts.records import without_records

NOTHING = "\x00"
SPACE = re.compile(r"\s+")
# Elements that are not text; each is closed by its own end tag.
HIDDEN = ("script", "style", "head", "template", "svg", "pre", "code")
BLOCK_TAGS = {
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "table",
    "tr", "td", "th", "section", "article", "main", "header", "footer", "nav", "aside", "figure",
    "figcaption", "hr", "pre", "body", "html", "blockquote",
}  # fmt: skip
INLINE_TAGS = {
    "a", "abbr", "b", "bdi", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "mark", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u",
    "var", "wbr", "q", "br", "o",
}  # fmt: skip
NOTE_TAGS = ("li", "div", "p", "aside", "section", "dd", "tr")
TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^<>]{0,2000}>")
SUPERSCRIPT_TAG = re.compile(
    r"<sup\b[^<>]{0,200}>[\x00\s\[]{0,500}(?P<mark>\d{1,3}|[a-z*†‡])[\x00\s\]]{0,500}</sup>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
ADDRESS = re.compile(
    r"\b(?:https?|pilcrow)://[^\s<>\"“”(){}\[\]\x00]{1,2000}|(?<![^\s(<{\"])/reports/[^\s<>\"“”(){}\x00]+"
)
FRONT_MATTER = re.compile(r"\ufeff?(?P<mark>---|\+\+\+)[ \t]*\n")
FENCE = re.compile(r"(?m)^ {0,3}(?P<fence>`{3,}|~{3,})")
CODE = re.compile(r"(?<!`)(?P<ticks>`{1,2})(?!`)[^`\n]{1,300}(?P=ticks)(?!`)")
IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)")
LINK = re.compile(
    r"\[(?P<text>[^\[\]\n]{1,300})\]\([^()\s]{0,2000}(?:\s+[\"'][^\"'\n]{0,300}[\"'])?\)"
)
LINK_TARGET = re.compile(r"(?m)^ {0,3}\[[^\[\]\n^]{1,100}\]:[ \t]*(?:<|https?:|mailto:|[#/.]).*$")
# Pages that converters make link a note's call and its text by their ids.
NOTE_ID = re.compile(
    r"(?:user-content-)?_?(?P<kind>fn|ftn|edn|en|footnote|endnote|note|sdfootnote|sdendnote)"
    r"[-_:.]?(?!ref)(?P<mark>[\w.-]{1,40}?)(?:sym)?",
    re.IGNORECASE,
)
ID = re.compile(r"\bid\s*=\s*[\"']?(?P<id>[\w:.-]{1,60})")
ANCHOR = re.compile(
    r"<a\b(?P<attributes>[^<>]{0,500})>(?P<inside>(?:[^<]|<(?!/?a\b)){0,300})</a>", re.IGNORECASE
)
LINK_ID = re.compile(r"\bhref\s*=\s*[\"']?[^\"'\s#]{0,200}#(?P<id>[\w:.-]{1,60})")
BACK = re.compile(r"ref|anc$|back", re.IGNORECASE)
NOTE = re.compile(
    r"(?m)^[ \x00]{0,200}"
    r"(?:\[\^(?P<mark>[^\[\]\n]{1,50})\]:|(?P<sign>[¹²³⁰⁴-⁹]{1,3})(?=[^\W\d]|\s))"
)
CALL = re.compile(r"\[\^(?P<mark>[^\[\]\n]{1,50})\](?!:)|(?<=\S)(?P<sign>[¹²³⁰⁴-⁹]{1,3})")
SIGNS = str.maketrans("¹²³⁰⁴⁵⁶⁷⁸⁹", "1230456789")
EMPHASIS = re.compile(
    r"(?<=\S)\*{1,3}|\*{1,3}(?=[^\s*])|(?<![^\W_])_{1,3}(?=\S)|(?<=[^\s_])_{1,3}(?![^\W_])"
)
ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
HEADING = re.compile(r"(?m)^ {0,3}#{1,6}(?=\s)")
QUOTED_LINE = re.compile(r"(?m)^[ \t]{0,3}(?:>[ \t]?)+")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the draft at clean[start:end]; a note carries its mark."""

    start: int
    end: int
    kind: Literal["text", "quote", "note"] = "text"
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A footnote mark in the text, after what it belongs to."""

    start: int
    mark: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft in blocks; `calls` are the marks of notes that the draft has."""

    clean: str
    blocks: tuple[Block, ...]
    calls: tuple[Call, ...]

    def text(self, start: int, end: int) -> str:
        """The words of a slice, in one line."""
        return SPACE.sub(" ", self.clean[start:end].replace(NOTHING, "")).strip()


def parse_draft(text: str) -> Draft:
    """Split a draft into blocks; any text is a draft."""
    clean = STEERING.sub(NOTHING, UNPAIRED.sub("\ufffd", text))
    clean = clean.replace("\r\n", " \n").replace("\r", "\n").replace("\f", "\n")
    clean = without_records(clean)
    quoted: list[tuple[int, int]] = []
    if is_latex(clean):
        clean, quoted = without_latex(clean)
    else:
        clean = _without_markup(clean, quoted)
    # An address is no text, though it may have a paragraph's number in it.
    clean = _same(ADDRESS, clean, lambda m: " " * len(m[0]))
    clean, quoted_lines = _unquote_lines(clean)
    quoted += quoted_lines
    notes = [(m.start(), m.end(), _mark(m)) for m in NOTE.finditer(clean)]
    known = {mark for _, _, mark in notes}
    clean = _same(NOTE, clean, lambda m: NOTHING * len(m[0]))
    calls = tuple(Call(m.start(), _mark(m)) for m in CALL.finditer(clean) if _mark(m) in known)
    clean = _same(CALL, clean, lambda m: NOTHING * len(m[0]) if _mark(m) in known else m[0])
    clean = _plain_marks(clean)
    return Draft(clean, tuple(_blocks(clean, sorted(quoted), notes)), calls)


def _mark(match: re.Match[str]) -> str:
    return match["mark"] or str(match["sign"]).translate(SIGNS)


def _same(pattern: re.Pattern[str], text: str, replace: Callable[[re.Match[str]], str]) -> str:
    """Replace what matches by as many characters."""

    def padded(match: re.Match[str]) -> str:
        new = replace(match)
        size = len(match[0])
        return new + NOTHING * (size - len(new)) if len(new) <= size else match[0]

    return pattern.sub(padded, text)


def _without_markup(text: str, quoted: list[tuple[int, int]]) -> str:
    text = _without_front_matter(text)
    if "<" in text:
        text = _blank_between(text, "<!--", "-->")
        for name in HIDDEN:
            text = _blank_between(text, f"<{name}", f"</{name}>", ends=" \t\n/>")
        text = _same(ANCHOR, text, _note_call)
        text = _without_tags(text, quoted)
    if "&" in text:
        text = _same(ENTITY, text, lambda m: html.unescape(m[0]))
    text = _blank_fences(text)
    text = _same(CODE, text, lambda m: " " * len(m[0]))
    text = _same(IMAGE, text, lambda m: " " * len(m[0]))
    text = _same(LINK_TARGET, text, lambda m: " " * len(m[0]))
    return _same(LINK, text, _link_text)


def _without_front_matter(text: str) -> str:
    """White space for what a Markdown file says of itself before its text."""
    opening = FRONT_MATTER.match(text)
    if opening is None:
        return text
    end = text.find(f"\n{opening['mark']}", opening.end() - 1)
    if end < 0:
        return text
    end += len(opening["mark"]) + 1
    return _blank(text[:end]) + text[end:]


def _note_call(match: re.Match[str]) -> str:
    """A note's call for the link that is one, nothing for the link back to it."""
    target = LINK_ID.search(match["attributes"])
    if target is None:
        return match[0]
    mark = _note_mark(target["id"])
    if mark and not BACK.search(target["id"]):
        return f"[^{mark}]"
    return "" if BACK.search(target["id"]) else match[0]


def _note_mark(name: str) -> str:
    """The mark of the note that an id names, or nothing; endnotes are counted apart."""
    note = NOTE_ID.fullmatch(name)
    if note is None or BACK.search(name):
        return ""
    return ("e" if note["kind"].lower() in ("edn", "en", "endnote", "sdendnote") else "") + note[
        "mark"
    ]


def _link_text(match: re.Match[str]) -> str:
    # A linked paragraph number keeps its brackets: they are what makes it a reference.
    if match["text"].strip().isdigit() or match["text"].startswith("^"):
        return f"[{match['text']}]"
    return NOTHING + match["text"]


def _blank_between(text: str, opening: str, closing: str, ends: str = "") -> str:
    """White space for what stands between two marks; a mark never closed hides nothing.

    An opening mark is whole where one of `ends` follows: "<pre>" is no "<presentation>".
    """
    small = text.lower() if len(text.lower()) == len(text) else text
    pieces = []
    at = 0
    while (start := small.find(opening, at)) >= 0:
        after = start + len(opening)
        if ends and small[after : after + 1] not in ends:
            pieces.append(text[at:after])
            at = after
            continue
        end = small.find(closing, after)
        if end < 0:
            break
        end += len(closing)
        pieces += [text[at:start], _blank(text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text)


def _blank_fences(text: str) -> str:
    """White space for fenced code."""
    pieces = []
    at = 0
    opened: re.Match[str] | None = None
    for match in FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match["fence"].startswith(opened["fence"]):
            pieces += [text[at : opened.start()], _blank(text[opened.start() : match.end()])]
            at = match.end()
            opened = None
    return "".join([*pieces, text[at:]])


def _without_tags(text: str, quoted: list[tuple[int, int]]) -> str:
    opened: list[int] = []

    def replace(match: re.Match[str]) -> str:
        name, closing, size = match["name"].lower(), bool(match["end"]), len(match[0])
        if name == "sup" or name not in BLOCK_TAGS | INLINE_TAGS:
            return match[0]
        if name == "q":
            return NOTHING * (size - 1) + "”" if closing else "“"
        if name == "br":
            return "\n"
        own = ID.search(match[0]) if name in NOTE_TAGS and not closing else None
        mark = _note_mark(own["id"]) if own is not None else ""
        if mark and size >= len(mark) + 6:
            return f"\n\n[^{mark}]:"
        if name == "blockquote":
            if not closing:
                opened.append(match.end())
            elif opened:
                start = opened.pop()
                if not opened:
                    quoted.append((start, match.start()))
        return "\n\n" if name in BLOCK_TAGS else NOTHING

    text = _same(TAG, text, replace)
    text = _same(SUPERSCRIPT_TAG, text, lambda m: f"[^{m['mark']}]")
    return _same(TAG, text, lambda m: NOTHING if m["name"].lower() == "sup" else m[0])


def _unquote_lines(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Without the marks of Markdown's quoted lines, and where those lines stand."""
    spans = []
    for match in QUOTED_LINE.finditer(text):
        end = text.find("\n", match.end())
        spans.append((match.start(), len(text) if end < 0 else end))
    return _same(QUOTED_LINE, text, lambda m: " " * len(m[0])), spans


def _plain_marks(text: str) -> str:
    text = _same(ESCAPE, text, lambda m: NOTHING)
    text = _same(HEADING, text, lambda m: " " * len(m[0]))
    text = _same(EMPHASIS, text, lambda m: NOTHING * len(m[0]))
    return text.replace("``", f"“{NOTHING}").replace("''", f"{NOTHING}”")


def _blocks(
    clean: str, quoted: list[tuple[int, int]], notes: list[tuple[int, int, str]]
) -> list[Block]:
    """Runs of lines without a blank one, parted where quoted lines or a note begin or end."""
    starts = {start: mark for start, _, mark in notes}
    blocks: list[Block] = []
    now: Block | None = None
    at = place = 0
    for line in clean.splitlines(keepends=True):
        start, end = at, at + len(line)
        at = end
        if start not in starts and not line.replace(NOTHING, "").strip():
            if now is not None and now.kind == "note" and not _has_text(clean, now):
                continue
            blocks += [now] if now else []
            now = None
            continue
        while place < len(quoted) and quoted[place][1] <= start:
            place += 1
        inside = place < len(quoted) and quoted[place][0] < end and quoted[place][1] > start
        begins = starts.get(start)
        kind: Literal["text", "quote", "note"] = "quote" if inside else "text"
        if begins is not None:
            blocks += [now] if now else []
            now = Block(start, end, "note", begins)
        elif now is not None and (now.kind == kind or now.kind == "note"):
            now = Block(now.start, end, now.kind, now.mark)
        else:
            blocks += [now] if now else []
            now = Block(start, end, kind)
    return [*blocks, now] if now else blocks


def _has_text(clean: str, block: Block) -> bool:
    return bool(clean[block.start : block.end].replace(NOTHING, "").strip())
