"""The shipped encoder as a torch network, and what is put onto its graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from indexer.encoders.onnx import MOST_ASKED, MOST_WINDOW, OnnxEncoder
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from search_api.training.network import Adapter
    from search_api.training.reader import Reader

MODEL = ROOT / "indexer" / "model"
TEXTS = [
    "How many boats were inspected?",
    "The inspectors went aboard 31 boats in March and found the lifejackets of two of them wanting.",
]

ASKED = TEXTS[0]
WINDOWS = [
    "Safety\nThe inspectors went aboard 31 boats in March and found lifejackets wanting.",
    "Safety\nBoats are inspected by the harbour master before they leave the quay.",
]

pytestmark = [pytest.mark.model, pytest.mark.slow]


def test_the_network_that_is_trained_gives_the_vectors_of_the_graph_that_ships() -> None:
    torch = pytest.importorskip("torch")
    from search_api.training.adapt import Texts
    from search_api.training.network import Adapter

    rows = OnnxEncoder().encode(TEXTS)
    with torch.no_grad():
        vectors, _, _ = Texts(MODEL).read(TEXTS, Adapter(1))

    assert (rows * vectors.numpy()).sum(1).min() > 0.99


def test_every_token_of_a_text_has_a_vector_a_span_and_a_share() -> None:
    rows, (question, _) = OnnxEncoder().encode_tokens(TEXTS)

    words = [TEXTS[0][start:end] for start, end in question.spans if end > start]
    assert words == ["How", "many", "boats", "were", "inspected", "?"]
    kept = [span for span, carries in zip(question.spans, question.content, strict=True) if carries]
    assert [TEXTS[0][start:end] for start, end in kept] == ["How", "many", "boats", "inspected"]
    assert np.allclose(np.linalg.norm(question.vectors, axis=1), 1, atol=1e-5)
    assert ((question.salience > 0) & (question.salience < 1)).all()
    assert np.allclose(rows, OnnxEncoder().encode(TEXTS), atol=1e-6)


def test_the_reader_that_is_trained_judges_as_the_graph_that_ships() -> None:
    torch = pytest.importorskip("torch")
    from search_api.training.reader import Case, Texts

    texts = Texts(MODEL)
    texts.prepare([ASKED], MOST_ASKED)
    texts.prepare(WINDOWS, MOST_WINDOW)
    with torch.no_grad():
        logits, _ = texts.read([Case(ASKED, each, answers=True) for each in WINDOWS], _reader())

    encoder = OnnxEncoder()
    shipped = [encoder.judge(ASKED, each) for each in WINDOWS]
    assert np.allclose(shipped, logits.numpy(), atol=0.35)


def test_a_window_that_gives_the_number_answers_more_surely_than_one_about_the_same() -> None:
    answers, about = (OnnxEncoder().judge(ASKED, each) for each in WINDOWS)

    assert answers > about + 1


@pytest.mark.filterwarnings("ignore")
def test_an_encoder_trained_anew_becomes_a_model_with_room_for_token_vectors_and_a_reader(
    tmp_path: Path,
) -> None:
    torch = pytest.importorskip("torch")
    from search_api.training.products import write
    from search_api.training.quantize import export
    from search_api.training.reader import Case, Reader, Texts
    from search_api.training.reader import write as write_reader

    encoder = _untrained(tmp_path / "layers")
    (tmp_path / "model").mkdir()
    export(encoder, tmp_path / "blocks")
    write(tmp_path / "blocks", tmp_path / "model")

    new = OnnxEncoder("new", tmp_path / "model")
    expected = encoder.encode(TEXTS, normalize_embeddings=True)
    assert ((new.encode(TEXTS) * expected).sum(1) > 0.98).all()
    assert new.judge(ASKED, WINDOWS[0]) == 0

    reader = Reader()
    for part in reader.adapter.up:
        torch.nn.init.normal_(part, std=0.02)
    write_reader(tmp_path / "model", reader)
    texts = Texts(tmp_path / "model")
    texts.prepare([ASKED], MOST_ASKED)
    texts.prepare(WINDOWS, MOST_WINDOW)
    with torch.no_grad():
        logits, _ = texts.read([Case(ASKED, each, answers=True) for each in WINDOWS], reader)
    new = OnnxEncoder("new", tmp_path / "model")
    assert np.allclose([new.judge(ASKED, each) for each in WINDOWS], logits.numpy(), atol=0.35)


def _untrained(folder: Path) -> SentenceTransformer:
    """An encoder of the shipped one's shape, its weights drawn at random."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import MPNetConfig, MPNetModel, PreTrainedTokenizerFast

    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    layers = MPNetModel(MPNetConfig(vocab_size=30_527))
    for weights in layers.parameters():
        # No two alike, which the exporter would keep once.
        weights.data += 0.01 * torch.randn(weights.shape)
    layers.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_file=str(MODEL / "tokenizer.json"),
        pad_token="<pad>",
        unk_token="[UNK]",
        cls_token="<s>",
        sep_token="</s>",
    ).save_pretrained(folder)
    transformer = Transformer(str(folder))
    pooling = Pooling(transformer.get_word_embedding_dimension())
    encoder = SentenceTransformer(modules=[transformer, pooling], device="cpu")
    encoder.max_seq_length = 384
    return encoder


def _reader() -> Reader:
    """The reader as it stands in the graph."""
    torch = pytest.importorskip("torch")
    from search_api.training.reader import Reader

    values = _values()
    reader = Reader(len(values["reader_0_up_bytes"]))
    _fill(reader.adapter, values, "reader")
    for head, name in ((reader.whole, "whole_of_half"), (reader.token, "token_of_half")):
        head.weight.data = torch.from_numpy(values[name].T.copy())
        head.bias.data = torch.zeros(1)
    reader.whole.bias.data = torch.tensor([float(values["answers_bias"])])
    return reader


def _values() -> dict[str, NDArray[np.float32]]:
    """The constants of the graph that lie beside the weights."""
    graph = onnx.load(MODEL / "model.onnx", load_external_data=False).graph
    return {
        item.name: numpy_helper.to_array(item).astype(np.float32)
        for item in graph.initializer
        if not item.external_data
    }


def _fill(adapter: Adapter, values: dict[str, NDArray[np.float32]], name: str) -> None:
    torch = pytest.importorskip("torch")
    for place in range(len(adapter.down)):
        for kind, part in (("down", adapter.down), ("up", adapter.up)):
            label = f"{name}_{place}_{kind}"
            matrix = values[f"{label}_bytes"] * values[f"{label}_scale"]
            part[place].data = torch.from_numpy(matrix.T.copy())
