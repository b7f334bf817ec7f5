"""An adapter and token vectors onto the graph of the shipped encoder, whose weights stay.

The adapter's low-rank matrices stand beside the quantized ones, so that a new version of the
encoder adds three megabytes to the repository and not ninety.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from indexer.encoders.onnx import ANSWERS, SALIENCE, SECOND, TOKENS

Floats = NDArray[np.float32]
# What the graph calls the last hidden states.
LAST = "layer_norm_24"
# And the places of tokens in their row, which are there, their positions, which each may see, and
# the mask that is made of that.
PLACES, PRESENT, POSITIONS, SEEN, MASK = "arange_2", "ne", "add_18", "bitwise_and_1", "where"
SEEN_OR_NOT = ("zeros", "val_42")
# No row of tokens is as long as this.
NOWHERE = 1_000_000_000


def add_adapter(
    model: onnx.ModelProto, down: Sequence[Floats], up: Sequence[Floats], first: int
) -> None:
    """Add a low-rank product beside each quantized matrix from the `first` on.

    Args:
        model: the graph, changed in place.
        down: for each of these matrices in order, shape (rank, inputs).
        up: for each, shape (outputs, rank).
        first: the number of matrices that are left alone.
    """
    products = [node for node in model.graph.node if node.op_type == "MatMulNBits"]
    beside: dict[str, list[onnx.NodeProto]] = {}
    for place, node in enumerate(products[first:]):
        label, whole = f"adapter_{place}", node.output[0]
        node.output[0] = f"{whole}_plain"
        beside[node.output[0]] = [
            *_rounded(model, f"{label}_down", down[place].T),
            *_rounded(model, f"{label}_up", up[place].T),
            helper.make_node("MatMul", [node.input[0], f"{label}_down"], [f"{label}_low"]),
            helper.make_node("MatMul", [f"{label}_low", f"{label}_up"], [f"{label}_added"]),
            helper.make_node("Add", [node.output[0], f"{label}_added"], [whole]),
        ]
    nodes = []
    for node in model.graph.node:
        nodes += [node, *beside.get(node.output[0], [])]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def add_tokens(model: onnx.ModelProto, projection: Floats, salience: Floats, bias: float) -> None:
    """Give the graph outputs for each token: its unit vector, projected, and how much it counts.

    Args:
        model: the graph, changed in place.
        projection: shape (width, values of a token's vector).
        salience: of the unit vector, shape (width,).
        bias: added to the salience, before it becomes a share.
    """
    make = helper.make_node
    model.graph.initializer.append(
        numpy_helper.from_array(np.array(bias, np.float32), "salience_bias")
    )
    model.graph.initializer.append(numpy_helper.from_array(np.array([-1]), "last_axis"))
    model.graph.node.extend(
        [
            make("LpNormalization", [LAST], ["unit_hidden"], axis=-1, p=2),
            _constant(model, "token_projection", projection),
            make("MatMul", ["unit_hidden", "token_projection"], ["tokens_long"]),
            make("LpNormalization", ["tokens_long"], [TOKENS], axis=-1, p=2),
            _constant(model, "salience_of", salience[:, None]),
            make("MatMul", ["unit_hidden", "salience_of"], ["salience_raw"]),
            make("Squeeze", ["salience_raw", "last_axis"], ["salience_flat"]),
            make("Add", ["salience_flat", "salience_bias"], ["salience_logit"]),
            make("Sigmoid", ["salience_logit"], [SALIENCE]),
        ]
    )
    shape = ["batch", "tokens"]
    for name, sizes in ((TOKENS, [*shape, projection.shape[1]]), (SALIENCE, shape)):
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes))


def add_reader(
    model: onnx.ModelProto,
    down: Sequence[Floats],
    up: Sequence[Floats],
    whole: Floats,
    token: Floats,
    bias: float,
) -> None:
    """Let an adapted graph read a question beside a window, where its input SECOND says so.

    The layers without an adapter then read either for itself; those with one read both together,
    by further low-rank products, which count for nothing where no window is.

    Args:
        model: the graph, changed in place.
        down: for each matrix that has an adapter, shape (rank, inputs).
        up: for each, shape (outputs, rank).
        whole: what the first token's state says of the window, shape (width,).
        token: what the state of a token of it says, of which the most counts, shape (width,).
        bias: added to both.
    """
    rank, adapted = len(down[0]), _rank_of_adapter(model)
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
        ("ranks_of_adapter", [1.0] * adapted + [0.0] * rank),
        ("ranks_of_reader", [0.0] * adapted + [1.0] * rank),
        ("answers_bias", bias),
        ("unlikely", -1e4),
    ):
        kept = np.array(value)
        kept = kept.astype(np.float32) if kept.dtype == np.float64 else kept
        model.graph.initializer.append(numpy_helper.from_array(kept, name))
    model.graph.input.append(helper.make_tensor_value_info(SECOND, TensorProto.INT64, ["windows"]))
    for node in model.graph.node:
        if node.op_type == "Gather" and POSITIONS in node.input:
            node.input[1] = "positions_apart"
    _part_lower_layers(model)
    _widen_adapter(model, down, up)
    model.graph.node.extend([*_where_read(), *_judgement(model, whole, token)])
    _sort(model)
    answers = helper.make_tensor_value_info(ANSWERS, TensorProto.FLOAT, ["batch"])
    model.graph.output.append(answers)


def _where_read() -> list[onnx.NodeProto]:
    """What follows from SECOND: positions counted anew, a mask that parts the texts, the ranks."""
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
        make("Mul", ["ranks_of_reader", "reading"], ["ranks_read"]),
        make("Add", ["ranks_of_adapter", "ranks_read"], ["ranks"]),
    ]


def _judgement(model: onnx.ModelProto, whole: Floats, token: Floats) -> list[onnx.NodeProto]:
    """The last hidden states to the log-odds that the window answers."""
    make = helper.make_node
    return [
        _constant(model, "whole_of", whole[:, None]),
        _constant(model, "token_of", token[:, None]),
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


def _part_lower_layers(model: onnx.ModelProto) -> None:
    """Mask each text from the other in the layers below the first adapter."""
    for node in model.graph.node:
        if "adapter_0_low" in node.output:
            return
        if node.op_type == "Add" and MASK in node.input:
            node.input[list(node.input).index(MASK)] = "mask_apart"


def _widen_adapter(model: onnx.ModelProto, down: Sequence[Floats], up: Sequence[Floats]) -> None:
    """Give each low-rank product the reader's ranks beside the adapter's."""
    make, new = helper.make_node, []
    for node in model.graph.node:
        for place, (inward, outward) in enumerate(zip(down, up, strict=True)):
            low = f"adapter_{place}_low"
            for part, values, axis, found in (
                ("down", inward.T, 1, low in node.output),
                ("up", outward.T, 0, low in node.input),
            ):
                if found:
                    own, both = f"reader_{place}_{part}", f"both_{place}_{part}"
                    new += [
                        *_rounded(model, own, values),
                        make("Concat", [node.input[1], own], [both], axis=axis),
                    ]
                    node.input[1] = both
            if low in node.output:
                node.output[0] = f"{low}_all"
                new.append(make("Mul", [f"{low}_all", "ranks"], [low]))
    model.graph.node.extend(new)


def _rank_of_adapter(model: onnx.ModelProto) -> int:
    kept = {item.name: item.dims for item in model.graph.initializer}
    return int(kept["adapter_0_down_bytes"][1])


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
    scale = np.maximum(np.abs(values).max(axis=0), np.float32(1e-12)) / 127
    kept = np.rint(values / scale).astype(np.int8)
    for suffix, part in (("bytes", kept), ("scale", scale.astype(np.float32))):
        model.graph.initializer.append(
            numpy_helper.from_array(np.ascontiguousarray(part), f"{name}_{suffix}")
        )
    return [
        helper.make_node("Cast", [f"{name}_bytes"], [f"{name}_wide"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}_wide", f"{name}_scale"], [name]),
    ]


def _constant(model: onnx.ModelProto, name: str, values: Floats) -> onnx.NodeProto:
    """A constant kept in half precision; the node that widens it goes when the graph is loaded."""
    half = np.ascontiguousarray(values, np.float16)
    model.graph.initializer.append(numpy_helper.from_array(half, f"{name}_half"))
    return helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT)
