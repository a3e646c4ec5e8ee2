"""A real browser, a server with real scenes, and pages that fail their test when anything goes wrong in them."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from ldm3d_web.web.headers import SCENE_CSP
from tests.browser import world
from tests.browser.site import WORLD, Site, start_site

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WAIT_S = 90.0  # software rendering on a busy machine; no test measures time


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: from CHROMIUM, else the system's, else Playwright's own."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server with the room as a scene, on 127.0.0.1 (which a browser takes for secure)."""
    if not (ROOT / "static/dist/viewer.js").exists():
        pytest.fail("static/dist is empty: run `make setup` first")
    with start_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def layers(site: Site) -> str:
    """The address of a scene of several layers, each with its own picture (see world.py)."""
    rgbd, near_m, far_m = world.panorama(512)
    return site.add(WORLD, rgbd, near_m, far_m, max_triangles=60_000)


class Visit:
    """One page of a context. What it logs as an error, throws or is refused by its policy is kept in `faults`."""

    def __init__(self, page: Page, site: Site):
        self.page, self.site, self.faults = page, site, list[str]()
        page.set_default_timeout(WAIT_S * 1000)
        page.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, path: str) -> Visit:
        self.page.goto(self.site.url + path)
        return self

    def bare(self, source: str = "", *, controls: str = "none", lang: str = "en") -> Visit:
        """A page with nothing but the viewer, under the scene page's policy. controls: as the attribute; "": all."""
        attributes = f'src="{source}" ' if source else ""
        attributes += f'controls="{controls}"' if controls else ""
        html = f"""<!doctype html><html lang="{lang}"><title>viewer</title><link rel="icon" href="data:,">
            <link rel="stylesheet" href="/bare.css"><script type="module" src="/viewer/viewer.js"></script>
            <ldm3d-viewer id="viewer" {attributes}></ldm3d-viewer>"""
        css = "body { margin: 0 } ldm3d-viewer { position: fixed; inset: 0 }"
        policy = SCENE_CSP.format(ancestors="'self'").replace(" 'unsafe-inline'", "")
        page = self.page
        page.route("**/bare.css", lambda route: route.fulfill(body=css, content_type="text/css"))
        page.route(
            "**/bare",
            lambda route: route.fulfill(
                body=html, content_type="text/html", headers={"Content-Security-Policy": policy}
            ),
        )
        self.open("/bare")
        self.until("!!customElements.get('ldm3d-viewer')")
        return self

    def get(self, expression: str, frame: Frame | None = None) -> Any:
        """The value of a JavaScript expression, in which `viewer` is the element. Promises are waited for."""
        body = f"const viewer = document.getElementById('viewer'); return {expression.strip()}"
        return (frame or self.page).evaluate(f"async () => {{ {body} }}")

    def until(self, expression: str, frame: Frame | None = None) -> None:
        """Wait until the expression is true. (Playwright's own wait compiles a string, which the policy forbids.)"""
        end = time.monotonic() + WAIT_S
        while not self.get(expression, frame):
            assert time.monotonic() < end, f"{expression} did not come true; faults: {self.faults}"
            time.sleep(0.03)

    def ready(self) -> Visit:
        self.until("viewer.dataset.state === 'ready'")
        self.drawn()
        return self

    def drawn(self) -> None:
        """Wait until the canvas shows what was asked for: nothing glides, and two frames have passed."""
        self.get("await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")

    def rest(self) -> None:
        """Wait until nothing moves any more."""
        frames = -1
        while frames != (now := self.get("viewer.stats().frames")):
            frames = now
            time.sleep(0.2)

    def hide(self, hidden: bool) -> None:
        """The tab goes away, or comes back."""
        self.page.evaluate(
            """(hidden) => {
                const value = hidden ? 'hidden' : 'visible';
                Object.defineProperty(document, 'visibilityState', { value, configurable: true });
                document.dispatchEvent(new Event('visibilitychange'));
            }""",
            hidden,
        )

    def lose_context(self) -> None:
        """The graphics card takes the viewer's context away and gives it back."""
        self.page.evaluate(
            """async () => {
                const canvas = document.getElementById('viewer').shadowRoot.querySelector('canvas');
                const extension = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
                const heard = (type) => new Promise((go) => canvas.addEventListener(type, go, { once: true }));
                const lost = heard('webglcontextlost'), back = heard('webglcontextrestored');
                extension.loseContext(); await lost;
                await new Promise((go) => setTimeout(go, 50));
                extension.restoreContext(); await back;
            }"""
        )

    def picture(self) -> np.ndarray:
        """What is on the screen, (H, W, 3) uint8."""
        self.drawn()
        return np.asarray(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"))


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Visit]]:
    """Opens fresh contexts: visit(width, height, **context options) → Visit. Their faults fail the test at its end."""
    visits: list[Visit] = []

    def open_one(width: int = 320, height: int = 200, *, script: str = "", **options: Any) -> Visit:
        options.setdefault("reduced_motion", "reduce")  # nothing moves but what a test moves
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        if script:
            context.add_init_script(script)
        visits.append(Visit(context.new_page(), site))
        return visits[-1]

    yield open_one
    for each in visits:
        each.page.context.close()
    assert [fault for each in visits for fault in each.faults] == []
