"""GLB bytes → pictures by the viewer's own loader and three.js in Chromium: one page, one renderer, many poses.

Drawn at twice the size without multisampling and averaged 2×2 in plain sRGB, for every method alike.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, Route, sync_playwright

from bench.novel_view.pictures import VIEW, Pose

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path(__file__).with_name("page.js")
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ORIGIN = "http://bench.invalid"  # every request is answered here; nothing leaves the machine
EMPTY = (0x15, 0x17, 0x1A)  # what the viewer shows where there is nothing
FINER = 2
AT_ONCE = 8  # views a call: 19 MB of pixels
WAIT_MS = 300_000  # software rendering beside other work


@dataclass(frozen=True)
class Drawn:
    """rgb (H, W, 3) float32 in [0, 255]; empty (H, W) float32, the share of each pixel where nothing was drawn."""

    rgb: np.ndarray
    empty: np.ndarray


class Browser:
    """`load` a GLB, then `draw` it."""

    def __init__(self, page: Page, version: str):
        self.version = version
        self._page = page
        self._glb = b""
        page.set_default_timeout(WAIT_MS)
        page.route("**/*", self._answer)
        page.goto(f"{ORIGIN}/")
        page.wait_for_function("typeof window.draw === 'function'")

    def load(self, glb: bytes) -> int:
        """Triangles of the GLB, as three.js has them."""
        self._glb = glb
        return int(self._page.evaluate(f"load('{ORIGIN}/scene.glb')"))

    def draw(self, poses: Sequence[Pose], size: int = VIEW) -> list[Drawn]:
        """The loaded GLB from each pose, size × size over 90 degrees."""
        drawn: list[Drawn] = []
        for start in range(0, len(poses), AT_ONCE):
            some = [{"eye": p.eye_m, "yaw": p.yaw_deg, "pitch": p.pitch_deg} for p in poses[start : start + AT_ONCE]]
            text = self._page.evaluate("([poses, size]) => draw(poses, size)", [some, size * FINER])
            raw = np.frombuffer(base64.b64decode(text), np.uint8).reshape(len(some), size * FINER, size * FINER, 4)
            drawn += [_averaged(each[::-1]) for each in raw]
        return drawn

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            html = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'
            route.fulfill(body=html, content_type="text/html")
        elif path == "/page.js":
            route.fulfill(body=bundle(), content_type="text/javascript")
        elif path == "/scene.glb":
            route.fulfill(body=self._glb, content_type="model/gltf-binary")
        else:
            route.abort()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium: from CHROMIUM, else the system's, else Playwright's own."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield Browser(chromium.new_page(), chromium.version)
        chromium.close()


@cache
def bundle() -> bytes:
    """page.js with three.js and the viewer's loader in one file."""
    command = ["scripts/with-node", "node_modules/.bin/esbuild", str(PAGE), "--bundle", "--format=esm"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout


def _averaged(rgba: np.ndarray) -> Drawn:
    rgb = rgba[..., :3].astype(np.float32)
    empty = rgba[..., 3] == 0
    rgb[empty] = EMPTY

    def mean(x: np.ndarray) -> np.ndarray:
        return x.reshape(len(x) // FINER, FINER, len(x) // FINER, FINER, -1).mean(axis=(1, 3), dtype=np.float32)

    return Drawn(mean(rgb), mean(empty)[..., 0])
