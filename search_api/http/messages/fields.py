"""Answers cut down to the fields a program asks for."""

from __future__ import annotations

from types import GenericAlias
from typing import Any, get_args

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field, create_model

from indexer.errors import QuestionError


def fields_of(model: type[BaseModel], items: str = "") -> Any:
    """The query parameter that names some fields of the model's `items`, or of its own."""
    names = _all_names(_item_model(model, items))
    one = f"({'|'.join(names)})"
    return Query(
        description=f"Only these fields, with commas between: {', '.join(names)}",
        examples=[",".join(names[:2])],
        json_schema_extra={"pattern": f"^{one}(,{one})*$"},
    )


def reply(
    result: BaseModel, fields: str | None, items: str = "", headers: dict[str, str] | None = None
) -> Response:
    """The result as JSON; with `fields`, only those of its `items`, or of itself.

    Raises:
        QuestionError: there is no such field.
    """
    wanted = _names(_item_model(type(result), items), fields) if fields is not None else None
    include: Any = wanted
    if wanted and items:
        include = dict.fromkeys(type(result).model_fields, True) | {items: {"__all__": wanted}}
    text = result.model_dump_json(include=include)
    return Response(text, media_type="application/json", headers=headers)


def some_of(model: type[BaseModel], items: str = "") -> type[BaseModel]:
    """For the documentation: `model` with any of the fields of its `items`, or of its own."""
    part = _item_model(model, items)
    own: dict[str, Any] = {
        name: (info.annotation, info) for name, info in part.model_fields.items()
    } | {
        name: (info.return_type, Field(description=info.description))
        for name, info in part.model_computed_fields.items()
    }
    some: type[BaseModel] = create_model(
        f"Some{part.__name__}",
        __config__=ConfigDict(extra="forbid", json_schema_extra=lambda s: s.pop("required", None)),
        __doc__=f"The fields asked for of a {part.__name__}.",
        **own,
    )
    if not items:
        return some
    told = Field(description=model.model_fields[items].description)
    listed: dict[str, Any] = {items: (GenericAlias(list, (some,)), told)}
    listing: type[BaseModel] = create_model(f"Some{model.__name__}", __base__=model, **listed)
    return listing


def _item_model(model: type[BaseModel], items: str) -> type[BaseModel]:
    found: type[BaseModel] = get_args(model.model_fields[items].annotation)[0] if items else model
    return found


def _all_names(model: type[BaseModel]) -> list[str]:
    return [*model.model_fields, *model.model_computed_fields]


def _names(model: type[BaseModel], fields: str) -> set[str]:
    names = set(fields.split(","))
    known = _all_names(model)
    unknown = ", ".join(sorted(names.difference(known)))
    if unknown or "" in names:
        there = ", ".join(known)
        raise QuestionError(f"no field '{unknown[:80]}'; there are: {there}")
    return names
