"""The walk from noise to picture: diffusers' own where that is sound, and sound for every number of steps."""

from __future__ import annotations

import itertools

import pytest
import torch
from diffusers import DDIMScheduler

from ldm3d_web.errors import InvalidModel
from ldm3d_web.ldm3d.sampler import advance, clean_and_noise, levels, make_scheduler, scheduler_record
from tests.tiny_models import INTEL_SCHEDULER, ZERO_SNR_SCHEDULER

FILES = {"intel": INTEL_SCHEDULER, "mini": ZERO_SNR_SCHEDULER}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_every_number_of_steps_makes_one_unbroken_walk(file):
    scheduler = make_scheduler(file)
    for steps in range(1, 151):
        walk = levels(scheduler, steps)
        timesteps = [level.timestep for level in walk]
        assert len(walk) == steps
        assert timesteps == sorted(set(timesteps), reverse=True)
        assert 0 <= timesteps[-1] <= timesteps[0] <= 999
        for here, there in itertools.pairwise(walk):
            assert here.signal_next == there.signal > here.signal
        assert walk[-1].signal_next == float(scheduler.final_alpha_cumprod)


def test_a_schedule_that_ends_in_pure_noise_starts_there():
    for steps in range(1, 151):
        first = levels(make_scheduler(ZERO_SNR_SCHEDULER), steps)[0]
        assert first.timestep == 999
        assert first.signal == 0


@pytest.mark.parametrize(
    ("file", "prediction"),
    [
        (INTEL_SCHEDULER, "epsilon"),
        (INTEL_SCHEDULER, "v_prediction"),
        (INTEL_SCHEDULER, "sample"),
        (ZERO_SNR_SCHEDULER, "v_prediction"),
        (ZERO_SNR_SCHEDULER, "sample"),
    ],
)
@pytest.mark.parametrize("steps", [1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125])
def test_it_is_diffusers_walk_where_steps_divide_the_schedule(file, prediction, steps):
    ours = make_scheduler({**file, "prediction_type": prediction})
    theirs = DDIMScheduler.from_config(dict(ours.config))
    theirs.set_timesteps(steps)
    walk = levels(ours, steps)
    assert [level.timestep for level in walk] == theirs.timesteps.tolist()
    random = torch.Generator().manual_seed(steps)
    latents = mine = torch.randn(1, 4, 4, 8, generator=random)
    for level, timestep in zip(walk, theirs.timesteps, strict=True):
        output = torch.randn(1, 4, 4, 8, generator=random)
        step = theirs.step(output, timestep, latents)
        clean, noise = clean_and_noise(prediction, output, mine, level.signal)
        assert torch.allclose(clean, step.pred_original_sample, rtol=1e-3, atol=1e-4)
        latents = step.prev_sample
        mine = advance(clean, noise, level.signal_next)
        assert torch.allclose(mine, latents, rtol=1e-3, atol=1e-4)
        mine = latents


@pytest.mark.parametrize("steps", [1, 3, 7, 25, 61, 103, 150])
def test_a_network_that_knows_the_picture_paints_exactly_it(steps):
    scheduler = make_scheduler(ZERO_SNR_SCHEDULER)
    picture = torch.randn(1, 4, 4, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    latents = torch.randn(1, 4, 4, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    for level in levels(scheduler, steps):
        keep, blur = level.signal**0.5, (1 - level.signal) ** 0.5
        velocity = (keep * latents - picture) / blur
        clean, noise = clean_and_noise("v_prediction", velocity, latents, level.signal)
        assert torch.allclose(clean, picture)
        latents = advance(clean, noise, level.signal_next)
    assert torch.allclose(latents, picture)


def test_intels_file_becomes_the_scheduler_its_index_names():
    record = scheduler_record(make_scheduler(INTEL_SCHEDULER))
    assert record["class"] == "DDIMScheduler"
    assert record["prediction_type"] == "epsilon"
    assert record["timestep_spacing"] == "leading"
    assert record["steps_offset"] == 1
    assert record["set_alpha_to_one"] is False
    assert (record["beta_start"], record["beta_end"], record["beta_schedule"]) == (0.00085, 0.012, "scaled_linear")


@pytest.mark.parametrize("silent", [{"prediction_type": "v_prediction"}, {"rescale_betas_zero_snr": True}])
def test_spacing_is_trailing_where_the_file_is_silent_and_the_schedule_needs_it(silent):
    file = {**INTEL_SCHEDULER, "prediction_type": "sample", **silent}
    assert make_scheduler(file).config["timestep_spacing"] == "trailing"
    # The same through diffusers, which fills in what the file does not say.
    assert make_scheduler(dict(DDIMScheduler.from_config(file).config)).config["timestep_spacing"] == "trailing"
    assert make_scheduler({**file, "timestep_spacing": "linspace"}).config["timestep_spacing"] == "linspace"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"rescale_betas_zero_snr": True}, "ends in pure noise"),
        ({"clip_sample": True}, "latents must not be clipped"),
        ({"thresholding": True}, "latents must not be clipped"),
        ({"prediction_type": "flow"}, "prediction_type must be one of epsilon, v_prediction, sample, not 'flow'"),
        ({"timestep_spacing": "random"}, "timestep_spacing must be one of leading, trailing, linspace, not 'random'"),
        ({"beta_schedule": "sideways"}, "sideways"),
        ({"beta_end": "much"}, "scheduler_config.json"),
        ({"num_train_timesteps": 0}, "scheduler_config.json"),
    ],
)
def test_a_schedule_without_a_picture_is_refused(fault, sentence):
    with pytest.raises(InvalidModel, match=sentence):
        make_scheduler({**INTEL_SCHEDULER, **fault})
