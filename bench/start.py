"""From the command to the first page: python -m bench.start [--rounds 3]

Each round starts a server process on an empty data folder and asks for the page. The ratio compares with a bare Python
interpreter that starts and ends, in the same run; the first round may be the one that fills the disk cache.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from bench._serving import Server


def bare() -> float:
    """Seconds of an interpreter that does nothing."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - start


def first_page() -> float:
    """Seconds from starting the process to the last byte of the page."""
    with tempfile.TemporaryDirectory() as data:
        start = time.perf_counter()
        with Server(data, "mini") as server:
            with urllib.request.urlopen(server.url) as page:
                if b"LDM3D" not in page.read():
                    raise SystemExit("that was not the page")
            return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    pairs = [(bare(), first_page()) for _ in range(options.rounds)]
    seconds = [page for _, page in pairs]
    ratio = statistics.median(page / nothing for nothing, page in pairs)
    print(f"{os.cpu_count()} cores, {options.rounds} rounds")
    print(f"{'first page':<14}{'seconds':>9}")
    print(f"{'median':<14}{statistics.median(seconds):>9.2f}")
    print(f"{'slowest':<14}{max(seconds):>9.2f}")
    print(f"over a bare interpreter: {ratio:.0f} times")
    median = round(statistics.median(seconds), 3)
    print(
        json.dumps({"bench": "start", "cores": os.cpu_count(), "first_page_s": median, "over_python": round(ratio, 1)})
    )


if __name__ == "__main__":
    main()
