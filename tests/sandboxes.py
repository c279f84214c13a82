"""Sandboxes whose readers misbehave, and a look at their processes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from ingest import Limits, Sandbox
from ingest.limits import DEFAULT_LIMITS

MISBEHAVING = Path(__file__).parent / "ingest" / "misbehaving_helper.py"


def misbehaving(name: str, limits: Limits = DEFAULT_LIMITS) -> Sandbox:
    return Sandbox(limits, program=(sys.executable, str(MISBEHAVING), name))


def helper_of(sandbox: Sandbox) -> int:
    assert sandbox._helper is not None
    return sandbox._helper._process.pid


def children_of(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(child) for child in listed.split()]


def eventually(promise: Callable[[], object], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if promise():
            return True
        time.sleep(0.01)
    return False
