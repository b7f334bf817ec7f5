"""The recipe of the shipped encoder on a tiny model: data, training, export, encoding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer.encoders.onnx import OnnxEncoder
from indexer.errors import ModelError, PilcrowError
from search_api.training.data import load_documents
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import LetterEncoder

PARAGRAPHS = [
    {"number": "1", "section": ["Ferries"], "text": "The ferry was late. Two crews were ill."},
    {"number": "2", "section": "Piers", "text": "The pier is closed. Its lights were mended."},
    {"number": "3", "section": [], "text": "Nobody counted the lifejackets on board that day."},
]
QUESTIONS = [
    {
        "id": "a",
        "question": "Why was the boat delayed?",
        "answerable": True,
        "relevant": {"1": 2},
        "quotes": {"1": [[20, 39]]},
        "hard_negatives": {"2": [0, 19]},
    },
    {
        "id": "b",
        "question": "Can I walk on the pier?",
        "answerable": True,
        "relevant": {"2": 2},
        "quotes": {"2": ["The pier is closed."]},
        "hard_negatives": {},
    },
    {
        "id": "c",
        "question": "How many lifejackets were there?",
        "answerable": False,
        "relevant": {},
        "quotes": {},
        "hard_negatives": {"3": [0, 49]},
    },
]


def write_report(folder: Path, questions: list[dict[str, object]]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "harbour.paras.json").write_text(json.dumps(PARAGRAPHS), encoding="utf-8")
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    (folder / "harbour.jsonl").write_text(lines, encoding="utf-8")


def test_training_questions_are_read_with_their_exact_quotes(tmp_path: Path) -> None:
    write_report(tmp_path, QUESTIONS)

    (document,) = load_documents([tmp_path])

    assert [question.quotes for question in document.questions] == [
        {"1": ("Two crews were ill.",)},
        {"2": ("The pier is closed.",)},
        {},
    ]
    assert document.questions[2].near == (("3", PARAGRAPHS[2]["text"]),)
    assert document.paragraphs["2"].section == ("Piers",)


def test_questions_over_a_report_that_is_not_at_hand_are_left_out(tmp_path: Path) -> None:
    write_report(tmp_path, QUESTIONS)
    (tmp_path / "elsewhere.jsonl").write_text("{}\n", encoding="utf-8")

    assert [document.name for document in load_documents([tmp_path])] == ["harbour"]


@pytest.mark.parametrize("quote", [[20, 400], [5, 5], [-1, 4]])
def test_a_quote_outside_its_paragraph_is_named_by_its_line(
    tmp_path: Path, quote: list[int]
) -> None:
    write_report(tmp_path, [QUESTIONS[1], {**QUESTIONS[0], "quotes": {"1": [quote]}}])

    with pytest.raises(PilcrowError, match=r"harbour.jsonl line 2: a quote does not fit"):
        load_documents([tmp_path])


def test_a_folder_without_reports_is_named(tmp_path: Path) -> None:
    with pytest.raises(PilcrowError, match=r"no NAME\.paras\.json"):
        load_documents([tmp_path])


def test_the_committed_training_questions_fit_their_reports() -> None:
    documents = load_documents([ROOT / "tests" / "gold" / "training"])

    assert len(documents) == 11
    for document in documents:
        texts = {key: paragraph.text for key, paragraph in document.paragraphs.items()}
        for question in document.questions:
            assert set(question.relevant) <= set(texts)
            assert bool(question.relevant) == bool(question.quotes)


@pytest.fixture(scope="module")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence encoder of the base model's kind with a few thousand weights a layer."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import MPNetConfig, MPNetModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    config = MPNetConfig(
        vocab_size=30_527,
        hidden_size=32,
        num_hidden_layers=5,
        num_attention_heads=2,
        intermediate_size=128,
    )
    MPNetModel(config).save_pretrained(folder / "layers")
    PreTrainedTokenizerFast(
        tokenizer_file=str(ROOT / "indexer" / "model" / "tokenizer.json"),
        pad_token="<pad>",
        unk_token="[UNK]",
        cls_token="<s>",
        sep_token="</s>",
    ).save_pretrained(folder / "layers")
    transformer = Transformer(str(folder / "layers"))
    model = SentenceTransformer(
        modules=[transformer, Pooling(transformer.get_word_embedding_dimension())], device="cpu"
    )
    model.save(str(folder / "base"))
    return folder / "base"


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.filterwarnings("ignore")
def test_a_trained_model_runs_without_torch_as_it_did_with_it(
    tmp_path: Path, tiny_base: Path, letters: LetterEncoder
) -> None:
    from peft import PeftModel
    from sentence_transformers import SentenceTransformer

    from search_api.training.train import train

    write_report(tmp_path / "data", QUESTIONS)
    train(load_documents([tmp_path / "data"]), tiny_base, tmp_path, 24.0, letters)

    texts = ["The ferry was late.", "why", "Its lights were mended, and the pier is open. " * 60]
    rows = OnnxEncoder("tiny", tmp_path / "model").encode(texts)
    whole = SentenceTransformer(str(tiny_base), device="cpu")
    whole.max_seq_length = 384
    adapter = str(tmp_path / "adapter")
    whole[0].auto_model = PeftModel.from_pretrained(whole[0].auto_model, adapter)
    expected = whole.encode(texts, normalize_embeddings=True)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, 1e-5)
    # 4 bits in so small a model cost more than in the real one.
    assert ((rows * expected).sum(1) > 0.97).all()
    sizes = [path.stat().st_size for path in (tmp_path / "model").glob("weights-*.bin")]
    assert sizes
    assert max(sizes) <= 50_000_000


def test_the_shipped_model_is_small_enough_and_sealed() -> None:
    folder = ROOT / "indexer" / "model"
    sizes = [path.stat().st_size for path in folder.iterdir()]

    assert max(sizes) <= 50_000_000
    assert sum(sizes) <= 100_000_000
    listed = json.loads((folder / "hashes.json").read_text(encoding="utf-8"))
    assert {path.name for path in folder.glob("*.bin")} < set(listed)


def test_a_changed_weight_file_is_refused_and_named(tmp_path: Path) -> None:
    folder = ROOT / "indexer" / "model"
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "weights-1.bin").unlink()
    (tmp_path / "weights-1.bin").write_bytes(b"other")

    with pytest.raises(ModelError, match=r"weights-1\.bin has changed"):
        OnnxEncoder("changed", tmp_path).encode(["x"])


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not a model"):
        OnnxEncoder("none", tmp_path / "none").encode(["x"])


@pytest.mark.model
def test_a_vector_does_not_depend_on_what_is_encoded_with_it() -> None:
    encoder = OnnxEncoder()
    texts = ["a child is safe", "the child is safe", "tax on beer " * 100]

    together, alone = encoder.encode(texts), [encoder.encode([text])[0] for text in texts]

    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert together[0] @ together[1] > 0.8 > together[0] @ together[2]
