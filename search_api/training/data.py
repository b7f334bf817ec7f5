"""Training questions over reports, as passages, sentences and spans.

Two folders hold them, a pair of files a report: `NAME.paras.json`, its paragraphs, and
`NAME.jsonl`, its questions. A quote is the exact text, or [start, end] offsets into the
paragraph's text, so that questions can be kept where the report's text cannot.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.errors import PilcrowError
from indexer.report import NumberingAudit, Passage, Report
from indexer.sentences import split_sentences

# Reports that the encoder was not adapted to: what is chosen is chosen on them.
HELD_OUT = ("en_2022_21", "ewfc_2024_74", "invented_local_plan")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with its heading path and sentences."""

    section: tuple[str, ...]
    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with graded paragraphs (2 answers alone, 1 supports).

    `quotes` holds the sentences that answer, by paragraph; `near` sentences that look right and
    are not, as (paragraph, sentence). A question without relevant paragraphs has no answer. Twins
    share a `pair`; `nearest` is the paragraph that comes nearest to one without an answer.
    """

    text: str
    relevant: dict[str, int]
    quotes: dict[str, tuple[str, ...]]
    near: tuple[tuple[str, str], ...]
    pair: str | None = None
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A report's paragraphs by number, in order, and the questions asked of it."""

    name: str
    paragraphs: dict[str, Paragraph]
    questions: list[Question] = field(default_factory=list)


def load_documents(folders: Sequence[Path], twins: Sequence[Path] = ()) -> list[Document]:
    """Every report of the folders, its questions from all of them together, by name.

    `twins` are folders of further questions over them.

    Raises:
        PilcrowError: a folder holds no report, or a question does not fit its report.
    """
    documents: dict[str, Document] = {}
    for path in sorted(path for folder in folders for path in folder.glob("*.paras.json")):
        name = path.name.removesuffix(".paras.json")
        documents[name] = Document(name, _paragraphs(path))
    if not documents:
        raise PilcrowError(
            f"no NAME.paras.json in {', '.join(map(str, folders))}; name a folder of reports"
        )
    questions = (path for folder in (*folders, *twins) for path in folder.glob("*.jsonl"))
    for path in sorted(questions):
        document = documents.get(path.stem)
        # Questions over a report whose text is not at hand cannot be used.
        if document is not None:
            document.questions.extend(_questions(path, document.paragraphs))
    return [documents[name] for name in sorted(documents)]


def pairs_of(questions: Sequence[Question]) -> list[tuple[Question, Question]]:
    """Twins: pairs of questions of one form, of which the report answers the first."""
    pairs: dict[str, dict[bool, Question]] = {}
    for question in questions:
        if question.pair is not None:
            pairs.setdefault(question.pair, {})[bool(question.relevant)] = question
    return [(pair[True], pair[False]) for pair in pairs.values() if len(pair) == len((True, False))]


def take(endless: Iterator[Any], count: int) -> list[Any]:
    """The next few items."""
    return [each for each, _ in zip(endless, range(count), strict=False)]


def shuffled(items: Sequence[Any], rng: random.Random) -> Iterator[Any]:
    """The items without end, each drawn before any again."""
    while items:
        yield from rng.sample(items, len(items))


def report_of(document: Document) -> Report:
    """The document as a report to index, its text the paragraphs, a line each."""
    passages, texts, at = [], [], 0
    for key, paragraph in document.paragraphs.items():
        passages.append(
            Passage(
                key=key,
                number=key,
                section=paragraph.section,
                note=None,
                text=paragraph.text,
                start=at,
                end=at + len(paragraph.text),
            )
        )
        texts.append(paragraph.text)
        at += len(paragraph.text) + 1
    audit = NumberingAudit(len(passages), passages[0].number, passages[-1].number)
    return Report(document.name, document.name, "", "\n".join(texts), tuple(passages), audit)


def _paragraphs(path: Path) -> dict[str, Paragraph]:
    found: dict[str, Paragraph] = {}
    for item in json.loads(path.read_text(encoding="utf-8")):
        text, section = item["text"], item["section"]
        sentences = tuple(text[s.start : s.end] for s in split_sentences(text))
        key = str(item.get("key") or item["number"])
        path_of = (section,) if isinstance(section, str) else tuple(section)
        found.setdefault(key, Paragraph(path_of, text, sentences))
    return found


def _questions(path: Path, paragraphs: dict[str, Paragraph]) -> list[Question]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        item = json.loads(line)
        try:
            quotes = {
                key: tuple(_slice(paragraphs[key], quote) for quote in given)
                for key, given in item["quotes"].items()
            }
            near = tuple(
                (key, _slice(paragraphs[key], quote))
                for key, quote in item.get("hard_negatives", {}).items()
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PilcrowError(
                f"{path.name} line {number}: a quote does not fit its paragraph ({error})"
            ) from error
        relevant = {key: int(grade) for key, grade in item["relevant"].items()}
        pair, nearest = item.get("pair"), item.get("near")
        found.append(Question(item["question"], relevant, quotes, near, pair, nearest))
    return found


def _slice(paragraph: Paragraph, quote: str | list[int]) -> str:
    if isinstance(quote, str):
        return quote
    start, end = quote
    if not 0 <= start < end <= len(paragraph.text):
        raise ValueError(f"offsets {start}, {end}")
    return paragraph.text[start:end]
