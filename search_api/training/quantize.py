"""A tuned sentence encoder to ONNX with weights in blocks of 4 and 8 bits, for `products`.

Most matrices keep 8 bits. The word vectors and the lower layers' wide matrices, which bear it
best (cosine to full precision .997 on the seed's sentences; the upper layers' cost twice that),
have 4, so that the model stays under 100 MB, in files of 50 MB at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.encoders.onnx_export import graph_of, seal, write_weights

if TYPE_CHECKING:
    from pathlib import Path

    import onnx
    from sentence_transformers import SentenceTransformer

# Layers, from below, whose feed-forward matrices have 4 bits.
NARROW_LAYERS = 4
NARROW_BLOCK, WIDE_BLOCK = 32, 256


def export(model: SentenceTransformer, folder: Path) -> None:
    """Write model.onnx, its weights, tokenizer.json and hashes.json into a folder.

    Args:
        model: a transformer with mean pooling.
        folder: where to write; made if missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(quantize(graph_of(model)), folder)
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    seal(folder)


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
