"""A head start for the autoencoder: before the first step it already paints a blurred thumbnail of its input.

A deep autoencoder with group norms takes thousands of steps to learn that colour must pass through it at all (measured:
L1 of the colours 0.36 after 120 small steps, against 0.11 with this start; docs/log.md). So the identity path is laid
down by hand, in weights that training goes on to change: red, green, blue and disparity travel in the first four
channels, averaged on each way down, copied on each way up; the residual branches begin at zero. At the two norms on
that path every value v travels as +v and -v beside a constant pair that fixes the norm's deviation, since
silu(v) - silu(-v) = v. All other channels start at random as usual and learn the detail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from ldm3d_web.errors import InvalidInput

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

CHANNELS = 4  # red, green, blue, disparity
_REFERENCE = 4.0  # the constant pair: large against values in [-1, 1], so the norm hardly depends on the picture
_LOG_VARIANCE = -5.0  # a quiet posterior: noise that drowns the latents early is unlearned slowly


@torch.no_grad()
def start_as_thumbnail(model: AutoencoderKL) -> None:
    """Sets the weights of a fresh autoencoder (4 channels in and out, 4 a multiple of its norm groups), in place.

    Raises InvalidInput where its first two widths, or its last two, are alike: the path needs a layer between them.
    """
    from diffusers.models.resnet import ResnetBlock2D

    widths = model.config["block_out_channels"]
    if widths[0] == widths[1] or widths[-2] == widths[-1]:
        raise InvalidInput(f"An autoencoder's first two widths, and its last two, must differ, not {tuple(widths)}.")
    encoder: Any = model.encoder
    decoder: Any = model.decoder
    for block in model.modules():
        if isinstance(block, ResnetBlock2D):
            nn.init.zeros_(block.conv2.weight)
            nn.init.zeros_(_bias(block.conv2))
            if block.conv_shortcut is not None:
                _copy(block.conv_shortcut)
    for conv in (encoder.conv_in, decoder.conv_in):
        _copy(conv)
    for level in encoder.down_blocks:
        for sampler in level.downsamplers or []:
            _average(sampler.conv)
    for level in decoder.up_blocks:
        for sampler in level.upsamplers or []:
            _copy(sampler.conv)
    _pass_norm(encoder.down_blocks[-1].resnets[0].conv_shortcut, encoder.conv_norm_out, encoder.conv_out)
    _pass_norm(decoder.up_blocks[-1].resnets[0].conv_shortcut, decoder.conv_norm_out, decoder.conv_out)
    quant, post_quant = model.quant_conv, model.post_quant_conv
    assert quant is not None and post_quant is not None
    for conv in (quant, post_quant):
        nn.init.dirac_(conv.weight)
        nn.init.zeros_(_bias(conv))
    _bias(quant)[quant.out_channels // 2 :] = _LOG_VARIANCE


def _bias(conv: nn.Conv2d) -> torch.Tensor:
    assert conv.bias is not None
    return conv.bias


def _copy(conv: nn.Conv2d) -> None:
    """The first channels come out as they went in."""
    conv.weight[:CHANNELS], _bias(conv)[:CHANNELS] = 0, 0
    middle = conv.kernel_size[0] // 2
    for channel in range(CHANNELS):
        conv.weight[channel, channel, middle, middle] = 1


def _average(conv: nn.Conv2d) -> None:
    """The first channels come out as means of two by two; the encoder pads right and below, so these taps align."""
    conv.weight[:CHANNELS], _bias(conv)[:CHANNELS] = 0, 0
    for channel in range(CHANNELS):
        conv.weight[channel, channel, :2, :2] = 0.25


def _pass_norm(shortcut: nn.Conv2d, norm: nn.GroupNorm, out: nn.Conv2d) -> None:
    """Carries the first channels through a group norm and SiLU to the first outputs of the convolution after it."""
    size, share = shortcut.out_channels // norm.num_groups, CHANNELS // norm.num_groups
    source, middle = shortcut.weight[:CHANNELS].clone(), out.kernel_size[0] // 2
    gain = _REFERENCE * (2 / size) ** 0.5  # the deviation that the constant pair gives its group
    out.weight[:CHANNELS], _bias(out)[:CHANNELS] = 0, 0
    for group in range(norm.num_groups):
        first = group * size
        shortcut.weight[first + 2 * share + 2 : first + size] *= 0.5
        _bias(shortcut)[first : first + 2 * share] = 0
        for number, sign in enumerate((-1, 1)):
            constant = first + 2 * share + number
            shortcut.weight[constant], _bias(shortcut)[constant] = 0, sign * _REFERENCE
        for channel in range(group * share, (group + 1) * share):
            plus = first + 2 * (channel - group * share)
            shortcut.weight[plus], shortcut.weight[plus + 1] = source[channel], -source[channel]
            out.weight[channel, plus, middle, middle] = gain
            out.weight[channel, plus + 1, middle, middle] = -gain
