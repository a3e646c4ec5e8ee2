"""How a packed scene looks from a head that moves, against exact truth: python -m bench.novel_view

Nine scenes (six analytic places, three worlds) are drawn as a panorama with depth, packed, loaded by the viewer's own
loader into three.js in Chromium, and seen from heads 0 to 0.5 m away from the centre in eight directions. Beside it, in
the same run, the displaced sphere of 512×256 quads with the same picture.

Means are over scenes, and in each over views, of decibels. Hidden pixels are those whose point cannot be seen from the
centre; views with fewer than 50 do not count there. A hole is a pixel where nothing was drawn.

A first look: --scenes forest,room --depth exact --offsets 0,0.25 --views 2. Truths and scores are kept in --cache, so
what has not changed since is not drawn again; seconds are always measured.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.novel_view import report, sheets, truth
from bench.novel_view.browser import open_browser
from bench.novel_view.cache import Cache, default_folder
from bench.novel_view.measure import Result, View, built, methods, scored
from bench.novel_view.pairs import Depth, pair
from bench.novel_view.pictures import poses
from bench.novel_view.place import Scene
from bench.novel_view.scenes import NAMES, scene

OFFSETS_M = (0.0, 0.06, 0.12, 0.25, 0.5)
MOST_VIEWS = len(poses(0))


def main() -> None:
    options = _options()
    depths: Sequence[Depth] = ("exact", "soft") if options.depth == "both" else (options.depth,)
    cache = Cache(options.cache)
    compared = methods(options.max_triangles, options.texture_width)
    results: list[Result] = []
    with open_browser() as browser:
        for number, name in enumerate(options.scenes, 1):
            _say(f"{name}, scene {number} of {len(options.scenes)}")
            place = scene(name)
            picture = truth.panorama(cache, place, options.width)
            views = _views(cache, place, options.offsets, options.views)
            for depth in depths:
                given = pair(picture, depth)
                glbs = []
                for method, build in compared.items():
                    glb, seconds = built(build, given, options.rounds)
                    triangles, scores = scored(browser, cache, name, glb, views)
                    offsets = tuple(view.offset_m for view in views)
                    results.append(Result(name, depth, method, triangles, len(glb), seconds, offsets, tuple(scores)))
                    glbs.append(glb)
                    figures = " ".join(f"{results[-1].mean('psnr_db', o):.1f}" for o in options.offsets)
                    _say(f"  {depth}, {method}: {figures} dB, {triangles:,} triangles, {seconds:.2f} s")
                if options.save:
                    shown = sheets.nearest_offset(options.offsets)
                    path = options.save / f"{name}-{depth}-{options.width}.png"
                    sheets.save_sheet(path, browser, glbs, [view for view in views if view.offset_m == shown])
    facts = {"width": options.width, "scenes": len(options.scenes), "views": options.views}
    print(f"novel_view, {options.width}x{options.width // 2}, {facts['scenes']} scenes, {facts['views']} views each")
    print(report.table(results))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # of this process, packing and scoring alike
    machine = {"cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "peak_mb": round(peak_mb)}
    print(json.dumps({"bench": "novel_view", **facts, **machine, **report.as_json(results)}), flush=True)
    if options.csv:  # last: a file with other columns shall not cost the figures
        report.append_csv(options.csv, results, facts)


def _views(cache: Cache, place: Scene, offsets_m: Sequence[float], count: int) -> list[View]:
    return [View(o, pose, *truth.view(cache, place, pose)) for o in offsets_m for pose in poses(o, count)]


def _say(line: str) -> None:
    """Progress, apart from the results."""
    print(line, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.novel_view", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", type=_scenes, default=list(NAMES), help=f"some of {','.join(NAMES)}")
    parser.add_argument("--depth", choices=["exact", "soft", "both"], default="both")
    parser.add_argument("--width", type=int, choices=[256, 512, 1024, 2048], default=1024, help="of the panorama")
    parser.add_argument("--offsets", type=_offsets, default=list(OFFSETS_M), help="of the head, metres: 0,0.25")
    parser.add_argument("--views", type=int, choices=range(1, MOST_VIEWS + 1), default=MOST_VIEWS, help="an offset")
    parser.add_argument("--rounds", type=int, default=3, help="of building, for the median of the seconds")
    parser.add_argument("--max-triangles", type=int, help="for ours; left out: what packing takes by itself")
    parser.add_argument("--texture-width", type=int, help="for ours; left out: what packing does by itself")
    parser.add_argument("--save", type=Path, metavar="DIR", help="write truth, ours, sphere and both errors as PNG")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="append a row for each depth")
    parser.add_argument("--cache", type=Path, metavar="DIR", default=default_folder())
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def _scenes(text: str) -> list[str]:
    names = list(dict.fromkeys(text.split(",")))
    if unknown := [name for name in names if name not in NAMES]:
        raise argparse.ArgumentTypeError(f"no scene {unknown[0]!r}; there are {', '.join(NAMES)}")
    return names


def _offsets(text: str) -> list[float]:
    try:
        return sorted({float(each) for each in text.split(",")})
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} are no numbers of metres with commas between") from None


if __name__ == "__main__":
    main()
