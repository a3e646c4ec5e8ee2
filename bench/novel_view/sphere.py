"""The baseline: a sphere of 512×256 quads, each vertex pushed out to its distance, as DepthFusion and others do it."""

from __future__ import annotations

import io
import json
import struct

import cv2
import numpy as np
from PIL import Image

from bench.novel_view.pairs import Pair
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sphere import uv_to_rays

COLUMNS, ROWS = 512, 256
DOME_M = 1000.0  # the sky's radius, that of our own dome
WEBP_QUALITY = 90

_FLOAT, _UINT, _ARRAY, _ELEMENTS = 5126, 5125, 34962, 34963
_LINEAR, _REPEAT, _CLAMP = 9729, 10497, 33071


def sphere_glb(pair: Pair) -> bytes:
    """A GLB with float32 positions and 262,144 triangles, and the pair's own picture as WebP."""
    u, v = np.meshgrid(np.arange(COLUMNS + 1) / COLUMNS, np.arange(ROWS + 1) / ROWS)
    inverse = np.maximum(_inverse_at(pair, u, v), 1 / DOME_M)
    positions = (uv_to_rays(u, v) / inverse[..., None]).reshape(-1, 3).astype(np.float32)
    uv = np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32)
    corner = np.arange(ROWS)[:, None] * (COLUMNS + 1) + np.arange(COLUMNS)
    a, b, c, d = (x.ravel() for x in (corner, corner + COLUMNS + 1, corner + COLUMNS + 2, corner + 1))
    triangles = np.stack([a, b, c, a, c, d], axis=1).reshape(-1).astype(np.uint32)
    return _write(positions, uv, triangles, pair.rgbd.rgb)


def _inverse_at(pair: Pair, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """1 / distance between the four pixels around each vertex; 0 is sky."""
    disparity = pair.rgbd.disparity
    height, width = disparity.shape
    inverse = disparity * (1 / pair.near_m - 1 / pair.far_m) + 1 / pair.far_m
    inverse = np.where(disparity == 0, 0, inverse).astype(np.float32)
    wide = wrap_pad(inverse, 1)
    x, y = (u * width + 0.5).astype(np.float32), (v * height - 0.5).astype(np.float32)
    return cv2.remap(wide, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _write(positions: np.ndarray, uv: np.ndarray, triangles: np.ndarray, rgb: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "WEBP", quality=WEBP_QUALITY, method=4)
    parts = [positions.tobytes(), uv.tobytes(), triangles.tobytes(), file.getvalue()]
    starts = np.concatenate([[0], np.cumsum([len(part) + -len(part) % 4 for part in parts])])
    views = [
        {"buffer": 0, "byteOffset": int(start), "byteLength": len(part)} | ({"target": target} if target else {})
        for start, part, target in zip(starts, parts, (_ARRAY, _ARRAY, _ELEMENTS, None), strict=False)
    ]
    low, high = positions.min(axis=0).tolist(), positions.max(axis=0).tolist()
    count = len(positions)
    document = {
        "asset": {"version": "2.0"},
        "extensionsUsed": ["KHR_materials_unlit", "EXT_texture_webp"],
        "extensionsRequired": ["EXT_texture_webp"],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}]}],
        "accessors": [
            {"bufferView": 0, "componentType": _FLOAT, "count": count, "type": "VEC3", "min": low, "max": high},
            {"bufferView": 1, "componentType": _FLOAT, "count": count, "type": "VEC2"},
            {"bufferView": 2, "componentType": _UINT, "count": len(triangles), "type": "SCALAR"},
        ],
        "materials": [
            {"extensions": {"KHR_materials_unlit": {}}, "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}
        ],
        "textures": [{"sampler": 0, "extensions": {"EXT_texture_webp": {"source": 0}}}],
        "samplers": [{"magFilter": _LINEAR, "minFilter": _LINEAR, "wrapS": _REPEAT, "wrapT": _CLAMP}],
        "images": [{"bufferView": 3, "mimeType": "image/webp"}],
        "bufferViews": views,
        "buffers": [{"byteLength": int(starts[-1])}],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary = b"".join(part + b"\0" * (-len(part) % 4) for part in parts)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
