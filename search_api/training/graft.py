"""What is put onto the graph of an encoder: token vectors, and what reads a question and a window.

It is put on empty, before the weights become bytes; `adapt` and `reader` then fill in the numbers,
which stand beside the weights, so that a new reader adds two megabytes to the repository and not
ninety.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from indexer.encoders.onnx import ANSWERS, SALIENCE, SECOND, TOKENS
from indexer.encoders.products import MATRICES

Floats = NDArray[np.float32]
# What the graph calls the last hidden states.
LAST = "layer_norm_24"
# And the places of tokens in their row, which are there, their positions, which each may see, and
# the mask that is made of that.
PLACES, PRESENT, POSITIONS, SEEN, MASK = "arange_2", "ne", "add_18", "bitwise_and_1", "where"
SEEN_OR_NOT = ("zeros", "val_42")
# No row of tokens is as long as this.
NOWHERE = 1_000_000_000


def add_tokens(model: onnx.ModelProto, width: int, size: int) -> None:
    """Give the graph outputs for each token: its unit vector, projected, and how much it counts.

    Args:
        model: the graph, changed in place.
        width: of the hidden states.
        size: of a token's vector.
    """
    make = helper.make_node
    model.graph.initializer.append(
        numpy_helper.from_array(np.array(0, np.float32), "salience_bias")
    )
    model.graph.initializer.append(numpy_helper.from_array(np.array([-1]), "last_axis"))
    model.graph.node.extend(
        [
            make("LpNormalization", [LAST], ["unit_hidden"], axis=-1, p=2),
            _constant(model, "token_projection", np.zeros((width, size), np.float32)),
            make("MatMul", ["unit_hidden", "token_projection"], ["tokens_long"]),
            make("LpNormalization", ["tokens_long"], [TOKENS], axis=-1, p=2),
            _constant(model, "salience_of", np.zeros((width, 1), np.float32)),
            make("MatMul", ["unit_hidden", "salience_of"], ["salience_raw"]),
            make("Squeeze", ["salience_raw", "last_axis"], ["salience_flat"]),
            make("Add", ["salience_flat", "salience_bias"], ["salience_logit"]),
            make("Sigmoid", ["salience_logit"], [SALIENCE]),
        ]
    )
    shape: list[str | int | None] = ["batch", "tokens"]
    for name, sizes in ((TOKENS, [*shape, size]), (SALIENCE, shape)):
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes))


def fill_tokens(model: onnx.ModelProto, projection: Floats, salience: Floats, bias: float) -> None:
    """Put numbers in for the tokens: a projection, shape (width, size), and what salience is.

    Args:
        model: the graph, changed in place.
        projection: shape (width, values of a token's vector).
        salience: of the unit vector, shape (width,).
        bias: added to the salience, before it becomes a share.
    """
    fill(model, "token_projection_half", projection.astype(np.float16))
    fill(model, "salience_of_half", salience[:, None].astype(np.float16))
    fill(model, "salience_bias", np.array(bias, np.float32))


def add_reader(model: onnx.ModelProto, width: int, rank: int, frozen: int) -> None:
    """Let a graph read a question beside a window, where its input SECOND says so.

    The layers below then read either for itself; those above read both together, by low-rank
    products beside theirs, which count for nothing where no window is.

    Args:
        model: the graph, whose products are MatMulNBits still, changed in place.
        width: of the hidden states.
        rank: of the products.
        frozen: layers that read either for itself.
    """
    # An input that has a value of its own need not be given.
    for name, value in (
        (SECOND, [NOWHERE]),
        ("nowhere", [NOWHERE]),
        ("axis_0", [0]),
        ("axis_1", [1]),
        ("axis_2", [2]),
        ("axes_of_keys", [1, 2]),
        ("axes_of_queries", [1, 3]),
        ("first", 0),
        ("one", 1),
        ("answers_bias", 0.0),
        ("unlikely", -1e4),
    ):
        kept = np.array(value)
        kept = kept.astype(np.float32) if kept.dtype == np.float64 else kept
        model.graph.initializer.append(numpy_helper.from_array(kept, name))
    model.graph.input.append(helper.make_tensor_value_info(SECOND, TensorProto.INT64, ["windows"]))
    for node in model.graph.node:
        if node.op_type == "Gather" and POSITIONS in node.input:
            node.input[1] = "positions_apart"
    first = frozen * MATRICES
    _part_lower_layers(model, [n for n in model.graph.node if n.op_type == "MatMulNBits"][first])
    _read_beside(model, first, rank)
    model.graph.node.extend([*_where_read(), *_judgement(model, width)])
    _sort(model)
    answers = helper.make_tensor_value_info(ANSWERS, TensorProto.FLOAT, ["batch"])
    model.graph.output.append(answers)


def fill_reader(
    model: onnx.ModelProto,
    down: Sequence[Floats],
    up: Sequence[Floats],
    whole: Floats,
    token: Floats,
    bias: float,
) -> None:
    """Put numbers in for the reader.

    Args:
        model: the graph, changed in place.
        down: for each product of the layers that read both, shape (rank, inputs).
        up: for each, shape (outputs, rank).
        whole: what the first token's state says of the window, shape (width,).
        token: what the state of a token of it says, of which the most counts, shape (width,).
        bias: added to both.
    """
    for place, (inward, outward) in enumerate(zip(down, up, strict=True)):
        for part, values in (("down", inward.T), ("up", outward.T)):
            levels, scale = _in_bytes(values)
            fill(model, f"reader_{place}_{part}_bytes", levels)
            fill(model, f"reader_{place}_{part}_scale", scale)
    fill(model, "whole_of_half", whole[:, None].astype(np.float16))
    fill(model, "token_of_half", token[:, None].astype(np.float16))
    fill(model, "answers_bias", np.array(bias, np.float32))


def fill(model: onnx.ModelProto, name: str, value: NDArray[np.generic]) -> None:
    """Put another value of the same shape in the place of a constant."""
    (kept,) = (item for item in model.graph.initializer if item.name == name)
    if list(kept.dims) != list(value.shape):
        raise ValueError(f"{name} has the shape {list(kept.dims)}, not {list(value.shape)}")
    kept.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value), name))


def _where_read() -> list[onnx.NodeProto]:
    """What follows from SECOND: positions counted anew, a mask that parts the texts."""
    make = helper.make_node
    return [
        make("Unsqueeze", [SECOND, "axis_1"], ["second_column"]),
        make("Unsqueeze", [PLACES, "axis_0"], ["places"]),
        make("Cast", [PRESENT], ["present"], to=TensorProto.INT64),
        make("GreaterOrEqual", ["places", "second_column"], ["of_window"]),
        make("Cast", ["of_window"], ["of_window_number"], to=TensorProto.INT64),
        make("Mul", ["of_window_number", "present"], ["moved"]),
        make("Mul", ["moved", "second_column"], ["moved_by"]),
        make("Sub", [POSITIONS, "moved_by"], ["positions_apart"]),
        make("Unsqueeze", ["of_window_number", "axes_of_keys"], ["text_of_key"]),
        make("Unsqueeze", ["of_window_number", "axes_of_queries"], ["text_of_query"]),
        make("Equal", ["text_of_key", "text_of_query"], ["same_text"]),
        make("And", [SEEN, "same_text"], ["seen_apart"]),
        make("Where", ["seen_apart", *SEEN_OR_NOT], ["mask_apart"]),
        make("Less", [SECOND, "nowhere"], ["reads"]),
        make("Cast", ["reads"], ["reads_number"], to=TensorProto.FLOAT),
        make("ReduceMax", ["reads_number"], ["reading"], keepdims=0),
    ]


def _judgement(model: onnx.ModelProto, width: int) -> list[onnx.NodeProto]:
    """The last hidden states to the log-odds that the window answers."""
    make, nothing = helper.make_node, np.zeros((width, 1), np.float32)
    return [
        _constant(model, "whole_of", nothing),
        _constant(model, "token_of", nothing),
        make("Gather", [LAST, "first"], ["first_state"], axis=1),
        make("MatMul", ["first_state", "whole_of"], ["whole_column"]),
        make("Squeeze", ["whole_column", "axis_1"], ["whole_says"]),
        make("MatMul", [LAST, "token_of"], ["token_column"]),
        make("Squeeze", ["token_column", "axis_2"], ["token_says"]),
        # Neither the token that opens the window nor the one that ends it is of its words.
        make("Greater", ["places", "second_column"], ["after_first"]),
        make("ReduceSum", ["present", "axis_1"], ["lengths"], keepdims=1),
        make("Sub", ["lengths", "one"], ["last_places"]),
        make("Less", ["places", "last_places"], ["before_last"]),
        make("And", ["after_first", "before_last"], ["words_of_window"]),
        make("Where", ["words_of_window", "token_says", "unlikely"], ["token_counts"]),
        make("ReduceMax", ["token_counts", "axis_1"], ["token_best"], keepdims=0),
        make("Add", ["whole_says", "token_best"], ["answers_plain"]),
        make("Add", ["answers_plain", "answers_bias"], [ANSWERS]),
    ]


def _part_lower_layers(model: onnx.ModelProto, first: onnx.NodeProto) -> None:
    """Mask each text from the other in the layers below the first product of those that read."""
    for node in model.graph.node:
        if node is first:
            return
        if node.op_type == "Add" and MASK in node.input:
            node.input[list(node.input).index(MASK)] = "mask_apart"


def _read_beside(model: onnx.ModelProto, first: int, rank: int) -> None:
    """Add the reader's low-rank product beside each product from the `first` on."""
    make, beside = helper.make_node, []
    products = [node for node in model.graph.node if node.op_type == "MatMulNBits"]
    for place, node in enumerate(products[first:]):
        label, whole = f"reader_{place}", node.output[0]
        has = {item.name: item.i for item in node.attribute}
        node.output[0] = f"{whole}_plain"
        beside += [
            *_rounded(model, f"{label}_down", np.zeros((has["K"], rank), np.float32)),
            *_rounded(model, f"{label}_up", np.zeros((rank, has["N"]), np.float32)),
            make("MatMul", [node.input[0], f"{label}_down"], [f"{label}_low_all"]),
            make("Mul", [f"{label}_low_all", "reading"], [f"{label}_low"]),
            make("MatMul", [f"{label}_low", f"{label}_up"], [f"{label}_added"]),
            make("Add", [node.output[0], f"{label}_added"], [whole]),
        ]
    model.graph.node.extend(beside)


def _sort(model: onnx.ModelProto) -> None:
    """Put each node after those whose outputs it takes, else in the order they are in."""
    waiting = list(model.graph.node)
    known = {"", *(item.name for item in (*model.graph.input, *model.graph.initializer))}
    done = []
    while waiting:
        later = []
        for node in waiting:
            if known.issuperset(node.input):
                done.append(node)
                known.update(node.output)
            else:
                later.append(node)
        if len(later) == len(waiting):
            raise ValueError(f"what {later[0].name or later[0].output[0]} takes is not made")
        waiting = later
    del model.graph.node[:]
    model.graph.node.extend(done)


def strip(model: onnx.ModelProto) -> None:
    """Drop what an exporter noted down, which is more than half of a graph beside its weights."""
    for node in model.graph.node:
        del node.metadata_props[:]
    del model.graph.value_info[:]


def _rounded(model: onnx.ModelProto, name: str, values: Floats) -> list[onnx.NodeProto]:
    """A constant kept in eight bits, a scale a column; the nodes that widen it go likewise."""
    for suffix, part in zip(("bytes", "scale"), _in_bytes(values), strict=True):
        model.graph.initializer.append(
            numpy_helper.from_array(np.ascontiguousarray(part), f"{name}_{suffix}")
        )
    return [
        helper.make_node("Cast", [f"{name}_bytes"], [f"{name}_wide"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}_wide", f"{name}_scale"], [name]),
    ]


def _in_bytes(values: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Values as bytes, and a scale a column."""
    scale = np.maximum(np.abs(values).max(axis=0), np.float32(1e-12)) / 127
    return np.rint(values / scale).astype(np.int8), scale.astype(np.float32)


def _constant(model: onnx.ModelProto, name: str, values: Floats) -> onnx.NodeProto:
    """A constant kept in half precision; the node that widens it goes when the graph is loaded."""
    half = np.ascontiguousarray(values, np.float16)
    model.graph.initializer.append(numpy_helper.from_array(half, f"{name}_half"))
    return helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT)
