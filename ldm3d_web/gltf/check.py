"""A quick look over a GLB before it is saved: would a reader step outside of it?

Not a conformance test; that is Khronos' validator, which the tests run. This catches what a slip in our own writer
would do to a file in a user's hands, in a few milliseconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

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
    """Raises BrokenGlb unless chunks, buffer views, accessors, indices, bounds and images fit together."""
    document, binary = unpack(glb)
    if document.get("asset", {}).get("version") != "2.0":
        raise BrokenGlb("asset.version is not 2.0")
    length = document.get("buffers", [{}])[0].get("byteLength", 0)
    if not length <= len(binary) <= length + 3:
        raise BrokenGlb(f"the buffer says {length} bytes but the binary chunk has {len(binary)}")
    for index, view in enumerate(document.get("bufferViews", [])):
        if view.get("byteOffset", 0) + view["byteLength"] > length:
            raise BrokenGlb(f"bufferView {index} runs past the end of the buffer")
    for index in range(len(document.get("accessors", []))):
        _check_bounds(document, index, read_accessor(document, binary, index))
    for number, mesh in enumerate(document.get("meshes", [])):
        for primitive in mesh["primitives"]:
            _check_primitive(document, binary, primitive, f"mesh {number}")
    for index, image in enumerate(document.get("images", [])):
        view = document["bufferViews"][image["bufferView"]]
        start = IMAGE_STARTS.get(image.get("mimeType", ""))
        if start is None or not binary[view.get("byteOffset", 0) :].startswith(start):
            raise BrokenGlb(f"image {index} is not the {image.get('mimeType')} it says it is")


def read_accessor(document: dict[str, Any], binary: bytes, index: int) -> np.ndarray:
    """The values of an accessor as stored, (count,) or (count, width). Raises BrokenGlb where it leaves its view."""
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
    start = view.get("byteOffset", 0) + offset
    if start % kind.itemsize or stride % kind.itemsize:
        raise BrokenGlb(f"accessor {index} is not aligned to its component")
    values = np.ndarray((count, width), kind, binary, start, (stride, kind.itemsize))
    return values[:, 0] if width == 1 else values


def _check_bounds(document: dict[str, Any], index: int, values: np.ndarray) -> None:
    accessor = document["accessors"][index]
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise BrokenGlb(f"accessor {index} holds NaN or infinity")
    for name, actual in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
        if name in accessor and not np.array_equal(accessor[name], np.atleast_1d(actual)):
            raise BrokenGlb(f"accessor {index} says {name} {accessor[name]} but it is {actual.tolist()}")


def _check_primitive(document: dict[str, Any], binary: bytes, primitive: dict[str, Any], where: str) -> None:
    attributes = primitive["attributes"]
    if "POSITION" not in attributes:
        raise BrokenGlb(f"{where} has no positions")
    if "min" not in document["accessors"][attributes["POSITION"]]:
        raise BrokenGlb(f"{where} has positions without bounds")
    counts = {name: document["accessors"][accessor]["count"] for name, accessor in attributes.items()}
    if len(set(counts.values())) != 1:
        raise BrokenGlb(f"{where} has attributes of different lengths: {counts}")
    indices = read_accessor(document, binary, primitive["indices"])
    if len(indices) % 3:
        raise BrokenGlb(f"{where} has {len(indices)} indices, which is no whole number of triangles")
    if int(indices.max()) >= counts["POSITION"]:
        raise BrokenGlb(f"{where} points at vertex {int(indices.max())} of {counts['POSITION']}")
