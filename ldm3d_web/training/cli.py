"""``train …``: the model's own kitchen, stage by stage. See docs/model.md for the recipe."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ldm3d_web.errors import InvalidInput

if TYPE_CHECKING:
    from ldm3d_web.training.source import Source

app = typer.Typer(
    help="Make ldm3d-mini: worlds, text encoder, autoencoder, denoiser, upscaler, export.", no_args_is_help=True
)

Preset = Annotated[
    Literal["cpu", "gpu"],
    typer.Option(help="Sizes and rates: cpu for two cores, gpu for a GPU."),
]
Out = Annotated[Path, typer.Option(help="Folder to write to; run again with the same folder to go on.")]
ShardsIn = Annotated[Path, typer.Option(help="Folder of rendered worlds (train shards).")]
ShardsOrLive = Annotated[
    Path | None,
    typer.Option(help="Folder of rendered worlds (train shards); without it they are rendered as needed."),
]
Start = Annotated[
    Path | None, typer.Option(help="Folder of an earlier edition of the same shape, whose weights are the first ones.")
]
Minutes = Annotated[
    float | None, typer.Option(min=0.01, help="Training time in all, earlier parts of a resumed run included.")
]
Steps = Annotated[int | None, typer.Option(min=1, help="Training steps in all, instead of --minutes.")]
Batch = Annotated[int | None, typer.Option(min=1, help="Pictures a step; the preset's if not given.")]
Widths = Annotated[str | None, typer.Option(help="Channels of each block, from the finest to the coarsest.")]
Threads = Annotated[int, typer.Option(min=1, help="CPU threads.")]
Device = Annotated[str, typer.Option(help="cpu or cuda.")]
Bfloat16 = Annotated[bool, typer.Option(help="Mixed precision: on GPUs; slower on most CPUs.")]
Compiled = Annotated[bool, typer.Option("--compile", help="torch.compile: a minute's wait, then faster, on a GPU.")]
Supersample = Annotated[int, typer.Option(min=1, max=4, help="Rays a pixel in each direction.")]
Height = Annotated[int, typer.Option(min=16, help="Pixels of worlds rendered as needed; the width is twice that.")]


@app.command("shards")
def shards_command(
    out: Out,
    count: Annotated[int, typer.Option(min=1, help="How many worlds.")],
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first world.")] = 0,
    height: Annotated[int, typer.Option(min=16, help="Pixels; the width is twice that.")] = 256,
    supersample: Supersample = 1,
    batch: Annotated[int, typer.Option(min=1, help="Worlds rendered at once.")] = 8,
    threads: Threads = 1,
    device: Device = "cpu",
) -> None:
    """Render worlds with their descriptions and labels to disk."""
    from ldm3d_web.training.shards import write_shards

    _prepare(threads)
    write_shards(
        out, count, first_seed, height=height, width=2 * height, supersample=supersample, batch=batch, device=device,
        on_shard=lambda done, count: print(f"{done} of {count} worlds", flush=True),
    )  # fmt: skip


@app.command("text")
def text_command(
    out: Out,
    shards: Annotated[
        Path | None, typer.Option(help="Folder of rendered worlds (train shards), if their words are to be learned.")
    ] = None,
    minutes: Minutes = None,
    steps: Steps = None,
    more: Annotated[int, typer.Option(min=0, help="Further worlds, read but not rendered.")] = 3000,
    start: Start = None,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """The vocabulary and the text encoder, from captions alone."""
    from ldm3d_web.training import text
    from ldm3d_web.training.shards import open_shards

    _prepare(threads)
    sayings = text.more_worlds(more, first_seed=10_000_000, workers=os.cpu_count() or 1)
    tags: list[dict[str, Any]] = [{} for _ in sayings]
    if shards:
        data = open_shards(shards)
        sayings, tags = data.sayings + sayings, data.tags + tags
    text.train(
        sayings, tags, out, text.TextPlan(), start=start, minutes=minutes, steps=steps, device=device, bfloat16=bfloat16
    )


@app.command("autoencoder")
def autoencoder_command(
    out: Out,
    shards: ShardsOrLive = None,
    preset: Preset = "cpu",
    minutes: Minutes = None,
    steps: Steps = None,
    start: Start = None,
    latent_channels: Annotated[int | None, typer.Option(min=1)] = None,
    batch: Batch = None,
    widths: Widths = None,
    rate: Annotated[float | None, typer.Option(min=0, help="Highest learning rate.")] = None,
    height: Height = 256,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
    compiled: Compiled = False,
) -> None:
    """Stage one: the autoencoder for colour and depth."""
    from ldm3d_web.training import autoencoder

    _prepare(threads)
    plan = _plan(
        autoencoder.PRESETS[preset], widths=_numbers(widths), latent_channels=latent_channels, batch=batch,
        learning_rate=rate, warm_learning_rate=rate,
    )  # fmt: skip
    with _source(shards, height, device) as source:
        autoencoder.train(
            source, out, plan, start=start, minutes=minutes, steps=steps, device=device, bfloat16=bfloat16,
            compiled=compiled,
        )  # fmt: skip


@app.command("encode")
def encode_command(
    autoencoder: Annotated[Path, typer.Option(help="Folder of a trained autoencoder (train autoencoder).")],
    out: Out,
    shards: ShardsOrLive = None,
    worlds: Annotated[int, typer.Option(min=1, help="How many worlds are rendered, without --shards.")] = 20_000,
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first of these.")] = 0,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Render for so long at most.")] = None,
    channels: Annotated[
        int | None, typer.Option(min=1, help="Latent channels to keep, the strongest; all if not given.")
    ] = None,
    height: Height = 256,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Every world as latents, for the denoiser."""
    from ldm3d_web.training.latents import batches_of, encode, until
    from ldm3d_web.training.shards import open_shards

    _prepare(threads)
    on: dict[str, Any] = {"channels": channels, "device": device, "bfloat16": bfloat16}
    if shards:
        encode(batches_of(open_shards(shards)), autoencoder / "vae", out, **on)
        return
    with _renderer(height, device) as renderer:
        batches = until(minutes, renderer.render(range(first_seed, first_seed + worlds)))
        encode(batches, autoencoder / "vae", out, **on)


@app.command("reader")
def reader_command(
    out: Out,
    shards: ShardsOrLive = None,
    preset: Preset = "cpu",
    minutes: Minutes = None,
    steps: Steps = None,
    batch: Batch = None,
    height: Height = 256,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """A network that reads depth from colour; the decoder is told by it where the two contradict each other."""
    from ldm3d_web.training import reader

    _prepare(threads)
    plan = _plan(reader.PRESETS[preset], batch=batch)
    with _source(shards, height, device) as source:
        reader.train(source, out, plan, minutes=minutes, steps=steps, device=device, bfloat16=bfloat16)


@app.command("paint")
def paint_command(
    latents: Annotated[Path, typer.Option(help="Folder of latents (train encode), whose worlds are told of.")],
    model: Annotated[Path, typer.Option(help="Folder of a finished model (train export).")],
    out: Out,
    count: Annotated[int, typer.Option(min=1, help="How many sentences.")] = 400,
    batch: Annotated[int, typer.Option(min=1, help="How many at once.")] = 4,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Latents that a finished model paints of sentences, for the decoder to learn from."""
    from ldm3d_web.ldm3d import checkpoint
    from ldm3d_web.training import repaint
    from ldm3d_web.training.latents import open_latents

    _prepare(threads)
    sayings = open_latents(latents).sayings
    repaint.paint(checkpoint.load(str(model), device=device), sayings, count, out, batch=batch, bfloat16=bfloat16)


@app.command("decoder")
def decoder_command(
    latents: Annotated[Path, typer.Option(help="Folder of latents (train encode), whose autoencoder is taken.")],
    out: Out,
    shards: ShardsOrLive = None,
    denoiser: Annotated[Path | None, typer.Option(help="Folder of the denoiser whose latents it shall read.")] = None,
    text: Annotated[Path | None, typer.Option(help="Folder of that denoiser's text encoder.")] = None,
    painted: Annotated[Path | None, typer.Option(help="Folder of painted latents (train paint).")] = None,
    reader: Annotated[Path | None, typer.Option(help="Folder of who reads depth in these (train reader).")] = None,
    preset: Preset = "cpu",
    minutes: Minutes = None,
    steps: Steps = None,
    batch: Batch = None,
    height: Height = 256,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """The decoder alone, on latents as the denoiser leaves them, or with a little noise where there is none yet."""
    from ldm3d_web.training import decoder
    from ldm3d_web.training.reader import load
    from ldm3d_web.training.repaint import Repainter, open_painted

    if (denoiser is None) != (text is None):
        raise InvalidInput("A denoiser paints with its text encoder: give --denoiser and --text, or neither.")
    if (painted is None) != (reader is None):
        raise InvalidInput("Painted latents need one who reads depth in them: give --painted and --reader, or neither.")
    _prepare(threads)
    plan = _plan(decoder.PRESETS[preset], batch=batch)
    repaint = Repainter(denoiser, text, device) if denoiser and text else None
    held = decoder.Held(open_painted(painted), load(reader, device)) if painted and reader else None
    with _source(shards, height, device) as source:
        decoder.train(
            source, latents / "vae", out, plan, repaint=repaint, held=held, minutes=minutes, steps=steps, device=device,
            bfloat16=bfloat16,
        )  # fmt: skip


@app.command("refiner")
def refiner_command(
    model: Annotated[Path, typer.Option(help="Folder of a finished model (train export) whose pictures it refines.")],
    out: Out,
    shards: ShardsOrLive = None,
    preset: Preset = "cpu",
    minutes: Minutes = None,
    steps: Steps = None,
    start: Start = None,
    batch: Batch = None,
    height: Height = 256,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """The refiner: it sets decoded pictures right, their depth by their colours above all."""
    from ldm3d_web.training import refiner
    from ldm3d_web.training.repaint import Repainter

    _prepare(threads)
    plan = _plan(refiner.PRESETS[preset], batch=batch)
    repaint = Repainter(model, model, device)
    with _source(shards, height, device) as source:
        refiner.train(
            source, model / "vae", out, plan, repaint=repaint, start=start, minutes=minutes, steps=steps, device=device,
            bfloat16=bfloat16,
        )  # fmt: skip


@app.command("denoiser")
def denoiser_command(
    latents: Annotated[Path, typer.Option(help="Folder of latents (train encode).")],
    text: Annotated[Path, typer.Option(help="Folder of a trained text encoder (train text).")],
    out: Out,
    preset: Preset = "cpu",
    minutes: Minutes = None,
    steps: Steps = None,
    start: Start = None,
    batch: Batch = None,
    widths: Widths = None,
    rate: Annotated[float | None, typer.Option(min=0, help="Highest learning rate.")] = None,
    prediction: Annotated[
        Literal["v_prediction", "sample"] | None,
        typer.Option(help="What it tells: velocity, or clean latents."),
    ] = None,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
    compiled: Compiled = False,
) -> None:
    """Stage two: the denoiser, on latents and sentences."""
    from ldm3d_web.training import denoiser
    from ldm3d_web.training.latents import open_latents

    _prepare(threads)
    plan = _plan(
        denoiser.PRESETS[preset], widths=_numbers(widths), batch=batch, learning_rate=rate, prediction=prediction
    )
    denoiser.train(
        open_latents(latents), text, out, plan, start=start, minutes=minutes, steps=steps, device=device,
        bfloat16=bfloat16, compiled=compiled,
    )  # fmt: skip


@app.command("guide")
def guide_command(
    latents: Annotated[Path, typer.Option(help="Folder of latents (train encode).")],
    text: Annotated[Path, typer.Option(help="Folder of a trained text encoder (train text).")],
    denoiser: Annotated[Path, typer.Option(help="Folder of the denoiser that it is for (train denoiser).")],
    out: Out,
    preset: Preset = "cpu",
    minutes: Minutes = None,
    steps: Steps = None,
    batch: Batch = None,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """The guide: it hears what sentences claim, and sees whether latents have it."""
    from ldm3d_web.training import guide
    from ldm3d_web.training.latents import open_latents

    _prepare(threads)
    plan = _plan(guide.PRESETS[preset], batch=batch)
    guide.train(
        open_latents(latents), text, denoiser, out, plan, minutes=minutes, steps=steps, device=device, bfloat16=bfloat16
    )


@app.command("upscaler")
def upscaler_command(
    autoencoder: Annotated[Path, typer.Option(help="Folder with the model's autoencoder in vae/, for soft pictures.")],
    out: Out,
    shards: ShardsOrLive = None,
    preset: Preset = "cpu",
    minutes: Minutes = None,
    steps: Steps = None,
    start: Start = None,
    batch: Batch = None,
    height: Height = 1024,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """The upscaler: shards four times as wide as the model's pictures (--height 1024), and the soft side of each."""
    from ldm3d_web.training import upscaler

    _prepare(threads)
    plan = _plan(upscaler.PRESETS[preset], batch=batch)
    with _source(shards, height, device) as source:
        upscaler.train(
            source, autoencoder / "vae", out, plan, start=start, minutes=minutes, steps=steps, device=device,
            bfloat16=bfloat16,
        )  # fmt: skip


@app.command("export")
def export_command(
    latents: Annotated[Path, typer.Option(help="Folder of latents (train encode): the autoencoder is taken from it.")],
    text: Annotated[Path, typer.Option(help="Folder of a trained text encoder (train text).")],
    denoiser: Annotated[Path, typer.Option(help="Folder of a trained denoiser (train denoiser).")],
    out: Out,
    decoder: Annotated[
        Path | None, typer.Option(help="Folder of a decoder trained on (train decoder), in place of the latents' own.")
    ] = None,
    decoder_share: Annotated[
        float, typer.Option(help="How far to go towards that decoder: 0.6 keeps its edges without their rims.")
    ] = 1.0,
    upscaler: Annotated[Path | None, typer.Option(help="Folder of a trained upscaler (train upscaler).")] = None,
    guide: Annotated[Path | None, typer.Option(help="Folder of a trained guide (train guide).")] = None,
    refiner: Annotated[Path | None, typer.Option(help="Folder of a trained refiner (train refiner).")] = None,
) -> None:
    """The trained parts as one model folder, in half precision."""
    from ldm3d_web.training.export import export

    export(
        latents, text, denoiser, out, decoder=decoder, decoder_share=decoder_share, upscaler=upscaler, guide=guide,
        refiner=refiner,
    )  # fmt: skip
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {size / 1e6:.1f} MB")


@app.command("sample")
def sample_command(
    prompts: Annotated[list[str], typer.Argument(help="Sentences to paint.")],
    model: Annotated[str, typer.Option(help="A model's name or folder.")],
    out: Annotated[Path, typer.Option(help="PNG to write: colour over depth for each sentence.")],
    seed: Annotated[int, typer.Option(help="Seed of the first picture; the next ones count up.")] = 0,
    steps: Annotated[int | None, typer.Option(help="Denoising steps; the model's own if not given.")] = None,
    guidance: Annotated[float | None, typer.Option(help="How hard to follow the sentence.")] = None,
    columns: Annotated[int, typer.Option(min=1, help="Pictures in a row.")] = 3,
    threads: Threads = 2,
    device: Device = "cpu",
) -> None:
    """Paint sentences with a finished model, on one contact sheet."""
    import torch

    from ldm3d_web.ldm3d import checkpoint
    from ldm3d_web.training import sheets

    torch.set_num_threads(threads)
    pipeline = checkpoint.load(model, device=device)
    pictures = []
    for number, prompt in enumerate(prompts):
        rgbd = pipeline(prompt, seed=seed + number, steps=steps, guidance=guidance)
        pictures.append((rgbd.rgb, rgbd.disparity))
        print(f"{number + 1} of {len(prompts)}: {prompt}", flush=True)
    sheets.write_png(out, sheets.sheet(pictures, columns))


def _prepare(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)


def _plan(preset: Any, **changes: Any) -> Any:
    """The preset with what was given on the command line in its place."""
    return replace(preset, **{name: value for name, value in changes.items() if value is not None})


@contextmanager
def _source(shards: Path | None, height: int, device: str) -> Iterator[Source]:
    """The shards of a folder; without one, worlds rendered as they are needed, as many as 4 GB hold."""
    from ldm3d_web.training.live import LiveWorlds
    from ldm3d_web.training.shards import open_shards

    if shards:
        yield open_shards(shards)
        return
    room = 4 * 2**30 if device.startswith("cuda") else 2**27
    with LiveWorlds(_renderer(height, device), pool=max(8, room // (14 * height**2))) as worlds:
        yield worlds


def _renderer(height: int, device: str) -> Any:
    from ldm3d_web.training.live import Renderer

    # Beside a GPU nearly all cores are free to render on it; two are needed for everything else.
    workers = max(1, (os.cpu_count() or 3) - 2) if device.startswith("cuda") else 0
    return Renderer(height, batch=min(8, max(1, 8 * 256**2 // height**2)), workers=workers, device=device)


def _numbers(text: str | None) -> tuple[int, ...] | None:
    """Reads "16,32" as (16, 32). Raises InvalidInput for anything else."""
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput(f"--widths takes whole numbers with commas between, as in 16,32,64, not {text!r}.") from None


if __name__ == "__main__":
    app()
