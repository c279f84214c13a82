"""Running the site as an administrator does: looking, trying again, ending accounts."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from repo_app import jobs
from repo_app.cli import main
from repo_app.db import now
from repo_app.locking import worker_lock
from repo_app.models import (
    AuditEvent,
    Document,
    File,
    FileRole,
    Job,
    JobState,
    Organization,
    Person,
    Role,
    State,
)
from repo_app.models.documents import new_public_id
from repo_app.runtime import Runtime
from repo_app.services import people
from repo_app.services.people import Account
from repo_app.services.submissions import PDF
from tests.accounts import PASSWORD, an_account, log_in, send, visitor
from tests.factories import a_document, indexed
from tests.services.test_clean_copies import TREE_THAT_RETURNS
from tests.telling_pdfs import telling_pdf

pytestmark = pytest.mark.usefixtures("cheap_passwords")

HOME = "/es/operations"
CANARY = "Canario secreto"
Run = Callable[..., Result]


@pytest.fixture
def run(runtime: Runtime) -> Run:
    def call(*words: str, input: str | None = None) -> Result:
        arguments = ["--instance", str(runtime.settings.instance), *words]
        return CliRunner().invoke(main, arguments, input=input, catch_exceptions=False)

    return call


def a_dead_job(runtime: Runtime, **columns: object) -> int:
    with runtime.database.writing() as session:
        job = Job(
            kind=jobs.READ_DOCUMENT,
            state=JobState.DEAD,
            run_at=now(),
            error="SandboxDied at ingest.sandbox:1",
            **columns,
        )
        session.add(job)
        session.flush()
        return job.id


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize(
    ("language", "calm", "worker"),
    [
        ("es", "nada requiere su atención", "No hay ningún proceso de trabajo en marcha"),
        ("en", "nothing needs you", "No worker is running"),
    ],
)
def test_the_page_says_whether_a_worker_runs(
    runtime: Runtime, office: FlaskClient, language: str, calm: str, worker: str
) -> None:
    page = office.get(f"/{language}/operations")
    assert page.headers["Cache-Control"] == "no-store"
    assert worker in page.text
    assert calm not in page.text
    with worker_lock(runtime.settings.worker_lock_file):
        page = office.get(f"/{language}/operations")
    assert calm in page.text
    assert worker not in page.text


def test_the_page_names_nobody_and_no_title(runtime: Runtime, office: FlaskClient) -> None:
    with runtime.database.writing() as session:
        for state in State:
            row = a_document(
                session, CANARY, [CANARY], state=state, authors=[CANARY], abstract=CANARY,
                refusal="damaged" if state is State.REFUSED else None,
            )  # fmt: skip
            row.organization = session.query(Organization).first() or Organization(name=CANARY)
        number = row.id
    a_dead_job(runtime, document_id=number)
    for language in ("es", "en"):
        page = office.get(f"/{language}/operations").text
        assert "SandboxDied at ingest.sandbox:1" in page
        assert CANARY not in page
        assert "@" not in page


def test_a_failed_task_is_tried_again_by_a_button(
    runtime: Runtime, office: FlaskClient, boss: Account
) -> None:
    first, second = a_dead_job(runtime), a_dead_job(runtime)
    answer = send(office, f"{HOME}/tasks/{first}/retry", seen=HOME)
    assert answer.headers["Location"] == "/es/operations/?done=retried"
    assert "Se intentará de nuevo" in office.get(answer.headers["Location"]).text
    with runtime.database.reading() as session:
        states = {job.id: job.state for job in session.query(Job)}
    assert states == {first: JobState.READY, second: JobState.DEAD}
    send(office, f"{HOME}/tasks/retry", seen=HOME)
    send(office, f"{HOME}/tasks/retry", seen=HOME)
    with runtime.database.reading() as session:
        assert {job.state for job in session.query(Job)} == {JobState.READY}
        noted = [(e.actor, e.action) for e in session.query(AuditEvent).order_by(AuditEvent.id)]
    assert noted[-2:] == [(boss.signature, "task-retried"), (boss.signature, "tasks-retried")]


def test_a_task_that_is_gone_is_no_error(office: FlaskClient) -> None:
    assert send(office, f"{HOME}/tasks/999/retry", seen=HOME).status_code == 303


def test_the_index_is_built_anew_by_a_button(runtime: Runtime, office: FlaskClient) -> None:
    answer = send(office, f"{HOME}/rebuild", seen=HOME)
    page = office.get(answer.headers["Location"]).text
    assert "El índice se reconstruirá" in page
    assert 'action="/es/operations/rebuild"' not in page
    with runtime.database.reading() as session:
        assert session.query(Job).one().kind == jobs.REBUILD_INDEX


def test_index_and_database_are_compared_document_by_document(
    runtime: Runtime, office: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        public_id = a_document(session, CANARY).public_id
    page = office.get(f"{HOME}/comparison").text
    assert public_id in page
    assert CANARY not in page
    indexed(runtime)
    page = office.get(f"{HOME}/comparison").text
    assert "concuerdan en todos los documentos" in page
    next(runtime.settings.instance.rglob("CURRENT")).write_text("broken")
    page = office.get(f"{HOME}/comparison")
    assert page.status_code == 200
    assert "falta o no se puede leer" in page.text


def test_figures_are_written_as_the_region_writes_them(
    runtime: Runtime, office: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        values = [{"public_id": new_public_id(), "state": State.IN_REVIEW} for _ in range(1234)]
        session.execute(insert(Document), values)
        document = session.query(Document).first()
        session.add_all(
            File(document_id=document.id, role=role, sha256="0" * 64, size=size, media_type=PDF)
            for role, size in zip(FileRole, (999, 2_345_678, 5_100_000_000_000), strict=True)
        )
    a_job = Job(kind=jobs.SEND_MAIL, state=JobState.READY, run_at=now() - timedelta(hours=3))
    with runtime.database.writing() as session:
        session.add(a_job)
    spoken = words_of(office.get(HOME).text)
    assert "En revisión 1,234" in spoken
    for shown in ("1 kB", "2.3 MB", "5.1 TB", "3 horas"):
        assert shown in spoken.replace("\xa0", " ").replace("\u202f", " "), shown


def test_a_hundred_thousand_documents_take_no_longer_than_a_person_notices(
    runtime: Runtime, office: FlaskClient
) -> None:
    """A tenth of them, in a tenth of the time that would be too long."""
    with runtime.database.writing() as session:
        values = [
            {
                "public_id": new_public_id(),
                "state": State.PUBLISHED if n % 20 else State.REFUSED,
                "refusal": None if n % 20 else "damaged",
                "abstract": "palabras " * 100,
            }
            for n in range(10_000)
        ]
        session.execute(insert(Document), values)
    took = []
    for _ in range(3):
        start = time.process_time()  # others may be using the machine
        assert office.get(HOME).status_code == 200
        took.append(time.process_time() - start)
    assert min(took) < 0.15


def test_an_account_is_deleted_after_a_page_that_says_what_goes(
    app: Flask, runtime: Runtime, office: FlaskClient
) -> None:
    account = an_account(runtime)
    client = visitor(app, account)
    page = f"/es/people/{account.id}/delete"
    assert page in office.get(f"/es/people/{account.id}").text
    asked = office.get(page)
    assert account.email in asked.text
    assert "no se puede deshacer" in asked.text
    assert client.get("/es/account").status_code == 200
    answer = send(office, page)
    assert answer.headers["Location"] == "/es/people/?done=deleted"
    listed = office.get(answer.headers["Location"]).text
    assert "La cuenta está eliminada" in listed
    assert account.name not in listed
    assert client.get("/es/account").status_code == 302
    assert log_in(client, account.email).status_code == 422
    assert office.get(page).status_code == 404
    assert send(office, page, seen="/es/people/invite").status_code == 404


def test_whoever_gets_the_next_account_is_not_in_the_old_ones_session(
    app: Flask, runtime: Runtime, boss: Account
) -> None:
    account = an_account(runtime)
    client = visitor(app, account)
    with runtime.database.writing() as session:
        people.delete(session, boss.signature, account.id)
    an_account(runtime, email="next@example.org")
    assert client.get("/es/account").status_code == 302


def test_people_delete_their_own_account_with_their_password(
    app: Flask, runtime: Runtime, boss: Account
) -> None:
    account = an_account(runtime)
    client, elsewhere = visitor(app, account), visitor(app, account)
    assert "/es/account/delete" in client.get("/es/account").text
    wrong = send(client, "/es/account/delete", present_password="not this one")
    assert wrong.status_code == 422
    assert "Esa no es su contraseña actual" in wrong.text
    assert "not this one" not in wrong.text
    answer = send(client, "/es/account/delete", present_password=PASSWORD)
    assert answer.headers["Location"] == "/es/account/deleted"
    assert "La cuenta está eliminada" in client.get(answer.headers["Location"]).text
    with client.session_transaction() as session:
        assert "_user_id" not in session
    for browser in (client, elsewhere):
        assert browser.get("/es/account").status_code == 302
    with runtime.database.reading() as reading:
        assert reading.query(Person).one().id == boss.id


def test_administrators_delete_their_own_account_with_the_password_too(
    runtime: Runtime, office: FlaskClient, boss: Account
) -> None:
    an_account(runtime, Role.ADMINISTRATOR, "second@example.org")
    own = f"/es/people/{boss.id}/delete"
    assert office.get(own).headers["Location"] == "/es/account/delete"
    answer = send(office, own, seen="/es/account")
    assert answer.headers["Location"] == "/es/account/delete"
    assert office.get("/es/account").status_code == 200


def test_the_only_administrator_is_told_what_to_do_first(office: FlaskClient) -> None:
    answer = send(office, "/es/account/delete", present_password=PASSWORD)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert office.get("/es/account").status_code == 200


def test_an_account_is_deleted_from_the_command_line(run: Run, runtime: Runtime) -> None:
    an_account(runtime, Role.ADMINISTRATOR)
    account = an_account(runtime)
    refused = run("user", "delete", account.email, input="n\n")
    assert refused.exit_code == 1
    assert people.authenticate(runtime.database, account.email, PASSWORD)
    assert run("user", "delete", account.email, "--yes").exit_code == 0
    assert people.authenticate(runtime.database, account.email, PASSWORD) is None
    again = run("user", "delete", account.email, "--yes")
    assert (again.exit_code, "no such account" in again.stderr) == (1, True)
    last = run("user", "delete", "administrator@example.org", "--yes")
    assert (last.exit_code, "only administrator" in last.stderr) == (1, True)


def test_copies_of_earlier_documents_are_made_from_the_command_line(
    run: Run, runtime: Runtime, lent_sandbox: None
) -> None:
    for pdf in (telling_pdf(), TREE_THAT_RETURNS, b"lost"):
        blob = runtime.blobs.put(io.BytesIO(pdf), limit=10_000_000)
        with runtime.database.writing() as session:
            row = a_document(session)
            row.files = [
                File(role=FileRole.ORIGINAL, sha256=blob.key, size=blob.size, media_type=PDF)
            ]
    runtime.blobs.delete(blob.key)
    first = run("copies")
    assert first.exit_code == 1
    assert "1 clean copy made." in first.stdout
    assert "Of 1 file none can be made" in first.stdout
    assert "1 file could not be read" in first.stdout
    with runtime.database.writing() as session:
        session.delete(session.get_one(Document, row.id))
    again = run("copies")
    assert (again.exit_code, again.stdout) == (0, "No document lacks its clean copy.\n")
