"""A small network that tells depth from colour, trained on renders: it stands where ZoeDepth stands in the paper."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.ldm3d.hourglass import Hourglass, with_rows
from ldm3d_web.training.judge import SIZE, to_input
from ldm3d_web.training.losses import LOG_DISTANCE


class DepthReference(Hourglass):
    """(B, 3, 128, 256) in [-1, 1] to (B, 1, 128, 256): the logarithm of distance as an autoencoder carries it."""

    def __init__(self, widths: tuple[int, ...] = (32, 64, 96, 128)) -> None:
        super().__init__(4 * 4, 4, widths)  # two by two pixels at once, for speed

    def forward(self, pictures: Tensor) -> Tensor:
        return functional.pixel_shuffle(super().forward(functional.pixel_unshuffle(with_rows(pictures), 2)), 2)

    @torch.no_grad()
    def disparity(self, rgb: np.ndarray, batch: int = 32) -> np.ndarray:
        """Of panoramas (B, H, W, 3) uint8: (B, 128, 256) float32 disparity in [0, 1]."""
        self.eval()
        device = next(self.parameters()).device
        parts = [self(to_input(rgb[start : start + batch]).to(device)) for start in range(0, len(rgb), batch)]
        carried = ((torch.cat(parts)[:, 0] + 1) / 2).clamp(0, 1)
        return LOG_DISTANCE.straighten(carried).cpu().numpy()


def small_disparity(disparity: np.ndarray) -> np.ndarray:
    """(..., H, W) to (..., 128, 256), picked and not averaged: a mean over an edge would be a surface in the air.

    Repeated where it is smaller.
    """
    if disparity.shape[-2] < SIZE[0]:
        return disparity.repeat(SIZE[0] // disparity.shape[-2], -2).repeat(SIZE[1] // disparity.shape[-1], -1)
    rows, columns = disparity.shape[-2] // SIZE[0], disparity.shape[-1] // SIZE[1]
    return disparity[..., rows // 2 :: rows, columns // 2 :: columns]
