"""The routes for browsers: the page, permalinks, citations to download, three tools."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from indexer.encoders.base import Encoder
from indexer.errors import NotFoundError, PilcrowError
from indexer.metadata.fields import DATES, KINDS, LISTS
from search_api.ask.answer import answer
from search_api.ask.examples import Examples
from search_api.citation.exports import export
from search_api.citation.page_metadata import EXPORTS, Export, page_data
from search_api.citation.style_files import DEFAULT, STYLES
from search_api.http.messages.address import base, slice_of
from search_api.http.messages.bodies import MOST_TURNS
from search_api.http.messages.posted_draft import DRAFTS, PostedDraft, posted_draft
from search_api.http.originals import original_address, picture_address, pictured
from search_api.http.templates.assets import PageFiles
from search_api.http.templates.markup import in_script
from search_api.http.templates.render import WEB, Render
from search_api.library import catalog
from search_api.library.links.old_links import resolve
from search_api.library.links.short_citation import passage_url, report_url
from search_api.library.live import Live
from search_api.library.phrases import mentions
from search_api.library.places import passage_at, places_of
from search_api.library.positions import positions_of
from search_api.library.suggest import sections
from search_api.verify.drafts.read_file import LONGEST, check_length
from search_api.verify.lookup.passage_index import index_store
from search_api.verify.page import verify_page
from search_api.verify.verify import examine

# Passages of one part of a report's page.
SHEET = 1_000
# The longest report that comes on one page, to be printed.
MOST_WHOLE = 20_000
NEAR = 1
# Hits in a page without scripts, and in one that also draws where they lie (MOST_ASKED of api.js).
SHOWN, MOST_ASKED = 10, 30
# The form in which a person says what a report is, and what the fields are called there.
DETAILS: dict[str, object] = {
    "fields": [
        ("title", "Title"),
        ("short_title", "Short title, for citations in one line"),
        ("publisher", "Publisher"),
        ("authors", "Authors, one a line"),
        ("published", "Date of publication"),
        ("kind", "Kind"),
        ("url", "Address on the web"),
        ("number", "Number, of an Act or a paper"),
        ("court", "Court"),
        ("neutral_citation", "Neutral citation, as [2024] UKSC 14"),
        ("parties", "Parties, one a line"),
        ("journal", "Journal"),
        ("volume", "Volume"),
        ("issue", "Issue"),
        ("pages", "Pages"),
        ("accessed", "Date it was last looked at on the web"),
        ("licence", "Licence"),
        ("attribution", "Attribution that the licence asks for"),
    ],
    "kinds": [(kind, kind.replace("_", " ").capitalize()) for kind in KINDS],
    "lists": LISTS,
    "dates": DATES,
}


def add_pages(app: FastAPI, live: Live, encoder: Encoder, render: Render, originals: bool) -> None:
    """The pages, none of them in the schema; with the files of reports if `originals`."""
    _add_home(app, live, encoder, render, originals)
    _add_report_pages(app, live, render, originals)
    _add_tools(app, live, render)
    app.mount("/static", PageFiles(directory=WEB), name="static")


def _add_home(app: FastAPI, live: Live, encoder: Encoder, page: Render, originals: bool) -> None:
    examples = Examples()

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    def home(
        q: str = "",
        report: str = "",
        section: str = "",
        render: str = "",
        after: Annotated[list[str], Query()] = [],  # noqa: B006
    ) -> HTMLResponse:
        # The answer comes along with the page: as text where a browser without JavaScript says so
        # with `render`, else for the script, which asks again only for the next question.
        store = live.store
        found, refused = None, None
        if q:
            limit = SHOWN if render == "html" else MOST_ASKED
            try:
                within = report or None, section or None
                found = answer(store, encoder, q, *within, limit, after=after[-MOST_TURNS:])
            except PilcrowError as error:
                refused = str(error)
        reports = [summary.model_dump() for summary in catalog.summaries(store)]
        names = {each["id"]: each["short_title"] for each in reports}
        chosen = report if report in names else next(iter(names), "") if len(names) == 1 else ""
        return page(
            "index.html",
            q=q,
            reports=reports,
            names=names,
            chosen=chosen if report else "",
            section=section,
            asked_in=report,
            after=after,
            pictured=pictured(live, originals),
            sections=sections(store.report(chosen)) if chosen else [],
            examples=examples.of(store, encoder, chosen or None),
            answer=found.model_dump() if found and render == "html" else None,
            problem=refused if render == "html" else None,
            data=in_script(found.model_dump()) if found and render != "html" else None,
        )


def _add_report_pages(app: FastAPI, live: Live, render: Render, originals: bool) -> None:
    @app.get("/reports", response_class=HTMLResponse, include_in_schema=False)
    def reports_page() -> HTMLResponse:
        store = live.store
        shown = [
            {**catalog.summary(each).model_dump(), "audit": catalog.audit_of(each).model_dump()}
            for each in store.reports
        ]
        return render("reports.html", reports=shown, **DETAILS)

    @app.get("/reports/{report}", response_class=HTMLResponse, include_in_schema=False)
    def report_page(
        report: str, find: str = "", part: Annotated[int, Query(ge=1)] = 1, whole: bool = False
    ) -> HTMLResponse:
        found = live.store.report(report)
        sheets = max(1, -(-len(found.passages) // SHEET))
        # All of it, to be printed.
        whole = whole and len(found.passages) <= MOST_WHOLE
        if whole:
            sheets = 1
        if part > sheets:
            raise NotFoundError(f"'{found.id}' comes in {sheets} parts; there is no part {part}")
        marks = dict(mentions(found, find)) if find.strip() else {}
        passages = []
        size = len(found.passages) if whole else SHEET
        for place in range((part - 1) * size, min(part * size, len(found.passages))):
            headings = [
                {"level": level, "text": title, "note": note}
                for level, title, note in catalog.new_headings(found, place)
            ]
            shown = catalog.paragraph(found, (place, "")).model_dump()
            passages.append({**shown, "headings": headings, "spans": marks.get(place, ())})
        about = catalog.detail(found).model_dump()
        places, headed = positions_of(found).by_key, [each["key"] for each in about["outline"]]
        return render(
            "report.html",
            report=about,
            passages=passages,
            find=find.strip(),
            finds=[(found.passages[place], 1 if whole else place // SHEET + 1) for place in marks],
            original=original_address(live, found, originals),
            printable=sheets > 1 and len(found.passages) <= MOST_WHOLE,
            sheet=part,
            sheets=sheets,
            sheet_of={key: 1 if whole else places[key] // SHEET + 1 for key in headed},
        )

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
        at = resolve(found, key, v)
        place, item = at.place
        passage = catalog.paragraph(found, at.place, at.notice).model_dump()
        # Where the text is another one now, the offsets of a quote mean nothing.
        same = not v or passage["hash"] == v
        start, end = slice_of(quote if same else "", len(passage["text"]))
        if passage["item"]:
            start, end = passage["item"]["start"], passage["item"]["end"]
        text = passage["text"]
        passage |= {"lead": text[:start], "marked": text[start:end], "rest": text[end:]}
        first, last = max(0, place - NEAR), min(len(found.passages), place + NEAR + 1)
        return render(
            "paragraph.html",
            report=catalog.summary(found).model_dump(),
            passage=passage,
            picture=picture_address(
                live, found, passage_at(found, at.place), (start, end), originals
            ),
            original=original_address(live, found, originals),
            neighbours=[catalog.paragraph(found, (i, "")).model_dump() for i in range(first, last)],
            cite=page_data(
                found,
                passage_at(found, at.place),
                item if passage["item"] else "",
                (start, end),
                base(request),
            ),
        )

    @app.get("/reports/{report}/go", include_in_schema=False)
    def go_to(report: str, to: str = "") -> Response:
        found = live.store.report(report)
        places = places_of(found, to)
        first = found.passages[places[0][0]]
        sheet = places[0][0] // SHEET + 1
        part = f"?part={sheet}" if sheet > 1 else ""
        whole = f"{report_url(found)}{part}#p-{quote(first.key)}"
        return RedirectResponse(passage_url(found, first) if len(places) == 1 else whole, 303)


def _add_export(app: FastAPI, live: Live, each: Export) -> None:
    @app.get(f"/reports/{{report}}/paragraphs/{{key:path}}.{each.ending}", include_in_schema=False)
    def exported(request: Request, report: str, key: str) -> Response:
        text = export(live.store.report(report), key, each.form, DEFAULT, base(request))
        return Response(text, media_type=each.media_type)


def _add_tools(app: FastAPI, live: Live, render: Render) -> None:
    def verify_view(code: int = 200, **context: object) -> HTMLResponse:
        reports = [summary.model_dump() for summary in catalog.summaries(live.store)]
        return render(
            "verify.html", code, reports=reports, longest=LONGEST, accepted=DRAFTS, **context
        )

    @app.get("/verify", response_class=HTMLResponse, include_in_schema=False)
    def verify_form() -> HTMLResponse:
        return verify_view()

    @app.post("/verify", response_class=HTMLResponse, include_in_schema=False)
    def verify_posted(draft: Annotated[PostedDraft, Depends(posted_draft)]) -> HTMLResponse:
        text, report, index = draft.text, draft.report, live.take().made(index_store)
        try:
            text = draft.read()
            check_length(text)
            findings = examine(index, text, report)
        except PilcrowError as error:
            return verify_view(400, text=text, chosen=report, problem=str(error))
        return verify_view(text=draft.text, chosen=report, **verify_page(index, text, findings))

    @app.get("/notebook", response_class=HTMLResponse, include_in_schema=False)
    def notebook() -> HTMLResponse:
        return render("notebook.html", styles=STYLES)

    @app.get("/table", response_class=HTMLResponse, include_in_schema=False)
    def table_page() -> HTMLResponse:
        reports = [summary.model_dump() for summary in catalog.summaries(live.store)]
        return render("table.html", reports=reports)
