"""The viewer beside its rivals, one browser, one run: python -m bench.viewer [--rounds 3] [--csv FILE]

The same scene (a starter that ships) in `/s/{id}`, in three.js' depth panorama approach (`example.js`, our own code, at
256 segments and at as many as give our triangles), in model-viewer (the portable GLB) and in Photo Sphere Viewer (the
picture alone: it has no depth). Bytes are what crosses the wire, compressed as served; times and frames are this
machine's, often without a GPU, so only ratios travel. Rivals that cannot be installed are left out with a sentence.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import os
import shutil
import socket
import statistics
import subprocess
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

from ldm3d_web.settings import Settings
from ldm3d_web.web.bundle import Bundle
from ldm3d_web.web.server import build_app

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RIVALS = {"model-viewer": "@google/model-viewer@4.1.0", "photo-sphere-viewer": "@photo-sphere-viewer/core@5.13.4"}
ENTRIES = {
    "model-viewer": "import '@google/model-viewer';\n"
    "const v = document.createElement('model-viewer'); v.src = 'portable.glb';"
    "v.style.cssText = 'width:100vw;height:100vh';"
    "v.addEventListener('load', () => (window.here = () => true));"
    "window.turn = (yaw) => (v.cameraOrbit = `${yaw}rad 90deg auto`); document.body.append(v);",
    "photo-sphere-viewer": "import { Viewer } from '@photo-sphere-viewer/core';\n"
    "const v = new Viewer({ container: document.body, panorama: 'rgb.jpg', navbar: false });"
    "v.addEventListener('ready', () => (window.here = () => true));"
    "window.turn = (yaw) => v.rotate({ yaw, pitch: 0 });",
}
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WAIT_MS = 90_000


def bundle(entry: Path, out: Path, modules: Path) -> None:
    """One minified file, and its compressed siblings, as our own build makes them."""
    command = [str(ROOT / "node_modules/.bin/esbuild"), str(entry), "--bundle", "--minify", "--format=esm"]
    environment = {**os.environ, "NODE_PATH": str(modules)}
    subprocess.run([*command, f"--outfile={out}", "--log-level=error"], check=True, env=environment)


def prepare(folder: Path) -> dict[str, str]:
    """Pages of the rivals in a folder; address by name, those that could be built."""
    pages = {"example": "example.html"}
    bundle(HERE / "example.js", folder / "example.js", ROOT / "node_modules")
    for name, package in RIVALS.items():
        place = folder / f"_{name}"
        place.mkdir()
        install = ["npm", "install", "--silent", "--ignore-scripts", "--no-save", "--prefix", str(place), package]
        try:
            subprocess.run(install, check=True, capture_output=True, timeout=180, cwd=place)
            (place / "entry.js").write_text(ENTRIES[name])
            bundle(place / "entry.js", folder / f"{name}.js", place / "node_modules")
        except (OSError, subprocess.SubprocessError):
            print(f"{name} is left out: {package} could not be installed here.")
            continue
        pages[name] = f"{name}.html"
    for name, page in pages.items():
        (folder / page).write_text(
            f'<!doctype html><title>{name}</title><link rel="icon" href="data:,">'
            "<style>body{margin:0;height:100vh;overflow:hidden}</style>"
            f'<body><script type="module" src="{name}.js"></script>'
        )
    compress = f"import {{ compress }} from '{ROOT / 'static/compress.mjs'}'; await compress('{folder}/');"
    subprocess.run(["node", "--input-type=module", "-e", compress], check=True)
    return pages


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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as pages_folder:
        listener = socket.socket()
        folder = Path(pages_folder)
        pages = prepare(folder)
        app = build_app(Settings(data=data, starters=True))
        app.router.routes.insert(0, Mount("/bench", Bundle(directory=folder)))
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started or app.state.studio.index.count() < 4:
            time.sleep(0.1)
        scene = app.state.studio.recent(1)[0].id
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
        own = ("ldm3d", f"{url}/s/{scene}", turn_ours, "")
        seen = "window.turn && bench.frames > 0 && bench.triangles > 0"
        path = shutil.which("chromium") or shutil.which("google-chrome")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            triangles = measure(browser, *own[1:], spin_s=1)["triangles"]
            equal = round(math.sqrt(triangles / 2))
            cases = [own] + [
                (name, f"{url}/bench/{page}", "turn", seen if name == "example" else "false")
                for name, page in pages.items()
            ]
            cases.append(("example, equal", f"{url}/bench/example.html?segments={equal}", "turn", seen))
            rounds: dict[str, list[dict[str, Any]]] = {case[0]: [] for case in cases}
            for turn in range(options.rounds):
                for name, *case in cases if turn % 2 == 0 else reversed(cases):
                    rounds[name].append(measure(browser, *case, spin_s=3))
            browser.close()
        server.should_exit = True
        thread.join()
    rows = {n: {key: statistics.median(r[key] for r in rs) for key in rs[0]} for n, rs in rounds.items()}
    report(rows, options.csv)


def report(rows: dict[str, dict[str, Any]], file: Path | None) -> None:
    """The table, the CSV rows and the last line."""
    heads = ("first kB", "full kB", "first ms", "full ms", "triangles", "draws", "GPU MB", "frame ms", "idle fps")
    print(f"{'':<22}" + "".join(f"{head:>11}" for head in heads))
    for name, row in rows.items():
        values = (row["first_bytes"] / 1e3, row["full_bytes"] / 1e3, row["first_ms"], row["full_ms"], row["triangles"],
                  row["draws"], row["gpu_mb"], row["frame_ms"], row["idle_fps"])  # fmt: skip
        print(f"{name:<22}" + "".join(f"{value:>11,.1f}" if value < 100 else f"{value:>11,.0f}" for value in values))
    code = (ROOT / "static/dist/viewer.js.br").stat().st_size
    ratio = rows["ldm3d"]["frame_ms"] / rows["example, equal"]["frame_ms"]
    print(f"viewer code, brotli: {code / 1e3:.0f} kB; frame over the example's at equal triangles: {ratio:.2f}")
    if file:
        new = not file.exists()
        with file.open("a", newline="") as out:
            writer = csv.writer(out)
            if new:
                writer.writerow(["viewer", *rows["ldm3d"]])
            writer.writerows([name, *(round(value, 2) for value in row.values())] for name, row in rows.items())
    result = {name: {key: round(value, 2) for key, value in row.items()} for name, row in rows.items()}
    facts = {"bench": "viewer", "cores": os.cpu_count(), "code_br": code, "frame_ratio": round(ratio, 3)}
    print(json.dumps({**facts, "rows": result}))


if __name__ == "__main__":
    main()
