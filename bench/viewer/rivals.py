"""The rivals' pages: each opens the same scene, as its own documentation says; bundled as our viewer is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

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
