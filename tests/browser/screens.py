"""The screens in docs/images, taken anew: python -m tests.browser.screens

The pages of a server that has just furnished itself, at three widths, light and dark; a scene in every look; and two
scenes that ship: the panorama, its depth, and a look from inside.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ldm3d_web import starters
from ldm3d_web.panorama.preview import coloured_depth
from tests.browser.conftest import FLAGS, NAMES
from tests.web.process import started

IMAGES = Path(__file__).resolve().parents[2] / "docs/images"
SIZES = {360: 740, 768: 1024, 1440: 900}
LOOKS = ("look=picture", "look=depth", "look=wireframe", "look=flat", "look=outside", "stereo=anaglyph")
WAIT_MS = 120_000
GAP = 8  # pixels between pictures
READY = "document.querySelector('ldm3d-viewer')?.dataset.state === 'ready'"


def main() -> None:
    with tempfile.TemporaryDirectory() as data, started(Path(data), "mini", STARTERS=1) as server:
        while len(scenes := server.client.get("/api/scenes").json()["scenes"]) < 4:
            time.sleep(0.3)
        scene = f"{server.url}/s/{scenes[0]['id']}"
        with sync_playwright() as playwright:
            path = next(filter(None, map(shutil.which, NAMES)), None)
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            for width, height in SIZES.items():
                for scheme in ("light", "dark"):
                    kind = f"{width}-{scheme}"
                    take(browser, (width, height), scheme, server.url, "hero").save(IMAGES / f"page-{kind}.webp")
                    take(browser, (width, height), scheme, scene, "viewer").save(IMAGES / f"scene-{kind}.webp")
            looks = [take(browser, (640, 400), "light", f"{scene}#{look}", "viewer") for look in LOOKS]
            sheet = Image.new("RGB", (3 * 640, 2 * 400))
            for i, picture in enumerate(looks):
                sheet.paste(picture, (640 * (i % 3), 400 * (i // 3)))
            sheet.save(IMAGES / "looks.webp", quality=80)
            columns = [column(browser, server.url, scenes, each) for each in starters.starters() if shown(each)]
            joined = Image.new("RGB", (2 * 640 + GAP, columns[0].height), "white")
            for i, picture in enumerate(columns):
                joined.paste(picture, (i * (640 + GAP), 0))
            joined.save(IMAGES / "scene.jpg", quality=88)
            browser.close()


def shown(starter: starters.Starter) -> bool:
    """Whether the README shows it."""
    return any(word in starter.facts["prompt"] for word in ("beach", "forest"))


def column(browser: Browser, url: str, scenes: list[dict[str, str]], starter: starters.Starter) -> Image.Image:
    """A scene's panorama, its depth and a look from inside, one under the other."""
    scene = next(each["id"] for each in scenes if each["title"] == starter.facts["title"])
    parts = [
        Image.fromarray(starter.rgbd.rgb).resize((640, 320)),
        Image.fromarray(coloured_depth(starter.rgbd.disparity)).resize((640, 320)),
        take(browser, (640, 400), "light", f"{url}/s/{scene}", "viewer"),
    ]
    sheet = Image.new("RGB", (640, sum(each.height for each in parts) + 2 * GAP), "white")
    top = 0
    for each in parts:
        sheet.paste(each, (0, top))
        top += each.height + GAP
    return sheet


def take(browser: Browser, size: tuple[int, int], scheme: str, address: str, what: str) -> Image.Image:
    """One screen, once its scene is there."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce", locale="en-US"
    )
    page: Page = context.new_page()
    page.goto(address, timeout=WAIT_MS)
    done = READY if what == "viewer" else "document.querySelector('.hero')?.dataset.state === 'done'"
    page.wait_for_function(f"() => {done}", timeout=WAIT_MS, polling=100)
    if what == "hero":
        page.wait_for_function("() => document.querySelectorAll('.shelf li').length >= 4", timeout=WAIT_MS)
    page.wait_for_timeout(800)  # pictures of the shelf, fades
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    return picture


if __name__ == "__main__":
    main()
