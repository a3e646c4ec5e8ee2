"""The page that says what the shipped model can paint."""

import html
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from ldm3d_web import samples
from ldm3d_web.ldm3d.registry import MINI_FOLDER
from ldm3d_web.ldm3d.vocabulary import unknown_words


def test_every_sentence_is_there_with_what_came_of_it_and_a_way_to_paint_it(server):
    page = server.client.get("/samples").text
    for number, sentence in enumerate(samples.sentences()):
        assert html.escape(sentence) in page
        answer = server.client.get(f"/samples/{number}.webp")
        assert answer.headers["content-type"] == "image/webp"
        assert Image.open(io.BytesIO(answer.content)).size == (1024, 512)
    links = re.findall(r'href="(/\?prompt=[^"]+)"', page)
    assert [parse_qs(urlsplit(link).query)["prompt"][0] for link in links] == samples.sentences()


@pytest.mark.parametrize("number", ["24", "-1", "x", "0.5"])
def test_other_numbers_are_nothing(server, number):
    assert server.client.get(f"/samples/{number}.webp").status_code in (400, 404)


def test_it_speaks_the_visitors_language(server):
    page = server.client.get("/samples", headers={"Accept-Language": "de"})
    assert '<html lang="de">' in page.text and "malen kann" in page.text


def test_the_model_was_taught_every_word_of_them():
    assert {sentence: unknown_words(sentence, MINI_FOLDER) for sentence in samples.sentences()} == {
        sentence: [] for sentence in samples.sentences()
    }


def test_they_are_small():
    assert sum(samples.picture(number).stat().st_size for number in range(len(samples.sentences()))) < 500_000
