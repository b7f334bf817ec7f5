"""A tuned sentence encoder to the files that ship: ONNX with weights of 4 and 8 bits.

Most matrices keep 8 bits. The word vectors and the lower layers' wide matrices, which bear it
best (cosine to full precision .997 on the seed's sentences; the upper layers' cost twice that),
have 4, so that the model stays under 100 MB, in files of 50 MB at most.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx
import torch
from onnx.external_data_helper import convert_model_to_external_data, set_external_data
from torch.nn import functional

from indexer.encoder import file_sha256

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Layers, from below, whose feed-forward matrices have 4 bits.
NARROW_LAYERS = 4
NARROW_BLOCK, WIDE_BLOCK = 32, 256
LARGEST_FILE = 49_000_000
WEIGHTS = "weights-{}.bin"


class _Encoder(torch.nn.Module):
    """Token ids and mask to unit rows: mean pooling and normalisation are part of the graph."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        tokens = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state
        weight = attention_mask.unsqueeze(-1).to(tokens.dtype)
        return functional.normalize((tokens * weight).sum(1) / weight.sum(1), dim=-1)


def export(model: SentenceTransformer, folder: Path) -> None:
    """Write model.onnx, its weights, tokenizer.json and hashes.json into a folder.

    Args:
        model: a transformer with mean pooling.
        folder: where to write; made if missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(quantize(_graph(model)), folder)
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    seal(folder)


def _graph(model: SentenceTransformer) -> onnx.ModelProto:
    transformer = model[0].auto_model.float().eval()
    ids = torch.randint(5, 100, (3, 17))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    sizes = {0: torch.export.Dim("batch", max=4096), 1: torch.export.Dim("tokens", max=512)}
    program = torch.onnx.export(
        _Encoder(transformer).eval(),
        (ids, mask),
        dynamo=True,
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_shapes={"input_ids": sizes, "attention_mask": sizes},
        verbose=False,
    )
    assert program is not None
    return program.model_proto


def quantize(model: onnx.ModelProto) -> onnx.ModelProto:
    """Constant matrices to blocks of 4 or 8 bits, each with a scale; products stay exact in rows.

    Activations are rounded block by block, so a text's vector does not depend on its batch.
    """
    sizes = {item.name: list(item.dims) for item in model.graph.initializer}
    products = [n for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in sizes]
    widest = max(max(sizes[node.input[1]]) for node in products)
    feed_forward = [node.name for node in products if max(sizes[node.input[1]]) == widest]
    narrow = set(feed_forward[: 2 * NARROW_LAYERS])
    words = max(
        (n for n in model.graph.node if n.op_type == "Gather" and n.input[0] in sizes),
        key=lambda node: sizes[node.input[0]][0],
    )
    kept = [n.name for n in model.graph.node if n.name not in narrow and n.name != words.name]
    model = _in_blocks(model, 4, NARROW_BLOCK, symmetric=False, skip=kept)
    return _in_blocks(model, 8, WIDE_BLOCK, symmetric=True, skip=[])


def _in_blocks(
    model: onnx.ModelProto, bits: int, block: int, *, symmetric: bool, skip: list[str]
) -> onnx.ModelProto:
    from onnxruntime.quantization.matmul_nbits_quantizer import (
        DefaultWeightOnlyQuantConfig,
        MatMulNBitsQuantizer,
    )

    kinds = ("MatMul", "Gather") if bits == 4 else ("MatMul",)
    config = DefaultWeightOnlyQuantConfig(
        block_size=block,
        is_symmetric=symmetric,
        accuracy_level=4,
        bits=bits,
        op_types_to_quantize=kinds,
        quant_axes=(("MatMul", 0), ("Gather", 1)),
    )
    quantizer = MatMulNBitsQuantizer(
        model, algo_config=config, nodes_to_exclude=skip, op_types_to_quantize=kinds
    )
    quantizer.process()
    narrowed: onnx.ModelProto = quantizer.model.model
    return narrowed


def write_weights(model: onnx.ModelProto, folder: Path) -> None:
    """Save the graph, its weights in files of LARGEST_FILE bytes at most."""
    convert_model_to_external_data(model, size_threshold=1024, location=WEIGHTS.format(1))
    number, filled = 1, 0
    for tensor in model.graph.initializer:
        if not tensor.HasField("data_location"):
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
    names = sorted(path.name for path in folder.iterdir() if path.suffix in {".onnx", ".bin"})
    hashes: dict[str, Any] = {
        name: file_sha256(folder / name) for name in [*names, "tokenizer.json"]
    }
    (folder / "hashes.json").write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")
