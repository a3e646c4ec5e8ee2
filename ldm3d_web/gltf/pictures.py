"""The pictures of a file's meshes, cut down to what is seen of them.

A hidden layer shows a few per cent of its panorama, in a belt around the horizon. So rows above and below what is seen
are cut off, and the rest that is not seen becomes one colour; what is seen stays as it is. Where all pictures together
would still fill too much of a graphics card, those that lose least by it are halved; where they would take too many
bytes of the file, they are kept in a lower quality, and narrower only where that is not enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ldm3d_web.panorama import textures
from ldm3d_web.panorama.mesh import Mesh

BLOCK = 16  # pixels: WebP's and JPEG's own blocks
MARGIN = 8  # pixels around what is seen that are kept: filters reach that far where a surface is seen at a slant
NARROWER = 0.75  # of its columns, where a picture takes too many bytes
LEAST_COLUMNS = 64
MOST_GPU_BYTES = 64_000_000  # of all pictures of a file, four bytes a pixel: what a headset spares for one page


@dataclass(frozen=True)
class Picture:
    """Rows of a panorama.

    rgb: (h, W, 3) uint8. top, bottom: v of its upper and lower edge. seen: how many of its pixels triangles show.
    """

    rgb: np.ndarray
    top: float = 0.0
    bottom: float = 1.0
    seen: float = 0.0

    @property
    def gpu_bytes(self) -> int:
        return self.rgb.shape[0] * self.rgb.shape[1] * 4


def whole(meshes: Sequence[Mesh]) -> dict[int, Picture]:
    """The picture of each texture array, by its id, as it is."""
    return {id(mesh.texture): Picture(mesh.texture) for mesh in meshes}


def trimmed(meshes: Sequence[Mesh], most_gpu_bytes: int = MOST_GPU_BYTES) -> dict[int, Picture]:
    """The picture of each texture array, by its id, cut down to what the meshes that share it show."""
    pictures = {}
    for mesh in meshes:
        sharing = [other for other in meshes if other.texture is mesh.texture]
        if id(mesh.texture) not in pictures:
            pictures[id(mesh.texture)] = _trimmed(mesh.texture, sharing)
    return _fitted(pictures, most_gpu_bytes)


def webp_within(pictures: Sequence[Picture], most_bytes: float) -> list[bytes]:
    """The pictures as WebP within most_bytes together, or as small as they get."""
    rgbs = [picture.rgb for picture in pictures]
    while (encoded := textures.webp_within(rgbs, most_bytes)) is None:
        widest = max(rgb.shape[1] for rgb in rgbs)
        if widest <= LEAST_COLUMNS:
            return textures.encode_all(rgbs, "image/webp", textures.LOWER_QUALITIES[-1])
        # The widest first, so that all become alike in the end: layers are seen side by side.
        rgbs = [_narrowed(rgb) if rgb.shape[1] > NARROWER * widest else rgb for rgb in rgbs]
    return encoded


def seen_blocks(uv: np.ndarray, triangles: np.ndarray, height: int, width: int) -> np.ndarray:
    """(rows, columns) bool, the BLOCKs of a picture (height × width) that hold a triangle's bounding box and MARGIN."""
    shape = (-(-height // BLOCK), -(-width // BLOCK))
    size = np.array([width, height], np.float32)
    a, b, c = (uv[triangles[:, corner]] * size for corner in range(3))
    low = np.minimum(np.minimum(a, b), c) - MARGIN
    high = np.maximum(np.maximum(a, b), c) + MARGIN
    # What reaches over the wrap is there a second time, at the other end.
    turn = np.array([width, 0], np.float32)
    left, right = low[:, 0] < 0, high[:, 0] >= width
    low = np.concatenate([low, low[left] + turn, low[right] - turn])
    high = np.concatenate([high, high[left] + turn, high[right] - turn])
    first = np.clip((low // BLOCK).astype(int), 0, np.array(shape)[::-1] - 1)
    last = np.clip((high // BLOCK).astype(int), 0, np.array(shape)[::-1] - 1)
    # A box is +1 and -1 at its corners, and running sums fill it.
    counts = np.zeros((shape[0] + 1, shape[1] + 1), int)
    for row, row_sign in ((first[:, 1], 1), (last[:, 1] + 1, -1)):
        for column, sign in ((first[:, 0], row_sign), (last[:, 0] + 1, -row_sign)):
            place = np.ravel_multi_index((row, column), counts.shape)
            counts += sign * np.bincount(place, minlength=counts.size).reshape(counts.shape)
    return counts.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0


def _trimmed(rgb: np.ndarray, meshes: Sequence[Mesh]) -> Picture:
    height, width = rgb.shape[:2]
    seen = np.any([seen_blocks(mesh.uv, mesh.triangles, height, width) for mesh in meshes], axis=0)
    rows = np.flatnonzero(seen.any(axis=1))
    first, last = int(rows[0]) * BLOCK, min((int(rows[-1]) + 1) * BLOCK, height)
    pixels = np.repeat(np.repeat(seen.astype(np.uint8), BLOCK, axis=0), BLOCK, axis=1)[first:last, :width]
    kept = np.empty((last - first, width, 3), np.uint8)
    mean = rgb[first:last:BLOCK, ::BLOCK].reshape(-1, 3).mean(axis=0).astype(int)
    cv2.rectangle(kept, (0, 0), (width, last - first), mean.tolist(), cv2.FILLED)
    cv2.copyTo(rgb[first:last], pixels, kept)
    return Picture(kept, first / height, last / height, sum(_area(mesh) for mesh in meshes) * height * width)


def _area(mesh: Mesh) -> float:
    """Of a mesh's triangles in its texture, which is 1 as a whole."""
    a, b, c = (mesh.uv[mesh.triangles[:, corner]] for corner in range(3))
    (u, v), (s, t) = (b - a).T, (c - a).T
    return float(np.abs(u * t - v * s).sum() / 2)


def _fitted(pictures: dict[int, Picture], most_gpu_bytes: int) -> dict[int, Picture]:
    """The same within most_gpu_bytes. None is halved twice before each is halved once: rims are seen side by side."""
    fitted = dict(pictures)
    order: list[int] = []
    while sum(picture.gpu_bytes for picture in fitted.values()) > most_gpu_bytes:
        if not order:
            order = sorted(fitted, key=lambda name: _loss(fitted[name]) / fitted[name].gpu_bytes)
        name = order.pop(0)
        fitted[name] = _halved(fitted[name])
    return fitted


def _loss(picture: Picture) -> float:
    """How much worse halving makes what is seen: the squared error of a pixel, times the pixels that are seen."""
    back = cv2.resize(_halved(picture).rgb, picture.rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.norm(back, picture.rgb, cv2.NORM_L2SQR) / picture.rgb.size * picture.seen


def _narrowed(rgb: np.ndarray) -> np.ndarray:
    size = (max(round(rgb.shape[1] * NARROWER), 1), max(round(rgb.shape[0] * NARROWER), 1))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


def _halved(picture: Picture) -> Picture:
    height, width = picture.rgb.shape[:2]
    small = cv2.resize(picture.rgb, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
    return replace(picture, rgb=small, seen=picture.seen / 4)
