"""Editing what is said of a document: nothing silently overwritten, everything to be seen later."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from repo_app import jobs
from repo_app.models import AuditEvent, Document, Edit, Job, Naming, Organization, Origin, State
from repo_app.runtime import Runtime
from repo_app.services import answers, editing
from repo_app.services.answers import Field, Unusable, Value
from repo_app.services.editing import AlreadyHeld, Stale
from repo_app.services.tags import By
from tests.factories import a_document

CURATOR = By(Origin.CURATOR, "curator:3")


def a_study(runtime: Runtime, **columns: object) -> str:
    with runtime.database.writing() as session:
        tags = {"country": ["HN"], "theme": ["local-integration"]}
        return a_document(session, "Estudio", tags=tags, **columns).public_id  # type: ignore[arg-type]


def change(
    runtime: Runtime,
    public_id: str,
    said: dict[Field, Value],
    revision: int,
    *,
    harmful: bool = False,
) -> object:
    with runtime.database.writing() as session:
        document = editing.found(session, public_id)
        assert document
        return editing.edit(
            session, runtime.vocabulary, document, said, CURATOR, revision, harmful=harmful
        )


def test_only_what_changed_is_written_and_all_of_it_is_in_the_history(runtime: Runtime) -> None:
    public_id = a_study(runtime, year=2020)
    said: dict[Field, Value] = {
        Field.TITLE: "Estudio",
        Field.YEAR: 2024,
        Field.TAGS: ("theme=local-integration", "activity=2026:P2-R2-A1"),
    }
    assert change(runtime, public_id, said, 1) == (Field.YEAR, Field.TAGS)
    with runtime.database.reading() as session:
        document = session.query(Document).one()
        assert (document.revision, document.year) == (2, 2024)
        (past,) = editing.history(session, document)
        assert past.role == "curator"
        assert [(c.field, c.before, c.after) for c in past.changes] == [
            ("year", 2020, 2024),
            (
                "tags",
                ("theme=local-integration",),
                ("activity=2026:P2-R2-A1", "priority=2026:P2", "theme=local-integration"),
            ),
        ]
        assert [job.kind for job in session.query(Job)] == [jobs.SYNC_INDEX]
        event = session.query(AuditEvent).one()
        assert (event.action, event.actor) == ("edited", "curator:3")
        assert event.detail == {"fields": ["tags", "year"]}


def test_saying_the_same_again_changes_nothing(runtime: Runtime) -> None:
    public_id = a_study(runtime, year=2020)
    with runtime.database.reading() as session:
        said = {f: answers.present(session.query(Document).one(), f) for f in Field}
    assert change(runtime, public_id, said, 1) == ()
    with runtime.database.reading() as session:
        assert session.query(Document).one().revision == 1
        assert session.query(Edit).count() == session.query(Job).count() == 0


def test_whoever_comes_second_is_told_and_overwrites_nothing(runtime: Runtime) -> None:
    public_id = a_study(runtime)
    change(runtime, public_id, {Field.TITLE: "Primera"}, 1)
    with pytest.raises(Stale):
        change(runtime, public_id, {Field.TITLE: "Segunda"}, 1)
    with runtime.database.reading() as session:
        assert session.query(Document).one().title == "Primera"
        assert session.query(Edit).count() == 1


@pytest.mark.parametrize("state", sorted(set(State) - editing.EDITABLE))
def test_what_is_not_the_curators_is_not_edited(runtime: Runtime, state: State) -> None:
    a_study(runtime, state=state)
    with runtime.database.writing() as session:
        document = session.query(Document).one()
        with pytest.raises(Stale):
            editing.edit(session, runtime.vocabulary, document, {Field.TITLE: "X"}, CURATOR, 1)
        assert document.title == "Estudio"


def test_drafts_and_withdrawn_documents_are_not_found(runtime: Runtime) -> None:
    for state in (State.DRAFT, State.WITHDRAWN):
        public_id = a_study(runtime, state=state)
        with runtime.database.reading() as session:
            assert editing.found(session, public_id) is None


def test_tags_of_an_older_vocabulary_outlive_every_edit(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        tags = {"theme": ["once-a-theme", "local-integration"]}
        public_id = a_document(session, tags=tags).public_id
    assert change(runtime, public_id, {Field.TAGS: ("theme=local-integration",)}, 1) == ()
    change(runtime, public_id, {Field.TAGS: ("theme=asylum-systems",)}, 1)
    with runtime.database.reading() as session:
        confirmed = {tag.value for tag in session.query(Document).one().tags if tag.confirmed_on}
    assert confirmed == {"once-a-theme", "asylum-systems"}


def test_the_history_names_organizations_as_they_want_to_be_named_today(runtime: Runtime) -> None:
    public_id = a_study(runtime)
    with runtime.database.writing() as session:
        named = Organization(name="Canario", naming=Naming.ALIAS, alias="Red del Sur")
        session.add(named)
        session.flush()
        key = named.id
    change(runtime, public_id, {Field.ORGANIZATION: key}, 1)
    with runtime.database.writing() as session:
        document = session.query(Document).one()
        assert "Canario" not in str(document.edits[0].changes)
        assert editing.history(session, document)[0].changes[0].after == "Red del Sur"
        session.get_one(Organization, key).naming = Naming.WITHHELD
        assert editing.history(session, document)[0].changes[0].after is None


def test_what_was_harmful_is_in_no_history_of_the_document(runtime: Runtime) -> None:
    public_id = a_study(runtime, abstract="Canario viejo")
    change(runtime, public_id, {Field.ABSTRACT: "Canario de ayer", Field.YEAR: 2024}, 1)
    change(runtime, public_id, {Field.ABSTRACT: "Nadie reconocible"}, 2, harmful=True)
    with runtime.database.reading() as session:
        document = session.query(Document).one()
        assert document.abstract == "Nadie reconocible"
        assert "anario" not in str([past.changes for past in document.edits])
        told = [[c.kept for c in past.changes] for past in editing.history(session, document)]
        assert not any(any(kept) for kept in told)
        assert [e.detail for e in session.query(AuditEvent)][-1] == {"fields": ["abstract", "year"]}
        assert session.query(Job).order_by(Job.id.desc()).first().kind == jobs.FORGET_WORDS  # type: ignore[union-attr]


def test_what_was_taken_out_before_can_be_forgotten_afterwards(runtime: Runtime) -> None:
    public_id = a_study(runtime, state=State.IN_REVIEW, abstract="Canario")
    change(runtime, public_id, {Field.ABSTRACT: "Nadie"}, 1)
    assert change(runtime, public_id, {Field.ABSTRACT: "Nadie"}, 2, harmful=True)
    assert change(runtime, public_id, {Field.ABSTRACT: "Nadie"}, 3, harmful=True) == ()
    with runtime.database.reading() as session:
        document = session.query(Document).one()
        assert "Canario" not in str([past.changes for past in document.edits])
        assert [job.kind for job in session.query(Job)] == [jobs.FORGET_WORDS]


@pytest.mark.parametrize(
    ("after", "follows"),
    [
        (("Ana", "Luis", "Eva"), jobs.SYNC_INDEX),
        (("Luis", "Ana"), jobs.SYNC_INDEX),
        (("Ana",), jobs.FORGET_WORDS),
        (("Ana", "Luisa"), jobs.FORGET_WORDS),
        ((), jobs.FORGET_WORDS),
    ],
)
def test_a_name_that_is_taken_out_is_to_be_forgotten(
    runtime: Runtime, after: tuple[str, ...], follows: str
) -> None:
    public_id = a_study(runtime, authors=["Ana", "Luis"])
    change(runtime, public_id, {Field.AUTHORS: after}, 1)
    with runtime.database.reading() as session:
        assert [job.kind for job in session.query(Job)] == [follows]


def test_a_record_without_a_file_waits_in_review_and_is_made_once(runtime: Runtime) -> None:
    said: dict[Field, Value] = {
        Field.TITLE: "Tesis",
        Field.LANGUAGE: "es",
        Field.COUNTRIES: ("country=GT",),
        Field.URL: "https://example.org/tesis",
    }
    with runtime.database.writing() as session:
        editing.create(session, runtime.vocabulary, said, CURATOR)
    for more, the_same in ((said, True), ({**said, Field.ABSTRACT: "Otro"}, False)):
        with runtime.database.writing() as session, pytest.raises(AlreadyHeld) as held:
            editing.create(session, runtime.vocabulary, more, CURATOR)
        assert held.value.says_the_same is the_same
    with runtime.database.reading() as session:
        document = session.query(Document).one()
        assert document.state is State.IN_REVIEW
        assert [group.name for group in document.audience] == ["public"]
        assert [(tag.value, tag.origin) for tag in document.tags] == [("GT", Origin.CURATOR)]


def test_a_record_without_a_file_needs_an_address(runtime: Runtime) -> None:
    with runtime.database.writing() as session, pytest.raises(Unusable):
        editing.create(session, runtime.vocabulary, {Field.TITLE: "Tesis"}, CURATOR)


TITLES = st.sampled_from(["Uno", "Dos", "Tres"])
THEMES = st.sets(st.sampled_from(["theme=local-integration", "theme=asylum-systems"]))


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(TITLES, THEMES, st.booleans()), max_size=6))
def test_the_history_told_backwards_leads_to_the_beginning(
    runtime: Runtime, edits: list[tuple[str, set[str], bool]]
) -> None:
    public_id = a_study(runtime)
    with runtime.database.reading() as session:
        begun = {f: _said(session, public_id, f) for f in (Field.TITLE, Field.TAGS)}
    revision = 1
    for title, themes, stale in edits:
        said: dict[Field, Value] = {Field.TITLE: title, Field.TAGS: tuple(themes)}
        if stale:
            with pytest.raises(Stale):
                change(runtime, public_id, said, revision - 1)
        elif change(runtime, public_id, said, revision):
            revision += 1
    with runtime.database.reading() as session:
        document = editing.found(session, public_id)
        assert document
        assert document.revision == revision
        now = {f.value: _said(session, public_id, f) for f in begun}
        for past in editing.history(session, document):
            for one in past.changes:
                assert now[one.field] == one.after
                now[one.field] = one.before
        assert now == {f.value: value for f, value in begun.items()}


def _said(session: object, public_id: str, field: Field) -> Value:
    document = editing.found(session, public_id)  # type: ignore[arg-type]
    assert document
    return answers.present(document, field)
