"""The HTTP API and the page, over one opened store."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, quote

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Scope

from indexer.encoder import Encoder
from indexer.errors import NotFoundError, PilcrowError
from indexer.formats import READERS
from indexer.report import Report
from indexer.store import Store
from search_api import __version__, catalog
from search_api.answer import MOST_HITS, answer, search
from search_api.citation import passage_url, report_url
from search_api.citation.exports import export, make_citation
from search_api.citation.page import EXPORTS, Export, page_data
from search_api.citation.styles import DEFAULT, STYLES
from search_api.export import ExportRequest, ItemsError, export_quotes
from search_api.history import resolve
from search_api.suggest import (
    MOST_SUGGESTIONS,
    Suggester,
    Suggestions,
    numbers_of,
    opensearch_description,
    opensearch_suggestions,
    sections,
)
from search_api.types import (
    Answer,
    Checks,
    Citation,
    Paragraph,
    Paragraphs,
    ReportDetail,
    Reports,
    SearchResult,
)
from search_api.uploads import KEY_VARIABLE, Intake, Live, add_uploads
from search_api.verify import check_draft, examine
from search_api.verify.drafts import LONGEST, check_length
from search_api.verify.page import verify_page

WEB = Path(str(files("web")))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The API's own documentation page is a third party's, with a script in the page.
OPEN_POLICY = "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'"
PROBLEM = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "Key needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    500: "Server error",
    422: "Invalid request",
    503: "Busy",
    507: "No space",
}
QUOTE = re.compile(r"(\d{1,9})-(\d{1,9})")
NEAR = 1
MOST_EXAMPLES = 5
EXAMPLE_QUESTION = "Why was the joint fostering service with North Tyneside dropped?"


class AskRequest(BaseModel):
    """A question, in plain words."""

    question: Annotated[str, Field(examples=[EXAMPLE_QUESTION])]
    report: Annotated[str | None, Field(description="Only in this report (its id)")] = None
    section: Annotated[str | None, Field(description="Only under headings with this text")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_HITS, description="Most hits to return")] = 10


class VerifyRequest(BaseModel):
    """A draft to check."""

    text: Annotated[
        str,
        Field(
            description=f"Plain text, Markdown or HTML; at most {LONGEST:,} characters",
            examples=["“This approach was felt not to be cost-effective” (para 99)."],
        ),
    ]
    report: Annotated[str | None, Field(description="The report it is about (its id)")] = None


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class Health(BaseModel):
    """State of the server."""

    status: str
    reports: int
    version: str


ReportFilter = Annotated[str | None, Query(description="Only in this report (its id)")]
SectionFilter = Annotated[str | None, Query(description="Only under headings with this text")]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "content": {PROBLEM: {}}, "description": TITLES[code]}
    for code in (400, 404, 422)
}


class PageFiles(StaticFiles):
    """Scripts, styles and pictures of the page; its templates are nobody's business."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404 for one that is not for browsers."""
        if Path(path).suffix not in (".js", ".css", ".svg"):
            raise HTTPException(404, "no such file")
        return await super().get_response(path, scope)


def create_app(store: Store, encoder: Encoder, api_key: str | None = None) -> FastAPI:
    """The application over a loaded store and the encoder it was built with.

    Reports can be uploaded by who has `api_key`, by default $PILCROW_API_KEY; without one, by none.
    Each route takes `live.store` once, because an upload may put another in its place.
    """
    key = os.environ.get(KEY_VARIABLE, "") if api_key is None else api_key
    live = Live(store)
    app: FastAPI = FastAPIOffline(
        title="Pilcrow",
        summary="Ask a report; get its own sentences with their paragraph numbers.",
        version=__version__,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    _add_errors(app)
    _add_api(app, live, encoder)
    _add_pages(app, live, encoder)
    _add_verify(app, live)
    _add_finding(app, live)
    _add_notebook(app, live)
    add_uploads(app, Intake(live, encoder), key, PROBLEMS)
    app.state.pages.globals.update(uploads=bool(key), formats=",".join([*READERS, ".toml"]))
    return app


def _add_api(app: FastAPI, live: Live, encoder: Encoder) -> None:
    @app.get("/api/v1/search", responses=PROBLEMS, tags=["ask"])
    def search_passages(
        q: Annotated[str, Query(description="What to look for", examples=["foster carers"])],
        limit: Annotated[int, Query(ge=1, le=MOST_HITS)] = 10,
        report: ReportFilter = None,
        section: SectionFilter = None,
    ) -> SearchResult:
        """Rank the passages for a query."""
        return search(live.store, encoder, q, report or None, section or None, limit)

    @app.post("/api/v1/ask", responses=PROBLEMS, tags=["ask"])
    def ask(body: AskRequest) -> Answer:
        """Answer a question in verbatim quotes with paragraph numbers, or say it is not there."""
        report, section = body.report or None, body.section or None
        return answer(live.store, encoder, body.question, report, section, body.limit)

    @app.get("/api/v1/reports", tags=["reports"])
    def reports() -> Reports:
        """The reports in the store."""
        return Reports(reports=catalog.summaries(live.store))

    @app.get("/api/v1/reports/{report}", responses=PROBLEMS, tags=["reports"])
    def report_detail(report: str) -> ReportDetail:
        """A report with its outline and numbering audit."""
        return catalog.detail(live.store.report(report))

    @app.get("/api/v1/reports/{report}/paragraphs", responses=PROBLEMS, tags=["reports"])
    def paragraphs(
        report: str,
        numbers: Annotated[
            str | None, Query(description="`29`, `30-35` or `29, 31`", examples=["30-35"])
        ] = None,
    ) -> Paragraphs:
        """A range of paragraphs, or every passage of the report."""
        found = live.store.report(report)
        every = [(place, "") for place in range(len(found.passages))]
        places = every if numbers is None else catalog.places_of(found, numbers)
        return Paragraphs(
            report=report, paragraphs=[catalog.paragraph(found, place) for place in places]
        )

    @app.get(
        "/api/v1/reports/{report}/paragraphs/{key:path}/citation",
        responses=PROBLEMS,
        tags=["reports"],
    )
    def citation(
        request: Request,
        report: str,
        key: str,
        style: Annotated[
            str, Query(description=f"{', '.join(STYLES)}, or any CSL style", examples=["apa"])
        ] = DEFAULT,
    ) -> Citation:
        """A paragraph, or `30-35` or `29, 31`, cited in a style and for other programs."""
        return make_citation(live.store.report(report), key, style, _base(request))

    @app.get("/api/v1/reports/{report}/paragraphs/{key:path}", responses=PROBLEMS, tags=["reports"])
    def paragraph(
        report: str,
        key: str,
        v: Annotated[str, Query(description="Text hash the link was made with")] = "",
    ) -> Paragraph:
        """One paragraph, with the ones before and after; an old link is followed, with a notice."""
        found = live.store.report(report)
        return catalog.paragraph(found, *_follow(found, key, v))

    @app.get("/healthz", tags=["server"])
    def healthz() -> Health:
        """The process is up."""
        return Health(status="ok", reports=len(live.store.reports), version=__version__)

    @app.get("/readyz", tags=["server"])
    def readyz() -> Health:
        """The store is open and the encoder loaded."""
        return Health(status="ready", reports=len(live.store.reports), version=__version__)


def _add_pages(app: FastAPI, live: Live, encoder: Encoder) -> None:
    pages = Environment(loader=FileSystemLoader(WEB), autoescape=True)

    def page(name: str, code: int = 200, **context: object) -> HTMLResponse:
        return HTMLResponse(pages.get_template(name).render(**context), code)

    @app.api_route(
        "/", methods=["GET", "HEAD"], response_class=HTMLResponse, include_in_schema=False
    )
    def home(q: str = "", report: str = "", section: str = "", render: str = "") -> HTMLResponse:
        # A browser without JavaScript says so with `render`; others ask through the API.
        store = live.store
        found = None
        if render == "html" and q:
            found = answer(store, encoder, q, report or None, section or None).model_dump()
        known = [each.id for each in store.reports]
        chosen = report if report in known else known[0] if len(known) == 1 else ""
        reports = [summary.model_dump() for summary in catalog.summaries(store)]
        examples = [example for summary in reports for example in summary["examples"]]
        return page(
            "index.html",
            q=q,
            reports=reports,
            report=chosen if report else "",
            section=section,
            sections=sections(store.report(chosen)) if chosen else [],
            examples=examples[:MOST_EXAMPLES],
            answer=found,
        )

    @app.get("/reports/{report}", response_class=HTMLResponse, include_in_schema=False)
    def report_page(report: str) -> HTMLResponse:
        found = live.store.report(report)
        passages = []
        for place in range(len(found.passages)):
            headings = [
                {"level": level, "text": title, "note": note}
                for level, title, note in catalog.new_headings(found, place)
            ]
            passages.append(
                {**catalog.paragraph(found, (place, "")).model_dump(), "headings": headings}
            )
        return page("report.html", report=catalog.detail(found).model_dump(), passages=passages)

    for each in EXPORTS:
        _add_export(app, live, each)

    @app.get(
        "/reports/{report}/paragraphs/{key:path}",
        response_class=HTMLResponse,
        include_in_schema=False,
    )
    def paragraph_page(
        request: Request, report: str, key: str, quote: str = "", v: str = ""
    ) -> HTMLResponse:
        found = live.store.report(report)
        (place, item), notice = _follow(found, key, v)
        passage = catalog.paragraph(found, (place, item), notice).model_dump()
        # Where the text is another one now, the offsets of a quote mean nothing.
        same = not v or passage["hash"] == v
        start, end = _slice(quote if same else "", len(passage["text"]))
        if item:
            start, end = passage["item"]["start"], passage["item"]["end"]
        text = passage["text"]
        passage |= {"lead": text[:start], "marked": text[start:end], "rest": text[end:]}
        first, last = max(0, place - NEAR), min(len(found.passages), place + NEAR + 1)
        return page(
            "paragraph.html",
            report=catalog.summary(found).model_dump(),
            passage=passage,
            neighbours=[catalog.paragraph(found, (i, "")).model_dump() for i in range(first, last)],
            cite=page_data(found, found.passages[place], item, (start, end), _base(request)),
        )

    app.state.page, app.state.pages = page, pages
    app.mount("/static", PageFiles(directory=WEB), name="static")


def _add_finding(app: FastAPI, live: Live) -> None:
    suggester = Suggester()

    @app.get("/api/v1/suggest", response_model=Suggestions, responses=PROBLEMS, tags=["ask"])
    def suggest(
        request: Request,
        q: Annotated[str, Query(description="What has been typed so far", examples=["foster"])],
        report: ReportFilter = None,
        limit: Annotated[int, Query(ge=1, le=MOST_SUGGESTIONS)] = 8,
        form: Annotated[
            Literal["json", "opensearch"], Query(alias="format", description="For a browser's bar")
        ] = "json",
    ) -> Suggestions | Response:
        """What a reader may mean: paragraphs by number, headings, abbreviations, questions."""
        found = suggester.suggest(live.store, q, report or None, limit)
        if form == "json":
            return found
        body = opensearch_suggestions(found, _base(request))
        return JSONResponse(body, media_type="application/x-suggestions+json")

    @app.get("/opensearch.xml", include_in_schema=False)
    def opensearch(request: Request) -> Response:
        text = opensearch_description(_base(request))
        return Response(text, media_type="application/opensearchdescription+xml")

    @app.get("/reports/{report}/go", include_in_schema=False)
    def go_to(report: str, to: str = "") -> Response:
        found = live.store.report(report)
        places = catalog.places_of(found, numbers_of(to))
        first = found.passages[places[0][0]]
        whole = f"{report_url(found)}#p-{quote(first.key)}"
        return RedirectResponse(passage_url(found, first) if len(places) == 1 else whole, 303)


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of a posted form; the last value of each."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(body).items()}


def _add_verify(app: FastAPI, live: Live) -> None:
    @app.post("/api/v1/verify", responses=PROBLEMS, tags=["verify"])
    def verify_draft(body: VerifyRequest) -> Checks:
        """Check the quotations and paragraph references in a draft against the reports."""
        check_length(body.text)
        return Checks(checks=check_draft(live.index, body.text, body.report or None))

    def verify_view(code: int = 200, **context: object) -> HTMLResponse:
        reports = [summary.model_dump() for summary in catalog.summaries(live.store)]
        page: Callable[..., HTMLResponse] = app.state.page
        return page("verify.html", code, reports=reports, longest=LONGEST, **context)

    @app.get("/verify", response_class=HTMLResponse, include_in_schema=False)
    def verify_form() -> HTMLResponse:
        return verify_view()

    @app.post("/verify", response_class=HTMLResponse, include_in_schema=False)
    def verify_posted(fields: Annotated[dict[str, str], Depends(form_fields)]) -> HTMLResponse:
        text, report = fields.get("text", ""), fields.get("report") or None
        index = live.index
        try:
            check_length(text)
            findings = examine(index, text, report)
        except PilcrowError as error:
            return verify_view(400, text=text, chosen=report, problem=str(error))
        return verify_view(text=text, chosen=report, **verify_page(index, text, findings))


def _add_notebook(app: FastAPI, live: Live) -> None:
    @app.post(
        "/api/v1/export",
        response_class=Response,
        responses=PROBLEMS | {409: {"model": Problem, "description": "Not in the store as pinned"}},
        tags=["notebook"],
    )
    def export_notebook(request: Request, body: ExportRequest) -> Response:
        """Quotes from several questions as a document or for a reference manager.

        Words and citations are the store's. If it does not have a quote, or has other words there,
        nothing is exported, and `errors` says which items and why.
        """
        made = export_quotes(live.store, body, _base(request))
        named = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return Response(made.content, media_type=made.media_type, headers=named)

    @app.exception_handler(ItemsError)
    def on_items(_request: Request, error: ItemsError) -> Response:
        problem = Problem(title=TITLES[409], status=409, detail=str(error)).model_dump()
        errors = [fault.model_dump() for fault in error.faults]
        return JSONResponse(problem | {"errors": errors}, 409, media_type=PROBLEM)

    @app.get("/notebook", response_class=HTMLResponse, include_in_schema=False)
    def notebook() -> HTMLResponse:
        page: Callable[..., HTMLResponse] = app.state.page
        return page("notebook.html", styles=STYLES)


def _follow(report: Report, key: str, known_hash: str) -> tuple[catalog.Place, str]:
    found = resolve(report, key, known_hash)
    return found.place, found.notice


def _add_export(app: FastAPI, live: Live, each: Export) -> None:
    @app.get(f"/reports/{{report}}/paragraphs/{{key:path}}.{each.ending}", include_in_schema=False)
    def exported(request: Request, report: str, key: str) -> Response:
        text = export(live.store.report(report), key, each.form, DEFAULT, _base(request))
        return Response(text, media_type=each.media_type)


def _base(request: Request) -> str:
    """The server's address as the reader has it, without the slash at its end."""
    return str(request.base_url).rstrip("/")


def _slice(quote: str, length: int) -> tuple[int, int]:
    """The offsets of `?quote=start-end`; an address that makes no sense marks nothing."""
    match = QUOTE.fullmatch(quote)
    start, end = (int(match[1]), int(match[2])) if match else (length, length)
    return (start, end) if start < end <= length else (length, length)


def _add_errors(app: FastAPI) -> None:
    def problem(request: Request, status: int, detail: str) -> Response:
        title = TITLES.get(status, "Error")
        if request.url.path.startswith(("/reports/", "/static/")) or request.url.path == "/":
            page: Callable[..., HTMLResponse] = request.app.state.page
            return page("error.html", status, title=title, detail=detail, status=status)
        body = Problem(title=title, status=status, detail=detail).model_dump()
        return JSONResponse(body, status, media_type=PROBLEM)

    @app.exception_handler(PilcrowError)
    def on_error(request: Request, error: PilcrowError) -> Response:
        status = 404 if isinstance(error, NotFoundError) else 400
        return problem(request, status, str(error))

    @app.exception_handler(RequestValidationError)
    def on_invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return problem(request, 422, f"{where}: {first['msg']}; see /docs")

    @app.exception_handler(HTTPException)
    def on_http(request: Request, error: HTTPException) -> Response:
        response = problem(request, error.status_code, f"{request.url.path}: {error.detail}")
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def on_fault(request: Request, _error: Exception) -> Response:
        return problem(request, 500, "the server failed on this request; its log says why")

    @app.middleware("http")
    async def headers(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        third_party = request.url.path.startswith(("/docs", "/redoc"))
        response.headers["Content-Security-Policy"] = OPEN_POLICY if third_party else POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response
