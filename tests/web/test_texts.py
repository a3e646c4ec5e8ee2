"""The pages' words: every language has all of them, and a browser gets the one it likes best."""

import re

import pytest

from ldm3d_web.engines.local import BROKEN, CANCELLED, LocalEngine
from ldm3d_web.errors import Ldm3dError
from ldm3d_web.ldm3d import inputs
from ldm3d_web.web import texts

PLACES = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("language", texts.languages())
def test_every_language_says_all_that_the_first_one_says(language):
    first, other = texts.languages()[texts.DEFAULT], texts.languages()[language]
    assert {part: list(words) for part, words in first.items()} == {part: list(words) for part, words in other.items()}
    for part, words in first.items():
        for name, sentence in words.items():
            assert other[part][name].strip()
            assert set(PLACES.findall(sentence)) == set(PLACES.findall(other[part][name])), name


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr-FR, fr;q=0.9, de;q=0.7, en;q=0.8", "en"),
        ("en-GB,en;q=0.5,de;q=0.4", "en"),
        ("fr", "en"),
        ("de;q=x, en", "en"),
        ("de;q=99, ;;q=,,", "en"),
        ("*" * 100_000, "en"),
    ],
)
def test_the_language_is_the_one_a_browser_likes_best(header, language):
    assert texts.choose(header) == language


def test_pages_speak_the_visitors_language(server):
    page = server.client.get("/s/none", headers={"Accept-Language": "de-DE"})
    assert '<html lang="de">' in page.text and "Noch keine Szene" in page.text
    assert "accept-language" in page.headers["vary"].lower()
    missing = server.client.get("/s/AAAAAAAAAAAAAAAA", headers={"Accept-Language": "de"})
    assert missing.status_code == 404 and "Hier ist keine Szene" in missing.text
    assert '<p lang="de">Diese Szene gibt es nicht' in missing.text


def said_by(call, *given) -> str:
    with pytest.raises(Ldm3dError) as caught:
        call(*given)
    return str(caught.value)


def test_what_the_checks_and_the_engine_really_say_is_known_in_every_language():
    engine = LocalEngine(lambda job: None, max_queue=0)
    sentences = {
        "empty": said_by(inputs.check_prompt, " "),
        "long": said_by(inputs.check_prompt, "x" * 1001),
        "avoid_long": said_by(inputs.check_negative, "x" * 1001),
        "seed": said_by(inputs.check_seed, -1),
        "steps": said_by(inputs.check_steps, 0),
        "guidance": said_by(inputs.check_guidance, 99),
        "waiting": said_by(engine.submit, object()),
        "broken": BROKEN,
        "cancelled": CANCELLED,
    }
    for language in texts.languages():
        for name, sentence in sentences.items():
            said, spoken = texts.translate(sentence, language)
            assert spoken == language, name
            assert "{" not in said
            assert (said == sentence) is (language == texts.DEFAULT)
    assert "höchstens 1,000" in texts.translate(sentences["long"], "de")[0]


def test_a_sentence_that_nobody_knows_stays_english():
    assert texts.translate("The moon is (full).", "de") == ("The moon is (full).", "en")
