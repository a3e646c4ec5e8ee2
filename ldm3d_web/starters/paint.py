"""Paint the starters anew, after the model has changed: python -m ldm3d_web.starters.paint

Which sentences and seeds, says `starters.json`; what the model makes of them is written beside it and into it.
"""

from __future__ import annotations

import json

import cv2
import numpy as np

from ldm3d_web import create
from ldm3d_web.ldm3d import registry
from ldm3d_web.rgbd import Rgbd
from ldm3d_web.rgbd_files import encode_disparity
from ldm3d_web.scenes.scene import title_of
from ldm3d_web.starters import LIST, depth_file, rgb_file

UPSCALE = 4
WEBP_QUALITY = 80  # as much as all of them may weigh allows
RECORDED = ("prompt", "negative", "seed", "steps", "guidance", "upscale")
# A mini picture's depth is smooth: of 16 bits the last seven are noise, and noise is what a PNG cannot pack. Between
# levels depth is made smooth again when a scene is packed (`panorama.levels`).
DEPTH_LEVELS = 512


def main() -> None:
    """Paint each and write its two files and its line."""
    from ldm3d_web.ldm3d import checkpoint

    pipeline = checkpoint.load("mini", device="cpu")
    spec = registry.resolve("mini")
    lines = []
    for line in json.loads(LIST.read_text(encoding="utf-8")):
        wanted = create.GenerateRequest(line["prompt"], seed=line["seed"], model="mini", upscale=UPSCALE)
        request = create.check_request(wanted, spec)
        rgbd = pipeline(
            request.prompt,
            seed=request.seed or 0,
            steps=request.steps,
            guidance=request.guidance,
            width=request.width,
            height=request.height,
        )
        # The depth as it was painted: scenes are meshed on that grid.
        wide = pipeline.upscale(rgbd, UPSCALE)
        _write(line["name"], Rgbd(wide.rgb, rgbd.disparity))
        lines.append(
            {
                "name": line["name"],
                "title": title_of(request.prompt),
                **{
                    name: getattr(request, name)
                    for name in ("prompt", "negative", "seed", "steps", "guidance", "upscale")
                },
                "model": {"name": "mini", "revision": pipeline.revision, "description": spec.description},
                "scheduler": pipeline.scheduler_record(),
                "near_m": spec.near_m,
                "far_m": spec.far_m,
            }
        )
        kb = (rgb_file(line["name"]).stat().st_size + depth_file(line["name"]).stat().st_size) / 1000
        print(f"{line['name']}: {kb:.0f} kB")
    LIST.write_text(json.dumps(lines, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write(name: str, rgbd: Rgbd) -> None:
    bgr = cv2.cvtColor(rgbd.rgb, cv2.COLOR_RGB2BGR)
    done, webp = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
    assert done
    rgb_file(name).write_bytes(webp.tobytes())
    coarse = np.round(rgbd.disparity * (DEPTH_LEVELS - 1)) / (DEPTH_LEVELS - 1)
    depth_file(name).write_bytes(encode_disparity(coarse.astype(np.float32)))


if __name__ == "__main__":
    main()
