"""The page's scripts and styles, each kind in one file whose address changes with what it holds.

A browser on a slow line asks twice instead of thirty times, and never again for what it has. The
modules in `web` are what runs: here they are only put behind one another, as functions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

IMPORT = re.compile(r'^import (?:\{([^{}]*)\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function|class|const|let) (\w+)", re.MULTILINE)
HEAD = """(() => {
  "use strict";
  const known = {
"""
RUN = """  const made = {};
  const use = (name) => (made[name] ??= known[name]());
  for (const name of document.currentScript.dataset.run.split(" ").filter(Boolean)) {
    try {
      use(name);
    } catch (error) {
      reportError(error);
    }
  }
})();
"""
# First of all: what the others build on.
FIRST_STYLE = "style.css"
KINDS = {"page.js": "text/javascript", "page.css": "text/css"}
FOR_EVER = "public, max-age=31536000, immutable"
BROWSERS_OWN = (".js", ".css", ".svg")


@cache
def bundles(folder: Path) -> dict[str, str]:
    """The text of each of KINDS."""
    styles = sorted(folder.glob("*.css"), key=lambda path: (path.name != FIRST_STYLE, path.name))
    sheets = [path.read_text(encoding="utf-8") for path in styles]
    return {"page.js": _scripts(folder), "page.css": "\n".join(sheets)}


def address(folder: Path, name: str) -> str:
    """Where a bundle is: under a mark of its contents."""
    mark = hashlib.sha256(bundles(folder)[name].encode()).hexdigest()[:16]
    return f"/static/{mark}/{name}"


def _scripts(folder: Path) -> str:
    return "".join(
        ['(() => {\n  "use strict";\n  const known = {\n', *_modules(folder), "  };\n", RUN]
    )


def _modules(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.js")):
        text = path.read_text(encoding="utf-8")
        names = [match[2] for match in EXPORT.finditer(text)]
        text = EXPORT.sub(r"\1 \2", IMPORT.sub(_use, text))
        yield f'"{path.name}": () => {{\n{text}return {{ {", ".join(names)} }};\n}},\n'


def _use(match: re.Match[str]) -> str:
    names = (match[1] or "").replace(" as ", ": ")
    return f'const {{{names}}} = use("{match[2]}");\n' if names else f'use("{match[2]}");\n'


class PageFiles(StaticFiles):
    """Scripts, styles and pictures of the page; its templates are nobody's business."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404 for one that is not for browsers."""
        name = path.rpartition("/")[2]
        if self.directory is not None and name in KINDS:
            folder = Path(self.directory)
            headers = {"Cache-Control": "no-cache"}
            if address(folder, name) == f"/static/{path}":
                headers = {"Cache-Control": FOR_EVER}
            return Response(bundles(folder)[name], media_type=KINDS[name], headers=headers)
        if Path(path).suffix not in BROWSERS_OWN:
            raise HTTPException(404, "no such file")
        return await super().get_response(path, scope)
