"""A scene's panorama and its true views, kept in the cache."""

from __future__ import annotations

import cv2
import numpy as np

from bench.novel_view import pictures
from bench.novel_view.cache import Cache, scene_code
from bench.novel_view.pictures import Picture, Pose
from bench.novel_view.place import Scene
from bench.novel_view.worlds import WORLDS


def panorama(cache: Cache, scene: Scene, width: int) -> Picture:
    """As `pictures.panorama`."""

    def make() -> dict[str, np.ndarray]:
        seen = pictures.panorama(scene, width)
        return {"rgb": seen.rgb, "distance_m": seen.distance_m, "sky": seen.sky}

    return Picture(**cache.get(f"{scene.name}-{width}", _code(scene), make))


def view(cache: Cache, scene: Scene, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
    """The true view, (H, W, 3) uint8, and which of its pixels the centre cannot see, (H, W) bool."""

    def make() -> dict[str, np.ndarray]:
        seen = pictures.view(scene, pose)
        _, png = cv2.imencode(".png", cv2.cvtColor(seen.rgb, cv2.COLOR_RGB2BGR))
        return {"png": png, "hidden": pictures.hidden(scene, pose, seen)}

    kept = cache.get(f"{scene.name}-view", _code(scene) + repr(pose).encode(), make)
    return cv2.cvtColor(cv2.imdecode(kept["png"], cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), kept["hidden"]


def _code(scene: Scene) -> bytes:
    return scene_code(scene.name in WORLDS)
