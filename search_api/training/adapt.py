"""Adapt the shipped encoder: `python -m search_api.training.adapt --data ../shared/training`.

A low-rank adapter on its upper layers learns to find sentences by whole vectors and by late
interaction at once, in lay words as in the report's own, and to tell twins apart: a question that
the report answers covers more of its sentence than one of the same form that it does not answer
covers of any. What it writes stands beside the weights, which stay as they are. Needs torch.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from indexer.encoders.onnx import CARRY_NOTHING
from indexer.encoders.onnx_export import seal, write_weights
from search_api.ask.late_interaction import LEAST_SALIENCE, SALIENCE
from search_api.training.data import (
    HELD_OUT,
    Document,
    Question,
    load_documents,
    pairs_of,
    shuffled,
    take,
)
from search_api.training.graft import fill_tokens
from search_api.training.network import TOKEN_DIM, WIDTH, Adapter, Network
from search_api.training.products import WITHIN, add_to_weights
from search_api.training.train import OWN_QUESTIONS, ROOT

RANK = 16
LEARNING_RATE = 2e-4
WARM_UP, LAST_RATE = 40, 0.03
MOST_TOKENS = 112
SPECIAL = (0, 1, 2, 3, 104)
# Values of a token's vector that ships, and sentences that the projection is learned from.
SAMPLED = 1_200
# A batch: questions with their answers, twins, and questions that are not answered.
PLAIN, TWINS, UNANSWERED = 18, 8, 4
MOST_ASKED = 26
ONE_REPORT = 0.7
# Shares of positives that are a sentence, and a sentence amid its neighbours; the rest is whole.
SENTENCE, CONTEXT = 0.78, 0.92
LONGEST = 600
SCALE, SHARP = 20.0, 25.0
# Of a sentence finding its question, of a twin against all sentences, and against its own alone.
BACKWARD, WORST, OWN = 0.5, 0.6, 0.3
NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Source:
    """A report: its sentences, each with its paragraph's key, and its questions by kind.

    `twins` are pairs of one form, of which the report answers the first; `rare` tells how rare a
    token is among the sentences.
    """

    document: Document
    sentences: list[tuple[str, str]]
    rare: torch.Tensor
    plain: list[Question]
    unanswered: list[Question]
    twins: list[tuple[Question, Question]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions with the text that answers each, then more texts, then unanswered questions.

    `owners` says of each text which paragraph of which report it is of; `twins` pairs a question's
    place with that of its unanswered twin.
    """

    asked: list[tuple[Source, Question]]
    texts: list[str]
    owners: list[tuple[str, str]]
    unanswered: list[tuple[Source, Question]]
    twins: list[tuple[int, int]]


def main() -> None:
    """Read the arguments, adapt, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds reports/")
    parser.add_argument("--model", type=Path, default=ROOT / "indexer" / "model")
    parser.add_argument("--minutes", type=float, default=58.0)
    given = parser.parse_args()
    folders = [given.data / "reports", given.data / "rewordings", OWN_QUESTIONS]
    twins = [given.data / "twins", OWN_QUESTIONS / "twins"]
    documents = [d for d in load_documents(folders, twins) if d.name not in HELD_OUT]
    tokens = Texts(given.model)
    found = [source_of(document, tokens) for document in documents]
    adapter, salience = adapt(tokens, found, 60 * given.minutes)
    write(given.model, adapter, salience, projection_of(tokens, found, adapter))


class Texts:
    """Texts as tokens, and as hidden states under the layers that are adapted, kept once made."""

    def __init__(self, model: Path) -> None:
        self.network = Network(model)
        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)
        known = (self._tokenizer.token_to_id(word) for word in CARRY_NOTHING)
        size = self._tokenizer.get_vocab_size()
        self.content = torch.ones(size, dtype=torch.bool)
        self.content[[*SPECIAL, *(place for place in known if place is not None)]] = False
        self._lower: dict[str, torch.Tensor] = {}
        self._ids: dict[str, torch.Tensor] = {}

    def ids(self, text: str) -> torch.Tensor:
        """The ids of a text's tokens."""
        if text not in self._ids:
            self._ids[text] = torch.tensor(self._tokenizer.encode(text).ids)
        return self._ids[text]

    def read(
        self, texts: Sequence[str], adapter: Adapter | None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Unit vectors of texts, of their tokens, and which of these carry something."""
        for text in texts:
            if text not in self._lower:
                ids = self.ids(text)[None]
                self._lower[text] = self.network.lower(ids, torch.ones_like(ids))[0]
        rows = [self._lower[text] for text in texts]
        hidden = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = nn.utils.rnn.pad_sequence([torch.ones(len(r), dtype=torch.long) for r in rows], True)
        last = self.network.upper(hidden, mask, adapter)
        pooled = (last * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        content = [self.content[self.ids(text)] for text in texts]
        return (
            functional.normalize(pooled, dim=-1),
            functional.normalize(last, dim=-1),
            nn.utils.rnn.pad_sequence(content, batch_first=True),
        )


def source_of(document: Document, texts: Texts) -> Source:
    """A report made ready to draw from."""
    sentences = [(key, s) for key, p in document.paragraphs.items() for s in p.sentences]
    counts = Counter(
        place for _, sentence in sentences for place in set(texts.ids(sentence).tolist())
    )
    with_it = torch.tensor([float(counts[place]) for place in range(len(texts.content))])
    rare = torch.log1p((len(sentences) - with_it + 0.5) / (with_it + 0.5)) * texts.content
    single = [q for q in document.questions if q.pair is None]
    return Source(
        document,
        sentences,
        rare,
        [question for question in single if question.quotes],
        [question for question in single if not question.relevant],
        pairs_of(document.questions),
    )


def adapt(texts: Texts, sources: Sequence[Source], seconds: float) -> tuple[Adapter, nn.Linear]:
    """Adapt for so long; the rate of learning falls to the end."""
    torch.manual_seed(0)
    adapter, salience = Adapter(RANK), nn.Linear(WIDTH, 1)
    nn.init.zeros_(salience.weight)
    nn.init.zeros_(salience.bias)
    learned = [*adapter.parameters(), *salience.parameters()]
    optimizer = torch.optim.AdamW(learned, lr=LEARNING_RATE, weight_decay=0.01)
    began = time.monotonic()
    for step, batch in enumerate(batches(sources, random.Random(0)), start=1):  # noqa: S311
        gone = (time.monotonic() - began) / seconds
        if gone >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1, step / WARM_UP) * max(LAST_RATE, 1 - gone)
        loss = loss_of(texts, batch, adapter, salience)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        if step % 20 == 0:
            print(f"step {step}, {gone:.0%}: loss {loss.item():.3f}", flush=True)
    return adapter, salience


def batches(sources: Sequence[Source], rng: random.Random) -> Iterator[Batch]:
    """Endless batches, most of one report, each question drawn before any again."""
    drawn = {
        (source.document.name, kind): shuffled(getattr(source, kind), rng)
        for source in sources
        for kind in ("plain", "unanswered", "twins")
    }
    shares = [len(source.plain) ** 0.7 for source in sources]
    while True:
        if rng.random() < ONE_REPORT:
            (source,) = rng.choices(sources, shares)
            plan = [(source, PLAIN, TWINS, UNANSWERED)]
        else:
            plan = [
                (source, 1, int(rng.random() < 0.6), int(rng.random() < 0.3))
                for source in rng.choices(sources, shares, k=MOST_ASKED // 2)
            ]
        asked: list[tuple[Source, Question]] = []
        unanswered: list[tuple[Source, Question]] = []
        twins: list[tuple[int, int]] = []
        for source, plain, pairs, others in plan:
            name = source.document.name
            asked += [(source, q) for q in take(drawn[name, "plain"], plain)]
            for answered, other in take(drawn[name, "twins"], pairs):
                twins.append((len(asked), len(unanswered)))
                asked.append((source, answered))
                unanswered.append((source, other))
            unanswered += [(source, q) for q in take(drawn[name, "unanswered"], others)]
        yield _with_texts(asked, unanswered, twins, rng)


def _with_texts(
    asked: list[tuple[Source, Question]],
    unanswered: list[tuple[Source, Question]],
    twins: list[tuple[int, int]],
    rng: random.Random,
) -> Batch:
    """The text that answers each question, one that looks right and is not, and twins' own."""
    texts, owners = [], []

    def add(source: Source, key: str, sentence: str, most: float = 1.0) -> None:
        texts.append(_text(source.document, key, sentence, rng.random() * most))
        owners.append((source.document.name, key))

    for source, question in asked:
        key = rng.choice(list(question.quotes))
        add(source, key, _sentence_of(source.document, key, rng.choice(question.quotes[key])))
    for source, question in asked:
        if question.near:
            key, sentence = rng.choice(question.near)
            add(source, key, sentence, CONTEXT)
    for _, place in twins:
        source, question = unanswered[place]
        if question.nearest is not None and rng.random() < NEAR:
            sentences = source.document.paragraphs[question.nearest].sentences
            add(source, question.nearest, rng.choice(sentences), SENTENCE)
    return Batch(asked, texts, owners, unanswered, twins)


def _sentence_of(document: Document, key: str, quote: str) -> str:
    """The first sentence of a paragraph that a quote is of, or holds; else the quote."""
    sentences = document.paragraphs[key].sentences
    return next((each for each in sentences if quote in each or each in quote), quote)


def _text(document: Document, key: str, sentence: str, drawn: float) -> str:
    """A sentence, or it with its neighbours, or its paragraph under its headings."""
    paragraph = document.paragraphs[key]
    if drawn < SENTENCE or sentence not in paragraph.sentences:
        return sentence
    if drawn < CONTEXT:
        place = paragraph.sentences.index(sentence)
        return " ".join(paragraph.sentences[max(0, place - 1) : place + 2])
    return (" > ".join(paragraph.section) + "\n" + paragraph.text)[:LONGEST]


def loss_of(texts: Texts, batch: Batch, adapter: Adapter, salience: nn.Linear) -> torch.Tensor:
    """What a batch costs: by whole vectors and by late interaction, and for twins by the latter."""
    questions = [*batch.asked, *batch.unanswered]
    vectors, tokens, content = texts.read([q.text for _, q in questions], adapter)
    found, parts, carrying = texts.read(batch.texts, adapter)
    rows = [source.rare[texts.ids(question.text)] for source, question in questions]
    weights = nn.utils.rnn.pad_sequence(rows, batch_first=True) * content
    counts = torch.sigmoid(salience(8 * tokens)[..., 0])
    weights = weights * (LEAST_SALIENCE + SALIENCE * counts)
    weights = weights / weights.sum(1, keepdim=True).clamp(min=1e-6)
    products = torch.einsum("qid,cjd->qcij", tokens, parts)
    best = products.masked_fill(~carrying[None, :, None, :], -1).amax(3)
    late = (best * weights[:, None, :]).sum(2)
    count = len(batch.asked)
    answers = torch.tensor(
        [
            [
                place != own and name == source.document.name and key in question.relevant
                for place, (name, key) in enumerate(batch.owners)
            ]
            for own, (source, question) in enumerate(batch.asked)
        ]
    )
    loss = sum((_both_ways(scores, count, answers) for scores in (vectors @ found.T, late)), zero())
    if not batch.twins:
        return loss
    own = torch.tensor([place for place, _ in batch.twins])
    other = torch.tensor([count + place for _, place in batch.twins])
    right = late[own, own]
    worst = torch.logsumexp(late[other] * SHARP, 1) / SHARP
    loss = loss + WORST * functional.softplus((worst - right) * SCALE + 1).mean()
    return loss + OWN * functional.softplus((late[other, own] - right) * SCALE + 1).mean()


def zero() -> torch.Tensor:
    """Where a sum of losses begins."""
    return torch.zeros(())


def _both_ways(scores: torch.Tensor, count: int, answers: torch.Tensor) -> torch.Tensor:
    """A question finds its text, and a text its question, among the unanswered ones too.

    `answers` marks other texts that answer a question, which count for nothing.
    """
    target, logits = torch.arange(count), SCALE * scores
    forward = functional.cross_entropy(logits[:count].masked_fill(answers, -1e4), target)
    others = torch.zeros(count, len(scores), dtype=torch.bool)
    others[:, :count] = answers[:, :count].T
    back = logits[:, :count].T.masked_fill(others, -1e4)
    return forward + BACKWARD * functional.cross_entropy(back, target)


@torch.no_grad()
def projection_of(texts: Texts, sources: Sequence[Source], adapter: Adapter) -> np.ndarray:
    """What turns token vectors into shorter ones that lose least, no value larger than another."""
    rng = random.Random(0)  # noqa: S311
    every = [sentence for source in sources for _, sentence in source.sentences]
    rows = []
    for sentence in rng.sample(every, SAMPLED):
        _, tokens, content = texts.read([sentence], adapter)
        rows.append(tokens[0][content[0]].numpy())
    vectors = np.concatenate(rows)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    turned, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((TOKEN_DIM, TOKEN_DIM)))
    return np.asarray(directions[:, ::-1][:, :TOKEN_DIM] @ turned, np.float32)


def write(folder: Path, adapter: Adapter, salience: nn.Linear, projection: np.ndarray) -> None:
    """Put the adapter into the weights of a model folder, and the token vectors' numbers."""
    model = onnx.load(folder / "model.onnx")
    down, up = (
        [parameter.detach().numpy() for parameter in part] for part in (adapter.down, adapter.up)
    )
    add_to_weights(model, folder, [outer @ inner for outer, inner in zip(up, down, strict=True)])
    weight, bias = 8 * salience.weight.detach().numpy()[0], salience.bias.item()
    fill_tokens(model, projection, weight, bias)
    write_weights(model, folder, WITHIN)
    seal(folder)
    print(json.dumps(json.loads((folder / "hashes.json").read_text()), indent=2))


if __name__ == "__main__":
    main()
