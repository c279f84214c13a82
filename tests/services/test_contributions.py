"""One's own contribution: begun once, answered one question at a time, sent whole, gone at will."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repo_app import jobs, workflow
from repo_app.models import (
    AuditEvent,
    Consent,
    Contribution,
    Document,
    File,
    FileRole,
    Job,
    ReviewNote,
    Role,
    State,
)
from repo_app.models.workflow import Party
from repo_app.policy import PUBLIC, Viewer
from repo_app.runtime import Runtime
from repo_app.services import contributions, people, versions
from repo_app.services.answers import (
    NEEDED,
    Field,
    Value,
)
from repo_app.services.contributions import (
    FILE,
    Agreed,
    Closed,
    Incomplete,
    NotAgreed,
    NotFound,
    Reading,
)
from repo_app.services.drafts import MOST_OPEN, TooManyDrafts
from tests.accounts import an_account
from tests.drafts import answered, begun
from tests.factories import a_document

pytestmark = pytest.mark.usefixtures("cheap_passwords")

EVERYTHING = frozenset(Agreed)


def with_original(session: Session, document: Document, *, pages: int) -> None:
    document.files.append(
        File(role=FileRole.ORIGINAL, sha256="a" * 64, size=3, media_type="application/pdf")
    )
    document.page_total = pages
    session.flush()


def test_beginning_twice_makes_one_draft_until_something_is_done_with_it(
    runtime: Runtime, me: int
) -> None:
    with runtime.database.writing() as session:
        first = begun(session, me)
        assert begun(session, me) is first
        assert {group.name for group in first.audience} == {PUBLIC}
        contributions.answer(session, runtime.vocabulary, first, Field.TITLE, "Uno")
        assert begun(session, me) is not first


def test_a_contribution_exists_for_nobody_else(runtime: Runtime, me: int) -> None:
    other = an_account(runtime, Role.CURATOR).id
    with runtime.database.writing() as session:
        draft = begun(session, me)
        assert contributions.own(session, me, draft.public_id) is draft
        assert contributions.mine(session, other) == ()
        for public_id in (draft.public_id, "nothing"):
            with pytest.raises(NotFound):
                contributions.own(session, other, public_id)


def test_documents_nobody_contributed_belong_to_nobody(runtime: Runtime, me: int) -> None:
    with runtime.database.writing() as session:
        row = a_document(session, state=State.IN_REVIEW)
        with pytest.raises(NotFound):
            contributions.own(session, me, row.public_id)


@pytest.mark.parametrize("lacking", sorted(NEEDED))
def test_nothing_is_sent_without_what_is_needed(runtime: Runtime, me: int, lacking: Field) -> None:
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me)
        empty: Value = () if lacking is Field.COUNTRIES else ""
        contributions.answer(session, runtime.vocabulary, draft, lacking, empty)
        with pytest.raises(Incomplete) as refused:
            contributions.send(session, draft, "es", EVERYTHING)
        assert refused.value.missing == (lacking,)
        assert draft.state is State.DRAFT


def test_a_file_or_an_address_is_needed_but_not_both(runtime: Runtime, me: int) -> None:
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me, url=None)
        assert contributions.missing(draft) == (FILE,)
        with_original(session, draft, pages=0)
        assert contributions.missing(draft) == ()


def test_a_new_version_may_keep_the_present_file(runtime: Runtime, me: int) -> None:
    with runtime.database.writing() as session:
        present = a_document(session)
        draft = answered(runtime, session, me, url=None)
        draft.contribution.replaces_id = present.id  # type: ignore[union-attr]
        session.flush()
        session.refresh(draft.contribution)
        assert contributions.missing(draft) == ()
        found = contributions.replaced(draft)
        assert found is not None
        assert found.public_id == present.public_id


@pytest.mark.parametrize("lacking", list(Agreed))
def test_each_box_left_empty_is_a_no(runtime: Runtime, me: int, lacking: Agreed) -> None:
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me)
        with pytest.raises(NotAgreed) as refused:
            contributions.send(session, draft, "es", EVERYTHING - {lacking})
        assert refused.value.lacking == (lacking,)
        assert draft.state is State.DRAFT
        assert session.scalars(select(Consent)).all() == []


def test_sending_keeps_what_was_agreed_to_in_which_words_and_no_name(
    runtime: Runtime, me: int
) -> None:
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me)
        contributions.send(session, draft, "en", EVERYTHING)
        consent = session.scalars(select(Consent)).one()
        assert (consent.document_id, consent.language) == (draft.id, "en")
        assert set(consent.choices) == {one.value for one in Agreed}
        assert consent.version == contributions.CONSENT_VERSION
        signed = {event.actor for event in session.scalars(select(AuditEvent)) if event.document_id}
        assert signed == {"contributor", "operator"}


@pytest.mark.parametrize(
    ("pages", "job", "after"),
    [
        (None, False, State.IN_REVIEW),
        (3, False, State.IN_REVIEW),
        (0, True, State.RECEIVED),
        (0, False, State.RECEIVED),
    ],
    ids=["no file", "read", "being read", "stuck"],
)
def test_what_is_read_goes_to_review_at_once_and_what_is_not_waits(
    runtime: Runtime, me: int, pages: int | None, job: bool, after: State
) -> None:
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me)
        if pages is not None:
            with_original(session, draft, pages=pages)
        if job:
            jobs.enqueue(session, jobs.READ_DOCUMENT, draft.id)
        contributions.send(session, draft, "es", EVERYTHING)
        assert draft.state is after
        waiting = session.scalars(select(Job).where(Job.kind == jobs.READ_DOCUMENT)).all()
        assert len(waiting) == (1 if after is State.RECEIVED else 0)


def test_sent_is_sent_and_cannot_be_changed_behind_the_curators_back(
    runtime: Runtime, me: int
) -> None:
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me)
        contributions.send(session, draft, "es", EVERYTHING)
        with pytest.raises(Closed):
            contributions.send(session, draft, "es", EVERYTHING)
        with pytest.raises(Closed):
            contributions.changeable(session, me, draft.public_id)
        assert len(session.scalars(select(Consent)).all()) == 1


def test_what_was_asked_is_settled_by_sending_again(runtime: Runtime, me: int) -> None:
    curator = workflow.Actor(Party.CURATOR, "curator:1")
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me)
        contributions.send(session, draft, "es", EVERYTHING)
        draft.notes.append(ReviewNote(field="title", reason="title-unclear", words="¿Cuál?"))
        workflow.move(session, draft, State.RETURNED, by=curator)
        asked = contributions.mine(session, me)[0].asked
        assert [(note.field, note.words) for note in asked] == [("title", "¿Cuál?")]
        contributions.answer(session, runtime.vocabulary, draft, Field.TITLE, "Otro")
        contributions.send(session, draft, "es", EVERYTHING)
        assert contributions.asked(draft) == ()
        assert draft.state is State.IN_REVIEW


@pytest.mark.parametrize("state", [state for state in State if state is not State.WITHDRAWN])
def test_it_can_be_taken_back_at_every_state(runtime: Runtime, me: int, state: State) -> None:
    with runtime.database.writing() as session:
        row = a_document(session, "Canario", state=state)
        row.contribution = Contribution(contributor_id=me)
        session.flush()
        contributions.take_back(session, row)
        assert (row.state, row.title) == (State.WITHDRAWN, "")
        assert contributions.mine(session, me) == ()
        with pytest.raises(NotFound):
            contributions.own(session, me, row.public_id)


def test_the_same_content_is_told_of_and_never_what_one_may_not_see(
    runtime: Runtime, me: int
) -> None:
    viewer = Viewer(frozenset({PUBLIC}), me, Role.CONTRIBUTOR)
    with runtime.database.writing() as session:
        same_file = a_document(session, "A", content_sha256="b" * 64)
        same_words = a_document(session, "B", text_sha256="c" * 64)
        a_document(session, "C", content_sha256="b" * 64, audience=["curators"])
        a_document(session, "D", text_sha256="c" * 64, state=State.IN_REVIEW)
        draft = begun(session, me)
        assert contributions.already_there(session, viewer, draft) == ()
        draft.content_sha256, draft.text_sha256 = "b" * 64, "c" * 64
        session.flush()
        found = {twin.public_id for twin in contributions.already_there(session, viewer, draft)}
        assert found == {same_file.public_id, same_words.public_id}


def test_reading_is_told_apart(runtime: Runtime, me: int) -> None:
    with runtime.database.writing() as session:
        draft = begun(session, me)
        assert contributions.reading(session, draft) is Reading.NO_FILE
        with_original(session, draft, pages=0)
        assert contributions.reading(session, draft) is Reading.STUCK
        jobs.enqueue(session, jobs.READ_DOCUMENT, draft.id)
        session.flush()
        assert contributions.reading(session, draft) is Reading.WAITS
        draft.page_total = 2
        assert contributions.reading(session, draft) is Reading.READ


def test_somebody_whose_account_is_gone_leaves_what_they_contributed(runtime: Runtime) -> None:
    boss = an_account(runtime, Role.ADMINISTRATOR)
    me = an_account(runtime)
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me.id)
        contributions.send(session, draft, "es", EVERYTHING)
        public_id = draft.public_id
    with runtime.database.writing() as session:
        session.delete(session.get_one(people.Person, me.id))
    with runtime.database.reading() as session:
        row = session.scalars(select(Document).where(Document.public_id == public_id)).one()
        assert row.contribution is not None
        assert row.contribution.contributor_id is None
        assert contributions.mine(session, boss.id) == ()


def test_nobody_has_more_than_fifty_drafts_open(runtime: Runtime, me: int) -> None:
    other = an_account(runtime, email="otra@example.org").id
    with runtime.database.writing() as session:
        document = a_document(session)
        for n in range(MOST_OPEN):
            draft = a_document(session, f"Borrador {n}", state=State.DRAFT)
            draft.contribution = Contribution(contributor_id=me, answered=["title"])
        session.flush()
        for begin in (
            lambda: contributions.begin(session, me),
            lambda: versions.begin(session, document, me),
        ):
            with pytest.raises(TooManyDrafts):
                begin()
        assert contributions.begin(session, other)
        draft.state = State.RECEIVED
        begun = versions.begin(session, document, me)
        assert versions.begin(session, document, me) is begun, "it is the one that is open"
        with pytest.raises(TooManyDrafts):
            contributions.begin(session, me)


def test_what_others_began_of_a_document_goes_when_it_is_taken_back(runtime: Runtime) -> None:
    """A new version begins with the words of the present one."""
    author = an_account(runtime, email="author@example.org").id
    curator = an_account(runtime, Role.CURATOR).id
    with runtime.database.writing() as session:
        document = a_document(session, "Canario", abstract="canario", authors=["Ana Canaria"])
        document.contribution = Contribution(contributor_id=author)
        theirs = versions.begin(session, document, curator).public_id
        own = versions.begin(session, document, author).public_id
    with runtime.database.writing() as session:
        contributions.take_back(session, contributions.own(session, author, document.public_id))
    with runtime.database.reading() as session:
        left = {row.public_id: (row.state, row.title) for row in session.query(Document)}
    assert left == {
        document.public_id: (State.WITHDRAWN, ""),
        theirs: (State.WITHDRAWN, ""),
        own: (State.DRAFT, "Canario"),
    }
