"""Where an edge runs between the pixels: silhouettes moved by what a picture's edge pixels are mixed of.

A pixel on an edge shows a mixture c = a F + (1 - a) B of the colours in front and behind; a is how much of it the
foreground covers. Summed over the pixels beside a cut, that tells where the edge lies, to a fraction of a pixel. Where
front and back have the same colour nothing is known and nothing shows.

Vertices lie on pixel corners; one where a cut passes is moved to the mean of the places where the edge crosses the
lines between the four pixel centres around it (surface nets, Gibson, 1998), so a stair of pixels becomes a line.
"""

from __future__ import annotations

import numpy as np

from ldm3d_web.panorama.sheet import Sheet, below, left_of, right_of

MOST_PX = 0.42  # a vertex never leaves its pixels: triangles beside it shall not turn over


def shifts(sheet: Sheet, cover: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """(H + 1, W, 2) float32: how far the corners on a sheet's cuts move, pixels to the right and down.

    cover, sure: (H, W), as `matte.coverage` gives them for this sheet and what lies behind it.
    """
    moves = []
    for cut, following in ((sheet.cut_right, right_of), (sheet.cut_below, below)):
        drawn, other = sheet.drawn, following(sheet.drawn)
        edge = cut & (drawn ^ other)
        # Covered beyond the border, less what is not covered before it.
        this, that = (cover, sure), (following(cover), following(sure))
        ahead = this[1] * (this[0] - 1) + that[1] * that[0]
        behind = that[1] * (that[0] - 1) + this[1] * this[0]
        moves.append((edge, np.where(drawn, ahead, -behind)))
    return _nets(*moves)


def _nets(across: tuple[np.ndarray, np.ndarray], down: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Corner shifts from the edges between left and right pixels and between upper and lower ones, and their places."""
    height, width = across[0].shape
    count = np.zeros((height + 1, width), np.float32)
    total = np.zeros((height + 1, width, 2), np.float32)
    # Between a pixel and its right neighbour: the corners right of it, above (the line runs below it) and below.
    edge, place = (left_of(image) for image in across)
    place = np.where(edge, np.clip(place, -MOST_PX, MOST_PX), 0)
    for rows, beside in ((slice(0, -1), 0.5), (slice(1, None), -0.5)):
        count[rows] += edge
        total[rows, :, 0] += place
        total[rows, :, 1] += beside * edge
    # Between a pixel and the one below: the corners below it, left and right.
    edge, place = down
    place = np.where(edge, np.clip(place, -MOST_PX, MOST_PX), 0)
    # A pixel's left corner has its own number, its right one the next.
    for edge_at, place_at, beside in ((edge, place, 0.5), (left_of(edge), left_of(place), -0.5)):
        count[1:] += edge_at
        total[1:, :, 1] += place_at
        total[1:, :, 0] += beside * edge_at
    moved = np.zeros_like(total)
    crossed = np.nonzero(count >= 2)
    moved[crossed] = np.clip(total[crossed] / count[crossed][:, None], -MOST_PX, MOST_PX)
    moved[0] = moved[-1] = 0
    return moved
