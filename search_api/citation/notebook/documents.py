"""A notebook in the format asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, Template

from indexer.store.index import Engine
from search_api.citation.notebook.cited import CitedQuote, Source, cite_quotes, list_sources
from search_api.citation.notebook.items import SHORT, ExportRequest, Format, find_quotes
from search_api.citation.notebook.markdown import to_markdown
from search_api.citation.notebook.reference_managers import to_bibtex, to_ris
from search_api.citation.notebook.word import to_docx
from search_api.citation.style_files import is_note

TITLE = "Notebook"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file to download."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Kind:
    ending: str
    media_type: str


FORMATS: dict[Format, _Kind] = {
    "markdown": _Kind("md", "text/markdown; charset=utf-8"),
    "html": _Kind("html", "text/html; charset=utf-8"),
    "docx": _Kind(
        "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    "ris": _Kind("ris", "application/x-research-info-systems; charset=utf-8"),
    "bibtex": _Kind("bib", "application/x-bibtex; charset=utf-8"),
}


def export_quotes(store: Engine, request: ExportRequest, base: str = "") -> Exported:
    """A notebook as a file.

    Raises:
        ItemsError: the store does not have some of the quotes as they were pinned.
        StyleError: no such citation style.
    """
    kind = FORMATS[request.format]
    quotes = find_quotes(store, request.items)
    if request.format == "ris":
        content = to_ris(quotes, base).encode()
    elif request.format == "bibtex":
        content = to_bibtex(quotes, base).encode()
    else:
        cited = cite_quotes(quotes, request.style, base)
        sources = list_sources(quotes, request.style)
        title = " ".join(request.title.split()) or TITLE
        if request.format == "docx":
            content = to_docx(
                title, cited, sources, request.style != SHORT and is_note(request.style)
            )
        else:
            content = _WRITERS[request.format](title, cited, sources)
    return Exported(f"notebook.{kind.ending}", kind.media_type, content)


def _html(title: str, quotes: list[CitedQuote], sources: list[Source]) -> bytes:
    return _template().render(title=title, quotes=quotes, sources=sources).encode()


def _markdown(title: str, quotes: list[CitedQuote], sources: list[Source]) -> bytes:
    return to_markdown(title, quotes, sources).encode()


_WRITERS: dict[str, Callable[[str, list[CitedQuote], list[Source]], bytes]] = {
    "markdown": _markdown,
    "html": _html,
}


@cache
def _template() -> Template:
    source = (files("search_api.citation.notebook") / "notebook.html.jinja").read_text(
        encoding="utf-8"
    )
    return Environment(autoescape=True, trim_blocks=False).from_string(source)
