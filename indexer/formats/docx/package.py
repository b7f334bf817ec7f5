"""The parts of a .docx file: a zip of XML, opened within limits of time and memory."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from indexer.errors import ReportError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# Files saved as "Strict Open XML" differ from the others in these names alone.
STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": M[1:-1].encode(),
}
# A thousand pages of Word are about 15 MB of XML and 700,000 tags.
MAX_BYTES = 64 * 1024 * 1024
MAX_TAGS = 2_000_000
ATTRIBUTES_PER_TAG = 2
MAX_PARTS = 20_000
# A list of 20,000 parts takes 2 MB; a zip reads its list whole, and the parts in small pieces.
MAX_READ = 16 * 1024 * 1024
# The ways of packing that Word uses; others may ask for gigabytes to unpack.
PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Beyond any counter or level of Word, whose numbers have 32 bits.
LONGEST_NUMBER = 9
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    RuntimeError,
    OSError,
    NotImplementedError,
)
OLE = b"\xd0\xcf\x11\xe0"
FEATURES = ("styles", "numbering", "footnotes", "endnotes", "settings")


@dataclass(frozen=True, slots=True)
class Package:
    """The main document and the parts it refers to; a part the file lacks is an empty element."""

    document: Element
    styles: Element
    numbering: Element
    footnotes: Element
    endnotes: Element
    settings: Element


def open_package(path: Path) -> Package:
    """Open a .docx file.

    Raises:
        ReportError: the file is damaged, locked, too large, or no Word document.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise ReportError(f"{path.name} is empty; give a .docx file with numbered paragraphs")
    if start == OLE:
        raise ReportError(
            f"{path.name} has a password or is in the old .doc format; save it as .docx without one"
        )
    if start[:2] != b"PK":
        raise ReportError(f"{path.name} is not a Word document; save it as .docx")
    try:
        with _Bounded(path) as bounded, zipfile.ZipFile(bounded) as archive:
            return _Parts(archive, path.name).package()
    except DAMAGED as error:
        raise ReportError(
            f"{path.name} is damaged or cut short; open it in Word and save it again"
        ) from error


def open_part(path: Path, part: str) -> Element:
    """One XML part of another office file, such as an .odt, within the same limits.

    Raises:
        ReportError: the file is damaged, locked, too large, or has no such part.
    """
    try:
        with _Bounded(path) as bounded, zipfile.ZipFile(bounded) as archive:
            if len(archive.infolist()) > MAX_PARTS or part not in archive.NameToInfo:
                raise ReportError(f"{path.name} is no office document; save it again")
            return _Parts(archive, path.name)._parse(part)
    except DAMAGED as error:
        raise ReportError(f"{path.name} is damaged or cut short; save it again") from error


def open_core(path: Path) -> Element:
    """The document's own properties: title, author and dates; empty without them.

    Raises:
        ReportError: the file is damaged.
    """
    try:
        with _Bounded(path) as bounded, zipfile.ZipFile(bounded) as archive:
            return _Parts(archive, path.name).core()
    except DAMAGED as error:
        raise ReportError(
            f"{path.name} is damaged or cut short; open it in Word and save it again"
        ) from error


class _Bounded(io.FileIO):
    """A file that gives no more at once than a list of MAX_PARTS parts may take."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            size = MAX_READ
        if size > MAX_READ:
            raise zipfile.BadZipFile("the list of parts is too long")
        return super().read(size) or b""


class _Parts:
    """Parses the parts of a package; the limits are on all of them together."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._bytes = MAX_BYTES
        self._tags = MAX_TAGS

    def package(self) -> Package:
        """The main document with the parts it refers to."""
        name, archive = self._name, self._archive
        if len(archive.infolist()) > MAX_PARTS:
            raise ReportError(
                f"{name} holds too many files for a Word document; save it again in Word"
            )
        main = dict(self._targets("")).get("officeDocument")
        if main is None or main not in archive.NameToInfo:
            raise ReportError(f"{name} is a zip file without a Word document; save it as .docx")
        targets = dict(self._targets(main))
        document = self._parse(main)
        if document.tag != f"{W}document":
            raise ReportError(f"{name} is another kind of Office file; save it as a Word .docx")
        parts = {part: self._parse(targets.get(part)) for part in FEATURES}
        return Package(document, **parts)

    def core(self) -> Element:
        """The core properties of the package."""
        return self._parse(dict(self._targets("")).get("core-properties"))

    def _targets(self, source: str) -> Iterator[tuple[str, str]]:
        """Yield (kind, path in the zip) of what `source` refers to; "" is the package."""
        folder = dirname(source)
        rels = join(folder, "_rels", f"{source.rpartition('/')[2]}.rels")
        for relation in self._parse(rels):
            if relation.get("TargetMode") != "External":
                kind = relation.get("Type", "").rpartition("/")[2]
                target = join("/", folder, relation.get("Target", ""))
                yield kind, normpath(target).lstrip("/")

    def _parse(self, part: str | None) -> Element:
        if part is None or part not in self._archive.NameToInfo:
            return Element("missing")
        data = self._unpack(part)
        for strict, usual in STRICT.items():
            data = data.replace(strict, usual)
        try:
            parser = ElementTree.XMLParser(target=_NoDoctype())  # noqa: S314
            return ElementTree.fromstring(data, parser)  # noqa: S314
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise ReportError(
                f"{self._name} holds broken XML ({part}); open it in Word and save it again"
            ) from error

    def _unpack(self, part: str) -> bytes:
        info = self._archive.getinfo(part)
        if info.flag_bits & 1:
            raise ReportError(f"{self._name} has a password; save it without one")
        if info.compress_type not in PACKING:
            raise ReportError(f"{self._name} is packed as Word never does; save it again in Word")
        # The size the zip states may be a lie, so the limit is on what is read.
        with self._archive.open(part) as file:
            data = file.read(self._bytes + 1)
        self._bytes -= len(data)
        # An attribute takes as much memory as a tag.
        self._tags -= data.count(b"<") + data.count(b"=") // ATTRIBUTES_PER_TAG
        if self._bytes < 0 or self._tags < 0:
            raise ReportError(f"{self._name} unpacks to more than a report can hold; split it")
        return data


class _NoDoctype(ElementTree.TreeBuilder):
    """Stops at a DOCTYPE, before any entity is declared; Office files have none.

    This is what makes the standard library's parser safe here, and expat opens no other file.
    """

    def doctype(self, *_: str | None) -> None:
        raise ValueError("a DOCTYPE is not allowed")


def val(element: Element | None, path: str = "") -> str | None:
    """The w:val attribute of the element, or of its descendant at `path` (w: names and slashes)."""
    if element is not None and path:
        element = element.find("/".join(W + step for step in path.split("/")))
    return None if element is None else element.get(f"{W}val")


def number(element: Element | None, path: str = "") -> int | None:
    """The w:val attribute as an integer; None when it is missing or none."""
    text = val(element, path) or ""
    try:
        return int(text) if len(text) <= LONGEST_NUMBER else None
    except ValueError:
        return None


def switch(element: Element | None, name: str) -> bool | None:
    """An on/off property of `element`: <w:name/> is on; None when it is not stated."""
    found = None if element is None else element.find(W + name)
    if found is None:
        return None
    return found.get(f"{W}val", "1") not in ("0", "false", "off")
