"""From a sentence to a kept scene: python -m bench.generate [--rounds 3] [--steps N] [--model mini]

A server process as users start it, model already loaded, one scene after another through the REST API. Seconds by stage
are the server's own, from the manifests; the peak of its memory is the kernel's (VmHWM, Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
import urllib.request
from typing import Any

from bench._serving import Server

STAGES = ("painting", "decoding", "meshing")
PROMPT = "a calm lake at dawn, snowy mountains, pine trees"


def paint(server: Server, request: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """Seconds from the request to the scene's event, and the scene's manifest."""
    start = time.perf_counter()
    body = json.dumps(request).encode()
    asked = urllib.request.Request(f"{server.url}/api/generate", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        job = json.load(answer)["job"]
    name = ""
    with urllib.request.urlopen(f"{server.url}/api/jobs/{job}") as events:
        for raw in events:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and name in ("scene", "error"):
                data = json.loads(line.removeprefix("data: "))
    seconds = time.perf_counter() - start
    if name != "scene":
        raise SystemExit(f"no scene: {data['message']}")
    with urllib.request.urlopen(f"{server.url}/scenes/{data['scene']}/manifest.json") as answer:
        return seconds, json.load(answer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, help="the model's own number if not given")
    parser.add_argument("--model", default="mini")
    options = parser.parse_args()

    request = {"prompt": PROMPT, "steps": options.steps}
    totals: list[float] = []
    stages: dict[str, list[float]] = {stage: [] for stage in STAGES}
    with tempfile.TemporaryDirectory() as data, Server(data, options.model) as server:
        paint(server, {**request, "steps": 1})  # loads the model, and warms the caches
        for seed in range(options.rounds):
            seconds, manifest = paint(server, {**request, "seed": seed})
            totals.append(seconds)
            for stage in STAGES:
                stages[stage].append(manifest["seconds"][stage])
        peak_mb = server.peak_mb()

    total = statistics.median(totals)
    parts = {stage: statistics.median(times) for stage, times in stages.items()}
    parts["the rest"] = max(total - sum(parts.values()), 0.0)
    size = f"{manifest['width']}x{manifest['height']}"
    print(f"{options.model} at {size}, {manifest['steps']} steps, {os.cpu_count()} cores, median of {options.rounds}")
    print(f"{'stage':<12}{'seconds':>9}{'share':>8}")
    for stage, value in parts.items():
        print(f"{stage:<12}{value:>9.2f}{value / total:>8.1%}")
    print(f"{'total':<12}{total:>9.2f}")
    print(f"peak memory of the server: {peak_mb:.0f} MB" if peak_mb else "peak memory: not known on this system")
    result = {
        "bench": "generate",
        "model": options.model,
        "size": size,
        "steps": manifest["steps"],
        "cores": os.cpu_count(),
        "total_s": round(total, 3),
        "share": {stage: round(value / total, 4) for stage, value in parts.items()},
        "peak_mb": round(peak_mb) if peak_mb else None,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
