"""The figures of docs/geometry.md, from 0.25 m beside the centre: python -m bench.novel_view.figure [--folder FOLDER]

geometry.webp: three scenes whose truth is known; truth, the layered meshes, the displaced sphere, from the same head.
geometry-mini.webp: two that mini painted (ldm3d_web/starters); the displaced sphere, the layered meshes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.novel_view import truth
from bench.novel_view.browser import Browser, open_browser
from bench.novel_view.cache import Cache, default_folder
from bench.novel_view.pairs import Pair, pair
from bench.novel_view.pictures import VIEW, Pose, poses
from bench.novel_view.scenes import scene
from bench.novel_view.sphere import sphere_glb
from ldm3d_web.pack import pack_scene
from ldm3d_web.starters import starters

FOLDER = Path("docs/images")
MOST_BYTES = 150_000
AWAY_M = 0.25
WIDTH = 1024
KNOWN = {"world-village": 0, "street": 2, "forest": 0}  # scenes, and which of their views
# By a word of their titles: where the head looks, degrees, and which way it goes, right (1) or left (-1).
PAINTED = {"forest": (180.0, 5.0, -1), "lake": (300.0, 0.0, -1)}
PAINTED_VIEW = 480


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    folder = parser.parse_args().folder
    with open_browser() as browser:
        save(folder / "geometry.webp", [known_row(browser, name, view) for name, view in KNOWN.items()])
        save(folder / "geometry-mini.webp", [painted_row(browser, word, *where) for word, where in PAINTED.items()])


def save(path: Path, rows: Sequence[np.ndarray]) -> None:
    """A WebP of the rows, of the best quality that MOST_BYTES hold."""
    sheet = np.clip(np.rint(np.vstack(rows)), 0, 255).astype(np.uint8)
    for quality in range(90, 30, -5):
        Image.fromarray(sheet).save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= MOST_BYTES:
            break
    print(f"{path}: {sheet.shape[1]}x{sheet.shape[0]}, {path.stat().st_size / 1000:.0f} kB")


def known_row(browser: Browser, name: str, view: int) -> np.ndarray:
    """(VIEW, 3 VIEW, 3): truth, the layered meshes and the displaced sphere, from exact depth."""
    cache, place = Cache(default_folder()), scene(name)
    given = pair(truth.panorama(cache, place, WIDTH), "exact")
    pose = poses(AWAY_M)[view]
    true, _ = truth.view(cache, place, pose)
    return np.hstack([framed(true), *drawn(browser, (layered(given), sphere_glb(given)), pose, VIEW)])


def painted_row(browser: Browser, word: str, yaw_deg: float, pitch_deg: float, side: int) -> np.ndarray:
    """(PAINTED_VIEW, 2 PAINTED_VIEW, 3): the displaced sphere and the layered meshes of the starter with that word in
    its title."""
    starter = next(each for each in starters() if word in str(each.facts["title"]).lower())
    given = Pair(starter.rgbd, starter.near_m, starter.far_m)
    turned = Pose((0.0, 0.0, 0.0), yaw_deg, pitch_deg)
    pose = Pose(tuple((AWAY_M * side * turned.axes[0]).tolist()), yaw_deg, pitch_deg)
    return np.hstack(drawn(browser, (sphere_glb(given), layered(given)), pose, PAINTED_VIEW))


def layered(given: Pair) -> bytes:
    return pack_scene(given.rgbd, near_m=given.near_m, far_m=given.far_m).web


def drawn(browser: Browser, glbs: Sequence[bytes], pose: Pose, view: int) -> list[np.ndarray]:
    """(view, view, 3) of each GLB."""
    pictures = []
    for glb in glbs:
        browser.load(glb)
        pictures.append(framed(browser.draw([pose], view)[0].rgb))
    return pictures


def framed(picture: np.ndarray) -> np.ndarray:
    """The picture with a white line around it."""
    height, width = picture.shape[:2]
    return cv2.rectangle(np.array(picture, np.float32), (0, 0), (width - 1, height - 1), (255, 255, 255), 2)


if __name__ == "__main__":
    main()
