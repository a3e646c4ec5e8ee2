"""The commands: results on stdout, one sentence on stderr, 0 done, 2 bad usage or input, 1 anything else."""

import json
import socket
import subprocess
import sys

import numpy as np
import pytest

from ldm3d_web.cli import main
from ldm3d_web.gltf.write import read_provenance
from ldm3d_web.rgbd_files import encode_disparity, encode_rgb, read_disparity
from tests.tiny_models import ZERO_SNR_SCHEDULER, make_ldm3d_folder


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    settings = {"steps": 2, "guidance": 2.0, "width": 128, "height": 64}
    return str(make_ldm3d_folder(tmp_path_factory.mktemp("model"), settings=settings, scheduler=ZERO_SNR_SCHEDULER))


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A picture and a depth map that go together."""
    folder = tmp_path_factory.mktemp("pair")
    random = np.random.default_rng(2)
    (folder / "rgb.png").write_bytes(encode_rgb(random.integers(0, 255, (64, 128, 3), dtype=np.uint8)))
    disparity = np.linspace(0, 1, 64, dtype=np.float32)[:, None].repeat(128, 1)
    (folder / "depth.png").write_bytes(encode_disparity(disparity))
    return str(folder / "rgb.png"), str(folder / "depth.png")


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_generate_writes_four_files_and_says_the_manifest_last(capsys, model, tmp_path):
    size = ("--width", 128, "--height", 64)
    options = ("--model", model, "--seed", 3, "--steps", 2, "--guidance", 1.5, "--negative", "fog", *size)
    code, out, _ = run(capsys, "generate", "a <b>lake</b> ${x}", "-o", tmp_path / "out", *options)
    assert code == 0
    manifest = json.loads(out.splitlines()[-1])
    assert manifest == json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["prompt"], manifest["negative"], manifest["seed"]) == ("a <b>lake</b> ${x}", "fog", 3)
    assert read_disparity(tmp_path / "out" / "depth.png").shape == (64, 128)
    assert read_provenance((tmp_path / "out" / "scene.glb").read_bytes())["guidance"] == 1.5


@pytest.mark.parametrize(
    "options, words",
    [
        ([""], "prompt is empty"), (["x" * 1001], "at most 1,000"), (["a", "--steps", "0"], "from 1 to 150"),
        (["a", "--steps", "ten"], "--steps"), (["a", "--seed", "-1"], "seed"), (["a", "--guidance", "99"], "0 to 30"),
        (["a", "--width", "200"], "multiple of 64"), (["a", "--width", "256", "--height", "256"], "twice as wide"),
        (["a", "--model", "nosuch"], "no model 'nosuch'"), (["a", "--model", "/etc"], "model"),
        (["a", "--colour", "red"], "No such option"), ([], "prompt"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_2(capsys, model, tmp_path, options, words):
    given = options if "--model" in options else [*options, "--model", model]
    code, out, err = run(capsys, "generate", *given, "-o", tmp_path / "out")
    assert code == 2 and out == "" and words in err and len(err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_1(capsys, model, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, "generate", "a", "-o", tmp_path / "file" / "x", "--model", model)
    assert code == 1 and "Cannot write to" in err and len(err.splitlines()) == 1


def test_pack_keeps_the_scale_that_is_given(capsys, pair, tmp_path):
    for profile in ("web", "portable"):
        glb = tmp_path / f"{profile}.glb"
        code, out, _ = run(capsys, "pack", *pair, "-o", glb, "--near", 1, "--far", 20, "--profile", profile)
        assert code == 0
        said, inside = json.loads(out.splitlines()[-1]), read_provenance(glb.read_bytes())
        assert (inside["near_m"], inside["far_m"]) == (1, 20) and said["near_m"] == 1


@pytest.mark.parametrize(
    "options, words",
    [(["--near", "1"], "both"), (["--near", "5", "--far", "2"], "smaller"), (["--eye-height", "tall"], "eye height"),
     (["--max-triangles", "1"], "triangles"), (["--profile", "draco"], "profile")],
)  # fmt: skip
def test_pack_refuses_in_one_sentence(capsys, pair, tmp_path, options, words):
    code, _, err = run(capsys, "pack", *pair, "-o", tmp_path / "a.glb", *options)
    assert code == 2 and words in err and not (tmp_path / "a.glb").exists()


def test_pack_refuses_files_that_are_none(capsys, pair, tmp_path):
    rgb, depth = pair
    for first, second in ((depth, depth), (rgb, rgb), (rgb, tmp_path / "none.png"), (tmp_path, depth)):
        code, _, err = run(capsys, "pack", first, second, "-o", tmp_path / "a.glb")
        assert code == 2 and err.strip().endswith(".") and len(err.splitlines()) == 1


def test_import_with_depth_and_without(capsys, pair, tmp_path):
    code, out, err = run(capsys, "import", pair[0], "--depth", pair[1], "-o", tmp_path / "with")
    assert code == 0 and json.loads(out)["depth_source"] == "16-bit" and err == ""
    code, out, err = run(capsys, "import", pair[0], "-o", tmp_path / "without")
    assert code == 0 and json.loads(out)["depth_source"] == "guessed" and "guess" in err
    code, _, err = run(capsys, "import", tmp_path / "none.jpg", "-o", tmp_path / "x")
    assert code == 2 and "There is no picture file" in err


def test_scenes_are_listed_shown_deleted_and_read_anew(capsys, tmp_path):
    from ldm3d_web.scenes.store import SceneStore

    store = SceneStore(str(tmp_path / "scenes"))
    for number in range(2):
        manifest = {
            "title": f"t{number}\x1b[2J\u202e",
            "created": f"2026-11-2{number}T00:00:00+00:00",
            "kind": "imported",
        }
        store.save(f"scene-000000000{number}", {}, manifest)
    data = ("--data", tmp_path)
    code, out, _ = run(capsys, "scenes", "list", *data)
    assert code == 0 and [line[:16] for line in out.splitlines()] == ["scene-0000000001", "scene-0000000000"]
    assert "\x1b" not in out and "\u202e" not in out
    code, out, _ = run(capsys, "scenes", "show", "scene-0000000001", *data)
    assert json.loads(out)["kind"] == "imported"
    assert run(capsys, "scenes", "delete", "scene-0000000001", *data)[0] == 0
    assert run(capsys, "scenes", "reindex", *data)[1] == "1 scenes\n"
    for command in ("show", "delete"):
        for scene in ("scene-0000000001", "../../etc/passwd"):
            code, _, err = run(capsys, "scenes", command, scene, *data)
            assert code == 2 and "no" in err and len(err.splitlines()) == 1


def test_a_port_in_use_is_one_sentence_and_2(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "ldm3d_web", "serve", "--port", port, "--data", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == (
        f"Cannot listen on 127.0.0.1:{port}: address already in use; choose another port with --port or LDM3D_PORT.\n"
    )


@pytest.mark.parametrize(
    "variable, value, words",
    [("PORT", "99999", "less than or equal to 65535"), ("PORT", "http", "valid integer"), ("MAX_QUEUE", "0", "greater"),
     ("PUBLIC_URL", "example.org", "http"), ("EMBED_ANCESTORS", "*; script-src *", "sources"),
     ("DEVICE", "tpu", "cuda")],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named(capsys, monkeypatch, variable, value, words):
    monkeypatch.setenv(f"LDM3D_{variable}", value)
    code, _, err = run(capsys, "serve")
    assert code == 2 and f"LDM3D_{variable} cannot be" in err and words in err and len(err.splitlines()) == 1
