"""What the shipped encoder's products of bytes by bytes need beside its graph and weights.

A processor multiplies bytes by bytes several times as fast as numbers (AVX512-VNNI, AMX), so the
graph has weights of eight bits, a scale a column, and activations of eight, a scale a row: a text's
vector does not depend on its batch. The lower layers' feed-forward weights, kept in blocks of four
bits to save room, are widened here when the model is loaded.
"""

from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = "products.npz"
# A layer's matrices, in the graph's order: query, key and value, which have one input; the output
# of attention; and the two of the feed-forward part, of which the last takes its inner columns.
MATRICES, OUTWARD, INNER = 6, 3, 5
# These are sorted into groups of like size, each with its scale.
GROUPS = 2
# The largest byte of an activation, and the byte that stands for nought, of rows and of inner
# activations. Processors of before 2019 add up products of bytes in 16 bits, and would overflow.
FULL, HALF = (255, 128, 32), (127, 64, 16)
# The least that GELU gives.
LEAST_INNER = 0.17
# Rows at a time that stay in the processor's cache: three times as fast as a whole matrix.
CACHED = 64

Floats = NDArray[np.float32]
Given = dict[str, NDArray[np.generic]]


def products(folder: Path) -> Given:
    """What the graph in a model folder takes from here, by name; nothing where it takes nothing."""
    path = folder / FILE
    if not path.exists():
        return {}
    found = _levels_of_activations()
    with np.load(path) as kept:
        for number in kept["numbers"].tolist():
            levels, scales, zeros, order = (
                kept[f"{part}_{number}"] for part in ("levels", "scales", "zeros", "order")
            )
            rows = halves(levels).astype(np.float32)
            rows -= halves(zeros)[..., None]
            rows *= scales[..., None]
            rows = rows.reshape(len(rows), -1)
            if number % MATRICES == INNER:
                found |= rounded(rows.take(order, 1), number)
            else:
                rows *= kept[f"factor_{number}"]
                found |= rounded(rows.take(order, 0), number)
    return found


def halves(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two values of four bits a byte, the low half first."""
    found = np.empty((*packed.shape, 2), np.uint8)
    np.bitwise_and(packed, 15, out=found[..., 0])
    np.right_shift(packed, 4, out=found[..., 1])
    return found.reshape(*packed.shape[:-1], -1)


def smoothing(number: int) -> str | None:
    """The name of what a product's input is multiplied by before it is rounded, if it is."""
    layer, kind = divmod(number, MATRICES)
    if kind in {OUTWARD, INNER}:
        return None
    return f"smooth_{MATRICES * layer if kind < OUTWARD else number}"


def groups_of(number: int) -> int:
    """How many groups a product's inputs are in, each with a matrix and scales of its own."""
    return GROUPS if number % MATRICES == INNER else 1


def rounded(rows: Floats, number: int) -> Given:
    """A product's matrix, shape (outputs, inputs), as bytes (inputs, outputs), and their scales."""
    found: Given = {}
    for place, part in enumerate(np.split(rows, groups_of(number), 1)):
        most = np.maximum(part.max(1), -part.min(1))
        scale = np.maximum(most, np.float32(1e-12)) / np.float32(127)
        levels = part / scale[:, None]
        np.rint(levels, levels)
        narrow, turned = levels.astype(np.int8), np.empty(part.shape[::-1], np.int8)
        for first in range(0, len(rows), CACHED):
            turned[:, first : first + CACHED] = narrow[first : first + CACHED].T
        found[f"weights_{number}_{place}"], found[f"scale_{number}_{place}"] = turned, scale
    return found


def _levels_of_activations() -> dict[str, NDArray[np.generic]]:
    most, zero, inner = FULL if _adds_up_whole() else HALF
    return {
        "row_scale": np.array(1 / (most - zero), np.float32),
        "row_zero": np.array(zero, np.uint8),
        "inner_scale": np.array(1 / (most - inner), np.float32),
        "inner_zero": np.array(inner, np.uint8),
        # A group whose values are all small is not cut off below nought.
        "inner_least": np.array(LEAST_INNER * (most - inner) / inner, np.float32),
    }


def _adds_up_whole() -> bool:
    """Whether the processor adds up products of bytes in 32 bits; no, where nothing is known."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return True
    try:
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:
        return False
    return bool(flags & {"avx512_vnni", "avx_vnni", "amx_int8"})
