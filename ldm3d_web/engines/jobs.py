"""A job and what it has said so far: any number of listeners, early or late, fast or slow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ldm3d_web.scenes.store import new_id

LAST_ONLY = ("queued", "stage", "step")  # only the newest of these is worth telling
ENDS = ("scene", "error")


@dataclass(frozen=True)
class Event:
    """One thing a job said. number: grows by one with each event of the job."""

    number: int
    name: str
    data: dict[str, Any]


class Job:
    """One request on its way. Its events are kept in short: a listener who was away gets where things stand now.

    The names: `queued {position}`, `stage {stage}`, `step {step, steps, preview}`, then one of ENDS:
    `scene {scene, …}` or `error {message, status}`.
    """

    def __init__(self, request: Any):
        self.id = new_id()
        self.request = request
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._count = 0
        self._listeners: set[Callable[[], None]] = set()

    def cancelled(self) -> bool:
        """Whether someone asked it to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask it to stop; the one who works on it looks at every step."""
        self._stop.set()

    @property
    def finished(self) -> bool:
        """Whether its last event has been said."""
        with self._lock:
            return self._ended()

    def say(self, name: str, data: dict[str, Any]) -> None:
        """Add an event and wake the listeners; after the last one nothing more is said."""
        with self._lock:
            if self._ended():
                return
            if name in LAST_ONLY:
                self._events = [event for event in self._events if event.name != name]
            self._count += 1
            self._events.append(Event(self._count, name, data))
            listeners = list(self._listeners)
        for wake in listeners:
            wake()

    def since(self, number: int) -> list[Event]:
        """Events after that number, oldest first; since(0) is all that is kept."""
        with self._lock:
            return [event for event in self._events if event.number > number]

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` from the worker's thread at each event; it must not block or raise. Returns how to end that."""
        with self._lock:
            self._listeners.add(wake)

        def unlisten() -> None:
            with self._lock:
                self._listeners.discard(wake)

        return unlisten

    def _ended(self) -> bool:
        return bool(self._events) and self._events[-1].name in ENDS
