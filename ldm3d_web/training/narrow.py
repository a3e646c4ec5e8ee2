"""An autoencoder that keeps the strongest of its latents' channels and drops the rest.

Latents of an autoencoder begun by `linear` are ordered, strongest first. The weak half of them is most of what a
denoiser has to guess and the least of what one sees: one that is small, or young, paints truer shapes without it, and a
decoder that learns on (`training.decoder`) puts the edges back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ldm3d_web.errors import InvalidInput

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL


@torch.no_grad()
def narrowed(model: AutoencoderKL, channels: int) -> AutoencoderKL:
    """The autoencoder with its first ``channels`` latent channels; decodes as the whole one with zeros for the others.

    But for the first and last row, where the decoder's padding meets other numbers. Raises InvalidInput.
    """
    had = model.config["latent_channels"]
    if not 1 <= channels <= had:
        raise InvalidInput(f"{channels} latent channels were asked for; the autoencoder has {had}.")
    convolutions = (model.quant_conv, model.post_quant_conv, model.encoder.conv_out, model.decoder.conv_in)
    quant, post_quant, into, out_of = (_weights(each) for each in convolutions)
    kept = [*range(channels), *range(had, had + channels)]  # means, and logarithms of variances
    mix, offset = quant[0][kept, :, 0, 0], quant[1][kept]
    first, level = post_quant[0][:, :channels, 0, 0], post_quant[1]
    small: Any = type(model).from_config({**model.config, "latent_channels": channels})
    state: dict[str, Any] = small.state_dict()
    state |= {name: value for name, value in model.state_dict().items() if state[name].shape == value.shape}
    state["encoder.conv_out.weight"] = torch.einsum("om,mikl->oikl", mix, into[0])
    state["encoder.conv_out.bias"] = mix @ into[1] + offset
    state["decoder.conv_in.weight"] = torch.einsum("omkl,mi->oikl", out_of[0], first)
    state["decoder.conv_in.bias"] = out_of[1] + torch.einsum("omkl,m->o", out_of[0], level)
    for name, size in (("quant_conv", 2 * channels), ("post_quant_conv", channels)):
        state[f"{name}.weight"], state[f"{name}.bias"] = torch.eye(size)[..., None, None], torch.zeros(size)
    small.load_state_dict(state)
    return small


def _weights(conv: Any) -> tuple[Tensor, Tensor]:
    return conv.weight.detach(), conv.bias.detach()
