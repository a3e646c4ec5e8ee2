"""A job as Gradio's generators want it: awaited, with pauses in which it can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool

from ldm3d_web.create import GenerateRequest
from ldm3d_web.engines.jobs import ENDS, Event
from ldm3d_web.engines.local import BROKEN
from ldm3d_web.errors import Ldm3dError
from ldm3d_web.web.studio import Studio

POLL_S = 0.25  # how soon a closed tab or a pressed Cancel is noticed; Gradio stops a generator only where it yields

log = structlog.get_logger()


async def follow(studio: Studio, request: GenerateRequest) -> AsyncGenerator[Event | None, None]:
    """The job's events to its end, and None every now and then, so that whoever iterates can be stopped.

    Left before its end, it stops the job: a closed tab paints no further.
    """
    news = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        try:
            loop.call_soon_threadsafe(news.set)
        except RuntimeError:
            pass  # the server's loop has ended

    try:
        job = await run_in_threadpool(studio.submit, request)
    except Ldm3dError as error:
        yield Event(0, "error", {"message": str(error), "status": error.status})
        return
    except Exception:
        log.exception("a request failed")
        yield Event(0, "error", {"message": BROKEN, "status": 500})
        return
    unlisten = job.listen(wake)
    try:
        number = 0
        while True:
            news.clear()
            for event in job.since(number):
                number = event.number
                yield event
                if event.name in ENDS:
                    return
            try:
                await asyncio.wait_for(news.wait(), POLL_S)
            except TimeoutError:
                yield None
    finally:
        unlisten()
        if not job.finished:
            studio.engine.cancel(job.id)


def state_of(event: Event) -> dict[str, Any]:
    """An event as the page's script reads it."""
    return {**event.data, "state": {"scene": "done"}.get(event.name, event.name)}
