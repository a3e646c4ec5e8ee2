"""A small network that sees far and answers for each place: down in steps of two, and up again beside what it saw."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.ldm3d.wrap import wrap_longitude


class Hourglass(nn.Module):
    """(B, before, H, W) to (B, after, H, W); H and W are multiples of 2 to the number of widths but one.

    widths: channels from the finest level to the coarsest. All convolutions wrap in longitude.
    """

    def __init__(self, before: int, after: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.enter = _layer(before, widths[0], 1)
        self.down = nn.ModuleList([_layer(fine, coarse, 2) for fine, coarse in pairwise(widths)])
        self.middle = nn.Sequential(_layer(widths[-1], widths[-1], 1), _layer(widths[-1], widths[-1], 1))
        self.up = nn.ModuleList([_layer(coarse + fine, fine, 1) for fine, coarse in reversed([*pairwise(widths)])])
        self.leave = nn.Conv2d(widths[0], after, 3, padding=1)
        wrap_longitude(self)

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(x)
        passed = []
        for layer in self.down:
            passed.append(x)
            x = layer(x)
        x = self.middle(x)
        for layer in self.up:
            skip = passed.pop()
            x = layer(torch.cat([functional.interpolate(x, scale_factor=2.0), skip], dim=1))
        return self.leave(x)


def with_rows(pictures: Tensor) -> Tensor:
    """Pictures (B, C, H, W) with a channel that tells the row, -1 to 1: on a level floor that is half of the depth."""
    rows = torch.linspace(-1, 1, pictures.shape[-2], device=pictures.device, dtype=pictures.dtype)
    return torch.cat([pictures, rows[None, None, :, None].expand_as(pictures[:, :1])], dim=1)


def _layer(before: int, after: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride=stride, padding=1), nn.GroupNorm(8, after), nn.SiLU())
