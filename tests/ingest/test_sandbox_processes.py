"""The processes of the sandbox: whichever is killed, none is left behind and the file can be
read again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from index.vocabulary import (
    AddedLabel,
    Additions,
    Vocabulary,
    assemble,
    put_in_force,
    shipped,
)
from ingest import Limits, Refused, Sandbox, SandboxDied
from tests.pdfs import SENTENCE, a_pdf
from tests.sandboxes import MISBEHAVING, children_of, eventually, helper_of, misbehaving

ROOT = Path(__file__).parents[2]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@contextmanager
def reading_in_background(sandbox: Sandbox, pdf: Path) -> Iterator[list[object]]:
    """A read in another thread, once its child runs; what came of it is in the list at the end."""
    came: list[object] = []

    def read() -> None:
        try:
            came.append(sandbox.read(pdf))
        except (Refused, SandboxDied) as error:
            came.append(error)

    sandbox.start()
    thread = threading.Thread(target=read)
    thread.start()
    assert eventually(lambda: children_of(helper_of(sandbox)))
    yield came
    thread.join(10)
    assert not thread.is_alive()


def test_the_helper_keeps_no_file_open_that_it_handed_on(sandbox: Sandbox, pdf: Path) -> None:
    def open_files() -> int:
        return len(list(Path(f"/proc/{helper_of(sandbox)}/fd").iterdir()))

    sandbox.read(pdf)
    before = open_files()
    for _ in range(3):
        with TemporaryFile() as copy:
            sandbox.read(pdf, copy=copy)
    assert open_files() == before


def test_when_the_helper_is_killed_the_call_can_be_retried(pdf: Path) -> None:
    with misbehaving("sleep", Limits(wall_seconds=30)) as sandbox:
        with reading_in_background(sandbox, pdf) as came:
            helper = helper_of(sandbox)
            (reader,) = children_of(helper)
            os.kill(helper, signal.SIGKILL)
        assert isinstance(came[0], SandboxDied)
        assert eventually(lambda: not is_running(reader))
        sandbox.start()
        assert helper_of(sandbox) != helper


def test_a_killed_helper_is_replaced_for_the_next_file(pdf: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.start()
        os.kill(helper_of(sandbox), signal.SIGKILL)
        assert eventually(lambda: not is_running(helper_of(sandbox)))
        assert sandbox.read(pdf).draft.language == "es"


def test_closing_the_sandbox_never_refuses_the_file_it_was_reading(pdf: Path) -> None:
    sandbox = misbehaving("sleep", Limits(wall_seconds=30))
    with reading_in_background(sandbox, pdf) as came:
        sandbox.close()
    assert isinstance(came[0], SandboxDied)
    sandbox.close()


def test_a_reader_ended_from_outside_says_nothing_about_its_file(pdf: Path) -> None:
    with misbehaving("kill_itself") as sandbox, pytest.raises(SandboxDied):
        sandbox.read(pdf)


def test_when_the_worker_is_killed_helper_and_readers_go_too(pdf: Path) -> None:
    program = f"""
import sys, threading
from pathlib import Path
from ingest import Limits, Sandbox
box = Sandbox(Limits(), program=(sys.executable, {str(MISBEHAVING)!r}, "sleep"))
box.start()
print(box._helper._process.pid, flush=True)
box.read(Path({str(pdf)!r}))
"""
    worker = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    with worker:
        assert worker.stdout is not None
        helper = int(worker.stdout.readline())
        assert eventually(lambda: children_of(helper))
        (reader,) = children_of(helper)
        worker.kill()
    assert eventually(lambda: not is_running(helper))
    assert eventually(lambda: not is_running(reader))


def test_a_client_that_gives_up_leaves_no_reader_behind(pdf: Path) -> None:
    from ingest.helper_process import Call

    with misbehaving("sleep", Limits(wall_seconds=60)) as sandbox:
        sandbox.start()
        assert sandbox._helper is not None
        with Call(sandbox._helper, time.monotonic() + 60):
            assert eventually(lambda: children_of(helper_of(sandbox)))
        assert eventually(lambda: children_of(helper_of(sandbox)) == [])


def test_many_files_are_read_at_once_and_every_child_is_waited_for(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    paths = []
    for number in range(12):
        path = tmp_path / str(number)
        path.write_bytes(a_pdf([f"{SENTENCE} Documento {number}."] * (number + 1)))
        paths.append(path)
    with ThreadPoolExecutor(4) as threads:
        drafts = [reading.draft for reading in threads.map(sandbox.read, paths)]
    for number, draft in enumerate(drafts):
        assert len(draft.pages) == number + 1
        assert all(page.text.endswith(f"Documento {number}.") for page in draft.pages)
    assert children_of(helper_of(sandbox)) == []


def test_a_helper_that_cannot_start_can_be_retried(pdf: Path) -> None:
    program = (sys.executable, "-c", "raise SystemExit(1)")
    with Sandbox(program=program) as sandbox, pytest.raises(SandboxDied):
        sandbox.read(pdf)


ADDED = Additions(labels=(AddedLabel("asylum-systems", "es", "ventanilla fronteriza"),))
ABOUT_IT = "La ventanilla fronteriza abre a las ocho. En la ventanilla fronteriza se espera."


@pytest.fixture
def another_vocabulary() -> Iterator[Vocabulary]:
    """One that is to be put in force by the test, and is not any more after it."""
    yield assemble(ADDED).vocabulary
    put_in_force(shipped())


def test_readers_propose_by_the_vocabulary_in_force_and_the_draft_says_which(
    sandbox: Sandbox, tmp_path: Path, another_vocabulary: Vocabulary
) -> None:
    path = tmp_path / "window.pdf"
    path.write_bytes(a_pdf([ABOUT_IT]))
    before = sandbox.read(path).draft
    assert (before.proposals, before.vocabulary) == ((), shipped().version)
    put_in_force(another_vocabulary)
    after = sandbox.read(path).draft
    assert [(one.facet, one.value) for one in after.proposals] == [
        ("theme", "asylum-systems"),
        ("priority", "2026:P1"),
    ]
    assert after.vocabulary == another_vocabulary.version != shipped().version


def test_a_file_that_is_being_read_when_the_vocabulary_changes_is_read_to_its_end(
    pdf: Path, another_vocabulary: Vocabulary
) -> None:
    with misbehaving("sleep", Limits(wall_seconds=2)) as sandbox:
        with reading_in_background(sandbox, pdf) as came:
            older = helper_of(sandbox)
            put_in_force(another_vocabulary)
            sandbox.start()
            assert helper_of(sandbox) != older
            assert is_running(older)
        assert isinstance(came[0], Refused)  # by its own limits, and not SandboxDied
        assert eventually(lambda: not is_running(older))
