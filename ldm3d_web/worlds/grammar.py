"""The little English grammar that captions need: articles, plurals, verbs, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ldm3d_web.worlds.words.things import IRREGULAR

_HEAD_BEFORE = re.compile(r"^(.+?)( of | with | on )(.+)$")  # "block of stone": the head comes first


def with_article(phrase: str) -> str:
    """ "a" or "an" before the phrase, by its sound."""
    vowel = phrase[0].lower() in "aeiou" and not re.match(r"(uni|use|eu|one\b|once)", phrase.lower())
    return ("an " if vowel or re.match(r"(hour|honest|heir|8|11)", phrase) else "a ") + phrase


def plural(noun: str) -> str:
    """The plural of a noun, which may stand among others ("pine tree", "block of stone")."""
    if match := _HEAD_BEFORE.match(noun):
        head, joint, rest = match.groups()
        return plural(head) + joint + rest
    before, _, last = noun.rpartition(" ")
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if last in IRREGULAR:
        changed = IRREGULAR[last]
    elif last.endswith(("s", "x", "ch", "sh", "z")):
        changed = last + "es"
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        changed = last[:-1] + "ies"
    else:
        changed = last + "s"
    return f"{before} {changed}".strip()


def third_person(verb: str) -> str:
    """ "stand" becomes "stands", "reach" reaches."""
    return verb + ("es" if verb.endswith(("s", "x", "ch", "sh")) else "s")


def joined(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
