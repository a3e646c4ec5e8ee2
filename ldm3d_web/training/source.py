"""Where pictures come from while a network trains: shards on disk, or worlds that are rendered as they are needed."""

from __future__ import annotations

from typing import Protocol

import torch

from ldm3d_web.ldm3d.depth_curve import Curve


class Source(Protocol):
    """RGBD panorama of one size, any window of which can be drawn at random."""

    @property
    def height(self) -> int: ...

    @property
    def width(self) -> int: ...

    def windows(self, count: int, height: int, width: int, generator: torch.Generator) -> torch.Tensor:
        """Random windows of random worlds, any of which may run across the wrap, half of them mirrored.

        Returns (count, 4, height, width) float32 in [-1, 1]: red, green, blue, disparity; on the source's own device.
        """
        ...

    def look(self, count: int) -> torch.Tensor:
        """(at most count, 4, H, W): whole worlds, the same ones at each call as long as the source has them."""
        ...


def bend(pictures: torch.Tensor, curve: Curve) -> torch.Tensor:
    """Pictures (B, 4, H, W) in [-1, 1] with disparity, with what ``curve`` makes of it in its place."""
    if not curve.k:
        return pictures
    depth = curve.bend((pictures[:, 3:] + 1) / 2) * 2 - 1
    return torch.cat([pictures[:, :3], depth], dim=1)


def straighten(pictures: torch.Tensor, curve: Curve) -> torch.Tensor:
    """The inverse of `bend`; what lies outside [-1, 1] is clipped in the fourth channel."""
    if not curve.k:
        return pictures
    disparity = curve.straighten(((pictures[:, 3:] + 1) / 2).clamp(0, 1)) * 2 - 1
    return torch.cat([pictures[:, :3], disparity], dim=1)
