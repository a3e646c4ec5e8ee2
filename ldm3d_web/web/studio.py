"""What the page, the API and the metrics share: the scenes, the queue, the model in memory."""

from __future__ import annotations

import dataclasses
import hmac
import os
import threading
from collections.abc import Callable
from typing import Any

import structlog

from ldm3d_web import create, starters
from ldm3d_web.engines.jobs import Job
from ldm3d_web.engines.local import LocalEngine, Say
from ldm3d_web.engines.models import ModelShelf
from ldm3d_web.errors import Busy, InvalidModel, Ldm3dError, StorageError
from ldm3d_web.ldm3d import inputs, registry
from ldm3d_web.ldm3d.registry import ModelSpec
from ldm3d_web.scenes.index import Entry, SceneIndex
from ldm3d_web.scenes.scene import Scene
from ldm3d_web.scenes.store import SceneStore, check_id
from ldm3d_web.settings import Settings
from ldm3d_web.web.metrics import Metrics

FIRST_SCENE_S = 10.0

log = structlog.get_logger()


class Forbidden(Ldm3dError):
    """The delete token is missing or another scene's."""

    status = 403


class Studio:
    """One server's scenes and the one who makes them. `start` and `close` belong to the server's life."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.store = SceneStore(settings.scenes_url)
        self.index = _open_index(settings)
        self.models = _models(settings)
        self._shelf = ModelShelf(device=settings.device or None)
        self.engine = LocalEngine(
            self._work, max_queue=settings.max_queue, keep_jobs=settings.keep_jobs, prepare=self._prepare
        )
        self.metrics = Metrics(waiting=lambda: self.engine.waiting, running=lambda: self.engine.running)
        self._importing = threading.Lock()
        self._closing = threading.Event()
        self._furnished = threading.Event()  # there is a scene to begin with, or there will be none
        self._furnished.set()

    def start(self) -> None:
        """Clear away what a killed server left, read the list of scenes, start the worker."""
        self.store.sweep()
        try:
            self.index.sync(self.store)
        except StorageError as error:
            log.warning("the list of scenes is not up to date", reason=str(error))
        if self.settings.starters and self.index.count() == 0:
            self._furnished.clear()
            threading.Thread(target=self._furnish, name="ldm3d-starters", daemon=True).start()
        self.engine.start()

    def close(self) -> None:
        """Stop the worker and let go of the database."""
        self._closing.set()
        self.engine.close()
        self.index.close()

    def submit(self, request: create.GenerateRequest) -> Job:
        """Check a request, see that its scene could be kept, and queue it.

        Raises InvalidInput, InvalidModel, StorageError or Busy, all before any compute.
        """
        name = request.model or next(iter(self.models))
        if not isinstance(name, str) or name not in self.models:
            raise InvalidModel(f"There is no model {inputs.show(name)}; choose {', '.join(self.models)}.")
        checked = create.check_request(dataclasses.replace(request, model=name), self.models[name])
        self.store.check_writable()
        return self.engine.submit(checked)

    def import_scene(self, rgb: bytes, depth: bytes | None, **options: Any) -> Scene:
        """Keep someone's own panorama as a scene, one at a time. Raises InvalidImage, StorageError or Busy."""
        self.store.check_writable()
        if not self._importing.acquire(timeout=30):
            raise Busy("The server is busy with other pictures. Please try again in a minute.")
        try:
            scene = create.create_imported_scene(rgb, depth, store=self.store, index=self.index, **options)
        finally:
            self._importing.release()
        self.metrics.scene("imported")
        return scene

    def scene(self, scene_id: str) -> Scene:
        """A finished scene. Raises NotFound or StorageError."""
        return Scene(check_id(scene_id), self.store.manifest(scene_id))

    def recent(self, limit: int = 12, before: str | None = None) -> list[Entry]:
        """The newest scenes; only the starters where the settings keep the list private.

        Whoever asks while a new server furnishes itself waits for the first scene, for a second or so.
        """
        self._furnished.wait(FIRST_SCENE_S)
        return self.index.page(limit, before, kind=None if self.settings.gallery else starters.KIND)

    def delete(self, scene_id: str, token: str) -> None:
        """Delete a scene by the token its maker was given. Raises NotFound, Forbidden or StorageError."""
        self.scene(scene_id)
        digest = create.token_digest(token)
        if not hmac.compare_digest(self.store.read(scene_id, "delete.sha256"), digest):
            raise Forbidden("That is not the delete token of this scene; only who made it has it.")
        self.store.delete(scene_id)
        self.index.remove(scene_id)

    def _furnish(self) -> None:
        """Make scenes of the pairs that ship: aside, since the model loads meanwhile and visitors may come."""
        try:
            for number, each in enumerate(starters.starters()):
                if self._closing.is_set():
                    return
                # The first is the newest: who comes meanwhile begins with the same scene as who comes later.
                facts = {**each.facts, "created": create.created(seconds_ago=60.0 * number)}
                create.create_known_scene(
                    each.rgbd, facts, store=self.store, index=self.index, near_m=each.near_m, far_m=each.far_m
                )
                self._furnished.set()
        except Ldm3dError as error:
            log.warning("the starters are not there", reason=str(error))
        finally:
            self._furnished.set()

    def _prepare(self) -> None:
        first = next(iter(self.models.values()))
        if first.folder is not None:  # a download waits until someone wants it
            self._shelf.get(first)

    def _work(self, request: create.GenerateRequest, say: Say, cancelled: Callable[[], bool]) -> dict[str, Any]:
        try:
            spec = self.models[request.model]
            if not self._shelf.holds(spec):
                say("stage", {"stage": "loading"})
            scene = create.create_scene(
                request,
                pipeline=self._shelf.get(spec),
                store=self.store,
                index=self.index,
                on_event=say,
                cancelled=cancelled,
            )
        except Ldm3dError as error:
            self.metrics.failure(error.status)
            raise
        except Exception:
            self.metrics.failure(500)
            raise
        self.metrics.scene("generated", scene.manifest.get("seconds"))
        return {"scene": scene.id, "delete_token": scene.delete_token}


def _models(settings: Settings) -> dict[str, ModelSpec]:
    """The models a visitor may choose, by the name they see, the one loaded at start first. Raises InvalidModel.

    On a Space only what was named is offered:
    a visitor must not start a download of gigabytes there.
    """
    chosen = [name.strip() for name in settings.models.split(",") if name.strip()]
    if not chosen and not os.environ.get("SPACE_ID"):
        chosen = [spec.name for spec in registry.MODELS.values() if not spec.unsupported]
    specs: dict[str, ModelSpec] = {}
    for name in [settings.model, *chosen]:
        spec = registry.resolve(name)
        specs.setdefault(create.model_name(spec), spec)
    return specs


def _open_index(settings: Settings) -> SceneIndex:
    """The index; in memory where its own file cannot be written, for the scenes themselves can still be shown."""
    try:
        return SceneIndex(settings.database_url)
    except StorageError as error:
        if settings.database:
            raise  # someone asked for that very database
        log.warning("the list of scenes is kept in memory", reason=str(error))
        return SceneIndex("sqlite://")
