"""Reviewing: what curators see, what they may decide, and that nobody decides twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest import Reason
from repo_app import jobs
from repo_app.db import today
from repo_app.models import (
    AuditEvent,
    Document,
    Job,
    Origin,
    ReviewNote,
    State,
)
from repo_app.models.workflow import MOVES, Party
from repo_app.policy import Viewer
from repo_app.runtime import Runtime
from repo_app.sentences import ASKS, CHECK_LIST, REFUSED_FOR, REVIEW_GAPS, why_refused
from repo_app.services import editing, reviews, second_looks
from repo_app.services.answers import Field
from repo_app.services.reviews import (
    AFTER,
    ASKED_OF,
    FILE,
    Ask,
    Decision,
    Gap,
    Incomplete,
    Note,
    Overtaken,
    OwnContribution,
    RefusedFor,
    Verdict,
)
from repo_app.services.tags import By
from tests.factories import a_document
from tests.reviews import CURATOR, OTHER, contributed, listed, look

PUBLISH = Verdict(Decision.PUBLISH, checked=True)
RETURN = Verdict(Decision.RETURN, notes=(Note("title", Ask.TITLE_UNCLEAR, "El de la portada."),))
REFUSE = Verdict(Decision.REFUSE, refused_for=RefusedFor.OUT_OF_SCOPE)
REOPEN = Verdict(Decision.REOPEN)


def decide(
    runtime: Runtime,
    public_id: str,
    verdict: Verdict,
    revision: int | None = None,
    by: Viewer = CURATOR,
) -> str:
    with runtime.database.writing() as session:
        row = editing.found(session, public_id)
        assert row is not None
        return reviews.decide(session, by, row, verdict, revision or row.revision)


def test_every_ask_reason_and_gap_has_its_sentence() -> None:
    assert ASKS.keys() == set(Ask) == ASKED_OF.keys()
    assert REFUSED_FOR.keys() == set(RefusedFor)
    assert REVIEW_GAPS.keys() == set(Gap)
    assert 6 <= len(CHECK_LIST) <= 8


def test_asks_are_about_questions_there_are_and_every_question_can_be_asked_about() -> None:
    fields = {field.value for field in Field} | {FILE}
    assert set().union(*ASKED_OF.values()) == fields


def test_criticism_is_in_no_list_of_grounds() -> None:
    for reason in RefusedFor:
        assert not {"critic", "government", "institution"} & set(reason.value.split("-"))
        assert "government" not in REFUSED_FOR[reason]


def test_reasons_of_curators_and_of_reading_never_mean_each_other() -> None:
    assert not {r.value for r in RefusedFor} & {r.value for r in Reason}
    assert why_refused(Reason.ENCRYPTED.value) != why_refused(RefusedFor.UNREADABLE.value)
    assert why_refused(None) is why_refused("of-a-later-version") is None


def test_publishing_needs_the_check_list_and_puts_the_document_into_the_index(
    runtime: Runtime, sent: str
) -> None:
    with pytest.raises(Incomplete) as incomplete:
        decide(runtime, sent, Verdict(Decision.PUBLISH))
    assert incomplete.value.gap is Gap.NOT_CHECKED
    assert look(runtime, sent).state is State.IN_REVIEW
    assert decide(runtime, sent, PUBLISH) == sent
    case = look(runtime, sent)
    assert (case.state, case.published_on) == (State.PUBLISHED, today())
    with runtime.database.reading() as session:
        assert [job.kind for job in session.query(Job)] == [jobs.SYNC_INDEX]


def test_returning_says_what_is_asked_and_for_which_question(runtime: Runtime, sent: str) -> None:
    for empty in (Verdict(Decision.RETURN), Verdict(Decision.RETURN, notes=())):
        with pytest.raises(Incomplete) as incomplete:
            decide(runtime, sent, empty)
        assert incomplete.value.gap is Gap.NOTHING_ASKED
    own_words = Note(FILE, None, "Falta el anexo.")
    decide(runtime, sent, Verdict(Decision.RETURN, notes=(*RETURN.notes, own_words)))
    with runtime.database.reading() as session:
        notes = [(n.field, n.reason, n.words, n.settled) for n in session.query(ReviewNote)]
    assert notes == [
        ("title", "title-unclear", "El de la portada.", False),
        ("file", "", "Falta el anexo.", False),
    ]
    assert look(runtime, sent).state is State.RETURNED


def test_words_that_are_too_long_are_said_before_anything_is_done(
    runtime: Runtime, sent: str
) -> None:
    long = Note("abstract", None, "x" * (reviews.LONGEST_WORDS + 1))
    with pytest.raises(Incomplete) as incomplete:
        decide(runtime, sent, Verdict(Decision.RETURN, notes=(*RETURN.notes, long)))
    assert (incomplete.value.gap, incomplete.value.field) == (Gap.TOO_LONG, "abstract")
    assert look(runtime, sent).notes == ()


def test_a_refusal_has_a_reason_and_gets_a_second_look(runtime: Runtime, sent: str) -> None:
    with pytest.raises(Incomplete) as incomplete:
        decide(runtime, sent, Verdict(Decision.REFUSE))
    assert incomplete.value.gap is Gap.NO_REASON
    decide(runtime, sent, REFUSE)
    refused = look(runtime, sent, OTHER)
    assert (refused.state, refused.refusal) == (State.REFUSED, "out-of-scope")
    assert refused.decisions == (Decision.REOPEN,)
    decide(runtime, sent, REOPEN, by=OTHER)
    again = look(runtime, sent, OTHER)
    assert (again.state, again.refusal) == (State.IN_REVIEW, None)
    assert [(e.action, e.reason, e.by_viewer) for e in again.events] == [
        ("refused", "out-of-scope", False),
        ("in-review", None, True),
    ]


def test_a_contributor_asks_for_a_second_look_once_after_each_refusal(
    runtime: Runtime, sent: str
) -> None:
    with runtime.database.writing() as session:
        other = contributed(session, "Otro").public_id
        session.query(Document).filter_by(public_id=other).one().received_on = date(2020, 1, 1)
    for public_id in (sent, other):
        decide(runtime, public_id, REFUSE)
    assert not any(entry.second_look for entry in listed(runtime, State.REFUSED).entries)
    for _ in range(2):
        ask_again(runtime, other)
    queue = listed(runtime, State.REFUSED)
    assert [(entry.public_id, entry.second_look) for entry in queue.entries] == [
        (other, True),
        (sent, False),
    ]
    assert queue.second_looks == listed(runtime).second_looks == 1
    case = look(runtime, other)
    assert case.second_look
    asked = [e for e in case.events if e.action == second_looks.ASKED]
    assert [(e.party, e.by_viewer) for e in asked] == [("contributor", False)]
    decide(runtime, other, REOPEN)
    ask_again(runtime, other)
    assert not look(runtime, other).second_look
    decide(runtime, other, REFUSE)
    assert not look(runtime, other).second_look
    ask_again(runtime, other)
    assert look(runtime, other).second_look


def ask_again(runtime: Runtime, public_id: str) -> None:
    with runtime.database.writing() as session:
        row = editing.found(session, public_id)
        assert row is not None
        second_looks.ask(session, row)


@pytest.mark.parametrize("decision", [Decision.PUBLISH, Decision.REFUSE])
def test_what_is_asked_goes_unread_only_where_that_is_meant(
    runtime: Runtime, sent: str, decision: Decision
) -> None:
    verdict = replace(RETURN, decision=decision, checked=True, refused_for=RefusedFor.NO_RIGHTS)
    with pytest.raises(Incomplete) as refused:
        decide(runtime, sent, verdict)
    assert refused.value.gap is Gap.WOULD_GO_UNREAD
    assert look(runtime, sent).state is State.IN_REVIEW
    decide(runtime, sent, replace(verdict, unread=True))
    assert look(runtime, sent).state is AFTER[decision]


def test_a_file_nobody_could_read_is_gone_and_cannot_be_looked_at_again(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        row = a_document(session, state=State.REFUSED, refusal=Reason.ENCRYPTED.value)
        assert reviews.decisions(CURATOR, row) == ()


def test_nobody_decides_on_their_own_contribution(runtime: Runtime, people: None) -> None:
    with runtime.database.writing() as session:
        mine = contributed(session, by=CURATOR.person_id).public_id
    for verdict in (PUBLISH, RETURN, REFUSE, REOPEN):
        with pytest.raises(OwnContribution):
            decide(runtime, mine, verdict)
    assert look(runtime, mine).decisions == ()
    assert look(runtime, mine).state is State.IN_REVIEW
    assert not look(runtime, mine).can_be_tagged
    decide(runtime, mine, PUBLISH, by=OTHER)


@pytest.mark.parametrize("account_gone", [True, False])
def test_what_nobody_could_send_again_is_not_returned(
    runtime: Runtime, people: None, account_gone: bool
) -> None:
    with runtime.database.writing() as session:
        row = (
            contributed(session, by=None)
            if account_gone
            else a_document(session, state=State.IN_REVIEW)
        )
        public_id = row.public_id
    assert look(runtime, public_id).decisions == (Decision.PUBLISH, Decision.REFUSE)
    with pytest.raises(Incomplete):
        decide(runtime, public_id, RETURN)


def test_a_decision_from_an_old_page_does_nothing_and_says_what_happened(
    runtime: Runtime, sent: str
) -> None:
    seen = look(runtime, sent).revision
    decide(runtime, sent, RETURN, by=OTHER)
    for verdict in (PUBLISH, RETURN, REFUSE, REOPEN, Verdict(None)):
        with pytest.raises(Overtaken) as overtaken:
            decide(runtime, sent, verdict, seen)
        assert (overtaken.value.state, overtaken.value.day) == (State.RETURNED, today())
    assert len(look(runtime, sent).notes) == 1


def test_a_changed_description_makes_the_page_old_as_well(runtime: Runtime, sent: str) -> None:
    seen = look(runtime, sent).revision
    with runtime.database.writing() as session:
        row = editing.found(session, sent)
        assert row is not None
        by = By(Origin.CURATOR, OTHER.signature)
        editing.edit(session, runtime.vocabulary, row, {Field.TITLE: "Otro"}, by, seen)
    with pytest.raises(Overtaken) as overtaken:
        decide(runtime, sent, PUBLISH, seen)
    assert overtaken.value.state is State.IN_REVIEW


def test_a_new_version_takes_the_place_of_the_old_one(runtime: Runtime, people: None) -> None:
    with runtime.database.writing() as session:
        old = a_document(session, "Versión de 2022", ["Texto viejo"])
        new = contributed(session, "Versión de 2024", pages=["Texto nuevo"])
        assert new.contribution is not None
        new.contribution.replaces_id = old.id
        ids = old.public_id, new.public_id
    replaces = look(runtime, ids[1]).replaces
    assert replaces is not None
    assert replaces.public_id == ids[0]
    assert decide(runtime, ids[1], PUBLISH) == ids[0]
    assert look(runtime, ids[0]).title == "Versión de 2024"
    with runtime.database.reading() as session:
        assert editing.found(session, ids[1]) is None


def test_a_new_version_of_what_was_taken_back_becomes_a_document_of_its_own(
    runtime: Runtime, people: None
) -> None:
    with runtime.database.writing() as session:
        old = a_document(session, state=State.WITHDRAWN)
        new = contributed(session)
        assert new.contribution is not None
        new.contribution.replaces_id = old.id
        public_id = new.public_id
    assert look(runtime, public_id).replaces is None
    assert decide(runtime, public_id, PUBLISH) == public_id
    assert look(runtime, public_id).state is State.PUBLISHED


def test_the_log_names_a_curator_by_number_and_holds_no_words(runtime: Runtime, sent: str) -> None:
    decide(runtime, sent, RETURN)
    with runtime.database.reading() as session:
        event = session.query(AuditEvent).one()
    assert (event.action, event.actor) == ("returned", "curator:101")
    assert event.detail == {"before": "in-review"}


VERDICTS = st.sampled_from(
    [
        PUBLISH,
        RETURN,
        REFUSE,
        REOPEN,
        Verdict(None),
        Verdict(Decision.PUBLISH),
        Verdict(Decision.REFUSE),
    ]
)
STEPS = st.lists(
    st.tuples(st.sampled_from([CURATOR, OTHER]), st.booleans(), VERDICTS), min_size=1, max_size=12
)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_two_curators_who_decide_at_random_from_old_pages_never_break_the_table_of_moves(
    runtime: Runtime, people: None, steps: list[tuple[Viewer, bool, Verdict]]
) -> None:
    """Each step: somebody opens the page anew, or decides from the one they have."""
    with runtime.database.writing() as session:
        public_id = contributed(session).public_id
    pages = {viewer: look(runtime, public_id, viewer) for viewer in (CURATOR, OTHER)}
    for viewer, looks_again, verdict in steps:
        if looks_again:
            pages[viewer] = look(runtime, public_id, viewer)
        before = look(runtime, public_id)
        try:
            decide(runtime, public_id, verdict, pages[viewer].revision, viewer)
        except (Overtaken, Incomplete):
            after = look(runtime, public_id)
            assert after.state is before.state
            assert len(after.notes) == len(before.notes)
        else:
            assert pages[viewer].revision == before.revision
            assert verdict.decision is not None
            decided = AFTER[verdict.decision]
            assert Party.CURATOR in MOVES[before.state, decided]
            assert look(runtime, public_id).state is decided
