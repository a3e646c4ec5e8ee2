"""``train …``: the model's own kitchen, stage by stage. See docs/model.md for the recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ldm3d_web.errors import InvalidInput

app = typer.Typer(help="Make ldm3d-mini: worlds, text encoder, autoencoder, denoiser, export.", no_args_is_help=True)

Out = Annotated[Path, typer.Option(help="Folder to write to; run again with the same folder to go on.")]
ShardsIn = Annotated[Path, typer.Option(help="Folder of rendered worlds (train shards).")]
Minutes = Annotated[
    float, typer.Option(min=0.01, help="Training time in all, earlier parts of a resumed run included.")
]
Threads = Annotated[int, typer.Option(min=1, help="CPU threads.")]
Widths = Annotated[str, typer.Option(help="Channels of each block, from the finest to the coarsest.")]
Device = Annotated[str, typer.Option(help="cpu or cuda.")]
Bfloat16 = Annotated[bool, typer.Option(help="Mixed precision: on GPUs and on CPUs with AVX-512 BF16.")]


@app.command("shards")
def shards_command(
    out: Out,
    count: Annotated[int, typer.Option(min=1, help="How many worlds.")],
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first world.")] = 0,
    height: Annotated[int, typer.Option(min=16, help="Pixels; the width is twice that.")] = 256,
    supersample: Annotated[int, typer.Option(min=1, max=4, help="Rays a pixel in each direction.")] = 1,
    batch: Annotated[int, typer.Option(min=1, help="Worlds rendered at once.")] = 8,
    threads: Threads = 1,
) -> None:
    """Render worlds with their captions and labels to disk."""
    import torch

    from ldm3d_web.training.shards import write_shards

    torch.set_num_threads(threads)
    write_shards(
        out, count, first_seed, height=height, width=2 * height, supersample=supersample, batch=batch,
        on_shard=lambda done, count: print(f"{done} of {count} worlds", flush=True),
    )  # fmt: skip


@app.command("autoencoder")
def autoencoder_command(
    shards: ShardsIn,
    out: Out,
    minutes: Minutes,
    latent_channels: Annotated[int, typer.Option(min=1)] = 12,
    batch: Annotated[int, typer.Option(min=1, help="Crops a step.")] = 16,
    widths: Widths = "16,32,64,96,128",
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Stage one: the autoencoder for colour and disparity."""
    import torch

    from ldm3d_web.training import autoencoder
    from ldm3d_web.training.shards import open_shards

    torch.set_num_threads(threads)
    plan = autoencoder.AutoencoderPlan(widths=_numbers(widths), latent_channels=latent_channels, batch=batch)
    autoencoder.train(open_shards(shards), out, plan, minutes=minutes, device=device, bfloat16=bfloat16)


@app.command("text")
def text_command(
    shards: ShardsIn,
    out: Out,
    minutes: Minutes = 6,
    more: Annotated[int, typer.Option(min=0, help="Further worlds, read but not rendered.")] = 8000,
    threads: Threads = 2,
    device: Device = "cpu",
) -> None:
    """The vocabulary and the text encoder, from captions alone."""
    import torch

    from ldm3d_web.training import text
    from ldm3d_web.training.shards import open_shards

    torch.set_num_threads(threads)
    data = open_shards(shards)
    captions, tags = text.more_worlds(more, first_seed=10_000_000)
    text.train(data.captions + captions, data.tags + tags, out, text.TextPlan(), minutes=minutes, device=device)


@app.command("encode")
def encode_command(
    shards: ShardsIn,
    autoencoder: Annotated[Path, typer.Option(help="Folder of a trained autoencoder (train autoencoder).")],
    out: Out,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Every world as latents, for the denoiser."""
    import torch

    from ldm3d_web.training.latents import encode
    from ldm3d_web.training.shards import open_shards

    torch.set_num_threads(threads)
    encode(open_shards(shards), autoencoder / "vae", out, device=device, bfloat16=bfloat16)


@app.command("decoder")
def decoder_command(
    shards: ShardsIn,
    latents: Annotated[Path, typer.Option(help="Folder of latents (train encode), whose autoencoder is taken.")],
    out: Out,
    minutes: Minutes,
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """The decoder alone, on frozen latents with a little noise: beside or after the denoiser."""
    import torch

    from ldm3d_web.training import decoder
    from ldm3d_web.training.shards import open_shards

    torch.set_num_threads(threads)
    plan = decoder.DecoderPlan()
    decoder.train(open_shards(shards), latents / "vae", out, plan, minutes=minutes, device=device, bfloat16=bfloat16)


@app.command("denoiser")
def denoiser_command(
    latents: Annotated[Path, typer.Option(help="Folder of latents (train encode).")],
    text: Annotated[Path, typer.Option(help="Folder of a trained text encoder (train text).")],
    out: Out,
    minutes: Minutes,
    batch: Annotated[int, typer.Option(min=1, help="Panoramas a step.")] = 16,
    widths: Widths = "96,160,192",
    threads: Threads = 2,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Stage two: the denoiser, on latents and sentences."""
    import torch

    from ldm3d_web.training import denoiser
    from ldm3d_web.training.latents import open_latents

    torch.set_num_threads(threads)
    plan = denoiser.DenoiserPlan(widths=_numbers(widths), batch=batch)
    denoiser.train(open_latents(latents), text, out, plan, minutes=minutes, device=device, bfloat16=bfloat16)


@app.command("export")
def export_command(
    latents: Annotated[Path, typer.Option(help="Folder of latents (train encode): the autoencoder is taken from it.")],
    text: Annotated[Path, typer.Option(help="Folder of a trained text encoder (train text).")],
    denoiser: Annotated[Path, typer.Option(help="Folder of a trained denoiser (train denoiser).")],
    out: Out,
) -> None:
    """The trained parts as one model folder, in half precision."""
    from ldm3d_web.training.export import export

    export(latents, text, denoiser, out)
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


def evaluate_command(
    model: Annotated[str, typer.Option(help="A model's name or folder.")],
    shards: ShardsIn,
    held_out: Annotated[Path, typer.Option(help="Worlds that nothing was trained on, in their own folder of shards.")],
    each: Annotated[int, typer.Option(min=1, help="Pictures a sentence.")] = 1,
    steps: Annotated[int | None, typer.Option(help="Denoising steps; the model's own if not given.")] = None,
    guidance: Annotated[float | None, typer.Option(help="How hard to follow the sentence.")] = None,
    judge_steps: Annotated[int, typer.Option(min=1, help="Training steps of the judge.")] = 1500,
    sheet: Annotated[Path | None, typer.Option(help="PNG of everything that was painted.")] = None,
    threads: Threads = 2,
    device: Device = "cpu",
) -> None:
    """Measure a model: the autoencoder, and what an independent judge finds in its pictures."""
    import json
    from dataclasses import asdict

    import torch

    from ldm3d_web.ldm3d import checkpoint
    from ldm3d_web.training import attributes, evaluate, sheets
    from ldm3d_web.training.shards import open_shards

    torch.set_num_threads(threads)
    unseen = open_shards(held_out)
    pipeline = checkpoint.load(model, device=device)
    kept = evaluate.reconstruction(unseen, pipeline.vae)
    judge = attributes.train_judge(open_shards(shards), steps=judge_steps)
    painting, pictures = evaluate.painting(pipeline, judge, unseen, each=each, steps=steps, guidance=guidance)
    if sheet:
        sheets.write_png(sheet, sheets.sheet([(rgbd.rgb, rgbd.disparity) for _, rgbd in pictures], columns=6))
    print(evaluate.table(kept, painting))
    print(json.dumps({"model": model, **asdict(kept), **asdict(painting)}))


def _numbers(text: str) -> tuple[int, ...]:
    """Reads "16,32" as (16, 32). Raises InvalidInput for anything else."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput(f"--widths takes whole numbers with commas between, as in 16,32,64, not {text!r}.") from None


if __name__ == "__main__":
    app()
