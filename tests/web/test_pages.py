"""What pages and files say to browsers, link previews and other sites."""

import html
import re

import httpx2 as httpx
import pytest

from tests.web.client import paint
from tests.web.conftest import running

PROMPT = 'A "calm" lake <b>& ${1+1}</b>'


@pytest.fixture(scope="module")
def scene_id(server):
    """A finished scene."""
    return paint(server.client, prompt=PROMPT)["scene"]


def meta(page: str) -> dict[str, str]:
    pairs = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in pairs}


def test_a_scenes_page_is_a_card_for_link_previews(server, scene_id):
    answer = server.client.get(f"/s/{scene_id}")
    said = meta(answer.text)
    assert said["og:title"] == PROMPT and said["og:url"] == f"{server.url}/s/{scene_id}"
    assert said["og:image"] == f"{server.url}/scenes/{scene_id}/preview.jpg" and said["og:image:width"] == "1200"
    assert said["robots"] == "noindex"
    address = html.unescape(re.search(r'type="application/json\+oembed" href="([^"]+)"', answer.text)[1])
    embed = httpx.get(address).json()
    assert embed["type"] == "rich" and f"{server.url}/s/{scene_id}" in embed["html"] and embed["title"] == PROMPT


def test_the_scenes_policy_forbids_foreign_code_and_allows_frames(server, scene_id):
    for path in (f"/s/{scene_id}", "/s/none"):
        headers = server.client.get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert policy["frame-ancestors"] == "*" and policy["base-uri"] == "'none'"
        assert headers["referrer-policy"] == "no-referrer" and headers["x-content-type-options"] == "nosniff"
        assert "<script>" not in server.client.get(path).text


@pytest.mark.parametrize("path", ["AAAAAAAAAAAAAAAA", "x", "..%2F..%2Fetc", "a/b", "<script>alert(1)</script>"])
def test_a_scene_that_is_not_there_has_a_friendly_page(server, path):
    answer = server.client.get(f"/s/{path}")
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
    assert "No scene here" in answer.text and "<script>" not in answer.text and 'href="/"' in answer.text


def test_files_are_immutable_typed_and_readable_from_anywhere(server, scene_id):
    kinds = {"scene.glb": "model/gltf-binary", "rgb.png": "image/png", "preview.jpg": "image/jpeg",
             "manifest.json": "application/json"}  # fmt: skip
    for name, kind in kinds.items():
        answer = server.client.get(f"/scenes/{scene_id}/{name}", headers={"Origin": "https://other.example"})
        assert answer.headers["content-type"] == kind and "immutable" in answer.headers["cache-control"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert "sandbox" in answer.headers["content-security-policy"]
        again = server.client.get(f"/scenes/{scene_id}/{name}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304 and not again.content
    part = server.client.get(f"/scenes/{scene_id}/scene.glb", headers={"Range": "bytes=0-3"})
    assert part.status_code == 206 and part.content == b"glTF"
    assert server.client.head(f"/scenes/{scene_id}/scene.glb").status_code == 200


@pytest.mark.parametrize("path", ["/config", "/gradio_api/info", "/api/scenes", "/healthz"])
def test_no_other_site_may_read_the_rest(server, path):
    for host in ("127.0.0.1", "scenes.example.org"):
        answer = server.client.get(path, headers={"Origin": "https://evil.example", "Host": host})
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_no_other_sites_page_may_change_anything(server, scene_id, said):
    for method, path in [("POST", "/api/generate"), ("POST", "/api/scenes"), ("DELETE", f"/api/scenes/{scene_id}"),
                         ("POST", "/gradio_api/queue/join")]:  # fmt: skip
        answer = server.client.request(method, path, headers=said)
        assert answer.status_code == 403 and "another site" in answer.json()["error"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    own = server.client.post("/api/generate", json={"prompt": ""}, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 400


def test_oembed_knows_only_its_own_scenes(server, scene_id):
    here = f"{server.url}/s/"
    cases = [("https://evil.example/s/" + scene_id, 400), (here + "A" * 16, 404), ("", 400), (here + scene_id, 200)]
    for url, status in cases:
        assert server.client.get("/oembed", params={"url": url}).status_code == status
    small = server.client.get("/oembed", params={"url": f"{server.url}/s/{scene_id}", "maxwidth": "320"}).json()
    assert small["width"] == 320
    assert server.client.get("/oembed", params={"url": "x", "format": "xml"}).status_code == 501


def test_the_app_asks_nothing_of_other_hosts(server):
    answer = server.client.get("/")
    assert answer.status_code == 200 and "LDM3D" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "https://huggingface.co" in policy.split("frame-ancestors")[1]
    assert "http" not in policy.split("frame-ancestors")[0]


def test_links_follow_the_public_address_and_embedding_its_setting(tiny_folder, tmp_path):
    settings = {
        "public_url": "https://scenes.example.org",
        "embed_ancestors": "'self' https://blog.example",
        "gallery": False,
    }
    with running(data=str(tmp_path), model=str(tiny_folder), **settings) as server:
        scene_id = paint(server.client)["scene"]
        page = server.client.get(f"/s/{scene_id}")
        assert meta(page.text)["og:url"] == f"https://scenes.example.org/s/{scene_id}"
        assert page.headers["content-security-policy"].endswith("frame-ancestors 'self' https://blog.example")
        assert server.client.get("/api/scenes").json() == {"scenes": []}


@pytest.mark.parametrize(("accepted", "given"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
def test_the_viewer_comes_compressed_and_is_not_fetched_twice(server, accepted, given):
    asked = {"Accept-Encoding": accepted}
    whole = server.client.get("/viewer/viewer.js?v=1", headers={"Accept-Encoding": "identity"})
    answer = server.client.get("/viewer/viewer.js?v=1", headers=asked)
    assert answer.headers.get("content-encoding") == given and "Accept-Encoding" in answer.headers["vary"]
    assert "javascript" in answer.headers["content-type"] and "immutable" in answer.headers["cache-control"]
    size = int(answer.headers["content-length"])
    assert size < 230_000 if given else size == len(whole.content)
    again = server.client.get("/viewer/viewer.js?v=1", headers={**asked, "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content
    assert given is None or answer.headers["etag"] != whole.headers["etag"]
    assert server.client.get("/viewer/host.js").headers["cache-control"] == "no-cache"
    assert server.client.get("/viewer/nothing.js").status_code == 404


def test_every_word_of_a_scenes_page_is_a_word(server, scene_id):
    """A template that asks a dict for what dicts have themselves gets a method, and would print that."""
    for path in (f"/s/{scene_id}", "/s/none"):
        page = server.client.get(path).text
        assert "built-in" not in page and "object at" not in page
    page = server.client.get(f"/s/{scene_id}", headers={"Accept-Language": "en"}).text
    assert '<button type="button" id="embed-copy">Copy</button>' in page
