"""The words that a model was taught, so that a sentence it cannot paint gets an honest hint.

`vocabulary.json` in a model's folder: {"words": [...]}, lower case, in the order of the alphabet. Without one nothing
is known of a model's words, and none is called unknown.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

FILE = "vocabulary.json"
# Words without a picture of their own.
_SMALL = frozenset(
    "a an and any are as at be by can do for from has have here i in into is it its like me my near no not of on one "
    "or our over please scene see show some that the their there this to two under up upon view very we where which "
    "with you your degree panorama panoramic picture image".split()
)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, each once, in their order; what has no letter in it is no word."""
    return list(dict.fromkeys(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower().replace("’", "'"))))


def unknown_words(prompt: str, folder: Path | None) -> list[str]:
    """The words of a prompt that the model in that folder was not taught; none where its words are not known.

    A plural or another ending of a known word counts as known.
    """
    known = _known(str(folder / FILE)) if folder is not None else frozenset()
    if not known:
        return []
    return [word for word in words_of(prompt) if word not in _SMALL and not _forms(word) & known]


def write_vocabulary(folder: Path, sentences: list[str]) -> None:
    """Writes the words of these sentences as a model folder's vocabulary."""
    words = sorted({word for sentence in sentences for word in words_of(sentence)})
    (folder / FILE).write_text(json.dumps({"words": words}, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def _forms(word: str) -> set[str]:
    """The word and what it may be a form of: "lakes", "snowy", "foggier" of "lake", "snow", "fog"."""
    forms = {word}
    for ending in ("s", "es", "y", "ed", "ing", "'s", "ish", "like"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending)
            forms |= {stem, stem + "e", stem[:-1] if stem[-1] == stem[-2] else stem}
    return forms | {f"{form}s" for form in forms} | {f"{form}y" for form in forms}


def _known(file: str) -> frozenset[str]:
    try:
        return frozenset(json.loads(Path(file).read_text(encoding="utf-8"))["words"])
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
