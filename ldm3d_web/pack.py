"""A picture with depth → a scene in both GLB profiles; and a user's own panorama → a picture with depth.

read_pair(rgb.png, depth.png) ─┐
import_panorama(photo, depth) ─┴▶ Rgbd ─pack_scene▶ PackedScene(web, portable, provenance)
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np

from ldm3d_web import rgbd_files
from ldm3d_web.errors import InvalidImage, InvalidInput
from ldm3d_web.gltf.write import write_glb
from ldm3d_web.panorama import grid, guess, layers, levels, matte, mesh, scale, textures
from ldm3d_web.panorama.sheet import Sheet
from ldm3d_web.rgbd import Panorama, Rgbd

# What the cuts of noisy depth would not leave for anything else is cut where edges are stronger.
CUT_STRENGTHS, NOISY_STRENGTHS = (1.0, 3.0), (2.0, 3.0)
# A soft picture has no lines to be torn along: a small step's tear would show the colours of both of its sides.
SOFT_STRENGTHS = (4.0, 8.0)
LEAST_SHARP = 0.65  # of `matte.sharpness` along the cuts: photographs have 0.8 to 1, mini's pictures 0.2 to 0.5
TRIANGLES_AN_EDGE = 5  # on both sides and behind them, at the least
LEAST_TRIANGLES, MOST_TRIANGLES = 1000, 2_000_000  # that can be asked for
# A Quest draws 750k per eye; this leaves it room, and the file small. Of fine depth the viewer takes as many in VR.
MAX_TRIANGLES, MAX_TRIANGLES_FINE = 150_000, 200_000  # for depth of up to 1024 columns, and of more
IMPORT_WIDTH = 4096  # the widest texture that every headset takes
# A graphics card interpolates linearly, which shows a narrower picture's pixels as a lattice; bicubic costs few bytes.
TEXTURE_WIDTH = 2048
MOST_BYTES, MOST_BYTES_FINE = 1_500_000, 3_000_000  # of a web file: for depth of up to 1024 columns, and of more
USUAL_ROWS = 512
WIDEST_PAIR = 8192  # pixels; more is seldom meant
GUESSED_ROWS = 256  # of a guessed shape, which has no edges


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
    max_triangles: int | None = None,
    most_rows: int | None = None,
    texture_width: int = TEXTURE_WIDTH,
    provenance: dict[str, Any] | None = None,
) -> PackedScene:
    """Scale, layers, meshes and both GLB profiles.

    near_m, far_m, eye_height_m: metres, as in `panorama.scale.to_panorama`. max_triangles: over all layers;
    None for MAX_TRIANGLES, or MAX_TRIANGLES_FINE where the grid is finer than USUAL_ROWS.
    most_rows: of the grid that the surface is looked at on, where the picture's own pixels say more than there is.
    texture_width: pixels; a narrower picture is drawn this wide or a little less, by a whole factor.
    provenance: facts about where the picture comes from; scale, sizes and the formula are added to them.
    A picture wider than IMPORT_WIDTH is scaled down to it. Raises InvalidInput for numbers out of range, at once.
    """
    if max_triangles is not None:
        check_max_triangles(max_triangles)
    height, width = rgbd.rgb.shape[:2]
    rgbd = _fitting(rgbd)
    fine = grid.rows_for(rgbd, most_rows) > USUAL_ROWS
    if max_triangles is None:
        max_triangles = MAX_TRIANGLES_FINE if fine else MAX_TRIANGLES
    ends = scale.find_range(rgbd, near_m=near_m, far_m=far_m, eye_height_m=eye_height_m)
    meshes = build_meshes(rgbd, ends, max_triangles, most_rows)
    with ThreadPoolExecutor(2) as threads:  # OpenCV leaves Python alone while it computes
        wide = threads.map(lambda each: textures.enlarge(each.texture, texture_width), meshes)
        meshes = [replace(each, texture=texture) for each, texture in zip(meshes, wide, strict=True)]
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
    most_bytes = MOST_BYTES_FINE if fine else MOST_BYTES
    with ThreadPoolExecutor(2) as threads:
        web = threads.submit(write_glb, meshes, provenance=facts, profile="web", most_bytes=most_bytes)
        portable = threads.submit(write_glb, meshes, provenance=facts, profile="portable")
        return PackedScene(web.result(), portable.result(), facts)


def _fitting(rgbd: Rgbd) -> Rgbd:
    """The picture no wider than a texture may be; and depth that was kept in few levels made smooth again."""
    rgb, disparity = rgbd.rgb, rgbd.disparity
    if rgb.shape[1] > IMPORT_WIDTH:
        rgb = cv2.resize(rgb, (IMPORT_WIDTH, IMPORT_WIDTH // 2), interpolation=cv2.INTER_AREA)
    step = levels.step_of(disparity)
    return Rgbd(rgb, disparity if step is None else levels.without_steps(disparity, step / 2), rgbd.noisy)


def check_max_triangles(max_triangles: int) -> None:
    """Raises InvalidInput for a number of triangles that cannot be asked for."""
    if not LEAST_TRIANGLES <= max_triangles <= MOST_TRIANGLES:
        allowed = f"{LEAST_TRIANGLES:,} to {MOST_TRIANGLES:,}"
        raise InvalidInput(f"{max_triangles:,} triangles were asked for; allowed are {allowed}.")


def build_meshes(
    rgbd: Rgbd, ends: scale.Range, max_triangles: int = MAX_TRIANGLES, most_rows: int | None = None
) -> list[mesh.Mesh]:
    """The meshes of a picture whose scale is known, with at most max_triangles together.

    most_rows: of the grid; None for as many as the picture and its depth have.
    """
    rows: int | None = grid.rows_for(rgbd, most_rows)
    while rows is not None:
        panorama = grid.on_grid(rgbd, ends, rows)
        for sheet in _sheets(panorama, rgbd.noisy):
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


def _sheets(panorama: Panorama, noisy: bool) -> Iterator[Sheet]:
    """What is seen with its cuts, and the same with fewer of them where the one before took too many triangles."""
    strengths = NOISY_STRENGTHS if noisy else CUT_STRENGTHS
    sheet = layers.seen(panorama, strengths[0])
    if _is_soft(panorama, sheet):
        strengths = SOFT_STRENGTHS
        sheet = layers.seen(panorama, strengths[0])
    yield sheet
    for strength in strengths[1:]:
        yield layers.seen(panorama, strength)


def _is_soft(panorama: Panorama, sheet: Sheet) -> bool:
    """Whether the picture has no lines where its sheet is torn."""
    torn = (sheet.cut_right | sheet.cut_below) & sheet.present
    torn[-1] = False  # a pole is no edge
    return bool(torn.any()) and float(matte.sharpness(panorama.rgb)[torn].mean()) < LEAST_SHARP


def read_pair(rgb: rgbd_files.Source, depth: rgbd_files.Source) -> Rgbd:
    """A picture and its 16-bit depth PNG, which may have a size of its own. Raises InvalidImage."""
    picture, disparity = rgbd_files.read_rgb(rgb), rgbd_files.read_disparity(depth)
    if picture.shape[1] > WIDEST_PAIR:
        allowed = f"`pack` takes at most {WIDEST_PAIR:,} pixels across (`import` scales down)"
        raise InvalidImage(f"The picture is {_size(picture)}; {allowed}.")
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
    if given is None:
        rows = min(picture.shape[0], GUESSED_ROWS)
        return Rgbd(picture, guess.ground_and_dome(rows, 2 * rows))
    disparity, bits = given
    if bits == 16:
        return Rgbd(picture, disparity)
    # Within a step rather than half a one, because JPEG has moved the values too.
    return Rgbd(picture, levels.without_steps(disparity, 1 / 255), noisy=True)


def _size(array: np.ndarray) -> str:
    return f"{array.shape[1]}x{array.shape[0]}"
