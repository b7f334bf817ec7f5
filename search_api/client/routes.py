"""The server's routes: Library's methods and their arguments to calls, responses to results."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from indexer.errors import PilcrowError, ReportError
from search_api import __version__
from search_api.client.display.listed import Listed
from search_api.client.errors import ServerError, ServerQuestionError
from search_api.client.protocol import Library
from search_api.client.retry import Call, Server, exchange
from search_api.types.answers import Answer, Answers, Quote, SearchResult
from search_api.types.checks import Checks
from search_api.types.citations import Citation
from search_api.types.jobs import Job
from search_api.types.reports import Paragraph, Paragraphs, ReportDetail, Reports
from search_api.types.tables import SavedTable

if TYPE_CHECKING:
    from search_api.citation.notebook.items import ExportItem

API = "/api/v1"
CONFLICT = 409
UNREADABLE = 422
# What the parts of an item to export are called; a quote has some of them, an item with a note all.
ITEM_FIELDS = {"report", "key", "start", "end", "text", "note", "v"}
FIRST_LOOK, LONGEST_LOOK = 0.1, 1.0

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True)
class Route:
    """A method of Library on the server: its arguments go out by their names.

    Those that the path has stand in it. `part` is the field of the reply that is the result, where
    that is not all of it; `asks` marks a question.
    """

    method: str
    path: str
    reply: type[BaseModel]
    part: str = ""
    asks: bool = False


REPORT = "/reports/{report}"
PARAGRAPH = f"{REPORT}/paragraphs/{{key}}"
ROUTES = {
    "search": Route("GET", "/search", SearchResult, asks=True),
    "ask": Route("POST", "/ask", Answer, asks=True),
    "table": Route("POST", "/tables", SavedTable, asks=True),
    "reports": Route("GET", "/reports", Reports, "reports"),
    "report": Route("GET", REPORT, ReportDetail),
    "paragraph": Route("GET", PARAGRAPH, Paragraph),
    "paragraphs": Route("GET", f"{REPORT}/paragraphs", Paragraphs, "paragraphs"),
    "cite": Route("GET", f"{PARAGRAPH}/citation", Citation),
    "verify": Route("POST", "/verify", Checks, "checks"),
}
# What the server calls an argument otherwise.
RENAMED = {"query": "q"}


@dataclass(frozen=True)
class Routes:
    """Library's methods over a server: what each sends, and what it makes of the reply."""

    server: Server

    async def run(
        self, method: Callable[Concatenate[Library, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """One of Library's methods, with its arguments."""
        name = method.__name__
        if name in ROUTES:
            result: T = await self._run(ROUTES[name], *given(method, args, kwargs))
        else:
            result = await getattr(self, f"_{name}")(*args, **kwargs)
        return result

    async def _run(self, route: Route, said: dict[str, Any], wishes: dict[str, Any]) -> Any:
        path = API + _filled(route.path, said)
        sent = {name: value for name, value in said.items() if f"{{{name}}}" not in route.path}
        sent = {RENAMED.get(name, name): value for name, value in (sent | wishes).items()}
        params, body = (sent, None) if route.method == "GET" else ({}, sent)
        call = Call(route.method, path, params, body, asks=route.asks)
        response = await exchange(self.server, call)
        if "offset" in said and "prev" not in response.links:
            raise self._older("has no offset; leave it out, with a limit of up to 100")
        found = self._parsed(route.reply, response)
        if wishes and "next" not in found.model_fields_set:
            raise self._older(f"overlooks {', '.join(wishes)}; leave that out")
        return Listed(getattr(found, route.part)) if route.part else found

    def _older(self, said: str) -> PilcrowError:
        return PilcrowError(f"{self.server.url} is older than this client and {said}")

    async def ask_batch(
        self,
        questions: Sequence[str],
        before: int,
        report: str | None,
        section: str | None,
        limit: int,
    ) -> list[Answer]:
        """The answers to some questions, `before` others, in one request.

        Where the server is older and has no batches, it is a request each.
        """
        body = {"questions": questions, "limit": limit, "report": report, "section": section}
        body = {name: value for name, value in body.items() if value is not None}
        try:
            call = Call("POST", f"{API}/ask/batch", json=body, asks=True)
            response = await exchange(self.server, call)
        except ServerQuestionError as error:
            raise (_named(error, before) if error.errors else error) from error
        except ServerError as error:
            if error.status not in (404, 405):
                raise
        else:
            return self._parsed(Answers, response).answers
        answers = []
        for place, question in enumerate(questions, start=before):
            try:
                answer = await self.run(Library.ask, question, report, section, limit)
            except ServerQuestionError as error:
                raise _named(error, place) from error
            answers.append(answer)
        return answers

    async def _export(
        self, items: Iterable[Quote | ExportItem], *args: Any, **kwargs: Any
    ) -> bytes:
        sent = export_items(items)
        body, _ = given(Library.export, (sent, *args), kwargs)
        try:
            response = await exchange(self.server, Call("POST", f"{API}/export", json=body))
        except ServerError as error:
            if error.status != CONFLICT:
                raise
            raise _items_error(error, len(sent)) from error
        return response.content

    async def _add_report(self, path: Path | str, allow_unnumbered: bool = False) -> ReportDetail:
        from indexer.load import report_id

        path = Path(path)
        sidecar = path.with_name(f"{report_id(path)}.toml")
        data = {"allow_unnumbered": "true"} if allow_unnumbered else {}
        with ExitStack() as opened:
            try:
                files = {"file": (path.name, opened.enter_context(path.open("rb")))}
                if sidecar.exists():
                    files["sidecar"] = (sidecar.name, opened.enter_context(sidecar.open("rb")))
            except OSError as error:
                raise ReportError(
                    f"{path} cannot be read ({error.strerror}); check the path"
                ) from error
            call = Call("POST", f"{API}/reports", data=data, files=files, repeatable=False)
            response = await exchange(self.server, call)
        job = self._parsed(Job, response)
        look = FIRST_LOOK
        while not job.finished:
            await self.server.sender.wait(look)
            look = min(2 * look, LONGEST_LOOK)
            call = Call("GET", f"{API}/jobs/{quote(job.id, safe='')}")
            job = self._parsed(Job, await exchange(self.server, call))
        _check_job(job)
        return await self.run(Library.report, job.report)

    async def _remove_report(self, report: str) -> None:
        path = API + _filled(REPORT, {"report": report})
        await exchange(self.server, Call("DELETE", path, repeatable=False))

    def _parsed(self, model: type[M], response: httpx.Response) -> M:
        """A response as a type of the server's, its links with the server's address before them.

        Fields of a newer server that this client does not know are left out.
        """
        try:
            return model.model_validate(linked(response.json(), self.server.url))
        except ValueError as error:
            request = response.request
            raise ServerError(
                f"{self.server.url} answered {request.method} {request.url.path} with no "
                f"{model.__name__} that pilcrow {__version__} knows; check the address, or install "
                "the server's version here",
                response.status_code,
                response.reason_phrase,
            ) from error


def export_items(items: Iterable[Quote | ExportItem]) -> list[dict[str, Any]]:
    """Quotes or items as `POST /api/v1/export` takes them."""
    return [item.model_dump(include=ITEM_FIELDS) for item in items]


def linked(value: Any, base: str) -> Any:
    """The same JSON with `base` before each `url` that is a path on the server."""
    if isinstance(value, list):
        return [linked(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base + item
        if name == "url" and isinstance(item, str) and item.startswith("/")
        else linked(item, base)
        for name, item in value.items()
    }


def given(
    method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A call's arguments as JSON, by name, and its wishes: those that can only be given by name.

    What is as when it is not given is left out where an earlier server does not know it.
    """
    signature = inspect.signature(method)
    bound = signature.bind(None, *args, **kwargs)
    bound.apply_defaults()
    said: dict[str, Any] = {}
    wishes: dict[str, Any] = {}
    for name, value in list(bound.arguments.items())[1:]:
        parameter, plain = signature.parameters[name], _plain(value)
        is_default = plain == _plain(parameter.default)
        if parameter.kind is parameter.KEYWORD_ONLY:
            wishes |= {name: plain} if plain and not is_default else {}
        elif not (is_default and plain in (None, 0, [])):
            said[name] = plain
    return said, wishes


def _plain(value: Any) -> Any:
    """An argument as JSON: days as text, whatever else there are many of as a list."""
    if isinstance(value, date):
        return value.isoformat()
    many = isinstance(value, Iterable) and not isinstance(value, str | dict | type)
    return [_plain(item) for item in value] if many else value


def _filled(path: str, said: dict[str, Any]) -> str:
    """A route's path with the report and the key it is about; a key's slash stays a slash."""
    report = quote(str(said.get("report", "")), safe="")
    return path.format(report=report, key=quote(str(said.get("key", ""))))


def _named(error: ServerQuestionError, place: int) -> ServerQuestionError:
    """The error with the place of the question it is about; in a batch the first one's."""
    first: Mapping[str, Any] = next(iter(error.errors), {})
    number, detail = place + first.get("item", 0) + 1, first.get("detail", error)
    return ServerQuestionError(f"question {number}: {detail}", error.status, error.title)


def _items_error(error: ServerError, asked: int) -> PilcrowError:
    """The error the local library raises where quotes are not as they were pinned."""
    from search_api.citation.notebook.items import ItemFault, ItemsError

    try:
        faults = [ItemFault.model_validate(fault) for fault in error.errors]
    except ValidationError:
        faults = []
    return ItemsError(faults, asked) if faults else error


def _check_job(job: Job) -> None:
    """Raise what an upload failed with."""
    failed = job.problem
    if failed is None:
        return
    if failed.status == UNREADABLE:
        raise ReportError(failed.detail)
    raise ServerError(failed.detail, failed.status, failed.title)
