"""What the reader is trained on: questions beside windows that answer them, or only look right."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.encoders import load_encoder
from indexer.encoders.onnx import OnnxEncoder
from indexer.sentences import split_sentences
from search_api.ask.late_interaction import LEAST_SALIENCE, SALIENCE
from search_api.ask.reading.quotes import LEANS_BACK
from search_api.ask.reading.reader import window_of
from search_api.training.data import Document, Question, pairs_of, shuffled, take

# A batch: questions of reports, pairs of twins, questions of SQuAD with and without an answer.
PLAIN, TWINS, SPANS, SPANLESS = 8, 6, 5, 3
# Of the windows that look right and are not, those nearest to a question are drawn more often.
MINED, NEARER = 12, 3.0
# What nearness by whole vectors counts beside late interaction, when they are looked for.
WHOLE = 7 / 15
# What a twin's windows weigh: the one that answers as much as the three that do not.
YES, NO = 2.0, 0.67


@dataclass(frozen=True, slots=True)
class Case:
    """A question beside a window, whether that answers it, and what this weighs.

    `span` is the answer's offsets in the window, where these are known.
    """

    question: str
    window: str
    answers: bool
    weight: float = 1.0
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Spans:
    """Questions beside the sentence that answers each, with others that do not; then unanswered."""

    answered: Sequence[tuple[Case, list[Case]]]
    unanswered: Sequence[Case]


@dataclass(frozen=True, slots=True)
class Source:
    """A report, and for each question the places (paragraph, sentence) that only look right."""

    document: Document
    near: dict[str, list[tuple[str, int]]]

    def window(self, key: str, place: int) -> str:
        """The window of a sentence, with the one before it if it leans on that."""
        paragraph = self.document.paragraphs[key]
        leans = place > 0 and LEANS_BACK.match(paragraph.sentences[place])
        text = paragraph.sentences[place - 1 if leans else place : place + 1]
        return window_of(paragraph.section, " ".join(text))

    def answering(self, question: Question, rng: random.Random) -> str:
        """A window that answers a question."""
        key = rng.choice(list(question.quotes))
        quote = rng.choice(question.quotes[key])
        paragraph = self.document.paragraphs[key]
        for place, sentence in enumerate(paragraph.sentences):
            if quote in sentence or sentence in quote:
                return self.window(key, place)
        return window_of(paragraph.section, quote)

    def looking_right(self, question: Question, rng: random.Random) -> str:
        """A window that looks right for a question and is not, a near one more often."""
        near = self.near[question.text]
        return self.window(*near[min(int(rng.expovariate(1 / NEARER)), len(near) - 1)])


def mined(document: Document, kept: Path) -> Source:
    """A report with what its questions are nearest to, by whole vectors and late interaction.

    What was found is kept in a file of this folder, so that a run that stopped goes on.
    """
    path = kept / f"{document.name}.json"
    if not path.exists():
        path.write_text(json.dumps(_nearest(document)), encoding="utf-8")
    near = json.loads(path.read_text(encoding="utf-8"))
    return Source(document, {text: [(k, at) for k, at in places] for text, places in near.items()})


def _nearest(document: Document) -> dict[str, list[tuple[str, int]]]:
    encoder = load_encoder()
    assert isinstance(encoder, OnnxEncoder)
    places = [(k, at) for k, p in document.paragraphs.items() for at in range(len(p.sentences))]
    sentences = [document.paragraphs[key].sentences[at] for key, at in places]
    vectors, tokens = encoder.encode_tokens(sentences)
    counts = Counter(i for each in tokens for i in set(each.ids[each.content].tolist()))
    carrying = [at for at, each in enumerate(tokens) if each.content.any()]
    flat = np.concatenate([tokens[at].vectors[tokens[at].content] for at in carrying])
    starts = np.cumsum([0, *(int(tokens[at].content.sum()) for at in carrying[:-1])])
    asked, of_questions = encoder.encode_tokens([each.text for each in document.questions])
    found = {}
    for question, vector, each in zip(document.questions, asked, of_questions, strict=True):
        scores = WHOLE * (vectors @ vector)
        ids = each.ids[each.content].tolist()
        if ids:
            rare = np.array([math.log((len(sentences) + 1) / (counts[i] + 0.5)) for i in ids])
            weights = rare * (LEAST_SALIENCE + SALIENCE * each.salience[each.content])
            best = np.maximum.reduceat(each.vectors[each.content] @ flat.T, starts, axis=1)
            scores[carrying] += (weights / weights.sum()) @ best
        order = [places[at] for at in np.argsort(-scores).tolist()]
        found[question.text] = [at for at in order if at[0] not in question.relevant][:MINED]
    return found


def load_spans(folder: Path) -> Spans:
    """SQuAD's questions, each beside the sentence that answers it and one that does not."""
    texts = {}
    for line in (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines():
        passage = json.loads(line)
        texts[passage["id"]] = (passage["title"], passage["text"])
    answered, unanswered = [], []
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        title, text = texts[item["passage"]]
        sentences = [(s.start, text[s.start : s.end]) for s in split_sentences(text)]
        plausible = [{"start": text.find(p), "text": p} for p in item["plausible_answers"]]
        given = (item["answers"] or plausible or [{"start": -1, "text": ""}])[0]
        start, end = given["start"], given["start"] + len(given["text"])
        holding = [(at, s) for at, s in sentences if at <= start and end <= at + len(s)]
        others = sorted(
            (s for at, s in sentences if (at, s) not in holding),
            key=lambda sentence: -_shared(item["question"], sentence),
        )
        windows = [f"{title}\n{sentence}" for sentence in others[:2]]
        near = [Case(item["question"], window, answers=False) for window in windows]
        if item["answerable"] and holding and near:
            at, sentence = holding[0]
            moved = start - at + len(title) + 1
            span = (moved, moved + end - start)
            case = Case(item["question"], f"{title}\n{sentence}", answers=True, span=span)
            answered.append((case, near))
        elif not item["answerable"]:
            held = [f"{title}\n{sentence}" for _, sentence in holding] or windows[:1]
            unanswered += [Case(item["question"], window, answers=False) for window in held]
    return Spans(tuple(answered), tuple(unanswered))


def _shared(question: str, sentence: str) -> int:
    return len(set(question.lower().split()) & set(sentence.lower().split()))


def cases(sources: Sequence[Source], spans: Spans) -> Iterator[tuple[list[Case], int]]:
    """Endless batches, with how many pairs of twins they begin with.

    Of twins the cases are (answered, window), (other, window), and each beside one that only looks
    right.
    """
    rng = random.Random(0)  # noqa: S311
    plain = shuffled(
        [(s, q) for s in sources for q in s.document.questions if q.quotes and q.pair is None], rng
    )
    pairs = shuffled([(s, *pair) for s in sources for pair in pairs_of(s.document.questions)], rng)
    answered, unanswered = shuffled(spans.answered, rng), shuffled(spans.unanswered, rng)
    while True:
        batch: list[Case] = []
        drawn = take(pairs, TWINS)
        for source, question, other in drawn:
            window = source.answering(question, rng)
            batch.append(Case(question.text, window, answers=True, weight=YES))
            batch.append(Case(other.text, window, answers=False, weight=NO))
            for each in (question, other):
                near = source.looking_right(each, rng)
                batch.append(Case(each.text, near, answers=False, weight=NO))
        for source, question in take(plain, PLAIN):
            batch.append(Case(question.text, source.answering(question, rng), answers=True))
            batch.append(Case(question.text, source.looking_right(question, rng), answers=False))
        for case, near in take(answered, SPANS):
            batch += [case, rng.choice(near)]
        batch += take(unanswered, SPANLESS)
        yield batch, len(drawn)
