"""What the tests of the web say again and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx


def follow(client: httpx.Client, job: str, **headers: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(id, name, data) of a job's server-sent events, to the end of the stream."""
    with client.stream("GET", f"/api/jobs/{job}", headers=headers) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            if line.startswith(":"):
                continue
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                yield int(fields["id"]), fields["event"], json.loads(fields["data"])
                fields = {}


def ask(client: httpx.Client, **body: Any) -> str:
    """Queue a generation and return its job."""
    answer = client.post("/api/generate", json={"prompt": "a calm lake", **body})
    assert answer.status_code == 202, answer.text
    return answer.json()["job"]


def paint(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """The data of the `scene` event of a whole generation."""
    *_, (_, name, data) = follow(client, ask(client, **body))
    assert name == "scene", data
    return data
