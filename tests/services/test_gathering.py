"""A bulk load is indexed in few commits, and nothing of it waits for what no longer comes."""

from __future__ import annotations

import io
import time

import pytest

from repo_app import worker
from repo_app.models import Job
from repo_app.runtime import Runtime
from repo_app.services.descriptions import Description
from repo_app.services.submissions import deposit_file
from repo_app.worker import BULK, Worker
from tests.pdfs import a_pdf

SOON = 30.0


def test_when_a_bulk_load_is_read_its_documents_wait_no_longer_for_company(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "GATHER", 2 * SOON)
    for number in range(BULK + 2):
        content = io.BytesIO(a_pdf([f"Documento {number} de una serie."]))
        deposit_file(runtime, content, Description(source_kind="academic"), publish=True)

    def done() -> bool:
        with runtime.database.reading() as session:
            return not session.query(Job).count()

    begun = time.monotonic()
    Worker(runtime, readers=2).run(
        until=lambda: done() or time.monotonic() - begun > SOON, look_every=0.05
    )
    assert done()
    assert runtime.index.status().documents == BULK + 2
