"""A draft as a form posts it: as text, or as a file."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from search_api.verify.drafts.read_file import TEXT, read_draft

# Formats offered to who chooses a file; read_draft says which it reads.
DRAFTS = (*TEXT, ".docx", ".odt", ".tex")
LARGEST = 8_000_000


@dataclass(frozen=True, slots=True)
class PostedDraft:
    """What was posted: a text, or a file's name and content, and the report it is about."""

    text: str
    report: str | None
    name: str = ""
    content: bytes = b""

    def read(self) -> str:
        """The draft's text.

        Raises:
            DraftError: the file is of no known format.
            ReportError: it is damaged.
        """
        if not self.name:
            return self.text
        with tempfile.TemporaryDirectory(prefix="pilcrow-draft-") as folder:
            path = Path(folder) / self.name
            path.write_bytes(self.content)
            return read_draft(path)


async def posted_draft(request: Request) -> PostedDraft:
    """The draft in a posted form."""
    announced = request.headers.get("content-length", "")
    if not announced.isdecimal() or int(announced) > LARGEST:
        raise HTTPException(413, f"a draft may have {LARGEST // 1_000_000} MB; paste a part of it")
    async with request.form(max_files=1, max_fields=4, max_part_size=LARGEST) as form:
        file, text, report = form.get("file"), form.get("text"), form.get("report")
        said = text if isinstance(text, str) else ""
        about = report if isinstance(report, str) and report else None
        if not isinstance(file, UploadFile) or not file.filename:
            return PostedDraft(said, about)
        name = PurePosixPath(file.filename.replace("\\", "/")).name[-100:]
        return PostedDraft(said, about, name, await file.read())
