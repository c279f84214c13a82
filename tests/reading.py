"""Reading what waits to be read, as the worker does."""

from __future__ import annotations

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
