"""The server's routes: arguments to calls, and responses to results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from indexer.errors import PilcrowError, ReportError
from search_api import __version__
from search_api.client.display.tables import Listed
from search_api.client.errors import ServerError, ServerQuestionError
from search_api.client.retry import Call, Flow, Server, exchange
from search_api.types.answers import Answer, Answers, Quote, SearchResult
from search_api.types.checks import Check, Checks
from search_api.types.citations import Citation
from search_api.types.reports import Paragraph, Paragraphs, ReportDetail, Reports, ReportSummary

if TYPE_CHECKING:
    from search_api.ask.listing import Facet, Sort
    from search_api.citation.notebook import ExportItem, Format
    from search_api.table.types import SavedTable
    from search_api.types.jobs import Job

API = "/api/v1"
CONFLICT = 409
UNREADABLE = 422
# What the parts of an item to export are called; a quote has some of them, an item with a note all.
ITEM_FIELDS = {"report", "key", "start", "end", "text", "note", "v"}
FIRST_LOOK, LONGEST_LOOK = 0.1, 1.0

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Routes:
    """Each of Library's methods as a flow; see there."""

    server: Server

    def search(
        self,
        query: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        offset: int = 0,
        *,
        kind: str | None = None,
        publisher: str | None = None,
        published_from: date | None = None,
        published_to: date | None = None,
        sort: Sort = "relevance",
        facets: Sequence[Facet] = (),
        cursor: str | None = None,
    ) -> Flow[SearchResult]:
        """See Library.search."""
        wishes = {
            "kind": kind,
            "publisher": publisher,
            "published_from": published_from and published_from.isoformat(),
            "published_to": published_to and published_to.isoformat(),
            "sort": sort if sort != "relevance" else None,
            "facets": list(facets),
            "cursor": cursor,
        }
        added = {name: value for name, value in wishes.items() if value}
        params = {"q": query, "limit": limit} | _filters(report, section) | added
        params |= {"offset": offset} if offset else {}
        response = yield from self._get("/search", params, asks=True)
        if offset and "prev" not in response.links:
            raise PilcrowError(
                f"{self.server.url} is older than this client and has no offset; leave it out, "
                "with a limit of up to 100"
            )
        found = self._parsed(SearchResult, response)
        if added and "next" not in found.model_fields_set:
            raise PilcrowError(
                f"{self.server.url} is older than this client and overlooks {', '.join(added)}; "
                "leave that out"
            )
        return found

    def ask(
        self,
        question: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        after: Sequence[str] = (),
    ) -> Flow[Answer]:
        """See Library.ask."""
        body: dict[str, Any] = {"question": question, "limit": limit}
        body |= _filters(report, section)
        # An older server knows of none; a newer one need not be sent an empty list.
        body |= {"after": list(after)} if after else {}
        response = yield from self._post("/ask", body, asks=True)
        return self._parsed(Answer, response)

    def ask_batch(
        self,
        questions: Sequence[str],
        before: int,
        report: str | None,
        section: str | None,
        limit: int,
    ) -> Flow[list[Answer]]:
        """The answers to some questions, `before` others, in one request.

        Where the server is older and has no batches, it is a request each.
        """
        body = {"questions": questions, "limit": limit} | _filters(report, section)
        try:
            response = yield from self._post("/ask/batch", body, asks=True)
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
                answer = yield from self.ask(question, report, section, limit)
            except ServerQuestionError as error:
                raise _named(error, place) from error
            answers.append(answer)
        return answers

    def table(
        self, questions: Iterable[str], reports: Iterable[str] | None = None
    ) -> Flow[SavedTable]:
        """See Library.table."""
        from search_api.table.types import SavedTable

        body: dict[str, Any] = {"questions": list(questions)}
        body |= {} if reports is None else {"reports": list(reports)}
        response = yield from self._post("/tables", body, asks=True)
        return self._parsed(SavedTable, response)

    def reports(self) -> Flow[list[ReportSummary]]:
        """See Library.reports."""
        response = yield from self._get("/reports", {})
        return Listed(self._parsed(Reports, response).reports)

    def report(self, report: str) -> Flow[ReportDetail]:
        """See Library.report."""
        response = yield from self._get(_path(report), {})
        return self._parsed(ReportDetail, response)

    def paragraph(self, report: str, key: str | int) -> Flow[Paragraph]:
        """See Library.paragraph."""
        response = yield from self._get(_path(report, str(key)), {})
        return self._parsed(Paragraph, response)

    def paragraphs(self, report: str, numbers: str | None = None) -> Flow[list[Paragraph]]:
        """See Library.paragraphs."""
        params = {} if numbers is None else {"numbers": numbers}
        response = yield from self._get(f"{_path(report)}/paragraphs", params)
        return Listed(self._parsed(Paragraphs, response).paragraphs)

    def cite(self, report: str, key: str | int, style: str = "oscola") -> Flow[Citation]:
        """See Library.cite."""
        response = yield from self._get(f"{_path(report, str(key))}/citation", {"style": style})
        return self._parsed(Citation, response)

    def verify(self, text: str, report: str | None = None) -> Flow[list[Check]]:
        """See Library.verify."""
        response = yield from self._post("/verify", {"text": text} | _filters(report))
        return Listed(self._parsed(Checks, response).checks)

    def export(
        self,
        items: Iterable[Quote | ExportItem],
        format: Format,  # noqa: A002
        style: str = "short",
        title: str = "",
    ) -> Flow[bytes]:
        """See Library.export."""
        sent = export_items(items)
        body = {"format": format, "items": sent, "style": style, "title": title}
        try:
            response = yield from self._post("/export", body)
        except ServerError as error:
            if error.status != CONFLICT:
                raise
            raise _items_error(error, len(sent)) from error
        return response.content

    def add_report(self, path: Path | str, allow_unnumbered: bool = False) -> Flow[ReportDetail]:
        """See Library.add_report."""
        from indexer.load import report_id
        from search_api.types.jobs import Job

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
            response = yield from exchange(self.server, call)
        job = self._parsed(Job, response)
        look = FIRST_LOOK
        while not job.finished:
            yield look
            look = min(2 * look, LONGEST_LOOK)
            job = self._parsed(Job, (yield from self._get(f"/jobs/{quote(job.id, safe='')}", {})))
        _check_job(job)
        return (yield from self.report(job.report))

    def remove_report(self, report: str) -> Flow[None]:
        """See Library.remove_report."""
        call = Call("DELETE", API + _path(report), repeatable=False)
        yield from exchange(self.server, call)

    def _get(self, path: str, params: dict[str, Any], asks: bool = False) -> Flow[httpx.Response]:
        return exchange(self.server, Call("GET", API + path, params=params, asks=asks))

    def _post(self, path: str, body: dict[str, Any], asks: bool = False) -> Flow[httpx.Response]:
        return exchange(self.server, Call("POST", API + path, json=body, asks=asks))

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


def _filters(report: str | None, section: str | None = None) -> dict[str, str]:
    given = {"report": report, "section": section}
    return {name: value for name, value in given.items() if value is not None}


def _path(report: str, key: str | None = None) -> str:
    """The route of a report, or of a paragraph in it; a key's slash stays a slash."""
    path = f"/reports/{quote(report, safe='')}"
    return path if key is None else f"{path}/paragraphs/{quote(key)}"


def _named(error: ServerQuestionError, place: int) -> ServerQuestionError:
    """The error with the place of the question it is about; in a batch the first one's."""
    first: Mapping[str, Any] = next(iter(error.errors), {})
    number, detail = place + first.get("item", 0) + 1, first.get("detail", error)
    return ServerQuestionError(f"question {number}: {detail}", error.status, error.title)


def _items_error(error: ServerError, asked: int) -> PilcrowError:
    """The error the local library raises where quotes are not as they were pinned."""
    from search_api.citation.notebook import ItemFault, ItemsError

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
