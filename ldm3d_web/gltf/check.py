"""A quick look over a GLB before it is saved: would a reader step outside of it?

Not a conformance test; that is Khronos' validator, which the tests run. This catches what a slip in our own writer
would do to a file in a user's hands, in a few milliseconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ldm3d_web.gltf import compress
from ldm3d_web.gltf.container import BrokenGlb, unpack

COMPONENTS = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
IMAGE_STARTS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}


def check_glb(glb: bytes) -> None:
    """Raises BrokenGlb unless chunks, buffer views, accessors, indices, bounds and images fit together.

    Compressed views are unpacked for it where meshopt's package is installed; else only their sizes are looked at.
    """
    document, binary = unpack(glb)
    if document.get("asset", {}).get("version") != "2.0":
        raise BrokenGlb("asset.version is not 2.0")
    buffers = document.get("buffers", [{}])
    length = buffers[0].get("byteLength", 0)
    if not length <= len(binary) <= length + 3:
        raise BrokenGlb(f"the buffer says {length} bytes but the binary chunk has {len(binary)}")
    for index, view in enumerate(document.get("bufferViews", [])):
        _check_view(view, buffers, f"bufferView {index}")
    values = _Values(document, binary)
    for index in range(len(document.get("accessors", []))):
        if values.readable(index):
            _check_bounds(document, index, values[index])
    for number, mesh in enumerate(document.get("meshes", [])):
        for primitive in mesh["primitives"]:
            _check_primitive(document, values, primitive, f"mesh {number}")
    for index, image in enumerate(document.get("images", [])):
        view = document["bufferViews"][image["bufferView"]]
        start = IMAGE_STARTS.get(image.get("mimeType", ""))
        if start is None or not binary[view.get("byteOffset", 0) :].startswith(start):
            raise BrokenGlb(f"image {index} is not the {image.get('mimeType')} it says it is")


def read_accessor(document: dict[str, Any], binary: bytes, index: int) -> np.ndarray:
    """The values of an accessor as stored, (count,) or (count, width), unpacked where its view is compressed.

    Raises BrokenGlb where it leaves its view, or where its view is compressed and cannot be unpacked.
    """
    try:
        accessor = document["accessors"][index]
        view = document["bufferViews"][accessor["bufferView"]]
        kind = np.dtype(COMPONENTS[accessor["componentType"]]).newbyteorder("<")
        width, count = WIDTHS[accessor["type"]], accessor["count"]
    except (KeyError, IndexError, TypeError) as error:
        raise BrokenGlb(f"accessor {index} is incomplete: {error!r}") from error
    stride = view.get("byteStride") or kind.itemsize * width
    offset = accessor.get("byteOffset", 0)
    if count < 1 or offset + stride * (count - 1) + kind.itemsize * width > view["byteLength"]:
        raise BrokenGlb(f"accessor {index} with {count} values runs past the end of its bufferView")
    packed = view.get("extensions", {}).get(compress.NAME)
    if packed:
        binary, start = _unpacked(packed, binary, f"accessor {index}"), offset
    else:
        start = view.get("byteOffset", 0) + offset
    if start % kind.itemsize or stride % kind.itemsize:
        raise BrokenGlb(f"accessor {index} is not aligned to its component")
    values = np.ndarray((count, width), kind, binary, start, (stride, kind.itemsize))
    return values[:, 0] if width == 1 else values


class _Values(dict[int, np.ndarray]):
    """The values of a file's accessors, each read once and when it is asked for."""

    def __init__(self, document: dict[str, Any], binary: bytes) -> None:
        super().__init__()
        self.document, self.binary = document, binary

    def __missing__(self, index: int) -> np.ndarray:
        self[index] = read_accessor(self.document, self.binary, index)
        return self[index]

    def readable(self, index: int) -> bool:
        """False where it takes a package that is not installed."""
        try:
            view = self.document["bufferViews"][self.document["accessors"][index]["bufferView"]]
        except (KeyError, IndexError, TypeError) as error:
            raise BrokenGlb(f"accessor {index} is incomplete: {error!r}") from error
        return compress.available() or compress.NAME not in view.get("extensions", {})


def _unpacked(packed: dict[str, Any], binary: bytes, where: str) -> bytes:
    if not compress.available():
        raise BrokenGlb(f"{where} is compressed, and the package meshopt, which unpacks it, is not installed")
    start = packed.get("byteOffset", 0)
    data = binary[start : start + packed["byteLength"]]
    try:
        return compress.decode(
            data, packed["count"], packed["byteStride"], packed["mode"], packed.get("filter", "NONE")
        )
    except ValueError as error:
        raise BrokenGlb(f"{where} cannot be unpacked: {error}") from error


def _check_view(view: dict[str, Any], buffers: list[dict[str, Any]], where: str) -> None:
    number = view.get("buffer", -1)
    if not 0 <= number < len(buffers):
        raise BrokenGlb(f"{where} lies in buffer {number} of {len(buffers)}")
    if view.get("byteOffset", 0) + view["byteLength"] > buffers[number]["byteLength"]:
        raise BrokenGlb(f"{where} runs past the end of the buffer")
    packed = view.get("extensions", {}).get(compress.NAME)
    if packed is None:
        if number:
            raise BrokenGlb(f"{where} lies in a buffer of which the file has no bytes")
        return
    if not buffers[number].get("extensions", {}).get(compress.NAME, {}).get("fallback"):
        raise BrokenGlb(f"{where} is compressed, but its buffer is not marked as one without bytes")
    if packed["buffer"] != 0 or packed.get("byteOffset", 0) + packed["byteLength"] > buffers[0]["byteLength"]:
        raise BrokenGlb(f"{where} has compressed bytes past the end of the buffer")
    if packed["count"] * packed["byteStride"] != view["byteLength"]:
        raise BrokenGlb(
            f"{where} has {view['byteLength']} bytes but unpacks to {packed['count']} × {packed['byteStride']}"
        )


def _check_bounds(document: dict[str, Any], index: int, values: np.ndarray) -> None:
    accessor = document["accessors"][index]
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise BrokenGlb(f"accessor {index} holds NaN or infinity")
    for name, actual in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
        if name in accessor and not np.array_equal(accessor[name], np.atleast_1d(actual)):
            raise BrokenGlb(f"accessor {index} says {name} {accessor[name]} but it is {actual.tolist()}")


def _check_primitive(document: dict[str, Any], values: _Values, primitive: dict[str, Any], where: str) -> None:
    attributes = primitive["attributes"]
    if "POSITION" not in attributes:
        raise BrokenGlb(f"{where} has no positions")
    if "min" not in document["accessors"][attributes["POSITION"]]:
        raise BrokenGlb(f"{where} has positions without bounds")
    counts = {name: document["accessors"][accessor]["count"] for name, accessor in attributes.items()}
    if len(set(counts.values())) != 1:
        raise BrokenGlb(f"{where} has attributes of different lengths: {counts}")
    number = document["accessors"][primitive["indices"]]["count"]
    if number % 3:
        raise BrokenGlb(f"{where} has {number} indices, which is no whole number of triangles")
    if not values.readable(primitive["indices"]):
        return
    indices = values[primitive["indices"]]
    if int(indices.max()) >= counts["POSITION"]:
        raise BrokenGlb(f"{where} points at vertex {int(indices.max())} of {counts['POSITION']}")
