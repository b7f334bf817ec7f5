"""Names that a route does not take are refused, with the one that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

# What is compared with the known names; a longer one is nobody's slip of the pen.
LONGEST = 40
UNKNOWN = "extra_forbidden"


def check_parameters(request: Request) -> None:
    """Refuse what a route of the API does not take in its query; pages take anything.

    Raises:
        RequestValidationError: some parameter is unknown.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not route.path.startswith("/api/"):
        return
    known = list(dict.fromkeys(_query_names(route.dependant)))
    for name in request.query_params:
        if name not in known:
            raise RequestValidationError(
                [
                    {
                        "type": UNKNOWN,
                        "loc": ("query", name),
                        "msg": _no_such("parameter", name, known),
                    }
                ]
            )


def unknown_in(request: Request, error: Mapping[str, Any]) -> str | None:
    """The message about a name that was not expected; None for any other error."""
    if error["type"] != UNKNOWN:
        return None
    place, *path = error["loc"]
    route = request.scope.get("route")
    if place != "body" or not isinstance(route, APIRoute) or route.body_field is None:
        return str(error["msg"])
    model = route.body_field.field_info.annotation
    known: list[str] = []
    if len(path) == 1 and isinstance(model, type) and issubclass(model, BaseModel):
        known = list(model.model_fields)
    return _no_such("field", ".".join(map(str, path)), known)


def _no_such(kind: str, name: str, known: Iterable[str]) -> str:
    """A message that there is no such name, with the nearest known one."""
    names = list(known)
    written = name[:LONGEST].lower()
    near = get_close_matches(written, names, n=1, cutoff=0.5)
    near = near or [each for each in names if written.startswith(each) or each.startswith(written)]
    hint = f"did you mean '{near[0]}'?" if near else f"there is: {', '.join(names)}"
    return f"there is no {kind} '{name[:LONGEST]}'; {hint if names else 'see /docs'}"


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for part in dependant.dependencies:
        yield from _query_names(part)
