"""A head start for the autoencoder: before its first step it is the best linear one that its shape allows.

A deep autoencoder with group norms takes hours on a processor to learn what principal components of 16×16 patches have
at once (measured: docs/log.md). So the linear part of it, the convolutions that no norm stands before and the ways
round the residual blocks, is set by principal components and least squares, level by level, and trained alone for some
minutes; its latents are turned into principal components, strongest first. Then the residual branches are put beside
it, silent at first. At the two norms on the way every value v travels as +v and -v beside a constant pair that fixes
the norm's deviation, since silu(v) - silu(-v) = v.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.depth_curve import Curve
from ldm3d_web.training.least_squares import fit, lay
from ldm3d_web.training.source import Source, bend

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

PICTURE = 4  # channels: red, green, blue, depth
_RATE, _CROPS = 6e-4, 4
PICTURES = 48  # of which the components are taken
_DEPTH_WEIGHT = 2.0  # of its squared error
# Adam moves every weight of a residual branch by as much, however little it should say: beside a loud stream that is
# little, beside a soft one the first steps undo the head start (docs/log.md).
_STREAM = 8.0  # times the picture
_PAIR = 4.0  # times the latents and the picture, where they pass a norm
_REFERENCE = 100.0  # the constant pair: large against those, so that the norm hardly depends on the picture
_QUIET = 0.05  # what is not on the way through a norm: it must not disturb the deviation
_DETAIL = 0.4  # 0: all components alike strong, 1: as strong as they matter; weak ones would be lost in the steps
_LOG_VARIANCE = -10.0  # a quiet posterior: noise that drowns the weak components is unlearned slowly


class Linear(nn.Module):
    """The linear part of an autoencoder, whose convolutions it shares, and a matrix in place of either norm."""

    encoder: Any
    decoder: Any
    to_latents: nn.Conv2d
    to_picture: nn.Conv2d

    def __init__(self, model: AutoencoderKL) -> None:
        super().__init__()
        self.encoder = model.encoder
        self.decoder = model.decoder
        widths, latents = model.config["block_out_channels"], model.config["latent_channels"]
        self.to_latents = nn.Conv2d(widths[-2], latents, 1, bias=False)
        self.to_picture = nn.Conv2d(widths[1], PICTURE, 1)

    def encode(self, picture: Tensor) -> Tensor:
        """(B, 4, H, W) to (B, C, h, w)."""
        return self.to_latents(_along(self.encoder.down_blocks, self.encoder.conv_in(picture)))

    def decode(self, latents: Tensor) -> Tensor:
        """The way back."""
        return self.to_picture(_along(self.decoder.up_blocks, self.decoder.conv_in(latents)))

    def own(self) -> list[nn.Parameter]:
        """What it trains."""
        convs = [self.encoder.conv_in, self.decoder.conv_in, self.to_latents, self.to_picture]
        for level in (*self.encoder.down_blocks[:-1], *self.decoder.up_blocks[:-1]):
            convs += [*_shortcuts(level.resnets), _sampler(level).conv]
        return [weight for conv in convs for weight in conv.parameters()]


def start_as_linear(model: AutoencoderKL, source: Source, curve: Curve, *, crop: int, steps: int) -> None:
    """Trains the linear part of a fresh autoencoder (4 channels in and out) and sets all weights by it, in place.

    crop: pixels. The rate falls to nothing over the steps, of four crops each. Raises InvalidInput where the shape has
    no way round a norm, or no room there.
    """
    _check(model)
    linear, generator = Linear(model), torch.Generator().manual_seed(0)
    _begin(linear, bend(source.windows(PICTURES, source.height, source.width, generator), curve))
    weights = linear.own()
    optimizer = torch.optim.Adam(weights, lr=_RATE, betas=(0.9, 0.99))
    told = time.monotonic()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1, (step + 1) / 50) * (1 - step / steps)
        picture = bend(source.windows(_CROPS, min(crop, source.height), crop, generator), curve)
        loss = _error(linear.decode(linear.encode(picture)), picture)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        if time.monotonic() - told > 20:
            told = time.monotonic()
            print(f"linear: step {step} of {steps}  squared error {loss.item():.5f}", flush=True)
    with torch.no_grad():
        sample = torch.cat([linear.encode(bend(each[None], curve)) for each in source.look(64)])
        _turn_to_components(linear, sample)
        _put_beside(model, linear)


def _check(model: AutoencoderKL) -> None:
    widths, groups = model.config["block_out_channels"], model.config["norm_num_groups"]
    if widths[0] == widths[1] or widths[-2] == widths[-1]:
        raise InvalidInput(f"An autoencoder's first two widths, and its last two, must differ, not {tuple(widths)}.")
    for width, values in ((widths[-1], model.config["latent_channels"]), (widths[0], PICTURE)):
        if 2 * -(-values // groups) + 2 > width // groups:
            raise InvalidInput(f"{width} channels in {groups} groups have no room for two of each of {values} values.")


def _error(painted: Tensor, picture: Tensor) -> Tensor:
    weight = painted.new_tensor([1.0, 1.0, 1.0, _DEPTH_WEIGHT]).view(1, PICTURE, 1, 1)
    return ((painted - picture).square() * weight).mean()


def _along(levels: Any, x: Tensor) -> Tensor:
    """Past the residual branches of all levels but the last, from size to size."""
    for level in levels[:-1]:
        for shortcut in _shortcuts(level.resnets):
            x = shortcut(x)
        x = _sampler(level)(x)
    return x


def _sampler(level: Any) -> Any:
    """The one that halves or doubles the picture after a level."""
    (sampler,) = getattr(level, "downsamplers", None) or level.upsamplers
    return sampler


def _shortcuts(resnets: Any) -> list[nn.Conv2d]:
    """Of those blocks that change the number of channels."""
    return [each.conv_shortcut for each in resnets if each.conv_shortcut is not None]


@torch.no_grad()
def _begin(linear: Linear, pictures: Tensor) -> None:
    """Silences the residual branches and sets the linear part level by level: (B, 4, H, W) of pictures are enough.

    Down: principal components of two by two of what is above, as many as there are channels. Up: the least squares'
    guess of what was there on the way down.
    """
    from diffusers.models.resnet import ResnetBlock2D

    for block in linear.modules():
        if isinstance(block, ResnetBlock2D):
            nn.init.zeros_(block.conv2.weight)
            nn.init.zeros_(_bias(block.conv2))
    weight = _STREAM * torch.tensor([1.0, 1.0, 1.0, _DEPTH_WEIGHT**0.5])
    lay(linear.encoder.conv_in, torch.diag(weight)[:, :, None, None])
    features = [pictures * weight.view(1, -1, 1, 1)]
    for level in linear.encoder.down_blocks[:-1]:
        _carry(level.resnets, features[-1].shape[1])
        sampler = _sampler(level)
        children = functional.pixel_unshuffle(features[-1], 2)
        chosen = _components(children, sampler.conv.out_channels) / 2  # so that a flat colour stays as large
        taps = torch.zeros(len(chosen), features[-1].shape[1], 3, 3)
        taps[..., :2, :2] = chosen.view(len(chosen), -1, 2, 2)  # the encoder pads right and below
        lay(sampler.conv, taps)
        features.append(torch.einsum("oc,bchw->bohw", chosen, children))
    chosen = _components(features[-1], linear.to_latents.out_channels)
    lay(linear.to_latents, chosen[:, :, None, None])
    found = fit(linear.decoder.conv_in, torch.einsum("oc,bchw->bohw", chosen, features[-1]), features[-1])
    for level, wanted in zip(linear.decoder.up_blocks[:-1], features[-2::-1], strict=True):
        _carry(level.resnets, found.shape[1])
        sampler = _sampler(level)
        found = fit(sampler.conv, functional.interpolate(found, scale_factor=2.0), wanted)
    lay(linear.to_picture, torch.diag(1 / weight)[:, :, None, None])


def _carry(resnets: Any, count: int) -> None:
    """The first channels go round the residual blocks as they are."""
    for shortcut in _shortcuts(resnets):
        lay(shortcut, torch.eye(count)[:, :, None, None])


def _components(values: Tensor, most: int) -> Tensor:
    """The strongest principal components (K, C) of values (B, C, h, w), at most so many."""
    flat = values.movedim(1, -1).flatten(0, -2).double()
    _, vectors = torch.linalg.eigh(flat.T @ flat)
    return vectors.T.flip(0)[:most].float()


@torch.no_grad()
def _turn_to_components(linear: Linear, sample: Tensor) -> None:
    """Turns the latents so that they are uncorrelated and their patterns orthogonal, strongest first, deviation by it.

    sample: latents (N, C, h, w).
    """
    flat = sample.movedim(1, -1).flatten(0, -2).double()
    covariance = flat.T @ flat / len(flat)
    count, side = sample.shape[1], 9
    impulses = torch.zeros(count, count, side, side)
    impulses[range(count), range(count), side // 2, side // 2] = 1
    rest = linear.decode(torch.zeros(1, count, side, side))
    patterns = (linear.decode(impulses) - rest).flatten(1).double()
    values, vectors = torch.linalg.eigh(covariance)
    root = (vectors * values.clamp(min=1e-12).sqrt()) @ vectors.T
    energy, turn = torch.linalg.eigh(root @ (patterns @ patterns.T) @ root)
    energy, turn = energy.flip(0).clamp(min=1e-12), turn.flip(1)
    deviation = (energy / energy[0]).sqrt() ** _DETAIL
    there = deviation[:, None] * turn.T @ torch.linalg.inv(root)
    back = torch.linalg.inv(there)
    linear.to_latents.weight.copy_(torch.einsum("oc,cikl->oikl", there.float(), linear.to_latents.weight))
    first = linear.decoder.conv_in
    first.weight.copy_(torch.einsum("ockl,cn->onkl", first.weight, back.float()))


def _put_beside(model: AutoencoderKL, linear: Linear) -> None:
    """Carries the linear part's two matrices through the norms, and leaves the posterior nearly without noise."""
    encoder: Any = model.encoder
    decoder: Any = model.decoder
    _pass_norm(
        encoder.down_blocks[-1].resnets[0].conv_shortcut, encoder.conv_norm_out, encoder.conv_out, linear.to_latents
    )
    _pass_norm(
        decoder.up_blocks[-1].resnets[0].conv_shortcut, decoder.conv_norm_out, decoder.conv_out, linear.to_picture
    )
    quant, post_quant = model.quant_conv, model.post_quant_conv
    assert quant is not None and post_quant is not None
    for conv in (quant, post_quant):
        nn.init.dirac_(conv.weight)
        nn.init.zeros_(_bias(conv))
    latents = quant.out_channels // 2
    encoder.conv_out.weight[latents:], _bias(encoder.conv_out)[latents:] = 0, 0
    _bias(quant)[latents:] = _LOG_VARIANCE


def _pass_norm(shortcut: nn.Conv2d, norm: nn.GroupNorm, out: nn.Conv2d, matrix: nn.Conv2d) -> None:
    """Carries what ``matrix`` makes of the shortcut's input through a norm and SiLU to the first outputs of ``out``."""
    count = matrix.out_channels
    size, share = shortcut.out_channels // norm.num_groups, -(-count // norm.num_groups)
    middle = out.kernel_size[0] // 2
    gain = _REFERENCE * (2 / size) ** 0.5  # the deviation that the constant pair gives its group
    shortcut.weight *= _QUIET
    out.weight[:count], _bias(out)[:count] = 0, 0
    for group in range(norm.num_groups):
        first = group * size
        chosen = range(group * share, min(count, (group + 1) * share))
        for number, sign in enumerate((-1, 1)):
            constant = first + size - 2 + number
            shortcut.weight[constant], _bias(shortcut)[constant] = 0, sign * _REFERENCE
        for channel in chosen:
            plus = first + 2 * (channel - group * share)
            offset = 0 if matrix.bias is None else matrix.bias[channel]
            for place, sign in ((plus, 1), (plus + 1, -1)):
                loud = sign * _PAIR
                shortcut.weight[place], _bias(shortcut)[place] = loud * matrix.weight[channel], loud * offset
                out.weight[channel, place, middle, middle] = sign * gain / _PAIR


def _bias(conv: nn.Conv2d) -> Tensor:
    assert conv.bias is not None
    return conv.bias
