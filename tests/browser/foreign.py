"""GLBs as other programs write them: lit materials, plain numbers, a picture for each part, larger than is good."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable

import numpy as np
from PIL import Image

from ldm3d_web.rgbd import Rgbd


def banded_glb(
    distance_m: Callable[[np.ndarray], np.ndarray], picture: Rgbd, *, rows: int, columns: int, bands: int, width: int
) -> bytes:
    """A sphere of rows × columns quads, cut into bands from top to bottom, each with the whole picture as its own file.

    distance_m: of unit rays (..., 3), metres. width: of each picture, with mipmaps. Every band is a node of its own,
    moved one metre to the right by its vertices and back by its node.
    """
    v, u = np.meshgrid(np.linspace(0, 1, rows + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    lat, lon = (0.5 - v) * np.pi, (u - 0.5) * 2 * np.pi
    rays = np.stack([np.cos(lat) * np.sin(lon), np.sin(lat), -np.cos(lat) * np.cos(lon)], axis=-1)
    places = rays * distance_m(rays)[..., None] + [1.0, 0, 0]
    image = Image.fromarray(picture.rgb).resize((width, width // 2), Image.Resampling.BICUBIC)
    parts = _Parts()
    document = parts.document
    for band in range(bands):
        first, last = band * rows // bands, (band + 1) * rows // bands
        here = np.s_[first : last + 1]
        encoded = io.BytesIO()
        image.save(encoded, "JPEG", quality=92 - band)  # another file each
        position = parts.vectors(places[here].reshape(-1, 3).astype(np.float32), "VEC3")
        uv = parts.vectors(np.stack([u[here], v[here]], axis=-1).reshape(-1, 2).astype(np.float32), "VEC2")
        corner = np.arange((last - first) * (columns + 1), dtype=np.uint32).reshape(-1, columns + 1)[:, :-1].ravel()
        below = corner + columns + 1
        triangles = np.stack([corner, below, corner + 1, corner + 1, below, below + 1], axis=-1)
        index = parts.accessor(triangles.astype(np.uint32).reshape(-1), "SCALAR", len(triangles) * 6)
        view = parts.view(encoded.getvalue())
        document["images"].append({"bufferView": view, "mimeType": "image/jpeg"})
        document["textures"].append({"source": band, "sampler": 0})
        document["materials"].append({"pbrMetallicRoughness": {"baseColorTexture": {"index": band}}})
        primitive = {"attributes": {"POSITION": position, "TEXCOORD_0": uv}, "indices": index, "material": band}
        document["meshes"].append({"primitives": [primitive]})
        document["nodes"].append({"mesh": band, "translation": [-1, 0, 0]})
        document["scenes"][0]["nodes"].append(band)
    return parts.glb()


class _Parts:
    """One document and its one buffer."""

    def __init__(self) -> None:
        self.binary = bytearray()
        lists = ("images", "textures", "materials", "meshes", "nodes", "accessors", "bufferViews")
        self.document: dict = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}]}
        self.document |= {name: [] for name in lists}
        self.document["samplers"] = [{"magFilter": 9729, "minFilter": 9987}]  # with mipmaps

    def view(self, data: bytes) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        views = self.document["bufferViews"]
        views.append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)})
        self.binary += data
        return len(views) - 1

    def accessor(self, values: np.ndarray, kind: str, count: int, **more: list[float]) -> int:
        component = 5126 if values.dtype == np.float32 else 5125
        entry = {"bufferView": self.view(values.tobytes()), "componentType": component, "count": count, "type": kind}
        self.document["accessors"].append(entry | more)
        return len(self.document["accessors"]) - 1

    def vectors(self, values: np.ndarray, kind: str) -> int:
        bounds = {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        return self.accessor(values, kind, len(values), **bounds)

    def glb(self) -> bytes:
        binary = bytes(self.binary) + b"\0" * (-len(self.binary) % 4)
        self.document["buffers"] = [{"byteLength": len(binary)}]
        text = json.dumps(self.document).encode()
        text += b" " * (-len(text) % 4)
        size = 12 + 8 + len(text) + 8 + len(binary)
        head = struct.pack("<4sII", b"glTF", 2, size) + struct.pack("<I4s", len(text), b"JSON")
        return head + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
