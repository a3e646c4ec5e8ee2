"""What may be asked of a model: each check returns the value as the model takes it, or raises one sentence.

Pure Python, so that the page, the REST API and the command line can refuse before anything is loaded. Nothing is
repaired in silence: HTML, `${…}`, emoji and right-to-left text are text like any other and come back unchanged.
"""

from __future__ import annotations

import unicodedata
from numbers import Real
from typing import Any

from ldm3d_web.errors import InvalidInput

MAX_PROMPT = 1000  # characters, for the prompt and for the negative prompt
MAX_SEED = 2**32 - 1
MIN_STEPS, MAX_STEPS = 1, 150
MIN_GUIDANCE, MAX_GUIDANCE = 0, 30
MIN_WIDTH, MAX_WIDTH = 128, 2048  # pixels; a model may narrow these
UPSCALES = (1, 2, 4)  # how many times as wide a picture may be made after it was painted
WIDTH_STEP = 64  # pixels; a model with a coarser grid may widen this

# Line breaks and tabs come with pasted text and mean a space; other control characters mean nothing in a sentence.
_BREAKS = "\t\n\r"


def check_prompt(value: Any) -> str:
    """The prompt, unchanged: a text with something to see in it, at most 1,000 characters, no control characters."""
    text = _check_text(value, "The prompt")
    # Spaces, joiners and direction marks alone describe nothing.
    if all(unicodedata.category(character)[0] in "ZC" for character in text):
        raise InvalidInput("The prompt is empty; describe what you want to see, in 1 to 1,000 characters.")
    return text


def check_negative(value: Any) -> str:
    """The negative prompt, unchanged: as `check_prompt`, but it may be empty; None is the empty text."""
    return "" if value is None else _check_text(value, "The negative prompt")


def check_seed(value: Any) -> int:
    """The seed: a whole number from 0 to 4,294,967,295."""
    return _check_whole(value, "The seed", 0, MAX_SEED)


def check_steps(value: Any) -> int:
    """The number of denoising steps: a whole number from 1 to 150."""
    return _check_whole(value, "The number of steps", MIN_STEPS, MAX_STEPS)


def check_guidance(value: Any) -> float:
    """The guidance scale: a number from 0 to 30; 1 or less means no guidance."""
    # The comparison also refuses NaN and infinity.
    if not _is_number(value) or not MIN_GUIDANCE <= value <= MAX_GUIDANCE:
        raise InvalidInput(f"Guidance must be a number from {MIN_GUIDANCE} to {MAX_GUIDANCE}, not {show(value)}.")
    return float(value)


def check_size(
    width: Any, height: Any, *, step: int = WIDTH_STEP, smallest: int = MIN_WIDTH, largest: int = MAX_WIDTH
) -> tuple[int, int]:
    """(width, height) in pixels: a width that is a multiple of `step` from `smallest` to `largest`, half as high.

    One of the two may be None: it follows from the other.
    """
    if width is None and _is_number(height):
        width = 2 * height
    wide = _check_whole(width, "The width", smallest, largest)
    if wide % step:
        raise InvalidInput(f"The width must be a multiple of {step} pixels, not {wide}.")
    if height is not None and (not _is_number(height) or 2 * height != wide):
        raise InvalidInput(
            f"A panorama is twice as wide as it is high: a width of {wide} pixels needs a height of {wide // 2}, "
            f"not {show(height)}."
        )
    return wide, wide // 2


def check_upscale(value: Any, *, able: bool = True) -> int:
    """How many times as wide the picture is made: 1, 2 or 4; only 1 where the model is not `able`."""
    if not _is_number(value) or value not in UPSCALES:
        raise InvalidInput(f"A picture can be made 1, 2 or 4 times as wide, not {show(value)}.")
    if value != 1 and not able:
        raise InvalidInput("This model has no upscaler, so its pictures stay as wide as they are painted: upscale 1.")
    return int(value)


def check_near_far(near_m: Any, far_m: Any) -> tuple[float, float]:
    """The distances in metres at disparity 1 and 0: two numbers, 0 < near < far."""
    if not (_is_number(near_m) and _is_number(far_m) and 0 < near_m < far_m < float("inf")):
        raise InvalidInput(
            "The nearest and the farthest distance must be two numbers of metres, 0 < near < far, "
            f"not {show(near_m)} and {show(far_m)}."
        )
    return float(near_m), float(far_m)


def _check_text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{name} must be a text, not {show(value)}.")
    if len(value) > MAX_PROMPT:
        raise InvalidInput(f"{name} has {len(value):,} characters; at most {MAX_PROMPT:,} are allowed.")
    for position, character in enumerate(value, start=1):
        kind = unicodedata.category(character)
        # A lone surrogate cannot be written as UTF-8, neither to the manifest nor to the tokenizer.
        if kind == "Cs" or (kind == "Cc" and character not in _BREAKS):
            raise InvalidInput(
                f"{name} holds the control character U+{ord(character):04X} at position {position}; "
                "plain text is allowed, with line breaks and tabs."
            )
    return value


def _check_whole(value: Any, name: str, lowest: int, highest: int) -> int:
    # 25.0 is whole: JSON and sliders do not tell it from 25. NaN and infinity equal no whole number.
    if not _is_number(value) or value % 1 != 0 or not lowest <= value <= highest:
        raise InvalidInput(f"{name} must be a whole number from {lowest:,} to {highest:,}, not {show(value)}.")
    return int(value)


def _is_number(value: Any) -> bool:
    """Whether it is a real number, Python's or numpy's; a bool is none, nor is a text that looks like one."""
    return isinstance(value, Real) and not isinstance(value, bool)


def show(value: Any) -> str:
    """The value for a sentence, cut so that a page of text does not become one."""
    try:
        text = repr(value)
    except ValueError:  # Python prints no integer of more than 4,300 digits
        return "a number that long"
    return text if len(text) <= 40 else f"{text[:37]}…"
