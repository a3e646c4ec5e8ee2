"""``evaluate``: a model by the paper's protocol, each measure beside what renders get and beside another model."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ldm3d_web.errors import InvalidInput
from ldm3d_web.files import make_folder, write_whole

if TYPE_CHECKING:
    from ldm3d_web.training.evaluate import HeldOut, Measures
    from ldm3d_web.training.references import References

STEPS = (5, 10, 15, 25, 50)
GUIDANCES = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0)


def evaluate_command(
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "mini",
    out: Annotated[
        Path, typer.Option(help="Folder for the results and for what was painted; a second run goes on.")
    ] = Path("out/evaluate"),
    references: Annotated[
        Path, typer.Option(help="Folder of the networks that measure; they are trained there if it is empty.")
    ] = Path("out/references"),
    samples: Annotated[int, typer.Option(min=2, help="Captions to paint.")] = 1000,
    beside: Annotated[list[str] | None, typer.Option(help="Another model to measure in the same way.")] = None,
    steps: Annotated[int | None, typer.Option(help="Denoising steps; the model's own if not given.")] = None,
    guidance: Annotated[float | None, typer.Option(help="How hard to follow the sentence.")] = None,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Steps and guidance against the measures, and no more.")
    ] = False,
    batch: Annotated[int, typer.Option(min=1, help="Pictures painted at once: more on a GPU.")] = 1,
    reference_worlds: Annotated[int, typer.Option(min=2, help="Worlds that the references learn from.")] = 2000,
    reference_steps: Annotated[int, typer.Option(min=1, help="Training steps of each reference.")] = 1500,
    wide_worlds: Annotated[int, typer.Option(min=1, help="Worlds rendered four times as wide, for the upscaler.")] = 12,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 2,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    bfloat16: Annotated[
        bool,
        typer.Option(help="References are trained, and the U-Net paints, in mixed precision: slower on most CPUs."),
    ] = False,
) -> None:
    """Measure a model: what its sentences said, how real it looks, its depth, its parts, its seam, its time."""
    import torch

    from ldm3d_web.ldm3d import registry
    from ldm3d_web.training import evaluate, report
    from ldm3d_web.training import references as referring

    torch.set_num_threads(threads)
    names = [model, *(beside or [])]
    for name in names:  # what is not there is told before hours are spent
        registry.resolve(name)
    workers = threads if device == "cpu" else max(1, (os.cpu_count() or 3) - 2)
    on: dict[str, Any] = {"device": device, "workers": workers}
    measuring = referring.load_or_train(
        references, worlds=reference_worlds, steps=reference_steps, bfloat16=bfloat16, **on
    )
    worlds = evaluate.held_out(samples, keep=references, **on)
    floors = evaluate.floors(measuring, worlds)
    make_folder(out)
    asked: dict[str, Any] = {"steps": steps, "guidance": guidance, "batch": batch, "bfloat16": bfloat16}
    if ablate:
        rows = _ablation(model, measuring, worlds, floors, out, device, batch, bfloat16)
        _write(out / "ablation.json", rows)
        write_whole(out / "ablation.svg", report.ablation_plot(rows).encode())
        write_whole(out / "ablation.md", report.ablation_table(rows).encode())
        print(report.ablation_table(rows))
        return
    rendering = {**on, "keep": references}
    found = {
        _short(name): _measure(name, measuring, worlds, floors, out, wide_worlds, asked, rendering) for name in names
    }
    result = {"samples": samples, "renders": floors, "models": found}
    _write(out / "results.json", result)
    write_whole(out / "results.md", report.table(found, floors).encode())
    print(report.table(found, floors))
    print(json.dumps(result))


def _measure(
    name: str,
    references: References,
    worlds: HeldOut,
    floors: Measures,
    out: Path,
    wide_worlds: int,
    asked: dict[str, Any],
    rendering: dict[str, Any],
) -> Measures:
    from ldm3d_web.ldm3d import checkpoint
    from ldm3d_web.training import evaluate, report
    from ldm3d_web.training.renders import renders

    pipeline = checkpoint.load(name, device=rendering["device"])
    samples = len(worlds.sentences)
    found = evaluate.painting(pipeline, references, worlds, out / _short(name), **asked)
    height = pipeline.defaults.height
    plain = renders(evaluate.FIRST_SEED, min(96, samples), height, **rendering)
    found |= evaluate.reconstruction(plain, pipeline)
    if pipeline.upscaler is not None:
        wide = renders(evaluate.FIRST_SEED, min(wide_worlds, samples), 4 * height, **rendering)
        for kind, values in evaluate.enlarging(wide, pipeline.upscaler).items():
            found |= {f"{kind} {measure}": value for measure, value in values.items()}
    found |= evaluate.seconds_a_picture(pipeline, worlds.sentences[:9]) | evaluate.megabytes(pipeline)
    return report.relate(found, floors)


def _ablation(
    model: str,
    references: References,
    worlds: HeldOut,
    floors: Measures,
    out: Path,
    device: str,
    batch: int,
    bfloat16: bool,
) -> list[dict[str, float]]:
    """Steps with the model's own guidance, and guidance with its own steps, then the corners between."""
    from ldm3d_web.ldm3d import checkpoint
    from ldm3d_web.training import evaluate, report

    pipeline = checkpoint.load(model, device=device)
    own = pipeline.defaults
    pairs = sorted({*((count, own.guidance) for count in STEPS), *((own.steps, scale) for scale in GUIDANCES)})
    rows = []
    for count, scale in pairs:
        folder = out / _short(model) / "ablation"
        found = evaluate.painting(
            pipeline,
            references,
            worlds,
            folder,
            steps=count,
            guidance=scale,
            batch=batch,
            bfloat16=bfloat16,
            diversity=False,
        )
        rows.append({"steps": float(count), "guidance": float(scale), **report.relate(found, floors)})
        print(f"{count} steps, guidance {scale:g}: {rows[-1]['share all']:.3f} of the claims", flush=True)
    return rows


def _short(name: str) -> str:
    short = Path(name).name
    if not short:
        raise InvalidInput(f"A model's folder needs a name, which {name!r} has not.")
    return short


def _write(file: Path, value: Any) -> None:
    write_whole(file, (json.dumps(value, indent=1) + "\n").encode())
