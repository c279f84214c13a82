"""Receiving: nothing is held twice, lost in between, or shown to more people than was said."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from ingest import Reason, Refused, Sandbox
from repo_app import jobs
from repo_app.models import Contribution, Document, File, Job, JobState, Organization, State
from repo_app.runtime import Runtime
from repo_app.services.descriptions import Description
from repo_app.services.submissions import (
    Deposited,
    deposit_file,
    deposit_record,
    forget_blob,
    read_document,
)
from tests.pdfs import a_pdf
from tests.reading import read_all

BAD = b"<html>no pdf</html>"


def deposit(runtime: Runtime, content: bytes, description: Description) -> Deposited:
    return deposit_file(runtime, io.BytesIO(content), description, publish=True)


def only(runtime: Runtime) -> Document:
    with runtime.database.reading() as session:
        document = session.query(Document).one()
        assert isinstance(document.audience, list)  # loaded while the session lives
        return document


def audience(runtime: Runtime) -> set[str]:
    with runtime.database.reading() as session:
        return {group.name for group in session.query(Document).one().audience}


def test_the_same_bytes_are_held_once(runtime: Runtime) -> None:
    first = deposit(runtime, a_pdf(["Uno"]), Description())
    second = deposit(runtime, a_pdf(["Uno"]), Description())
    assert (first.document_id, second.already_held) == (second.document_id, True)


def test_bytes_removed_by_a_refusal_in_between_are_held_all_the_same(runtime: Runtime) -> None:
    content = a_pdf(["Dos"])
    keys: list[str] = []

    def a_refusal_is_quicker(*_: object) -> None:
        keys.extend(runtime.blobs.stored())
        runtime.blobs.delete(keys[0])

    event.listen(runtime.database.engine, "begin", a_refusal_is_quicker, once=True)
    deposit(runtime, content, Description())
    with runtime.database.reading() as session:
        assert runtime.blobs.exists(session.query(File).one().sha256)
    assert len(keys) == 1


def test_what_is_said_with_a_file_sent_again_counts_its_audience_above_all(
    runtime: Runtime, sandbox: Sandbox
) -> None:
    tags = (("country", "HN"), ("theme", "local-integration"))
    first = Description(title="Viejo", tags=tags)
    deposit(runtime, BAD, first)
    read_all(runtime, sandbox)
    assert only(runtime).state is State.REFUSED
    again = replace(first, title="Nuevo", audience=frozenset({"curators"}))
    deposit(runtime, BAD, again)
    assert only(runtime).title == "Nuevo"
    assert audience(runtime) == {"curators"}


def test_a_document_whose_reading_had_failed_is_read_when_it_is_sent_again(
    runtime: Runtime, sandbox: Sandbox
) -> None:
    deposit(runtime, a_pdf(["Tres"]), Description())
    with runtime.database.writing() as session:
        session.query(Job).update({"state": JobState.DEAD})
    again = deposit(runtime, a_pdf(["Tres"]), Description())
    assert again.unfinished
    read_all(runtime, sandbox)
    assert only(runtime).state is State.PUBLISHED


def test_records_that_differ_in_anything_said_are_two(runtime: Runtime) -> None:
    one = Description(title="Informe anual", abstract="A", year=2023, language="es")
    other = replace(one, year=2024)
    ids = {deposit_record(runtime, "", d, publish=True).document_id for d in (one, other, one)}
    assert len(ids) == 2


def test_a_stream_beyond_the_limit_is_refused_and_leaves_nothing(runtime: Runtime) -> None:
    small = replace(runtime, settings=replace(runtime.settings, max_upload_mib=0))
    with pytest.raises(Refused) as refused:
        deposit(small, b"x", Description())
    assert refused.value.reason is Reason.TOO_LARGE
    assert list(runtime.blobs.stored()) == []


def test_a_blob_somebody_still_uses_is_not_forgotten(runtime: Runtime) -> None:
    deposit(runtime, a_pdf(["Cuatro"]), Description())
    key = next(runtime.blobs.stored())
    forget_blob(runtime, key)
    assert runtime.blobs.exists(key)


def test_empty_parts_of_a_record_are_pages_without_text(runtime: Runtime) -> None:
    deposit_record(runtime, "uno\f\fdos", Description(title="T"), publish=True)
    assert (only(runtime).page_total, only(runtime).pages_with_text) == (3, 2)


def test_a_record_s_text_is_looked_through_for_personal_data(runtime: Runtime) -> None:
    text = "Portada\fEscriba a ana.muestra@example.org."
    deposit_record(runtime, text, Description(title="T"), publish=False)
    assert only(runtime).remarks == ["personal-data:email:1:2"]


def test_no_database_error_carries_what_was_written(runtime: Runtime) -> None:
    with pytest.raises(IntegrityError) as raised, runtime.database.writing() as session:
        session.add_all([Organization(name="canario"), Organization(name="canario")])
    assert "canario" not in str(raised.value)


def test_what_a_curator_refused_can_be_sent_again(runtime: Runtime, sandbox: Sandbox) -> None:
    pdf = a_pdf(["Sobre el asilo"])
    held = deposit(runtime, pdf, Description())
    with runtime.database.writing() as session:
        claimed = jobs.claim(session, [jobs.READ_DOCUMENT])
    read_document(runtime, sandbox, claimed[0])
    with runtime.database.writing() as session:
        session.get_one(Document, held.document_id).state = State.REFUSED
    again = deposit(runtime, pdf, Description())
    assert again == Deposited(held.document_id, already_held=False, unfinished=True)
    with runtime.database.reading() as session:
        assert session.query(File).count() == 1


def test_a_file_nobody_can_read_is_refused_where_nobody_is_left_to_send_another(
    runtime: Runtime, sandbox: Sandbox
) -> None:
    deposit(runtime, BAD, Description())
    with runtime.database.writing() as session:
        session.query(Document).one().contribution = Contribution(contributor_id=None)
    read_all(runtime, sandbox)
    assert only(runtime).state is State.REFUSED
