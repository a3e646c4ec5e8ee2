"""A training run: its budget, its clock, its checkpoint and its log.

A run lives in a folder: ``checkpoint.pt`` (networks, optimizer, averages, step, clock, random state), ``log.csv`` and
whatever the stage draws. It can be killed at any time and started again with the same command; the clock goes on where
it stood, so the learning rate still ends near zero after the planned minutes. With a budget in steps instead of
minutes a run does not depend on time at all: stopped and resumed, it gives the same weights as in one go.
"""

from __future__ import annotations

import csv
import math
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import torch

from ldm3d_web.errors import InvalidInput


class Stateful(Protocol):
    """Whatever can be written to a checkpoint: modules, optimizers, averages."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> Any: ...


def check_budget(minutes: float | None, steps: int | None) -> None:
    """Raises InvalidInput unless one of the two is given and above 0. Stages ask before they prepare anything."""
    if (minutes is None) == (steps is None) or (minutes or steps or 0) <= 0:
        raise InvalidInput("A training run needs a budget: minutes or steps, one of them, above 0.")


class Run:
    """One stage's training: iterate over `steps`, call `log` now and then.

    Exactly one of ``minutes`` and ``steps`` is the budget; ``progress`` goes from 0 to 1 as it is spent. All of a
    stage's randomness must come from ``generator`` (a CPU generator), which is part of the checkpoint.
    """

    def __init__(
        self,
        folder: Path,
        parts: dict[str, Stateful],
        *,
        minutes: float | None = None,
        steps: int | None = None,
        seed: int = 0,
        save_every_s: float = 120.0,
    ) -> None:
        check_budget(minutes, steps)
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.parts = parts
        self.minutes, self.max_steps = minutes, steps
        self.step, self.seconds = 0, 0.0
        self.generator = torch.Generator().manual_seed(seed)
        self.save_every_s = save_every_s
        self._stopped = False
        self._logged = (-math.inf, 0, 0.0)
        self._resume()

    @property
    def progress(self) -> float:
        """Spent part of the budget, 0 to 1."""
        spent = self.step / self.max_steps if self.max_steps else self.seconds / (60 * (self.minutes or 1))
        return min(1.0, spent)

    @property
    def finished(self) -> bool:
        """True when the budget is spent; False after a stop by signal, to be resumed."""
        return self.progress >= 1

    def learning_rate(self, peak: float, warmup_steps: int) -> float:
        """Linear warm-up by steps, then a half cosine down to 1 % of the peak at the end of the budget."""
        warm = min(1.0, (self.step + 1) / warmup_steps)
        return peak * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress)))

    def noise(self, like: torch.Tensor) -> torch.Tensor:
        """Normal noise of that shape, type and device, drawn where it is needed from a seed of ``generator``."""
        seed = int(torch.randint(2**62, (), generator=self.generator))
        generator = torch.Generator(like.device).manual_seed(seed)
        return torch.randn(like.shape, generator=generator, device=like.device, dtype=like.dtype)

    def steps(self) -> Iterator[int]:
        """Yields step numbers until the budget is spent or SIGTERM or SIGINT comes; saves as it goes and at the end."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        saved = time.monotonic()
        try:
            while not self.finished and not self._stopped:
                begun = time.monotonic()
                yield self.step
                self.step += 1
                self.seconds += time.monotonic() - begun
                if time.monotonic() - saved > self.save_every_s:
                    self.save()
                    saved = time.monotonic()
            self.save()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def log(self, every_s: float = 20.0, /, **numbers: float | torch.Tensor) -> None:
        """One line on stdout and one row in log.csv: step, minutes, progress, steps a second and the given numbers.

        May be called at each step: it does nothing within ``every_s`` seconds of the last line.
        """
        then, step, seconds = self._logged
        if time.monotonic() - then < every_s:
            return
        speed = (self.step - step) / (self.seconds - seconds) if self.seconds > seconds else 0.0
        self._logged = (time.monotonic(), self.step, self.seconds)
        row = {"step": self.step, "minutes": round(self.seconds / 60, 2), "progress": round(self.progress, 4)}
        row |= {name: float(f"{float(value):.5g}") for name, value in {"steps_s": speed, **numbers}.items()}
        path = self.folder / "log.csv"
        is_new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(row)
            writer.writerow(row.values())
        print("  ".join(f"{name} {value:g}" for name, value in row.items()), flush=True)

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state = {
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
            "step": self.step,
            "seconds": self.seconds,
            "random": self.generator.get_state(),
        }
        unfinished = self.folder / f".checkpoint.{os.getpid()}"
        torch.save(state, unfinished)
        os.replace(unfinished, self.folder / "checkpoint.pt")

    def _resume(self) -> None:
        path = self.folder / "checkpoint.pt"
        if not path.is_file():
            return
        state = torch.load(path, map_location="cpu", weights_only=True)
        if set(state["parts"]) != set(self.parts):
            raise InvalidInput(f"{path} is of another kind of run; choose another --out or delete it.")
        for name, part in self.parts.items():
            part.load_state_dict(state["parts"][name])
        self.step, self.seconds = state["step"], state["seconds"]
        self.generator.set_state(state["random"])
        self._logged = (-math.inf, self.step, self.seconds)
        print(f"resumed {path} at step {self.step}, {self.seconds / 60:.1f} minutes", file=sys.stderr, flush=True)

    def _stop(self, number: int, frame: object) -> None:
        self._stopped = True


class Average:
    """Exponential moving average of a module's weights (EMA), with a warm-up so that early steps are forgotten."""

    def __init__(self, module: torch.nn.Module, decay: float) -> None:
        self.module, self.decay, self.updates = module, decay, 0
        self.weights = [weight.detach().clone() for weight in module.parameters()]

    @torch.no_grad()
    def update(self) -> None:
        """Moves the average towards the module's present weights."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self.weights, list(self.module.parameters()), 1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchanges average and weights: once before looking, once after."""
        for mean, weight in zip(self.weights, self.module.parameters(), strict=True):
            kept = weight.clone()
            weight.copy_(mean)
            mean.copy_(kept)

    def state_dict(self) -> dict[str, Any]:
        """The averaged weights in the module's order, and the number of updates."""
        return {"weights": self.weights, "updates": self.updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back what `state_dict` gave, in place."""
        for mine, stored in zip(self.weights, state["weights"], strict=True):
            mine.copy_(stored)
        self.updates = state["updates"]
