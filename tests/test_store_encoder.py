"""A store's own encoder: exported once, the original's vectors, no torch for a question."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.build import index_reports
from indexer.encoders import load_encoder
from indexer.encoders.onnx import OnnxEncoder
from indexer.encoders.sentence_transformer import SentenceEncoder, embedded_folder
from indexer.errors import ModelError
from indexer.store import open_store
from indexer.store.encoder import encoder_for, encoder_of, why_not_exported
from search_api.ask.answer import search
from tests.conftest import HARBOUR

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore"), pytest.mark.slow]

TEXTS = ["The ferry was late.", "why", "Lights were mended, and the pier is open. " * 60]


def save_model(folder: Path, pooling: str = "mean", *, dense: bool = False) -> str:
    """A sentence-transformers model of a few thousand weights a layer, saved in a folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Dense, Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(3)
    config = BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    layers = folder / "layers"
    BertModel(config).save_pretrained(layers)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        shutil.copy(embedded_folder() / name, layers / name)
    transformer = Transformer(str(layers), max_seq_length=128)
    after = [Pooling(32, pooling_mode=pooling), *([Dense(32, 16)] if dense else []), Normalize()]
    model = SentenceTransformer(modules=[transformer, *after], device="cpu")
    model.save(str(folder / "model"))
    return str(folder / "model")


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store of the made-up report by a model of one's own, and the model's folder."""
    folder = tmp_path_factory.mktemp("own")
    name = save_model(folder)
    index_reports(folder / "store", [HARBOUR], name)
    return folder / "store", name


def test_a_store_keeps_its_model_as_one_that_runs_without_torch(
    indexed: tuple[Path, str],
) -> None:
    folder, name = indexed
    store = open_store(folder)
    original = SentenceEncoder(name)

    encoder = encoder_of(store)

    assert isinstance(encoder, OnnxEncoder)
    assert (encoder.name, encoder.fingerprint) == (name, original.fingerprint)
    assert why_not_exported(store) is None
    # The last text is longer than the model reads.
    likeness = (encoder.encode(TEXTS) * original.encode(TEXTS)).sum(axis=1)
    np.testing.assert_allclose(likeness, 1, atol=1e-4)


def test_a_question_to_such_a_store_loads_no_torch(indexed: tuple[Path, str]) -> None:
    code = (
        "import sys; from search_api.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print('torch' in sys.modules, 'transformers' in sys.modules, file=sys.stderr)"
    )
    words = ["search", "late ferries", "--json", "--store", str(indexed[0])]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout)["hits"]
    assert done.stderr.split() == ["False", "False"]


def test_indexing_again_uses_the_export_and_embeds_nothing(indexed: tuple[Path, str]) -> None:
    folder, name = indexed
    before = open_store(folder)

    again = index_reports(folder, [HARBOUR])

    assert again.embedded == 0
    assert again.store.model == name
    assert isinstance(encoder_for(folder, TEXTS, name, before), OnnxEncoder)
    assert len(list((folder / "encoder").iterdir())) == 1


def test_an_exported_vector_does_not_depend_on_its_batch(indexed: tuple[Path, str]) -> None:
    encoder = encoder_of(open_store(indexed[0]))

    together = encoder.encode(TEXTS)

    alone = [encoder.encode([text])[0] for text in TEXTS]
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_a_changed_export_is_refused_with_the_fix(
    indexed: tuple[Path, str], tmp_path: Path
) -> None:
    shutil.copytree(indexed[0], tmp_path / "store")
    (weights,) = (tmp_path / "store" / "encoder").glob("*/weights-1.bin")
    weights.write_bytes(b"other")
    store = open_store(tmp_path / "store")

    with pytest.raises(ModelError, match=r"weights-1\.bin has changed; delete .* pilcrow index"):
        search(store, encoder_of(store), "ferries")


def test_pooling_and_dense_layers_are_exported_as_the_model_has_them(tmp_path: Path) -> None:
    original = SentenceEncoder(save_model(tmp_path, "cls", dense=True))

    encoder = encoder_for(tmp_path / "store", TEXTS, original.name)

    assert isinstance(encoder, OnnxEncoder)
    likeness = (encoder.encode(TEXTS) * original.encode(TEXTS)).sum(axis=1)
    np.testing.assert_allclose(likeness, 1, atol=1e-4)


def test_a_model_that_cannot_be_exported_is_used_as_it_is_and_the_store_says_why(
    tmp_path: Path,
) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import LayerNorm

    whole = SentenceTransformer(save_model(tmp_path), device="cpu")
    odd = SentenceTransformer(modules=[*whole, LayerNorm(32)], device="cpu")
    odd.save(str(tmp_path / "odd"))

    store = index_reports(tmp_path / "store", [HARBOUR], str(tmp_path / "odd")).store

    assert "LayerNorm cannot be exported" in str(why_not_exported(store))
    assert isinstance(encoder_of(store), SentenceEncoder)
    assert search(store, encoder_of(store), "ferries").hits


def test_the_shipped_encoder_is_not_exported_again(tmp_path: Path) -> None:
    encoder = encoder_for(tmp_path / "store", TEXTS)

    assert encoder.fingerprint == load_encoder().fingerprint
    assert not (tmp_path / "store").exists()
