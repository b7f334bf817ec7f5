"""A pinpoint in any citation style, by citeproc-py, with the library's faults worked around.

What citeproc-py 0.11.1 does to a citation, and what is done about it here:

- Every `-` of a locator becomes an en dash ("A-12"), and "29(b)(2)" counts as plural. It is given
  a placeholder instead, singular or plural as the pinpoint is, which is replaced afterwards.
- A bibliography entry takes over the locator of the citation; later citations of a note style lose
  it. Each is rendered in a bibliography of its own.
- A title that stands in for a missing author is printed again as the title (`Substitute`).
- `disambiguate="true"` counts as met; sentence case lowers proper names: the style file is mended
  before it is loaded (`style_files.mended`).
- Changing the case of a plain string or a number fails (`_case`), and names are cut to initials
  where a style says not to (`_initialize`).
- Title case capitalises the "v" of a case; a case's name is given as it is written.
- Title case leaves a word after a quotation mark small, and quotation marks within quotation marks
  are not turned (`_finished`).
- American punctuation is left outside the closing quotation mark (`_finished`).

What the styles do: many print no label before a paragraph number, Bluebook among them, and numeric
ones no locator at all; the label, and the locator, are put in.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    Locator,
    model,
)
from citeproc.formatter import html, plain
from citeproc.source import VariableError
from citeproc.source.json import CiteProcJSON
from citeproc.string import MixedString, String

from search_api.citation.csl_item import NEUTRAL, Item
from search_api.citation.locators import HEADING, LAW, Group, Pinpoint, in_words
from search_api.citation.oscola import YEAR, Primary, primary
from search_api.citation.style_files import CSL, DEFAULT, STYLES, TEXT, StyleError, mended, resolve

# Where a style prints no label: the sign or brackets its manual asks for; others take "para.".
BRACKETS = ("australian-guide-to-legal-citation",)
SIGNS = ("bluebook",)
# The library's title case passes over a word in quotation marks.
QUOTED_WORD = re.compile(r"[“‘][a-z]\w*")
UNDATED = re.compile(r",? \(?(?:no date|n\.d\.)\)?(?=[,.) ])")
# Styles that name an Act and its year apart, as they do an author and the year.
YEAR_APART = ("apa",)
# APA 7 (10.4) omits a publisher that is the author; MLA 9 (5.54) the author that is publisher.
SAME = {"apa": "publisher", "modern-language-association": "author"}
# How a style writes the parts of a law, where not "s. 3", "art. 8".
LAWS = {
    "oscola": {unit: (one.rstrip("."), many.rstrip(".")) for unit, (one, many) in LAW.items()},
    "chicago": LAW | {"section": ("sec.", "secs.")},
    "modern-language": LAW | {"section": ("sec.", "secs.")},
    "bluebook": LAW | {"section": ("§", "§§")},
}
# How an unnumbered passage is cited by its heading, where not by the quoted heading alone.
HEADINGS = {"apa": "{} section", "chicago": "under {}"}
# Private characters that no style touches; the second form counts as plural.
ONE = "\ue000"
SEVERAL = "\ue0001\ue0012\ue000"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A citation as it stands in the text or the note, and its entry in the bibliography.

    `bibliography` is None for a style that has none.
    """

    in_text: str
    bibliography: str | None


class Markdown:
    """citeproc-py's formatter interface, as Markdown."""

    @staticmethod
    def preformat(text: object) -> str:
        """Text with what Markdown would read as markup escaped."""
        return re.sub(r"([\\`*_<])", r"\\\1", str(text))

    Italic = Oblique = staticmethod(lambda text: f"*{text}*")
    Bold = staticmethod(lambda text: f"**{text}**")
    Superscript = staticmethod(lambda text: f"^{text}^")
    Subscript = staticmethod(lambda text: f"~{text}~")
    Light = Underline = SmallCaps = staticmethod(str)


FORMATTERS: dict[str, Any] = {"text": plain, "markdown": Markdown, "html": html}


# citeproc-py builds its tree from the direct subclasses of this base, by their names, the last
# defined first: this one takes the place of its own Substitute.
class Substitute(model.CitationStylesElement, model.Parent):  # type: ignore[misc]
    """The substitute for missing names; its variables are then not printed again."""

    def render(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        """The first child that has something to print."""
        for child in self.getchildren():
            if isinstance(child, model.Names) and child.name is None:
                kwargs["names_context"] = self.getparent()
            try:
                text = child.render(item, context=context, **kwargs)
            except VariableError:
                continue
            if text:
                repressed = context.get_layout().repressed
                repressed.setdefault(child.tag, []).append(child.get("variable"))
                repressed.setdefault(TEXT, []).extend(self._printed(child, item, str(text)))
                return text
        return None

    def _printed(self, element: Any, item: Any, text: str) -> list[str]:
        """The variables that an element, and the macros it calls, printed as this text."""
        printed = []
        for each in element.iter(TEXT):
            if each.get("macro"):
                printed += self._printed(self.get_macro(each.get("macro")), item, text)
            name = each.get("variable", "")
            value = str(item.reference.get(name.replace("-", "_"), ""))
            if value and value.casefold() in text.casefold():
                printed.append(name)
        return printed


def _case(element: Any, text: Any, language: str | None = None) -> Any:
    """citeproc-py's `TextCased.case`, for what it fails on: a plain string, none, a number."""
    known = isinstance(text, String | MixedString)
    return _library_case(element, text if known else String(text), language) if text else text


def _initialize(element: Any, given: str, mark: str, context: Any) -> str:
    """citeproc-py's `Name.initialize`, but for a style that wants the name in full."""
    if element.get("initialize") == "false":
        return given
    return str(_library_initialize(element, given, mark, context))


_library_case, model.TextCased.case = model.TextCased.case, _case
_library_initialize, model.Name.initialize = model.Name.initialize, _initialize


def cite(item: Item, pinpoint: Pinpoint, style: str = DEFAULT, form: str = "text") -> Formatted:
    """A citation of an item with a pinpoint, as "text", "markdown" or "html".

    Raises:
        StyleError: no such style, or citeproc-py cannot apply it.
    """
    name, locale = resolve(style)
    try:
        sheet = CitationStylesStyle(io.BytesIO(mended(name)), locale, validate=False)
        source = primary(item) if name.startswith("oscola") else None
        if source is not None:
            # A style's words are known once it was applied.
            _bibliography(sheet, _prepared(item, name, form), FORMATTERS[form])
            return _of_primary(source, _Words(sheet, name), pinpoint, item, FORMATTERS[form])
        reference = _prepared(item, name, form)
        in_text = _in_text(sheet, name, reference, pinpoint, FORMATTERS[form])
        entry = _entry(sheet, reference, FORMATTERS[form])
    # The library has no error of its own: a style that asks too much of it fails anyhow.
    except Exception as error:
        raise StyleError(
            f"style '{style}' cannot be applied here ({error}); use one of {', '.join(STYLES)}"
        ) from error
    found = [_finished(text, sheet, item) if text else None for text in (in_text, entry)]
    return Formatted(found[0] or "", found[1])


def _of_primary(
    source: Primary, words: _Words, pinpoint: Pinpoint, item: Item, formatter: Any
) -> Formatted:
    """A case, a law or a treaty as OSCOLA has it."""
    name = formatter.preformat(source.name)
    whole = (
        f"{formatter.Italic(name) if source.italic else name} {formatter.preformat(source.rest)}"
    )
    case = item["type"] == "legal_case"
    parts = [
        f"[{_bracketed(group)}]" if case and group.plain else words.group(group)
        for group in pinpoint.groups
    ]
    return Formatted(
        f"{whole.rstrip()}{source.before}{formatter.preformat(', '.join(parts))}.", whole.rstrip()
    )


def _prepared(item: Item, name: str, form: str) -> Item:
    """The item as the style is to see it."""
    prepared = {field: value for field, value in item.items() if field != "custom"}
    if item["type"] == "legislation" and YEAR.search(item["title"]):
        # The year is part of an Act's name, and is not said twice.
        if name.startswith(YEAR_APART):
            year = int(YEAR.search(item["title"])[0])  # type: ignore[index]
            prepared.setdefault("issued", {"date-parts": [[year]]})
            prepared["title"] = YEAR.sub("", item["title"]).rstrip()
        else:
            prepared.pop("issued", None)
            if not name.startswith("harvard"):
                prepared.pop("accessed", None)
    same = next((field for family, field in SAME.items() if name.startswith(family)), None)
    if same and item.get("author") == [{"literal": item.get("publisher")}]:
        del prepared[same]
    for field in ("title", "title-short", "publisher", "authority"):
        if field in prepared:
            prepared[field] = FORMATTERS[form].preformat(prepared[field])
    if item["type"] == "legal_case":
        for field in ("title", "title-short"):
            if field in prepared:
                prepared[field] = f'<span class="nocase">{prepared[field]}</span>'
    return prepared


def _bibliography(sheet: Any, item: Item, formatter: Any, **locator: Any) -> tuple[Any, Any]:
    """A bibliography of one, and its citation."""
    bibliography = CitationStylesBibliography(sheet, CiteProcJSON([item]), formatter)
    citation = Citation([CitationItem(item["id"], **locator)])
    bibliography.register(citation)
    return bibliography, citation


def _entry(sheet: Any, item: Item, formatter: Any) -> str | None:
    if not sheet.has_bibliography():
        return None
    bibliography, _ = _bibliography(sheet, item, formatter)
    return "\n".join(str(entry) for entry in bibliography.bibliography())


def _in_text(sheet: Any, name: str, item: Item, pinpoint: Pinpoint, formatter: Any) -> str:
    first, *others = pinpoint.groups
    # CSL has no term for a label of this name, so a style prints none of its own.
    label = "paragraph" if first.plain else HEADING
    locator = Locator(label, SEVERAL if first.several else ONE)
    bibliography, citation = _bibliography(sheet, item, formatter, locator=locator)
    text = str(bibliography.cite(citation, lambda _item: None)).replace(SEVERAL, ONE)
    if ONE not in text:
        text = _appended(text)
    before, after = text.split(ONE, 1)
    words = _Words(sheet, name)
    if not first.plain:
        # Brackets hold a number, as in [42]; a heading or an article stands without.
        if before.endswith("[") and after.startswith("]"):
            before, after = before[:-1], after[1:]
        numbers = words.group(first)
    elif before.endswith("[") and after.startswith("]") and first.several:
        numbers = _bracketed(first)
    elif words.labelled(before):
        numbers = first.joined("–")
    else:
        numbers = words.group(first)
    rest = "".join(f", {words.group(group)}" for group in others)
    if before.endswith("[") and after.startswith("]"):
        numbers, after = f"{numbers}]", after[1:]
    # OSCOLA prints the locator of a case again when it is no paragraph.
    after = re.sub(rf",? ?{ONE}", "", after)
    return f"{before}{formatter.preformat(numbers + rest)}{after}"


def _bracketed(group: Group) -> str:
    """Inside a pair of brackets: `1]–[37` for a range, `42], [45` for a list."""
    return "], [".join(span.joined("]–[") for span in group.spans)


def _appended(text: str) -> str:
    """A citation of a style that has no place for a locator, with one."""
    body, end = (text[:-1], text[-1]) if text[-1:] in (")", "]", ".") else (text, "")
    return f"{body}, {ONE}{end}"


class _Words:
    """The labels of a style for paragraphs, in its own language and form."""

    def __init__(self, sheet: Any, name: str) -> None:
        self._root = sheet.root
        self._name = name
        labels = [
            label for label in sheet.root.iter(f"{CSL}label") if label.get("variable") == "locator"
        ]
        self._bare = any(label.get("strip-periods") == "true" for label in labels)

    def group(self, group: Group) -> str:
        """A group with its label."""
        if group.plain and self._name.startswith(BRACKETS):
            return f"[{_bracketed(group)}]"
        quotes = (self._term("open-quote"), self._term("close-quote"))
        form = "symbol" if self._name.startswith(SIGNS) else "short"
        labels = (self._term("paragraph", form), self._term("paragraph", form, several=True))
        laws = next((LAWS[name] for name in LAWS if self._name.startswith(name)), LAW)
        words = in_words(group, labels, quotes, laws)
        if group.unit != HEADING:
            return words
        for family, pattern in HEADINGS.items():
            if self._name.startswith(family):
                return pattern.format(words)
        return words

    def labelled(self, before: str) -> bool:
        """True when the text ends in a label for paragraphs, or in a bracket that stands for it."""
        if before.endswith("["):
            return True
        said = before.rstrip(" \u00a0.").casefold()
        forms = [(form, several) for form in ("", "short", "symbol") for several in (False, True)]
        terms = {self._term("paragraph", *each).rstrip(".").casefold() for each in forms}
        return any(re.search(rf"(?<!\w){re.escape(term)}$", said) for term in terms if term)

    def _term(self, name: str, form: str = "", several: bool = False) -> str:
        get = self._root.get_plural_term if several else self._root.get_single_term
        term = str(get(name=name, form=form or None))
        return term.replace(".", "") if self._bare and name == "paragraph" else term


def _is_in_title_case(text: str, title: str) -> bool:
    """True where a style gave words of a title the capitals of a title."""
    words = re.findall(r"(?<![\w“‘\"'’-])[a-z]\w{3,}", title)
    return any(word.capitalize() in text for word in words)


def _finished(text: str, sheet: Any, item: Item) -> str:
    """The text with its punctuation in order, and a neutral citation out of the italics."""
    neutral = NEUTRAL.search(item["title"]) if item["type"] == "legal_case" else None
    if neutral:
        for end in ("*", "</i>"):
            text = text.replace(f" {neutral[0]}{end}", f"{end} {neutral[0]}")
    if item["type"] == "legislation" and YEAR.search(item["title"]):
        text = UNDATED.sub("", text)
    if sheet.root.get_locale_option("punctuation-in-quote") == "true":
        close = re.escape(str(sheet.root.get_single_term(name="close-quote")))
        text = re.sub(rf"({close})([.,])", r"\2\1", text)
        # What is quoted in a title that is itself in quotation marks takes single ones.
        text = re.sub(r"“([^“”]*)“([^“”]*)”([^“”]*)”", r"“\1‘\2’\3”", text)
    elif str(sheet.root.get_single_term(name="open-quote")) == "‘":
        text = re.sub(r"‘([^‘’]*)‘([^‘’]*)’([^‘’]*)’", r"‘\1“\2”\3’", text)
    if _is_in_title_case(text, item["title"]):
        quoted = {match[0] for match in QUOTED_WORD.finditer(item["title"])}
        for word in quoted:
            text = text.replace(word, word[0] + word[1:].capitalize())
    return re.sub(r" +", " ", text).strip()
