"""The routes that read: search, reports, paragraphs, citations, suggestions."""

from __future__ import annotations

from bisect import bisect
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator

from indexer.encoders.base import Encoder
from search_api.ask.answer import MOST_HITS, MOST_RANKED, search
from search_api.ask.listing import Facet, Listing, Sort
from search_api.citation.exports import export, make_citation
from search_api.citation.page_metadata import EXPORTS
from search_api.citation.style_files import DEFAULT, STYLES
from search_api.http.messages.accept import kinds_of
from search_api.http.messages.address import base, page_links
from search_api.http.messages.conditional import NOT_CHANGED, store_route
from search_api.http.messages.fields import fields_of, reply, some_of
from search_api.http.messages.paging import Page
from search_api.http.messages.problems import PROBLEMS
from search_api.library import catalog
from search_api.library.cursor import LONGEST
from search_api.library.filters import Filters
from search_api.library.links.old_links import resolve
from search_api.library.live import Live
from search_api.library.places import places_of
from search_api.library.positions import positions_of
from search_api.library.suggest import (
    MOST_SUGGESTIONS,
    Suggester,
    Suggestions,
    opensearch_suggestions,
)
from search_api.narrowing import ONLY, SORTED
from search_api.types.answers import SearchResult
from search_api.types.citations import Citation
from search_api.types.reports import Paragraph, Paragraphs, ReportDetail, Reports

MOST_LISTED = 1_000
SUGGESTIONS = "application/x-suggestions+json"

ReportId = Annotated[str, Path(description="Id of the report", examples=["northumberland-2012"])]
Key = Annotated[
    str, Path(description="Paragraph's key or number; `29(b)` is a sub-item", examples=["99"])
]
OnlyReport = Annotated[str | None, Query(description="Only in this report (its id)")]
OnlySection = Annotated[str | None, Query(description="Only under headings with this text")]
Limit = Annotated[
    int | None, Query(ge=1, le=MOST_LISTED, description="Most to return; all unless given")
]
Offset = Annotated[int, Query(ge=0, le=2**31, description="How many to leave out at the head")]
# pydantic alone takes "0" for the first day of 1970.
Day = Annotated[date, BeforeValidator(date.fromisoformat)]
Cursor = Annotated[
    str | None,
    Query(
        max_length=LONGEST,
        description="`next` of the page before, in place of `offset`: nothing comes twice or is "
        "passed over when reports are added meanwhile",
    ),
]

SuggestionFields = Annotated[str | None, fields_of(Suggestions, "suggestions")]
HitFields = Annotated[str | None, fields_of(SearchResult, "hits")]
ReportFields = Annotated[str | None, fields_of(Reports, "reports")]
ParagraphFields = Annotated[str | None, fields_of(Paragraph)]
# Media types of reference managers, and the export that each is.
FORMS = {each.media_type: each.form for each in EXPORTS}


def add_api(app: FastAPI, live: Live, encoder: Encoder) -> None:
    """The routes whose answers depend on the address and the store alone."""
    api = APIRouter(
        prefix="/api/v1", route_class=store_route(live), responses=PROBLEMS | NOT_CHANGED
    )
    _add_search(api, live, encoder)
    _add_reports(api, live)
    app.include_router(api)


def _add_search(api: APIRouter, live: Live, encoder: Encoder) -> None:
    suggester = Suggester()

    @api.get(
        "/search",
        tags=["ask"],
        summary="Search for passages",
        response_model=SearchResult | some_of(SearchResult, "hits"),
    )
    def search_passages(
        request: Request,
        q: Annotated[str, Query(description="What to look for", examples=["foster carers"])],
        limit: Annotated[int, Query(ge=1, le=MOST_HITS, description="Most hits to return")] = 10,
        offset: Annotated[
            int,
            Query(
                ge=0,
                lt=MOST_RANKED,
                description="How many hits to leave out at the head; with `limit` at most "
                f"{MOST_RANKED:,}",
            ),
        ] = 0,
        report: OnlyReport = None,
        section: OnlySection = None,
        kind: Annotated[
            str | None, Query(description=ONLY["kind"], examples=["legal_case"])
        ] = None,
        publisher: Annotated[
            str | None, Query(description=ONLY["publisher"], examples=["Ofsted"])
        ] = None,
        published_from: Annotated[Day | None, Query(description=ONLY["published_from"])] = None,
        published_to: Annotated[Day | None, Query(description=ONLY["published_to"])] = None,
        sort: Annotated[
            Sort,
            Query(description=SORTED),
        ] = "relevance",
        facets: Annotated[
            list[Facet] | None,
            Query(description="Count the hits by these; several as `facets=kind&facets=year`"),
        ] = None,
        cursor: Cursor = None,
        fields: HitFields = None,
    ) -> Response:
        """Rank the passages for a query, best first, each with its best matching sentence.

        The header `Link` leads to the next and the previous page of hits.
        """
        filters = Filters(kind or None, publisher or None, published_from, published_to)
        listing = Listing(filters, sort, tuple(facets or ()), cursor or "")
        scope = report or None, section or None
        found = search(live.store, encoder, q, *scope, limit, offset, listing)
        more = len(found.hits) == limit and offset + 2 * limit <= MOST_RANKED and not cursor
        return reply(found, fields, "hits", page_links(request, limit, offset, more))

    @api.get(
        "/suggest",
        tags=["ask"],
        summary="Complete what is typed",
        response_model=Suggestions | some_of(Suggestions, "suggestions"),
        responses={200: {"content": {SUGGESTIONS: {"schema": {"type": "array"}}}}},
    )
    def suggest(
        request: Request,
        q: Annotated[str, Query(description="What has been typed so far", examples=["foster"])],
        report: OnlyReport = None,
        limit: Annotated[int, Query(ge=1, le=MOST_SUGGESTIONS, description="Most suggestions")] = 8,
        form: Annotated[
            Literal["json", "opensearch"], Query(alias="format", description="For a browser's bar")
        ] = "json",
        fields: SuggestionFields = None,
    ) -> Response:
        """What a reader may mean: paragraphs by number, headings, abbreviations, questions."""
        found = suggester.suggest(live.store, q, report or None, limit)
        if form == "json":
            return reply(found, fields, "suggestions")
        body = opensearch_suggestions(found, base(request))
        return JSONResponse(body, media_type=SUGGESTIONS)


def _accepted(request: Request) -> str | None:
    """The reference manager's format that is named before JSON in `Accept`; None for JSON."""
    for kind in kinds_of(request):
        if kind in FORMS:
            return kind
        if kind in ("application/json", "application/*", "*/*"):
            return None
    return None


def _add_reports(api: APIRouter, live: Live) -> None:
    @api.get(
        "/reports",
        tags=["reports"],
        summary="List the reports",
        response_model=Reports | some_of(Reports, "reports"),
    )
    def list_reports(
        request: Request,
        limit: Limit = None,
        offset: Offset = 0,
        cursor: Cursor = None,
        fields: ReportFields = None,
    ) -> Response:
        """The reports in the store, by id, in short."""
        every = catalog.summaries(live.store)
        ids = [report.id for report in every]

        def find(name: str) -> int:
            # Where the report that came last is gone, its place by id is still known.
            return bisect(ids, name) - 1

        page = Page(len(ids), "reports", ids.__getitem__, find, limit, offset, cursor)
        found = Reports(reports=every[page.start : page.end], total=len(every), next=page.next)
        return reply(found, fields, "reports", page.links(request))

    @api.get("/reports/{report}", tags=["reports"], summary="Get a report")
    def get_report(report: ReportId) -> ReportDetail:
        """A report with its outline, its glossary and the audit of its numbers."""
        return catalog.detail(live.store.report(report))

    @api.get(
        "/reports/{report}/paragraphs",
        tags=["reports"],
        summary="List paragraphs",
        response_model=Paragraphs | some_of(Paragraphs, "paragraphs"),
    )
    def list_paragraphs(
        request: Request,
        report: ReportId,
        numbers: Annotated[
            str | None, Query(description="`29`, `30-35` or `29, 31`", examples=["30-35"])
        ] = None,
        limit: Limit = None,
        offset: Offset = 0,
        cursor: Cursor = None,
        fields: ParagraphFields = None,
    ) -> Response:
        """Paragraphs by their numbers, or every passage of the report, as they are printed."""
        found = live.store.report(report)
        every = [(place, "") for place in range(len(found.passages))]
        places = every if numbers is None else places_of(found, numbers)

        def name(at: int) -> str:
            return found.passages[places[at][0]].key

        def find(key: str) -> int | None:
            place = positions_of(found).by_key.get(key)
            return next((at for at, (each, _) in enumerate(places) if each == place), None)

        page = Page(len(places), (report, numbers), name, find, limit, offset, cursor)
        listed = [catalog.paragraph(found, place) for place in places[page.start : page.end]]
        told = Paragraphs(report=report, paragraphs=listed, total=len(places), next=page.next)
        return reply(told, fields, "paragraphs", page.links(request))

    @api.get(
        "/reports/{report}/paragraphs/{key:path}/citation",
        tags=["reports"],
        summary="Cite a paragraph",
        response_model=Citation,
        responses={200: {"content": {kind: {"schema": {"type": "string"}} for kind in FORMS}}},
    )
    def cite_paragraph(
        request: Request,
        report: ReportId,
        key: Annotated[
            str, Path(description="`29`, `30-35`, `29, 31-33` or `29(b)`", examples=["99"])
        ],
        style: Annotated[
            str, Query(description=f"{', '.join(STYLES)}, or any CSL style", examples=["apa"])
        ] = DEFAULT,
        form: Annotated[
            Literal["text", "markdown", "html"],
            Query(alias="format", description="How italics are written in the citation"),
        ] = "text",
    ) -> Citation | Response:
        """A paragraph, a range or a list of them, cited in a style and for other programs.

        Who accepts RIS, BibTeX or CSL-JSON rather than JSON gets that alone.
        """
        found = live.store.report(report)
        wanted = _accepted(request)
        if wanted is not None:
            body = export(found, key, FORMS[wanted], style, base(request))
            return Response(body, media_type=wanted, headers={"Vary": "Accept"})
        return make_citation(found, key, style, base(request), form)

    @api.get(
        "/reports/{report}/paragraphs/{key:path}",
        tags=["reports"],
        summary="Get a paragraph",
        response_model=Paragraph | some_of(Paragraph),
    )
    def get_paragraph(
        report: ReportId,
        key: Key,
        v: Annotated[str, Query(description="Text hash the link was made with")] = "",
        fields: ParagraphFields = None,
    ) -> Response:
        """One paragraph, with the ones before and after; an old link is followed, with a notice."""
        found = live.store.report(report)
        at = resolve(found, key, v)
        return reply(catalog.paragraph(found, at.place, at.notice), fields)
