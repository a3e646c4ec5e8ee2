"""A small network that tells depth from colour, trained on renders: it stands where ZoeDepth stands in the paper."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.training.judge import SIZE, to_input
from ldm3d_web.training.losses import LOG_DISTANCE


class DepthReference(nn.Module):
    """(B, 3, 128, 256) in [-1, 1] to (B, 1, 128, 256): the logarithm of distance as an autoencoder carries it."""

    def __init__(self, widths: tuple[int, ...] = (32, 64, 96, 128)) -> None:
        from ldm3d_web.ldm3d.wrap import wrap_longitude

        super().__init__()
        # Two by two pixels at once, for speed. The row is told, since on a level floor it is half the answer.
        self.enter = _layer(4 * 4, widths[0], 1)
        self.down = nn.ModuleList([_layer(before, after, 2) for before, after in pairwise(widths)])
        self.middle = nn.Sequential(_layer(widths[-1], widths[-1], 1), _layer(widths[-1], widths[-1], 1))
        self.up = nn.ModuleList([_layer(after + before, before, 1) for before, after in reversed([*pairwise(widths)])])
        self.leave = nn.Conv2d(widths[0], 4, 3, padding=1)
        wrap_longitude(self)

    def forward(self, pictures: Tensor) -> Tensor:
        rows = torch.linspace(-1, 1, pictures.shape[-2], device=pictures.device)[None, None, :, None]
        x = self.enter(functional.pixel_unshuffle(torch.cat([pictures, rows.expand_as(pictures[:, :1])], dim=1), 2))
        passed = []
        for layer in self.down:
            passed.append(x)
            x = layer(x)
        x = self.middle(x)
        for layer in self.up:
            skip = passed.pop()
            x = layer(torch.cat([functional.interpolate(x, scale_factor=2.0), skip], dim=1))
        return functional.pixel_shuffle(self.leave(x), 2)

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


def _layer(before: int, after: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride=stride, padding=1), nn.GroupNorm(8, after), nn.SiLU())
