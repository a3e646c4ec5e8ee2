"""What an evaluation found, as a table for people and as a plot of an ablation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ldm3d_web.training.evaluate import Measures

# Name of a measure, what people read, digits; "share of" divides by what real renders get.
ROWS: tuple[tuple[str, str, int], ...] = (
    ("share all", "claims of the sentence that the judge sees, as a share of those on renders", 3),
    ("share place", "· place", 3),
    ("share time", "· time of day", 3),
    ("share weather", "· weather", 3),
    ("share season", "· season", 3),
    ("share colour", "· colour", 3),
    ("share objects", "· named things", 3),
    ("share directions", "· their direction", 3),
    ("frechet over floor", "Fréchet distance over that of renders to renders", 2),
    ("depth abs_rel", "depth against the reference network: AbsRel", 4),
    ("depth rmse_m", "· RMSE, metres", 2),
    ("autoencoder psnr", "autoencoder: PSNR of colours, dB", 2),
    ("autoencoder abs_rel", "· relative error of distance, nearer than 100 m", 4),
    ("autoencoder sky", "· share of the sky that stays farther than 100 m", 3),
    ("upscaler psnr", "upscaler: PSNR of colours, dB", 2),
    ("bicubic psnr", "· bicubic", 2),
    ("upscaler ssim", "upscaler: SSIM", 4),
    ("bicubic ssim", "· bicubic", 4),
    ("upscaler mare", "upscaler: relative error of distance", 4),
    ("bicubic mare", "· bicubic", 4),
    ("seam rgb", "step across the wrap over the mean step, colour", 3),
    ("seam depth", "· depth", 3),
    ("diversity ratio", "spread of seeds of one caption over that of renders of one", 3),
    ("seconds", "median seconds from sentence to picture", 1),
    ("megabytes", "megabytes of weights", 1),
)
_DIRECT_FLOORS = ("depth abs_rel", "depth rmse_m", "seam rgb", "seam depth")


def relate(found: Measures, floors: Measures) -> Measures:
    """The measures with shares, ratios and floors put in relation: what the table shows."""
    result = dict(found)
    for name, value in found.items():
        if name.startswith("sees "):
            result["share " + name.removeprefix("sees ")] = _over(value, floors.get(name))
    result["frechet over floor"] = _over(found.get("frechet"), floors.get("frechet"))
    result["diversity ratio"] = _over(found.get("diversity"), floors.get("diversity"))
    return result


def table(models: Mapping[str, Measures], floors: Measures) -> str:
    """Markdown: a measure a row, a model a column, and what real renders get."""
    lines = ["| measure | " + " | ".join(models) + " | renders |", "|---" * (len(models) + 2) + "|"]
    real = relate(floors, floors)
    for name, words, digits in ROWS:
        values = [found.get(name, math.nan) for found in models.values()]
        if all(math.isnan(value) for value in values):
            continue
        own = floors.get(name, math.nan) if name in _DIRECT_FLOORS else math.nan
        if name.startswith("share "):
            own = real.get("sees " + name.removeprefix("share "), math.nan)
        cells = [_cell(value, digits) for value in (*values, own)]
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def ablation_table(rows: Sequence[Mapping[str, float]]) -> str:
    """Markdown: steps and guidance against the measures that depend on them."""
    names = ("share all", "frechet over floor", "depth abs_rel")
    lines = ["| steps | guidance | claims seen | Fréchet over floor | depth AbsRel |", "|---" * 5 + "|"]
    for row in rows:
        cells = [_cell(row.get(name, math.nan), 3) for name in names]
        lines.append(f"| {row['steps']:g} | {row['guidance']:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def ablation_plot(rows: Sequence[Mapping[str, float]]) -> str:
    """SVG: for each guidance a line of the share of claims seen over the number of steps, above that of Fréchet."""
    width, height, left, top = 640, 240, 60, 30
    guidances = sorted({row["guidance"] for row in rows})
    steps = sorted({row["steps"] for row in rows})
    low, high = math.log(steps[0]), math.log(max(steps[-1], steps[0] + 1))
    parts = []
    for number, (name, words) in enumerate(
        (("share all", "claims seen"), ("frechet over floor", "Fréchet over floor"))
    ):
        values = [row[name] for row in rows if math.isfinite(row.get(name, math.nan))]
        if not values:
            continue
        bottom, peak = min(values), max(*values, min(values) + 1e-6)
        base = number * (height + top) + top
        parts.append(f'<text x="{left}" y="{base - 10}">{words}: {bottom:.3g} to {peak:.3g}</text>')
        parts.append(f'<rect x="{left}" y="{base}" width="{width}" height="{height}" fill="none" stroke="#999"/>')
        for index, guidance in enumerate(guidances):
            points = [
                (left + (math.log(row["steps"]) - low) / (high - low) * width,
                 base + height - (row[name] - bottom) / (peak - bottom) * height)
                for row in sorted(rows, key=lambda row: row["steps"]) if row["guidance"] == guidance
            ]  # fmt: skip
            colour = f"hsl({360 * index // len(guidances)} 65% 42%)"
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            x, y = points[-1]
            parts.append(f'<text x="{x + 6:.1f}" y="{y + 4:.1f}" fill="{colour}">{guidance:g}</text>')
    for count in steps:
        x = left + (math.log(count) - low) / (high - low) * width
        parts.append(f'<text x="{x:.1f}" y="{2 * (height + top) + 20}" text-anchor="middle">{count:g}</text>')
    size = f'viewBox="0 0 {left + width + 60} {2 * (height + top) + 40}"'
    note = f'<text x="{left}" y="{2 * (height + top) + 36}" fill="#666">steps; a line for each guidance</text>'
    body = "".join([*parts, note])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">{body}</svg>\n'


def _over(value: float | None, floor: float | None) -> float:
    return value / floor if value is not None and floor else math.nan


def _cell(value: float, digits: int) -> str:
    return "" if math.isnan(value) else f"{value:.{digits}f}"
