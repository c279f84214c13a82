"""A helper whose readers do one bad thing instead of reading; run as a program by tests.

python misbehaving_helper.py NAME LIMITS
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

from ingest.draft import Draft
from ingest.limits import Limits
from ingest.messages import line_of
from ingest.sandbox_child import Wire, Work
from ingest.sandbox_helper import main

Copy = BinaryIO | None


def spin(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    while True:
        pass


def sleep(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    time.sleep(600)


def hoard(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    hoarded = []
    while True:
        hoarded.append(bytearray(32 << 20))


def two_pages_then_sleep(
    draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy
) -> None:
    if reopen:
        wire(line_of({"kind": "opened", "pages": 9}))
        wire(line_of({"kind": "page", "number": 1, "text": "uno"}))
        wire(line_of({"kind": "page", "number": 2, "text": "dos"}))
    time.sleep(600)


def garble(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    wire(line_of({"kind": "opened", "pages": 2}))
    wire(line_of({"kind": "page", "number": 1, "text": "uno"}))
    wire(b"\x80 this is no JSON\n")
    time.sleep(600)


def flood(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    while True:
        wire(b"[" * 65536)


def kill_itself(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    os.kill(os.getpid(), 15)


def fail(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    raise ZeroDivisionError(draft.source)


def try_everything(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    """Report as a title which forbidden things were possible."""
    secret = draft.source.with_name("secret")
    attempts: dict[str, Callable[[], object]] = {
        "read-other-file": secret.read_bytes,
        "write-other-file": lambda: secret.write_bytes(b"x"),
        "write-own-file": lambda: draft.source.write_bytes(b"x"),
        "list-folder": lambda: list(draft.source.parent.iterdir()),
        "signal-helper": lambda: os.kill(os.getppid(), 0),
        "connect": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
        "use-inherited-files": lambda: os.fstat(4 if copy is None else 5),
        "grow-the-copy-for-ever": lambda: os.truncate(4, limits.written_bytes + 1),
        "reopen-the-copy": lambda: os.open("/proc/self/fd/4", os.O_RDWR),
        "speak-to-worker": lambda: socket.socket(fileno=0),
    }
    wire(line_of({"kind": "opened", "pages": 1}))
    done = [name for name, attempt in attempts.items() if _works(attempt)]
    said = " ".join(done) + " " + draft.source.read_bytes()[:5].decode()
    wire(line_of({"kind": "page", "number": 1, "text": said}))
    wire(b'{"kind": "described", "languages": [null], "authors": [], "proposals": [],')
    wire(b'"personal_data": [],')
    wire(b' "remarks": []}\n')


def _describe_one_page(wire: Wire) -> None:
    wire(line_of({"kind": "opened", "pages": 1}))
    wire(line_of({"kind": "page", "number": 1, "text": "uno"}))
    wire(b'{"kind": "described", "languages": [null], "authors": [], "proposals": [],')
    wire(b'"personal_data": [],')
    wire(b' "remarks": []}\n')


def die_while_cleaning(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    _describe_one_page(wire)
    assert copy is not None
    copy.write(b"%PDF-1.7 half of it")
    copy.flush()
    os.abort()


def sleep_while_cleaning(
    draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy
) -> None:
    _describe_one_page(wire)
    time.sleep(600)


def lie_about_the_copy(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    _describe_one_page(wire)
    wire(line_of({"kind": "cleaned", "bytes": 100}))


def copy_something_else(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    _describe_one_page(wire)
    assert copy is not None
    copy.write(b"<html>")
    copy.flush()
    wire(line_of({"kind": "cleaned", "bytes": 6}))


def copy_without_end(draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: Copy) -> None:
    _describe_one_page(wire)
    assert copy is not None
    while True:
        copy.write(b"%PDF-" * 10_000)


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    work: Work = globals()[sys.argv[1]]
    main(work, prepare=lambda: None)
