"""A PDF's first pages as they look, and its own properties, read in the sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indexer.sandbox import Limits, RefusedError, SpentError, run_apart

SECONDS = 60
MEMORY = 3_000_000_000
WORK = "indexer.formats.pdf.opening:front_of"


def read_front(path: Path) -> list[tuple[str, float, int]]:
    """Text, size and page of the first pages' lines; none where they take too long to read."""
    return [(text, size, page) for text, size, page in _read(path)["lines"]]


def read_info(path: Path) -> dict[str, str]:
    """The file's own title, author and date of making."""
    found: dict[str, str] = _read(path)["info"]
    return found


def _read(path: Path) -> dict[str, Any]:
    # The file as a whole was read before, so that what is wrong with it has been said.
    try:
        read = run_apart(WORK, [str(path.absolute())], Limits(SECONDS, MEMORY), [path])
    except (RefusedError, SpentError):
        return {"lines": [], "info": {}}
    found: dict[str, Any] = json.loads(read)
    return found
