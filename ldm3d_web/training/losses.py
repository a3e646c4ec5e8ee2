"""What the two networks are punished for."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.ldm3d.depth_curve import LINEAR, Curve
from ldm3d_web.worlds.world import FAR_M, NEAR_M

_REACH = FAR_M / NEAR_M - 1
LOG_DISTANCE = Curve(_REACH)  # the curve under which the depth channel carries the logarithm of distance
# Half way there: under the logarithm itself a blurred edge puts near things far (docs/log.md).
DEPTH_CURVE = Curve(20.0)

DEPTH_WEIGHT = 2.0  # three colours against one depth, and depth holds the geometry
RELATIVE_WEIGHT = 0.5
MOST_RELATIVE = 2.0  # a pixel of the wrong side of an edge may be off by any factor; it counts for so much
GRADIENT_SCALES = 3


def reconstruction(painted: Tensor, target: Tensor, curve: Curve = LINEAR) -> dict[str, Tensor]:
    """L1 on colours and depth, on their differences between neighbours at three scales, and on distances as shares.

    Both (B, 4, H, W) in [-1, 1], the fourth channel carrying depth by ``curve``. The differences keep edges, the shares
    are what one sees of depth. Returns scalars ``rgb``, ``depth``, ``edges``, ``relative`` and their weighted sum
    ``total``.
    """
    rgb = functional.l1_loss(painted[:, :3], target[:, :3])
    depth = functional.l1_loss(painted[:, 3:], target[:, 3:])
    weight = painted.new_tensor([1 / 3, 1 / 3, 1 / 3, DEPTH_WEIGHT]).view(1, 4, 1, 1)
    error = (painted - target) * weight
    edges = error.new_zeros(())
    for _ in range(GRADIENT_SCALES):
        edges = edges + error.diff(dim=-1).abs().sum(1).mean() + error.diff(dim=-2).abs().sum(1).mean()
        error = functional.avg_pool2d(error, 2)
    edges = edges / GRADIENT_SCALES
    relative = relative_error(painted[:, 3:], target[:, 3:], curve).clamp(max=MOST_RELATIVE).mean()
    total = rgb + DEPTH_WEIGHT * depth + edges + RELATIVE_WEIGHT * relative
    return {"rgb": rgb, "depth": depth, "edges": edges, "relative": relative, "total": total}


def relative_error(painted: Tensor, target: Tensor, curve: Curve = LINEAR) -> Tensor:
    """|d' - d| / d of the distances that two depth channels in [-1, 1] carry, shaped like them."""
    if curve == LOG_DISTANCE:  # the logarithm of distance itself: no need to go there and back
        return (((target - painted) / 2 * math.log1p(_REACH)).exp() - 1).abs()
    inverse = [1 + _REACH * curve.straighten(((each + 1) / 2).clamp(0, 1)) for each in (painted, target)]
    return (inverse[1] / inverse[0] - 1).abs()


def divergence(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL from the standard normal, a mean over all latent numbers: only keeps the latents in bounds."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def prediction_weight(prediction: str, alpha_bar: Tensor) -> Tensor:
    """Loss weight of each sample for "v_prediction" or "sample" (the clean latents): the same loss, in other words.

    With signal share a an error of the clean latents is sqrt(1 - a) times that of the velocity.
    """
    weight = velocity_weight(alpha_bar)
    return weight if prediction == "v_prediction" else weight / (1 - alpha_bar).clamp(min=1e-3)


def velocity_weight(alpha_bar: Tensor, gamma: float = 5.0) -> Tensor:
    """Loss weight of each sample for v-prediction: min(snr + 1, gamma) / (snr + 1).

    Min-SNR-gamma (Hang et al. 2023) is min(snr, gamma) / (snr + 1) for v; that is 0 at the last, pure-noise step, which
    here is real (zero terminal SNR) and sets the whole picture's light. The +1 keeps that step at weight 1 and damps
    only the nearly clean ones.
    """
    snr = alpha_bar / (1 - alpha_bar).clamp(min=1e-6)
    return torch.clamp(snr + 1, max=gamma) / (snr + 1)
