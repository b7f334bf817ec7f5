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

from indexer.encoders.onnx import SALIENCE, TOKENS

Floats = NDArray[np.float32]
# What the graph calls the last hidden states.
LAST = "layer_norm_24"


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
