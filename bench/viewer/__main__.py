"""The viewer beside its rivals, one browser, one run: python -m bench.viewer [--rounds 3] [--csv FILE] [--docs]

The same scene (a rendered world, sharp at 2048x1024) in `/s/{id}`, in three.js' depth panorama approach (`example.js`,
our own code, at 256 segments and at as many as give our triangles), in model-viewer (the portable GLB) and in Photo
Sphere Viewer (the picture alone: it has no depth). Bytes are what crosses the wire, compressed as served; times and
frames are this machine's, often without a GPU, so only ratios travel. Rivals that cannot be installed are left out with
a sentence; with all of them there, a goal that is missed makes the exit code 1.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import shutil
import socket
import statistics
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from starlette.routing import Mount

from bench.viewer import report
from bench.viewer.rivals import HERE, RIVALS, ROOT, prepare
from ldm3d_web import rgbd_files
from ldm3d_web.panorama.disparity import to_disparity
from ldm3d_web.settings import Settings
from ldm3d_web.web.bundle import Bundle
from ldm3d_web.web.server import build_app
from ldm3d_web.worlds import sample_world
from ldm3d_web.worlds.render import render
from ldm3d_web.worlds.world import FAR_M, NEAR_M

FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WAIT_MS = 90_000
WORLD = 0


def village(height: int = 1024) -> tuple[bytes, bytes]:
    """Picture and 16-bit depth of a world as sharp as its size allows, where a generated one would be softer."""
    rgb, distance_m, sky = render([sample_world(WORLD, "village")], height, 2 * height, supersample=2)
    disparity = to_disparity(distance_m[0], NEAR_M, FAR_M, sky[0])
    return rgbd_files.encode_rgb(rgb[0]), rgbd_files.encode_disparity(disparity)


def measure(browser: Browser, url: str, turn: str, done: str, spin_s: float) -> dict[str, Any]:
    """One visit with an empty cache."""
    context = browser.new_context(viewport={"width": 960, "height": 540}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.add_init_script((HERE / "probe.js").read_text() + (f"window.here = () => {done};" if done else ""))
        page.goto(url)
        page.wait_for_function("() => bench.full > 0", timeout=WAIT_MS, polling=50)
        page.wait_for_timeout(1500)
        result = page.evaluate(
            "() => ({ first_ms: bench.first, full_ms: bench.full, first_bytes: bench.firstBytes(),"
            " full_bytes: bench.bytes(bench.full), triangles: bench.triangles, draws: bench.draws,"
            " gpu_mb: bench.gpu / 1e6 })"
        )
        frames = page.evaluate("() => bench.frames")
        page.wait_for_timeout(3000)
        result["idle_fps"] = (page.evaluate("() => bench.frames") - frames) / 3
        result["frame_ms"] = page.evaluate(f"() => bench.spin({turn}, {spin_s * 1000})")
        return result
    finally:
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--csv", type=Path, help="add the rows to this file")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/viewer.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as pages_folder:
        listener = socket.socket()
        folder = Path(pages_folder)
        pages = prepare(folder)
        app = build_app(Settings(data=data, starters=False))
        app.router.routes.insert(0, Mount("/bench", Bundle(directory=folder)))
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.1)
        scene = app.state.studio.import_scene(*village(), title="A village", near_m=NEAR_M, far_m=FAR_M).id
        for name in ("rgb.png", "depth.png", "portable.glb"):
            with urllib.request.urlopen(f"{url}/scenes/{scene}/{name}") as answer:
                (folder / name).write_bytes(answer.read())
        # the example's files are JPEG; its picture at the size of our texture
        Image.open(folder / "rgb.png").convert("RGB").resize((2048, 1024)).save(folder / "rgb.jpg", quality=90)
        depth = (
            Image.open(io.BytesIO((folder / "depth.png").read_bytes())).point(lambda value: value / 256).convert("L")
        )
        depth.save(folder / "depth.jpg", quality=90)

        turn_ours = "(s) => (document.querySelector('ldm3d-viewer').pose = { yaw: 30 * s })"
        own = (report.OURS, f"{url}/s/{scene}", turn_ours, "")
        seen = "window.turn && bench.frames > 0 && bench.triangles > 0"
        path = shutil.which("chromium") or shutil.which("google-chrome")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            triangles = measure(browser, *own[1:], spin_s=1)["triangles"]
            equal = round(math.sqrt(triangles / 2))
            cases = [own, (report.EQUAL, f"{url}/bench/example.html?segments={equal}", "turn", seen)] + [
                (name, f"{url}/bench/{page}", "turn", seen if name == "example" else "false")
                for name, page in pages.items()
            ]
            rounds: dict[str, list[dict[str, Any]]] = {case[0]: [] for case in cases}
            for turn in range(options.rounds):
                for name, *case in cases if turn % 2 == 0 else reversed(cases):
                    rounds[name].append(measure(browser, *case, spin_s=3))
            browser.close()
        server.should_exit = True
        thread.join()
    rows = {n: {key: statistics.median(r[key] for r in rs) for key in rs[0]} for n, rs in rounds.items()}
    code = (ROOT / "static/dist/viewer.js.br").stat().st_size
    pairs = zip(rounds[report.OURS], rounds[report.EQUAL], strict=True)
    found = report.goals(rows, code, statistics.median(a["frame_ms"] / b["frame_ms"] for a, b in pairs))
    print(report.table(rows, found))
    if options.csv:
        report.write_rows(options.csv, rows)
    if options.docs:
        report.write_into(ROOT / "docs/viewer.md", report.table(rows, found))
    result = {name: {key: round(value, 2) for key, value in row.items()} for name, row in rows.items()}
    facts = {"bench": "viewer", "cores": os.cpu_count(), "code_br": code}
    print(
        json.dumps({**facts, "goals": {goal.what: [round(goal.value, 3), goal.met] for goal in found}, "rows": result})
    )
    if set(RIVALS) <= set(rows) and not all(goal.met for goal in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
