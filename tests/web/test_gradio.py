"""The named endpoint `generate`, as gradio_client and programs use it."""

import time

import pytest
from gradio_client import Client

from tests.web.conftest import SMALL


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


def test_a_client_that_goes_away_stops_its_job(client, server):
    count = server.studio.index.count()
    job = client.submit("a calm lake", steps=150, api_name="/generate")
    while not server.studio.engine.running:
        time.sleep(0.05)
    job.cancel()
    while server.studio.engine.running:
        time.sleep(0.05)
    assert server.studio.index.count() == count
