"""No file takes the worker down, holds it up, or gets out of its box; nothing read is lost."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

import pikepdf
import pytest
from pypdfium2 import PdfDocument

from ingest import Draft, Limits, Reason, Refused, Remark, Sandbox, SandboxDied
from ingest.sandbox import logger
from tests.pdfs import SENTENCE, a_flate_bomb, pages_of_streams, text_stream
from tests.sandboxes import children_of, eventually, helper_of, misbehaving
from tests.telling_pdfs import CANARY, telling_pdf

ROOT = Path(__file__).parents[2]
SHORT = Limits(wall_seconds=1)


def test_importing_the_sandbox_loads_no_parser() -> None:
    program = "import sys, ingest, ingest.sandbox; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    foreign = {name.partition(".")[0] for name in loaded}
    assert not foreign & {"pypdfium2", "pypdfium2_raw", "pypdf", "PIL", "lingua", "langdetect"}
    assert not foreign & {"numpy", "whoosh", "sqlalchemy", "flask"}


def test_a_sound_file_comes_back_whole_with_its_cost(sandbox: Sandbox, pdf: Path) -> None:
    reading = sandbox.read(pdf, given_title="Un título dado")
    assert reading.draft.source == pdf
    assert [page.text for page in reading.draft.pages] == [SENTENCE]
    assert (reading.draft.language, reading.draft.title) == ("es", "Un título dado")
    assert reading.draft.thumbnail is not None
    assert {"gate", "read_pages", "repair", "tell_languages", "describe"} <= reading.cpu.keys()
    assert 0 < sum(reading.cpu.values()) < 5
    assert 0 < reading.cost.peak_bytes < 600e6


def test_an_endless_reader_is_stopped_by_the_clock(pdf: Path) -> None:
    with misbehaving("sleep", SHORT) as sandbox:
        started = time.monotonic()
        with pytest.raises(Refused) as refusal:
            sandbox.read(pdf)
        assert refusal.value.reason is Reason.TOO_COSTLY
        assert time.monotonic() - started < 5
        assert children_of(helper_of(sandbox)) == []


def test_a_busy_reader_is_stopped_by_its_cpu_limit(pdf: Path) -> None:
    limits = Limits(cpu_seconds=1, wall_seconds=20)
    with misbehaving("spin", limits) as sandbox, pytest.raises(Refused) as refusal:
        sandbox.read(pdf)
    assert refusal.value.reason is Reason.TOO_COSTLY


def test_a_hoarding_reader_gets_no_more_memory(pdf: Path) -> None:
    with misbehaving("hoard", Limits(wall_seconds=20)) as sandbox:
        outcome, cost = sandbox.attempt(pdf)
    assert isinstance(outcome, Refused)
    assert outcome.reason is Reason.TOO_COSTLY
    assert cost.peak_bytes < 600e6


def test_pages_read_before_a_bomb_are_kept_and_described(read: Callable[..., Draft]) -> None:
    draft = read(pages_of_streams(text_stream(SENTENCE), a_flate_bomb(), text_stream(SENTENCE)))
    assert [page.text for page in draft.pages] == [SENTENCE]
    assert draft.page_total == 3
    assert Remark.PARTLY_READ in draft.remarks
    assert draft.language == draft.pages[0].language == "es"


def test_pages_are_kept_even_when_nobody_can_describe_them(pdf: Path) -> None:
    with misbehaving("two_pages_then_sleep", SHORT) as sandbox:
        draft = sandbox.read(pdf, given_language="pt", given_title="Título").draft
    assert [(page.text, page.language) for page in draft.pages] == [("uno", "pt"), ("dos", "pt")]
    assert (draft.language, draft.title) == ("pt", "Título")
    assert (draft.page_total, draft.remarks) == (9, (Remark.PARTLY_READ,))


@pytest.mark.parametrize(
    "name",
    [
        "die_while_cleaning",
        "sleep_while_cleaning",
        "lie_about_the_copy",
        "copy_something_else",
        "copy_without_end",
    ],
)
def test_pages_are_kept_when_no_clean_copy_comes_of_their_file(name: str, pdf: Path) -> None:
    limits = Limits(wall_seconds=1, written_bytes=1_000_000)
    with misbehaving(name, limits) as sandbox, TemporaryFile() as copy:
        draft = sandbox.read(pdf, copy=copy).draft
        assert os.fstat(copy.fileno()).st_size <= 1_000_000
    assert [page.text for page in draft.pages] == ["uno"]
    assert draft.remarks == (Remark.NO_CLEAN_COPY,)
    assert draft.copy_bytes is None


def test_a_clean_copy_is_handed_back_complete_and_from_its_beginning(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(telling_pdf())
    with TemporaryFile() as copy:
        reading = sandbox.read(path, copy=copy)
        served = copy.read()
    assert len(served) == reading.draft.copy_bytes
    assert CANARY not in str(served).lower()
    assert len(PdfDocument(served)) == 2
    assert Remark.NO_CLEAN_COPY not in reading.draft.remarks
    assert reading.draft.thumbnail is not None
    assert reading.cpu["clean_copy"] > 0


def test_a_file_locked_against_changes_only_gets_a_clean_copy(sandbox: Sandbox, pdf: Path) -> None:
    with pikepdf.open(pdf) as opened:
        opened.save(pdf.with_name("locked"), encryption=pikepdf.Encryption(owner="x", R=6))
    with TemporaryFile() as copy:
        assert sandbox.read(pdf.with_name("locked"), copy=copy).draft.copy_bytes
        assert b"/Encrypt" not in copy.read()


def test_nobody_pays_for_a_clean_copy_that_was_not_asked_for(sandbox: Sandbox, pdf: Path) -> None:
    draft = sandbox.read(pdf).draft
    assert (draft.copy_bytes, draft.remarks) == (None, ())


@pytest.mark.parametrize("name", ["garble", "flood"])
def test_a_reader_that_talks_nonsense_is_ended_and_not_believed(name: str, pdf: Path) -> None:
    with misbehaving(name, Limits(page_chars=1_000)) as sandbox:
        with pytest.raises(Refused) as refusal:
            sandbox.read(pdf)
        assert refusal.value.reason is Reason.DAMAGED
        assert eventually(lambda: children_of(helper_of(sandbox)) == [])


def test_a_failing_reader_is_logged_by_type_and_never_by_content(
    pdf: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("ERROR", logger.name)
    with misbehaving("fail") as sandbox, pytest.raises(Refused) as refusal:
        sandbox.read(pdf)
    assert refusal.value.reason is Reason.DAMAGED
    assert "ZeroDivisionError" in caplog.text
    assert "upload" not in caplog.text


def test_a_confined_reader_can_do_nothing_but_read_its_file(pdf: Path) -> None:
    if ctypes.CDLL(None).syscall(444, None, 0, 1) < 6:
        pytest.skip("this kernel confines less")
    pdf.with_name("secret").write_bytes(b"secret")
    with misbehaving("try_everything") as sandbox, TemporaryFile() as copy:
        assert sandbox.read(pdf).draft.pages[0].text == " %PDF-"
        assert sandbox.read(pdf, copy=copy).draft.pages[0].text == " %PDF-"
    assert pdf.with_name("secret").read_bytes() == b"secret"


def test_the_helper_gets_nothing_of_the_workers_environment(
    pdf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPO_SECRET_KEY", "hidden")
    with misbehaving("sleep") as sandbox:
        sandbox.start()
        environment = Path(f"/proc/{helper_of(sandbox)}/environ").read_bytes()
    assert b"PYTHONPATH" in environment
    assert b"hidden" not in environment


def test_a_reader_that_cannot_be_confined_reads_nothing(pdf: Path) -> None:
    with misbehaving("fail", Limits(open_files=-7)) as sandbox, pytest.raises(SandboxDied):
        sandbox.read(pdf)


def test_a_missing_file_is_the_callers_error(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sandbox.read(tmp_path / "nowhere.pdf")
