"""Answers and hits as Jupyter shows them: no script, no style of its own, either colour scheme."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

    from search_api.types.answers import Answer, SearchResult

NEAREST = 3
RESULT = "result.html.jinja"


def answer_html(answer: Answer) -> str:
    """The quotes with their citations, or that the report does not say, and what is nearest."""
    return template(RESULT).render(answer=answer, hits=answer.hits[:NEAREST])


def hits_html(result: SearchResult) -> str:
    """The hits, best first, each by its best sentence."""
    return template(RESULT).render(answer=None, hits=result.hits, query=result.query)


@cache
def template(name: str) -> Template:
    """A template of this folder."""
    from jinja2 import Environment, PackageLoader

    folder = PackageLoader("search_api.client.display", ".")
    environment = Environment(loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
