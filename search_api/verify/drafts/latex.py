r"""A LaTeX draft as plain text of the same length, so that an offset means the same in both.

A note or a citation becomes a citation in brackets where it is called; `\enquote{...}`, ``...'' and
the quoting environments become quotations. One pass over the text.
"""

from __future__ import annotations

import re

NOTHING = "\x00"
IS_LATEX = re.compile(
    r"\\(?:documentclass|begin\s*\{|enquote\b|footnote\b|(?:paren|foot|auto)?cite\b)"
)
BODY = r"\begin{document}"
HIDDEN = re.compile(
    r"(?<!\\)%[^\n]*|\\begin\{(?P<name>verbatim\*?|lstlisting|minted|comment|thebibliography)\}"
)
TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,40})\*?[ \t]?|\\(?P<sign>[^a-zA-Z])|(?P<open>\{)|(?P<close>\})|"
    r"(?P<tie>~)|(?P<tick>(?<!`)`(?!`))"
)
OPTION = re.compile(r"[ \t]{0,20}\[(?P<option>[^\[\]]{0,200})\]")
COMMAND = re.compile(r"\\([a-zA-Z]{1,40}|[^a-zA-Z])")
QUOTED = ("enquote", "textquote", "blockquote", "blockcquote", "textcquote", "foreignquote")
NOTES = ("footnote", "footnotetext", "endnote", "marginpar", "thanks")
CITES = re.compile(r"(?:[a-zA-Z]{0,20}cite[a-zA-Z]{0,20}|citep|citet)")
DROPPED = (
    "label", "ref", "cref", "pageref", "usepackage", "documentclass", "bibliography", "input",
    "include", "includegraphics", "vspace", "hspace", "url", "bibliographystyle", "setlength",
)  # fmt: skip
BREAKS = ("section", "subsection", "subsubsection", "paragraph", "chapter", "part", "title", "par")
SIGNS = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "P": "¶", "S": "§", "pounds": "£", "item": "\n",
    "textsection": "§", "textparagraph": "¶",
    "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",
    "par": "\n\n", "newline": "\n", "textendash": "–", "textemdash": "—", "euro": "€",
}  # fmt: skip
QUOTING = ("quote", "quotation", "displayquote", "displaycquote", "verse")


def is_latex(text: str) -> bool:
    """True for a text with LaTeX's own commands."""
    return IS_LATEX.search(text) is not None


def without_latex(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with NOTHING for its commands, and where it quotes whole paragraphs."""
    start = text.find(BODY)
    if start >= 0:
        start += len(BODY)
        text = _blank(text[:start]) + text[start:]
    return _Reader(_without_hidden(text)).read()


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text)


def _sign(command: re.Match[str]) -> str:
    return SIGNS.get(command[1], " ")


def _without_hidden(text: str) -> str:
    pieces = []
    at = 0
    while (match := HIDDEN.search(text, at)) is not None:
        end = match.end()
        if match["name"]:
            closing = text.find(f"\\end{{{match['name']}}}", end)
            end = len(text) if closing < 0 else closing
        pieces += [text[at : match.start()], _blank(text[match.start() : end])]
        at = end
    return "".join([*pieces, text[at:]])


class _Reader:
    """Goes through the text once; what a brace closes is known when it opens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._out: list[str] = []
        self._at = 0
        # What each open brace stands for when it is closed.
        self._open: list[str] = []
        self._quotes: list[int] = []
        self._quoted: list[tuple[int, int]] = []

    def read(self) -> tuple[str, list[tuple[int, int]]]:
        """The plain text and the spans of quoted paragraphs."""
        while (token := TOKEN.search(self._text, self._at)) is not None:
            self._keep(token.start())
            self._take(token)
        self._keep(len(self._text))
        return "".join(self._out), self._quoted

    def _keep(self, end: int) -> None:
        self._out.append(self._text[self._at : end])
        self._at = end

    def _put(self, sign: str, end: int) -> None:
        """A sign for what stands up to `end`, as long as that."""
        size = end - self._at
        self._out.append(sign[:size] + NOTHING * (size - len(sign)))
        self._at = end

    def _take(self, token: re.Match[str]) -> None:
        if token["open"]:
            self._open.append("")
            self._put("", token.end())
        elif token["close"]:
            self._put(self._open.pop() if self._open else "", token.end())
        elif token["tie"]:
            self._put(" ", token.end())
        elif token["tick"]:
            self._put("‘", token.end())
        elif token["sign"]:
            sign = token["sign"]
            self._put("\n" if sign == "\\" else sign if sign in "&%$#_{}" else " ", token.end())
        else:
            self._command(token["word"], token.end())

    def _command(self, name: str, end: int) -> None:
        if name in ("begin", "end"):
            self._environment(name, end)
        elif CITES.fullmatch(name):
            self._cite(end)
        elif name in DROPPED:
            self._put("", self._argument_end(end))
        elif name in QUOTED or name in NOTES:
            signs = ("“", "”") if name in QUOTED else ("(", ")")
            self._argument(end, *signs)
        elif name in BREAKS:
            self._argument(end, "\n\n", "\n")
        else:
            self._put(SIGNS.get(name, ""), end)

    def _argument(self, end: int, opening: str, closing: str) -> None:
        """A command with an argument in braces: its signs, and its options before."""
        option = OPTION.match(self._text, end)
        while option is not None:
            end = option.end()
            option = OPTION.match(self._text, end)
        if self._text.startswith("{", end):
            self._open.append(closing)
            # The sign stands last, so that what it opens begins right after it.
            self._put(NOTHING * (end + 1 - self._at - len(opening)) + opening, end + 1)
        else:
            self._put("", end)

    def _argument_end(self, end: int) -> int:
        option = OPTION.match(self._text, end)
        end = option.end() if option is not None else end
        if not self._text.startswith("{", end):
            return end
        close = self._text.find("}", end, end + 500)
        return close + 1 if close >= 0 else end

    def _cite(self, end: int) -> None:
        """A citation: what its last option says, in brackets; "29" alone is no page of ours."""
        last = ""
        while (option := OPTION.match(self._text, end)) is not None:
            last, end = COMMAND.sub(_sign, option["option"]).replace("~", " "), option.end()
        close = self._text.find("}", end, end + 500) if self._text.startswith("{", end) else -1
        self._put(f"({last.strip()})" if last.strip() else "", close + 1 if close >= 0 else end)

    def _environment(self, name: str, end: int) -> None:
        close = self._text.find("}", end, end + 60) if self._text.startswith("{", end) else -1
        kind = self._text[end + 1 : close].rstrip("*") if close >= 0 else ""
        self._put("\n\n", close + 1 if close >= 0 else end)
        if kind not in QUOTING:
            return
        if name == "begin":
            self._quotes.append(self._at)
        elif self._quotes:
            start = self._quotes.pop()
            if not self._quotes:
                self._quoted.append((start, self._at - 1))
