"""What the first page says: title and date, as they are printed."""

from __future__ import annotations

import re
from datetime import datetime

from indexer.metadata.fields import with_fields
from indexer.report import Metadata

SOURCE = "first page"
DAY = r"(?:\w+day,?\s+)?(\d{1,2}\s+[A-Za-z]+\s+\d{4})"
PUBLISHED = (
    re.compile(
        rf"\b(?:published|publication date|date of publication)\b[^\n\d]{{0,20}}{DAY}", re.I
    ),
    re.compile(rf"(?m)^date[ \t]{{0,9}}:?\s{{0,9}}{DAY}", re.I),
)


def read_front_page(front: str) -> Metadata:
    """The title and the date of publication that stand on a front page."""
    lines = [line for line in front.split("\n") if line]
    match = PUBLISHED[0].search(front) or PUBLISHED[1].search(front)
    published = None
    if match:
        try:
            published = datetime.strptime(match[1], "%d %B %Y").date()
        except ValueError:
            published = None
    title = lines[0] if lines else ""
    return with_fields(Metadata(), {"title": title, "published": published}, SOURCE)
