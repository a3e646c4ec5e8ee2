"""The refiner's training: decoded depth comes nearer to the truth, and drifts of it are taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from ldm3d_web.ldm3d import deblock
from ldm3d_web.ldm3d.depth_curve import curve_of
from ldm3d_web.ldm3d.refiner import Refiner
from ldm3d_web.training import autoencoder, losses, refiner
from ldm3d_web.training.repaint import Repainter
from ldm3d_web.training.source import bend
from tests.training.conftest import REFINER, Kitchen


def test_decoded_depth_comes_nearer_to_the_truth(kitchen: Kitchen, tmp_path: Path) -> None:
    plan = replace(REFINER, pool=8, fresh=2, batch=4, learning_rate=4e-3, average_decay=0.8)
    refiner.train(kitchen.data, kitchen.decoder / "vae", tmp_path, plan, steps=60)
    network = Refiner.from_pretrained(tmp_path / "refiner").eval()
    vae = autoencoder.load(kitchen.decoder / "vae")
    truth = bend(kitchen.data.look(4), curve := curve_of(vae.config))
    with torch.no_grad():
        decoded = deblock.decode(vae, vae.encode(truth).latent_dist.mean)
        before, after = (
            float(losses.relative_error(each[:, 3:], truth[:, 3:], curve).clamp(max=1).mean())
            for each in (decoded, network(decoded))
        )
    assert after < 0.8 * before
    assert network.config["depth_curve"] == vae.config["depth_curve"]


def test_what_is_painted_anew_teaches_too(kitchen: Kitchen, tmp_path: Path) -> None:
    repaint = Repainter(kitchen.denoiser, kitchen.text)
    run = refiner.train(kitchen.data, kitchen.decoder / "vae", tmp_path, REFINER, repaint=repaint, steps=2)
    assert run.finished and (tmp_path / "refiner" / "config.json").is_file()


def test_spoilt_depth_is_bent_smoothly_over_the_wrap_or_gone(kitchen: Kitchen) -> None:
    flat = torch.zeros(64, 4, 32, 64)
    plan = replace(REFINER, drift=0.1, blind=0.25)
    spoilt = refiner.spoilt(flat, plan, losses.DEPTH_CURVE, torch.Generator().manual_seed(0))
    assert not spoilt[:, :3].any(), "colours stay"
    depth = spoilt[:, 3]
    gone = (depth == -1).flatten(1).all(1)
    same = (depth.abs() < 1e-6).flatten(1).all(1)
    assert 8 <= gone.sum() <= 24 and 16 <= same.sum() <= 40
    bent = depth[~gone & ~same]
    assert 0.01 < bent.std() < 0.2
    steps = (bent - bent.roll(1, -1)).abs()
    assert steps[..., 0].max() <= 1.5 * steps.max(), "the wrap is a step like any other"
    assert steps.max() < 0.1
