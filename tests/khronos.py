"""Khronos' glTF validator for the tests: one node process for the whole run, a GLB in, its report out.

`tests/conftest.py` sends every GLB that a test writes through `assert_valid_glb`; a test that gets a GLB from another
process (a server, the command line) calls it by hand.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_servant: subprocess.Popen[bytes] | None = None
_passed: set[bytes] = set()


def validate(glb: bytes) -> dict[str, Any]:
    """The validator's report on one GLB. Raises RuntimeError where node or the validator is not installed."""
    global _servant
    if _servant is None or _servant.poll() is not None:
        _servant = _start()
    assert _servant.stdin and _servant.stdout
    _servant.stdin.write(struct.pack("<I", len(glb)) + glb)
    _servant.stdin.flush()
    answer = _servant.stdout.readline()
    if not answer:
        raise RuntimeError("the validator ended without an answer; is node_modules/gltf-validator there (make setup)?")
    return json.loads(answer)


def assert_valid_glb(glb: bytes) -> None:
    """0 errors and 0 warnings, or an AssertionError with what the validator said."""
    name = hashlib.sha256(glb).digest()
    if name in _passed:
        return
    issues = validate(glb)["issues"]
    assert not issues["numErrors"] and not issues["numWarnings"], json.dumps(issues["messages"][:10], indent=1)
    _passed.add(name)


def _start() -> subprocess.Popen[bytes]:
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    if node is None:
        raise RuntimeError("node is not installed; run make setup")
    script = ROOT / "tests" / "js" / "validate.mjs"
    process = subprocess.Popen([node, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    atexit.register(process.kill)
    return process
