"""A hint is honest: words that were taught, in any usual form, are known; others are named; no list, no hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from ldm3d_web.ldm3d.vocabulary import unknown_words, words_of, write_vocabulary


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_vocabulary(tmp_path, ["A calm lake at dawn, with snowy mountains", "pine trees in fog", "it's October"])
    return tmp_path


def test_taught_words_are_known_in_other_forms_too(folder: Path) -> None:
    assert unknown_words("Lakes, a mountain in the SNOW; foggy pines; October’s tree", folder) == []


def test_others_are_named_once_and_in_their_order(folder: Path) -> None:
    assert unknown_words("a dragon and an elephant by a lake, a dragon, 3 éléphants", folder) == [
        "dragon", "elephant", "éléphants",
    ]  # fmt: skip


def test_without_a_list_nothing_is_called_unknown(tmp_path: Path) -> None:
    assert unknown_words("a dragon", tmp_path) == unknown_words("a dragon", None) == []
    (tmp_path / "vocabulary.json").write_text("{")
    assert unknown_words("a dragon", tmp_path / "other") == []


def test_words_are_letters() -> None:
    assert words_of("The 360° lake's edge, 24 trees – trees!") == ["the", "lake's", "edge", "trees"]
