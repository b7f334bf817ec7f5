"""The page's templates."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from search_api.citation.csl_item import indexed_name
from search_api.http.templates.assets import scripts_address, styles_address
from search_api.http.templates.markup import piece_of

WEB = Path(str(files("web")))


class Render(Protocol):
    """Fills in a template by name."""

    def __call__(self, name: str, code: int = 200, /, **context: object) -> HTMLResponse:
        """The filled in template, with this status code."""


def renderer(**shared: object) -> Render:
    """Fills in the templates in `web`; `shared` is known to all of them."""
    templates = Environment(loader=FileSystemLoader(WEB), autoescape=True)
    templates.globals.update(
        shared,
        script=partial(scripts_address, WEB),
        style_sheet=partial(styles_address, WEB),
        piece_of=piece_of,
        indexed_name=indexed_name,
    )

    def render(name: str, code: int = 200, /, **context: object) -> HTMLResponse:
        return HTMLResponse(templates.get_template(name).render(**context), code)

    return render
