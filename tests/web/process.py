"""The server as its own process, as users start it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """A running server: where it is, a client for it, and how to end it."""

    def __init__(self, data: Path, model: str, **settings: Any):
        given = {"PORT": 0, "DATA": data, "MODEL": model, "STARTERS": 0, **settings}
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **{f"LDM3D_{n}": str(v) for n, v in given.items()}}
        command = [sys.executable, "-m", "ldm3d_web", "serve"]
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        while not (found := re.search(r"url=\S*?(http://[\d.:]+)", "".join(self.log))):
            assert self._process.poll() is None, "".join(self.log)
            time.sleep(0.05)
        self.url = found[1]
        self.client = httpx.Client(base_url=self.url, timeout=240)
        assert self.client.get("/healthz").json()["ok"]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal, once, and wait; the exit code."""
        self.client.close()
        if self._process.poll() is None:
            self._process.send_signal(how)
        return self._process.wait(120)

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line)


@contextmanager
def started(data: Path, model: str, **settings: Any) -> Iterator[Process]:
    """A server that ends with the block, however that ends."""
    process = Process(data, model, **settings)
    try:
        yield process
    finally:
        process.end(signal.SIGKILL)
