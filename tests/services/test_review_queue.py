"""What curators get to see: the queue, whose contribution it may be, what they learn of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from ingest import Remark
from repo_app.db import today
from repo_app.models import (
    AuditEvent,
    Contribution,
    FileRole,
    Naming,
    State,
)
from repo_app.runtime import Runtime
from repo_app.services import editing, review_case, review_queue
from tests.factories import a_document, a_pdf, with_file
from tests.reviews import CURATOR, contributed, listed, look


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
def test_drafts_and_what_was_taken_back_do_not_exist_for_curators(
    runtime: Runtime, people: None, state: State
) -> None:
    with runtime.database.writing() as session:
        public_id = contributed(session, state=state).public_id
    with runtime.database.reading() as session:
        assert editing.found(session, public_id) is None
    for shown in review_queue.LISTED:
        assert public_id not in {entry.public_id for entry in listed(runtime, shown).entries}


@pytest.mark.parametrize("state", [State.RETURNED, State.RECEIVED])
def test_while_it_is_with_its_contributor_nobody_looks_over_their_shoulder(
    runtime: Runtime, people: None, state: State
) -> None:
    with runtime.database.writing() as session:
        row = contributed(session, state=state, pages=["Texto a medias"], abstract="A medias")
        with_file(runtime, session, row, a_pdf("A medias"))
        assert review_case.page_text(session, row, 1)[0] == ""
        assert review_case.file(row, FileRole.CLEAN) is None
        case = review_case.case(session, CURATOR, row)
    assert not case.can_be_read
    assert case.said == {}
    assert case.decisions == ()


def test_curators_get_the_clean_copy_and_never_the_original(runtime: Runtime, sent: str) -> None:
    with runtime.database.writing() as session:
        row = editing.found(session, sent)
        assert row is not None
        blob = with_file(runtime, session, row, a_pdf("Uno"))
        held = review_case.file(row, FileRole.CLEAN)
        assert held is not None
        assert (held.key, held.name) == (blob.key, f"mirps-{sent}-es.pdf")
        row.files[0].role = FileRole.ORIGINAL
        assert review_case.file(row, FileRole.ORIGINAL) is None
        assert review_case.case(session, CURATOR, row).files.withheld


def test_curators_never_learn_who_contributed(runtime: Runtime, people: None) -> None:
    with runtime.database.writing() as session:
        row = contributed(session, organization="Red Canaria")
        assert row.organization is not None
        row.organization.naming = Naming.WITHHELD
        session.add(AuditEvent(document_id=row.id, action="received", actor="contributor"))
        public_id = row.public_id
    case, entry = look(runtime, public_id), listed(runtime).entries[0]
    assert (case.organization, entry.organization) == (None, None)
    assert "Canaria" not in repr(case) + repr(entry)
    assert [event.party for event in case.events] == ["contributor"]


def test_the_oldest_day_comes_first_and_the_order_within_a_day_tells_nothing(
    runtime: Runtime,
) -> None:
    with runtime.database.writing() as session:
        rows = [a_document(session, f"N{n}", state=State.IN_REVIEW) for n in range(12)]
        rows[11].received_on = today() - timedelta(days=1)
        expected = sorted(row.public_id for row in rows[:11])
        first = rows[11].public_id
    found = [entry.public_id for entry in listed(runtime).entries]
    assert found == [first, *expected]
    assert found == [entry.public_id for entry in listed(runtime).entries]


def test_lists_are_paged_and_counted(runtime: Runtime) -> None:
    total = review_queue.A_PAGE + 2
    with runtime.database.writing() as session:
        for n in range(total):
            a_document(session, f"N{n}", state=State.IN_REVIEW)
        a_document(session, state=State.REFUSED)
        a_document(session, state=State.RECEIVED)
        a_document(session, state=State.PUBLISHED).published_on = today()
        a_document(session, state=State.PUBLISHED).published_on = today() - timedelta(days=31)
    first, last, beyond = (listed(runtime, page=page) for page in (1, 2, 99))
    assert (len(first.entries), len(last.entries), first.pages) == (review_queue.A_PAGE, 2, 2)
    assert beyond.entries == last.entries
    assert listed(runtime, page=-3).entries == first.entries
    assert first.counts == {
        State.IN_REVIEW: total, State.RETURNED: 0, State.REFUSED: 1, State.PUBLISHED: 1,
    }  # fmt: skip
    assert first.being_read == 1


def test_entries_say_what_tells_one_from_another(runtime: Runtime, people: None) -> None:
    with runtime.database.writing() as session:
        old = a_document(session, "Publicado", content_sha256="a" * 64)
        draft = contributed(session, "Borrador", state=State.DRAFT, content_sha256="a" * 64)
        row = contributed(
            session, "Nuevo", by=CURATOR.person_id, content_sha256="a" * 64,
            text_sha256="b" * 64, remarks=[Remark.ATTACHMENTS.value],
        )  # fmt: skip
        a_document(session, "Mismas palabras", state=State.REFUSED, text_sha256="b" * 64)
        assert row.contribution is not None
        row.contribution.replaces_id = old.id
        session.add(AuditEvent(document_id=row.id, action="returned", actor="curator:102"))
        assert draft.id
    (entry,) = listed(runtime).entries
    assert entry.own
    assert entry.decisions == ()
    assert entry.returned_before
    assert not entry.has_file
    assert entry.remarks == ("attachments",)
    assert entry.replaces is not None
    assert entry.replaces.title == "Publicado"
    assert [(o.title, o.same_file) for o in entry.alike] == [
        ("Publicado", True), ("Mismas palabras", False),
    ]  # fmt: skip


def test_a_queue_of_many_asks_the_database_a_handful_of_times(
    runtime: Runtime, count_statements: Callable[[], int]
) -> None:
    with runtime.database.writing() as session:
        for n in range(review_queue.A_PAGE):
            row = a_document(session, f"N{n}", state=State.IN_REVIEW, content_sha256=f"{n:064}")
            row.contribution = Contribution()
    before = count_statements()
    listed(runtime)
    assert count_statements() - before <= 10


@pytest.fixture
def count_statements(runtime: Runtime) -> Callable[[], int]:
    seen: list[str] = []
    event.listen(runtime.database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    return lambda: len(seen)
