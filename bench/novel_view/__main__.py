"""How a packed scene looks from a head that moves, against exact truth: python -m bench.novel_view

Nine scenes (six analytic places, three worlds) are drawn as a panorama with depth, packed, loaded by the viewer's own
loader into three.js in Chromium, and seen from heads 0 to 0.5 m away from the centre in eight directions. Beside it, in
the same run, the displaced sphere of 512×256 quads with the same picture.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np

from bench.novel_view import truth
from bench.novel_view.browser import open_browser
from bench.novel_view.cache import Cache, default_folder
from bench.novel_view.pairs import Pair, pair
from bench.novel_view.pictures import poses
from bench.novel_view.scenes import NAMES, scene
from bench.novel_view.score import score
from bench.novel_view.sphere import sphere_glb
from ldm3d_web.pack import MAX_TRIANGLES, pack_scene

OFFSETS = "0,0.06,0.12,0.25,0.5"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", default=",".join(NAMES))
    parser.add_argument("--depth", choices=["exact", "soft", "both"], default="both")
    parser.add_argument("--width", type=int, choices=[512, 1024, 2048], default=1024)
    parser.add_argument("--offsets", default=OFFSETS)
    parser.add_argument("--views", type=int, default=8)
    parser.add_argument("--max-triangles", type=int, default=MAX_TRIANGLES)
    parser.add_argument("--texture-width", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=default_folder())
    options = parser.parse_args()
    cache = Cache(options.cache)
    offsets = [float(x) for x in options.offsets.split(",")]

    def ours(given: Pair) -> bytes:
        extra = {} if options.texture_width is None else {"texture_width": options.texture_width}
        return pack_scene(
            given.rgbd, near_m=given.near_m, far_m=given.far_m, max_triangles=options.max_triangles, **extra
        ).web

    methods = {"ours": ours, "sphere": sphere_glb}
    depths = ["exact", "soft"] if options.depth == "both" else [options.depth]
    rows = []
    with open_browser() as browser:
        for name in options.scenes.split(","):
            place = scene(name)
            picture = truth.panorama(cache, place, options.width)
            views = {
                (o, i): (p, *truth.view(cache, place, p))
                for o in offsets
                for i, p in enumerate(poses(o, options.views))
            }
            for depth in depths:
                given = pair(picture, depth)
                for method, build in methods.items():
                    seconds = []
                    for _ in range(options.rounds):
                        start = time.perf_counter()
                        glb = build(given)
                        seconds.append(time.perf_counter() - start)
                    triangles = browser.load(glb)
                    drawn = browser.draw([p for p, _, _ in views.values()])
                    scores = [score(d, rgb, hidden) for d, (_, rgb, hidden) in zip(drawn, views.values(), strict=True)]
                    means = []
                    for o in offsets:
                        mine = [s for s, key in zip(scores, views, strict=True) if key[0] == o]
                        means.append(
                            {
                                k: float(np.nanmean([getattr(s, k) for s in mine]))
                                for k in ("psnr_db", "ssim", "hidden_db", "hidden", "holes", "hole_pixels")
                            }
                        )
                    rows.append(
                        {
                            "scene": name,
                            "depth": depth,
                            "method": method,
                            "triangles": triangles,
                            "bytes": len(glb),
                            "seconds": statistics.median(seconds),
                            "means": means,
                        }
                    )
                    print(
                        f"{name:14} {depth:6} {method:7}",
                        " ".join(f"{m['psnr_db']:5.1f}" for m in means),
                        " hidden",
                        " ".join(f"{m['hidden_db']:5.1f}" for m in means),
                        " ssim",
                        " ".join(f"{m['ssim']:.3f}" for m in means),
                        " holes",
                        sum(m["hole_pixels"] for m in means),
                        triangles,
                        len(glb),
                        f"{statistics.median(seconds):.2f} s",
                        flush=True,
                    )
    for depth in depths:
        for method in methods:
            mine = [r for r in rows if r["depth"] == depth and r["method"] == method]
            print(
                f"mean           {depth:6} {method:7}",
                " ".join(f"{np.mean([r['means'][i]['psnr_db'] for r in mine]):5.1f}" for i in range(len(offsets))),
                " hidden",
                " ".join(f"{np.nanmean([r['means'][i]['hidden_db'] for r in mine]):5.1f}" for i in range(len(offsets))),
            )
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
