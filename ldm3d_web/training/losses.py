"""What the two networks are punished for."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

DISPARITY_WEIGHT = 2.0  # three colours against one depth, and depth holds the geometry
GRADIENT_SCALES = 3


def reconstruction(painted: Tensor, target: Tensor) -> dict[str, Tensor]:
    """L1 on colours and disparity, and L1 on their differences between neighbours at three scales, which keeps edges.

    Both (B, 4, H, W) in [-1, 1]. Returns scalars ``rgb``, ``disparity``, ``edges`` and their weighted sum ``total``.
    """
    rgb = functional.l1_loss(painted[:, :3], target[:, :3])
    disparity = functional.l1_loss(painted[:, 3:], target[:, 3:])
    weight = painted.new_tensor([1 / 3, 1 / 3, 1 / 3, DISPARITY_WEIGHT]).view(1, 4, 1, 1)
    error = (painted - target) * weight
    edges = error.new_zeros(())
    for _ in range(GRADIENT_SCALES):
        edges = edges + error.diff(dim=-1).abs().sum(1).mean() + error.diff(dim=-2).abs().sum(1).mean()
        error = functional.avg_pool2d(error, 2)
    edges = edges / GRADIENT_SCALES
    return {"rgb": rgb, "disparity": disparity, "edges": edges, "total": rgb + DISPARITY_WEIGHT * disparity + edges}


def divergence(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL from the standard normal, a mean over all latent numbers: only keeps the latents in bounds."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def velocity_weight(alpha_bar: Tensor, gamma: float = 5.0) -> Tensor:
    """Loss weight of each sample for v-prediction: min(snr + 1, gamma) / (snr + 1).

    Min-SNR-gamma (Hang et al. 2023) is min(snr, gamma) / (snr + 1) for v; that is 0 at the last, pure-noise step, which
    here is real (zero terminal SNR) and sets the whole picture's light. The +1 keeps that step at weight 1 and damps
    only the nearly clean ones.
    """
    snr = alpha_bar / (1 - alpha_bar).clamp(min=1e-6)
    return torch.clamp(snr + 1, max=gamma) / (snr + 1)
