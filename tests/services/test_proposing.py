"""Tags are proposed anew from stored pages: shown first, resumable, and never against a person."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from index.vocabulary import AddedLabel, load
from ingest import Draft, Sandbox
from ingest.tagging import propose_tags
from repo_app import jobs
from repo_app.models import AuditEvent, Document, Origin, Role, State, Tag
from repo_app.policy import viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services import curator_labels, proposing, submissions
from repo_app.services.descriptions import Description
from repo_app.services.proposing import STEP, Coming, Gone, Progress, Rules
from repo_app.vocabulary_watch import FOLDER
from repo_app.worker import claim
from tests.factories import ADDED, a_document
from tests.pdfs import a_pdf
from tests.vocabularies import WINDOW, plan_text

CURATOR = viewer_with_account(7, Role.CURATOR)
ABOUT = "La ventanilla fronteriza abre a las ocho. En la ventanilla fronteriza se espera."


def rules(draft: Draft) -> Draft:
    """The rules themselves. What confines them, and how long it takes to start, is another test's
    matter; the worker's test goes through it."""
    return replace(propose_tags(draft), vocabulary=load().version)


def with_label(runtime: Runtime, label: AddedLabel = WINDOW) -> None:
    with runtime.database.writing() as session:
        curator_labels.add(session, runtime.vocabulary, label, "", CURATOR)
    runtime.watch.look(now=True)


def with_plan(runtime: Runtime) -> None:
    file = runtime.settings.instance / FOLDER / "plans" / "2027.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(plan_text(), encoding="utf-8")
    runtime.watch.look(now=True)


def made(runtime: Runtime, *texts: str, **columns: object) -> list[str]:
    with runtime.database.writing() as session:
        return [a_document(session, "Informe", [text], **columns).public_id for text in texts]


def tags(runtime: Runtime, public_id: str) -> dict[str, bool]:
    """``facet=value`` → whether it is confirmed."""
    with runtime.database.reading() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        return {f"{tag.facet}={tag.value}": tag.confirmed_on is not None for tag in row.tags}


def score(runtime: Runtime, value: str) -> float | None:
    with runtime.database.reading() as session:
        return session.query(Tag).filter_by(value=value).one().score


def progress(runtime: Runtime) -> Progress:
    with runtime.database.reading() as session:
        return proposing.progress(session, runtime.vocabulary.version)


def renew_all(runtime: Runtime, by: Rules = rules) -> int:
    """As the worker does it; how many steps it took."""
    with runtime.database.writing() as session:
        proposing.ask(session, runtime.vocabulary, "curator:7")
    steps = 0
    while claimed := claim(runtime, [jobs.PROPOSE_AGAIN]):
        proposing.go_on(runtime, by, claimed[0])
        steps += 1
    return steps


def test_looking_ahead_says_what_comes_and_why_and_writes_nothing(runtime: Runtime) -> None:
    (about, _other) = made(runtime, ABOUT, "Un texto sobre el mar.")
    with_label(runtime)
    seen = proposing.look_ahead(runtime, rules)
    (change,) = seen.changes
    assert (seen.looked, seen.after, change.public_id) == (2, 0, about)
    assert change.comes[0] == Coming("theme", "asylum-systems", ("ventanilla fronteriza",))
    assert (change.goes, change.unknown) == ((), ())
    assert tags(runtime, about) == {}
    assert progress(runtime) == Progress(2, 2, running=False)


def test_what_was_shown_is_what_is_done_and_done_twice_changes_nothing(runtime: Runtime) -> None:
    (about,) = made(runtime, ABOUT)
    with_label(runtime)
    (change,) = proposing.look_ahead(runtime, rules).changes
    assert renew_all(runtime) == 1
    assert set(tags(runtime, about)) == {f"{one.facet}={one.value}" for one in change.comes}
    assert not any(tags(runtime, about).values())
    assert progress(runtime) == Progress(1, 0, running=False)
    with runtime.database.reading() as session:
        row = session.query(Document).one()
        assert {tag.vocabulary for tag in row.tags} == {runtime.vocabulary.version}
        assert row.revision == 1  # nothing that readers or the index see
        event = session.query(AuditEvent).filter_by(action="proposals-renewed").one()
        assert "theme=asylum-systems" in event.detail["came"]
    assert renew_all(runtime) == 1
    with runtime.database.reading() as session:
        assert session.query(AuditEvent).filter_by(action="proposals-renewed").count() == 1


def test_a_withdrawn_label_takes_its_proposals_along_but_nothing_a_person_confirmed(
    runtime: Runtime,
) -> None:
    kept, lost = made(runtime, ABOUT, ABOUT)
    with_label(runtime)
    renew_all(runtime)
    with runtime.database.writing() as session:
        row = session.query(Document).filter_by(public_id=kept).one()
        for tag in row.tags:
            if tag.facet == "theme":
                tag.confirmed_on, tag.confirmed_by = ADDED, "curator:7"
        (held,) = curator_labels.held(session)
        curator_labels.withdraw(session, held.id, CURATOR)
    runtime.watch.look(now=True)
    seen = proposing.look_ahead(runtime, rules)
    assert {one.public_id: [value for _, value in one.goes] for one in seen.changes} == {
        kept: ["2026:P1"],
        lost: ["asylum-systems", "2026:P1"],
    }
    renew_all(runtime)
    assert tags(runtime, kept) == {"theme=asylum-systems": True}
    assert tags(runtime, lost) == {}


def test_a_new_plan_proposes_what_it_carries_over_and_leaves_the_old_tags(runtime: Runtime) -> None:
    old = {"activity": ["2026:P2-R2-A5"], "priority": ["2026:P2"], "theme": ["living-together"]}
    (about,) = made(runtime, "Un texto sobre el mar.", tags=old)
    with runtime.database.writing() as session:
        row = session.query(Document).one()
        row.tags.append(Tag(facet="activity", value="2026:P1-R1-A1", origin=Origin.RULE, score=1.0))
    with_plan(runtime)
    (change,) = proposing.look_ahead(runtime, rules).changes
    assert set(change.comes) == {
        Coming("activity", "2027:P2-R2-A6", (), "2026:P2-R2-A5"),
        Coming("priority", "2027:P3", (), "2026:P2"),
        Coming("theme", "social-cohesion", (), "living-together"),
    }
    assert change.unknown == (Gone("theme", "living-together", "social-cohesion"),)
    assert change.goes == ()
    renew_all(runtime)
    assert tags(runtime, about) == {
        "activity=2026:P2-R2-A5": True,
        "priority=2026:P2": True,
        "theme=living-together": True,
        "activity=2026:P1-R1-A1": False,
        "activity=2027:P2-R2-A6": False,
        "priority=2027:P3": False,
        "theme=social-cohesion": False,
    }


def test_texts_are_proposed_for_the_newest_plan(runtime: Runtime) -> None:
    text = "El conflicto comunitario y el tejido social. Reconstruir el tejido social del barrio."
    (about,) = made(runtime, text)
    renew_all(runtime)
    assert "activity=2026:P2-R2-A5" in tags(runtime, about)
    before = score(runtime, "2026:P2")
    with_plan(runtime)
    renew_all(runtime)
    found = tags(runtime, about)
    assert {"activity=2027:P2-R2-A5", "priority=2027:P2"} <= found.keys()
    assert "activity=2026:P2-R2-A5" in found  # a person may still want it
    assert score(runtime, "2027:P2") == before  # no vote is lost to the older plan


def test_it_goes_on_where_it_stopped(runtime: Runtime) -> None:
    made(runtime, *[ABOUT] * (STEP + 2))
    with_label(runtime)
    seen = proposing.look_ahead(runtime, rules)
    rest = proposing.look_ahead(runtime, rules, seen.after)
    assert (seen.looked, rest.looked, rest.after) == (STEP, 2, 0)
    with runtime.database.writing() as session:
        proposing.ask(session, runtime.vocabulary, "curator:7")
        proposing.ask(session, runtime.vocabulary, "curator:7")
    (job,) = claim(runtime, [jobs.PROPOSE_AGAIN])
    proposing.go_on(runtime, rules, job)
    assert progress(runtime) == Progress(STEP + 2, 2, running=True)
    with pytest.raises(jobs.LeaseLost):  # it is a later claim's by now
        proposing.go_on(runtime, rules, job)
    (job,) = claim(runtime, [jobs.PROPOSE_AGAIN]) or (None,)
    assert job is not None
    proposing.go_on(runtime, rules, job)
    assert progress(runtime) == Progress(STEP + 2, 0, running=False)


def test_only_what_curators_look_after_is_proposed_for_anew(runtime: Runtime) -> None:
    for state in (State.DRAFT, State.RETURNED, State.REFUSED):
        (about,) = made(runtime, ABOUT, state=state)
        with_label(runtime)
        renew_all(runtime)
        assert tags(runtime, about) == {}


def test_a_document_that_changed_while_it_was_read_is_left_for_the_next_step(
    runtime: Runtime,
) -> None:
    (about,) = made(runtime, ABOUT)
    with_label(runtime)

    def slowly(draft: Draft) -> Draft:
        with runtime.database.writing() as session:
            row = session.query(Document).one()
            row.pages[0].text, row.revision = "Un texto sobre el mar.", row.revision + 1
        return rules(draft)

    key = _key(runtime, about)
    proposing.renew(runtime, slowly, key)
    assert progress(runtime).left == 1
    proposing.renew(runtime, rules, key)
    assert (progress(runtime).left, tags(runtime, about)) == (0, {})


def _key(runtime: Runtime, public_id: str) -> int:
    with runtime.database.reading() as session:
        return session.query(Document).filter_by(public_id=public_id).one().id


def test_a_document_that_cannot_be_read_in_time_keeps_its_proposals(
    runtime: Runtime,
) -> None:
    (about,) = made(runtime, ABOUT)
    with_label(runtime)
    renew_all(runtime)
    before = tags(runtime, about)
    with_label(runtime, AddedLabel("refugees", "es", "gente de paso"))
    (change,) = proposing.look_ahead(runtime, lambda _draft: None).changes
    assert (change.unread, change.goes) == (True, ())
    renew_all(runtime, lambda _draft: None)
    assert tags(runtime, about) == before
    assert progress(runtime).left == 0


@pytest.mark.parametrize("abstract", ["", "Reintegración de personas retornadas en Guatemala."])
def test_stored_pages_give_the_proposals_that_the_file_gave(
    runtime: Runtime, sandbox: Sandbox, abstract: str
) -> None:
    texts = [
        f"Ministerio de Ejemplo\n{ABOUT}",
        "Ministerio de Ejemplo\nPersonas refugiadas en Honduras. Tegucigalpa y San Pedro Sula.",
        "Ministerio de Ejemplo\nOtras personas refugiadas y su empleo en Honduras.",
    ]
    description = Description(title="Ventanilla fronteriza de Honduras", abstract=abstract)
    file = io.BytesIO(a_pdf(texts))
    held = submissions.deposit_file(runtime, file, description, publish=True)
    (job,) = claim(runtime, [jobs.READ_DOCUMENT])
    submissions.read_document(runtime, sandbox, job)
    assert progress(runtime) == Progress(1, 0, running=False)
    with runtime.database.writing() as session:
        row = session.get(Document, held.document_id)
        assert row is not None
        assert {tag.value for tag in row.tags} >= {"refugees", "HN"}
        row.tagged_with = ""
    seen = proposing.look_ahead(runtime, sandbox.propose)
    assert (seen.looked, seen.changes) == (1, ())


def test_whoever_asks_may_have_changed_the_vocabulary_elsewhere_a_moment_ago(
    runtime: Runtime,
) -> None:
    (about,) = made(runtime, ABOUT)
    runtime.watch.look(now=True)
    with runtime.database.writing() as session:
        curator_labels.add(session, runtime.vocabulary, WINDOW, "", CURATOR)
    renew_all(runtime)
    assert "theme=asylum-systems" in tags(runtime, about)
