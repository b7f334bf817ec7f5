"""The shipped encoder as a torch network, from the quantized weights of its ONNX graph.

What is trained onto it is trained on just the weights that ship. The lower layers stay as they
are, so that their output can be kept, text by text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

from indexer.encoders.products import MATRICES, groups_of, products, smoothing

LAYERS, FROZEN = 12, 6
HEADS, WIDTH, WIDE = 12, 768, 3072
# Values of a token's vector; the rank of what the reader adds.
TOKEN_DIM, READER_RANK = 256, 12
EPSILON = 1e-5
BUCKETS, NEAR, FURTHEST = 16, 8, 128
FAR = -1e4
SHAPES = [(WIDTH, WIDTH)] * 4 + [(WIDTH, WIDE), (WIDE, WIDTH)]
BIASES = ("attn.q", "attn.k", "attn.v", "attn.o", "intermediate.dense", "output.dense")

Low = tuple[torch.Tensor, torch.Tensor]


class Adapter(nn.Module):
    """Low-rank matrices (Hu et al. 2021) beside those of the upper layers."""

    def __init__(self, rank: int) -> None:
        super().__init__()
        shapes = SHAPES * (LAYERS - FROZEN)
        self.down = nn.ParameterList(
            [nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs)) for inputs, _ in shapes]
        )
        self.up = nn.ParameterList(
            [nn.Parameter(torch.zeros(outputs, rank)) for _, outputs in shapes]
        )

    def of_layer(self, layer: int) -> list[Low]:
        """The matrices beside those of an upper layer, counted from 0."""
        places = range(MATRICES * layer, MATRICES * (layer + 1))
        return [(self.down[place], self.up[place]) for place in places]


class Layer:
    """One layer of MPNet, in half precision; it is not trained."""

    def __init__(
        self,
        matrices: Sequence[torch.Tensor],
        biases: Sequence[torch.Tensor],
        norms: Sequence[torch.Tensor],
    ) -> None:
        self._matrices = [matrix.to(torch.bfloat16) for matrix in matrices]
        self._biases = [bias.to(torch.bfloat16) for bias in biases]
        self._norms = [norm.to(torch.bfloat16) for norm in norms]

    def __call__(
        self, hidden: torch.Tensor, bias: torch.Tensor, low: Sequence[Low] | None = None
    ) -> torch.Tensor:
        """Hidden states (texts, tokens, width) to those above; `bias` is added to the attention."""

        def product(place: int, rows: torch.Tensor) -> torch.Tensor:
            found = functional.linear(rows, self._matrices[place], self._biases[place])
            if low is None:
                return found
            down, up = (part.to(rows.dtype) for part in low[place])
            return found + functional.linear(functional.linear(rows, down), up)

        texts, tokens, _ = hidden.shape
        query, key, value = (
            product(place, hidden).view(texts, tokens, HEADS, -1).transpose(1, 2)
            for place in range(3)
        )
        scores = (query @ key.transpose(2, 3)).float() / math.sqrt(WIDTH / HEADS) + bias
        weights = torch.softmax(scores, -1).to(hidden.dtype)
        mixed = (weights @ value).transpose(1, 2).reshape(texts, tokens, WIDTH)
        hidden = self._norm(product(3, mixed) + hidden, 0)
        wide = functional.gelu(product(4, hidden))
        return self._norm(product(5, wide) + hidden, 2)

    def _norm(self, rows: torch.Tensor, place: int) -> torch.Tensor:
        weight, bias = self._norms[place : place + 2]
        return functional.layer_norm(rows, (WIDTH,), weight, bias, EPSILON)


class Network:
    """The encoder of a model folder, with the adapters it was given: token ids to hidden states."""

    def __init__(self, folder: Path) -> None:
        graph = onnx.load(folder / "model.onnx").graph
        values = {item.name: item for item in graph.initializer}

        def tensor(name: str) -> torch.Tensor:
            return torch.from_numpy(numpy_helper.to_array(values[f"transformer.{name}"]).copy())

        matrices = [torch.from_numpy(matrix) for matrix in matrices_of(folder, values)]
        (words,) = (node for node in graph.node if node.op_type == "GatherBlockQuantized")
        self._words = torch.from_numpy(_widened_words(words, values))
        self._positions = tensor("embeddings.position_embeddings.weight")
        self._norm = [tensor(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
        self._relative = tensor("encoder.relative_attention_bias.weight")
        self._layers = []
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}."
            parts = [f"attention.{name}" if name.startswith("attn") else name for name in BIASES]
            norms = [
                tensor(f"{at}{place}.LayerNorm.{part}")
                for place in ("attention", "output")
                for part in ("weight", "bias")
            ]
            own = matrices[MATRICES * layer : MATRICES * (layer + 1)]
            self._layers.append(Layer(own, [tensor(f"{at}{part}.bias") for part in parts], norms))

    @torch.no_grad()
    def lower(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The hidden states under the layers that are adapted."""
        places = torch.cumsum(mask, 1) * mask + 1
        weight, bias = self._norm
        embedded = self._words[ids] + self._positions[places]
        hidden = functional.layer_norm(embedded, (WIDTH,), weight, bias, EPSILON)
        hidden, near = hidden.to(torch.bfloat16), self._bias(mask)
        for layer in self._layers[:FROZEN]:
            hidden = layer(hidden, near)
        return hidden

    def upper(
        self, hidden: torch.Tensor, mask: torch.Tensor, adapter: Adapter | None
    ) -> torch.Tensor:
        """The last hidden states, float32."""
        bias = self._bias(mask)
        for place, layer in enumerate(self._layers[FROZEN:]):
            hidden = layer(hidden, bias, adapter.of_layer(place) if adapter else None)
        return hidden.float()

    def _bias(self, mask: torch.Tensor) -> torch.Tensor:
        """What is added to each head's attention: by distance, and to keep from padding."""
        places = torch.arange(mask.shape[1])
        found = self._relative[_bucket(places[None, :] - places[:, None])].permute(2, 0, 1)
        return found[None].masked_fill(mask[:, None, None, :] == 0, FAR)


def _bucket(distance: torch.Tensor) -> torch.Tensor:
    """The bucket of a distance between tokens (Raffel et al. 2020, section 2.1)."""
    behind = (distance > 0).long() * BUCKETS
    far = distance.abs()
    grown = torch.log(far.float().clamp(min=1) / NEAR) / math.log(FURTHEST / NEAR)
    large = (NEAR + (grown * (BUCKETS - NEAR)).long()).clamp(max=BUCKETS - 1)
    return behind + torch.where(far < NEAR, far, large)


def matrices_of(folder: Path, values: dict[str, onnx.TensorProto]) -> list[NDArray[np.float32]]:
    """The matrices of a model folder in their order, each of shape (outputs, inputs)."""
    given = products(folder)

    def value(name: str) -> NDArray[np.float32]:
        kept = given[name] if name in given else numpy_helper.to_array(values[name])
        return kept.astype(np.float32)

    found = []
    for number in range(LAYERS * MATRICES):
        rows = np.concatenate(
            [
                value(f"weights_{number}_{part}").T * value(f"scale_{number}_{part}")[:, None]
                for part in range(groups_of(number))
            ],
            axis=1,
        )
        smooth = smoothing(number)
        found.append(rows * value(smooth) if smooth else rows)
    return found


def _widened_words(
    node: onnx.NodeProto, values: dict[str, onnx.TensorProto]
) -> NDArray[np.float32]:
    """The word vectors, shape (vocabulary, width)."""
    levels, scales, zero = (
        numpy_helper.to_array(values[node.input[place]]).astype(np.float32) for place in (0, 2, 3)
    )
    blocks = levels.reshape(*scales.shape, -1)
    rows: NDArray[np.float32] = (blocks - zero[..., None]) * scales[..., None]
    return rows.reshape(levels.shape)
