"""The files that reports were read from: to download, and their printed pages as pictures."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse

from indexer.errors import NotFoundError, ReportError
from indexer.facsimile import draw_page, has_pages
from indexer.history import text_hash
from indexer.report import Passage, Report
from indexer.store.kept import original_of, originals
from search_api.http.messages.address import slice_of
from search_api.library.kept import Recent
from search_api.library.links.old_links import resolve
from search_api.library.links.short_citation import passage_url, report_url
from search_api.library.live import Live
from search_api.library.places import passage_at

# Pictures of some 300 kB.
MOST_PICTURES = 64
PICTURE = ".png"
# Seconds: the words at an address may be others when the report is issued again.
FRESH = "private, max-age=3600"


def add_originals(app: FastAPI, live: Live, keeping: bool) -> None:
    """The routes for the files of reports; none is shown unless they are kept."""
    drawn: Recent[bytes] = Recent(MOST_PICTURES)

    @app.get("/reports/{report}/original", include_in_schema=False)
    def original_file(report: str) -> Response:
        found = live.store.report(report)
        file = _file(live, found, keeping)
        return FileResponse(file, media_type="application/octet-stream", filename=file.name)

    @app.get(f"/reports/{{report}}/paragraphs/{{key:path}}{PICTURE}", include_in_schema=False)
    def printed_page(report: str, key: str, quote: str = "", v: str = "") -> Response:
        found = live.store.report(report)
        passage = passage_at(found, resolve(found, key, v).place)
        # Of a text that is another one now, or without words named: the whole passage.
        size = len(passage.text)
        start, end = slice_of(quote, size) if v in ("", text_hash(passage)) else (size, size)
        if start == end:
            start, end = 0, size
        file = _file(live, found, keeping)
        name = (found.id, found.sha256, file.stat().st_mtime_ns, passage.key, start, end)
        picture = drawn.get(name)
        if picture is None:
            try:
                picture = draw_page(file, passage, start, end)
            except ReportError as error:
                raise NotFoundError(str(error)) from error
            drawn.keep(name, picture)
        return Response(picture, media_type="image/png", headers={"Cache-Control": FRESH})


def _file(live: Live, report: Report, keeping: bool) -> Path:
    file = original_of(live.store.folder, report.id) if keeping else None
    if file is None:
        raise NotFoundError(f"the file of '{report.id}' was not kept")
    return file


def original_address(live: Live, report: Report, keeping: bool) -> str:
    """Where a report's file is; "" where it was not kept."""
    kept = original_of(live.store.folder, report.id) if keeping else None
    return f"{report_url(report)}/original" if kept else ""


def pictured(live: Live, keeping: bool) -> list[str]:
    """The ids of reports whose printed pages can be shown."""
    kept = originals(live.store.folder) if keeping else {}
    return [report for report, file in kept.items() if has_pages(file)]


def picture_address(
    live: Live, report: Report, passage: Passage, slice_: tuple[int, int], keeping: bool
) -> str:
    """Where the printed page of a slice of a passage is; "" where there is none to show."""
    file = original_of(live.store.folder, report.id) if keeping and passage.page else None
    if not has_pages(file):
        return ""
    start, end = slice_
    words = f"?quote={start}-{end}&v={text_hash(passage)}" if start < end else ""
    return f"{passage_url(report, passage)}{PICTURE}{words}"
