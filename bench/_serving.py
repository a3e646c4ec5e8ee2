"""A server process for the benches: started as users start it, ended with the block."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path


class Server:
    """`python -m ldm3d_web serve` on a free port; `url` once it says that it is ready."""

    def __init__(self, data: str, model: str):
        settings = {"LDM3D_PORT": "0", "LDM3D_DATA": data, "LDM3D_MODEL": model}
        command = [sys.executable, "-m", "ldm3d_web", "serve"]
        self._process = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if found := re.search(r"url=\S*?(http://[\d.:]+)", line):
                self.url = found[1]
                return
        raise SystemExit("the server did not start")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(60)

    def peak_mb(self) -> float | None:
        """The most memory it has used so far, in megabytes, where the kernel tells."""
        status = Path(f"/proc/{self._process.pid}/status")
        if not status.exists():
            return None
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(found[1]) / 1024 if found else None
