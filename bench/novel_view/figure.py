"""The figure of docs/geometry.md: pictures that mini painted, from 0.25 m beside the centre, before and after.

    python -m bench.novel_view.figure [--output docs/images/geometry-mini.webp]

Each row is a scene of ldm3d_web/starters: left the displaced sphere, right the layered meshes, from the same head.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.novel_view.browser import Browser, open_browser
from bench.novel_view.pairs import Pair
from bench.novel_view.pictures import Pose
from bench.novel_view.sphere import sphere_glb
from ldm3d_web.pack import pack_scene
from ldm3d_web.starters import starters

OUTPUT = Path("docs/images/geometry-mini.webp")
MOST_BYTES = 150_000
AWAY_M = 0.25
VIEW = 480
# By a word of their titles: where the head looks, degrees, and which way it goes, right (1) or left (-1).
SCENES = {"forest": (180.0, 5.0, -1), "lake": (300.0, 0.0, -1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    with open_browser() as browser:
        rows = [row(browser, word, *where) for word, where in SCENES.items()]
    sheet = np.clip(np.rint(np.vstack(rows)), 0, 255).astype(np.uint8)
    for quality in range(90, 30, -5):
        Image.fromarray(sheet).save(options.output, "WEBP", quality=quality, method=6)
        if options.output.stat().st_size <= MOST_BYTES:
            break
    print(f"{options.output}: {sheet.shape[1]}x{sheet.shape[0]}, {options.output.stat().st_size / 1000:.0f} kB")


def row(browser: Browser, word: str, yaw_deg: float, pitch_deg: float, side: int) -> np.ndarray:
    """(VIEW, 2 VIEW, 3): the displaced sphere and the layered meshes of the starter with that word in its title."""
    starter = next(each for each in starters() if word in str(each.facts["title"]).lower())
    pair = Pair(starter.rgbd, starter.near_m, starter.far_m)
    ours = pack_scene(starter.rgbd, near_m=starter.near_m, far_m=starter.far_m).web
    turned = Pose((0.0, 0.0, 0.0), yaw_deg, pitch_deg)
    pose = Pose(tuple((AWAY_M * side * turned.axes[0]).tolist()), yaw_deg, pitch_deg)
    drawn = []
    for glb in (sphere_glb(pair), ours):
        browser.load(glb)
        view = browser.draw([pose], VIEW)[0].rgb
        cv2.rectangle(view, (0, 0), (VIEW - 1, VIEW - 1), (255, 255, 255), 2)
        drawn.append(view)
    return np.hstack(drawn)


if __name__ == "__main__":
    main()
