"""Reading what waits to be read, as the worker does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module

import pytest

from ingest import Sandbox
from repo_app import jobs
from repo_app.runtime import Runtime
from repo_app.services.submissions import read_document


def read_all(runtime: Runtime, sandbox: Sandbox) -> None:
    while True:
        with runtime.database.writing() as session:
            claimed = jobs.claim(session, [jobs.READ_DOCUMENT])
        if not claimed:
            return
        read_document(runtime, sandbox, claimed[0])


@contextmanager
def lent_to_commands(sandbox: Sandbox) -> Iterator[None]:
    """Commands read with a sandbox that has started already, and leave it running: each start
    takes two seconds. That they start and end their own is seen where they are processes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sandbox, "close", lambda: None)
        for name in ("worker", "cli.copies", "cli.documents", "cli.vocabulary"):
            module = import_module(f"repo_app.{name}")
            patched.setattr(module, "Sandbox", lambda: nullcontext(sandbox))
        yield
