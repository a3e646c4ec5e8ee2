"""``worlds …``: look at the worlds that ldm3d-mini learns from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Procedural worlds: captioned panoramas with exact distance.", no_args_is_help=True)

Height = Annotated[int, typer.Option(min=16, max=4096, help="Pixels. The width is twice that.")]
Supersample = Annotated[int, typer.Option(min=1, max=4, help="Rays a pixel in each direction.")]


@app.command("render")
def render_command(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for rgb.png, depth.png and world.json.")],
    seed: Annotated[int, typer.Option(min=0, help="Which world.")] = 0,
    place: Annotated[str | None, typer.Option(help="Fix the place: lake, desert, city …")] = None,
    height: Height = 512,
    supersample: Supersample = 3,
) -> None:
    """Render one world as a picture with 16-bit depth, as `pack` takes them (near 1 m, far 200 m)."""
    import json

    from ldm3d_web import rgbd_files
    from ldm3d_web.panorama.disparity import to_disparity
    from ldm3d_web.worlds import caption
    from ldm3d_web.worlds.render import render
    from ldm3d_web.worlds.world import FAR_M, NEAR_M

    world = _world(seed, place)
    rgb, distance_m, sky = render([world], height, 2 * height, supersample=supersample)
    out.mkdir(parents=True, exist_ok=True)
    (out / "rgb.png").write_bytes(rgbd_files.encode_rgb(rgb[0]))
    (out / "depth.png").write_bytes(rgbd_files.encode_disparity(to_disparity(distance_m[0], NEAR_M, FAR_M, sky[0])))
    described = {
        "caption": caption(world), **world.description.to_json(), "near_m": NEAR_M, "far_m": FAR_M,
    }  # fmt: skip
    (out / "world.json").write_text(json.dumps(described, indent=2) + "\n")
    print(json.dumps(described))


@app.command("sheet")
def sheet_command(
    out: Annotated[Path, typer.Option("--out", "-o", help="The PNG to write.")],
    seeds: Annotated[int, typer.Option(min=1, max=20, help="Worlds of each place.")] = 3,
    height: Height = 128,
    supersample: Supersample = 2,
) -> None:
    """Draw every place from a few seeds on one sheet."""
    import numpy as np

    from ldm3d_web import rgbd_files
    from ldm3d_web.worlds.places import PLACES
    from ldm3d_web.worlds.render import render

    rows = []
    for number, place in enumerate(PLACES):
        worlds = [_world(100 * number + seed, place) for seed in range(seeds)]
        rows.append(np.concatenate(list(render(worlds, height, 2 * height, supersample=supersample)[0]), axis=1))
    out.write_bytes(rgbd_files.encode_rgb(np.concatenate(rows)))


def _world(seed: int, place: str | None):
    from ldm3d_web.errors import InvalidInput
    from ldm3d_web.worlds import sample_world

    try:
        return sample_world(seed, place)
    except ValueError as error:
        raise InvalidInput(f"{str(error).capitalize()}.") from error
