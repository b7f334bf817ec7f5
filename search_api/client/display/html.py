"""Answers and hits as Jupyter shows them: no script, no style of its own, either colour scheme."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

    from search_api.types import Answer, SearchResult

NEAREST = 3


def answer_html(answer: Answer) -> str:
    """The quotes with their citations, or that the report does not say, and what is nearest."""
    return _template().render(answer=answer, hits=answer.hits[:NEAREST])


def hits_html(result: SearchResult) -> str:
    """The hits, best first, each by its best sentence."""
    return _template().render(answer=None, hits=result.hits, query=result.query)


@cache
def _template() -> Template:
    from jinja2 import Environment

    source = (files("search_api.client.display") / "result.html.jinja").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
