"""A guide: a small network beside the painter that hears what a sentence claims and looks whether the picture has it.

A boat is a few latents of five hundred, so that a small denoiser soon forgets it, and guidance without a classifier,
which strengthens the whole sentence, brings it back least of all. The guide says of a picture what of the claims cannot
be seen in it. At each of the first steps the picture that the denoiser expects is moved a little towards being read as
claimed; the next steps make of that a thing that belongs there, or smooth it away. This is backward universal guidance
(Bansal et al. 2023, arXiv 2302.07121, section 3.2) with one normalised step of descent; the denoiser is not asked for
gradients, so it costs next to nothing.

What is large, a barn, stays where the first steps have put it, whatever pulls. So once, when it can be seen where
things come to stand, the whole panorama is turned to where most of them are on the sides that the sentence says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor

from ldm3d_web.ldm3d.claims import COLUMNS, Claims, Ear, Eye, Vocabulary

TURN_GAIN = 0.7  # in -log p of the sides that are claimed: half as little seen, or it is not worth a turn


class Guide(ModelMixin, ConfigMixin):  # type: ignore[misc]  # their own way to say where the config lies
    """An ear for a text encoder's states and an eye for an autoencoder's latents."""

    @register_to_config
    def __init__(
        self,
        words: dict[str, list[str]],
        things: list[str],
        channels: int = 12,
        width: int = 32,
        text_width: int = 192,
        widths: Sequence[int] = (64, 96, 128),
        strength: float = 0.1,
        until: float = 0.7,
        turn_at: float = 0.4,
    ) -> None:
        """words, things: its vocabulary. channels, width: of the latents, twice as wide as high. text_width: of the
        text encoder's states. strength: how far latents are moved a step, as the root of the mean square, where latents
        have 1. until: the share of the steps in which they are. turn_at: the share of the steps after which the
        panorama is turned; 1 for never."""
        super().__init__()
        # A stored config has its keys sorted, and the eye's logits come in the order of the labels.
        vocabulary = Vocabulary(dict(sorted(words.items())), things)
        self.ear = Ear(vocabulary, text_width)
        self.eye = Eye(vocabulary, widths, channels=channels, width=width)

    def hear(self, states: Tensor) -> Claims:
        """What the sentences claim, of their text encoder's states (B, N, text_width)."""
        with torch.autocast(states.device.type, enabled=False):
            return self.ear.hear(states.to(self.dtype))

    @torch.no_grad()
    def turns(self, clean: Tensor, claims: Claims, step: int, steps: int) -> Tensor | None:
        """Columns (B,) by which to turn the panoramas that a step expects, latents (B, C, h, w), to the right.

        step: its number, from 1. None at other steps than the one, and where no sides are claimed.
        """
        due = step == 1 + math.floor(self.config["turn_at"] * steps)
        if not due or not claims.sides[0] or clean.shape[-1] != self.config["width"]:
            return None
        with torch.autocast(clean.device.type, enabled=False):
            unseen = self.eye.unseen_when_turned(clean.to(self.dtype), claims)
        least, best = unseen.min(0)
        return best.where(unseen[0] - least > TURN_GAIN, 0) * (clean.shape[-1] // COLUMNS)

    def pull(self, clean: Tensor, claims: Claims, done: float) -> Tensor:
        """Latents (B, C, h, w) that an early step expects, moved towards what is claimed; late ones as they are.

        done: the share of the steps that are made, 0 to 1. Latents of another size than it has learned stay, too.
        """
        if done >= self.config["until"] or not claims or clean.shape[-1] != self.config["width"]:
            return clean
        # A caller may be in inference mode, whose tensors know no gradients: hence the copy.
        device = clean.device.type
        with torch.inference_mode(False), torch.enable_grad(), torch.autocast(device, enabled=False):
            latents = clean.clone().to(self.dtype).requires_grad_()
            (slope,) = torch.autograd.grad(self.eye.unseen(latents, claims), latents)
        size = slope.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        return clean - self.config["strength"] * (slope / size.clamp_min(1e-12)).to(clean)
