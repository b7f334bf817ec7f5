"""Train the reader: `python -m search_api.training.reader --data ../shared/training`.

A low-rank adapter on the shipped encoder's upper layers learns to read a question beside a window
of the report, a sentence under its heading, and to say whether the window answers it. Each question
is read beside a window that answers it and beside one that looks right and does not, so that how a
question is put tells nothing; twins, of which a report answers one, are read beside the same
window. The lower layers read either text for itself. Needs torch.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import onnx
import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from indexer.encoders.onnx import MOST_ASKED, MOST_WINDOW, like_lengths
from indexer.encoders.onnx_export import seal
from search_api.training.data import HELD_OUT, load_documents
from search_api.training.graft import fill_reader
from search_api.training.network import READER_RANK, WIDTH, Adapter, Network
from search_api.training.reader_cases import Case, Spans, cases, load_spans, mined
from search_api.training.train import OWN_QUESTIONS, ROOT

LEARNING_RATE, HEAD_RATE = 4e-4, 2e-3
WARM_UP, LAST_RATE = 40, 0.03
KEPT_EVERY = 100
# Padded tokens that are read at once.
CHUNK_TOKENS = 1_500
SPAN_LOSS, TWIN_LOSS = 0.5, 0.5


class Reader(nn.Module):
    """The adapter, and what turns the last hidden states into a judgement."""

    def __init__(self, rank: int = READER_RANK) -> None:
        super().__init__()
        self.adapter = Adapter(rank)
        self.whole = nn.Linear(WIDTH, 1)
        self.token = nn.Linear(WIDTH, 1)
        for head in (self.whole, self.token):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)


class Texts:
    """Texts as tokens and as hidden states under the layers that are adapted, kept once made."""

    def __init__(self, model: Path) -> None:
        self.network = Network(model)
        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._kept: dict[str, tuple[torch.Tensor, list[tuple[int, int]]]] = {}

    def prepare(self, texts: Sequence[str], most: int) -> None:
        """Make the hidden states of texts, of at most so many tokens each."""
        self._tokenizer.enable_truncation(most)
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        encoded = self._tokenizer.encode_batch(new)
        for chunk in like_lengths([len(each.ids) for each in encoded], CHUNK_TOKENS):
            ids = [torch.tensor(encoded[place].ids) for place in chunk]
            padded = nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=1)
            mask = lengths_mask([len(each) for each in ids])
            hidden = self.network.lower(padded, mask)
            for place, row, length in zip(chunk, hidden, map(len, ids), strict=True):
                self._kept[new[place]] = row[:length].clone(), encoded[place].offsets

    def read(self, cases: Sequence[Case], reader: Reader) -> tuple[torch.Tensor, torch.Tensor]:
        """How surely each window answers (logits), and each of its tokens (logits, padded)."""
        parts = [(self._kept[case.question][0], self._kept[case.window][0]) for case in cases]
        rows = [torch.cat(part) for part in parts]
        hidden = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        last = self.network.upper(hidden, lengths_mask([len(r) for r in rows]), reader.adapter)
        tokens = reader.token(last)[..., 0]
        inside = torch.zeros(tokens.shape, dtype=torch.bool)
        for place, (asked, window) in enumerate(parts):
            inside[place, len(asked) + 1 : len(asked) + len(window) - 1] = True
        best = tokens.masked_fill(~inside, -1e4).amax(1)
        return reader.whole(last[:, 0])[:, 0] + best, tokens

    def length(self, case: Case) -> int:
        """Tokens of question and window together."""
        return sum(len(self._kept[text][0]) for text in (case.question, case.window))

    def spanned(self, case: Case) -> torch.Tensor | None:
        """Which tokens of question and window together are of the answer."""
        if case.span is None:
            return None
        start, end = case.span
        asked, offsets = len(self._kept[case.question][0]), self._kept[case.window][1]
        return torch.tensor([False] * asked + [a < end and b > start for a, b in offsets])


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds reports/")
    parser.add_argument("--model", type=Path, default=ROOT / "indexer" / "model")
    parser.add_argument("--minutes", type=float, default=75.0)
    parser.add_argument("--out", type=Path, required=True, help="where checkpoints go")
    given = parser.parse_args()
    folders = [given.data / "reports", given.data / "rewordings", OWN_QUESTIONS]
    twins = [given.data / "twins", OWN_QUESTIONS / "twins"]
    documents = [d for d in load_documents(folders, twins) if d.name not in HELD_OUT]
    given.out.mkdir(parents=True, exist_ok=True)
    sources = [mined(document, given.out) for document in documents]
    squad = given.data / "squad2"
    spans = load_spans(squad) if squad.is_dir() else Spans((), ())
    reader = train(Texts(given.model), cases(sources, spans), 60 * given.minutes, given.out)
    write(given.model, reader)


def train(
    texts: Texts, batches: Iterator[tuple[list[Case], int]], seconds: float, out: Path
) -> Reader:
    """Train for so long, from a checkpoint if one is kept, the rate falling to the end."""
    torch.manual_seed(0)
    reader, kept = Reader(), out / "reader.pt"
    if kept.exists():
        reader.load_state_dict(torch.load(kept))
    heads = [*reader.whole.parameters(), *reader.token.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": list(reader.adapter.parameters()), "rate": LEARNING_RATE},
            {"params": heads, "rate": HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    began, losses = time.monotonic(), []
    for step, (batch, pairs) in enumerate(batches, start=1):
        gone = (time.monotonic() - began) / seconds
        if gone >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * min(1, step / WARM_UP) * max(LAST_RATE, 1 - gone)
        optimizer.zero_grad()
        losses.append(learn(texts, reader, batch, pairs))
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        if step % 20 == 0:
            mean = sum(losses[-20:]) / len(losses[-20:])
            print(f"step {step}, {gone:.1%}: loss {mean:.3f}", flush=True)
        if step % KEPT_EVERY == 0:
            torch.save(reader.state_dict(), kept)
    torch.save(reader.state_dict(), kept)
    return reader


def learn(texts: Texts, reader: Reader, batch: Sequence[Case], pairs: int) -> float:
    """Add a batch's gradients; its loss.

    The two cases that twins are told apart by are read at once, whatever their lengths.
    """
    texts.prepare([case.question for case in batch], MOST_ASKED)
    texts.prepare([case.window for case in batch], MOST_WINDOW)
    units = [batch[4 * at : 4 * at + 2] for at in range(pairs)]
    units += [[case] for at, case in enumerate(batch) if at >= 4 * pairs or at % 4 >= 2]
    lengths = [max(texts.length(case) for case in unit) * len(unit) for unit in units]
    weight, total = sum(case.weight for case in batch), 0.0
    for chunk in like_lengths(lengths, CHUNK_TOKENS):
        read = [case for place in chunk for case in units[place]]
        logits, tokens = texts.read(read, reader)
        answers = torch.tensor([float(case.answers) for case in read])
        weights = torch.tensor([case.weight for case in read])
        losses = functional.binary_cross_entropy_with_logits(logits, answers, reduction="none")
        loss = (losses * weights).sum()
        sizes = [len(units[place]) for place in chunk]
        twins = [sum(sizes[:at]) for at, size in enumerate(sizes) if size > 1]
        if twins:
            apart = torch.stack([logits[at + 1] - logits[at] for at in twins])
            loss = loss + TWIN_LOSS * functional.softplus(apart + 1).sum()
        for case, row in zip(read, tokens, strict=True):
            marked = texts.spanned(case)
            if marked is not None:
                own = row[: len(marked)]
                inside = functional.log_softmax(own, 0)[marked]
                if len(inside):
                    loss = loss - SPAN_LOSS * torch.logsumexp(inside, 0)
        loss = loss / weight
        loss.backward()  # type: ignore[no-untyped-call]
        total += loss.item()
    return total


def lengths_mask(lengths: Sequence[int]) -> torch.Tensor:
    """Which tokens are there, shape (texts, longest)."""
    return (torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]).long()


def write(folder: Path, reader: Reader) -> None:
    """Put the reader's numbers into the graph of a model folder."""
    model = onnx.load(folder / "model.onnx", load_external_data=False)
    down, up = (
        [parameter.detach().numpy() for parameter in part]
        for part in (reader.adapter.down, reader.adapter.up)
    )
    whole, token = (head.weight.detach().numpy()[0] for head in (reader.whole, reader.token))
    bias = float(reader.whole.bias.item() + reader.token.bias.item())
    fill_reader(model, down, up, whole, token, bias)
    onnx.save(model, folder / "model.onnx")
    seal(folder)


if __name__ == "__main__":
    main()
