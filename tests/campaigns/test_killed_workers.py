"""A worker killed with -9 at any point loses nothing and doubles nothing.

Real processes: invented PDFs are taken in while the process that does the work is killed at
random moments; afterwards an undisturbed run must end with every document published once, its
pages complete, everything found, nothing to repair, and no process left.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from config import Settings
from index import Query
from repo_app.models import Document, Page, State
from repo_app.policy import ANYONE
from repo_app.runtime import running
from repo_app.services import checking, searching
from tests.pdfs import a_pdf

DOCUMENTS = 80
MOST_KILLS = 30
LEAST_KILLS = 5
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
    """Every living process of the instance, and every reader of files of this installation."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        reads = "ingest.sandbox" in line and sys.executable in line
        if state != "Z" and (str(instance) in line or reads):
            found.append(int(entry.name))
    return found


def unfinished(settings: Settings) -> int:
    """Documents that are not published yet; all of them before there is a database."""
    if not (settings.instance / "repository.db").exists():
        return DOCUMENTS
    with running(settings) as runtime:
        try:
            with runtime.database.reading() as session:
                done = session.query(Document).filter_by(state=State.PUBLISHED).count()
        except OperationalError:  # killed before the tables were made
            return DOCUMENTS
    return DOCUMENTS - done


def assert_whole(settings: Settings) -> None:
    with running(settings) as runtime:
        assert checking.examine(runtime) == ()
        with runtime.database.reading() as session:
            assert session.query(Document).count() == DOCUMENTS
            assert session.query(Document).filter_by(state=State.PUBLISHED).count() == DOCUMENTS
            assert session.query(Page).count() == DOCUMENTS * PAGES
        for n in range(DOCUMENTS):
            answer = searching.find(runtime, ANYONE, Query(f"número{n}palabra", ANYONE.audience))
            assert answer.total == 1
            assert answer.found[0].card.page_total == PAGES


def eventually_no_processes(instance: Path) -> None:
    deadline = time.monotonic() + 10
    while processes_of(instance) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes_of(instance) == []


@pytest.mark.campaign
def test_killed_runs_of_ingest_lose_and_double_nothing(tmp_path: Path, folder: Path) -> None:
    instance = tmp_path / "instance"
    settings = Settings.load(instance, env={})
    chance = random.Random(2026)
    landed = 0
    for _ in range(MOST_KILLS):
        child = start(command(instance, folder))
        time.sleep(chance.uniform(1.0, 3.0))
        landed += child.poll() is None
        child.kill()
        child.wait()
        if unfinished(settings) == 0:
            break
    assert landed >= LEAST_KILLS, "too few kills fell into the work to prove anything"
    last = subprocess.run(
        command(instance, folder), capture_output=True, text=True, timeout=300, check=False
    )
    assert last.returncode == 0, last.stderr
    assert_whole(settings)
    eventually_no_processes(instance)


@pytest.mark.campaign
def test_killed_workers_beside_a_handed_over_ingest_lose_and_double_nothing(
    tmp_path: Path, folder: Path
) -> None:
    instance = tmp_path / "instance"
    settings = Settings.load(instance, env={})
    chance = random.Random(4)
    base = [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance)]
    subprocess.run([*base, "init"], check=True, capture_output=True)
    landed = 0
    worker = start([*base, "work"])
    time.sleep(1.5)
    taking = start(command(instance, folder))
    while taking.poll() is None and landed < MOST_KILLS:
        time.sleep(chance.uniform(1.0, 2.5))
        landed += unfinished(settings) > 0
        worker.kill()
        worker.wait()
        worker = start([*base, "work"])
    assert taking.wait(timeout=300) == 0
    worker.terminate()
    worker.wait(timeout=60)
    assert landed >= LEAST_KILLS, "too few kills fell into the work to prove anything"
    assert_whole(settings)
    eventually_no_processes(instance)


def start(words: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
