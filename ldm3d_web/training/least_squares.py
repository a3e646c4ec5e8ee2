"""Linear functions between features, by least squares: what comes nearest can be set before anything is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def matrix_between(given: Tensor, wanted: Tensor) -> Tensor:
    """The matrix (D, C) that comes nearest to turning latents (N, C, h, w) into latents (N, D, h, w)."""
    flat = [each.movedim(1, 3).flatten(0, 2).double() for each in (given, wanted)]
    return torch.linalg.lstsq(*flat).solution.T.float()


def lay(conv: nn.Conv2d, taps: Tensor) -> None:
    """Sets a convolution's first channels by taps (O, I, k, k), in the middle of its kernel, and all others to 0."""
    conv.weight.zero_()
    if conv.bias is not None:
        conv.bias.zero_()
    edge = (conv.kernel_size[0] - taps.shape[-1]) // 2
    end = edge + taps.shape[-1]
    conv.weight[: taps.shape[0], : taps.shape[1], edge:end, edge:end] = taps


@torch.no_grad()
def fit(conv: nn.Conv2d, given: Tensor, wanted: Tensor) -> Tensor:
    """Sets a 3×3 convolution so that it comes nearest to ``wanted`` (B, O, h, w); returns what comes of ``given``."""
    inputs = 9 * given.shape[1]
    gram, cross = (torch.zeros(inputs, each, dtype=torch.double) for each in (inputs, wanted.shape[1]))
    for some, due in zip(given.split(1), wanted.split(1), strict=True):
        around = functional.unfold(some, 3, padding=1)[0]
        gram += (around @ around.T).double()
        cross += (around @ due[0].flatten(1).T).double()
    ridge = 1e-4 * gram.diagonal().mean() * torch.eye(inputs, dtype=torch.double)
    taps = torch.linalg.solve(gram + ridge, cross).T.float().view(wanted.shape[1], given.shape[1], 3, 3)
    lay(conv, taps)
    return functional.conv2d(given, taps, padding=1)
