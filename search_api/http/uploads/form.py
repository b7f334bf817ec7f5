"""A posted report file: streamed to disk, its size and name checked."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from indexer.errors import ReportError
from indexer.formats import READERS
from indexer.load import report_id
from search_api.http.uploads.accepted import receiving

LARGEST_UPLOAD = 200_000_000
# Seconds between two pieces of it.
PIECE = 30.0
LONGEST_NAME = 120
FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": "The report; its id is the name without the extension",
                    },
                    "sidecar": {
                        "type": "string",
                        "format": "binary",
                        "description": "TOML with what citations need: title, publisher, ...",
                    },
                    "allow_unnumbered": {
                        "type": "boolean",
                        "description": "Count the paragraphs of a report that prints no numbers",
                    },
                    "as": {
                        "type": "string",
                        "description": "The id it is to have, in place of its name",
                    },
                    "replace": {
                        "type": "boolean",
                        "description": "Put it in the place of another document with its id, "
                        "which is refused otherwise (409)",
                    },
                },
            }
        }
    },
}


async def read_form(request: Request) -> FormData:
    """The posted form, its files spooled to disk as they come."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "send the report as multipart/form-data, in the field 'file'")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_UPLOAD:
        raise _too_large()
    parser = MultiPartParser(
        request.headers,
        _limited(request.stream()),  # type: ignore[arg-type]
        max_files=2,
        max_fields=8,
        max_part_size=1_000,
    )
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise HTTPException(422, f"{error.message} See /docs") from error


async def _limited(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    while (chunk := await _next(chunks)) is not None:
        size += len(chunk)
        if size > LARGEST_UPLOAD:
            raise _too_large()
        yield chunk


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    try:
        return await asyncio.wait_for(anext(chunks, None), PIECE)
    except TimeoutError:
        raise HTTPException(
            408, f"nothing came for {PIECE:.0f} seconds; send it again", {"Connection": "close"}
        ) from None


def _too_large() -> HTTPException:
    return HTTPException(
        413, f"an upload may have {LARGEST_UPLOAD // 1_000_000} MB; index larger files with pilcrow"
    )


def is_set(form: FormData, field: str) -> bool:
    """True where a box of the form is ticked."""
    return form.get(field) in ("true", "on", "1")


def keep_file(form: FormData, store: Path) -> Path:
    """The uploaded file, under the name that gives its id, in a new folder in the store's."""
    file, sidecar, wanted = form.get("file"), form.get("sidecar"), form.get("as")
    if not isinstance(file, UploadFile) or not file.filename:
        raise HTTPException(422, "the form has no file in the field 'file'")
    name = _file_name(file.filename)
    if isinstance(wanted, str) and wanted:
        name = _file_name(f"{wanted}{Path(name).suffix}")
    folder = None
    try:
        folder = receiving(store)
        _save(file, folder / name)
        if isinstance(sidecar, UploadFile) and sidecar.filename:
            _save(sidecar, folder / f"{report_id(Path(name))}.toml")
    except OSError as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise HTTPException(
            507, f"the upload cannot be kept ({error.strerror}); free space and try again"
        ) from error
    return folder / name


def _file_name(sent: str) -> str:
    """The name a report file will have, of what the browser says it is called."""
    name = PurePosixPath(sent.replace("\\", "/")).name
    try:
        if len(name) > LONGEST_NAME:
            raise ReportError(f"the file name is longer than {LONGEST_NAME} letters; rename it")
        suffix = Path(name).suffix.lower()
        if suffix not in READERS:
            known = ", ".join(READERS)
            raise ReportError(f"{name}: unknown format '{suffix}'; known formats: {known}")
        report_id(Path(name))
    except ReportError as error:
        raise HTTPException(422, str(error)) from error
    return name


def _save(upload: UploadFile, path: Path) -> None:
    with path.open("wb") as out:
        shutil.copyfileobj(upload.file, out)
