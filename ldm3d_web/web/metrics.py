"""Numbers for Prometheus, one registry a server, so that two in one process do not count for each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

SECONDS = (0.1, 0.3, 1, 3, 10, 20, 30, 60, 120, 300, 600)


class Metrics:
    """Counts scenes, failures and seconds by stage; asks for the queue when read."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, *, waiting: Callable[[], int], running: Callable[[], bool]):
        self._registry = CollectorRegistry()
        self._scenes = Counter("ldm3d_scenes", "Scenes made", ["kind"], registry=self._registry)
        self._failures = Counter(
            "ldm3d_failures", "Jobs that ended without a scene", ["status"], registry=self._registry
        )
        self._seconds = Histogram(
            "ldm3d_stage_seconds", "Seconds by stage of a scene", ["stage"], buckets=SECONDS, registry=self._registry
        )
        Gauge("ldm3d_waiting", "Jobs in the queue", registry=self._registry).set_function(waiting)
        Gauge("ldm3d_running", "Jobs being worked on", registry=self._registry).set_function(lambda: float(running()))

    def scene(self, kind: str, seconds: Mapping[str, Any] | None = None) -> None:
        """A scene was made; seconds: by stage."""
        self._scenes.labels(kind).inc()
        for stage, value in (seconds or {}).items():
            self._seconds.labels(stage).observe(value)

    def failure(self, status: int) -> None:
        """A job ended with an error of that status."""
        self._failures.labels(str(status)).inc()

    def text(self) -> bytes:
        """The text format Prometheus reads."""
        return generate_latest(self._registry)
