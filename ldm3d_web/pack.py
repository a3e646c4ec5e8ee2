"""A picture with depth → a scene in both GLB profiles; and a user's own panorama → a picture with depth.

read_pair(rgb.png, depth.png) ─┐
import_panorama(photo, depth) ─┴▶ Rgbd ─pack_scene▶ PackedScene(web, portable, provenance)
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np

from ldm3d_web import rgbd_files
from ldm3d_web.errors import InvalidImage, InvalidInput
from ldm3d_web.gltf.write import write_glb
from ldm3d_web.panorama import grid, guess, layers, mesh, scale, textures
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.rgbd import Rgbd

# What the cuts of noisy depth would not leave for anything else is cut where edges are stronger.
CUT_STRENGTHS = (1.0, 3.0)
TRIANGLES_AN_EDGE = 5  # on both sides and behind them, at the least
LEAST_TRIANGLES, MOST_TRIANGLES = 1000, 2_000_000  # that can be asked for
MAX_TRIANGLES = 150_000  # a Quest draws 750k per eye; this leaves it room, and the file small
IMPORT_WIDTH = 4096  # the widest texture that every headset takes
# A graphics card interpolates linearly, which shows a narrower picture's pixels as a lattice; bicubic costs few bytes.
TEXTURE_WIDTH = 2048
WIDEST_PAIR = 8192  # what desktop browsers take at most


@dataclass(frozen=True)
class PackedScene:
    """A GLB for the viewer, one for everything else, and what both say of their origin."""

    web: bytes
    portable: bytes
    provenance: dict[str, Any]


def pack_scene(
    rgbd: Rgbd,
    *,
    near_m: float | None = None,
    far_m: float | None = None,
    eye_height_m: float | None = scale.EYE_HEIGHT_M,
    max_triangles: int = MAX_TRIANGLES,
    texture_width: int = TEXTURE_WIDTH,
    provenance: dict[str, Any] | None = None,
) -> PackedScene:
    """Scale, layers, meshes and both GLB profiles.

    near_m, far_m, eye_height_m: metres, as in `panorama.scale.to_panorama`. max_triangles: over all layers.
    texture_width: pixels; a narrower picture is drawn this wide or a little less, by a whole factor.
    provenance: facts about where the picture comes from; scale, sizes and the formula are added to them.
    Raises InvalidInput for numbers out of range, before any work.
    """
    check_max_triangles(max_triangles)
    ends = scale.find_range(rgbd, near_m=near_m, far_m=far_m, eye_height_m=eye_height_m)
    meshes = build_meshes(rgbd, ends, max_triangles)
    meshes = [replace(each, texture=textures.enlarge(each.texture, texture_width)) for each in meshes]
    height, width = rgbd.disparity.shape
    facts = {
        **(provenance or {}),
        "width": width,
        "height": height,
        "near_m": ends.near_m,
        "far_m": ends.far_m,
        "eye_height_m": ends.eye_height_m,
        "scale": ends.source,
        "formula": scale.FORMULA,
        "triangles": sum(len(each.triangles) for each in meshes),
    }
    with ThreadPoolExecutor(2) as threads:
        web = threads.submit(write_glb, meshes, provenance=facts, profile="web")
        portable = threads.submit(write_glb, meshes, provenance=facts, profile="portable")
        return PackedScene(web.result(), portable.result(), facts)


def check_max_triangles(max_triangles: int) -> None:
    """Raises InvalidInput for a number of triangles that cannot be asked for."""
    if not LEAST_TRIANGLES <= max_triangles <= MOST_TRIANGLES:
        allowed = f"{LEAST_TRIANGLES:,} to {MOST_TRIANGLES:,}"
        raise InvalidInput(f"{max_triangles:,} triangles were asked for; allowed are {allowed}.")


def build_meshes(rgbd: Rgbd, ends: scale.Range, max_triangles: int = MAX_TRIANGLES) -> list[mesh.Mesh]:
    """The meshes of a picture whose scale is known, with at most max_triangles together."""
    rows: int | None = grid.rows_for(rgbd)
    while rows is not None:
        panorama = grid.on_grid(rgbd, ends, rows)
        for strength in CUT_STRENGTHS:
            sheet = layers.seen(panorama, strength)
            if TRIANGLES_AN_EDGE * sheet.edges > max_triangles:
                continue
            meshes = mesh.build(layers.split(panorama, rgbd.rgb, sheet), max_triangles=max_triangles)
            if meshes is not None:
                return meshes
        # Its edges alone would take more: a coarser look has fewer of them.
        rows = grid.coarser(rows)
    meshes = mesh.build(layers.whole(panorama, rgbd.rgb), max_triangles=max_triangles)
    assert meshes is not None  # without edges nothing is forced
    return meshes


def read_pair(rgb: rgbd_files.Source, depth: rgbd_files.Source) -> Rgbd:
    """A picture and its 16-bit depth PNG of the same size. Raises InvalidImage."""
    picture, disparity = rgbd_files.read_rgb(rgb), rgbd_files.read_disparity(depth)
    if picture.shape[1] > WIDEST_PAIR:
        allowed = f"`pack` takes at most {WIDEST_PAIR:,} pixels across (`import` scales down)"
        raise InvalidImage(f"The picture is {_size(picture)}; {allowed}.")
    if disparity.shape != picture.shape[:2]:
        sizes = f"The picture is {_size(picture)} but the depth map is {_size(disparity)}"
        raise InvalidImage(f"{sizes}; both must have the same size (`import` takes a depth map of another size).")
    return Rgbd(picture, disparity)


@dataclass(frozen=True)
class DepthSource:
    """Where the depth of an imported panorama comes from, for the manifest, and a sentence for the user, or None."""

    kind: Literal["16-bit", "8-bit", "guessed"]
    note: str | None


def depth_source(depth: rgbd_files.Source | None) -> DepthSource:
    """What `import_panorama` will make of this depth file. Raises InvalidImage when it cannot be used."""
    if depth is None:
        return DepthSource("guessed", "No depth was given: the shape is a guess, level ground inside a dome.")
    if rgbd_files.read_any_depth(depth)[1] == 16:
        return DepthSource("16-bit", None)
    note = "The depth map has only 256 steps: they were smoothed, but far surfaces stay coarse; 16 bits are better."
    return DepthSource("8-bit", note)


def import_panorama(
    rgb: rgbd_files.Source, depth: rgbd_files.Source | None = None, *, max_width: int = IMPORT_WIDTH
) -> Rgbd:
    """A user's own 360° photograph, scaled down to max_width, with its depth map or a guessed shape.

    depth: gray, bright = near, twice as wide as high, any size: 16-bit PNG, or 8-bit PNG, JPEG or WebP, whose steps
    are smoothed. Raises InvalidImage.
    """
    given = None if depth is None else rgbd_files.read_any_depth(depth)
    picture = rgbd_files.read_rgb(rgb, max_width=max_width)
    height, width = picture.shape[:2]
    if given is None:
        return Rgbd(picture, guess.ground_and_dome(height, width))
    disparity, bits = given
    if bits == 8:
        disparity = _without_steps(disparity, 1 / 255)
    return Rgbd(picture, _resized(disparity, height, width))


def _without_steps(disparity: np.ndarray, step: float) -> np.ndarray:
    """The smoothest map near the one whose values were rounded to `step`: smooth, then go back to within a step, again.

    Within a step rather than half a one, because JPEG has moved the values too. Edges are higher than that and stay.
    """
    pad = 32
    smooth = disparity
    for sigma in (8.0, 4.0, 2.0, 1.0):
        blurred = cv2.GaussianBlur(wrap_pad(smooth, pad, pad), (0, 0), sigma)[pad:-pad, pad:-pad]
        smooth = np.clip(blurred, disparity - step, disparity + step)
    return np.clip(smooth, 0, 1).astype(np.float32)


def _resized(disparity: np.ndarray, height: int, width: int) -> np.ndarray:
    """Disparity (inverse depth, where planes stay planes) at another size, over the wrap."""
    if disparity.shape == (height, width):
        return disparity
    if width < disparity.shape[1]:
        return np.clip(cv2.resize(disparity, (width, height), interpolation=cv2.INTER_AREA), 0, 1)
    # Pixel centres: the padded map must grow by a whole number of pixels on each side, so pad by half its width.
    pad = disparity.shape[1] // 2
    wide = cv2.resize(wrap_pad(disparity, pad), (width * 2, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(wide[:, width // 2 : width // 2 + width], 0, 1)


def _size(array: np.ndarray) -> str:
    return f"{array.shape[1]}x{array.shape[0]}"
