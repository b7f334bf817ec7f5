"""A report file and its sidecar to a Report."""

from __future__ import annotations

import hashlib
import re
import tomllib
from datetime import date, datetime
from pathlib import Path

from indexer.abbreviations import find_abbreviations
from indexer.errors import ReportError
from indexer.formats import read_blocks
from indexer.numbering import Split, count_paragraphs, split_blocks
from indexer.numbering.split import FRONT_PAGE
from indexer.references import link_references
from indexer.report import Metadata, Report
from indexer.text import one_line

FIELDS = {
    "title": str,
    "short_title": str,
    "publisher": str,
    "authors": list,
    "published": date,
    "kind": str,
    "url": str,
    "licence": str,
    "attribution": str,
    "examples": list,
}
# Fewer numbers than this that hold less of the text than that are a list, not a numbering.
FEW = 20
LEAST_SHARE = 0.1
KINDS = ("report", "legal_case", "book", "legislation", "webpage", "article")
ID = re.compile(r"[^\W_][\w.-]*")
DAY = r"(?:\w+day,?\s+)?(\d{1,2}\s+[A-Za-z]+\s+\d{4})"
PUBLISHED = (
    re.compile(
        rf"\b(?:published|publication date|date of publication)\b[^\n\d]{{0,20}}{DAY}", re.I
    ),
    re.compile(rf"(?m)^date[ \t]{0, 9}:?\s{0, 9}{DAY}", re.I),
)


def load_report(path: Path, allow_unnumbered: bool = False) -> Report:
    """Read, split and audit one report file.

    Args:
        path: the report file; a sidecar NAME.toml beside it gives metadata.
        allow_unnumbered: count the paragraphs of a report that prints no numbers; the audit and
            every citation say that the count is ours.

    Raises:
        ReportError: the file cannot be read, or no numbering is found in it.
    """
    blocks = read_blocks(path)
    split = split_blocks(blocks)
    if not _is_numbered(split) and allow_unnumbered:
        split = count_paragraphs(blocks)
    if not _is_numbered(split):
        raise ReportError(
            f"{path.name} has no numbered paragraphs that run on (1., 2., 3. ...); give a report "
            "whose paragraphs are numbered, or --allow-unnumbered to have them counted"
        )
    passages = link_references(split.passages)
    front = next((p.text for p in split.passages if p.section == (FRONT_PAGE,)), "")
    return Report(
        id=report_id(path),
        source=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        text=split.text,
        passages=passages,
        audit=split.audit,
        metadata=load_metadata(path, front),
        glossary=find_abbreviations(passages),
    )


def _is_numbered(split: Split) -> bool:
    """False also where the only numbers are those of a short list somewhere in the text."""
    count = sum(passage.number is not None for passage in split.passages)
    return count > 0 and (count >= FEW or split.audit.share >= LEAST_SHARE)


def report_id(path: Path) -> str:
    """The report's id: its file name without the extension, fit to stand in a link."""
    name = path.name.removesuffix(path.suffix).removesuffix(".akn")
    if not ID.fullmatch(name):
        raise ReportError(
            f"{path.name}: the name must be letters, digits, '.', '-' or '_', because links "
            "are made of it; rename the file"
        )
    return name


def load_metadata(path: Path, front: str) -> Metadata:
    """Metadata from the sidecar NAME.toml, or else what the front page says.

    Raises:
        ReportError: the sidecar is not valid TOML or a field has the wrong type.
    """
    sidecar = path.with_name(f"{report_id(path)}.toml")
    if not sidecar.exists():
        return _from_front_page(front)
    try:
        found = tomllib.loads(sidecar.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # also numbers of too many digits, deep arrays
        raise ReportError(f"{sidecar.name} is not valid TOML: {error}") from error
    except OSError as error:
        raise ReportError(f"{sidecar} cannot be read ({error.strerror}); mend it") from error
    for name, value in found.items():
        if name not in FIELDS:
            raise ReportError(f"{sidecar.name}: unknown field '{name}'; use {', '.join(FIELDS)}")
        wanted = FIELDS[name]
        if isinstance(value, datetime) or not isinstance(value, wanted):
            raise ReportError(f"{sidecar.name}: '{name}' must be a {wanted.__name__}")
    if found.get("kind", "report") not in KINDS:
        raise ReportError(f"{sidecar.name}: kind must be one of {', '.join(KINDS)}")
    for name, value in found.items():
        if isinstance(value, str):
            found[name] = one_line(value)
    for name in ("authors", "examples"):
        found[name] = tuple(one_line(str(value)) for value in found.get(name, ()))
    return Metadata(**found)


def _from_front_page(front: str) -> Metadata:
    lines = [line for line in front.split("\n") if line]
    match = PUBLISHED[0].search(front) or PUBLISHED[1].search(front)
    published = None
    if match:
        try:
            published = datetime.strptime(match[1], "%d %B %Y").date()
        except ValueError:
            published = None
    return Metadata(title=lines[0] if lines else "", published=published)
