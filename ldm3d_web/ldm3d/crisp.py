"""Blurred edges drawn together: each pixel takes its colour from a little farther away from the edge beside it.

A small autoencoder blurs edges over ten pixels, and no network that is punished for being wrong will put them anywhere
sharply. Where they lie is plain to see all the same: on the ridge of the gradient. So the picture is warped towards the
ridges (Arad and Gotsman, Enhancement by image-dependent warping, 1999): a ramp becomes a step where its middle was, and
since colours are only moved there are no halos, and no new colours. They move by the edges of colour and depth
together. Depth stays as it is: on which side of an edge a surface lies is decided where it is looked at as geometry
(`panorama.sharpen`), and a blurred edge of depth is nearer to the truth, on average, than a sharp one a pixel beside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

CRISP_KEY = "crisp"  # in an autoencoder's config: how many times its edges are drawn together
ROUNDS = 3  # for a model of ours: a fourth rounds off what is small (docs/log.md)
MOST_ROUNDS = 8
FINE_PX, RIDGE_PX = 1.0, 2.0  # deviations: of the picture whose slopes are taken, and of the ridges
FAINT = 0.03  # of a ridge's height, slopes a pixel of values in [-1, 1]: lower ones hardly draw
DEPTH_WEIGHT = 2.0  # of a step of depth beside one of a colour, of their squares
STRIDE_PX = 1.5  # the most that a colour moves in a round


def rounds_of(config: Mapping[str, Any]) -> int:
    """What an autoencoder's config names; 0 for nothing. Raises ValueError, with a sentence, for anything else."""
    named = config.get(CRISP_KEY)
    if named is None:
        return 0
    if isinstance(named, bool) or not isinstance(named, int) or not 0 <= named <= MOST_ROUNDS:
        raise ValueError(f"the {CRISP_KEY} of an autoencoder is a whole number from 0 to {MOST_ROUNDS}, not {named!r}")
    return named


def crisp(picture: Tensor, rounds: int, *, wrap: bool = True) -> Tensor:
    """The picture (B, 4, H, W) in [-1, 1] with the edges of its colours drawn together so many times.

    wrap: whether the last column is beside the first.
    """
    import torch
    from torch.nn import functional

    if not rounds:
        return picture
    height, width = picture.shape[-2:]
    pad = min(32, width)
    colours, depth = (_around(each.float(), pad, wrap) for each in (picture[:, :3], picture[:, 3:]))
    rows = torch.arange(height + 2 * pad, device=picture.device, dtype=torch.float32)
    columns = torch.arange(width + 2 * pad, device=picture.device, dtype=torch.float32)
    place = torch.stack(torch.meshgrid(columns, rows, indexing="xy"))
    to_unit = 2 / (place.new_tensor([len(columns), len(rows)]) - 1)
    weights = place.new_tensor([1, 1, 1, DEPTH_WEIGHT]).view(4, 1, 1)
    for _ in range(rounds):
        along_x, along_y = _slopes(_blurred(torch.cat([colours, depth], dim=1), FINE_PX))
        ridge = _blurred((weights * (along_x**2 + along_y**2)).sum(1, keepdim=True).sqrt(), RIDGE_PX)
        away = -torch.cat(_slopes(ridge), dim=1) * (RIDGE_PX**2 / (ridge + FAINT))
        away = away * (STRIDE_PX / (away**2).sum(1, keepdim=True).sqrt().clamp(min=STRIDE_PX))
        grid = (place + away).movedim(1, -1) * to_unit - 1
        colours = functional.grid_sample(colours, grid, mode="bicubic", padding_mode="border", align_corners=True)
    inside = colours[..., pad:-pad, pad:-pad].clamp(-1, 1).to(picture.dtype)
    return torch.cat([inside, picture[:, 3:]], dim=1)


def _around(image: Tensor, pad: int, wrap: bool) -> Tensor:
    from torch.nn import functional

    image = functional.pad(image, (pad, pad, 0, 0), mode="circular" if wrap else "replicate")
    return functional.pad(image, (0, 0, pad, pad), mode="replicate")


def _slopes(image: Tensor) -> tuple[Tensor, Tensor]:
    """Along x and along y, a pixel, of (B, C, H, W); 0 at the border. Scharr's weights: turned edges have one slope."""
    from torch.nn import functional

    wide = functional.pad(image, (1, 1, 1, 1), mode="replicate")
    across, down = wide[..., 2:] - wide[..., :-2], wide[..., 2:, :] - wide[..., :-2, :]
    along_x = (3 * (across[..., :-2, :] + across[..., 2:, :]) + 10 * across[..., 1:-1, :]) / 32
    along_y = (3 * (down[..., :-2] + down[..., 2:]) + 10 * down[..., 1:-1]) / 32
    return along_x, along_y


def _blurred(image: Tensor, deviation: float) -> Tensor:
    """(B, C, H, W) under a normal distribution's weights."""
    import torch
    from torch.nn import functional

    reach = math.ceil(3 * deviation)
    away = torch.arange(-reach, reach + 1, device=image.device, dtype=image.dtype)
    weights = (-0.5 * (away / deviation) ** 2).exp()
    weights = weights / weights.sum()
    flat = image.flatten(0, 1)[:, None]
    flat = functional.pad(flat, (reach,) * 4, mode="replicate")
    flat = functional.conv2d(flat, weights.view(1, 1, 1, -1))
    return functional.conv2d(flat, weights.view(1, 1, -1, 1)).view_as(image)
