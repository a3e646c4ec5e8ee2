"""Where an edge runs between the pixels: silhouettes moved by what a picture's edge pixels are mixed of.

A pixel on an edge shows a mixture c = a F + (1 - a) B of the colours in front and behind; a is how much of it the
foreground covers. Summed over the pixels beside a cut, that tells where the edge lies, to a fraction of a pixel. Where
front and back have the same colour nothing is known and nothing shows.

Vertices lie on pixel corners; one where a cut passes is moved to the mean of the places where the edge crosses the
lines between the four pixel centres around it (surface nets, Gibson, 1998), so a stair of pixels becomes a line.
"""

from __future__ import annotations

import numpy as np

from ldm3d_web.panorama.sheet import Sheet, tears

MOST_PX = 0.42  # a vertex never leaves its pixels: triangles beside it shall not turn over


def shifts(sheet: Sheet, cover: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """(H + 1, W, 2) float32: how far the corners on a sheet's cuts move, pixels to the right and down.

    cover, sure: (H, W), as `matte.coverage` gives them for this sheet and what lies behind it, beside its cuts.
    """
    height, width = sheet.inverse.shape
    drawn, cover, sure = sheet.drawn.ravel(), cover.ravel(), sure.ravel()
    count = np.zeros((height + 1) * width, np.float32)
    total = np.zeros((len(count), 2), np.float32)
    for (before, after, _), downwards in zip(tears(sheet), (False, True), strict=True):
        edge = drawn[before] ^ drawn[after]
        before, after = before[edge], after[edge]
        # Covered beyond the border, less what is not covered before it.
        ahead = sure[before] * (cover[before] - 1) + sure[after] * cover[after]
        behind = sure[after] * (cover[after] - 1) + sure[before] * cover[before]
        place = np.clip(np.where(drawn[before], ahead, -behind), -MOST_PX, MOST_PX)
        # The two corners between both pixels: the first is the second's upper left one, and the edge crosses the line
        # between the centres half a pixel farther on.
        for corner, half in ((after, 0.5), (_next(after, width, downwards), -0.5)):
            count[corner] += 1
            total[corner, int(downwards)] += place
            total[corner, int(not downwards)] += half
    moved = np.zeros((height + 1, width, 2), np.float32)
    crossed = np.flatnonzero(count >= 2)
    moved.reshape(-1, 2)[crossed] = np.clip(total[crossed] / count[crossed, None], -MOST_PX, MOST_PX)
    moved[0] = moved[-1] = 0
    return moved


def _next(number: np.ndarray, width: int, rightwards: bool) -> np.ndarray:
    """(N,) the corner to the right, over the wrap, or below."""
    return number - number % width + (number + 1) % width if rightwards else number + width
