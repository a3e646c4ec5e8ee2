"""The measures themselves, on arrays; each says what a perfect answer gets."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn import functional

from ldm3d_web.panorama.disparity import to_distance
from ldm3d_web.worlds.world import FAR_M, NEAR_M

NOTHING_M = 100.0  # beyond this a panorama 512 pixels wide shows no difference in distance


def psnr_db(painted: np.ndarray, target: np.ndarray) -> float:
    """Of values in [-1, 1]; 100 at most."""
    return 10 * math.log10(4 / max(4e-10, float(np.square(painted - target).mean())))


def ssim(painted: np.ndarray, target: np.ndarray) -> float:
    """Structural similarity (Wang et al. 2004) of (C, H, W) in [-1, 1], Gaussian window of 11 pixels; 1 is the same."""
    offsets = torch.arange(11) - 5.0
    row = torch.exp(-offsets.square() / (2 * 1.5**2))
    row = (row / row.sum()).view(1, 1, 1, 11)

    def smooth(x: torch.Tensor) -> torch.Tensor:
        return functional.conv2d(functional.conv2d(x, row), row.transpose(2, 3))

    a, b = (torch.from_numpy(np.ascontiguousarray(each)).float()[:, None] for each in (painted, target))
    mean_a, mean_b = smooth(a), smooth(b)
    var_a, var_b, both = smooth(a * a) - mean_a**2, smooth(b * b) - mean_b**2, smooth(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    alike = (2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    return float(alike.mean())


def abs_rel(painted: np.ndarray, target: np.ndarray) -> float:
    """Mean |d' - d| / d over surfaces nearer than NOTHING_M, weighted by solid angle; of disparities (H, W). 0 is best.

    NaN where there is no such surface.
    """
    guess, true = (to_distance(each, NEAR_M, FAR_M) for each in (painted, target))
    surface = true < NOTHING_M
    if not surface.any():
        return math.nan
    weights = solid_angle(*true.shape)[surface]
    return float(np.average(np.abs(guess - true)[surface] / true[surface], weights=weights))


def sky_kept(painted: np.ndarray, target: np.ndarray) -> float:
    """Share, by solid angle, of what is beyond NOTHING_M in the target and is so in the painted disparity (H, W)."""
    guess, true = (to_distance(each, NEAR_M, FAR_M) for each in (painted, target))
    sky = true >= NOTHING_M
    return float(np.average(guess[sky] >= NOTHING_M, weights=solid_angle(*true.shape)[sky])) if sky.any() else math.nan


def aligned_errors(painted: np.ndarray, reference: np.ndarray) -> tuple[float, float]:
    """AbsRel and RMSE in metres of disparities (H, W) against a reference, over what is nearer than NOTHING_M in both.

    The painted distances are scaled as a whole so that the median ratio is 1, as is usual where one scale is unknown.
    """
    guess, true = (to_distance(each, NEAR_M, FAR_M) for each in (painted, reference))
    surface = (guess < NOTHING_M) & (true < NOTHING_M)
    if not surface.any():
        return math.nan, math.nan
    guess, true, weights = guess[surface], true[surface], solid_angle(*surface.shape)[surface]
    guess = guess * np.median(true / guess)
    relative = float(np.average(np.abs(guess - true) / true, weights=weights))
    return relative, math.sqrt(float(np.average(np.square(guess - true), weights=weights)))


def frechet(one: np.ndarray, other: np.ndarray) -> float:
    """Fréchet distance of two sets of features (N, F), each taken for a normal distribution (arXiv 1706.08500)."""
    (mean, cov), (mean2, cov2) = ((each.mean(0), np.cov(each, rowvar=False)) for each in (one, other))
    values, vectors = np.linalg.eigh(cov)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ cov2 @ root).clip(0)).sum()
    return float(max(0.0, np.square(mean - mean2).sum() + np.trace(cov) + np.trace(cov2) - 2 * shared))


def spread(groups: list[np.ndarray]) -> float:
    """Mean distance between two of one group, features (n, F) each; groups of one say nothing."""
    pairs = [
        float(np.linalg.norm(group[i] - group[j])) for group in groups for i in range(len(group)) for j in range(i)
    ]
    return float(np.mean(pairs)) if pairs else math.nan


def wrap_steps(picture: np.ndarray) -> tuple[float, float]:
    """Mean step across the wrap, and between neighbour columns elsewhere, of (H, W) or (H, W, C)."""
    values = picture.astype(np.float64)
    return float(np.abs(values[:, 0] - values[:, -1]).mean()), float(np.abs(np.diff(values, axis=1)).mean())


def solid_angle(height: int, width: int) -> np.ndarray:
    """(H, W), proportional to what a pixel covers of the sphere."""
    latitude = (np.arange(height) + 0.5) / height * np.pi - np.pi / 2
    return np.repeat(np.cos(latitude)[:, None], width, axis=1)
