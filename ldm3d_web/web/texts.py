"""What the pages say, in each language they speak: `texts.json` has the words, this chooses.

Sentences of errors come from where the fact is known and are English; those that a visitor meets are known here again,
as "errors", and said in the page's language. Names of files and models have no language.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

DEFAULT = "en"

Texts = dict[str, dict[str, str]]  # by part of the pages ("app", "scene", "missing", "errors"), then by name


@cache
def languages() -> dict[str, Texts]:
    """Every language's texts, by its code."""
    return json.loads((resources.files("ldm3d_web.web") / "texts.json").read_text(encoding="utf-8"))


def part(name: str) -> dict[str, dict[str, str]]:
    """One part of the pages in every language: for Gradio and for scripts, which choose in the browser."""
    return {code: texts[name] for code, texts in languages().items()}


def choose(accept_language: str) -> str:
    """The language, of those the pages speak, that a browser's Accept-Language likes best.

    A header that cannot be read is as good as none: anyone may write one.
    """
    best, liked = DEFAULT, 0.0
    for wish in accept_language[:500].split(","):
        tag, _, weight = wish.partition(";q=")
        code = tag.strip().split("-")[0].lower()
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if code in languages() and liked < quality <= 1:
            best, liked = code, quality
    return best


def translate(sentence: str, language: str) -> tuple[str, str]:
    """An English sentence of an error in a language, and the language it is in now: English where nobody knows it."""
    for name, english in languages()[DEFAULT]["errors"].items():
        parts = re.split(r"\{(\w+)\}", english)
        pattern = "".join(f"(?P<{part}>.+)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            return languages()[language]["errors"][name].format(**found.groupdict()), language
    return sentence, DEFAULT
