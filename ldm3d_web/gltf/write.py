"""Meshes → GLB, and the provenance back out of one.

Both profiles are unlit (the picture has its light in it) and carry where the scene comes from in `asset.extras`. Each
mesh is one primitive, which is one draw call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pygltflib as gltf

from ldm3d_web import __version__
from ldm3d_web.errors import InvalidInput
from ldm3d_web.gltf import compress, container, pictures
from ldm3d_web.gltf.check import check_glb
from ldm3d_web.gltf.quantize import UV_BITS, snap
from ldm3d_web.panorama import textures
from ldm3d_web.panorama.mesh import Mesh

Profile = Literal[
    "web",  # small: rounded positions and uv, meshopt where its package is installed, WebP; what the viewer reads
    "portable",  # float32 and JPEG, no extension but unlit: Blender, Unity, Windows' viewer
]

UNLIT, WEBP = "KHR_materials_unlit", "EXT_texture_webp"
DOCUMENT_BYTES = 12_000  # of JSON, about
LEAST_FOR_PICTURES = 0.4  # of a file's bytes, however many its meshes take
MOST_SHORT_VERTICES = 65535  # of a primitive with 16-bit indices, where 65535 itself is reserved


def write_glb(
    meshes: Sequence[Mesh], *, provenance: dict[str, Any], profile: Profile, most_bytes: int | None = None
) -> bytes:
    """A GLB with one node for each mesh, drawn in this order; meshes with the same texture array share one image.

    most_bytes: of a "web" file; its pictures are kept in a lower quality, and then smaller, until they fit.
    Triangles and vertices may come in any order, and "web" changes it. provenance: what JSON can hold, no NaN; becomes
    `asset.extras`. The result has passed `check.check_glb`. Raises ValueError for no meshes, positions or uv that are
    not finite, an unknown profile, or a provenance that JSON cannot hold.
    """
    if not meshes:
        raise ValueError("a GLB needs at least one mesh")
    if profile not in ("web", "portable"):
        raise ValueError(f"unknown profile {profile!r}")
    for mesh in meshes:
        if not (np.isfinite(mesh.positions).all() and np.isfinite(mesh.uv).all()):
            raise ValueError(f"mesh {mesh.name!r} holds NaN or infinity")
    writer = _Writer(profile, meshes)
    for mesh in meshes:
        writer.add(mesh)
    glb = writer.finish(provenance, most_bytes)
    check_glb(glb)
    return glb


def read_provenance(glb: bytes) -> dict[str, Any]:
    """What `write_glb` was told. Raises InvalidInput for bytes that are no GLB of ours."""
    try:
        extras = container.unpack(glb)[0].get("asset", {}).get("extras")
    except container.BrokenGlb as error:
        raise InvalidInput(f"This file is not a GLB that can be read: {error}.") from error
    if not isinstance(extras, dict):
        raise InvalidInput("This GLB carries no provenance; it was not written by LDM3D Web.")
    return extras


class _Writer:
    """One document and the bytes of its first buffer, which grow together.

    Compressed views lie in the first buffer too; in the document they also have a place in a second one, of which
    there is only the length: it stands for the bytes as a reader unpacks them.
    """

    def __init__(self, profile: Profile, meshes: Sequence[Mesh]) -> None:
        self.web = profile == "web"
        self.compressed = self.web and compress.available()
        self.binary = bytearray()
        self.unpacked_length = 0
        self.document = gltf.GLTF2(scene=0, scenes=[gltf.Scene(name="panorama", nodes=[])])
        # One picture and one material for each texture array that the meshes have.
        self.pictures = pictures.trimmed(meshes) if self.web else pictures.whole(meshes)
        self.materials = {name: number for number, name in enumerate(self.pictures)}

    def add(self, mesh: Mesh) -> None:
        index_kind = np.uint16 if len(mesh.positions) <= MOST_SHORT_VERTICES else np.uint32
        picture = self.pictures[id(mesh.texture)]
        if self.compressed:
            triangles, order = compress.reorder(mesh.triangles)
            positions, uv, exponents = (values[order] for values in snap(mesh, picture.top, picture.bottom))
            attributes = gltf.Attributes(
                POSITION=self._exponential(positions, exponents),
                TEXCOORD_0=self._exponential(uv, -UV_BITS),
            )
            stride = np.dtype(index_kind).itemsize
            packed = compress.encode(triangles, "TRIANGLES")
            view = self._compressed_view(packed, triangles.size, stride, "TRIANGLES", gltf.ELEMENT_ARRAY_BUFFER)
            indices = self._accessor(view, triangles.astype(index_kind).reshape(-1), "SCALAR")
        else:
            positions, uv = mesh.positions, mesh.uv
            if self.web:
                positions, uv, _ = snap(mesh, picture.top, picture.bottom)
                uv = np.rint(uv * 65535).astype(np.uint16)
            attributes = gltf.Attributes(
                POSITION=self._vectors(positions), TEXCOORD_0=self._vectors(uv, normalized=self.web)
            )
            flat = mesh.triangles.astype(index_kind).reshape(-1)
            indices = self._accessor(self._view(flat, gltf.ELEMENT_ARRAY_BUFFER), flat, "SCALAR")
        primitive = gltf.Primitive(attributes=attributes, indices=indices, material=self.materials[id(mesh.texture)])
        document = self.document
        document.meshes.append(gltf.Mesh(name=mesh.name, primitives=[primitive]))
        document.nodes.append(gltf.Node(name=mesh.name, mesh=len(document.meshes) - 1))
        document.scenes[0].nodes.append(len(document.nodes) - 1)

    def finish(self, provenance: dict[str, Any], most_bytes: int | None) -> bytes:
        document = self.document
        # Last, when it is known what the meshes leave of the bytes.
        kind = "image/webp" if self.web else "image/jpeg"
        for encoded in self._encoded(None if most_bytes is None else most_bytes - len(json.dumps(provenance))):
            self._material(encoded, kind)
        document.asset = gltf.Asset(version="2.0", generator=f"LDM3D Web {__version__}")
        document.buffers = [gltf.Buffer(byteLength=len(self.binary))]
        required = [WEBP] if self.web else []
        if self.compressed:
            fallback = {compress.NAME: {"fallback": True}}
            document.buffers.append(gltf.Buffer(byteLength=self.unpacked_length, extensions=fallback))
            required.append(compress.NAME)
        document.extensionsUsed = [UNLIT, *required]
        document.extensionsRequired = required
        plain = json.loads(document.gltf_to_json())
        # Not through pygltflib, which drops empty strings and lists: an empty negative prompt is a fact too.
        plain["asset"]["extras"] = provenance
        return container.pack(plain, bytes(self.binary))

    def _encoded(self, most_bytes: int | None) -> list[bytes]:
        """The pictures, so many bytes that the file has at most most_bytes."""
        shown = list(self.pictures.values())
        if not self.web:
            return textures.encode_all([picture.rgb for picture in shown], "image/jpeg")
        if most_bytes is None:
            return textures.encode_all([picture.rgb for picture in shown], "image/webp")
        return pictures.webp_within(
            shown, max(most_bytes - len(self.binary) - DOCUMENT_BYTES, LEAST_FOR_PICTURES * most_bytes)
        )

    def _exponential(self, values: np.ndarray, exponents: np.ndarray | int) -> int:
        """An accessor of floats, (N, K), that are whole numbers of 2**exponents."""
        packed = compress.encode(compress.exponential(values, exponents), "ATTRIBUTES")
        stride = values.dtype.itemsize * values.shape[1]
        view = self._compressed_view(packed, len(values), stride, "ATTRIBUTES", gltf.ARRAY_BUFFER)
        return self._accessor(view, values, f"VEC{values.shape[1]}")

    def _vectors(self, values: np.ndarray, *, normalized: bool = False) -> int:
        """An accessor of (N, K) values, stored as they are."""
        stride = values.dtype.itemsize * values.shape[1]
        view = self._view(values, gltf.ARRAY_BUFFER, stride=stride)
        return self._accessor(view, values, f"VEC{values.shape[1]}", normalized=normalized)

    def _append(self, data: np.ndarray | bytes) -> tuple[int, int]:
        """Where the bytes came to lie in the first buffer: offset, length."""
        self.binary += b"\0" * (-len(self.binary) % 4)
        start = len(self.binary)
        self.binary += data if isinstance(data, bytes) else np.ascontiguousarray(data).tobytes()
        return start, len(self.binary) - start

    def _view(self, data: np.ndarray | bytes, target: int | None = None, *, stride: int | None = None) -> int:
        offset, length = self._append(data)
        self.document.bufferViews.append(
            gltf.BufferView(buffer=0, byteOffset=offset, byteLength=length, byteStride=stride, target=target)
        )
        return len(self.document.bufferViews) - 1

    def _compressed_view(self, packed: bytes, count: int, stride: int, mode: compress.Mode, target: int) -> int:
        offset, length = self._append(packed)
        facts: dict[str, Any] = {"buffer": 0, "byteOffset": offset, "byteLength": length}
        facts |= {"byteStride": stride, "count": count, "mode": mode}
        if mode == "ATTRIBUTES":
            facts["filter"] = "EXPONENTIAL"
        self.unpacked_length += -self.unpacked_length % 4
        view = gltf.BufferView(
            buffer=1,
            byteOffset=self.unpacked_length,
            byteLength=count * stride,
            byteStride=stride if mode == "ATTRIBUTES" else None,
            target=target,
            extensions={compress.NAME: facts},
        )
        self.unpacked_length += count * stride
        self.document.bufferViews.append(view)
        return len(self.document.bufferViews) - 1

    def _accessor(self, view: int, values: np.ndarray, kind: str, *, normalized: bool = False) -> int:
        accessor = gltf.Accessor(
            bufferView=view,
            byteOffset=0,
            componentType=_COMPONENT[values.dtype.type],
            count=len(values),
            type=kind,
            normalized=normalized,
        )
        # Positions must have bounds. Texture coordinates may, and then damage shows.
        if kind != "SCALAR":
            columns = [values[:, column] for column in range(values.shape[1])]
            accessor.min, accessor.max = ([end(each).item() for each in columns] for end in (np.min, np.max))
        self.document.accessors.append(accessor)
        return len(self.document.accessors) - 1

    def _material(self, encoded: bytes, kind: str) -> None:
        document = self.document
        document.images.append(gltf.Image(name="panorama", bufferView=self._view(encoded), mimeType=kind))
        if not document.samplers:
            # No mipmaps: at the poles u runs fast, so they would blur v as well, a smear around the feet; and along
            # u an equirectangular picture holds nothing fine there that could flicker.
            document.samplers.append(
                gltf.Sampler(
                    magFilter=gltf.LINEAR,
                    minFilter=gltf.LINEAR,
                    wrapS=gltf.REPEAT,
                    wrapT=gltf.CLAMP_TO_EDGE,
                )
            )
        source = len(document.images) - 1
        entry = gltf.Texture(sampler=0, source=None if self.web else source)
        if self.web:
            entry.extensions = {WEBP: {"source": source}}
        document.textures.append(entry)
        surface = gltf.PbrMetallicRoughness(
            baseColorTexture=gltf.TextureInfo(index=len(document.textures) - 1), metallicFactor=0.0, roughnessFactor=0.9
        )
        material = gltf.Material(name="panorama", pbrMetallicRoughness=surface, extensions={UNLIT: {}})
        document.materials.append(material)


_COMPONENT = {
    np.uint16: gltf.UNSIGNED_SHORT,
    np.uint32: gltf.UNSIGNED_INT,
    np.float32: gltf.FLOAT,
}
