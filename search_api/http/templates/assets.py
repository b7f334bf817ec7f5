"""The scripts and styles of a page, each kind in one file whose address changes with what it holds.

A browser on a slow line asks twice instead of thirty times, and never again for what it has. The
modules in `web` are what runs: here those a page needs are put behind one another, as functions.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

IMPORT = re.compile(r'^import (?:\{([^{}]*)\} from )?"\./([\w-]+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function|class|const|let) (\w+)", re.MULTILINE)
# Whole lines of comment: what they say is for who reads the modules.
COMMENT = re.compile(r"^ *//[^\n]*\n|^ */\*\*(?:[^*]|\*(?!/))*\*/\n", re.MULTILINE)
HEAD = """(() => {
  "use strict";
  const made = {};
  const use = (name) => (made[name] ??= known[name]());
  const known = {
"""
TAIL = """  for (const name of run) {
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
STYLES = "page.css"
# What a page runs, joined, and this: "app.help.run.js".
SCRIPTS = ".run.js"
FOR_EVER = "public, max-age=31536000, immutable"
BROWSERS_OWN = (".js", ".css", ".svg")


def styles_address(folder: Path) -> str:
    """Where the styles of every page are."""
    return _address(folder, STYLES)


def scripts_address(folder: Path, run: str) -> str:
    """Where the scripts of a page are, which runs the modules named in `run`, spaces between."""
    return _address(folder, ".".join(run.split()) + SCRIPTS)


def _address(folder: Path, name: str) -> str:
    mark = hashlib.sha256(bundle(folder, name).encode()).hexdigest()[:16]
    return f"/static/{mark}/{name}"


@cache
def bundle(folder: Path, name: str) -> str:
    """The text of a bundle; KeyError where a name is of no module."""
    if name == STYLES:
        paths = sorted(folder.glob("*.css"), key=lambda path: (path.name != FIRST_STYLE, path.name))
        return "\n".join(path.read_text(encoding="utf-8") for path in paths)
    run = name.removesuffix(SCRIPTS).split(".")
    modules: dict[str, str] = {}
    _gather(_texts(folder), run, modules)
    listed = ", ".join(f'"{each}"' for each in run)
    return "".join([HEAD, *modules.values(), "  };\n", f"  const run = [{listed}];\n", TAIL])


@cache
def _texts(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.js")}


def _gather(texts: dict[str, str], wanted: list[str], modules: dict[str, str]) -> None:
    """Put modules, and what they import, into `modules`, each as a function of its name."""
    for name in wanted:
        if name in modules:
            continue
        text = texts[name]
        modules[name] = _as_function(name, text)
        _gather(texts, [match[2] for match in IMPORT.finditer(text)], modules)


def _as_function(name: str, text: str) -> str:
    names = ", ".join(match[2] for match in EXPORT.finditer(text))
    text = EXPORT.sub(r"\1 \2", IMPORT.sub(_use, COMMENT.sub("", text)))
    return f'"{name}": () => {{\n{text}return {{ {names} }};\n}},\n'


def _use(match: re.Match[str]) -> str:
    names = (match[1] or "").replace(" as ", ": ")
    return f'const {{{names}}} = use("{match[2]}");\n' if names else f'use("{match[2]}");\n'


class PageFiles(StaticFiles):
    """Scripts, styles and pictures of the page; its templates are nobody's business."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404 for one that is not for browsers."""
        name = path.rpartition("/")[2]
        if self.directory is not None and (name == STYLES or name.endswith(SCRIPTS)):
            return _bundled(Path(self.directory), path, name)
        if Path(path).suffix not in BROWSERS_OWN:
            raise HTTPException(404, "no such file")
        return await super().get_response(path, scope)


def _bundled(folder: Path, path: str, name: str) -> Response:
    """A bundle under the address it has now; a page of an older server asks for another."""
    try:
        now = f"/static/{path}" == _address(folder, name)
    except KeyError:
        raise HTTPException(404, "no such file") from None
    kind = "text/css" if name == STYLES else "text/javascript"
    headers = {"Cache-Control": FOR_EVER if now else "no-cache"}
    return Response(bundle(folder, name), media_type=kind, headers=headers)
