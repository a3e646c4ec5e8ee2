"""The two networks that models are measured with, trained on renders that no model has learned from, and kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d.claims import Eye, Vocabulary
from ldm3d_web.training.depth_reference import DepthReference
from ldm3d_web.training.judge import SIZE, Judge, to_input, truth, vocabulary_of
from ldm3d_web.training.losses import LOG_DISTANCE
from ldm3d_web.training.optimizer import MuonAndAdamW
from ldm3d_web.training.renders import Renders, renders
from ldm3d_web.training.run import Run
from ldm3d_web.training.saying import mirror, turn_of
from ldm3d_web.worlds.world import Description

LEARNING_RATE = 4e-3
FIRST_SEED = 30_000_000  # of the worlds that the references learn from; nothing else uses these


@dataclass(frozen=True)
class References:
    """What models are measured with."""

    judge: Judge
    depth: DepthReference


def load_or_train(
    folder: Path,
    *,
    worlds: int = 2000,
    steps: int = 1500,
    device: str = "cpu",
    batch: int = 12,
    workers: int = 0,
    bfloat16: bool = False,
) -> References:
    """The references in a folder; where there are none yet, or only half trained ones, they are trained there."""
    folder = Path(folder)
    if not (folder / "depth.safetensors").is_file():
        _train(
            folder,
            renders(FIRST_SEED, worlds, SIZE[0], device=device, workers=workers, keep=folder),
            steps,
            device,
            batch,
            bfloat16,
        )
    return load(folder, device)


def load(folder: Path, device: str = "cpu") -> References:
    """The references in a folder. Raises InvalidInput where there are none."""
    from safetensors.torch import load_file

    file = Path(folder) / "vocabulary.json"
    if not file.is_file():
        raise InvalidInput(f"There are no references in {folder}.")
    judge, depth = Judge(Vocabulary(**json.loads(file.read_text()))), DepthReference()
    judge.load_state_dict(load_file(Path(folder) / "judge.safetensors"))
    depth.load_state_dict(load_file(Path(folder) / "depth.safetensors"))
    return References(judge.to(device).eval(), depth.to(device).eval())


def _train(folder: Path, data: Renders, steps: int, device: str, batch: int, bfloat16: bool) -> None:
    from safetensors.torch import save_file

    vocabulary = vocabulary_of(data.descriptions)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.json").write_text(json.dumps(asdict(vocabulary), indent=1))
    torch.manual_seed(0)
    batch = min(batch, len(data.rgb))
    for name, network in (("judge", Judge(vocabulary)), ("depth", DepthReference())):
        network.to(device).train()
        optimizer = MuonAndAdamW(network, LEARNING_RATE, own_way=("thing.", "word."))  # the judge's last layers
        run = Run(folder / name, {"model": network, "optimizer": optimizer}, steps=steps)
        for _ in run.steps():
            pictures, depth, described = _batch(data, batch, run.generator, device)
            with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
                if isinstance(network, Judge):
                    loss = eye_loss(network, pictures, described)
                else:
                    loss = functional.l1_loss(network(pictures), depth)
            optimizer.set_rate(run.learning_rate(LEARNING_RATE, 50))
            network.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            run.log(loss=loss.detach())
        if not run.finished:
            raise KeyboardInterrupt
        save_file(network.state_dict(), folder / f"{name}.safetensors")


def eye_loss(eye: Eye, pictures: Tensor, described: list[tuple[Description, float]]) -> Tensor:
    """Of pictures (B, C, H, W) whose worlds are described and turned by radians."""
    words, things, sides, _ = eye(pictures)
    wanted = [truth(eye.vocabulary, description, turn_rad) for description, turn_rad in described]
    classes = torch.tensor([each[0] for each in wanted], device=pictures.device)
    present, where = (torch.stack(each).to(pictures.device) for each in list(zip(*wanted, strict=True))[1:])
    loss = pictures.new_zeros(())
    for number, logits in enumerate(words.values()):
        wrong = functional.cross_entropy(logits, classes[:, number], ignore_index=-1, reduction="sum")
        loss = loss + wrong / len(pictures)
    loss = loss + 10 * functional.binary_cross_entropy_with_logits(things, present)
    return loss + 10 * functional.binary_cross_entropy_with_logits(sides, where)


def _batch(
    data: Renders, count: int, generator: torch.Generator, device: str
) -> tuple[Tensor, Tensor, list[tuple[Description, float]]]:
    """Worlds turned and mirrored; their colours softened and shifted a little, as a painter's are, for robustness."""
    width = data.rgb.shape[2]
    chosen, turns, mirrored = (
        torch.randint(bound, (count,), generator=generator).tolist() for bound in (len(data.rgb), width, 2)
    )
    flips = [slice(None, None, -1 if flip else 1) for flip in mirrored]
    rgb = np.stack([np.roll(data.rgb[i][:, f], t, 1) for i, f, t in zip(chosen, flips, turns, strict=True)])
    depth = np.stack([np.roll(data.disparity[i][:, f], t, 1) for i, f, t in zip(chosen, flips, turns, strict=True)])
    described = [
        (mirror(data.descriptions[i]) if flip else data.descriptions[i], turn_of(turn, width))
        for i, flip, turn in zip(chosen, mirrored, turns, strict=True)
    ]
    pictures = to_input(rgb)
    softness = torch.rand(count, 1, 1, 1, generator=generator)
    blurred = functional.interpolate(functional.avg_pool2d(pictures, 2), scale_factor=2.0, mode="bilinear")
    pictures = torch.lerp(pictures, blurred, softness)
    pictures = pictures + 0.05 * torch.randn(count, 3, 1, 1, generator=generator)
    pictures = pictures + 0.03 * torch.randn(pictures.shape, generator=generator)
    carried = LOG_DISTANCE.bend(torch.from_numpy(depth))[:, None] * 2 - 1
    return pictures.to(device), carried.to(device), described
