"""The graph of bytes, from an exported one: `python -m search_api.training.products`.

After `train`, before `adapt` and `reader`, for which it leaves room. Three things keep what
rounding loses small (cosine to full precision .999 on the seed's sentences, as with blocks of eight
bits). Columns of the input that run large are divided by a factor by which their weights are
multiplied (SmoothQuant, Xiao et al. 2023); the inner columns of the feed-forward part are sorted
into groups of like size, each with a scale of its own; and what GELU gives, hardly ever negative,
has its nought near the end.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data

from indexer.encoders.onnx_export import seal, write_weights
from indexer.encoders.products import (
    FILE,
    GROUPS,
    INNER,
    MATRICES,
    OUTWARD,
    groups_of,
    halves,
    rounded,
    smoothing,
)
from search_api.training.data import load_documents
from search_api.training.graft import add_reader, add_tokens, fill
from search_api.training.network import FROZEN, READER_RANK, TOKEN_DIM, WIDTH, matrices_of
from search_api.training.train import OWN_QUESTIONS, ROOT

# The matrix whose output is the inner columns.
WIDE = 4
# How much of the trouble with large activations goes to the weights (SmoothQuant's alpha).
ALPHA = 0.65
# Of each of the project's own reports: paragraphs, sentences and questions that are read to see how
# large activations run.
READ = 3
MOST_TOKENS = 384
NUMBERS = {
    "row_scale": TensorProto.FLOAT,
    "row_zero": TensorProto.UINT8,
    "inner_scale": TensorProto.FLOAT,
    "inner_zero": TensorProto.UINT8,
    "inner_least": TensorProto.FLOAT,
}
# What later training replaces stays in the graph's own file, so that a new version is small.
WITHIN = ("reader_", "token_", "salience_", "whole_of")

Floats = NDArray[np.float32]


def main() -> None:
    """Read the arguments and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=Path, required=True, help="folder of a model in blocks")
    parser.add_argument("--model", type=Path, default=ROOT / "indexer" / "model")
    given = parser.parse_args()
    write(given.blocks, given.model)


def write(blocks: Path, folder: Path) -> None:
    """Write the graph, its weights and what goes beside them into a model folder."""
    model = onnx.load(blocks / "model.onnx")
    add_tokens(model, WIDTH, TOKEN_DIM)
    add_reader(model, WIDTH, READER_RANK, FROZEN)
    names = [node.input[0] for node in _products(model)]
    kept = _rewrite(model, _largest(model, names, blocks))
    (folder / "tokenizer.json").write_bytes((blocks / "tokenizer.json").read_bytes())
    np.savez(folder / FILE, **kept)  # type: ignore[arg-type]
    write_weights(model, folder, WITHIN)
    seal(folder)


def add_to_weights(model: onnx.ModelProto, folder: Path, added: Sequence[Floats]) -> None:
    """Add to the upper layers' weights of a model folder, in its graph, a matrix each."""
    values = {item.name: item for item in model.graph.initializer}
    matrices = matrices_of(folder, values)
    for number, more in enumerate(added, start=FROZEN * MATRICES):
        rows = matrices[number] + more
        smooth = smoothing(number)
        if smooth:
            rows /= numpy_helper.to_array(values[smooth])
        for name, value in rounded(rows, number).items():
            fill(model, name, value)


def _products(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    return [node for node in model.graph.node if node.op_type == "MatMulNBits"]


def _largest(model: onnx.ModelProto, names: Sequence[str], folder: Path) -> list[Floats]:
    """For each product, the largest size of each column of its input over texts of our own."""
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    whole = onnx.ModelProto()
    whole.CopyFrom(model)
    asked = list(dict.fromkeys(names))
    whole.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in asked
    )
    session = InferenceSession(whole.SerializeToString(), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    found: dict[str, Floats] = {}
    for text in _texts():
        ids = np.array([tokenizer.encode(text).ids])
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        for name, values in zip(asked, session.run(asked, given), strict=True):
            largest = np.abs(values).max((0, 1))
            found[name] = np.maximum(found.get(name, largest), largest)
    return [np.maximum(found[name], np.float32(1e-3)) for name in names]


def _texts() -> list[str]:
    rng, found = random.Random(0), []  # noqa: S311
    for document in load_documents([OWN_QUESTIONS]):
        paragraphs = list(document.paragraphs.values())
        found += [" ".join(each.sentences) for each in rng.sample(paragraphs, READ)]
        found += [rng.choice(rng.choice(paragraphs).sentences) for _ in range(READ)]
        found += [question.text for question in rng.sample(list(document.questions), READ)]
    return found


def _rewrite(model: onnx.ModelProto, largest: Sequence[Floats]) -> dict[str, NDArray[np.generic]]:
    """Put products of bytes in the place of the graph's; what is kept beside it for them."""
    values = {item.name: item for item in model.graph.initializer}
    nodes = _products(model)
    matrices = [_widened(node, values) for node in nodes]
    for name, kind in NUMBERS.items():
        _give(model, name, kind, [])
    kept: dict[str, NDArray[np.generic]] = {}
    numbers = []
    for layer in range(len(nodes) // MATRICES):
        first = MATRICES * layer
        wide, inner = first + WIDE, first + INNER
        order = np.argsort(largest[inner] * np.abs(matrices[inner]).max(0)).astype(np.uint16)
        _sort_bias(values, model, nodes[wide], order)
        outward = np.max(
            [np.abs(each).max(0) for each in matrices[first : first + OUTWARD]], axis=0
        )
        factors = {
            first: _factor(largest[first], outward),
            wide: _factor(largest[wide], np.abs(matrices[wide]).max(0)),
        }
        for number, factor in factors.items():
            _keep(model, f"smooth_{number}", 1 / factor)
        for number in range(first, first + MATRICES):
            own = factors.get(first if number < first + OUTWARD else number)
            if _bits(nodes[number]) == 4:
                numbers.append(number)
                kept |= _narrow(nodes[number], values, number)
                kept[f"order_{number}"] = order
                if own is not None:
                    kept[f"factor_{number}"] = own
                _give_product(model, number, matrices[number].shape)
                continue
            rows = matrices[number] if own is None else matrices[number] * own
            if number == wide:
                rows = rows[order]
            if number == inner:
                rows = rows[:, order]
            for name, value in rounded(rows, number).items():
                _keep(model, name, value)
    _multiply_bytes(model, nodes)
    return {"numbers": np.array(numbers), **kept}


def _widened(node: onnx.NodeProto, values: dict[str, onnx.TensorProto]) -> Floats:
    """A matrix of MatMulNBits, shape (outputs, inputs)."""
    has = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    inputs, outputs, block = has["K"], has["N"], has["block_size"]
    packed, scales, *zeros = (numpy_helper.to_array(values[name]) for name in node.input[1:])
    rows = packed.reshape(outputs, -1)
    levels = (halves(rows) if has["bits"] == 4 else rows).astype(np.float32)
    blocks = levels.reshape(outputs, -1, block)
    # Blocks of eight bits have their nought in the middle.
    blocks -= halves(zeros[0].reshape(outputs, -1))[..., None] if zeros else np.uint8(128)
    blocks *= scales.reshape(outputs, -1, 1)
    matrix: Floats = blocks.reshape(outputs, -1)[:, :inputs].copy()
    return matrix


def _bits(node: onnx.NodeProto) -> int:
    return next(int(item.i) for item in node.attribute if item.name == "bits")


def _narrow(
    node: onnx.NodeProto, values: dict[str, onnx.TensorProto], number: int
) -> dict[str, NDArray[np.generic]]:
    """The blocks of a matrix of four bits: levels, scales and zeros, a row an output."""
    levels, scales, zeros = (numpy_helper.to_array(values[name]) for name in node.input[1:4])
    return {
        f"levels_{number}": levels,
        f"scales_{number}": scales.reshape(len(levels), -1),
        f"zeros_{number}": zeros.reshape(len(levels), -1),
    }


def _factor(activations: Floats, weights: Floats) -> Floats:
    found = activations**ALPHA / np.maximum(weights, np.float32(1e-4)) ** (1 - ALPHA)
    return np.asarray(found / np.exp(np.log(found).mean()), np.float32)


def _sort_bias(
    values: dict[str, onnx.TensorProto],
    model: onnx.ModelProto,
    wide: onnx.NodeProto,
    order: NDArray[np.uint16],
) -> None:
    """Sort the bias that is added to a wide product."""
    reached = {wide.output[0]}
    for node in model.graph.node:
        if node.op_type == "Add" and reached & set(node.input):
            for name in node.input:
                if name in values:
                    _sort(values[name], order, 0)
                    return
            reached.add(node.output[0])
    raise ValueError(f"no bias after {wide.output[0]}")


def _sort(tensor: onnx.TensorProto, order: NDArray[np.uint16], axis: int) -> None:
    rows = numpy_helper.to_array(tensor).take(order, axis)
    tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(rows), tensor.name))


def _keep(model: onnx.ModelProto, name: str, value: NDArray[np.generic]) -> None:
    model.graph.initializer.append(numpy_helper.from_array(value, name))


def _give(model: onnx.ModelProto, name: str, kind: int, sizes: Sequence[int]) -> None:
    """A constant that whoever loads the graph gives."""
    tensor = TensorProto(name=name, data_type=kind, dims=sizes, raw_data=b"")
    set_external_data(tensor, location=FILE)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    model.graph.initializer.append(tensor)


def _give_product(model: onnx.ModelProto, number: int, shape: Sequence[int]) -> None:
    groups = groups_of(number)
    for part in range(groups):
        _give(model, f"weights_{number}_{part}", TensorProto.INT8, [shape[1] // groups, shape[0]])
        _give(model, f"scale_{number}_{part}", TensorProto.FLOAT, [shape[0]])


def _multiply_bytes(model: onnx.ModelProto, nodes: Sequence[onnx.NodeProto]) -> None:
    """Put the nodes of products of bytes in the place of those given."""
    numbers = {node.output[0]: number for number, node in enumerate(nodes)}
    _keep(model, "last_axis_of", np.array([-1]))
    _keep(model, "groups", np.array([WIDTH * 4 // GROUPS] * GROUPS))
    made: set[str] = set()
    found = []
    for node in model.graph.node:
        number = numbers.get(node.output[0]) if node.op_type == "MatMulNBits" else None
        if number is None:
            found.append(node)
        elif number % MATRICES == INNER:
            found += _of_groups(node, number)
        else:
            rows = node.input[0]
            if rows not in made:
                made.add(rows)
                found += _in_bytes(rows, smoothing(number))
            found += _product(rows, node.output[0], f"{number}_0", "row")
    del model.graph.node[:]
    model.graph.node.extend(found)
    _prune(model)


def _in_bytes(name: str, smooth: str | None) -> list[onnx.NodeProto]:
    """Activations to bytes, each row by its own largest size."""
    make, nodes, rows = helper.make_node, [], name
    if smooth:
        rows = f"{name}_smooth"
        nodes = [make("Mul", [name, smooth], [rows])]
    return [
        *nodes,
        make("Abs", [rows], [f"{name}_sizes"]),
        make("ReduceMax", [f"{name}_sizes", "last_axis_of"], [f"{name}_most"], keepdims=1),
        make("Div", [rows, f"{name}_most"], [f"{name}_unit"]),
        make("QuantizeLinear", [f"{name}_unit", "row_scale", "row_zero"], [f"{name}_bytes"]),
    ]


def _product(rows: str, output: str, label: str, levels: str) -> list[onnx.NodeProto]:
    """Rows of bytes by a matrix of bytes."""
    weights = [f"weights_{label}", f"{levels}_scale", f"scale_{label}", f"{levels}_zero"]
    return [
        helper.make_node(
            "MatMulIntegerToFloat",
            [f"{rows}_bytes", *weights],
            [f"{output}_unit"],
            domain="com.microsoft",
        ),
        helper.make_node("Mul", [f"{output}_unit", f"{rows}_most"], [output]),
    ]


def _of_groups(node: onnx.NodeProto, number: int) -> list[onnx.NodeProto]:
    """The product of inner activations, group by group."""
    make, whole = helper.make_node, node.output[0]
    parts = [f"{node.input[0]}_group_{part}" for part in range(GROUPS)]
    nodes = [make("Split", [node.input[0], "groups"], parts, axis=-1)]
    for at, part in enumerate(parts):
        nodes += [
            make("ReduceMax", [part, "last_axis_of"], [f"{part}_largest"], keepdims=1),
            make("Max", [f"{part}_largest", "inner_least"], [f"{part}_most"]),
            make("Div", [part, f"{part}_most"], [f"{part}_unit"]),
            make(
                "QuantizeLinear", [f"{part}_unit", "inner_scale", "inner_zero"], [f"{part}_bytes"]
            ),
            *_product(part, f"{whole}_{at}", f"{number}_{at}", "inner"),
        ]
    return [*nodes, make("Sum", [f"{whole}_{at}" for at in range(GROUPS)], [whole])]


def _prune(model: onnx.ModelProto) -> None:
    """Drop the nodes and constants that no output needs any more."""
    needed, kept = {output.name for output in model.graph.output}, []
    for node in reversed(model.graph.node):
        if needed & set(node.output):
            needed |= set(node.input)
            kept.append(node)
    constants = [item for item in model.graph.initializer if item.name in needed]
    del model.graph.node[:]
    model.graph.node.extend(reversed(kept))
    del model.graph.initializer[:]
    model.graph.initializer.extend(constants)


if __name__ == "__main__":
    main()
