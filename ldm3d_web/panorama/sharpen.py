"""Depth edges made sharp again: a network's depth climbs over several pixels where a picture has a line.

A pixel half way up such a ramp is on neither surface; left there it becomes rubber or a splinter in the air. So each
one is given to one of the two sides, by its colour where the sides differ in colour, else by the nearer depth: a
weighted vote of the pixels around it that are on no ramp (after the weighted median filter of Ma et al., 2013).

Only ramps are touched: a step that the slopes before and after it do not explain (as in `cuts`), spread over pixels
that all lie clearly between its two sides. The top of a book seen at a grazing angle looks much like that. So depth
whose steps are sharp elsewhere is left alone as a whole, and a climb that goes on evenly for longer than any ramp is a
slope.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from ldm3d_web.panorama import thin
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import above, below, left_of, parallax, places, right_of

HALF_PX = 3  # a ramp is looked at from that far on each side: at most five pixels of it
LEAST_STEP_PX = 2.5  # of parallax; lower ramps show little, and noise has them too
LEAST_CALM_PX, NOISE = 1.5, 15.0  # the same in depth without noise, and how fast it grows with it
BETWEEN = 0.12  # of the step: nearer to a side than that is on that side
SHARP = 0.55  # of the step between two pixels: no ramp
ALIGNED_STEP = 0.03  # disparity between neighbours whose edge may lie beside the picture's
ALIGNED_PX = 2  # how far beside, and how far an edge moves at a time
ALIGNED_ROUNDS = 3
COLOUR = 20.0  # 8-bit steps that make two colours different
VOTE_PX = 4
VOTERS = 4096  # pixels that are looked at together
SLANT = 0.25  # of a step: that much a side's slope may add to it on the way to a ramp
LEVEL = 0.05  # pixels², against slopes from too few pixels
EVEN_PX = 6  # a climb that is straight over more pixels than a ramp has is a slope
BEND = 0.25  # of the step before and after a pixel: that much they may differ on a straight climb
SHARP_STEP = 4.0  # times the steps on both sides of it: an edge of one pixel
SHARP_SHARE = 1 / 8  # of the pixels on ramps: with more edges of one pixel, depth is sharp


def without_spikes(inverse: np.ndarray) -> np.ndarray:
    """Each pixel within the range of its eight neighbours: single wild pixels go, lines of one pixel's width stay."""
    ring = np.ones((3, 3), np.uint8)
    ring[1, 1] = 0
    wide = np.pad(np.pad(inverse, ((0, 0), (1, 1)), mode="wrap"), ((1, 1), (0, 0)), mode="edge")
    low = cv2.erode(wide, ring, borderType=cv2.BORDER_REPLICATE)[1:-1, 1:-1]
    high = cv2.dilate(wide, ring, borderType=cv2.BORDER_REPLICATE)[1:-1, 1:-1]
    return np.clip(inverse, low, high)


def sharpened(inverse: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """(H, W) float32: inverse distances (H, W) with the pixels on ramps given to one side; rgb (H, W, 3) uint8."""
    ramp = ramps(inverse)
    if not ramp.any() or sharp_steps(inverse) > SHARP_SHARE * np.count_nonzero(ramp):
        return inverse
    least_px = min(LEAST_CALM_PX + NOISE * noise_px(inverse), LEAST_STEP_PX)
    inverse, narrow = thin.restored(inverse)
    ramp = ramps(inverse, least_px) & ~narrow
    # Beside a ramp a pixel may have a little of it too; the crest of a thin thing has not.
    beside = cv2.dilate(ramp.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return _given(inverse, rgb, ramp | beside & ~narrow & ~_crests(inverse), narrow)


def aligned(disparity: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """(H, W) float32: a disparity map (H, W) with its edges moved onto those of its picture (H, W, 3) uint8.

    For maps that were kept in a lossy file, are blurred, or never met their picture exactly; a good map would only be
    frayed by it.
    """
    for _ in range(ALIGNED_ROUNDS):
        disparity = _nearer(disparity, rgb)
    return disparity


def _nearer(disparity: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """The map with its edges up to ALIGNED_PX nearer to the picture's."""
    around = np.ones((3, 3), np.uint8)
    wide = wrap_pad(disparity, 1)
    steps = (cv2.dilate(wide, around) - cv2.erode(wide, around))[:, 1:-1] > ALIGNED_STEP
    reach = np.ones((2 * ALIGNED_PX + 1,) * 2, np.uint8)
    band = cv2.dilate(wrap_pad(steps.astype(np.uint8), ALIGNED_PX), reach)[:, ALIGNED_PX:-ALIGNED_PX] > 0
    # As far as the band is wide: each of its pixels sees what lies on both sides of it.
    return _given(disparity, rgb, band, np.zeros_like(band), 2 * ALIGNED_PX + 2) if band.any() else disparity


def _crests(inverse: np.ndarray) -> np.ndarray:
    """(H, W) bool: pixels that are at least as near as their neighbours on both sides, in either direction."""
    across = (inverse >= left_of(inverse)) & (inverse >= right_of(inverse))
    return across | (inverse >= above(inverse)) & (inverse >= below(inverse))


def noise_px(inverse: np.ndarray) -> float:
    """How uneven inverse distances (H, W) are from pixel to pixel, in pixels of parallax: bends along the rows.

    Three quarters of the pixels half way up or down the picture have less: edges are fewer, and the sky has none.
    """
    quarter = inverse.shape[0] // 4
    seen = parallax(inverse[quarter : inverse.shape[0] - quarter], inverse.shape[1])
    return float(np.quantile(np.abs(left_of(seen) - 2 * seen + right_of(seen)), 0.75))


def ramps(inverse: np.ndarray, least_px: float = LEAST_STEP_PX) -> np.ndarray:
    """(H, W) bool: pixels half way between the two sides of a step of at least so many pixels of parallax."""
    seen = parallax(inverse, inverse.shape[1])
    return _along(seen, 0, least_px) | _along(seen, 1, least_px)


def sharp_steps(inverse: np.ndarray) -> int:
    """How many edges of one pixel's width the inverse distances (H, W) have. A network's depth has next to none."""
    seen = parallax(inverse, inverse.shape[1])
    count = 0
    for following, before in ((right_of, left_of), (below, above)):
        step = np.abs(following(seen) - seen)
        beside = np.maximum(before(step), following(step))
        count += int(np.count_nonzero((step > LEAST_STEP_PX) & (step > SHARP_STEP * beside)))
    return count


def _along(seen: np.ndarray, axis: int, least_px: float) -> np.ndarray:
    """The ramps downwards (0) or to the right (1)."""
    pad = EVEN_PX + 1  # as far as is looked along the line
    wide = wrap_pad(seen, pad, pad)
    window = np.ones((1, 2 * HALF_PX + 1) if axis else (2 * HALF_PX + 1, 1), np.uint8)
    around = cv2.dilate(wide, window) - cv2.erode(wide, window)
    row, column = places(around[pad:-pad, pad:-pad] > least_px)  # elsewhere is no step at all
    here, step = (row + pad) * wide.shape[1] + column + pad, 1 if axis else wide.shape[1]

    def at(on: int) -> np.ndarray:
        """(N,) the neighbour so many pixels on of each pixel (here)."""
        return wide.ravel()[here + on * step]

    here = here[(at(0) - at(-1)) * (at(1) - at(0)) > 0]
    own, behind, ahead = at(0), at(-1), at(1)
    before, after = [at(-on) for on in range(HALF_PX, 0, -1)], [at(on) for on in range(1, HALF_PX + 1)]
    climbs = ahead > behind
    lower = np.where(climbs, np.min(before, axis=0), np.min(after, axis=0))
    upper = np.where(climbs, np.max(after, axis=0), np.max(before, axis=0))
    rise = np.maximum(upper - lower, 1e-6)
    # What the surfaces on the two sides climb by themselves over as many pixels.
    slope_behind = np.abs(before[0] - at(-2 * HALF_PX))
    slope_ahead = np.abs(after[-1] - at(2 * HALF_PX))
    slopes = 2 * np.minimum(slope_behind, slope_ahead)
    # A step of one pixel that is most of it is an edge that is sharp already, with a slope beside it.
    highest = np.abs(np.diff([*before, own, *after], axis=0)).max(axis=0)
    steep = (rise > np.maximum(least_px, 2 * slopes)) & (highest < SHARP * rise)
    share = (own - lower) / rise
    least = np.minimum(np.abs(own - behind), np.abs(ahead - own)) / rise
    ramp = steep & (share > BETWEEN) & (share < 1 - BETWEEN) & (least > BETWEEN / 2)
    here = here[ramp]
    found = np.zeros(wide.shape, bool)
    found.ravel()[here] = ~_straight(np.stack([at(on) for on in range(-pad, pad + 1)]))
    return found[pad:-pad, pad:-pad]


def _straight(line: np.ndarray) -> np.ndarray:
    """(N,) bool: whether the middle pixel of each line (2 EVEN_PX + 3, N), or one beside it, is on a climb that is
    straight over EVEN_PX pixels or more."""
    step = np.diff(line, axis=0)
    to_this, to_next = step[:-1], step[1:]
    even = np.abs(to_next - to_this) < BEND * np.minimum(np.abs(to_next), np.abs(to_this))
    runs = [even[start : start + EVEN_PX].all(axis=0) for start in range(len(even) - EVEN_PX + 1)]
    return np.logical_or.reduce(runs)


def _given(
    inverse: np.ndarray, rgb: np.ndarray, ramp: np.ndarray, narrow: np.ndarray, reach_px: int = VOTE_PX
) -> np.ndarray:
    """Ramp pixels with the depth of the side that more of their like-coloured neighbours are on. narrow: no side."""
    row, column = places(ramp)
    wide, voting, *colours = (
        wrap_pad(each, reach_px, reach_px).ravel()
        for each in (inverse, ~(ramp | narrow), *(channel.astype(np.float32) for channel in cv2.split(rgb)))
    )
    stride = inverse.shape[1] + 2 * reach_px
    at = (row + reach_px) * stride + column + reach_px
    i, j = np.mgrid[-reach_px : reach_px + 1, -reach_px : reach_px + 1].reshape(2, -1)
    inside = (i * i + j * j > 0) & (i * i + j * j <= reach_px**2)
    i, j = i[inside], j[inside]
    shift, near = (i * stride + j)[:, None], (1 / (i * i + j * j)).astype(np.float32)[:, None]
    basis = np.stack([np.ones_like(i), i, j, i * i, i * j, j * j]).astype(np.float32)

    def value_of(own: np.ndarray) -> np.ndarray:
        """(n,) what those pixels (n,) become; NaN where nothing is known."""
        around = own + shift
        value, sure = wide[around], voting[around]
        low = np.where(sure, value, np.inf).min(axis=0)
        high = np.where(sure, value, -np.inf).max(axis=0)
        found = np.isfinite(low)
        low, high = np.where(found, low, 0), np.where(found, high, 0)
        difference = sum(np.square(colour[around] - colour[own]) for colour in colours)
        vote = np.exp(difference * np.float32(-1 / (2 * COLOUR**2)))
        vote = (vote + np.float32(0.02)) * near * sure
        side = value > (low + high) / 2
        votes, votes_high = vote.sum(axis=0), (vote * side).sum(axis=0)
        # Its own depth counts as well: all of it where the colours say nothing.
        lean = np.clip((wide[own] - low) / np.maximum(high - low, 1e-9), 0, 1)
        upper = 2 * votes_high / np.maximum(votes, 1e-9) + lean > 1.5
        weight = near * near * (sure & (side == upper))
        sums = np.concatenate([basis @ weight, basis[:3] @ (weight * value)])
        return np.where(found & (sums[0] > 0), _carried_on(sums, SLANT * (high - low)), np.nan)

    with ThreadPoolExecutor(2) as threads:  # numpy leaves Python alone while it computes
        values = list(threads.map(value_of, np.array_split(at, len(at) // VOTERS + 1)))
    value = np.concatenate(values)
    known = np.isfinite(value)
    result = inverse.copy()
    # Noise shall not carry a surface out of the range of the map.
    result[row[known], column[known]] = np.clip(value[known], inverse.min(), inverse.max())
    return result


def _carried_on(sums: np.ndarray, most: np.ndarray) -> np.ndarray:
    """(N,) what the plane v = p + q i + r j through one side's pixels has at the middle, at most so much (N,) away from
    their mean. sums: (9, N) over these pixels, of 1, i, j, i², i j, j², v, i v and j v."""
    count, i, j, ii, ij, jj, v, iv, jv = sums.astype(np.float64)
    count = np.maximum(count, 1e-9)
    i, j, ii, ij, jj, v, iv, jv = (each / count for each in (i, j, ii, ij, jj, v, iv, jv))
    ii, ij, jj = ii - i * i + LEVEL, ij - i * j, jj - j * j + LEVEL
    iv, jv = iv - i * v, jv - j * v
    det = ii * jj - ij * ij
    slant = i * (iv * jj - jv * ij) / det + j * (jv * ii - iv * ij) / det
    return v - np.clip(slant, -most, most)
