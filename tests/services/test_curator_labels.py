"""A curator's label is another concept's or it is not; it is kept with who, when and why."""

from __future__ import annotations

import pytest

from index.vocabulary import AddedLabel
from repo_app.models import AuditEvent, CuratorLabel, Role, State
from repo_app.policy import viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services import curator_labels
from repo_app.services.curator_labels import Fault, LabelRefused, Standing
from tests.factories import a_document, indexed
from tests.vocabularies import WINDOW

CURATOR = viewer_with_account(7, Role.CURATOR)
OTHER = viewer_with_account(8, Role.CURATOR)


def add(runtime: Runtime, label: AddedLabel = WINDOW, reason: str = "Así se llaman") -> None:
    with runtime.database.writing() as session:
        curator_labels.add(session, runtime.vocabulary, label, reason, CURATOR)


def test_a_label_is_kept_with_who_when_and_why_and_with_its_end(runtime: Runtime) -> None:
    before = runtime.vocabulary.version
    add(runtime)
    runtime.watch.look(now=True)
    with runtime.database.writing() as session:
        (held,) = curator_labels.held(session)
        assert (held.label, held.reason, held.added_by) == (WINDOW, "Así se llaman", "curator:7")
        assert (held.vocabulary, held.withdrawn_on) == (before, None)
        assert curator_labels.withdraw(session, held.id, OTHER)
        assert not curator_labels.withdraw(session, held.id, CURATOR)
        assert not curator_labels.withdraw(session, held.id + 1, CURATOR)
    with runtime.database.reading() as session:
        row = session.query(CuratorLabel).one()
        assert (row.withdrawn_by, row.withdrawn_on is None) == ("curator:8", False)
        events = [(event.action, event.actor) for event in session.query(AuditEvent)]
        assert events == [("label-added", "curator:7"), ("label-withdrawn", "curator:8")]
    assert runtime.watch.look(now=True)
    assert runtime.vocabulary.version == before


def test_sent_twice_it_is_held_once_and_after_its_end_it_can_come_again(runtime: Runtime) -> None:
    add(runtime)
    add(runtime)
    runtime.watch.look(now=True)
    add(runtime)
    with runtime.database.writing() as session:
        (held,) = curator_labels.held(session)
        curator_labels.withdraw(session, held.id, CURATOR)
    runtime.watch.look(now=True)
    add(runtime)
    with runtime.database.reading() as session:
        assert len(curator_labels.held(session)) == 2


REFUSED = [
    (AddedLabel("nothing", "es", "algo"), Fault.NO_CONCEPT, ()),
    (AddedLabel("refugees", "de", "algo"), Fault.NO_LANGUAGE, ()),
    (AddedLabel("refugees", "es", "algo", "old"), Fault.NO_KIND, ()),
    (AddedLabel("refugees", "es", " … "), Fault.NO_WORD, ()),
    (AddedLabel("refugees", "es", "el"), Fault.NO_WORD, ()),
    (AddedLabel("refugees", "es", "a" * 121), Fault.TOO_LONG, ()),
    (AddedLabel("refugees", "es", "La Persona Refugiada"), Fault.ITS_OWN, ("refugees",)),
    (AddedLabel("refugees", "es", "cohesión social"), Fault.ANOTHERS, ("social-cohesion",)),
    (AddedLabel("refugees", "en", "stateless child"), Fault.ANOTHERS, ("stateless-persons",)),
]


@pytest.mark.parametrize(("label", "fault", "owners"), REFUSED)
def test_what_cannot_be_a_label_is_refused_with_its_owner(
    runtime: Runtime, label: AddedLabel, fault: Fault, owners: tuple[str, ...]
) -> None:
    with pytest.raises(LabelRefused) as refused:
        add(runtime, label)
    assert (refused.value.fault, refused.value.owners) == (fault, owners)
    with runtime.database.reading() as session:
        assert curator_labels.held(session) == ()


def test_two_curators_at_once_cannot_give_the_same_words_to_two_concepts(runtime: Runtime) -> None:
    add(runtime)
    other = AddedLabel("refugees", "es", "La ventanilla Fronteriza")
    with pytest.raises(LabelRefused) as refused:  # although it is not in force here yet
        add(runtime, other)
    assert (refused.value.fault, refused.value.owners) == (Fault.ANOTHERS, ("asylum-systems",))


def test_words_are_counted_where_they_stand_together_in_what_the_curator_may_find(
    runtime: Runtime,
) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Uno", ["La ventanilla fronteriza abre."])
        a_document(session, "Dos", ["Una ventanilla que no es fronteriza."])
        a_document(session, "Tres", ["Ventanilla fronteriza."], audience=["curators"])
        a_document(session, "Cuatro", ["", "VENTANILLA  Fronteriza"], state=State.IN_REVIEW)
        a_document(session, "Cinco", ["Ventanilla fronteriza"], state=State.RETURNED)
    found = curator_labels.standing(runtime, CURATOR, WINDOW.label, "es")
    assert found == Standing(published=0, in_review=1)
    indexed(runtime)
    found = curator_labels.standing(runtime, CURATOR, WINDOW.label, "es")
    assert found == Standing(published=2, in_review=1)
    planner = viewer_with_account(9, Role.PLANNER)
    assert curator_labels.standing(runtime, planner, WINDOW.label, "es").published == 1
