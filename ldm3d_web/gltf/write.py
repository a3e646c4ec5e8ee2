"""Meshes → GLB, and the provenance back out of one.

Both profiles are unlit (the picture has its light in it) and carry where the scene comes from in `asset.extras`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pygltflib as gltf

from ldm3d_web import __version__
from ldm3d_web.errors import InvalidInput
from ldm3d_web.gltf import container
from ldm3d_web.gltf.check import check_glb
from ldm3d_web.gltf.quantize import quantize
from ldm3d_web.panorama import textures
from ldm3d_web.panorama.mesh import Mesh

Profile = Literal[
    "web",  # small: 16-bit positions and uv, WebP; what three.js and the viewer read
    "portable",  # float32 and JPEG, no extension but unlit: Blender, Unity, Windows' viewer
]

UNLIT, QUANTIZED, WEBP = "KHR_materials_unlit", "KHR_mesh_quantization", "EXT_texture_webp"
MOST_SHORT_VERTICES = 65535  # of a primitive with 16-bit indices, where 65535 itself is reserved


def write_glb(meshes: Sequence[Mesh], *, provenance: dict[str, Any], profile: Profile) -> bytes:
    """A GLB with one node for each mesh, drawn in this order; meshes with the same texture array share one image.

    provenance: what JSON can hold, no NaN; becomes `asset.extras`. The result has passed `check.check_glb`.
    Raises ValueError for no meshes, an unknown profile, or a provenance that JSON cannot hold.
    """
    if not meshes:
        raise ValueError("a GLB needs at least one mesh")
    if profile not in ("web", "portable"):
        raise ValueError(f"unknown profile {profile!r}")
    writer = _Writer(profile)
    for mesh in meshes:
        writer.add(mesh)
    glb = writer.finish(provenance)
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
    """One document and one buffer that grow together."""

    def __init__(self, profile: Profile) -> None:
        self.web = profile == "web"
        self.binary = bytearray()
        self.document = gltf.GLTF2(scene=0, scenes=[gltf.Scene(name="panorama", nodes=[])])
        self.materials: dict[int, int] = {}

    def add(self, mesh: Mesh) -> None:
        material = self._material(mesh.texture)
        if self.web:
            positions, scale, uv = quantize(mesh)
            # Three times two bytes padded to eight: vertex attributes must start at multiples of four.
            stored = np.zeros((len(positions), 4), np.int16)
            stored[:, :3] = positions
            runs = _short_runs(mesh.triangles)
        else:
            stored, scale, uv = mesh.positions, 1.0, mesh.uv
            runs = [mesh.triangles]
        position_view = self._view(stored, gltf.ARRAY_BUFFER, stride=stored.strides[0])
        uv_view = self._view(uv, gltf.ARRAY_BUFFER, stride=uv.strides[0])
        primitives = []
        for run in runs:
            first, last = int(run.min()), int(run.max())
            part = stored[first : last + 1, :3]
            attributes = gltf.Attributes(
                POSITION=self._accessor(
                    position_view, part, "VEC3", offset=first * stored.strides[0], bounds=True, normalized=self.web
                ),
                TEXCOORD_0=self._accessor(
                    uv_view, uv[first : last + 1], "VEC2", offset=first * uv.strides[0], normalized=self.web
                ),
            )
            short = last - first < MOST_SHORT_VERTICES
            indices = (run - first).astype(np.uint16 if short else np.uint32).reshape(-1)
            index_view = self._view(indices, gltf.ELEMENT_ARRAY_BUFFER)
            primitives.append(
                gltf.Primitive(
                    attributes=attributes, indices=self._accessor(index_view, indices, "SCALAR"), material=material
                )
            )
        document = self.document
        document.meshes.append(gltf.Mesh(name=mesh.name, primitives=primitives))
        node = gltf.Node(name=mesh.name, mesh=len(document.meshes) - 1)
        if self.web:
            node.scale = [scale] * 3
        document.nodes.append(node)
        document.scenes[0].nodes.append(len(document.nodes) - 1)

    def finish(self, provenance: dict[str, Any]) -> bytes:
        document = self.document
        document.asset = gltf.Asset(version="2.0", generator=f"LDM3D Web {__version__}")
        document.buffers = [gltf.Buffer(byteLength=len(self.binary))]
        document.extensionsUsed = [UNLIT, *([QUANTIZED, WEBP] if self.web else [])]
        document.extensionsRequired = [QUANTIZED, WEBP] if self.web else []
        plain = json.loads(document.gltf_to_json())
        # Not through pygltflib, which drops empty strings and lists: an empty negative prompt is a fact too.
        plain["asset"]["extras"] = provenance
        return container.pack(plain, bytes(self.binary))

    def _view(self, data: np.ndarray | bytes, target: int | None = None, *, stride: int | None = None) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        start = len(self.binary)
        self.binary += data if isinstance(data, bytes) else np.ascontiguousarray(data).tobytes()
        view = gltf.BufferView(
            buffer=0, byteOffset=start, byteLength=len(self.binary) - start, byteStride=stride, target=target
        )
        self.document.bufferViews.append(view)
        return len(self.document.bufferViews) - 1

    def _accessor(
        self,
        view: int,
        values: np.ndarray,
        kind: str,
        *,
        offset: int = 0,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        accessor = gltf.Accessor(
            bufferView=view,
            byteOffset=offset,
            componentType=_COMPONENT[values.dtype.type],
            count=len(values),
            type=kind,
            normalized=normalized,
        )
        if bounds:
            accessor.min, accessor.max = values.min(axis=0).tolist(), values.max(axis=0).tolist()
        self.document.accessors.append(accessor)
        return len(self.document.accessors) - 1

    def _material(self, texture: np.ndarray) -> int:
        if id(texture) in self.materials:
            return self.materials[id(texture)]
        document = self.document
        encoded = textures.webp(texture) if self.web else textures.jpeg(texture)
        image = gltf.Image(
            name="panorama", bufferView=self._view(encoded), mimeType="image/webp" if self.web else "image/jpeg"
        )
        document.images.append(image)
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
        self.materials[id(texture)] = len(document.materials) - 1
        return self.materials[id(texture)]


_COMPONENT = {
    np.int16: gltf.SHORT,
    np.uint16: gltf.UNSIGNED_SHORT,
    np.uint32: gltf.UNSIGNED_INT,
    np.float32: gltf.FLOAT,
}


def _short_runs(triangles: np.ndarray) -> list[np.ndarray]:
    """Triangles (T, 3) in their order, cut where a run's vertices would no longer fit 16-bit indices.

    Rings come one after the other, so a run's vertices lie together and neighbouring runs share those of one ring.
    """
    runs, start = [], 0
    while start < len(triangles):
        rest = triangles[start:]
        low = np.minimum.accumulate(rest.min(axis=1).astype(np.int64))
        high = np.maximum.accumulate(rest.max(axis=1).astype(np.int64))
        fits = int(np.searchsorted(high - low, MOST_SHORT_VERTICES))
        # Vertex numbers that jump further than that within one triangle would never fit; ours are neighbours.
        assert fits > 0
        runs.append(rest[:fits])
        start += fits
    return runs
