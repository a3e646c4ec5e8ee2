"""The pipeline on tiny models of every kind: the oracle, the wrap, the seed, steps, cancelling, and what it refuses."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch

from ldm3d_web.errors import Cancelled, InvalidInput, Ldm3dError
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.pipeline import LDM3DPipeline
from ldm3d_web.ldm3d.wrap import is_wrapped
from tests.tiny_models import make_ldm3d_folder, set_clip_prefix

SIZE = {"width": 128, "height": 64}
LAKE = "a calm lake at dawn, snowy mountains"


def paint_floats(
    pipeline: LDM3DPipeline, noise: torch.Tensor, *, prompt: str, negative: str, steps: int, guidance: float
):
    """What `LDM3DPipeline.__call__` paints, before it is rounded to bytes: rgb (H, W, 3) and disparity (H, W)."""
    painted = []
    decode = pipeline.decode
    pipeline.decode = lambda latents: painted.append(decode(latents)) or painted[-1]
    try:
        pipeline(
            prompt, negative=negative, steps=steps, guidance=guidance, latents=noise, wrap=False,
            width=noise.shape[3] * 8, height=noise.shape[2] * 8,
        )  # fmt: skip
    finally:
        del pipeline.decode
    rgb, disparity = painted[-1]
    return rgb[0].permute(1, 2, 0).numpy(), disparity[0, 0].numpy()


@pytest.mark.parametrize(
    ("guidance", "steps", "negative"), [(5.0, 4, "red desert"), (7.5, 2, ""), (1.0, 5, ""), (0.0, 2, "unused")]
)
@pytest.mark.filterwarnings("ignore")
def test_oracle_it_paints_what_diffusers_own_pipeline_paints(folders, pano, guidance, steps, negative):
    from diffusers.pipelines.deprecated.stable_diffusion_ldm3d.pipeline_stable_diffusion_ldm3d import (
        StableDiffusionLDM3DPipeline,
    )

    theirs = StableDiffusionLDM3DPipeline.from_pretrained(
        folders["4 channels, old CLIP keys"], safety_checker=None, feature_extractor=None, requires_safety_checker=False
    )
    theirs.set_progress_bar_config(disable=True)
    noise = torch.randn(1, 4, 8, 16, generator=torch.Generator().manual_seed(7))
    expected = theirs(
        LAKE, negative_prompt=negative, num_inference_steps=steps, guidance_scale=guidance, latents=noise.clone(),
        output_type="np", **SIZE,
    )  # fmt: skip
    rgb, disparity = paint_floats(pano, noise, prompt=LAKE, negative=negative, steps=steps, guidance=guidance)
    assert expected.rgb[0].std() > 0.05  # a real picture, not a grey that anything would match
    assert np.abs(rgb - expected.rgb[0]).max() < 1e-4
    assert np.abs(disparity - expected.depth[0, :, :, 0]).max() < 1e-4


@pytest.mark.parametrize("kind", ["4 channels, old CLIP keys", "6 channels", "like mini"])
def test_each_kind_of_model_paints_a_panorama_with_depth(folders, kind):
    pipeline = checkpoint.load(str(folders[kind]), device="cpu")
    picture = pipeline(LAKE, steps=2, seed=1, **SIZE)
    assert picture.rgb.shape == (64, 128, 3)
    assert picture.disparity.shape == (64, 128)
    assert len(np.unique(picture.rgb)) > 20
    assert picture.disparity.std() > 0.001
    if kind == "6 channels":  # two bytes make 16-bit values, and the high byte alone is not all there is
        counts = picture.disparity.astype(np.float64) * 65535
        assert np.abs(counts - counts.round()).max() < 0.01
        assert len(np.unique(counts.round() % 256)) > 20


def test_the_old_and_the_new_names_of_clips_weights_are_the_same_model(folders, pano, tmp_path):
    new = shutil.copytree(folders["4 channels, old CLIP keys"], tmp_path / "new")
    set_clip_prefix(new / "text_encoder" / "model.safetensors", old=False)
    other = checkpoint.load(str(new), device="cpu")
    for name, weight in pano.text_encoder.state_dict().items():
        assert torch.equal(weight, other.text_encoder.state_dict()[name])


def test_a_seed_means_one_picture(pano):
    first, again, other = (pano(LAKE, seed=seed, steps=2, **SIZE) for seed in (3, 3, 4))
    assert np.array_equal(first.rgb, again.rgb)
    assert np.array_equal(first.disparity, again.disparity)
    assert not np.array_equal(first.rgb, other.rgb)


def test_the_noise_of_a_seed_is_known_and_leaves_the_global_generator_alone(pano):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    noise = pano.draw_noise(42, 128, 64)
    assert torch.equal(torch.rand(1), expected)
    assert noise.shape == (1, 4, 8, 16)
    assert torch.equal(noise, torch.randn(1, 4, 8, 16, generator=torch.Generator("cpu").manual_seed(42)))


@pytest.mark.parametrize("which", ["pano", "mini_like"])
def test_turned_noise_paints_the_turned_panorama(which, request):
    pipeline = request.getfixturevalue(which)
    noise = pipeline.draw_noise(1, 128, 64)
    columns = 2  # of latents: whole columns of the U-Net's coarsest level
    turned = torch.roll(noise, columns, dims=-1)
    pixels = columns * pipeline.vae_factor

    def turns(wrap: bool) -> tuple[float, float]:
        straight, other = (pipeline(LAKE, latents=each, steps=2, wrap=wrap, **SIZE) for each in (noise, turned))
        rgb = np.abs(np.roll(straight.rgb, pixels, axis=1).astype(int) - other.rgb).max() / 255
        return rgb, float(np.abs(np.roll(straight.disparity, pixels, axis=1) - other.disparity).max())

    rgb, disparity = turns(wrap=True)
    assert rgb <= 1 / 255  # one count, where float32's rounding falls on the edge of a byte
    assert disparity < 1e-4
    rgb, disparity = turns(wrap=False)
    assert rgb > 0.05
    assert disparity > 0.01
    assert not is_wrapped(pipeline.unet)


def test_each_step_is_reported_with_a_preview_and_changes_nothing(mini_like):
    seen = []
    picture = mini_like(LAKE, steps=3, on_step=seen.append, **SIZE)
    assert [(step.step, step.steps) for step in seen] == [(1, 3), (2, 3), (3, 3)]
    for step in seen:
        assert step.preview.dtype == np.uint8
        assert step.preview.shape == (64, 128, 3)
    # The last preview is of the picture itself: small pictures are previewed whole.
    assert np.array_equal(seen[-1].preview, picture.rgb)
    assert np.array_equal(mini_like(LAKE, steps=3, **SIZE).rgb, picture.rgb)


def test_previews_of_large_pictures_are_small(pano):
    seen = []
    pano(LAKE, steps=1, on_step=seen.append, width=320, height=160)
    assert seen[0].preview.shape == (80, 160, 3)


@pytest.mark.parametrize("stop_after", [0, 1, 2, 3])
def test_cancel_stops_within_one_step(pano, stop_after):
    """Cancelled after any number of its three steps, nothing more is computed: neither a step nor the decoding."""
    seen, decoded = [], []
    hook = pano.vae.decoder.register_forward_hook(lambda *_: decoded.append(1))
    calls = pano.unet.register_forward_hook(lambda *_: seen.append(1))
    try:
        with pytest.raises(Cancelled):
            pano(LAKE, steps=3, cancelled=lambda: len(seen) >= stop_after, **SIZE)
    finally:
        hook.remove()
        calls.remove()
    assert len(seen) == stop_after
    assert decoded == []


@pytest.mark.parametrize(("guidance", "batch"), [(0.0, 1), (1.0, 1), (1.01, 2), (7.0, 2)])
def test_guidance_of_one_or_less_skips_the_second_pass(pano, guidance, batch):
    sizes = []
    hook = pano.unet.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    try:
        pano(LAKE, steps=1, guidance=guidance, **SIZE)
    finally:
        hook.remove()
    assert sizes == [batch]


def test_words_guidance_and_the_negative_prompt_change_the_picture(pano):
    pictures = [
        pano(prompt, negative=negative, guidance=guidance, steps=1, **SIZE).rgb.tobytes()
        for prompt, negative, guidance in [
            (LAKE, "", 5.0),
            ("a red desert", "", 5.0),
            (LAKE, "snow", 5.0),
            (LAKE, "", 1.0),
        ]
    ]
    assert len(set(pictures)) == 4


def test_none_is_the_models_own_setting(mini_like):
    seen = []
    picture = mini_like(LAKE, on_step=seen.append)
    assert len(seen) == 4
    assert picture.rgb.shape == (64, 128, 3)
    own = mini_like(LAKE, steps=4, guidance=3.0, **SIZE)
    assert np.array_equal(picture.rgb, own.rgb)
    assert mini_like.check_size(width=256) == mini_like.check_size(height=128) == (256, 128)


def test_text_beyond_77_tokens_is_cut_and_the_cut_is_told(pano):
    assert pano.max_tokens == 77
    assert pano.count_tokens("") == 2
    fits = " ".join(["lake"] * 75)
    assert pano.count_tokens(fits) == 77
    assert pano.truncated_tail(fits) == ""
    long = f"{fits} and 🏔️ THE End"
    assert pano.count_tokens(long) > 77
    assert pano.truncated_tail(long) == "and 🏔️ THE End"
    assert torch.equal(pano.encode([fits]), pano.encode([long]))
    assert pano.encode(["", "x"]).shape == (2, 77, 32)


@pytest.mark.parametrize("prompt", ["<b>${x}</b>", "🏔️ 👨‍👩‍👧", "בוקר ליד האגם", "<|endoftext|> lake", "two\nlines"])
def test_any_text_is_painted(pano, prompt):
    assert pano(prompt, steps=1, **SIZE).rgb.shape == (64, 128, 3)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"prompt": ""}, "The prompt is empty"),
        ({"prompt": "x" * 1001}, "1,001 characters"),
        ({"prompt": "a\x00b"}, "control character"),
        ({"prompt": None}, "must be a text"),
        ({"negative": "x" * 1001}, "1,001 characters"),
        ({"seed": -1}, "The seed must be a whole number from 0 to 4,294,967,295"),
        ({"seed": 2**32}, "The seed"),
        ({"seed": float("nan")}, "The seed"),
        ({"seed": None}, "The seed"),
        ({"steps": 0}, "The number of steps must be a whole number from 1 to 150"),
        ({"steps": 151}, "The number of steps"),
        ({"steps": "25"}, "The number of steps"),
        ({"steps": True}, "The number of steps"),
        ({"guidance": -1}, "Guidance must be a number from 0 to 30"),
        ({"guidance": float("inf")}, "Guidance"),
        ({"width": 128, "height": 128}, "twice as wide"),
        ({"width": 160, "height": 80}, "multiple of 64"),
        ({"width": 64, "height": 32}, "from 128 to 2,048"),
        ({"width": 8192, "height": 4096}, "from 128 to 2,048"),
        ({"width": "128"}, "The width"),
        ({"height": "64"}, "needs a height of 64, not '64'"),
        ({"latents": torch.zeros(1, 4, 8, 8)}, r"Latents for 128x64 must be \(1, 4, 8, 16\), not \(1, 4, 8, 8\)"),
    ],
)
def test_wrong_input_is_refused_before_anything_is_computed(pano, wrong, sentence):
    computed = []
    hooks = [
        network.register_forward_pre_hook(lambda *_: computed.append(1))
        for network in (pano.text_encoder, pano.unet, pano.vae.decoder)
    ]
    try:
        with pytest.raises(InvalidInput, match=sentence):
            pano(**{"prompt": LAKE, "steps": 1, **SIZE, **wrong})
    finally:
        for hook in hooks:
            hook.remove()
    assert computed == []


def test_widths_fit_the_networks_coarsest_columns(pano, mini_like, tmp_path):
    assert (pano.vae_factor, pano.width_step) == (8, 64)
    assert (mini_like.vae_factor, mini_like.width_step) == (16, 64)
    coarse = make_ldm3d_folder(tmp_path, blocks=(4, 4, 4, 4, 4, 8), unet_blocks=(8, 8, 8, 16))
    pipeline = checkpoint.load(str(coarse), device="cpu")
    assert (pipeline.vae_factor, pipeline.width_step) == (32, 256)
    assert pipeline(LAKE, steps=1, width=256).disparity.shape == (128, 256)
    with pytest.raises(InvalidInput, match="multiple of 256 pixels, not 128"):
        pipeline(LAKE, steps=1, width=128)


def test_weights_that_paint_no_numbers_are_told(pano):
    with pytest.raises(Ldm3dError, match="no numbers"):
        pano(LAKE, steps=1, latents=torch.full((1, 4, 8, 16), torch.nan), **SIZE)


def test_diffusers_own_loader_gives_the_same_model(folders, pano):
    """A folder whose index names another class loads by `from_pretrained` too, with the same scheduler."""
    loaded = LDM3DPipeline.from_pretrained(folders["4 channels, old CLIP keys"])
    assert loaded.scheduler_record() == pano.scheduler_record()
    assert np.array_equal(loaded(LAKE, steps=1, **SIZE).rgb, pano(LAKE, steps=1, **SIZE).rgb)
