"""Every input is taken as it is or refused with one sentence that says what is allowed."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d import inputs

NOT_NUMBERS = [None, True, False, "", "25", "seven", b"7", [7], {"a": 1}, 1j, np.bool_(True), object()]
NOT_FINITE = [float("nan"), float("inf"), float("-inf"), np.float32("nan")]


@pytest.mark.parametrize(
    "prompt",
    [
        "a calm lake at dawn, snowy mountains, pine trees",
        "<script>alert(1)</script> & <b>bold</b>",
        "${7*7} {{7*7}} %s `ls`",
        "🏔️ a family 👨‍👩‍👧 at the lake",
        "בוקר ליד האגם \u202eright to left",
        "two lines,\n\tas pasted from a letter\r\n",
        "é" * 1000,
        "x",
    ],
)
def test_text_is_text_and_comes_back_unchanged(prompt):
    assert inputs.check_prompt(prompt) == prompt
    assert inputs.check_negative(prompt) == prompt


@pytest.mark.parametrize("prompt", ["", " ", "\n\t ", "\u3000\u00a0", "\u200b\u200d\u202e"])
def test_nothing_to_see_is_an_empty_prompt(prompt):
    with pytest.raises(InvalidInput, match="The prompt is empty; describe what you want to see"):
        inputs.check_prompt(prompt)
    assert inputs.check_negative(prompt) == prompt


def test_no_negative_prompt_is_the_empty_text():
    assert inputs.check_negative(None) == ""


@pytest.mark.parametrize("check", [inputs.check_prompt, inputs.check_negative])
def test_texts_that_are_refused(check):
    with pytest.raises(InvalidInput, match=r"prompt has 1,001 characters; at most 1,000 are allowed\."):
        check("a" * 1001)
    with pytest.raises(InvalidInput, match=r"control character U\+001B at position 5"):
        check("lake\x1b[31m")
    for character in ("\x00", "\x07", "\x7f", "\x85", "\ud800"):
        with pytest.raises(InvalidInput, match=f"U\\+{ord(character):04X}"):
            check(f"a lake {character}")
    for value in (5, b"lake", ["lake"]):
        with pytest.raises(InvalidInput, match="must be a text, not"):
            check(value)


@given(st.text(max_size=1000))
def test_any_text_is_either_kept_or_refused(text):
    try:
        assert inputs.check_negative(text) is text
        text.encode("utf-8")
    except InvalidInput as error:
        assert "control character" in str(error)


WHOLE = [
    (inputs.check_seed, 0, 2**32 - 1, r"The seed must be a whole number from 0 to 4,294,967,295, not "),
    (inputs.check_steps, 1, 150, r"The number of steps must be a whole number from 1 to 150, not "),
]


@pytest.mark.parametrize(("check", "lowest", "highest", "sentence"), WHOLE)
def test_whole_numbers(check, lowest, highest, sentence):
    for value in (lowest, highest, float(lowest), np.int64(highest), np.uint32(highest), Fraction(lowest)):
        result = check(value)
        assert result == value
        assert type(result) is int
    for value in (lowest - 1, highest + 1, -1, 7.5, 10**400, -(10**5000), *NOT_NUMBERS, *NOT_FINITE):
        with pytest.raises(InvalidInput, match=sentence):
            check(value)


def test_guidance():
    for value in (0, 1, 4.5, 30, np.float32(7.5)):
        assert inputs.check_guidance(value) == value
        assert type(inputs.check_guidance(value)) is float
    for value in (-0.1, 30.01, 10**400, *NOT_NUMBERS, *NOT_FINITE):
        with pytest.raises(InvalidInput, match=r"Guidance must be a number from 0 to 30, not "):
            inputs.check_guidance(value)


def test_sizes():
    assert inputs.check_size(512, 256) == (512, 256)
    assert inputs.check_size(1024.0, np.int32(512)) == (1024, 512)
    assert inputs.check_size(512, None) == inputs.check_size(None, 256) == (512, 256)
    assert inputs.check_size(640, 320, step=128) == (640, 320)
    for width, height, sentence in [
        (512, 512, "twice as wide as it is high: a width of 512 pixels needs a height of 256, not 512"),
        (256, 512, "needs a height of 128, not 512"),
        (None, None, "The width must be a whole number from 128 to 2,048, not None"),
        (None, "64", "not None"),
        (None, 10**400, "The width must be"),
        (512, "256", "needs a height of 256, not '256'"),
        (512, float("nan"), "not nan"),
        (500, 250, "multiple of 64 pixels, not 500"),
        (64, 32, "The width must be a whole number from 128 to 2,048, not 64"),
        (4096, 2048, "from 128 to 2,048, not 4096"),
        (-512, -256, "from 128 to 2,048, not -512"),
        ("512", 256, "not '512'"),
        (512.5, 256, "not 512.5"),
        (float("nan"), 256, "not nan"),
        (True, 256, "not True"),
    ]:
        with pytest.raises(InvalidInput, match=sentence):
            inputs.check_size(width, height)
    with pytest.raises(InvalidInput, match="multiple of 128 pixels, not 192"):
        inputs.check_size(192, 96, step=128)
    with pytest.raises(InvalidInput, match="from 256 to 512, not 576"):
        inputs.check_size(576, 288, smallest=256, largest=512)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.binary(), st.lists(st.text())))
def test_every_refusal_is_one_short_sentence(value):
    for check in (inputs.check_seed, inputs.check_steps, inputs.check_guidance, lambda v: inputs.check_size(512, v)):
        try:
            check(value)
        except InvalidInput as error:
            sentence = str(error)
            assert sentence.endswith(".")
            assert "\n" not in sentence
            assert len(sentence) < 160


def test_the_checks_load_no_heavy_package():
    code = "import sys, ldm3d_web.ldm3d.inputs; print(sorted({'torch', 'diffusers', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
