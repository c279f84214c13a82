"""Documents of earlier times get the copy that readers may have, and nothing else of them moves."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from ingest import Refused, Sandbox
from repo_app import jobs
from repo_app.models import Document, File, FileRole, State
from repo_app.runtime import Runtime
from repo_app.services import copies, purges, withdrawals
from repo_app.services.copies import Outcome, lacking, make
from repo_app.services.submissions import PDF
from repo_app.workflow import CONTRIBUTOR
from tests.factories import a_document
from tests.services.test_clean_copies import TREE_THAT_RETURNS
from tests.telling_pdfs import CANARY, everything_in, telling_pdf


def earlier(runtime: Runtime, pdf: bytes, state: State = State.PUBLISHED, **columns: object) -> int:
    """As a version without clean copies left it: the text and the file that was sent."""
    blob = runtime.blobs.put(io.BytesIO(pdf), limit=10_000_000)
    with runtime.database.writing() as session:
        row = a_document(
            session, "Título de una persona", ["Un texto"], state=state,
            tags={"country": ["HN"]}, authors=["Ana Paz"], **columns,
        )  # fmt: skip
        row.files.append(
            File(role=FileRole.ORIGINAL, sha256=blob.key, size=blob.size, media_type=PDF)
        )
        return row.id


def wanted(runtime: Runtime) -> tuple[int, ...]:
    with runtime.database.reading() as session:
        return lacking(session)


def files(runtime: Runtime) -> dict[FileRole, File]:
    with runtime.database.reading() as session:
        return {file.role: file for file in session.query(File)}


def said(runtime: Runtime, document_id: int) -> dict[str, object]:
    """Everything of a document but its files and remarks."""
    with runtime.database.reading() as session:
        row = session.get_one(Document, document_id)
        columns = {c.key: getattr(row, c.key) for c in Document.__table__.columns}
        columns.pop("remarks")
        tags = [(tag.facet, tag.value, tag.confirmed_on, tag.confirmed_by) for tag in row.tags]
        return columns | {"pages": [page.text for page in row.pages], "tags": tags}


def test_a_copy_and_a_picture_are_made_and_nothing_else_changes(
    runtime: Runtime, sandbox: Sandbox
) -> None:
    document = earlier(runtime, telling_pdf())
    before = said(runtime, document)
    assert wanted(runtime) == (document,)
    assert make(runtime, sandbox, document) is Outcome.MADE
    assert said(runtime, document) == before
    held = files(runtime)
    assert held.keys() == set(FileRole)
    with runtime.blobs.local_path(held[FileRole.CLEAN].sha256) as path:
        content = path.read_bytes()
    assert len(content) == held[FileRole.CLEAN].size
    assert not any(CANARY.encode() in part.lower() for part in everything_in(content))
    assert wanted(runtime) == ()
    assert make(runtime, sandbox, document) is Outcome.NOT_NEEDED


def test_where_no_copy_can_be_made_a_remark_says_so_once(
    runtime: Runtime, sandbox: Sandbox
) -> None:
    document = earlier(runtime, TREE_THAT_RETURNS, remarks=["mixed-languages"])
    assert make(runtime, sandbox, document) is Outcome.IMPOSSIBLE
    with runtime.database.reading() as session:
        remarks = session.get_one(Document, document).remarks
    assert remarks == ["mixed-languages", "no-clean-copy"]
    assert wanted(runtime) == ()


def test_a_file_that_would_be_refused_today_keeps_its_document(
    runtime: Runtime, sandbox: Sandbox
) -> None:
    document = earlier(runtime, b"no pdf at all")
    with pytest.raises(Refused), runtime.blobs.local_path(_original(runtime)) as path:
        sandbox.read(path)
    assert make(runtime, sandbox, document) is Outcome.IMPOSSIBLE
    with runtime.database.reading() as session:
        assert session.get_one(Document, document).state is State.PUBLISHED
    assert files(runtime).keys() == {FileRole.ORIGINAL}


def _original(runtime: Runtime) -> str:
    return files(runtime)[FileRole.ORIGINAL].sha256


def test_a_picture_that_is_there_stays(runtime: Runtime, sandbox: Sandbox) -> None:
    document = earlier(runtime, telling_pdf())
    with runtime.database.writing() as session:
        session.add(
            File(
                document_id=document,
                role=FileRole.THUMBNAIL,
                sha256="0" * 64,
                size=1,
                media_type="image/webp",
            )
        )
    assert make(runtime, sandbox, document) is Outcome.MADE
    assert files(runtime)[FileRole.THUMBNAIL].sha256 == "0" * 64


@pytest.mark.parametrize("state", [State.DRAFT, State.RECEIVED, State.WITHDRAWN])
def test_what_is_still_to_be_read_or_gone_is_left_alone(runtime: Runtime, state: State) -> None:
    earlier(runtime, telling_pdf(), state)
    assert wanted(runtime) == ()


def test_what_is_being_read_is_left_to_the_worker(runtime: Runtime) -> None:
    document = earlier(runtime, telling_pdf(), State.RETURNED)
    assert wanted(runtime) == (document,)
    with runtime.database.writing() as session:
        jobs.enqueue(session, jobs.READ_DOCUMENT, document)
    assert wanted(runtime) == ()


def test_of_a_document_withdrawn_meanwhile_nothing_is_left(
    runtime: Runtime, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = earlier(runtime, telling_pdf())
    stored = copies.store_made

    def withdrawn_while_stored(*given: object) -> Iterator[File]:
        yield from stored(*given)  # type: ignore[arg-type]
        with runtime.database.writing() as session:
            withdrawals.withdraw(session, session.get_one(Document, document), CONTRIBUTOR)

    monkeypatch.setattr(copies, "store_made", withdrawn_while_stored)
    assert make(runtime, sandbox, document) is Outcome.NOT_NEEDED
    purges.purge(runtime, [document])
    assert list(runtime.blobs.stored()) == []


def test_a_missing_file_is_the_operators_to_know(runtime: Runtime, sandbox: Sandbox) -> None:
    document = earlier(runtime, telling_pdf())
    runtime.blobs.delete(_original(runtime))
    with pytest.raises(FileNotFoundError):
        make(runtime, sandbox, document)
    assert wanted(runtime) == (document,)


def test_a_copy_that_was_purged_with_its_twin_meanwhile_is_made_again(
    runtime: Runtime, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = earlier(runtime, telling_pdf())
    stored, purged = copies.store_made, []

    def purged_while_stored(*given: object) -> Iterator[File]:
        for file in stored(*given):  # type: ignore[arg-type]
            if not purged:
                purged.append(file.sha256)
                runtime.blobs.delete(file.sha256)
            yield file

    monkeypatch.setattr(copies, "store_made", purged_while_stored)
    assert make(runtime, sandbox, document) is Outcome.MADE
    assert purged
    assert all(runtime.blobs.exists(file.sha256) for file in files(runtime).values())
