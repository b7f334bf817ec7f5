"""A sentence-transformers model to files that `indexer.encoders.onnx` runs without torch."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import onnx
import torch
from onnx.external_data_helper import convert_model_to_external_data, set_external_data
from torch.nn import functional

from indexer.encoders.base import file_sha256
from indexer.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# What may follow the transformer: each works on rows alone.
PLAIN = {"Pooling", "Dense", "Normalize"}
LARGEST_FILE = 49_000_000
LARGEST_BATCH = 4_096
WEIGHTS = "weights-{}.bin"


class _Whole(torch.nn.Module):
    """Token ids and mask to unit rows: the model's own pooling is part of the graph."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.transformer = model[0].auto_model
        self.after = torch.nn.ModuleList(list(model)[1:])

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state
        features = {"token_embeddings": hidden, "attention_mask": attention_mask}
        for module in self.after:
            features = module(features)
        return functional.normalize(features["sentence_embedding"], dim=-1)


def export_model(model: SentenceTransformer, folder: Path) -> None:
    """Write model.onnx, its weights, tokenizer.json and hashes.json into a folder.

    The weights keep their full precision. tokenizer.json says how long a text may be and what pads.

    Args:
        model: a transformer, pooling, and perhaps dense and normalising layers.
        folder: where to write; made if missing.

    Raises:
        ModelError: the model is of another kind, or torch cannot export it.
    """
    kinds = [type(module).__name__ for module in model]
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if kinds[:2] != ["Transformer", "Pooling"] or not set(kinds[1:]) <= PLAIN or tokenizer is None:
        raise ModelError(
            f"a model of {', '.join(kinds)} cannot be exported to ONNX; only a transformer with a "
            "fast tokenizer, pooling, dense and normalising layers can"
        )
    try:
        exported = graph_of(model)
    except Exception as error:
        first_line = str(error).strip().partition("\n")[0]
        raise ModelError(f"torch cannot export this model to ONNX: {first_line}") from error
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(exported, folder)
    tokenizer.enable_truncation(model.max_seq_length)
    tokenizer.enable_padding(pad_id=model.tokenizer.pad_token_id)
    tokenizer.save(str(folder / "tokenizer.json"))
    seal(folder)


def graph_of(model: SentenceTransformer) -> onnx.ModelProto:
    """The model as a graph of full precision, from token ids and mask to unit rows."""
    ids = torch.randint(5, 100, (3, 17))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    sizes = {
        0: torch.export.Dim("batch", max=LARGEST_BATCH),
        1: torch.export.Dim("tokens", max=model.max_seq_length),
    }
    # torch warns of its own deprecated parts, and logs what it does without.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            _Whole(model.float()).eval(),
            (ids, mask),
            dynamo=True,
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_shapes={"input_ids": sizes, "attention_mask": sizes},
            verbose=False,
        )
    assert program is not None
    return program.model_proto


def write_weights(model: onnx.ModelProto, folder: Path, within: tuple[str, ...] = ()) -> None:
    """Save the graph, its weights in files of LARGEST_FILE bytes at most where they can be.

    Constants whose names begin with one of `within` stay in the graph's own file.
    """
    convert_model_to_external_data(model, size_threshold=1024, location=WEIGHTS.format(1))
    number, filled = 1, 0
    for tensor in model.graph.initializer:
        if not (tensor.HasField("data_location") and tensor.HasField("raw_data")):
            continue
        if tensor.name.startswith(within):
            tensor.ClearField("external_data")
            tensor.ClearField("data_location")
            continue
        size = len(tensor.raw_data)
        if filled and filled + size > LARGEST_FILE:
            number, filled = number + 1, 0
        filled += size
        set_external_data(tensor, location=WEIGHTS.format(number))
    for old in folder.glob(WEIGHTS.format("*")):
        old.unlink()
    onnx.save(model, str(folder / "model.onnx"))


def seal(folder: Path) -> None:
    """Write hashes.json: SHA-256 of each file that the encoder reads."""
    names = sorted(
        path.name for path in folder.iterdir() if path.suffix in {".onnx", ".bin", ".npz"}
    )
    hashes = {name: file_sha256(folder / name) for name in [*names, "tokenizer.json"]}
    (folder / "hashes.json").write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")
