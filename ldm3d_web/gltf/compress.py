"""meshoptimizer's codec as `EXT_meshopt_compression` stores it, where its package is installed.

The package is small and has wheels for the common systems only, so a scene must do without it as well: then files are
larger, and nothing else changes.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

try:
    import meshopt
except ImportError:
    meshopt = None

Mode = Literal["ATTRIBUTES", "TRIANGLES"]
NAME = "EXT_meshopt_compression"


def available() -> bool:
    """Whether the package is there."""
    return meshopt is not None


def reorder(triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (T, 3) uint32 in an order that compresses well and that a graphics card's caches like.

    Returns them with vertices numbered in the order of their first use, and the old number of each vertex in use.
    """
    indices, places, used = meshopt.reorder_mesh(
        np.ascontiguousarray(triangles).reshape(-1), triangles=True, optsize=True
    )
    order = np.empty(used, np.int64)
    in_use = np.flatnonzero(places < used)
    order[places[in_use]] = in_use
    return indices.reshape(-1, 3), order


def exponential(values: np.ndarray, exponents: np.ndarray | int) -> np.ndarray:
    """(N, K) floats that are whole numbers of 2**exponents → (N, K) uint32, as the EXPONENTIAL filter keeps them.

    exponents: (N,), or one for all. A word is the exponent in its highest byte and the whole number, signed, in the
    other three.
    """
    exponents = np.broadcast_to(np.asarray(exponents, np.int64), len(values))[:, None]
    whole = np.ldexp(values.astype(np.float64), -exponents).astype(np.int64)
    assert np.abs(whole).max(initial=0) < 2**23 and np.abs(exponents).max(initial=0) < 128
    return ((whole & 0xFFFFFF) | (exponents & 0xFF) << 24).astype(np.uint32)


def encode(rows: np.ndarray, mode: Mode) -> bytes:
    """ATTRIBUTES: (N, …) with a multiple of four bytes a row. TRIANGLES: (T, 3) uint32."""
    return meshopt.encode_gltf_buffer(rows if mode == "ATTRIBUTES" else rows.reshape(-1), mode)


def decode(data: bytes, count: int, stride: int, mode: str, filter_name: str) -> bytes:
    """The plain bytes of a compressed view, count × stride of them. Raises ValueError for bytes that are no such."""
    if mode not in ("ATTRIBUTES", "TRIANGLES", "INDICES"):
        raise ValueError(f"unknown mode {mode!r}")
    return meshopt.decode_gltf_buffer(data, count, stride, mode, filter_name).tobytes()
