"""What the runs come to: a table for people, the goals and whether they are met, rows for the records."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OURS, EXAMPLE, EQUAL = "ldm3d", "example", "example, equal"
HEADS = {
    "first_bytes": ("first picture kB", 1e-3),
    "full_bytes": ("whole kB", 1e-3),
    "first_ms": ("first picture ms", 1),
    "full_ms": ("interactive ms", 1),
    "triangles": ("triangles", 1),
    "draws": ("draw calls", 1),
    "gpu_mb": ("GPU MB", 1),
    "frame_ms": ("frame ms", 1),
    "idle_fps": ("idle frames/s", 1),
}
BEGIN, END = "<!-- bench.viewer -->", "<!-- /bench.viewer -->"

Rows = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Goal:
    """what: in words; value: what was measured; most: what is allowed."""

    what: str
    value: float
    most: float

    @property
    def met(self) -> bool:
        return self.value <= self.most


def goals(rows: Rows, code_bytes: int, frame_ratio: float) -> list[Goal]:
    """The goals of the project's issue, with what this run gave. rows: by viewer, then as HEADS.

    frame_ratio: our frame's time over the example's, each measured right after the other: on a machine that does other
    work as well, two medians of whole runs would compare two moments.
    """
    ours = rows[OURS]
    rivals = [row for name, row in rows.items() if name not in (OURS, EQUAL)]
    return [
        Goal("first picture, kB", ours["first_bytes"] / 1e3, 150),
        Goal("first picture, ms: before every rival", ours["first_ms"], min(row["first_ms"] for row in rivals)),
        Goal("whole scene with its code, kB", ours["full_bytes"] / 1e3, 1500),
        Goal("viewer code with brotli, kB", code_bytes / 1e3, 190),
        Goal("frame time over the example's at equal triangles", frame_ratio, 1.0),
        Goal("idle frames a second", ours["idle_fps"], 0),
    ]


def table(rows: Rows, goal_list: list[Goal]) -> str:
    """Markdown: the viewers, then the goals."""
    lines = ["| | " + " | ".join(head for head, _ in HEADS.values()) + " |", "|---" * (len(HEADS) + 1) + "|"]
    for name, row in rows.items():
        cells = (row[key] * factor for key, (_, factor) in HEADS.items())
        lines.append(f"| {name} | " + " | ".join(_number(cell) for cell in cells) + " |")
    lines += ["", "| goal | allowed | measured | |", "|---|---|---|---|"]
    lines += [
        f"| {goal.what} | {_number(goal.most)} | {_number(goal.value)} | {'met' if goal.met else 'missed'} |"
        for goal in goal_list
    ]
    return "\n".join(lines)


def write_into(page: Path, markdown: str) -> None:
    """Between the two marks of a page. Raises ValueError where they are missing."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n{markdown}\n{END}{after}", encoding="utf-8")


def write_rows(file: Path, rows: Rows) -> None:
    """Add the rows to a CSV file, which begins with a head."""
    new = not file.exists()
    with file.open("a", newline="") as out:
        writer = csv.writer(out)
        if new:
            writer.writerow(["viewer", *HEADS])
        writer.writerows([name, *(round(row[key], 2) for key in HEADS)] for name, row in rows.items())


def _number(value: float) -> str:
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 2 else f"{value:.1f}"
