"""Which way each column looks: what a network that wraps around cannot know by itself.

Circular convolutions and attention without positions commute with a turn of the viewer, so such a U-Net paints every
turn of a panorama alike often, and "on the left" means nothing to it. A U-Net that takes two channels more than its
latents have is told the sine and cosine of each column's azimuth in them (channels as in CoordConv, Liu et al. 2018,
arXiv 1807.03247). They go around without a seam, as the picture does.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def compass(width: int) -> Tensor:
    """(2, 1, width): sine and cosine of the azimuth at column centres; the middle looks ahead, 90° right is at 3/4."""
    azimuth_rad = 2 * math.pi * ((torch.arange(width, dtype=torch.float64) + 0.5) / width - 0.5)
    return torch.stack([azimuth_rad.sin(), azimuth_rad.cos()])[:, None].float()


def pointed(latents: Tensor, in_channels: int) -> Tensor:
    """Latents (B, C, h, w) as a U-Net of so many channels takes them: with the compass where it has room for one."""
    if in_channels == latents.shape[1]:
        return latents
    ways = compass(latents.shape[-1]).to(latents)
    return torch.cat([latents, ways.expand(len(latents), -1, latents.shape[-2], -1)], dim=1)


def turned(latents: Tensor, turns: Tensor) -> Tensor:
    """Latents (B, C, h, w), each turned to the right by its own number of columns (B,)."""
    width = latents.shape[-1]
    columns = (torch.arange(width, device=latents.device) - turns[:, None]) % width
    return latents.gather(-1, columns[:, None, None, :].expand_as(latents))
