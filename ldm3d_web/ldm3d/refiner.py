"""ldm3d-mini's refiner: it looks at a decoded picture as a whole and sets its depth right by its colours.

A small autoencoder blurs depth at edges, and in latents that a denoiser has guessed, depth drifts: the horizon comes
nearer, the ground under the feet goes away. Colour tells where edges are and, in known kinds of places, how far things
stand. So a network that sees both says by how much each pixel has to change: depth, as the curve carries it, and a
little of the colours as well, rims and rings of the decoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.ldm3d.hourglass import Hourglass, with_rows

SIDE = 4  # pixels that are looked at as one, along each axis


class Refiner(ModelMixin, ConfigMixin):  # type: ignore[misc]  # their own way to say where the config lies
    """Decoded pictures (B, 4, H, W) in [-1, 1] to such; H and W are multiples of 32."""

    @register_to_config
    def __init__(self, widths: Sequence[int] = (64, 96, 128, 128), depth_curve: dict[str, Any] | None = None) -> None:
        """widths: channels of the network, from its finest level to its coarsest. depth_curve: the autoencoder's."""
        super().__init__()
        self.network = Hourglass(5 * SIDE**2, 4 * SIDE**2, widths)
        nn.init.zeros_(self.network.leave.weight)  # it begins by changing nothing
        nn.init.zeros_(self.network.leave.bias)  # type: ignore[arg-type]  # there is one

    def forward(self, pictures: Tensor) -> Tensor:
        seen = functional.pixel_unshuffle(with_rows(pictures), SIDE)
        return pictures + functional.pixel_shuffle(self.network(seen), SIDE)
