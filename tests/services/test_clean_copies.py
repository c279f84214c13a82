"""Nobody is ever served the file that was sent: only its rebuilt copy, or a kind word."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from ingest import Sandbox
from repo_app import jobs
from repo_app.models import Document, File, FileRole
from repo_app.policy import ANYONE
from repo_app.runtime import Runtime
from repo_app.services import catalogue, checking, submissions
from repo_app.services.cards import cards
from repo_app.services.descriptions import Description
from repo_app.services.submissions import deposit_file, forget_blob, read_document
from repo_app.web import build_app
from tests.pdfs import a_raw_pdf, text_stream
from tests.telling_pdfs import CANARY, everything_in, telling_pdf

TREE_THAT_RETURNS = a_raw_pdf(
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 1/MediaBox[0 0 595 842]>>",
    b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
    text_stream("Las personas refugiadas piden trabajo en la frontera."),
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
)

Published = Callable[[bytes], Document]


@pytest.fixture
def published(runtime: Runtime, sandbox: Sandbox) -> Published:
    def take_in(pdf: bytes) -> Document:
        deposit(runtime, pdf)
        read_document(runtime, sandbox, claim(runtime))
        with runtime.database.reading() as session:
            return session.query(Document).one()

    return take_in


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    return build_app(runtime, limited=False).test_client()


def deposit(runtime: Runtime, pdf: bytes) -> None:
    deposit_file(runtime, io.BytesIO(pdf), Description(language="es"), publish=True)


def claim(runtime: Runtime, lease: timedelta = jobs.LEASE) -> jobs.Claimed:
    with runtime.database.writing() as session:
        return jobs.claim(session, [jobs.READ_DOCUMENT], lease=lease)[0]


def files(runtime: Runtime) -> dict[FileRole, File]:
    with runtime.database.reading() as session:
        return {file.role: file for file in session.query(File)}


def test_what_is_served_is_the_copy_and_tells_nothing(
    runtime: Runtime, published: Published, client: FlaskClient
) -> None:
    document = published(telling_pdf())
    held = files(runtime)
    assert held.keys() == {FileRole.ORIGINAL, FileRole.CLEAN, FileRole.THUMBNAIL}
    answer = client.get(f"/documents/{document.public_id}/file", buffered=True)
    assert len(answer.data) == held[FileRole.CLEAN].size
    assert not any(CANARY.encode() in part.lower() for part in everything_in(answer.data))
    with runtime.database.reading() as session:
        card = cards(session, ANYONE, [document.public_id])[document.public_id]
    assert card.size == len(answer.data)
    wrong = {finding.kind for finding in checking.examine(runtime)}
    assert wrong <= {checking.Kind.INDEX_DRIFT}  # nobody has indexed it yet


def test_the_catalogue_hands_nobody_an_original(runtime: Runtime, published: Published) -> None:
    document = published(telling_pdf())
    with runtime.database.reading() as session:
        asked = {
            role: catalogue.file(session, ANYONE, document.public_id, role) for role in FileRole
        }
    original = files(runtime)[FileRole.ORIGINAL]
    assert asked.pop(FileRole.ORIGINAL) is None
    assert all(found and found.key != original.sha256 for found in asked.values())


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", "no lo ofrecemos para descargar"), ("en", "we do not offer it for download")],
)
def test_a_file_without_a_copy_is_kept_from_everyone_and_its_text_is_not(
    published: Published, client: FlaskClient, language: str, said: str
) -> None:
    document = published(TREE_THAT_RETURNS)
    assert document.remarks == ["no-clean-copy"]
    record = client.get(f"/{language}/documents/{document.public_id}").text
    assert said in record
    assert f"/documents/{document.public_id}/file" not in record
    assert "citation_pdf_url" not in record
    assert client.get(f"/documents/{document.public_id}/file").status_code == 404
    page = client.get(f"/{language}/documents/{document.public_id}/pages/1").text
    assert "piden trabajo en la frontera" in page
    assert f"/documents/{document.public_id}/file" not in page


def test_readers_are_not_told_of_dangers_that_their_copy_does_not_have(
    published: Published, client: FlaskClient
) -> None:
    document = published(telling_pdf())
    assert {"active-content", "attachments"} <= set(document.remarks)
    record = client.get(f"/en/documents/{document.public_id}").text
    assert "scripts" not in record
    assert "attached" not in record


def test_a_reading_that_comes_too_late_leaves_no_file_behind(
    runtime: Runtime, sandbox: Sandbox, tmp_path: Path
) -> None:
    deposit(runtime, telling_pdf())
    slow = claim(runtime, lease=timedelta(milliseconds=-1))
    quick = claim(runtime)
    with pytest.raises(jobs.LeaseLost):
        read_document(runtime, sandbox, slow)
    assert _unused_after_two_hours(runtime, tmp_path) == set()
    read_document(runtime, sandbox, quick)
    assert files(runtime).keys() >= {FileRole.CLEAN, FileRole.THUMBNAIL}
    assert _unused_after_two_hours(runtime, tmp_path) == set()


def test_a_copy_that_another_reading_took_along_is_made_again(
    runtime: Runtime, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    deposit(runtime, telling_pdf())
    first = claim(runtime)
    store = submissions.store_made

    def taken_along(*args: Any) -> Iterator[File]:
        for file in store(*args):
            forget_blob(runtime, file.sha256)
            yield file

    monkeypatch.setattr(submissions, "store_made", taken_along)
    with pytest.raises(submissions.MadeFilesGone):
        read_document(runtime, sandbox, first)
    monkeypatch.undo()
    read_document(runtime, sandbox, first)
    assert all(runtime.blobs.exists(file.sha256) for file in files(runtime).values())


def _unused_after_two_hours(runtime: Runtime, folder: Path) -> set[str]:
    earlier = time.time() - 7_200
    for path in folder.rglob("[0-9a-f]*"):
        if path.is_file() and len(path.name) == 64:
            os.utime(path, (earlier, earlier))
    findings = checking.examine(runtime)
    return {found.what for found in findings if found.kind is checking.Kind.FILE_UNUSED}
