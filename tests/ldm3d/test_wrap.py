"""A wrapped network commutes with a turn of the viewer; an unwrapped one does not."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from ldm3d_web.ldm3d.wrap import is_wrapped, unwrap_longitude, wrap_longitude

# Every network here has at most three halvings, so a roll by 8 of its input columns is a whole number of the coarsest.
STEP = 8


def make_unet() -> nn.Module:
    from diffusers import UNet2DConditionModel

    torch.manual_seed(0)
    return UNet2DConditionModel(
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        block_out_channels=(16, 16, 32),
        layers_per_block=1,
        cross_attention_dim=16,
        attention_head_dim=4,
        norm_num_groups=4,
    ).eval()


def make_vae(blocks: tuple[int, ...] = (8, 8, 16, 16)) -> nn.Module:
    from diffusers import AutoencoderKL

    torch.manual_seed(0)
    return AutoencoderKL(
        in_channels=4,
        out_channels=4,
        down_block_types=("DownEncoderBlock2D",) * len(blocks),
        up_block_types=("UpDecoderBlock2D",) * len(blocks),
        block_out_channels=blocks,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
    ).eval()


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


UNET = (make_unet, lambda net, x: net(x, 300, noise(1, 77, 16).to(x)).sample, noise(1, 4, 16, 32), STEP, STEP)
ENCODE = (make_vae, lambda net, x: net.encode(x).latent_dist.parameters, noise(1, 4, 64, 128), STEP, 1)
DECODE = (make_vae, lambda net, x: net.decode(x).sample, noise(1, 4, 8, 16), 1, STEP)


def equivariance_error(net: nn.Module, run, x: torch.Tensor, columns_in: int, columns_out: int) -> float:
    """Largest difference between "turn, then run" and "run, then turn", as a share of the largest output."""
    with torch.no_grad():
        straight = run(net, x)
        turned = run(net, torch.roll(x, columns_in, dims=-1))
    return float((turned - torch.roll(straight, columns_out, dims=-1)).abs().max() / straight.abs().max())


@pytest.mark.parametrize(("make", "run", "x", "columns_in", "columns_out"), [UNET, ENCODE, DECODE])
def test_rolling_the_input_rolls_the_output(make, run, x, columns_in, columns_out):
    net = make()
    assert equivariance_error(net, run, x, columns_in, columns_out) > 0.1
    wrap_longitude(net)
    assert equivariance_error(net, run, x, columns_in, columns_out) < 1e-5
    # What is left is float32's rounding: in float64 nothing is.
    assert equivariance_error(net.double(), run, x.double(), columns_in, columns_out) < 1e-12


def test_five_levels_of_autoencoder_roll_by_single_latent_columns():
    vae = make_vae((8, 8, 8, 8, 16))
    wrap_longitude(vae)
    picture = noise(1, 4, 64, 128)
    for latent_columns in (1, 3):
        run = ENCODE[1]
        assert equivariance_error(vae, run, picture, 16 * latent_columns, latent_columns) < 1e-5


@pytest.mark.parametrize(("make", "run", "x", "columns_in", "columns_out"), [UNET, ENCODE, DECODE])
def test_unwrap_gives_back_the_same_network(make, run, x, columns_in, columns_out):
    net = make()
    with torch.no_grad():
        before = run(net, x)
        wrap_longitude(net)
        wrapped = run(net, x)
        wrap_longitude(net)  # once more: nothing is padded twice
        assert torch.equal(run(net, x), wrapped)
        assert is_wrapped(net)
        unwrap_longitude(net)
        assert not is_wrapped(net)
        assert torch.equal(run(net, x), before)
    assert wrapped.shape == before.shape
    assert not torch.equal(wrapped, before)


def test_far_from_the_seam_one_convolution_stays_as_it_was():
    conv = nn.Conv2d(2, 2, (3, 5), padding=(1, 4), dilation=(1, 2))
    x = noise(1, 2, 6, 20)
    before = conv(x)
    wrap_longitude(conv)
    after = conv(x)
    assert torch.allclose(after[..., 4:-4], before[..., 4:-4], atol=1e-6)
    assert torch.allclose(after, torch.roll(conv(torch.roll(x, 7, -1)), -7, -1), atol=1e-6)


def test_keys_weights_and_gradients_are_those_of_the_plain_network():
    net = make_unet()
    keys = list(net.state_dict())
    wrap_longitude(net)
    assert list(net.state_dict()) == keys
    net.train()
    UNET[1](net, UNET[2]).square().mean().backward()
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in net.parameters())


def test_it_runs_under_autocast():
    net = make_vae()
    wrap_longitude(net)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert net.decode(noise(1, 4, 8, 16)).sample.dtype == torch.bfloat16


def test_a_deep_copy_is_wrapped_and_can_be_unwrapped_alone():
    net = make_vae()
    wrap_longitude(net)
    twin = copy.deepcopy(net)
    with torch.no_grad():
        assert torch.equal(DECODE[1](twin, DECODE[2]), DECODE[1](net, DECODE[2]))
    unwrap_longitude(twin)
    assert equivariance_error(twin, *DECODE[1:]) > 0.1
    assert equivariance_error(net, *DECODE[1:]) < 1e-5


class OwnForward(nn.Conv2d):
    """A subclass that computes the convolution itself from its attributes, as LoRA-compatible layers do."""

    def forward(self, x: torch.Tensor, scale: float = 1.0) -> torch.Tensor:
        return scale * nn.functional.conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation)


def test_subclasses_with_their_own_forward_wrap_too():
    conv = OwnForward(1, 1, 3, padding=1)
    x = noise(1, 1, 4, 8)
    wrap_longitude(conv)
    assert torch.allclose(conv(torch.roll(x, 3, -1), 2.0), torch.roll(conv(x, 2.0), 3, -1), atol=1e-6)


def test_channels_last_stays_channels_last():
    conv = nn.Conv2d(8, 8, 3, padding=1).to(memory_format=torch.channels_last)
    wrap_longitude(conv)
    seen = []
    conv.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    conv(noise(1, 8, 8, 16).contiguous(memory_format=torch.channels_last))
    assert seen[0].shape[-1] == 18
    assert seen[0].is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(1, 1, 3),
        nn.Conv2d(1, 1, 4, padding=1),
        nn.ConvTranspose2d(1, 1, 4, 2, 1),
        nn.Conv2d(1, 1, 3, padding="same"),
    ],
)
def test_a_layer_that_cannot_be_wrapped_is_named_and_nothing_is_changed(layer):
    net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), layer)
    with pytest.raises(ValueError, match="cannot wrap 1: Conv"):
        wrap_longitude(net)
    assert not is_wrapped(net)


def test_layers_that_never_look_sideways_are_left_alone():
    net = nn.Sequential(nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, (3, 1), padding=(1, 0)), nn.Conv2d(1, 4, 8, stride=8))
    wrap_longitude(net)
    assert not is_wrapped(net)
