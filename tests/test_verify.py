"""A draft's quotations and references against reports, through `verify` and its faces."""

from __future__ import annotations

import json
import random
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from indexer.errors import NotFoundError
from indexer.load import load_report
from indexer.sentences import split_sentences
from search_api.cli import main
from search_api.http.app import create_app
from search_api.types.checks import Check
from search_api.verify.lookup.passage_index import PassageIndex
from search_api.verify.verify import check_draft, verify
from tests.conftest import HARBOUR, ROOT, SEED

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.report import Passage
    from indexer.store import Store
    from tests.conftest import LetterEncoder

INVENTED = (ROOT / "tests" / "golden" / "invented-quotations.txt").read_text().splitlines()
SEED_INDEX = PassageIndex([load_report(SEED)])
HARBOUR_INDEX = PassageIndex([load_report(HARBOUR)])
BOTH = PassageIndex([load_report(HARBOUR), load_report(SEED)])
DRILLS = "Safety drills are held weekly"
WORD = r"[^\W_]+"
LATE = "Crossings were late on one day in five"


def checks(
    draft: str, index: PassageIndex = HARBOUR_INDEX, report: str | None = None
) -> list[Check]:
    return check_draft(index, draft, report)


def one(draft: str, index: PassageIndex = HARBOUR_INDEX, report: str | None = None) -> Check:
    (check,) = checks(draft, index, report)
    return check


def short(
    draft: str, index: PassageIndex = HARBOUR_INDEX
) -> list[tuple[str | None, str, str | None]]:
    """(claimed, verdict, paragraph) of each check."""
    return [(c.claimed, c.verdict, c.paragraph) for c in checks(draft, index)]


# 100 quotations drawn from the seed


def drawn(count: int = 100) -> list[tuple[str, str]]:
    """(key, words) of slices of sentences, 6 to 40 words, always the same ones."""
    pick = random.Random(2012)
    sentences = [
        (passage.key, passage.text[s.start : s.end])
        for passage in SEED_INDEX.passages
        if passage.number is not None
        for s in split_sentences(passage.text)
    ]
    found = []
    while len(found) < count:
        key, sentence = pick.choice(sentences)
        words = sentence.split()
        if len(words) < 6:
            continue
        size = pick.randint(6, min(40, len(words)))
        start = pick.randint(0, len(words) - size)
        found.append((key, " ".join(words[start : start + size]).strip(" .,;:")))
    return found


def homes(words: str) -> set[str]:
    """The keys of the paragraphs in which these words stand, whatever their case."""

    def plain(text: str) -> str:
        return f" {' '.join(re.findall(WORD, text.lower()))} "

    return {p.key for p in SEED_INDEX.passages if plain(words) in plain(p.text)}


def cited(words: str, number: str) -> Check:
    return one(f"The inspectors found: “{words}” (Ofsted, 2012, para {number}).", SEED_INDEX)


QUOTATIONS = drawn()


def test_exact_quotations_are_found_in_their_paragraph() -> None:
    for key, words in QUOTATIONS:
        check = cited(words, key)
        assert (check.verdict, check.paragraph, check.difference) == ("found", key, None), words
        assert check.claimed == key


def test_misattributed_quotations_are_found_where_they_stand() -> None:
    pick = random.Random(1)
    for _, words in QUOTATIONS:
        where = homes(words)
        wrong = pick.choice([str(n) for n in range(1, 108) if str(n) not in where])
        check = cited(words, wrong)
        assert (check.verdict, check.claimed) == ("wrong_paragraph", wrong), words
        assert check.paragraph in where


def replaced(words: list[str], at: int) -> list[str]:
    return [*words[:at], "lighthouse", *words[at + 1 :]]


def dropped(words: list[str], at: int) -> list[str]:
    return [*words[:at], *words[at + 1 :]]


def inserted(words: list[str], at: int) -> list[str]:
    return [*words[:at], "hardly", *words[at:]]


def swapped(words: list[str], at: int) -> list[str]:
    return [*words[: at - 1], words[at], words[at - 1], *words[at + 1 :]]


def test_quotations_altered_by_a_word_are_named_so() -> None:
    pick = random.Random(2)
    ways: list[Callable[[list[str], int], list[str]]] = [replaced, dropped, inserted, swapped]
    right = 0
    for place, (key, exact) in enumerate(QUOTATIONS):
        words = exact.split()
        # The first and the last word stay: without one of them the rest would be exact.
        at = pick.randint(2, len(words) - 2)
        changed = " ".join(ways[place % 4](words, at))
        if homes(changed):
            changed = " ".join(replaced(words, at))
        check = cited(changed, key)
        assert check.verdict != "not_found", changed
        right += check.verdict == "altered" and check.paragraph == key and bool(check.difference)
    assert right >= 98


def test_invented_quotations_are_not_found() -> None:
    assert len(set(INVENTED)) == 100
    verdicts = [cited(words.rstrip("."), "29").verdict for words in INVENTED]
    assert verdicts.count("not_found") >= 98


# Quotation marks


@pytest.mark.parametrize(
    "quoted",
    [
        '"{}"', "“{}”", "'{}'", "‘{}’", "«{}»", "« {} »", "„{}“", "<q>{}</q>", "&ldquo;{}&rdquo;",
        "&quot;{}&quot;", "**“{}”**", "“**{}**”", "“*{}.*”", "``{}''", "“{},”", "“ {} ”",
    ],
)  # fmt: skip
def test_every_kind_of_quotation_mark(quoted: str) -> None:
    check = one(f"The review says {quoted.format(DRILLS)} (para 6).")

    assert (check.verdict, check.paragraph, check.actual) == ("found", "6", check.actual)
    assert check.actual is not None
    assert check.actual.startswith(DRILLS)


@pytest.mark.parametrize(
    "draft",
    [
        "The crew's logs aren't the board's; it's 5'10\" and the '90s were the boys' years.",
        "Rock 'n' roll 'tis not.",
        "A 12\" pipe and a 3' board.",
        '```\nprint("hello there")\n```\n',
        'See [the report](https://example.org "Safety drills").',
        '<a href="x" title="y">the report</a> <!-- "hidden words" -->',
        '`"code"` is code.',
        "An opening mark “ alone and a closing one ” apart.”",
        "”“",
    ],
)
def test_what_is_no_quotation(draft: str) -> None:
    assert [c for c in checks(draft) if c.quotation not in (None, "alone and a closing one")] == []


def test_apostrophes_inside_single_marks() -> None:
    assert one("It 'looks after the people who use them' (para 1).").verdict == "found"
    seed = "The council's own carers' views"
    assert one(f"'{seed}' are missing (para 3).", SEED_INDEX).quotation == seed


def test_a_plural_possessive_and_a_closing_mark_are_told_apart_by_the_report() -> None:
    check = one(
        "They asked 'crews and shore staff on all three routes' and the board' s men (para 2)."
    )

    assert (check.quotation, check.verdict) == (
        "crews and shore staff on all three routes",
        "found",
    )


def test_a_quotation_within_a_quotation_is_part_of_it() -> None:
    (check,) = checks("“Safety ‘drills’ are held weekly” (para 6).")

    assert (check.quotation, check.verdict) == ("Safety ‘drills’ are held weekly", "found")
    assert check.difference == "permitted: quote marks"
    assert one("‘Safety “drills” are held weekly’ (para 6)").quotation is not None


def test_a_quotation_runs_over_lines() -> None:
    check = one('He wrote "Crossings were late on one\nday in five" in para. 3.')

    assert (check.quotation, check.verdict, check.difference) == (LATE, "found", None)


@pytest.mark.parametrize(
    "draft",
    [
        "As para 3 says:\n\n> Crossings were late on one day in five. The timetable dates from\n> 2019.\n",
        "So:\n\n> Crossings were late on one day in five. The timetable dates from 2019. (para 3)\n",
        "So:\n\n> Crossings were late on one day in five. The timetable dates from 2019.\n> — Harbour review, para 3\n",
        "So:\n\n> [3] Crossings were late on one day in five. The timetable dates from 2019.\n",
        "So:\n\n> 3. Crossings were late on one day in five. The timetable dates from 2019.\n",
        "So:\n\n> “Crossings were late on one day in five. The timetable dates from 2019.” (para 3)\n",
        "<p>So:</p><blockquote><p>Crossings were late on one day in five. The timetable dates from 2019.</p></blockquote><p>(para 3)</p>",
        "> Crossings were late on one day in five. The timetable dates from 2019.\n\n(Harbour Board, 2031, para 3)\n",
    ],
)  # fmt: skip
def test_block_quotations(draft: str) -> None:
    check = one(draft)

    assert (check.claimed, check.verdict, check.paragraph) == ("3", "found", "3")
    assert (
        check.actual == "Crossings were late on one day in five. The timetable dates from\n2019."
        or (
            check.actual == "Crossings were late on one day in five. The timetable dates from 2019."
        )
    )


def test_a_long_quotation_opens_each_paragraph_with_a_mark() -> None:
    found = short(f"“{LATE}.\n\n“The timetable dates from 2019.” (para 3)")

    assert found == [("3", "found", "3"), ("3", "found", "3")]


# References


@pytest.mark.parametrize(
    ("reference", "claimed"),
    [
        ("(para 6)", "6"), ("(para. 6)", "6"), ("(Ofsted, 2012, para. 6)", "6"), ("[6]", "6"),
        ("at [6]", "6"), ("(¶ 6)", "6"), ("(¶6)", "6"), ("(§ 6)", "6"), ("at paragraph 6", "6"),
        ("(paras 4-6)", "4-6"), ("(paras. 4–6)", "4-6"), ("(paragraphs 4 to 6)", "4-6"),
        ("(paras 3, 6)", "3, 6"), ("(paras 3 and 6)", "3, 6"), ("[3]-[6]", "3-6"), ("[3], [6]", "3, 6"),
        ("[3]–[6]", "3-6"), ("(paras 3, 4 and 6)", "3, 4, 6"), ("(¶¶ 3–6)", "3-6"),
        ("(Okafor 2031, paragraph no. 6)", "6"), ("[2031] EWHC 12 (Admin), [6]", "6"),
        ("(para 6, 2031)", "6"), ("(PARA 6)", "6"), ("(Paras 3–4A, 6)", "3-4A, 6"), ("([6])", "6"),
        ("(para [6])", "6"), ("[4-6]", "4-6"), ("([6](https://example.org/6))", "6"),
    ],
)  # fmt: skip
def test_the_forms_of_a_reference(reference: str, claimed: str) -> None:
    check = one(f"The review found that “{DRILLS}” {reference}.")

    assert (check.claimed, check.verdict, check.paragraph) == (claimed, "found", "6")


def test_references_claim_the_quotation_they_stand_by() -> None:
    six, three = ("6", "found", "6"), ("3", "found", "3")

    assert short(f"“{LATE}” (para 3) but “{DRILLS}” (para 6).") == [three, six]
    assert short(f"Para 3 says “{LATE}” and para 6 says “{DRILLS}”.") == [three, six]
    assert short(f"“{LATE}”, says para 3. “{DRILLS}”, says para 6.") == [three, six]
    assert short(f"It says “{LATE}” and “{DRILLS}” (paras 3 and 6).") == [
        ("3, 6", "found", "3"),
        ("3, 6", "found", "6"),
    ]
    assert short(f"Para 3 is blunt. “{LATE}.”") == [three]
    assert short(f"“{LATE}.” [3] “{DRILLS}.” [6]") == [three, six]
    assert short(f"“{LATE}.” (Para 3.) “{DRILLS}.” (Para 6.)") == [three, six]
    assert short(f"“{LATE}” (see para. 3, e.g. its start). It adds “{DRILLS}”.")[1] == (
        None, "found", "6",
    )  # fmt: skip


@pytest.mark.parametrize(
    "draft",
    [
        f"It says “{DRILLS}”.[^1] More.\n\n[^1]: Harbour Board, Review (2031), para 6.\n",
        f"It says “{DRILLS}”.¹ More.\n\n¹ Harbour Board, Review (2031), para 6.\n",
        f"<p>It says “{DRILLS}”.<sup>1</sup></p><p>[^1]: Review (2031), para 6.</p>",
    ],
)
def test_a_footnote_carries_the_reference(draft: str) -> None:
    assert short(draft) == [("6", "found", "6")]


def test_references_without_a_quotation() -> None:
    assert short("See para 6 and paras 90-95; [2031] EWCA Civ 7 is no paragraph.") == [
        ("6", "found", "6"),
        ("90-95", "not_found", None),
    ]
    missing = one("As para 7 has it, all is well.")
    assert missing.quotation is None
    assert missing.difference == "harbour-2031 has no paragraph 7; its paragraphs run from 1 to 8"


def test_a_quotation_whose_paragraph_does_not_exist() -> None:
    check = one(f"“{DRILLS}” (para 77).")

    assert (check.verdict, check.paragraph) == ("wrong_paragraph", "6")
    assert check.difference is not None
    assert "no paragraph 77" in check.difference


def test_a_sub_item(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_text(
        "1. Nets must be\n(a) dry before dusk\n(b) mended by the owner\n2. Boats are blue.\n3. Ropes are new.\n"
    )
    index = PassageIndex([load_report(path)])

    assert one("“mended by the owner” (para 1(b))", index).verdict == "found"
    assert one("“mended by the owner” (para 1(a))", index).verdict == "wrong_paragraph"
    assert one("See para 1(f).", index).difference == "para 1 has no item (f)"
    assert one("See para 1(b).", index).verdict == "found"


# Differences


@pytest.mark.parametrize(
    ("quoted", "number", "kinds"),
    [
        ("safety drills are held weekly", "6", "case"),
        ("[s]afety drills are held weekly", "6", "bracketed insertion"),
        ("Safety drills are [in fact] held weekly", "6", "bracketed insertion"),
        ("Safety … held weekly", "6", "ellipsis"),
        ("Safety drills [...] weekly", "6", "ellipsis"),
        ("Crossings were late . . . The board knows this", "3", "ellipsis"),
        ("… drills are held weekly …", "6", None),
        ("Safety drills are heldweekly", "6", "spacing"),
        ("Life-jackets are checked by an outside firm", "8", "dashes"),
        ("Safety ‘drills’ are held weekly", "6", "quote marks"),
        ("[The drills] are held weekly … Every [one] is logged", "6", "ellipsis, bracketed insertion"),
        ("crew[s] and shore staff", "2", "bracketed insertion"),
        ("crews and shore staff on all three routes passengers", "2", None),
    ],
)  # fmt: skip
def test_what_quoting_permits_is_named_and_found(
    quoted: str, number: str, kinds: str | None
) -> None:
    check = one(f"“{quoted}” (para {number})")

    assert check.verdict == "found"
    assert check.difference == (kinds and f"permitted: {kinds}")


@pytest.mark.parametrize(
    ("quoted", "difference"),
    [
        ("Safety drills are held monthly", "are held [-weekly-] {+monthly+}"),
        ("Safety drills are not held weekly", "drills are {+not+} held weekly"),
        ("Safety drills held weekly", "Safety drills [-are-] held weekly"),
        ("Safety, drills are held weekly", "Safety {+,+} drills are"),
        ("safety drills are hold weekly", "drills are [-held-] {+hold+} weekly; permitted: case"),
    ],
)
def test_a_change_of_words_is_shown(quoted: str, difference: str) -> None:
    check = one(f"“{quoted}” (para 6)")

    assert (check.verdict, check.paragraph, check.difference) == ("altered", "6", difference)
    assert check.actual is not None
    assert check.actual.startswith("Safety drills")


@pytest.mark.parametrize(
    ("true", "false"),
    [("10,000 boats", "1,0000 boats"), ("a fall of 5%", "a fall of 5"), ("a change of -5 points", "a change of 5 points")],
)  # fmt: skip
def test_figures_are_words(tmp_path: Path, true: str, false: str) -> None:
    path = tmp_path / "figures.txt"
    path.write_text(
        f"1. There was {true} in that whole year.\n2. Boats are blue.\n3. Ropes are new.\n"
    )
    index = PassageIndex([load_report(path)])

    assert one(f"“There was {true} in that whole year” (para 1)", index).verdict == "found"
    assert one(f"“There was {false} in that whole year” (para 1)", index).verdict == "altered"


def test_a_word_or_two_are_found_only_as_they_are() -> None:
    assert short("It is “weekly” (para 6).") == [("6", "found", "6")]
    assert short("It is “weekly” (para 3).") == [("3", "wrong_paragraph", "6")]
    assert short("It was “held monthly” (para 6).")[0][1] == "not_found"
    assert short("“The board” (para 5) and “The board” (para 3).") == [
        ("5", "found", "5"),
        ("3", "found", "3"),
    ]


def test_what_is_not_found_shows_the_nearest_sentence() -> None:
    check = one("“Drills for safety take place on each Friday at noon” (para 6).")

    assert (check.verdict, check.paragraph) == ("not_found", "6")
    assert check.actual == "Safety drills are held weekly."


def test_a_quoted_heading_is_found_over_its_paragraphs() -> None:
    check = one("“Purpose of the review” (para 2)")
    assert (check.verdict, check.paragraph, check.actual) == ("found", "2", None)
    assert check.difference == "a heading, over 1"
    assert one("“Purpose of the review” (para 4)").verdict == "wrong_paragraph"


# Several reports


def test_the_report_is_the_one_that_the_citation_names() -> None:
    police = "Northumbria Police cover Northumberland"
    draft = f"“{police}” (Ofsted, 2012, para 11), yet “{DRILLS}” (Harbour and Ferry Services Review, para 6)."

    assert [c.verdict for c in checks(draft, BOTH)] == ["found", "found"]
    assert [c.difference for c in checks(draft, BOTH)] == [None, None]
    other = one(f"“{DRILLS}” (Northumberland, para 6).", BOTH)
    assert (other.verdict, other.difference) == ("wrong_paragraph", "in report harbour-2031")
    unnamed = one(f"“{DRILLS}” (para 6).", BOTH)
    assert (unnamed.verdict, unnamed.difference) == ("found", "in report harbour-2031")
    of = one("Para 90 of the Harbour and Ferry Services Review is about Ofsted.", BOTH)
    assert of.difference == "harbour-2031 has no paragraph 90; its paragraphs run from 1 to 8"


def test_the_report_argument_keeps_to_one_report() -> None:
    check = one(f"“{DRILLS}” (para 6).", BOTH, "northumberland-2012")

    assert check.verdict == "not_found"
    with pytest.raises(NotFoundError, match="no report 'nope'"):
        verify([load_report(HARBOUR)], "“A draft”", "nope")


# Any draft


def passage(index: PassageIndex, key: str) -> list[Passage]:
    return [p for p in index.passages if p.key == key]


PIECES = st.sampled_from(
    [
        "“", "”", '"', "'", "’", "‘", "«", "»", "> ", "\n", "\n\n", "para ", "paras ", "29", "6", "-",
        "[", "]", "[6]", "…", "...", "(", ")", ". ", " ", "¶", "<q>", "</q>", "<blockquote>", "`", "*",
        "</blockquote>", "[^1]", "[^1]: ", "&quot;", "\x00", "\ud800", "\r", "¹", "```\n", "<!--", "§",
        DRILLS, LATE, "The board", "e.g. by the", "drills", "Harbour", "Ofsted", ", 2012, ",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join))
def test_any_draft_is_checked_and_what_is_shown_is_in_the_report(draft: str) -> None:
    for check in checks(draft, BOTH):
        assert check.quotation is not None or check.claimed is not None
        assert check.model_dump_json()
        if check.actual is not None:
            assert check.paragraph is not None
            assert any(check.actual in p.text for p in passage(BOTH, check.paragraph))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_slice_of_a_paragraph_is_found_there(data: st.DataObject) -> None:
    numbered = [p for p in SEED_INDEX.passages if p.number]
    chosen = data.draw(st.sampled_from(numbered))
    words = list(re.finditer(r"\S+", chosen.text))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, min(len(words) - 1, first + 60)))
    words_text = chosen.text[words[first].start() : words[last].end()]
    if not re.search(r"[^\W_]", words_text):
        return
    (check,) = checks("“" + words_text.replace("\n", " ") + f"” [{chosen.number}]", SEED_INDEX)
    assert (check.verdict, check.paragraph) == ("found", chosen.key), words_text


def test_hostile_drafts_take_no_long() -> None:
    import time

    began = time.process_time()
    for piece in (
        "“",
        '" a',
        "'a ",
        "[",
        "<!--",
        "<a ",
        "(",
        "para 6, ",
        "[6] ",
        "`",
        "*a",
        "[^1]",
        "\n[^1]:",
        "… ",
    ):
        checks(piece * 20_000)
    for piece in (
        "> a\n\n",
        "“board” ",
        "“board” (para 3) ",
        "“board's” says para 3. ",
        "'as ",
        "'as' as' ",
    ):
        checks(piece * 500)
    checks("“" + "board " * 50_000 + "”")
    checks("“" + "boats … " * 5_000 + "”")
    checks("“" + "[b]oats " * 5_000 + "”")
    assert time.process_time() - began < 20


# Faces


@pytest.fixture
def client(harbour_store: Store, letters: LetterEncoder) -> TestClient:
    return TestClient(create_app(harbour_store, letters))


def test_over_http(client: TestClient) -> None:
    body = client.post("/api/v1/verify", json={"text": f"“{DRILLS}” (para 3)."}).json()

    (check,) = body["checks"]
    assert check["report"] == "harbour-2031"
    assert check["url"].startswith("/reports/harbour-2031/paragraphs/6?quote=0-29")
    assert (check["start"], check["end"]) == (1, 1 + len(DRILLS))
    assert 0.9 < check["confidence"] <= 1
    assert (check["verdict"], check["paragraph"]) == ("wrong_paragraph", "6")
    assert client.post("/api/v1/verify", json={"text": ""}).json() == {"checks": []}
    unknown = client.post("/api/v1/verify", json={"text": "x", "report": "nope"})
    assert unknown.status_code == 404
    long = client.post("/api/v1/verify", json={"text": "x" * 1_000_001})
    assert (long.status_code, "at most 1,000,000" in long.json()["detail"]) == (400, True)
    assert long.headers["content-type"] == "application/problem+json"


def test_the_page_works_without_javascript(client: TestClient) -> None:
    empty = client.get("/verify")
    assert empty.status_code == 200
    assert 'method="post"' in empty.text
    page = client.post(
        "/verify",
        data={"text": f"So: “{DRILLS}” <b>(para 3)</b>.\r\n“Unheard of words, all of them”"},
    )
    assert page.status_code == 200
    assert 'class="check wrong_paragraph"' in page.text
    assert "/reports/harbour-2031/paragraphs/6?quote=0-29" in page.text
    assert re.search(
        r'<a id="at-1" class="wrong_paragraph"[^>]*>Safety drills are held weekly</a>”', page.text
    )
    assert "&lt;b&gt;" in page.text
    long = client.post("/verify", data={"text": "x" * 1_000_001})
    assert (long.status_code, "at most 1,000,000" in long.text) == (400, True)


def test_on_the_command_line(
    harbour_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text(f"“{DRILLS}” (para 3). See para 99.\n", encoding="utf-8")
    run = CliRunner().invoke
    store = ["--store", str(harbour_store.folder)]

    shown = run(main, ["verify", str(draft), *store])
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert len(lines) == 3
    assert "cite para 6" in lines[0]
    assert "no paragraph 99" in lines[1]
    body = json.loads(run(main, ["verify", str(draft), "--json", *store]).output)
    assert [c["verdict"] for c in body["checks"]] == ["wrong_paragraph", "not_found"]
    piped = run(main, ["verify", "-", "--json", *store], input=draft.read_bytes())
    assert json.loads(piped.output) == body
    assert run(main, ["verify", str(tmp_path / "none.md"), *store]).exit_code == 1
    (tmp_path / "draft.pages").write_text("x")
    assert "no reader" in str(run(main, ["verify", str(tmp_path / "draft.pages"), *store]).output)
    (tmp_path / "empty.txt").write_text("")
    assert run(main, ["verify", str(tmp_path / "empty.txt"), *store]).exit_code == 0


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_file(path: Path, body: str, notes: str, styles: str) -> Path:
    def part(root: str, inner: str) -> str:
        return f'<w:{root} xmlns:w="{W}">{inner}</w:{root}>'

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", part("document", f"<w:body>{body}</w:body>"))
        kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        links = "".join(
            f'<Relationship Id="r{name}" Type="{kinds}/{name}" Target="{name}.xml"/>'
            for name in ("styles", "footnotes")
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
        )
        archive.writestr("word/styles.xml", part("styles", styles))
        archive.writestr("word/footnotes.xml", part("footnotes", notes))
    return path


def test_a_word_draft_with_quoted_paragraphs_and_footnotes(
    harbour_store: Store, tmp_path: Path
) -> None:
    body = (
        f'<w:p><w:r><w:t>It says “{DRILLS}”.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        '<w:r><w:t xml:space="preserve"> As para 3 has it:</w:t></w:r></w:p>'
        f'<w:p><w:pPr><w:pStyle w:val="Quote"/></w:pPr><w:r><w:t>{LATE}.</w:t></w:r></w:p>'
    )
    notes = (
        '<w:footnote w:id="2"><w:p><w:r><w:t>Harbour Board, para 6.</w:t></w:r></w:p></w:footnote>'
    )
    styles = '<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/></w:style>'
    path = word_file(tmp_path / "draft.docx", body, notes, styles)

    result = CliRunner().invoke(
        main, ["verify", str(path), "--json", "--store", str(harbour_store.folder)]
    )
    found = json.loads(result.output)["checks"]
    assert [(c["claimed"], c["verdict"], c["paragraph"]) for c in found] == [
        ("6", "found", "6"),
        ("3", "found", "3"),
    ]
