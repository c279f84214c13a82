"""Many documents at once: found as a curator asks, changed wholly or not at all."""

from __future__ import annotations

import pytest

from repo_app.models import Contribution, Document, Edit, Job, Role, State
from repo_app.policy import viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services import bulk
from repo_app.services.bulk import Obstacle, Selection, TagChange, Where
from tests.accounts import an_account
from tests.factories import a_document, indexed

VIEWER = viewer_with_account(1, Role.CURATOR)


def titles(runtime: Runtime, selection: Selection) -> list[str]:
    return [line.title for line in bulk.selected(runtime, VIEWER, selection, "es").lines]


@pytest.fixture
def collection(runtime: Runtime) -> dict[str, str]:
    with runtime.database.writing() as session:
        rows = [
            a_document(session, "Integración en Ocotepeque", tags={"country": ["HN"]}),
            a_document(session, "Retorno", ["Sobre integración."], state=State.IN_REVIEW),
            a_document(session, "Ñandú", ["Texto sobre el albergue."], language="en"),
            a_document(session, "Borrador canario", state=State.DRAFT),
            a_document(session, "Retirado canario", state=State.WITHDRAWN),
        ]
        ids = {row.title: row.public_id for row in rows}
    indexed(runtime)
    return ids


def test_drafts_and_withdrawn_documents_are_listed_nowhere(
    runtime: Runtime, collection: dict[str, str]
) -> None:
    for selection in (
        Selection(),
        Selection(words="canario"),
        Selection(state=State.DRAFT),
        Selection(state=State.WITHDRAWN),
        Selection(words="canario", where=Where.TEXT),
    ):
        assert "canario" not in str(titles(runtime, selection))


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["Ñandú", "Retorno", "Integración en Ocotepeque"]),
        (Selection(state=State.IN_REVIEW), ["Retorno"]),
        (Selection(words="ocotepeque INTEGRACION"), ["Integración en Ocotepeque"]),
        (Selection(words="ocotepeque retorno"), []),
        (Selection(words="Ñandu"), ["Ñandú"]),
        (Selection(facet="country", value="HN"), ["Integración en Ocotepeque"]),
        (Selection(facet="language", value="en"), ["Ñandú"]),
        (Selection(facet="country", value="HN", state=State.IN_REVIEW), []),
        (Selection(words="albergue", where=Where.TEXT), ["Ñandú"]),
        (Selection(words="albergue", where=Where.TEXT, facet="country", value="HN"), []),
        (Selection(words="albergue", where=Where.TEXT, state=State.REFUSED), []),
        (Selection(words="%"), ["Ñandú", "Retorno", "Integración en Ocotepeque"]),
        (Selection(page=9), []),
    ],
)
def test_the_list_holds_what_was_asked_for(
    runtime: Runtime, collection: dict[str, str], selection: Selection, expected: list[str]
) -> None:
    assert titles(runtime, selection) == expected


def test_pages_of_the_list_hold_everything_once(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for n in range(2 * bulk.ON_A_PAGE + 7):
            a_document(session, f"Informe {n:03}")
    for words in ("", "informe"):
        pages = [
            bulk.selected(runtime, VIEWER, Selection(words=words, page=page), "es")
            for page in (1, 2, 3)
        ]
        assert [len(page.lines) for page in pages] == [50, 50, 7]
        assert {page.total for page in pages} == {107}
        assert pages[0].page_count == 3
        assert len({line.public_id for page in pages for line in page.lines}) == 107


def tagged(runtime: Runtime, public_id: str) -> set[str]:
    with runtime.database.reading() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        return {tag.value for tag in row.tags if tag.confirmed_on}


def test_a_tag_is_given_to_all_and_each_has_its_history(
    runtime: Runtime, collection: dict[str, str]
) -> None:
    ids = [collection["Integración en Ocotepeque"], collection["Retorno"], collection["Ñandú"]]
    change = TagChange("country", "HN", add=True)
    outcome = bulk.tag(runtime, ids, change, VIEWER)
    assert (outcome.changed, outcome.as_wanted, outcome.left) == (2, 1, ())
    assert all("HN" in tagged(runtime, one) for one in ids)
    with runtime.database.reading() as session:
        assert session.query(Edit).count() == 2
        assert session.query(Job).count() == 1  # of the two, one is published
    undone = bulk.tag(runtime, ids, TagChange("country", "HN", add=False), VIEWER)
    assert (undone.changed, undone.left) == (3, ())
    assert not any("HN" in tagged(runtime, one) for one in ids)


def test_what_cannot_be_changed_is_named_and_stops_nothing(
    runtime: Runtime, collection: dict[str, str]
) -> None:
    with runtime.database.writing() as session:
        returned = a_document(session, "Devuelto", state=State.RETURNED).public_id
    ids = ["zzzzzzzzzz", collection["Borrador canario"], returned, collection["Retorno"]]
    outcome = bulk.tag(runtime, ids, TagChange("theme", "asylum-systems", add=True), VIEWER)
    assert outcome.changed == 1
    assert [(left.title, left.obstacle) for left in outcome.left] == [
        ("", Obstacle.GONE),
        ("", Obstacle.GONE),
        ("Devuelto", Obstacle.NOT_EDITABLE),
    ]
    assert tagged(runtime, returned) == set()
    assert tagged(runtime, collection["Retorno"]) == {"asylum-systems"}


def test_an_activity_keeps_its_priority(runtime: Runtime, collection: dict[str, str]) -> None:
    one = collection["Retorno"]
    bulk.tag(runtime, [one], TagChange("activity", "2026:P2-R2-A1", add=True), VIEWER)
    assert tagged(runtime, one) == {"2026:P2", "2026:P2-R2-A1"}
    outcome = bulk.tag(runtime, [one], TagChange("priority", "2026:P2", add=False), VIEWER)
    assert [left.obstacle for left in outcome.left] == [Obstacle.IMPLIED]
    assert tagged(runtime, one) == {"2026:P2", "2026:P2-R2-A1"}


def test_other_tags_are_left_alone(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        tags = {"theme": ["asylum-systems", "once-a-theme"], "country": ["HN"]}
        one = a_document(session, tags=tags).public_id
    bulk.tag(runtime, [one], TagChange("population", "refugees", add=True), VIEWER)
    bulk.tag(runtime, [one], TagChange("theme", "asylum-systems", add=False), VIEWER)
    assert tagged(runtime, one) == {"once-a-theme", "HN", "refugees"}


def test_nobody_tags_what_is_their_own_before_it_is_published(runtime: Runtime) -> None:
    me = an_account(runtime, Role.CURATOR).id
    ids = []
    with runtime.database.writing() as session:
        for state in (State.IN_REVIEW, State.PUBLISHED):
            row = a_document(session, "Propio", state=state)
            row.contribution = Contribution(contributor_id=me)
            ids.append(row.public_id)
    change = TagChange("theme", "asylum-systems", add=True)
    outcome = bulk.tag(runtime, ids, change, viewer_with_account(me, Role.CURATOR))
    assert [(left.public_id, left.obstacle) for left in outcome.left] == [(ids[0], Obstacle.OWN)]
    assert tagged(runtime, ids[0]) == set()
    assert outcome.changed == 1
