"""The index is a list that can always be read again from the folders."""

import pytest

from ldm3d_web.errors import NotFound, StorageError
from ldm3d_web.scenes.index import SceneIndex
from ldm3d_web.scenes.store import SceneStore


def manifest(minute: int, **more) -> dict:
    return {"title": f"scene {minute}", "created": f"2026-11-23T10:{minute:02d}:00+00:00", "kind": "generated",
            "model": {"name": "mini"}, **more}  # fmt: skip


@pytest.fixture
def index(tmp_path):
    return SceneIndex(f"sqlite:///{tmp_path}/data/index.sqlite")


def id_of(number: int) -> str:
    return f"scene-{number:010d}"


def test_newest_first_page_by_page_each_scene_once(index):
    for minute in (3, 1, 4, 1, 5, 9, 2, 6):
        index.add(id_of(minute), manifest(minute))
    for twin in range(20, 23):  # the same second
        index.add(id_of(twin), manifest(7))
    seen, before = [], None
    while page := index.page(limit=2, before=before):
        seen += page
        before = page[-1].id
    assert [e.created for e in seen] == sorted((e.created for e in seen), reverse=True)
    assert len({e.id for e in seen}) == len(seen) == 10


def test_listing_from_an_unknown_scene_is_not_found(index):
    with pytest.raises(NotFound):
        index.page(before=id_of(1))


def test_rebuilt_from_the_folders(index, tmp_path):
    store = SceneStore(str(tmp_path / "scenes"))
    for minute in range(3):
        store.save(id_of(minute), {"rgb.png": b""}, manifest(minute, title=f"<b>${{{minute}}}</b>"))
    store.save(id_of(9), {}, {})  # a manifest without any of the fields
    (tmp_path / "scenes" / ("x" * 16)).mkdir()
    (tmp_path / "scenes" / ("y" * 16)).mkdir()
    (tmp_path / "scenes" / ("y" * 16) / "manifest.json").write_text("[1, 2")
    index.add("gone-scene-00000", manifest(8))
    assert index.rebuild(store) == 4
    assert [e.title for e in index.page()] == ["<b>${2}</b>", "<b>${1}</b>", "<b>${0}</b>", ""]


def test_sync_changes_only_what_differs(index, tmp_path):
    store = SceneStore(str(tmp_path / "scenes"))
    for minute in range(3):
        store.save(id_of(minute), {}, manifest(minute))
    assert index.sync(store) == 3
    assert index.sync(store) == 0
    store.delete(id_of(1))
    assert index.sync(store) == 1 and index.count() == 2


def test_in_memory_serves_several_threads():
    from concurrent.futures import ThreadPoolExecutor

    index = SceneIndex("sqlite://")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: index.add(id_of(n), manifest(n)), range(40)))
    assert index.count() == 40


def test_a_database_that_cannot_be_opened_is_a_sentence_without_its_password(tmp_path):
    (tmp_path / "file").write_text("")
    for url in (f"sqlite:///{tmp_path}/file/index.sqlite", "nosuch://user:secret@host/db", "not a url"):
        with pytest.raises(StorageError, match=r"cannot be opened: .*\.$") as refusal:
            SceneIndex(url)
        assert "secret" not in str(refusal.value)


def test_a_file_that_is_no_database_is_a_sentence(tmp_path):
    (tmp_path / "index.sqlite").write_bytes(b"hello " * 1000)
    with pytest.raises(StorageError, match="not a database"):
        SceneIndex(f"sqlite:///{tmp_path}/index.sqlite")
