"""New versions: the address stays, the words and the file change, and the old ones are gone."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from index import Query
from repo_app import jobs
from repo_app.models import (
    AuditEvent,
    Consent,
    Contribution,
    Document,
    Edit,
    File,
    FileRole,
    Job,
    Page,
    Party,
    Role,
    State,
)
from repo_app.policy import ANYONE, PUBLIC, viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services import catalogue, purges, versions, withdrawals
from repo_app.services.answers import Field
from repo_app.services.versions import NotPublished
from repo_app.workflow import Actor, ForbiddenMove
from tests.accounts import an_account
from tests.factories import a_document, indexed

CURATOR = Actor(Party.CURATOR, "curator:3")

pytestmark = pytest.mark.usefixtures("cheap_passwords")


@pytest.fixture
def author(runtime: Runtime) -> int:
    return an_account(runtime).id


@pytest.fixture
def study(runtime: Runtime, author: int) -> str:
    """Published, with a file and a text that must not outlive a new version."""
    with runtime.database.writing() as session:
        row = a_document(
            session,
            "Estudio",
            ["Palabra vieja canaria.", "Otra."],
            year=2020,
            authors=["Ana Paz"],
            organization="Universidad",
            audience=["registered"],
            tags={"theme": ["local-integration"], "country": ["HN", "GT"]},
            isbn="old",
            text_sha256="a" * 64,
        )
        row.contribution = Contribution(contributor_id=author)
        _give_files(runtime, row, b"old")
        session.flush()
        return row.public_id


def _give_files(runtime: Runtime, row: Document, content: bytes) -> None:
    for role in FileRole:
        blob = runtime.blobs.put(io.BytesIO(content + role.encode()), limit=1000)
        row.files.append(
            File(role=role, sha256=blob.key, size=blob.size, media_type="application/pdf")
        )


def begin(runtime: Runtime, public_id: str, person: int) -> str:
    with runtime.database.writing() as session:
        document = session.query(Document).filter_by(public_id=public_id).one()
        return versions.begin(session, document, person).public_id


def send(runtime: Runtime, draft_id: str, *, file: bool = True, title: str = "Estudio") -> None:
    """The draft as it stands in review, after its file was read."""
    with runtime.database.writing() as session:
        draft = session.query(Document).filter_by(public_id=draft_id).one()
        draft.state, draft.title, draft.year = State.IN_REVIEW, title, 2024
        draft.tags = [tag for tag in draft.tags if tag.value != "GT"]
        session.add(Consent(document_id=draft.id, version="1", language="es"))
        if file:
            draft.pages = [Page(number=1, text="Palabra nueva.", language="es")]
            draft.page_total = draft.pages_with_text = 1
            draft.text_sha256 = "b" * 64
            _give_files(runtime, draft, b"new")


def take_over(runtime: Runtime, draft_id: str) -> None:
    with runtime.database.writing() as session:
        draft = session.query(Document).filter_by(public_id=draft_id).one()
        versions.take_over(session, draft, CURATOR)


def test_a_draft_begins_with_what_is_said_and_without_the_file(
    runtime: Runtime, study: str, author: int
) -> None:
    draft_id = begin(runtime, study, author)
    with runtime.database.reading() as session:
        draft = session.query(Document).filter_by(public_id=draft_id).one()
        assert (draft.state, draft.title, draft.year) == (State.DRAFT, "Estudio", 2020)
        assert draft.organization
        assert (draft.authors, draft.organization.name) == (["Ana Paz"], "Universidad")
        assert {tag.value for tag in draft.tags} == {"local-integration", "HN", "GT"}
        assert [group.name for group in draft.audience] == ["registered"]
        assert (draft.files, draft.pages, draft.page_total) == ([], [], 0)
        assert draft.contribution
        assert {Field.TITLE, Field.TAGS, Field.COUNTRIES} <= set(draft.contribution.answered)
        assert Field.LICENCE not in draft.contribution.answered


def test_one_person_has_one_open_version(runtime: Runtime, study: str, author: int) -> None:
    curator = an_account(runtime, Role.CURATOR).id
    first = begin(runtime, study, author)
    assert begin(runtime, study, author) == first
    assert begin(runtime, study, curator) != first
    take_over_of(runtime, first)
    assert begin(runtime, study, author) != first


def take_over_of(runtime: Runtime, draft_id: str) -> None:
    send(runtime, draft_id)
    take_over(runtime, draft_id)


def test_nobody_else_begins_a_new_version(runtime: Runtime, study: str, author: int) -> None:
    curator = an_account(runtime, Role.CURATOR)
    with runtime.database.writing() as session:
        document = session.query(Document).one()
        may = {
            (person, role): versions.may_begin(document, viewer_with_account(person, role))
            for person in (author, curator.id)
            for role in Role
        }
        assert not versions.may_begin(document, ANYONE)
        document.state = State.IN_REVIEW
        assert not versions.may_begin(document, viewer_with_account(author, Role.CURATOR))
        with pytest.raises(NotPublished):
            versions.begin(session, document, author)
    assert {who for who, yes in may.items() if not yes} == {
        (curator.id, role) for role in Role if role is not Role.CURATOR
    }


def test_the_old_address_holds_the_new_version(runtime: Runtime, study: str, author: int) -> None:
    draft_id = begin(runtime, study, author)
    send(runtime, draft_id, title="Estudio, segunda edición")
    take_over(runtime, draft_id)
    with runtime.database.reading() as session:
        document = session.query(Document).filter_by(public_id=study).one()
        assert (document.title, document.year) == ("Estudio, segunda edición", 2024)
        assert [page.text for page in document.pages] == ["Palabra nueva."]
        assert (document.page_total, document.isbn, document.text_sha256) == (1, None, "b" * 64)
        assert {tag.value for tag in document.tags} == {"local-integration", "HN"}
        assert [group.name for group in document.audience] == ["registered"]
        assert len(document.files) == len(FileRole)
        for file in document.files:
            with runtime.blobs.local_path(file.sha256) as path:
                assert path.read_bytes() == b"new" + file.role.encode()
        assert document.contribution
        assert document.contribution.contributor_id == author
        assert document.revision == 2
        assert session.query(Consent).one().document_id == document.id
        changes = session.query(Edit).filter_by(document_id=document.id).one().changes
        assert changes["title"] == ["Estudio", "Estudio, segunda edición"]
        assert set(changes) == {"title", "year", "countries", "file"}
        events = session.query(AuditEvent).filter_by(document_id=document.id).all()
        assert [(e.action, e.actor) for e in events] == [("new-version", "curator:3")]
        kinds = {(job.kind, job.document_id == document.id) for job in session.query(Job)}
        assert kinds == {(jobs.SYNC_INDEX, True), (jobs.PURGE_DOCUMENT, False)}


def test_nothing_of_the_old_version_is_left(runtime: Runtime, study: str, author: int) -> None:
    indexed(runtime)
    draft_id = begin(runtime, study, author)
    send(runtime, draft_id)
    take_over(runtime, draft_id)
    with runtime.database.reading() as session:
        draft = session.query(Document).filter_by(public_id=draft_id).one()
        assert (draft.state, draft.title, draft.pages) == (State.WITHDRAWN, "", [])
        key = draft.id
        assert session.query(Page).filter(Page.text.contains("vieja")).count() == 0
    purges.purge(runtime, [key])
    held = set(runtime.blobs.stored())
    with runtime.database.reading() as session:
        assert held == set(session.scalars(session.query(File.sha256).statement))
    assert len(held) == len(FileRole)
    assert _hits(runtime, "vieja") == []
    assert _hits(runtime, "nueva") == [study]
    folder = runtime.settings.instance
    left = [p for p in folder.rglob("*") if p.is_file() and b"vieja canaria" in p.read_bytes()]
    assert left == []


def _hits(runtime: Runtime, words: str) -> list[str]:
    found = runtime.index.search(Query(words, frozenset({"registered"})))
    return [hit.id for hit in found.hits]


def test_a_version_without_a_file_of_its_own_leaves_the_file_as_it_is(
    runtime: Runtime, study: str, author: int
) -> None:
    draft_id = begin(runtime, study, author)
    send(runtime, draft_id, file=False, title="Título corregido")
    take_over(runtime, draft_id)
    with runtime.database.reading() as session:
        document = session.query(Document).filter_by(public_id=study).one()
        assert document.title == "Título corregido"
        assert (len(document.pages), document.page_total, document.isbn) == (2, 2, "old")
        assert len(document.files) == len(FileRole)
        assert "file" not in document.edits[0].changes


def test_where_the_old_one_is_gone_the_new_one_stands_alone(
    runtime: Runtime, study: str, author: int
) -> None:
    draft_id = begin(runtime, study, author)
    send(runtime, draft_id)
    with runtime.database.writing() as session:
        withdrawals.withdraw(
            session, session.query(Document).filter_by(public_id=study).one(), CURATOR
        )
    take_over(runtime, draft_id)
    with runtime.database.reading() as session:
        reader = replace(ANYONE, audience=frozenset({PUBLIC, "registered"}))
        assert catalogue.document(session, reader, study) is None
        assert catalogue.document(session, reader, draft_id)


@pytest.mark.parametrize("state", sorted(set(State) - {State.IN_REVIEW}))
def test_only_what_is_in_review_takes_over(
    runtime: Runtime, study: str, author: int, state: State
) -> None:
    draft_id = begin(runtime, study, author)
    send(runtime, draft_id)
    with runtime.database.writing() as session:
        session.query(Document).filter_by(public_id=draft_id).one().state = state
    with pytest.raises(ForbiddenMove):
        take_over(runtime, draft_id)
    with runtime.database.reading() as session:
        document = session.query(Document).filter_by(public_id=study).one()
        assert (document.revision, len(document.pages)) == (1, 2)


def test_a_published_document_is_never_without_file_for_its_readers(
    runtime: Runtime, study: str, author: int
) -> None:
    """Three versions one after another: the pair of document and role stays unique."""
    for number in range(3):
        draft_id = begin(runtime, study, author)
        send(runtime, draft_id, title=f"Edición {number}")
        take_over(runtime, draft_id)
    with runtime.database.reading() as session:
        document = session.query(Document).filter_by(public_id=study).one()
        assert document.title == "Edición 2"
        assert document.file(FileRole.CLEAN)
        assert len(document.edits) == 3
