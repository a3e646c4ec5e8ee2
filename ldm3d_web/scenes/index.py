"""The list of scenes, newest first. Only a list: whatever it holds can be read again from the folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from ldm3d_web.errors import NotFound, StorageError
from ldm3d_web.scenes.store import SceneStore

_METADATA = sa.MetaData()
_SCENES = sa.Table(
    "scenes",
    _METADATA,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("created", sa.String(32), nullable=False, index=True),  # ISO 8601 in UTC sorts as text
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("model", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Entry:
    """One line of the list. created: ISO 8601, UTC. kind: "generated", "imported" or "starter".

    model: its name, "" for an imported one.
    """

    id: str
    created: str
    title: str
    kind: str
    model: str


class SceneIndex:
    """An SQL table of scenes: SQLite (WAL) or any database SQLAlchemy speaks."""

    def __init__(self, database_url: str):
        """Opens or makes the table. Raises StorageError when the database cannot be opened or written."""
        try:
            url = sa.make_url(database_url)
            self._engine = _engine(url)
            _METADATA.create_all(self._engine)
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            shown = database_url.split("@")[-1]  # what stands before an @ may be a password
            raise StorageError(f"The index of scenes at {shown} cannot be opened: {_cause(error)}.") from None

    def add(self, scene_id: str, manifest: Mapping[str, Any]) -> None:
        """List a scene, or list it anew. Raises StorageError."""
        row = _row(scene_id, manifest)
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.delete(_SCENES).where(_SCENES.c.id == scene_id))
                connection.execute(sa.insert(_SCENES).values(row))
        except sa.exc.SQLAlchemyError as error:
            raise StorageError(f"The index of scenes cannot be written: {_cause(error)}.") from None

    def remove(self, scene_id: str) -> None:
        """Take a scene off the list; no error when it is not on it. Raises StorageError."""
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.delete(_SCENES).where(_SCENES.c.id == scene_id))
        except sa.exc.SQLAlchemyError as error:
            raise StorageError(f"The index of scenes cannot be written: {_cause(error)}.") from None

    def page(self, limit: int = 24, before: str | None = None, *, kind: str | None = None) -> list[Entry]:
        """The newest scenes, or those that come after the scene `before` on the list, of one kind or of all.

        Raises NotFound, StorageError.
        """
        query = sa.select(_SCENES).order_by(_SCENES.c.created.desc(), _SCENES.c.id.desc()).limit(limit)
        if kind is not None:
            query = query.where(_SCENES.c.kind == kind)
        try:
            with self._engine.connect() as connection:
                if before is not None:
                    mark = connection.execute(sa.select(_SCENES.c.created).where(_SCENES.c.id == before)).scalar()
                    if mark is None:
                        raise NotFound("There is no such scene to list from.")
                    query = query.where(sa.tuple_(_SCENES.c.created, _SCENES.c.id) < sa.tuple_(mark, before))
                return [Entry(**row._mapping) for row in connection.execute(query)]
        except sa.exc.SQLAlchemyError as error:
            raise StorageError(f"The index of scenes cannot be read: {_cause(error)}.") from None

    def count(self) -> int:
        """How many scenes are listed."""
        with self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(_SCENES)).scalar_one())

    def sync(self, store: SceneStore) -> int:
        """List the scenes that the store has and the list lacks, drop those it lost; how many lines changed."""
        with self._engine.connect() as connection:
            listed = set(connection.execute(sa.select(_SCENES.c.id)).scalars())
        there = set(store.ids())
        changed = 0
        for scene_id in listed - there:
            self.remove(scene_id)
            changed += 1
        for scene_id in there - listed:
            try:
                manifest = store.manifest(scene_id)
            except (NotFound, StorageError):
                continue  # deleted meanwhile, or damaged: not a reason to hide the others
            self.add(scene_id, manifest)
            changed += 1
        return changed

    def rebuild(self, store: SceneStore) -> int:
        """Forget the list and read it from the store's folders; how many scenes it then has."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_SCENES))
        self.sync(store)
        return self.count()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    if not url.database or url.database == ":memory:":  # one connection for all, in turn: each has its own data
        alone = {"check_same_thread": False}
        return sa.create_engine("sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, connect_args=alone)
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait for the writer
        cursor.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost lines, and lines can be read again
        cursor.close()

    return engine


def _row(scene_id: str, manifest: Mapping[str, Any]) -> dict[str, str]:
    model = manifest.get("model")
    return {
        "id": scene_id,
        "created": str(manifest.get("created", "")),
        "title": str(manifest.get("title", "")),
        "kind": str(manifest.get("kind", "")),
        "model": str(model.get("name", "")) if isinstance(model, Mapping) else "",
    }


def _cause(error: Exception) -> str:
    original = getattr(error, "orig", None)
    return str(original if original is not None else error).splitlines()[0].rstrip(".")
