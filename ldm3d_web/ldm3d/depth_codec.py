"""Depth as an LDM3D autoencoder sees it: one channel, or three that hold 16 bits in two bytes.

An LDM3D autoencoder takes and gives pictures of 4 or 6 channels in [-1, 1], the first three of which are RGB.
- 4 channels (ldm3d-4c, ldm3d-pano, ldm3d-mini): the fourth is disparity, or a curve of it that the checkpoint names.
- 6 channels (the first ldm3d): disparity as a 16-bit number in an "RGB-like" picture: red is empty, green holds the
  high byte, blue the low one. 4660 = 18 · 256 + 52 is stored as (0, 18, 52).

Both ways are exact for 16-bit depth: what `pack` wrote, `unpack` reads back to the same one of 65,536 values.
diffusers' own reader of the 6-channel kind casts the two bytes into one (huggingface/diffusers #14206), so none of it
is used here.
"""

from __future__ import annotations

import torch

from ldm3d_web.ldm3d.depth_curve import LINEAR, Curve

LARGEST = 65535  # 16-bit depth counts from 0, infinitely far, to this, nearest.


def pack(rgb: torch.Tensor, disparity: torch.Tensor, channels: int, curve: Curve = LINEAR) -> torch.Tensor:
    """The autoencoder's input (B, channels, H, W) in [-1, 1].

    rgb: (B, 3, H, W) in [0, 1]. disparity: (B, 1, H, W) in [0, 1]; for 6 channels it is rounded to 16 bits.
    curve: what the fourth of 4 channels carries. Raises ValueError unless channels is 4 or 6.
    """
    return torch.cat((rgb * 2 - 1, depth_to_channels(disparity, channels, curve)), dim=1)


def unpack(picture: torch.Tensor, curve: Curve = LINEAR) -> tuple[torch.Tensor, torch.Tensor]:
    """rgb (B, 3, H, W) and disparity (B, 1, H, W), both in [0, 1], of a decoded picture (B, 4 or 6, H, W).

    What lies outside [-1, 1] is clipped. Raises ValueError for any other number of channels.
    """
    rgb = (picture[:, :3] * 0.5 + 0.5).clamp(0, 1)
    return rgb, channels_to_depth(picture[:, 3:], curve)


def depth_to_channels(disparity: torch.Tensor, channels: int, curve: Curve = LINEAR) -> torch.Tensor:
    """Disparity (B, 1, H, W) in [0, 1] as the depth channels (B, channels - 3, H, W) in [-1, 1] of a VAE picture."""
    if channels == 4:
        return curve.bend(disparity) * 2 - 1
    if channels == 6:
        # In float64: float32 would round the product for some of the upper values.
        value = (disparity.double() * LARGEST).round().clamp(0, LARGEST).long()
        high, low = value // 256, value % 256
        bytes_ = torch.cat((torch.zeros_like(high), high, low), dim=1)
        return (bytes_.double() / 255 * 2 - 1).to(disparity.dtype)
    raise ValueError(f"an LDM3D autoencoder has 4 or 6 channels, not {channels}")


def channels_to_depth(depth: torch.Tensor, curve: Curve = LINEAR) -> torch.Tensor:
    """Disparity (B, 1, H, W) in [0, 1] from the depth channels (B, 1 or 3, H, W) in [-1, 1] of a VAE picture."""
    unit = (depth * 0.5 + 0.5).clamp(0, 1)
    if depth.shape[1] == 1:
        return curve.straighten(unit)
    if depth.shape[1] == 3:
        # The scale goes up to 65,535 values, which half precision cannot tell apart.
        _, high, low = (unit.float() * 255).round().split(1, dim=1)
        return (high * 256 + low) / LARGEST
    raise ValueError(f"depth takes 1 or 3 channels of a picture, not {depth.shape[1]}")
