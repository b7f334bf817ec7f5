"""What is fuzzed: each target takes any bytes, and raises where something must not be."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args
from urllib.parse import quote

from starlette.testclient import TestClient

from indexer.blocks import Block
from indexer.errors import PilcrowError
from indexer.load import load_metadata, load_report
from indexer.numbering.split import split_blocks
from indexer.report import Metadata, Report
from indexer.store import Store, build_store, open_store
from indexer.text import UNPAIRED
from search_api.ask.answer import answer, search
from search_api.ask.receipt import check_receipt, load_receipt
from search_api.citation.exports import FORMATS, export, json_ld, make_citation
from search_api.evaluation.gold import check_gold, load_gold
from search_api.http.app import create_app
from search_api.library.suggest import Suggester
from search_api.types.checks import Verdict
from search_api.verify.drafts.read_file import read_draft
from search_api.verify.lookup.passage_index import PassageIndex
from search_api.verify.verify import examine
from tests.conftest import HARBOUR, LetterEncoder
from tests.fuzz.invariants import check_answer, check_error, check_hits, check_report
from tests.fuzz.words import (
    AKN,
    LABELS,
    MAIL,
    MARKDOWN,
    ODD,
    PROSE,
    QUESTION,
    RST,
    TAGS,
    grow,
    spell,
    write_zip,
)

Target = Callable[[bytes], None]
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OPEN_WORD = (
    f'<w:document xmlns:w="{WORDS}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
)
TEXTS = [*LABELS, *PROSE]
# Control characters and halves of pairs cannot stand in XML at all.
XML_TEXTS = [text for text in TEXTS if text.isprintable() or text.isspace()] + [
    "&#49;. ", "&#x1F;", "&amp;", "²", "１. ", "٣. ", "\u202e", "🙂", "\x85", "\u2028",
]  # fmt: skip
TOML = [
    "title", "published", "authors", "kind", " = ", '"', "'''", "[", "]", "2031-05-02", "\n", "=1e999",
    "9" * 5000, "\\u0000", "\\ud800", "\\u202e", "{", "}", ".", "00:00", "true", "[" * 3000, "#",
]  # fmt: skip
TEX = [
    "{", "}", "\\", "$", "%", "#", "&", "~", "^", "<i>", "</i>", "Okafor, Ines", "Ines van der Okafor",
    "TY  - BOOK", "\nER  - \n", "[2019] UKSC 3", "@", ",", " and ",
]  # fmt: skip
KINDS = ("text", "heading", "item", "row", "quote", "footnote", "contents")


@cache
def folder() -> Path:
    """A folder of this process for the files that targets read."""
    path = Path(tempfile.mkdtemp(prefix="pilcrow-fuzz-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@cache
def world() -> tuple[Store, LetterEncoder]:
    """A small store, with an encoder that takes no time."""
    letters = LetterEncoder()
    return build_store(folder() / "store", [load_report(HARBOUR)], letters), letters


@cache
def passages() -> PassageIndex:
    """The index that drafts are checked against."""
    return PassageIndex(world()[0].reports)


def refused(work: Callable[[], object]) -> bool:
    """Whether the work ends in an error of ours, which is one line."""
    try:
        work()
    except PilcrowError as error:
        check_error(error)
        return True
    return False


def read(path: Path) -> None:
    """Load a report, as it is and with its paragraphs counted by us."""
    for allow_unnumbered in (False, True):

        def load(allowed: bool = allow_unnumbered) -> None:
            check_report(load_report(path, allowed))

        refused(load)


def written(name: str, data: bytes | str) -> Path:
    """A file of these bytes."""
    path = folder() / name
    path.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    return path


def text_reader(suffix: str, vocabulary: list[str]) -> Target:
    """The reader of a text format: raw bytes, or words of the format, by the first byte."""

    def target(data: bytes) -> None:
        raw = data[:1] < b"\x40"
        read(written(f"fuzz{suffix}", data[1:] if raw else spell(data[1:], vocabulary)))

    return target


def tree_reader(suffix: str, wrap: Callable[[str], str]) -> Target:
    """The reader of a format of tags: raw bytes, or a well-formed tree, by the first byte."""

    def target(data: bytes) -> None:
        raw = data[:1] < b"\x20"
        tree = wrap(grow(data[1:], TAGS[suffix], XML_TEXTS))
        read(written(f"fuzz{suffix}", data[1:] if raw else tree))

    return target


def word_parts(data: bytes) -> dict[str, str]:
    """The parts of a Word file, one after another in the bytes."""
    names = ("document", "styles", "numbering", "footnotes")
    size = max(1, len(data) // 2)
    pieces = [data[:size], *(data[size + n * size // 3 :][: size // 3] for n in range(3))]
    inside = [grow(piece, TAGS[".docx"], XML_TEXTS) for piece in pieces]
    inside[0] = f"<w:body>{inside[0]}</w:body>"
    whole = [f"{OPEN_WORD}{part}</w:document>" for part in inside]
    return dict(zip(names, whole, strict=True))


def word_file(data: bytes) -> None:
    """A Word file, as a report and as a draft."""
    path = folder() / "fuzz.docx"
    if data[:1] < b"\x20":
        path.write_bytes(b"PK\x03\x04" + data[1:])
    else:
        write_zip(path, word_parts(data[1:]))
    read(path)
    refused(lambda: read_draft(path))


def sidecar(data: bytes) -> None:
    """The TOML file of metadata beside a report: nearly TOML, or any words in every field."""
    toml: bytes | str
    if data[:1] < b"\x20":
        toml = data[1:]
    elif data[:1] < b"\x80":
        toml = spell(data[1:], [*TOML, *ODD])
    else:
        size = max(1, len(data) // 5)
        said = [spell(data[n * size :][:size], [*TEX, *ODD, *PROSE, *MAIL]) for n in range(5)]
        title, short, publisher, author, url = (json.dumps(plain_pairs(each)) for each in said)
        kind = ("report", "legal_case", "book", "legislation", "webpage", "article")[len(data) % 6]
        toml = (
            f'title = {title}\nshort_title = {short}\npublisher = {publisher}\nkind = "{kind}"\n'
            f'url = {url}\nlicence = {publisher}\nauthors = [{author}, "A. Lee"]\n'
        )
    written("fuzz.toml", toml)
    refused(lambda: cite_all(load_metadata(folder() / "fuzz.txt", [])))
    (folder() / "fuzz.toml").unlink()


def plain_pairs(text: str) -> str:
    """The text without halves of pairs and beyond the first plane, which TOML writes otherwise."""
    return "".join(char for char in text if not "\ud7ff" < char < "\ue000" and char < "\U00010000")


def cite_all(about: Metadata) -> None:
    """Every export of a report with this metadata can be read by the programs it is for."""
    cite(replace(world()[0].reports[0], metadata=about), "1-3")


def cite(report: Report, numbers: str) -> None:
    """Citations of a report in every format, each of the form its readers expect."""
    for form in FORMATS:
        said = export(report, numbers, form, "oscola", "https://reports.example")
        json.dumps(said).encode()
        if form == "csl-json":
            assert json.loads(said)[0]["id"] == report.id
        elif form == "ris":
            lines = said.splitlines()
            assert said.count("\n") == len(lines)
            assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
            assert [line[:2] for line in lines].count("TY") == 1
            assert lines[-1] == "ER  - "
        elif form == "bibtex":
            bare = re.sub(r"\\[{}\\]", "", said)
            assert bare.count("{") == bare.count("}"), said
            assert bare.rstrip().endswith("}")
    json.dumps(json_ld(report, report.passages[0])).encode()
    make_citation(report, numbers, "apa").model_dump_json().encode()


def numbering(data: bytes) -> None:
    """Blocks of any kind with any number, as no one reader would give them."""
    blocks = []
    for place in range(0, len(data) - 3, 4):
        kind, label, body, flags = data[place : place + 4]
        carried = LABELS[label % len(LABELS)].strip() if flags & 1 else None
        typed = LABELS[label % len(LABELS)] if flags & 2 else ""
        text = f"{typed}{PROSE[body % len(PROSE)]}".strip()
        blocks.append(
            Block(
                text,
                place,
                KINDS[kind % 7],
                bool(flags & 4),
                bool(flags & 8),
                carried,
                "ab"[flags & 1],
                (None, 1, 2, 9)[flags >> 4 & 3],
                page=flags >> 6 or None,
            )
        )
    split = split_blocks(blocks)
    check_report(Report("a", "a.txt", "", split.text, split.passages, split.audit))


def text_of(data: bytes, vocabulary: list[str]) -> str:
    """Raw text, or words of a vocabulary, by the first byte."""
    if data[:1] < b"\x40":
        return data[1:].decode("utf-8", "surrogateescape")
    return spell(data[1:], vocabulary)


def question(data: bytes) -> None:
    """Anything asked, searched for, or typed into the search box."""
    store, letters = world()
    asked = text_of(data, [*QUESTION, *ODD, *PROSE])
    texts = {(r.id, p.key): p.text for r, p in store.rows}
    refused(lambda: check_answer(answer(store, letters, asked), store.reports))
    refused(lambda: check_hits(search(store, letters, asked).hits, texts))
    refused(lambda: check_hits(search(store, letters, "quay", section=asked).hits, texts))
    refused(lambda: answer(store, letters, "quay", report=asked))
    typed = UNPAIRED.sub("\ufffd", asked)  # as a server decodes an address
    refused(lambda: Suggester().suggest(store, typed).model_dump_json().encode())
    refused(lambda: cite(store.reports[0], asked))


def draft(data: bytes) -> None:
    """A draft, whose quotations and references are checked."""
    marks = [
        "“",
        "”",
        "‘",
        "’",
        '"',
        "«",
        "»",
        "„",
        "...",
        "[…]",
        "[T]he",
        "(para 2)",
        "[3]",
        "[^1]",
        "¹",
    ]
    text = text_of(data, [*marks, *PROSE, *MARKDOWN, *ODD, "Saltmarsh", "paras 1-3", "<q>", "</q>"])
    store, _ = world()
    known = {passage.key for _, passage in store.rows}
    for finding in examine(passages(), text):
        check = finding.check
        assert 0 <= finding.start <= finding.end <= len(text)
        assert check.verdict in get_args(Verdict)
        assert finding.row is None or store.rows[finding.row][1].key in known
        check.model_dump_json().encode()


def json_lines(data: bytes) -> str:
    """Lines of JSON, nearly."""
    words = ["{", "}", "[", "]", '"', ":", ",", "\n", '"id"', '"question"', '"answerable"', "true", '"a"',
             '"relevant"', '{"1":2}', '"quotes"', '{"1":["The"]}', "1e999", "NaN", "-0", "9" * 5000, "null",
             '"\\ud800"', '"\\u0000"', "[" * 500, '{"id":"q1","question":"why?","answerable":true}', *ODD]  # fmt: skip
    return text_of(data, words)


def gold(data: bytes) -> None:
    """A file of gold questions."""
    path = written("fuzz.jsonl", json_lines(data))
    report = world()[0].reports[0]
    refused(lambda: check_gold(report, load_gold(path)))


def receipt(data: bytes) -> None:
    """A saved answer: nearly JSON, or a good one with one value replaced."""
    store, letters = world()
    path = written("fuzz.json", json_lines(data))
    if data[:1] >= b"\x80":
        saved = json.loads(answer(store, letters, "Why are ferries late?").model_dump_json())
        values: list[object] = [
            None,
            "",
            "\ud800",
            "\x1b[2J",
            -1,
            10**400,
            1e308,
            [],
            {},
            "../x",
            True,
        ]
        at: dict[str, object] | list[object] = saved
        for byte in data[1:6]:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = keys[byte % len(keys)]
            inner = at[key]  # type: ignore[index, call-overload]
            if not isinstance(inner, dict | list) or byte > 200:
                at[key] = values[byte % len(values)]  # type: ignore[index, call-overload]
                break
            at = inner
        path.write_text(json.dumps(saved), encoding="utf-8")

    def check() -> None:
        found = check_receipt(store, letters, load_receipt(path))
        found.model_dump_json().encode()

    refused(check)


ROUTES = (
    "/api/v1/reports/{}",
    "/api/v1/reports/{}/paragraphs/{}",
    "/api/v1/reports/harbour-2031/paragraphs/{}",
    "/api/v1/reports/harbour-2031/paragraphs?numbers={}",
    "/api/v1/reports/harbour-2031/paragraphs/{}/citation?style={}",
    "/api/v1/reports/harbour-2031/paragraphs/1/citation?style={}",
    "/api/v1/search?q={}&section={}",
    "/api/v1/search?q=quay&report={}&limit={}",
    "/api/v1/suggest?q={}&report={}",
    "/api/v1/jobs/{}",
    "/reports/{}",
    "/reports/harbour-2031/paragraphs/{}?q={}",
    "/static/{}",
    "/?q={}&report={}",
    "/{}",
)
BODIES = ("/api/v1/ask", "/api/v1/verify", "/api/v1/export", "/api/v1/reports")


@cache
def client() -> TestClient:
    """The application over the small store; what it raises is raised here."""
    return TestClient(create_app(*world()), base_url="http://localhost", follow_redirects=False)


def address(data: bytes) -> None:
    """Any address or body over HTTP: never a server's error, nor a file of the machine."""
    words = [*QUESTION, *ODD, *LABELS, "harbour-2031", "1", "..", "/etc/passwd", "%2fetc%2fpasswd"]
    first, at = (data[0], len(data) // 2) if data else (0, 0)
    if first < 40:
        said = client().post(
            BODIES[first % len(BODIES)],
            content=json_lines(data[1:]).encode("utf-8", "replace"),
            headers={"Content-Type": "application/json"},
        )
    else:
        texts = [
            text_of(part, words).encode("utf-8", "replace") for part in (data[1:at], data[at:])
        ]
        safe = "/%" if first & 1 else ""
        pieces = [quote(text[:3000], safe=safe) for text in texts]
        said = client().get(ROUTES[first % len(ROUTES)].format(*pieces))
    assert said.status_code < 500, said.text
    assert "root:x:" not in said.text
    if said.status_code >= 400 and said.url.path.startswith("/api/"):
        assert said.headers["content-type"].startswith("application/problem+json")
        json.loads(said.content)


@cache
def store_files() -> dict[str, bytes]:
    """Every file of a good store."""
    root = world()[0].folder
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def store_loader(data: bytes) -> None:
    """A store with bytes of one file replaced: refused, or what it was."""
    if len(data) < 5:
        return
    name = list(store_files())[data[0] % len(store_files())]
    whole = store_files()[name]
    at = int.from_bytes(data[1:4]) % (len(whole) + 1)
    changed = whole[:at] + data[5:] + whole[at + len(data[5:]) * (data[4] & 1) :]
    copy = folder() / "damaged"
    shutil.copytree(world()[0].folder, copy, dirs_exist_ok=True)
    (copy / name).write_bytes(changed)
    if not refused(lambda: open_store(copy)):
        assert open_store(copy).reports == world()[0].reports


TARGETS: dict[str, Target] = {
    "text": text_reader(".txt", [*TEXTS, *ODD]),
    "markdown": text_reader(".md", [*TEXTS, *MARKDOWN, *ODD]),
    "rst": text_reader(".rst", [*TEXTS, *RST, *ODD]),
    "html": tree_reader(".html", lambda tree: f"<html><body>{tree}</body></html>"),
    "akn": tree_reader(
        ".xml",
        lambda tree: (
            f'<akomaNtoso xmlns="{AKN}"><act name="a"><body>{tree}</body></act></akomaNtoso>'
        ),
    ),
    "docx": word_file,
    "sidecar": sidecar,
    "numbering": numbering,
    "question": question,
    "draft": draft,
    "gold": gold,
    "receipt": receipt,
    "address": address,
    "store": store_loader,
}
