"""Results as a table for people, as one JSON value, and as a row of a CSV file that keeps one a release."""

from __future__ import annotations

import csv
import math
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.novel_view.measure import Result
from ldm3d_web import __version__

OURS, SPHERE = "ours", "sphere"
_FIGURES = {"psnr_db": "PSNR, dB", "ssim": "SSIM", "hidden_db": "PSNR of hidden pixels, dB"}


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Means over the scenes, by depth and method: for each figure a value for each offset, None for none."""
    offsets = _offsets(results)
    found: dict[str, Any] = {}
    for depth in dict.fromkeys(r.depth for r in results):
        for method in dict.fromkeys(r.method for r in results):
            mine = _chosen(results, depth, method)
            figures: dict[str, Any] = {
                figure: [_mean(r.mean(figure, o) for r in mine) for o in offsets]
                for figure in (*_FIGURES, "hidden", "holes", "hole_pixels")
            }
            figures["triangles"] = {"mean": _mean(r.triangles for r in mine), "most": max(r.triangles for r in mine)}
            figures["bytes"] = {"mean": _mean(r.bytes for r in mine), "most": max(r.bytes for r in mine)}
            figures["seconds"] = {"mean": _mean(r.seconds for r in mine), "most": max(r.seconds for r in mine)}
            found.setdefault(depth, {})[method] = figures
    return found


def table(results: Sequence[Result]) -> str:
    """Means by offset, ours − sphere, and a line for each scene."""
    offsets, means = _offsets(results), summary(results)
    lines: list[str] = []
    for depth, of in means.items():
        lines.append(f"{depth + ' depth':<36}" + "".join(f"{o:>7g} m" for o in offsets))
        for figure, words in _FIGURES.items():
            digits = 3 if figure == "ssim" else 1
            for method, figures in of.items():
                lines.append(f"  {words + ', ' + method:<34}" + _cells(figures[figure], digits))
            if OURS in of and SPHERE in of:
                pairs = zip(of[OURS][figure], of[SPHERE][figure], strict=True)
                gain = [None if None in pair else pair[0] - pair[1] for pair in pairs]
                lines.append(f"  {'  ours − sphere':<34}" + _cells(gain, digits, "+"))
        any_method = next(iter(of.values()))
        lines.append(f"  {'hidden pixels, %':<34}" + _cells([100 * x for x in any_method["hidden"]], 2))
        for method, figures in of.items():
            lines.append(f"  {'holes, %, ' + method:<34}" + _cells([100 * x for x in figures["holes"]], 4))
            lines.append(f"  {'pixels with holes, ' + method:<34}" + _cells(figures["hole_pixels"], 1))
        for method, figures in of.items():
            size, triangles, seconds = figures["bytes"], figures["triangles"], figures["seconds"]
            lines.append(
                f"  {method}: {triangles['mean']:,.0f} triangles (at most {triangles['most']:,}), "
                f"{size['mean'] / 1e6:.2f} MB (at most {size['most'] / 1e6:.2f}), "
                f"built in {seconds['mean']:.2f} s (at most {seconds['most']:.2f})"
            )
        lines.append(f"  {'PSNR of each scene, dB':<34}")
        for scene in dict.fromkeys(r.scene for r in results):
            for r in _chosen(results, depth):
                if r.scene == scene:
                    facts = f"  {r.triangles:>8,}  {r.bytes / 1e6:5.2f} MB  {r.seconds:5.2f} s"
                    lines.append(f"    {scene + ', ' + r.method:<32}" + _cells(_psnr(r, offsets), 1) + facts)
        lines.append("")
    return "\n".join(lines)


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """The means, and each scene's own figures."""
    offsets = _offsets(results)
    scenes = [
        {
            "scene": r.scene,
            "depth": r.depth,
            "method": r.method,
            "triangles": r.triangles,
            "bytes": r.bytes,
            "seconds": round(r.seconds, 3),
            **{f: _rounded([r.mean(f, o) for o in offsets]) for f in (*_FIGURES, "hidden", "holes", "hole_pixels")},
        }
        for r in results
    ]
    return {"offsets_m": offsets, "means": _rounded(summary(results)), "by_scene": scenes}


def append_csv(path: Path, results: Sequence[Result], facts: dict[str, Any]) -> None:
    """One row for each depth. Raises ValueError when the file has other columns, as after another choice of offsets."""
    offsets = _offsets(results)
    rows = []
    for depth, of in summary(results).items():
        row: dict[str, Any] = {"version": __version__, **facts, "depth": depth}
        for method, figures in of.items():
            for figure in ("psnr_db", "ssim", "hidden_db", "holes"):
                for offset, value in zip(offsets, figures[figure], strict=True):
                    row[f"{method}_{figure}_{offset:g}m"] = "" if value is None else round(value, 6)
            for figure in ("triangles", "bytes", "seconds"):
                row[f"{method}_{figure}_most"] = round(figures[figure]["most"], 3)
        rows.append(row)
    fresh = not path.exists() or path.stat().st_size == 0
    if not fresh:
        with path.open(newline="", encoding="utf-8") as file:
            if next(csv.reader(file)) != list(rows[0]):
                raise ValueError(f"{path} has other columns than this run")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerows(rows)


def _offsets(results: Sequence[Result]) -> list[float]:
    return sorted(set(results[0].offsets_m))


def _chosen(results: Sequence[Result], depth: str, method: str | None = None) -> list[Result]:
    return [r for r in results if r.depth == depth and method in (None, r.method)]


def _psnr(result: Result, offsets: Sequence[float]) -> list[float]:
    return [result.mean("psnr_db", o) for o in offsets]


def _mean(values: Iterable[float]) -> float | None:
    known = [value for value in values if not math.isnan(value)]
    return statistics.fmean(known) if known else None


def _cells(values: Sequence[float | None], digits: int, sign: str = "") -> str:
    return "".join(f"{'–':>9}" if x is None or math.isnan(x) else f"{x:>{sign}9.{digits}f}" for x in values)


def _rounded(value: Any) -> Any:
    """The same with numbers as JSON shall have them."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value
