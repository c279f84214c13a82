"""What is taken back is gone: from the next request, and then from every file."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index import Query
from ingest import Sandbox
from repo_app import jobs, workflow
from repo_app.models import (
    Consent,
    Contribution,
    Document,
    Edit,
    File,
    FileRole,
    Job,
    Naming,
    Organization,
    Origin,
    Page,
    Party,
    ReviewNote,
    State,
)
from repo_app.models.workflow import ForbiddenMove
from repo_app.policy import ANYONE
from repo_app.runtime import Runtime
from repo_app.services import (
    arrivals,
    catalogue,
    checking,
    editing,
    organizations,
    searching,
    upkeep,
    withdrawals,
)
from repo_app.services.answers import Field, Value
from repo_app.services.descriptions import Description
from repo_app.services.organizations import Profile
from repo_app.services.submissions import deposit_file, read_document
from repo_app.services.tags import By
from repo_app.worker import Worker
from repo_app.workflow import CONTRIBUTOR, Actor
from tests.factories import a_document, indexed
from tests.pdfs import a_pdf
from tests.reading import read_all

CANARY = "zanatecanario"
CURATOR = Actor(Party.CURATOR, "curator:1")
SAID = Description(
    title=f"Informe {CANARY}",
    language="es",
    authors=(f"Ana {CANARY}",),
    abstract=f"Un resumen {CANARY}",
    planning_use=f"Sirve para {CANARY}",
    url=f"https://example.org/{CANARY}",
    organization="Red de muestra",
)


NOBODY = Description(title="Informe", language="es", source_kind="academic")

Published = Callable[..., str]


def work(runtime: Runtime) -> None:
    def done() -> bool:
        with runtime.database.reading() as session:
            return not session.query(Job).filter(Job.state != "dead").count()

    Worker(runtime, readers=1).run(until=done, look_every=0.05)


@pytest.fixture
def published(runtime: Runtime, sandbox: Sandbox) -> Published:
    """Take a PDF in, read and indexed; its public id."""

    def take_in(text: str = f"Una página sobre {CANARY}.", said: Description = SAID) -> str:
        content = io.BytesIO(a_pdf([text, "Otra página."]))
        held = deposit_file(runtime, content, said, publish=True)
        read_all(runtime, sandbox)
        work(runtime)
        with runtime.database.reading() as session:
            return session.get_one(Document, held.document_id).public_id

    return take_in


def withdraw(runtime: Runtime, public_id: str) -> None:
    with runtime.database.writing() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        withdrawals.withdraw(session, row, CURATOR)


def files_with(folder: Path, word: str) -> list[str]:
    wanted = word.encode()
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and wanted in path.read_bytes().lower()
    ]


def test_no_file_of_the_instance_holds_a_word_of_what_was_withdrawn(
    runtime: Runtime, published: Published
) -> None:
    public_id = published()
    kept = published("Una página que se queda.")
    with runtime.database.writing() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        row.notes = [ReviewNote(field="title", words=f"Falta {CANARY}")]
        row.edits = [Edit(actor="curator:1", changes={"title": ["antes", CANARY]})]
        session.add(Consent(document_id=row.id, version="1", language="es", choices=["publish"]))
        blobs = [file.sha256 for file in row.files]
    assert len(blobs) == 3
    instance = runtime.settings.instance
    assert files_with(instance, CANARY), "the test would prove nothing"
    with runtime.database.writing() as session:  # its title is the canary as well
        other = session.query(Document).filter_by(public_id=kept).one()
        other.title, other.authors, other.abstract = "Otro", [], ""
        other.planning_use, other.url, other.revision = "", None, other.revision + 1
        jobs.enqueue(session, jobs.SYNC_INDEX, other.id)
    work(runtime)
    withdraw(runtime, public_id)
    work(runtime)
    assert files_with(instance, CANARY) == []
    assert not any(runtime.blobs.exists(key) for key in blobs)
    assert checking.examine(runtime) == ()
    answer = searching.find(runtime, ANYONE, Query("página", ANYONE.audience))
    assert [found.card.id for found in answer.found] == [kept]


def an_edit(runtime: Runtime, public_id: str, said: dict[Field, Value], *, harmful: bool) -> None:
    with runtime.database.writing() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        by = By(Origin.CURATOR, "curator:1")
        args = (session, runtime.vocabulary, row, said, by, row.revision)
        editing.edit(*args, harmful=harmful)


def among_others(runtime: Runtime) -> None:
    """In one large segment, which no later commit rewrites by itself."""
    with runtime.database.writing() as session:
        for n in range(40):
            a_document(session, f"Estudio {n}", [f"Página {m} de {n}" for m in range(5)])
    indexed(runtime)


def test_a_name_an_edit_takes_out_is_in_no_file_of_the_index(
    runtime: Runtime, published: Published
) -> None:
    named = replace(NOBODY, authors=("Ana", f"Eva {CANARY}"))
    public_id = published("Una página.", named)
    among_others(runtime)
    index = runtime.settings.instance / "search"
    assert files_with(index, CANARY), "the test would prove nothing"
    an_edit(runtime, public_id, {Field.AUTHORS: ("Ana",)}, harmful=False)
    work(runtime)
    assert files_with(index, CANARY) == []
    assert files_with(runtime.settings.instance, CANARY), "the history keeps it"


def test_what_was_harmful_is_in_no_file_of_the_instance(
    runtime: Runtime, published: Published
) -> None:
    told = replace(NOBODY, abstract=f"Lo que vivió {CANARY}", planning_use=CANARY)
    public_id = published("Una página.", told)
    an_edit(runtime, public_id, {Field.PLANNING_USE: ""}, harmful=False)
    an_edit(runtime, public_id, {Field.ABSTRACT: "Lo que vivieron"}, harmful=True)
    work(runtime)
    assert files_with(runtime.settings.instance, CANARY) == []


@pytest.mark.parametrize("naming", [Naming.ALIAS, Naming.WITHHELD])
def test_a_name_an_organization_hides_is_in_no_file_of_the_index(
    runtime: Runtime, naming: Naming, published: Published
) -> None:
    public_id = published("Una página.", replace(NOBODY, organization=f"Red {CANARY}"))
    among_others(runtime)
    index = runtime.settings.instance / "search"
    assert files_with(index, CANARY), "the test would prove nothing"
    with runtime.database.writing() as session:
        key = session.query(Organization).one().id
        hidden = Profile(f"Red {CANARY}", "refugee-led", naming=naming, alias="Una red")
        organizations.change(session, "administrator:1", key, hidden)
    work(runtime)
    assert files_with(index, CANARY) == []
    with runtime.database.reading() as session:
        assert catalogue.document(session, ANYONE, public_id)


def test_what_was_withdrawn_is_gone_in_the_next_request(
    runtime: Runtime, published: Published
) -> None:
    public_id = published()
    withdraw(runtime, public_id)
    with runtime.database.reading() as session:
        assert catalogue.document(session, ANYONE, public_id) is None
        assert catalogue.page(session, ANYONE, public_id, 1) is None
        assert catalogue.file(session, ANYONE, public_id, FileRole.CLEAN) is None
        assert catalogue.file(session, ANYONE, public_id, FileRole.THUMBNAIL) is None
    assert searching.find(runtime, ANYONE, Query("página", ANYONE.audience)).found == ()


def test_an_emptied_row_holds_nothing_but_an_address_that_is_never_given_again(
    runtime: Runtime, published: Published
) -> None:
    public_id = published()
    withdraw(runtime, public_id)
    work(runtime)
    with runtime.database.reading() as session:
        row = session.query(Document).one()
        left = {column.key for column in Document.__table__.columns if getattr(row, column.key)}
        harmless = {"id", "public_id", "state", "revision", "received_on", "publish_when_read"}
        assert left == harmless
        assert row.organization is None
        assert session.query(Organization).count() == 1  # others may contribute in its name
        assert not session.query(Page).count() + session.query(File).count()


def test_a_file_that_another_document_uses_stays(runtime: Runtime, published: Published) -> None:
    public_id = published()
    with runtime.database.writing() as session:
        row = session.query(Document).one()
        shared = next(file for file in row.files if file.role is FileRole.CLEAN)
        other = Document(title="Otro", state=State.IN_REVIEW)
        other.files = [
            File(role=FileRole.CLEAN, sha256=shared.sha256, size=shared.size, media_type="x/y")
        ]
        session.add(other)
        key = shared.sha256
    withdraw(runtime, public_id)
    work(runtime)
    assert runtime.blobs.exists(key)


def test_a_draft_taken_back_while_it_is_read_leaves_nothing(
    runtime: Runtime, sandbox: Sandbox
) -> None:
    blob = runtime.blobs.put(io.BytesIO(a_pdf(["Borrador"])), limit=1_000_000)
    with runtime.database.writing() as session:
        row = Document(state=State.DRAFT, contribution=Contribution())
        row.files = [
            File(
                role=FileRole.ORIGINAL,
                sha256=blob.key,
                size=blob.size,
                media_type="application/pdf",
            )
        ]
        session.add(row)
        session.flush()
        jobs.enqueue(session, jobs.READ_DOCUMENT, row.id)
    with runtime.database.writing() as session:
        (claimed,) = jobs.claim(session, [jobs.READ_DOCUMENT])

    class TakenBackMeanwhile(Sandbox):
        def read(self, *args: object, **named: object) -> object:  # type: ignore[override]
            reading = sandbox.read(*args, **named)  # type: ignore[arg-type]
            with runtime.database.writing() as session:
                withdrawals.withdraw(session, session.query(Document).one(), CONTRIBUTOR)
            return reading

    with pytest.raises(jobs.LeaseLost):
        read_document(runtime, TakenBackMeanwhile(), claimed)
    work(runtime)
    assert list(runtime.blobs.stored()) == []
    with runtime.database.reading() as session:
        assert session.query(Contribution).count() == 0


def test_what_is_withdrawn_stays_withdrawn(runtime: Runtime, published: Published) -> None:
    public_id = published()
    withdraw(runtime, public_id)
    for after in State:
        for party in Party:
            with runtime.database.writing() as session, pytest.raises(ForbiddenMove):
                row = session.query(Document).filter_by(public_id=public_id).one()
                workflow.move(session, row, after, by=Actor(party, "x"))


def test_the_check_finds_what_a_lost_purge_left_and_has_it_removed(
    runtime: Runtime, published: Published
) -> None:
    public_id = published()
    withdraw(runtime, public_id)
    with runtime.database.writing() as session:
        jobs.drop(session, jobs.PURGE_DOCUMENT, session.query(Document).one().id)
    work(runtime)
    found = checking.examine(runtime)
    assert [finding.kind for finding in found] == [checking.Kind.NOT_PURGED]
    checking.repair(runtime, found)
    work(runtime)
    assert checking.examine(runtime) == ()
    assert files_with(runtime.settings.instance, CANARY) == []


def test_an_upload_that_never_arrived_whole_goes_with_its_draft(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        row = Document(state=State.DRAFT, contribution=Contribution())
        session.add(row)
        session.flush()
        public_id, key = row.public_id, row.id
    announced = arrivals.Announced(public_id, 100, "00000000")
    arrivals.accept(runtime.settings.instance, announced, 0, CANARY.encode(), limit=1000)
    assert files_with(runtime.settings.instance, CANARY)
    with runtime.database.writing() as session:
        withdrawals.withdraw(session, session.get_one(Document, key), CONTRIBUTOR)
    work(runtime)
    assert files_with(runtime.settings.instance, CANARY) == []


def test_files_that_are_nobodys_are_deleted_after_an_hour(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = runtime.blobs.put(io.BytesIO(b"left by a killed worker"), limit=100)
    upkeep.clear_up(runtime)
    assert runtime.blobs.exists(left.key)
    monkeypatch.setattr(upkeep, "SETTLED", -1.0)
    upkeep.clear_up(runtime)
    assert not runtime.blobs.exists(left.key)


def test_the_text_of_a_file_that_was_replaced_goes_from_the_log_as_well(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        row = Document(state=State.DRAFT, pages=[Page(number=1, text=CANARY)])
        session.add(row)
    with runtime.database.writing() as session:
        session.query(Page).delete()
    assert files_with(runtime.settings.instance, CANARY)
    upkeep.clear_up(runtime)
    assert files_with(runtime.settings.instance, CANARY) == []
