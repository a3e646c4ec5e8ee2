"""Before the decoder's stage: a network that reads depth from colour, so that the two can be held to each other.

The decoder is told by it where what it paints contradicts itself (`training.decoder`). It is of the kind that models
are measured with (`training.depth_reference`), and shares neither worlds nor weights with that one. The run's folder
holds ``reader.safetensors``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.depth_curve import Curve
from ldm3d_web.training.depth_reference import DepthReference
from ldm3d_web.training.judge import SIZE
from ldm3d_web.training.losses import LOG_DISTANCE, MOST_RELATIVE, relative_error
from ldm3d_web.training.optimizer import MuonAndAdamW
from ldm3d_web.training.run import Run, check_budget
from ldm3d_web.training.source import Source, bend

FILE = "reader.safetensors"


@dataclass(frozen=True)
class ReaderPlan:
    """Rates of the reader's training."""

    batch: int = 12  # whole panoramas, at 256x128
    learning_rate: float = 4e-3
    warmup_steps: int = 50


PRESETS = {"cpu": ReaderPlan(), "gpu": ReaderPlan(batch=64)}


def train(
    source: Source,
    out: Path,
    plan: ReaderPlan,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) a reader in folder ``out``; returns its run, finished or stopped."""
    from safetensors.torch import save_file

    check_budget(minutes, steps)
    torch.manual_seed(seed)
    reader = DepthReference().to(device).train()
    optimizer = MuonAndAdamW(reader, plan.learning_rate)
    run = Run(out, {"reader": reader, "optimizer": optimizer}, minutes=minutes, steps=steps, seed=seed)
    for _ in run.steps():
        picture = source.windows(plan.batch, source.height, source.width, run.generator).to(device)
        small = shrunk(bend(picture, LOG_DISTANCE))
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            read = reader(small[:, :3])
        loss = functional.l1_loss(read.float(), small[:, 3:])
        optimizer.set_rate(run.learning_rate(plan.learning_rate, plan.warmup_steps))
        reader.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        run.log(loss=loss.detach())
    save_file(reader.state_dict(), Path(out) / FILE)
    return run


def load(folder: Path, device: str = "cpu") -> DepthReference:
    """The reader in a run's folder. Raises InvalidInput where there is none."""
    from safetensors.torch import load_file

    file = Path(folder) / FILE
    if not file.is_file():
        raise InvalidInput(f"No reader of depth in {folder}: train one with the command `train reader` first.")
    reader = DepthReference()
    reader.load_state_dict(load_file(file))
    return reader.to(device).eval().requires_grad_(False)


def disagreement(reader: DepthReference, painted: Tensor, curve: Curve, shift: tuple[int, int] = (0, 0)) -> Tensor:
    """How far depth lies from what the reader reads in the colours of pictures (B, 4, H, W): a mean of |d' - d| / d.

    The fourth channel carries depth by ``curve``; it alone is pushed, not the colours. The reader looks at a part of
    the pixels; ``shift`` (rows, columns) says which, so that in the long run all of them are.
    """
    moved = shrunk(painted.roll(shift, (2, 3)))
    with torch.no_grad():
        read = LOG_DISTANCE.straighten(((reader(moved[:, :3]) + 1) / 2).clamp(0, 1))
        wanted = curve.bend(read) * 2 - 1
    return relative_error(moved[:, 3:], wanted, curve).clamp(max=MOST_RELATIVE).mean()


def shrunk(pictures: Tensor) -> Tensor:
    """(B, 4, H, W) as (B, 4, 128, 256): colours averaged, depth picked, since between near and far nothing is."""
    side = pictures.shape[-2] // SIZE[0]
    if side <= 1:
        return functional.interpolate(pictures, SIZE)
    picked = pictures[:, 3:, side // 2 :: side, side // 2 :: side]
    return torch.cat([functional.avg_pool2d(pictures[:, :3], side), picked], dim=1)
