"""How long a pair of picture and depth takes to become a scene: python bench/pack.py [--width 1024] [--rounds 5]

Seconds are this machine's. The ratio compares within one run: `pack_scene` over merely encoding the same two pictures
(JPEG and 16-bit PNG), which any program that keeps a panorama must do.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

from ldm3d_web.gltf import write
from ldm3d_web.pack import MAX_TRIANGLES, MAX_TRIANGLES_FINE, build_meshes, pack_scene
from ldm3d_web.panorama import scale, textures
from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Rgbd
from ldm3d_web.rgbd_files import encode_disparity, encode_rgb, read_disparity, read_rgb


def courtyard(height: int, width: int) -> Rgbd:
    """Ground, a wall all round with towers, sky, and noise: edges, a sky line and a floor, as a real pair has."""
    rays = pixel_rays(height, width)
    level = np.maximum(np.hypot(rays[..., 0], rays[..., 2]), 1e-6)
    turn = np.arctan2(rays[..., 0], -rays[..., 2])
    wall_m = np.where(np.cos(9 * turn) > 0.6, 6.0, 9.0)
    inverse = np.maximum(np.maximum(-rays[..., 1], 0) / 1.6, level / wall_m)
    inverse[rays[..., 1] / level * wall_m > np.where(wall_m < 7, 5.0, 3.0)] = 0
    random = np.random.default_rng(0)
    disparity = np.clip(inverse * 1.5 + random.normal(0, 0.002, inverse.shape), 0, 1).astype(np.float32)
    rgb = 90 + 60 * np.sin(40 * rays) + 100 * disparity[..., None] + random.normal(0, 6, rays.shape)
    return Rgbd(np.clip(rgb, 0, 255).astype(np.uint8), disparity)


def measured(steps: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each step; the rounds take turns, so that a busy moment touches all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        step()
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--max-triangles", type=int, help="left out: what packing takes by itself")
    options = parser.parse_args()

    rgbd = courtyard(options.width // 2, options.width)
    rgb_png, depth_png = encode_rgb(rgbd.rgb), encode_disparity(rgbd.disparity)
    most = options.max_triangles or (MAX_TRIANGLES if options.width <= 1024 else MAX_TRIANGLES_FINE)
    scene = pack_scene(rgbd, max_triangles=most)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # of the whole process, Python and all
    ends = scale.find_range(rgbd)
    meshes = build_meshes(rgbd, ends, most)
    seconds = measured(
        {
            "pack_scene": lambda: pack_scene(rgbd, max_triangles=most),
            "scale": lambda: scale.find_range(rgbd),
            "layers and meshes": lambda: build_meshes(rgbd, ends, most),
            "web GLB": lambda: write.write_glb(meshes, provenance={}, profile="web"),
            "portable GLB": lambda: write.write_glb(meshes, provenance={}, profile="portable"),
            "reading the pair": lambda: (read_rgb(rgb_png), read_disparity(depth_png)),
            "baseline": lambda: (textures.jpeg(rgbd.rgb), encode_disparity(rgbd.disparity)),
        },
        options.rounds,
    )
    ratio = seconds["pack_scene"] / seconds["baseline"]
    print(f"pack, {options.width}x{options.width // 2}, {scene.provenance['triangles']:,} triangles, median of rounds")
    for name, value in seconds.items():
        print(f"  {name:<20} {value:8.3f} s")
    print(f"  {'pack / baseline':<20} {ratio:8.1f} x")
    print(f"  {'web GLB':<20} {len(scene.web) / 1e6:8.2f} MB")
    print(f"  {'portable GLB':<20} {len(scene.portable) / 1e6:8.2f} MB")
    print(f"  {'peak memory':<20} {peak_mb:8.0f} MB")
    result = {
        "bench": "pack",
        "width": options.width,
        "rounds": options.rounds,
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "peak_mb": round(peak_mb),
        "triangles": scene.provenance["triangles"],
        "web_bytes": len(scene.web),
        "portable_bytes": len(scene.portable),
        "seconds": {name: round(value, 4) for name, value in seconds.items()},
        "ratio_to_encoding": round(ratio, 2),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
