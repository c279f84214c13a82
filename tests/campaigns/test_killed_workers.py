"""A worker killed with -9 at any point loses nothing and doubles nothing.

Real processes: the command line takes invented PDFs in while whole process groups are killed
at random moments; afterwards one undisturbed run must end with every document published once,
its pages complete, everything found, and no child process left.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import Settings
from index import Query
from repo_app import jobs
from repo_app.models import Document, Job, Page, State
from repo_app.policy import ANYONE
from repo_app.runtime import running
from repo_app.services import checking, searching
from tests.pdfs import a_pdf

DOCUMENTS = 40
KILLS = 16
PAGES = 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "documents"
    source.mkdir()
    for n in range(DOCUMENTS):
        pages = [
            f"Informe número{n}palabra sobre integración local, página {p}. " * 12
            for p in range(1, PAGES + 1)
        ]
        (source / f"{n}.pdf").write_bytes(a_pdf(pages, title=f"Informe {n} de prueba"))
    return source


def command(instance: Path, folder: Path) -> list[str]:
    base = [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance)]
    return [*base, "ingest", "--publish", "--workers", "2", str(folder)]


def processes_of(instance: Path) -> list[int]:
    """Every living process whose command line or parent belongs to the campaign."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z" and (str(instance) in line or "ingest.sandbox" in line):
            found.append(int(entry.name))
    return found


def expire_leases(settings: Settings) -> None:
    """The campaign does not wait 90 seconds for what the database's clock does by itself."""
    with running(settings) as runtime, runtime.database.writing() as session:
        session.query(Job).filter(Job.lease_until.is_not(None)).update(
            {"lease_until": jobs.database_now(session), "attempts": 0}
        )


@pytest.mark.campaign
def test_killed_workers_lose_and_double_nothing(tmp_path: Path, folder: Path) -> None:
    instance = tmp_path / "instance"
    settings = Settings.load(instance, env={})
    chance = random.Random(2026)
    for _ in range(KILLS):
        child = subprocess.Popen(
            command(instance, folder),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.8, 5.0))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        if settings.instance.joinpath("repository.db").exists():
            expire_leases(settings)
    last = subprocess.run(
        command(instance, folder), capture_output=True, text=True, timeout=300, check=False
    )
    with running(settings) as runtime:
        assert last.returncode == 0, last.stderr
        # What may be left: blobs of deposits that were cut off before their row was written.
        left = checking.examine(runtime)
        assert {finding.kind for finding in left} <= {checking.Kind.FILE_UNUSED}
        checking.repair(runtime, left)
        assert checking.examine(runtime) == ()
        with runtime.database.reading() as session:
            assert session.query(Document).count() == DOCUMENTS
            assert session.query(Document).filter_by(state=State.PUBLISHED).count() == DOCUMENTS
            assert session.query(Page).count() == DOCUMENTS * PAGES
        for n in range(DOCUMENTS):
            answer = searching.find(runtime, ANYONE, Query(f"número{n}palabra", ANYONE.audience))
            assert answer.total == 1
            assert answer.found[0].card.page_total == PAGES
    deadline = time.monotonic() + 10
    while processes_of(instance) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes_of(instance) == []
