"""The shipped encoder as a torch network, and what is put onto its graph."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from indexer.encoders.onnx import OnnxEncoder
from tests.conftest import ROOT

MODEL = ROOT / "indexer" / "model"
TEXTS = [
    "How many boats were inspected?",
    "The inspectors went aboard 31 boats in March and found the lifejackets of two of them wanting.",
]

pytestmark = [pytest.mark.model, pytest.mark.slow]


def test_the_network_that_is_trained_gives_the_vectors_of_the_graph_that_ships() -> None:
    torch = pytest.importorskip("torch")
    from search_api.training.adapt import Texts

    rows = OnnxEncoder().encode(TEXTS)
    with torch.no_grad():
        vectors, _, _ = Texts(MODEL).read(TEXTS, _shipped_adapter())

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


def _shipped_adapter() -> object:
    """The adapter as it stands in the graph."""
    from onnx import numpy_helper

    torch = pytest.importorskip("torch")
    from search_api.training.network import Adapter

    values = {
        item.name: numpy_helper.to_array(item).astype(np.float32)
        for item in onnx.load(MODEL / "model.onnx", load_external_data=False).graph.initializer
        if item.name.startswith("adapter_")
    }
    adapter = Adapter(values["adapter_0_down_bytes"].shape[1])
    for place in range(len(adapter.down)):
        for kind, part in (("down", adapter.down), ("up", adapter.up)):
            name = f"adapter_{place}_{kind}"
            matrix = values[f"{name}_bytes"] * values[f"{name}_scale"]
            part[place].data = torch.from_numpy(matrix.T.copy())
    return adapter
