"""Paint the samples anew, after the model has changed: python -m ldm3d_web.samples.paint [--sheet docs/images/mini.jpg]

The pictures of the first seed are written beside `sentences.json`; all of them, colour over disparity, on the sheet.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from ldm3d_web import samples

WEBP_QUALITY = 85
COLUMNS = 8
SHOWN = 2  # times as wide as painted, where there is an upscaler: as much as a page shows
WIDTH = 320  # pixels of a picture on the sheet
JPEG_QUALITY = 88


def main() -> None:
    """Paint all, and write them."""
    from ldm3d_web.ldm3d import checkpoint

    parser = argparse.ArgumentParser(description="Paint the samples of ldm3d-mini anew.")
    parser.add_argument("--sheet", type=Path, help="JPEG to write: every sentence from every seed.")
    asked = parser.parse_args()
    pipeline = checkpoint.load("mini", device="cpu")
    cells = []
    for number, sentence in enumerate(samples.sentences()):
        for seed in samples.SEEDS:
            rgbd = pipeline.upscale(pipeline(sentence, seed=seed), SHOWN if pipeline.upscaler else 1)
            if seed == samples.SEEDS[0]:
                _write(samples.picture(number), rgbd.rgb, ".webp", [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
            cells.append(np.concatenate([_small(rgbd.rgb), _small(_grey(rgbd.disparity))]))
        print(sentence, flush=True)
    if asked.sheet:
        rows = [np.concatenate(cells[start : start + COLUMNS], axis=1) for start in range(0, len(cells), COLUMNS)]
        _write(asked.sheet, np.concatenate(rows), ".jpg", [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def _grey(disparity: np.ndarray) -> np.ndarray:
    """(H, W) in [0, 1] to (H, W, 3) uint8, white near."""
    return np.repeat(np.rint(disparity[..., None] * 255).astype(np.uint8), 3, axis=-1)


def _small(rgb: np.ndarray) -> np.ndarray:
    return cv2.resize(rgb, (WIDTH, WIDTH // 2), interpolation=cv2.INTER_AREA)


def _write(file: Path, rgb: np.ndarray, kind: str, quality: list[int]) -> None:
    done, data = cv2.imencode(kind, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), quality)
    assert done
    file.write_bytes(data.tobytes())


if __name__ == "__main__":
    main()
