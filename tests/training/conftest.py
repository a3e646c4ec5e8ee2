"""One tiny run through every stage, shared by the tests: four worlds of 128x64 pixels, two steps of training each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ldm3d_web.training import autoencoder, decoder, denoiser, guide, refiner, text, upscaler
from ldm3d_web.training.latents import batches_of, encode, open_latents
from ldm3d_web.training.shards import Shards, open_shards, write_shards

WORLDS = 4
AUTOENCODER = autoencoder.AutoencoderPlan(
    widths=(12, 16, 16, 16, 20), latent_channels=4, linear_steps=2, crop=32, batch=4, whole_from=0.5
)
TEXT = text.TextPlan(vocabulary=700, width=32, layers=1, heads=2, batch=8)
DENOISER = denoiser.DenoiserPlan(widths=(16, 16), layers=1, heads=2, norm_groups=4, batch=4, look_steps=2)
GUIDE = guide.GuidePlan(batch=8, warmup_steps=1)
DECODER = decoder.DecoderPlan(batch=1)
REFINER = refiner.RefinerPlan(widths=(8, 16), batch=2, pool=2, fresh=2, warmup_steps=2)
UPSCALER = upscaler.UpscalerPlan(width=8, blocks=1, strips=1, rows=16, batch=2, side=16)


@dataclass(frozen=True)
class Kitchen:
    """Where each stage of the tiny run left its result."""

    shards: Path
    autoencoder: Path
    text: Path
    latents: Path
    denoiser: Path
    guide: Path
    decoder: Path
    refiner: Path
    wide: Path
    upscaler: Path

    @property
    def data(self) -> Shards:
        return open_shards(self.shards)


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    """Every stage, run once."""
    folder = tmp_path_factory.mktemp("kitchen")
    names = ("shards", "autoencoder", "text", "latents", "denoiser", "guide", "decoder", "refiner", "wide", "upscaler")
    made = Kitchen(*(folder / name for name in names))
    write_shards(made.shards, WORLDS, 0, height=64, width=128, supersample=2)
    data = made.data
    autoencoder.train(data, made.autoencoder, AUTOENCODER, steps=2)
    text.train(data.sayings, data.tags, made.text, TEXT, steps=2)
    encode(batches_of(data), made.autoencoder / "vae", made.latents)
    denoiser.train(open_latents(made.latents), made.text, made.denoiser, DENOISER, steps=2)
    guide.train(open_latents(made.latents), made.text, made.denoiser, made.guide, GUIDE, steps=120)
    decoder.train(data, made.latents / "vae", made.decoder, DECODER, steps=2)
    refiner.train(data, made.decoder / "vae", made.refiner, REFINER, steps=2)
    write_shards(made.wide, 2, 0, height=256, width=512)
    upscaler.train(open_shards(made.wide), made.decoder / "vae", made.upscaler, UPSCALER, steps=2)
    return made
