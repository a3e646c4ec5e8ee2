"""One at a time, a bounded queue, a worker that nothing kills. The work is plain Python here; the engine is real."""

import threading
import time

import pytest

from ldm3d_web.engines.local import LocalEngine
from ldm3d_web.errors import Busy, Cancelled, InvalidInput, NotFound


class Bench:
    """Work that a test can hold and let go, and that knows how many ran at once."""

    def __init__(self):
        self.go = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self.live = self.most = 0
        self.stopped_after: list[int] = []

    def __call__(self, request, say, cancelled):
        self.live += 1
        self.most = max(self.most, self.live)
        self.begun.release()
        try:
            if isinstance(request, Exception):
                raise request
            for step in range(1, 6):
                assert self.go.acquire(timeout=60)
                if cancelled():
                    self.stopped_after.append(step - 1)
                    raise Cancelled("stopped")
                say("step", {"step": step, "steps": 5, "preview": None})
            return {"scene": request}
        finally:
            self.live -= 1

    def let(self, steps: int) -> None:
        self.go.release(steps)


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def engine(bench):
    engine = LocalEngine(bench, max_queue=2, keep_jobs=3)
    engine.start()
    yield engine
    bench.let(1000)
    engine.close()


def wait_for(job, name):
    """The job's first event of that name, as a listener gets it."""
    heard = threading.Event()
    unlisten = job.listen(heard.set)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for event in job.since(0):
                if event.name == name:
                    return event
            heard.wait(1)
            heard.clear()
        raise AssertionError(f"no {name} in {job.since(0)}")
    finally:
        unlisten()


def test_jobs_run_one_after_another_and_say_what_they_do(engine, bench):
    first, second = engine.submit("one"), engine.submit("two")
    bench.let(10)
    assert wait_for(second, "scene").data == {"scene": "two"}
    assert wait_for(first, "scene").data == {"scene": "one"}
    assert [e.name for e in first.since(0)] == ["queued", "step", "scene"]
    assert bench.most == 1


def test_beyond_the_queue_is_busy_and_a_place_opens_again(engine, bench):
    first = engine.submit("one")
    assert bench.begun.acquire(timeout=60)
    waiting = [engine.submit("two"), engine.submit("three")]
    assert [wait_for(job, "queued").data["position"] for job in waiting] == [1, 2]
    with pytest.raises(Busy, match=r"busy: 2 scenes wait already\. Please"):
        engine.submit("four")
    bench.let(5)
    wait_for(first, "scene")
    assert bench.begun.acquire(timeout=60)
    assert waiting[1].since(0)[-1].data == {"position": 1}
    engine.submit("four")


def test_a_running_job_stops_within_one_step(engine, bench):
    job = engine.submit("one")
    bench.let(2)
    while not any(e.data.get("step") == 2 for e in job.since(0)):
        time.sleep(0.01)
    engine.cancel(job.id)
    bench.let(1)
    end = wait_for(job, "error")
    assert end.data["status"] == 409 and "cancelled" in end.data["message"]
    assert bench.stopped_after == [2]


def test_a_waiting_job_is_cancelled_at_once_and_never_begins(engine, bench):
    engine.submit("one")
    assert bench.begun.acquire(timeout=60)
    job, later = engine.submit("two"), engine.submit("three")
    engine.cancel(job.id)
    assert job.finished and job.since(0)[-1].data["status"] == 409
    assert later.since(0)[-1].data == {"position": 1}
    bench.let(10)
    assert wait_for(later, "scene").data == {"scene": "three"}
    engine.cancel(later.id)  # too late: nothing happens
    assert later.since(0)[-1].name == "scene"


@pytest.mark.parametrize(
    "fault, status, message",
    [(InvalidInput("Steps must be 1 to 200."), 400, "Steps must"), (RuntimeError("CUDA broke"), 500, "went wrong"),
     (MemoryError(), 500, "went wrong"), (Cancelled("x"), 409, "cancelled")],
)  # fmt: skip
def test_no_fault_kills_the_worker(engine, bench, fault, status, message):
    end = wait_for(engine.submit(fault), "error").data
    assert end["status"] == status and message in end["message"] and "CUDA" not in end["message"]
    job = engine.submit("after")
    bench.let(5)
    assert wait_for(job, "scene").data == {"scene": "after"}


def test_a_late_listener_gets_where_things_stand_and_a_slow_one_no_backlog(engine, bench):
    job = engine.submit("one")
    bench.let(5)
    wait_for(job, "scene")
    events = job.since(0)
    assert [e.name for e in events] == ["queued", "step", "scene"]
    assert events[1].data["step"] == 5
    assert job.since(events[1].number) == events[2:]
    assert engine.job(job.id) is job


def test_only_the_last_finished_jobs_are_remembered(engine, bench):
    jobs = []
    for number in range(5):
        jobs.append(engine.submit(str(number)))
        bench.let(5)
        wait_for(jobs[-1], "scene")
    for job in jobs[:2]:
        with pytest.raises(NotFound):
            engine.job(job.id)
    assert engine.job(jobs[-1].id) is jobs[-1]


def test_closing_ends_the_worker_and_tells_everyone(bench):
    engine = LocalEngine(bench, max_queue=2)
    engine.start()
    running = engine.submit("one")
    assert bench.begun.acquire(timeout=60)
    waiting = engine.submit("two")
    threading.Timer(0.05, bench.let, [1]).start()
    engine.close()
    assert wait_for(running, "error").data["status"] == 409
    assert wait_for(waiting, "error").data["status"] == 503
    assert not engine._thread.is_alive()
    with pytest.raises(Busy, match="stopping"):
        engine.submit("three")


def test_a_model_that_cannot_be_prepared_does_not_stop_the_worker(bench):
    def prepare():
        raise InvalidInput("no such model")

    engine = LocalEngine(bench, prepare=prepare)
    engine.start()
    job = engine.submit("one")
    bench.let(5)
    wait_for(job, "scene")
    engine.close()
