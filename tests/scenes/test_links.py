"""A scene's addresses as others see them."""

import re
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest

from ldm3d_web.errors import InvalidInput, NotFound
from ldm3d_web.scenes import links

ID = "Ab-_" * 4


def test_what_a_visitor_forwards_is_believed_only_behind_the_spaces_proxy(monkeypatch):
    headers = {"host": "127.0.0.1:7860", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert links.base_url(headers, "http") == "http://127.0.0.1:7860"
    assert links.base_url(headers, "http", public_url="https://my.example/") == "https://my.example"
    monkeypatch.setenv("SPACE_ID", "someone/ldm3d")
    assert links.base_url(headers, "http") == "https://evil.example"


@pytest.mark.parametrize("host", ['a"><script>', "a/b", "user@host", "a b"])
def test_a_host_header_cannot_carry_more_than_a_host(host):
    assert links.base_url({"host": host}, "javascript") == "http://127.0.0.1"


def test_the_qr_code_reads_as_the_link():
    url = links.scene_url("https://scenes.example.org", ID)
    svg = ET.fromstring(links.qr_svg(url))
    assert svg.tag.endswith("svg") and "script" not in links.qr_svg(url)
    side = int(svg.attrib["viewBox"].split()[2])
    modules = np.full((side, side), 255, np.uint8)
    # segno draws rows of dark modules as strokes, one unit high: "M x y.5 h n m dx dy h n ..."
    path = svg.find("{*}path[@class='qrline']").attrib["d"]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-0-9. ]+)", path):
        values = [float(v) for v in re.findall(r"-?[0-9]*\.?[0-9]+", numbers)]
        if command == "h":
            modules[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
        elif command == "M":
            x, y = values
        else:
            x, y = x + values[0], y + values[1]
    picture = np.kron(modules, np.ones((8, 8), np.uint8))
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == url


def test_a_link_gives_its_id_back():
    base = "http://127.0.0.1:7860"
    assert links.scene_id_of(links.scene_url(base, ID), base) == ID
    assert links.scene_id_of(links.scene_url(base, ID) + "?x=1#yaw=30", base) == ID
    for other in ("http://evil.example/s/" + ID, base + "/api/" + ID, "javascript:alert(1)", ""):
        with pytest.raises(InvalidInput):
            links.scene_id_of(other, base)
    with pytest.raises(NotFound):
        links.scene_id_of(base + "/s/../../etc", base)


@pytest.mark.parametrize("asked", [(400, 300), (10_000, 10_000), (1, 1)])
def test_oembed_never_exceeds_what_was_asked_unless_it_would_be_too_small_to_see(asked):
    answer = links.oembed("https://x.example", ID, "t", max_width=asked[0], max_height=asked[1])
    assert 160 <= answer["width"] <= max(160, min(asked[0], 960))
    assert 120 <= answer["height"] <= max(120, min(asked[1], 540))
    assert answer["type"] == "rich" and f"https://x.example/s/{ID}" in answer["html"]
    assert "<iframe" in answer["html"] and "xr-spatial-tracking" in answer["html"]
