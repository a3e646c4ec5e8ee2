"""The named endpoint `generate`, as gradio_client and programs use it."""

import threading
import time

import pytest
from gradio_client import Client

from ldm3d_web.errors import Cancelled
from tests.tiny_models import ZERO_SNR_SCHEDULER, make_ldm3d_folder
from tests.web.conftest import SMALL, running


@pytest.fixture(scope="module")
def client(server):
    return Client(server.url, verbose=False)


def test_generate_gives_the_scene_its_link_and_its_files(client, server):
    made = client.predict("a calm lake", seed=5, steps=2, api_name="/generate")
    assert made["state"] == "done" and made["url"] == f"{server.url}/s/{made['scene']}"
    manifest = server.client.get(made["files"]["manifest.json"]).json()
    assert manifest["prompt"] == "a calm lake" and manifest["seed"] == 5 and manifest["model"]["name"] == SMALL["name"]


def test_bad_input_is_its_sentence(client):
    with pytest.raises(Exception, match="The prompt is empty"):
        client.predict("", api_name="/generate")
    with pytest.raises(Exception, match="number of steps must be"):
        client.predict("a lake", steps=1000, api_name="/generate")


def test_only_generate_is_public(client):
    assert list(client.view_api(return_format="dict", print_info=False)["named_endpoints"]) == ["/generate"]


def test_a_client_that_goes_away_stops_its_job(client, server, monkeypatch):
    """The work lasts until somebody stops it: 150 steps of a tiny model may be over before a cancel has arrived."""
    engine, stopped = server.studio.engine, threading.Event()

    def work(request, say, cancelled):
        say("step", {"step": 1, "steps": 150})
        while not cancelled():
            time.sleep(0.02)
        stopped.set()
        raise Cancelled

    monkeypatch.setattr(engine, "_work", work)
    count = server.studio.index.count()
    job = client.submit("a calm lake", steps=150, api_name="/generate")
    # Once the client has heard of the work it knows what to cancel.
    while not job.outputs():
        time.sleep(0.05)
    job.cancel()
    assert stopped.wait(120)
    while engine.running:
        time.sleep(0.05)
    assert server.studio.index.count() == count


def test_a_model_with_an_upscaler_lets_its_pictures_size_be_chosen(server, tmp_path):
    folder = make_ldm3d_folder(
        tmp_path / "wider", settings={**SMALL, "upscale": 4}, scheduler=ZERO_SNR_SCHEDULER, upscaler=True
    )
    with running(data=str(tmp_path / "data"), model=str(folder)) as wider:
        sizes = chooser(wider.client)
        assert [label for label, _ in sizes["choices"]] == ["128 × 64", "256 × 128", "512 × 256"]
        assert sizes["visible"] and sizes["value"] == 4
        client = Client(wider.url, verbose=False)
        for asked, width in (({"upscale": 2}, 256), ({}, 512)):
            made = client.predict("a lake", **asked, api_name="/generate")
            assert wider.client.get(made["files"]["manifest.json"]).json()["width"] == width
    assert not chooser(server.client)["visible"]


def chooser(client):
    """The page's list of picture sizes, as the browser is told of it."""
    return next(
        part["props"] for part in client.get("/config").json()["components"] if part["props"].get("elem_id") == "size"
    )
