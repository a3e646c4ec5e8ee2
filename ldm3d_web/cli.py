"""The command line: ``python -m ldm3d_web …``. Exit code 0 done, 2 bad usage or input, 1 anything else.

What went wrong is one sentence on stderr; results are on stdout, as JSON in its last line. What is heavy is imported
inside the command that needs it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ldm3d_web import files
from ldm3d_web.errors import InvalidInput, Ldm3dError, NotFound
from ldm3d_web.settings import Settings, load_settings
from ldm3d_web.training.cli import app as train_app
from ldm3d_web.training.evaluate_cli import evaluate_command
from ldm3d_web.worlds.cli import app as worlds_app

app = typer.Typer(
    help="From a sentence to a panorama with depth that one can stand in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
scenes_app = typer.Typer(help="The scenes that a server keeps.", no_args_is_help=True)
app.add_typer(scenes_app, name="scenes")
app.add_typer(train_app, name="train")
app.add_typer(worlds_app, name="worlds")
app.command("evaluate")(evaluate_command)


def _of(setting: str) -> str:
    return f"{Settings.model_fields[setting].description} [env: LDM3D_{setting.upper()}]"


Data = Annotated[str | None, typer.Option(help=_of("data"), show_default=False)]
Out = Annotated[Path, typer.Option("--output", "-o", help="Folder to write to; it is made if need be.")]


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help=_of("host"), show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help=_of("port"), show_default=False)] = None,
    data: Data = None,
    model: Annotated[str | None, typer.Option(help=_of("model"), show_default=False)] = None,
    device: Annotated[str | None, typer.Option(help=_of("device"), show_default=False)] = None,
) -> None:
    """Run the app: the page, the API and the scenes. docs/settings.md lists all that can be set."""
    import structlog

    from ldm3d_web.web.server import serve as run

    _share_the_cores()
    # Asked for at each line: whoever calls this from a program may put another stderr in its place later.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    run(load_settings(host=host, port=port, data=data, model=model, device=device))


@app.command()
def generate(
    prompt: Annotated[str, typer.Argument(help="What to paint, as a sentence.")],
    output: Out,
    model: Annotated[str, typer.Option(help="mini, a Hub id or a folder.")] = "mini",
    seed: Annotated[int | None, typer.Option(help="0 to 4294967295; a random one if not given.")] = None,
    steps: Annotated[int | None, typer.Option(help="Denoising steps; the model's own number if not given.")] = None,
    guidance: Annotated[float | None, typer.Option(help="How closely to follow the sentence.")] = None,
    negative: Annotated[str, typer.Option(help="What should not be in the picture.")] = "",
    width: Annotated[int | None, typer.Option(help="Pixels, a multiple of 64.")] = None,
    height: Annotated[int | None, typer.Option(help="Pixels, half the width.")] = None,
    upscale: Annotated[
        int | None, typer.Option(help="Make the picture 1, 2 or 4 times as wide; as the model likes it if not given.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or mps; the best there is if not given.")] = None,
) -> None:
    """Paint a scene: rgb.png, depth.png (16-bit disparity), scene.glb and manifest.json."""
    from ldm3d_web import create
    from ldm3d_web.ldm3d import registry

    _share_the_cores()
    asked = create.GenerateRequest(prompt, negative, seed, steps, guidance, width, height, model, upscale)
    request = create.check_request(asked, registry.resolve(model))
    files.make_folder(output)
    with _Progress() as progress:
        progress.event("stage", {"stage": "loading"})
        from ldm3d_web.ldm3d import checkpoint

        pipeline = checkpoint.load(model, device=device)
        made = create.generate(request, pipeline=pipeline, on_event=progress.event)
    if made.manifest["cut"]:
        _note(f"The model reads 77 tokens; it did not read: {made.manifest['cut'].strip()}")
    if made.manifest["unknown"]:
        _note(f"The model was never taught these words: {', '.join(made.manifest['unknown'])}")
    _result(create.write_folder(made, output))


@app.command("import")
def import_(
    panorama: Annotated[Path, typer.Argument(help="A 360° photograph, twice as wide as high: PNG, JPEG or WebP.")],
    output: Out,
    depth: Annotated[
        Path | None, typer.Option(help="Its depth map, gray, bright where near; best a 16-bit PNG.")
    ] = None,
    title: Annotated[str, typer.Option(help="What to call it.")] = "",
) -> None:
    """Turn a panorama of your own into a scene: rgb.png, depth.png, scene.glb and manifest.json."""
    from ldm3d_web import create

    made = create.import_panorama(panorama, depth, title=title or panorama.stem)
    if made.manifest["depth_note"]:
        _note(made.manifest["depth_note"])
    _result(create.write_folder(made, output))


@app.command()
def pack(
    rgb: Annotated[Path, typer.Argument(help="The picture: PNG, JPEG or WebP, twice as wide as high.")],
    depth: Annotated[Path, typer.Argument(help="Its disparity: a 16-bit gray PNG of any size, 1 is nearest.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The GLB file to write.")],
    near: Annotated[
        float | None, typer.Option(help="Metres at disparity 1; with --far the scale is exactly that.")
    ] = None,
    far: Annotated[float | None, typer.Option(help="Metres at disparity 0.")] = None,
    eye_height: Annotated[str, typer.Option(help="Metres from the floor to the eye, or auto.")] = "auto",
    max_triangles: Annotated[
        int | None,
        typer.Option(help="Of all layers together; by itself 150000, or 200000 for depth of more than 1024 columns."),
    ] = None,
    profile: Annotated[
        Literal["web", "portable"], typer.Option(help="web is small; portable opens in Blender and Unity.")
    ] = "web",
) -> None:
    """Turn a picture and its depth into a GLB."""
    from ldm3d_web import pack as packing

    rgbd = packing.read_pair(rgb, depth)
    packed = packing.pack_scene(
        rgbd, near_m=near, far_m=far, eye_height_m=_eye_height(eye_height), max_triangles=max_triangles
    )
    files.make_folder(output.parent)
    files.write_whole(output, packed.web if profile == "web" else packed.portable)
    _result({**packed.provenance, "file": str(output), "profile": profile, "bytes": output.stat().st_size})


@scenes_app.command("list")
def scenes_list(data: Data = None, limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50) -> None:
    """The newest scenes: id, time and title."""
    _store, index = _open(data)
    for entry in index.page(limit):
        print(entry.id, entry.created, _plain(entry.title), sep="  ")


@scenes_app.command("show")
def scenes_show(scene: Annotated[str, typer.Argument(metavar="ID")], data: Data = None) -> None:
    """A scene's manifest, as JSON."""
    store, _index = _open(data)
    _result(store.manifest(scene))


@scenes_app.command("delete")
def scenes_delete(scene: Annotated[str, typer.Argument(metavar="ID")], data: Data = None) -> None:
    """Delete a scene and its link, without a delete token: the disk is yours."""
    store, index = _open(data)
    store.delete(scene)
    index.remove(scene)
    print(f"Deleted {scene}")


@scenes_app.command("reindex")
def scenes_reindex(data: Data = None) -> None:
    """Read the list of scenes anew from their folders."""
    store, index = _open(data)
    print(f"{index.rebuild(store)} scenes")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        code = app(args=arguments, prog_name="python -m ldm3d_web", standalone_mode=False)
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        if message := error.format_message():  # empty where the help itself was the answer
            _note(f"{message.rstrip('.')}. Try --help.")
        return 2
    except (InvalidInput, NotFound) as error:
        _note(str(error))
        return 2
    except Ldm3dError as error:
        _note(str(error))
        return 1
    except (typer.Abort, KeyboardInterrupt):
        _note("Stopped.")
        return 1
    return code if isinstance(code, int) else 0


_WORDS = {
    "loading": "Loading the model",
    "step": "Painting",
    "decoding": "Decoding the picture",
    "upscaling": "Sharpening the picture",
    "meshing": "Building the scene",
    "saving": "Keeping the scene",
}


class _Progress:
    """The events of `ldm3d_web.create` as a bar on stderr while a person watches; silence in a pipe."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("", total=None, count="")

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def event(self, name: str, data: dict[str, Any]) -> None:
        """As `on_event` of `create.generate`."""
        if name == "step":
            step, steps = data["step"], data["steps"]
            count = f"step {step} of {steps}"
            self._bar.update(self._task, description=_WORDS["step"], completed=step, total=steps, count=count)
        elif name == "stage":
            self._bar.update(self._task, description=_WORDS.get(data["stage"], ""), total=None, count="")


def _share_the_cores() -> None:
    """Before torch is imported: its threads wait asleep instead of spinning.

    On a machine that does something else as well, spinning threads wait for those that have no core: mini's step took
    14 s instead of 1.5 s beside a training run on two cores.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _open(data: str | None) -> tuple[Any, Any]:
    """The store and the index, brought up to date with it."""
    from ldm3d_web.scenes.index import SceneIndex
    from ldm3d_web.scenes.store import SceneStore

    settings = load_settings(data=data)
    store, index = SceneStore(settings.scenes_url), SceneIndex(settings.database_url)
    index.sync(store)
    return store, index


def _eye_height(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"The eye height must be a number of metres or auto, not {text!r}.") from None


def _result(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _note(sentence: str) -> None:
    print(_plain(sentence), file=sys.stderr)


def _plain(text: str) -> str:
    """Text from strangers on a terminal: one line, and nothing in it that moves the cursor."""
    return "".join(c if c.isprintable() else " " for c in text)
