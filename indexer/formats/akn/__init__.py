"""Akoma Ntoso XML to blocks: acts, bills, judgments, notes, statements and their annexes."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.formats.akn.names import Place, name_of
from indexer.formats.akn.walk import Walk
from indexer.formats.fold import fold


def read_akn(path: Path) -> list[Block]:
    """Read an Akoma Ntoso document.

    Raises:
        ReportError: the file is not well-formed, not Akoma Ntoso, declares entities or
            has no text.
    """
    root = parse_akn(path.read_bytes(), path.name)
    walk = Walk(root)
    try:
        walk.element(root, Place())
    except RecursionError:
        raise ReportError(
            f"{path.name} nests its text too deeply; give the report as HTML or DOCX"
        ) from None
    if not walk.blocks:
        raise ReportError(f"{path.name} has no text; give the document's full Akoma Ntoso file")
    return walk.blocks


def parse_akn(data: bytes, name: str) -> etree._Element:
    """The root element; no DTD is loaded, no entity expanded, no address fetched.

    Raises:
        ReportError: the data is not well-formed, not Akoma Ntoso, or declares entities.
    """
    # libxml2 stops at 256 levels of nesting and at ten million characters in one text.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReportError(
            f"{name} is not well-formed XML ({fold(str(error))}); download it again"
        ) from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise ReportError(f"{name} declares XML entities; save it without a DOCTYPE")
    if name_of(root) != "akomaNtoso":
        raise ReportError(
            f"{name} is XML with the root '{name_of(root)}', not Akoma Ntoso; "
            "give an Akoma Ntoso file, or the report as HTML or DOCX"
        )
    return root
