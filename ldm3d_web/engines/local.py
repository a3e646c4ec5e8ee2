"""The local engine: one worker thread, one generation at a time, a bounded queue.

It knows nothing of models or scenes: `work(request, say, cancelled)` does the job and returns the data of its last
event, `say(name, data)` tells progress, `cancelled()` is asked at each step.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

import structlog

from ldm3d_web.engines.jobs import Job
from ldm3d_web.errors import Busy, Cancelled, Ldm3dError, NotFound

Say = Callable[[str, dict[str, Any]], None]
Work = Callable[[Any, Say, Callable[[], bool]], dict[str, Any]]

CANCELLED = "It was cancelled; nothing of it was kept."
BROKEN = "Something went wrong on the server; its log has the details. Please try again."

log = structlog.get_logger()


class LocalEngine:
    """Runs jobs one after another on a thread of its own, from `start` to `close`."""

    def __init__(
        self, work: Work, *, max_queue: int = 8, keep_jobs: int = 200, prepare: Callable[[], None] | None = None
    ):
        """max_queue: jobs that may wait beside the running one. keep_jobs: finished ones that are remembered.

        prepare: called once on the worker's thread before the first job, to load what takes long.
        """
        self._work = work
        self._prepare = prepare
        self._max_queue = max_queue
        self._keep_jobs = keep_jobs
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._finished: deque[str] = deque()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._preparing = prepare is not None

    def start(self) -> None:
        """Begin to work. Once only."""
        if self._thread is not None:
            raise RuntimeError("the engine was started before")
        self._thread = threading.Thread(target=self._loop, name="ldm3d-engine", daemon=True)
        self._thread.start()

    def close(self, timeout_s: float = 15.0) -> None:
        """Cancel what waits and runs, and wait for the worker to end, at most so long."""
        with self._changed:
            self._closing = True
            waiting, running = list(self._waiting), self._running
            self._waiting.clear()
            self._changed.notify_all()
        if running is not None:
            running.stop()
        for job in waiting:
            job.stop()
            self._end(job, "error", {"message": "The server is stopping; please try again later.", "status": 503})
        if self._thread is not None:
            self._thread.join(timeout_s)

    def submit(self, request: Any) -> Job:
        """Put a request into the queue. Raises Busy when it is full or the server is stopping."""
        with self._changed:
            if self._closing:
                raise Busy("The server is stopping; please try again later.")
            if len(self._waiting) >= self._max_queue:
                raise Busy(
                    f"The server is busy: {len(self._waiting)} scenes wait already. Please try again in a minute."
                )
            job = Job(request)
            self._jobs[job.id] = job
            self._waiting.append(job)
            job.say("queued", {"position": len(self._waiting)})
            if self._preparing:
                job.say("stage", {"stage": "loading"})
            self._changed.notify_all()
        return job

    def job(self, job_id: str) -> Job:
        """A waiting, running or remembered job. Raises NotFound."""
        with self._changed:
            job = self._jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job; it may have ended long ago.")
        return job

    def cancel(self, job_id: str) -> Job:
        """Stop a job: a waiting one at once, a running one within a step. Raises NotFound."""
        job = self.job(job_id)
        job.stop()
        with self._changed:
            waited = job in self._waiting
            if waited:
                self._waiting.remove(job)
        if waited:
            self._end(job, "error", {"message": CANCELLED, "status": Cancelled.status})
            self._tell_positions()
        return job

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)

    @property
    def running(self) -> bool:
        """Whether a job is being worked on."""
        return self._running is not None

    def _loop(self) -> None:
        if self._prepare is not None:
            try:
                self._prepare()
            except Ldm3dError as error:
                log.warning("the model is not ready", reason=str(error))
            except Exception:
                log.exception("the model could not be prepared")
            self._preparing = False
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    return
                job = self._running = self._waiting.popleft()
            self._tell_positions()
            name, data = self._run(job)
            with self._changed:
                self._running = None
            self._end(job, name, data)

    def _run(self, job: Job) -> tuple[str, dict[str, Any]]:
        try:
            return "scene", self._work(job.request, job.say, job.cancelled)
        except Cancelled:
            return "error", {"message": CANCELLED, "status": Cancelled.status}
        except Ldm3dError as error:
            return "error", {"message": str(error), "status": error.status}
        except Exception:  # a fault of ours ends one job, never the worker
            log.exception("a job failed", job=job.id)
            return "error", {"message": BROKEN, "status": 500}

    def _end(self, job: Job, name: str, data: dict[str, Any]) -> None:
        job.say(name, data)
        with self._changed:
            self._finished.append(job.id)
            while len(self._finished) > self._keep_jobs:
                self._jobs.pop(self._finished.popleft(), None)

    def _tell_positions(self) -> None:
        with self._changed:
            waiting = list(self._waiting)
        for position, job in enumerate(waiting, start=1):
            job.say("queued", {"position": position})
