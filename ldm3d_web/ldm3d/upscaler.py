"""ldm3d-mini-sr: a small network that makes a panorama and its depth four times as wide and as high, together.

Residual blocks at the small size, two pixel shuffles, and what comes out is added to a bicubic enlargement. Colour and
depth go through the same features, so an edge of one is where the edge of the other is. All convolutions wrap in
longitude. The depth channel carries a curve of disparity, as an autoencoder's does (`depth_curve`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.ldm3d.crisp import crisp
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.ldm3d.wrap import wrap_longitude
from ldm3d_web.rgbd import Rgbd

FACTOR = 4
_MARGIN = 4  # columns that bicubic looks at over the wrap, and one more


class Upscaler(ModelMixin, ConfigMixin):  # type: ignore[misc]  # their own way to say where the config lies
    """(B, 4, H, W) in [-1, 1] to (B, 4, 4 H, 4 W): colour, and depth by the config's curve."""

    @register_to_config
    def __init__(self, width: int = 48, blocks: int = 8, depth_curve: dict[str, Any] | None = None) -> None:
        """width: channels at the small size. blocks: residual blocks of two convolutions."""
        super().__init__()
        self.enter = nn.Conv2d(4, width, 3, padding=1)
        self.body = nn.ModuleList([_Block(width) for _ in range(blocks)])
        self.join = nn.Conv2d(width, width, 3, padding=1)
        self.widen = nn.Conv2d(width, 2 * width, 3, padding=1)  # shuffled to half the width at twice the size
        self.leave = nn.Conv2d(width // 2, 4 * 4, 3, padding=1)
        nn.init.zeros_(self.leave.weight)  # it begins as bicubic
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]  # there is one
        wrap_longitude(self)

    def forward(self, small: Tensor) -> Tensor:
        first = self.enter(small)
        features = first
        for block in self.body:
            features = block(features)
        features = first + self.join(features)
        features = functional.silu(functional.pixel_shuffle(self.widen(features), 2))
        return enlarge(small) + functional.pixel_shuffle(self.leave(features), 2)


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.gain = nn.Parameter(torch.full((width, 1, 1), 0.2))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.gain * self.second(functional.silu(self.first(x)))


def enlarge(small: Tensor, factor: int = FACTOR) -> Tensor:
    """Bicubic enlargement of (B, C, H, W) that wraps in longitude."""
    around = torch.cat([small[..., -_MARGIN:], small, small[..., :_MARGIN]], dim=-1)
    large = functional.interpolate(around, scale_factor=factor, mode="bicubic", align_corners=False)
    return large[..., factor * _MARGIN : -factor * _MARGIN]


@torch.inference_mode()
def upscale(network: Upscaler, rgbd: Rgbd, factor: int, rounds: int = 0) -> Rgbd:
    """The picture 2 or 4 times as wide. Twice is four times, with colours averaged and depth picked.

    A mean of depths over an edge would be a surface that is not there, so the upper middle one of four is taken.
    rounds: how many times edges of colour are drawn together in the end (`crisp`).
    """
    if factor not in (2, FACTOR):
        raise ValueError(f"pictures are made 2 or {FACTOR} times as wide, not {factor}")
    curve = curve_of(network.config)
    weight = next(network.parameters())
    rgb = torch.from_numpy(rgbd.rgb).permute(2, 0, 1)[None].float() / 127.5 - 1
    depth = curve.bend(torch.from_numpy(rgbd.disparity))[None, None] * 2 - 1
    large = network(torch.cat([rgb, depth], dim=1).to(weight)).float().cpu()
    colours, depth = large.clamp(-1, 1).split([3, 1], dim=1)
    if factor != FACTOR:
        colours = functional.avg_pool2d(colours, 2)
        depth = functional.pixel_unshuffle(depth, 2).sort(dim=1).values[:, 2:3]
    colours = (crisp(torch.cat([colours, depth], dim=1), rounds)[:, :3] + 1) / 2
    disparity = curve.straighten((depth[0, 0] + 1) / 2)
    bytes_ = (colours[0].permute(1, 2, 0) * 255).round().to(torch.uint8)
    return Rgbd(np.ascontiguousarray(bytes_.numpy()), np.ascontiguousarray(disparity.numpy()), rgbd.noisy)
