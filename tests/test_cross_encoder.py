"""A user's own cross-encoder: a BERT of two layers, its weights set so that shared words decide."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from indexer.errors import ModelError, PilcrowError
from indexer.store import build_store, open_store
from search_api import cli
from search_api.ask.answer import answer, search
from search_api.ask.question.query import make_query
from search_api.ask.ranking import rank
from search_api.ask.reading import cross_encoder as reader
from search_api.ask.receipt import check_receipt
from search_api.ask.tuned import (
    READER,
    TUNED,
    CrossEncoderId,
    Settings,
    read_settings,
    reader_name,
    save_settings,
    settings_json,
    settings_of,
    shipped,
)
from search_api.client.local import Pilcrow
from search_api.evaluation.bench import ask, values
from search_api.evaluation.measures import measure
from search_api.evaluation.run import ablate, run
from search_api.evaluation.tune import TOLERANCE, tune
from search_api.training.data import Document, Paragraph, report_of
from tests.conftest import HARBOUR, LetterEncoder
from tests.test_tuning import asked_of, write_gold

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store import Store

pytestmark = [pytest.mark.model, pytest.mark.slow]

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = sorted({"front", "page", *re.findall(r"\w+|[^\w\s]", HARBOUR.read_text().lower())})
# The hidden dimensions after one for each word: a token of the question, one of the text, how far
# the token is in the other too, and the mean of that.
QUESTION, TEXT, SHARED, MEAN = range(len(WORDS) + 4, len(WORDS) + 8)
# By their letters, "The timetable dates from 2019." is nearest to either.
QUERY, OF_THREE = "mate on watch", "what has the board set aside"


def write_cross_encoder(
    folder: Path, labels: int = 1, headless: bool = False, bias: float = -9.0
) -> Path:
    """The first layer's tokens look for themselves in the other text, the second's mean that."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    size = MEAN + 1
    config = BertConfig(
        vocab_size=len(SPECIAL) + len(WORDS),
        hidden_size=size,
        num_hidden_layers=2,
        num_attention_heads=1,
        intermediate_size=1,
        max_position_embeddings=128,
        num_labels=labels,
    )
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            tensor.fill_(float(name.endswith("LayerNorm.weight")))
        bert = model.bert
        words = torch.arange(config.vocab_size)
        bert.embeddings.word_embeddings.weight[words, words] = 1
        bert.embeddings.token_type_embeddings.weight[[0, 1], [QUESTION, TEXT]] = 1
        first, second = (layer.attention for layer in bert.encoder.layer)
        first.self.query.weight[words, words] = 2
        first.self.key.weight[words, words] = 2
        first.self.value.weight[SHARED, TEXT] = 1
        second.self.query.bias[QUESTION] = 40
        second.self.key.weight[QUESTION, QUESTION] = 1
        second.self.value.weight[MEAN, SHARED] = 1
        for layer in (first, second):
            layer.output.dense.weight[[SHARED, MEAN], [SHARED, MEAN]] = 1
        bert.pooler.dense.weight[0, MEAN] = 0.5
        model.classifier.weight[0, 0] = 20
        model.classifier.bias[0] = bias
    (bert if headless else model).save_pretrained(folder)
    vocabulary = {word: place for place, word in enumerate([*SPECIAL, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    names = {f"{name.lower().strip('[]')}_token": name for name in SPECIAL}
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=128,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **names,
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cross-encoder."""
    return write_cross_encoder(tmp_path_factory.mktemp("models") / "words")


@pytest.fixture
def named(words: Path) -> Settings:
    """The shipped settings with the cross-encoder added."""
    start = shipped("letters")
    return Settings(
        replace(start.ranking, cross_encoder=1.6),
        replace(start.confidence, weights=(*start.confidence.weights, 0.0)),
        reader.identify(str(words)),
    )


def test_it_decides_which_paragraph_is_first_and_which_sentence_is_quoted(
    harbour_store: Store, letters: LetterEncoder, named: Settings
) -> None:
    plain = answer(harbour_store, letters, QUERY)
    found = answer(harbour_store, letters, QUERY, settings=named)

    assert (plain.hits[0].key, found.hits[0].key) == ("3", "6")
    assert found.quotes[0].text == "Every drill is logged, e.g. by the mate on watch."
    assert found.quotes[0].score > 0.9
    before, after = (
        answer(harbour_store, letters, OF_THREE, settings=settings).hits[0]
        for settings in (None, named)
    )
    assert before.key == after.key == "3"
    assert before.quote is not None
    assert before.quote.text == "The timetable dates from 2019."
    assert after.quote is not None
    assert after.quote.text.startswith("The board knows this and has set aside money")
    assert after.quote.text == after.text[after.quote.start : after.quote.end]


def test_the_same_question_gets_the_same_answer_whatever_its_white_space(
    harbour_store: Store, letters: LetterEncoder, named: Settings
) -> None:
    first, second = (
        answer(harbour_store, letters, question, settings=named)
        for question in (QUERY, f" {QUERY}\n".replace(" ", "  "))
    )

    assert first.hits == second.hits
    assert first.confidence == second.confidence


def test_tuning_with_it_is_better_and_then_every_way_in_uses_it(
    harbour_store: Store, letters: LetterEncoder, words: Path
) -> None:
    store, questions = harbour_store, asked_of(harbour_store)
    before = answer(store, letters, QUERY)
    plain = tune(store, letters, questions)
    found = tune(store, letters, questions, cross_encoder=str(words))

    assert found.before == plain.before
    assert found.changed
    assert found.after["quote_hit"] > plain.after["quote_hit"]
    # Keywords bring the passages that hold them forward by themselves, as high as it would.
    assert found.after["nDCG@10"] > plain.after["nDCG@10"] - TOLERANCE
    assert found.settings == settings_of(store)
    assert found.settings.ranking.cross_encoder > 0
    assert found.settings.confidence.weights[-1] > 0
    assert found.settings.cross_encoder == reader.identify(str(words))

    asked = answer(store, letters, QUERY)
    searched = search(store, letters, QUERY)
    assert asked.hits[0].key == "6" != before.hits[0].key
    assert searched.hits == asked.hits
    assert Pilcrow(store, letters).ask(QUERY).hits == asked.hits
    assert check_receipt(store, letters, asked).confirmed
    marks = {reader_name(store, settings) for settings in (plain.settings, found.settings)}
    assert len({READER, *marks}) == 3
    assert asked.receipt.reader == reader_name(store, found.settings)
    figures = measure(run(store, letters, questions), threshold=0)
    variants = ablate(store, letters, questions[::4])
    assert figures["quote_hit"] > plain.after["quote_hit"]
    assert "without cross_encoder" in variants


def test_tuning_with_it_twice_gives_the_same_settings(
    harbour_store: Store, letters: LetterEncoder, words: Path
) -> None:
    questions = asked_of(harbour_store)
    first, second = (tune(harbour_store, letters, questions, None, str(words)) for _ in range(2))

    assert first == second


def test_signals_times_weights_are_the_scores_that_it_gives(
    harbour_store: Store, letters: LetterEncoder, named: Settings
) -> None:
    # No phrase of this is rare enough to be put forward.
    gold = asked_of(harbour_store)[0].model_copy(update={"question": "who is it that is on watch?"})
    asked = ask(harbour_store, letters, gold, None, shipped("letters").ranking, named.cross_encoder)
    weights = replace(named.ranking, passage=2.0, unnumbered=0.0)
    other = replace(named, ranking=weights)
    scores = {
        harbour_store.rows[c.row][1].key: score
        for c, score in zip(asked.candidates, asked.signals @ values(weights), strict=True)
    }

    hits = answer(harbour_store, letters, gold.question, limit=100, settings=other).hits
    assert {hit.key: hit.score for hit in hits} == pytest.approx(scores, abs=1e-5)


def test_it_reads_forty_sentences_of_the_twenty_best_passages(
    tmp_path: Path, letters: LetterEncoder, named: Settings
) -> None:
    long = "The ferry was late on that day. Every drill is logged by the mate. The end."
    paragraphs = {
        str(number): Paragraph(("Drills",), long + " No fault was found there." * (number % 3), ())
        for number in range(1, 31)
    }
    store = build_store(tmp_path / "many", [report_of(Document("many", paragraphs))], letters)
    ranked = rank(store, letters, make_query(store, QUERY)).passages
    assert named.cross_encoder is not None
    found = reader.judge(store, make_query(store, QUERY), ranked, named.cross_encoder, 1.0)

    read = [item for item in found if item.judged is not None]
    assert {item.row for item in read} <= {item.row for item in ranked[:20]}
    assert sum(int((item.judged >= 0).sum()) for item in read if item.judged is not None) == 40
    # A sentence that is too short to be quoted is not read.
    assert all(item.judged[2] == -1 for item in read if item.judged is not None)
    assert sorted(item.row for item in found) == sorted(item.row for item in ranked)
    assert [item.score for item in found] == sorted((i.score for i in found), reverse=True)
    scores = {item.row: item.score for item in ranked}
    assert all(item.score == scores[item.row] for item in found if item.judged is None)


def test_settings_that_name_none_are_written_as_they_always_were() -> None:
    """Receipts hold a hash of this form, and a store's own settings are tied to it."""
    known = json.loads((files("search_api.ask") / "settings.json").read_text(encoding="utf-8"))

    written = {name: settings_json(shipped(name)) for name in known}
    assert json.dumps(written) == json.dumps(known)


def test_settings_that_name_one_are_read_back(named: Settings) -> None:
    assert read_settings(json.loads(json.dumps(settings_json(named)))) == named


@pytest.mark.parametrize("change", ["weights", "fewer signals", "gone", "unknown name"])
def test_another_model_than_the_one_that_was_fitted_is_refused_with_the_fix(
    harbour_store: Store,
    letters: LetterEncoder,
    named: Settings,
    tmp_path: Path,
    words: Path,
    change: str,
) -> None:
    own = shutil.copytree(words, tmp_path / "own")
    model = reader.identify(str(own))
    save_settings(harbour_store, replace(named, cross_encoder=model))
    says = {
        "weights": "has other weights than when it was fitted",
        "fewer signals": "settings.json is damaged",
        "gone": "not on this machine",
        "unknown name": "not on this machine",
    }[change]
    if change == "weights":
        write_cross_encoder(own, bias=-10.0)
    elif change == "fewer signals":
        save_settings(harbour_store, replace(named, confidence=shipped("letters").confidence))
    elif change == "gone":
        shutil.rmtree(own)
    else:
        known = CrossEncoderId("nobody/has-this", model.fingerprint)
        save_settings(harbour_store, replace(named, cross_encoder=known))

    for ask_it in (answer, search):
        with pytest.raises(PilcrowError, match=f"{says}.*pilcrow tune --reset"):
            ask_it(harbour_store, letters, QUERY)


def test_what_is_no_cross_encoder_is_refused_before_anything_is_fitted(
    harbour_store: Store, letters: LetterEncoder, tmp_path: Path, words: Path
) -> None:
    broken = shutil.copytree(words, tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"none")
    for folder, says in {
        write_cross_encoder(tmp_path / "three", labels=3): "has 3 labels, not one",
        write_cross_encoder(tmp_path / "encoder", headless=True): "not trained as a cross-encoder",
        broken: "cannot be loaded",
        tmp_path / "none": "neither on this machine nor",
    }.items():
        with pytest.raises(ModelError, match=f"{says}.*give the name or folder"):
            tune(harbour_store, letters, asked_of(harbour_store), cross_encoder=str(folder))
    assert not (harbour_store.folder / TUNED).exists()


def test_without_sentence_transformers_the_fix_is_to_install_it(
    harbour_store: Store,
    letters: LetterEncoder,
    named: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert named.cross_encoder is not None
    elsewhere = replace(named.cross_encoder, fingerprint="of another")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)

    with pytest.raises(ModelError, match="pip install sentence-transformers"):
        answer(harbour_store, letters, QUERY, settings=replace(named, cross_encoder=elsewhere))


def test_a_folder_is_found_from_wherever_a_question_is_asked(
    words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(words.parent)

    assert reader.identify("words") == reader.identify(str(words))


def test_the_verb_names_it_and_reset_takes_it_away(
    harbour_store: Store,
    letters: LetterEncoder,
    words: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "search_api.cli.opening.open_ready", lambda folder: (open_store(folder), letters)
    )
    monkeypatch.setenv("PILCROW_STORE", str(harbour_store.folder))

    def pilcrow(*args: str) -> Any:
        return CliRunner().invoke(cli.main, args)

    def asked() -> dict[str, Any]:
        found = json.loads(pilcrow("ask", QUERY, "--json").stdout)
        return {name: value for name, value in found.items() if name != "took_ms"}

    gold = str(write_gold(tmp_path / "gold.jsonl", asked_of(harbour_store)))
    before = asked()
    named = pilcrow("tune", gold, "--cross-encoder", str(words), "--json")

    assert named.exit_code == 0, named.output
    assert json.loads(named.stdout)["settings"]["cross_encoder"]["name"] == str(words)
    assert asked()["hits"][0]["key"] == "6"
    assert pilcrow("tune", "--reset", "--cross-encoder", "words").exit_code == 2
    assert pilcrow("tune", "--reset").exit_code == 0
    assert asked() == before
    plain = json.loads(pilcrow("tune", gold, "--json").stdout)["settings"]
    assert set(plain) == {"ranking", "confidence"}
    assert "cross_encoder" not in plain["ranking"]
    assert np.isfinite(plain["confidence"]["bias"])
