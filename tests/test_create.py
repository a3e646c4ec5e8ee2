"""From a request to a kept scene, with a tiny real model; and nothing kept when anything fails."""

import json
import os

import numpy as np
import pytest

from ldm3d_web import create
from ldm3d_web.errors import Cancelled, InvalidInput, StorageError
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.ldm3d.vocabulary import write_vocabulary
from ldm3d_web.rgbd_files import encode_rgb, read_disparity, read_rgb
from ldm3d_web.scenes.index import SceneIndex
from ldm3d_web.scenes.store import SceneStore
from tests.tiny_models import ZERO_SNR_SCHEDULER, make_ldm3d_folder

SMALL = {"steps": 3, "guidance": 2.0, "width": 128, "height": 64}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    folder = make_ldm3d_folder(tmp_path_factory.mktemp("model"), settings=SMALL, scheduler=ZERO_SNR_SCHEDULER)
    return checkpoint.load(str(folder), device="cpu")


@pytest.fixture
def store(tmp_path):
    return SceneStore(str(tmp_path / "scenes"))


@pytest.fixture
def index():
    return SceneIndex("sqlite://")


def ask(**values) -> create.GenerateRequest:
    return create.GenerateRequest(**{"prompt": "a calm lake", "seed": 4, **values})


def test_the_events_in_order_and_the_whole_record(pipeline, store, index):
    events = []
    scene = create.create_scene(
        ask(), pipeline=pipeline, store=store, index=index, on_event=lambda name, data: events.append((name, data))
    )
    told = [data.get("step") or data["stage"] for _, data in events]
    assert told == [1, 2, 3, "decoding", "meshing", "saving"]
    manifest = store.manifest(scene.id)
    assert manifest == json.loads(json.dumps(dict(scene.manifest)))
    assert manifest["model"]["name"] == pipeline.spec.folder.name and "/" not in manifest["model"]["name"]
    assert manifest["model"]["revision"] == pipeline.revision and manifest["upscale"] == 1
    assert manifest["model"]["description"] == pipeline.spec.description
    assert set(manifest["seconds"]) == {"painting", "decoding", "meshing"}
    assert manifest["seam_ratio"]["rgb"] < 3  # the tiny model wraps round
    assert [entry.id for entry in index.page()] == [scene.id]
    assert read_rgb(store.read(scene.id, "rgb.png")).shape == (64, 128, 3)
    assert read_disparity(store.read(scene.id, "depth.png")).shape == (64, 128)


def test_a_manifest_is_enough_to_make_the_same_picture_again(pipeline):
    first = create.generate(ask(seed=None), pipeline=pipeline)
    recipe = {
        name: first.manifest[name] for name in ("prompt", "negative", "seed", "steps", "guidance", "width", "height")
    }
    second = create.generate(create.GenerateRequest(**recipe), pipeline=pipeline)
    assert first.files["rgb.png"] == second.files["rgb.png"] and first.files["depth.png"] == second.files["depth.png"]


def test_the_part_of_a_long_prompt_that_is_not_read_is_told(pipeline):
    words = " ".join(f"word{n}" for n in range(90))
    cut = create.generate(ask(prompt=words), pipeline=pipeline).manifest["cut"]
    assert cut and words.endswith(cut) and len(cut) < len(words)
    assert create.generate(ask(), pipeline=pipeline).manifest["cut"] == ""


def test_words_that_the_model_was_never_taught_are_told(pipeline):
    assert create.generate(ask(), pipeline=pipeline).manifest["unknown"] == []  # nobody knows what it was taught
    words = ["calm", "lake"]
    write_vocabulary(pipeline.spec.folder, words)
    try:
        made = create.generate(ask(prompt="a dragon over a calm lake"), pipeline=pipeline)
    finally:
        (pipeline.spec.folder / "vocabulary.json").unlink()
    assert made.manifest["unknown"] == ["dragon"]


@pytest.mark.parametrize("when", ["step 2", "meshing", "saving"])
def test_cancelled_at_any_time_keeps_nothing(pipeline, store, index, when):
    heard = []
    with pytest.raises(Cancelled):
        create.create_scene(
            ask(steps=20),
            pipeline=pipeline,
            store=store,
            index=index,
            on_event=lambda name, data: heard.append(f"step {data['step']}" if name == "step" else data["stage"]),
            cancelled=lambda: when in heard or (when == "saving" and "meshing" in heard),
        )
    assert list(store.ids()) == [] and index.count() == 0
    if when == "step 2":
        assert heard[-1] == "step 2"  # not one step more


def test_a_disk_that_cannot_be_written_is_said_before_the_first_step(pipeline, index, tmp_path):
    (tmp_path / "file").write_text("")
    steps = []
    with pytest.raises(StorageError):
        create.create_scene(
            ask(), pipeline=pipeline, store=SceneStore(f"{tmp_path}/file/scenes"), index=index, on_event=steps.append
        )
    assert steps == []


def test_a_list_that_cannot_be_written_does_not_lose_the_scene(pipeline, store, tmp_path):
    index = SceneIndex(f"sqlite:///{tmp_path}/index.sqlite")
    index.close()
    for name in os.listdir(tmp_path):
        if name.startswith("index"):
            (tmp_path / name).unlink()
    (tmp_path / "index.sqlite").mkdir()
    scene = create.create_scene(ask(), pipeline=pipeline, store=store, index=index)
    assert list(store.ids()) == [scene.id]


@pytest.mark.parametrize("wrong", [{"prompt": ""}, {"steps": 0}, {"guidance": "x"}, {"seed": 1.5}, {"width": 100}])
def test_wrong_requests_never_reach_the_model(pipeline, store, index, wrong):
    with pytest.raises(InvalidInput):
        create.check_request(ask(**wrong), pipeline.spec)
    with pytest.raises(InvalidInput):
        create.create_scene(ask(**wrong), pipeline=pipeline, store=store, index=index)


def test_what_is_not_asked_for_is_the_models_own():
    import dataclasses

    from ldm3d_web.ldm3d.registry import Defaults, ModelSpec

    spec = ModelSpec("x", defaults=Defaults(steps=9, guidance=1.5, width=256, height=128))
    request = create.check_request(create.GenerateRequest("a lake"), spec)
    assert (request.steps, request.guidance, request.width, request.height) == (9, 1.5, 256, 128)
    assert create.check_request(create.GenerateRequest("a lake"), spec).seed != request.seed
    assert create.check_request(dataclasses.replace(request, width=512, height=None), spec).height == 256


def test_an_own_panorama_is_kept_with_where_its_depth_comes_from(store, index):
    rgb = np.random.default_rng(1).integers(0, 255, (64, 128, 3), dtype=np.uint8)
    scene = create.create_imported_scene(encode_rgb(rgb), None, store=store, index=index, title="  Our\n garden ")
    assert scene.title == "Our garden" and scene.kind == "imported"
    assert scene.manifest["depth_source"] == "guessed" and index.page()[0].title == "Our garden"
    assert np.array_equal(read_rgb(store.read(scene.id, "rgb.png")), rgb)


def test_files_in_a_folder_are_whole_or_not_there(pipeline, tmp_path):
    made = create.generate(ask(), pipeline=pipeline)
    manifest = create.write_folder(made, tmp_path / "a" / "b")
    assert sorted(os.listdir(tmp_path / "a" / "b")) == ["depth.png", "manifest.json", "rgb.png", "scene.glb"]
    assert json.loads((tmp_path / "a" / "b" / "manifest.json").read_text()) == manifest
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"Cannot write to .*\.$"):
        create.write_folder(made, tmp_path / "file" / "b")
