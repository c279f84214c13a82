"""Duplicates: found by bytes or words, made one without losing what people said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repo_app import jobs
from repo_app.models import Consent, Contribution, Document, Job, Role, State
from repo_app.policy import ANYONE, viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services import catalogue, duplicates, versions
from repo_app.services.duplicates import CannotMerge
from repo_app.services.editing import Stale
from repo_app.services.reviews import OwnContribution
from tests.accounts import an_account
from tests.factories import a_document

CURATOR = viewer_with_account(3, Role.CURATOR)
BYTES, WORDS = "c" * 64, "d" * 64


def held(runtime: Runtime, *columns: dict[str, object]) -> list[str]:
    with runtime.database.writing() as session:
        return [
            a_document(session, f"Estudio {n}", **one).public_id  # type: ignore[arg-type]
            for n, one in enumerate(columns)
        ]


def found(runtime: Runtime) -> list[set[str]]:
    with runtime.database.reading() as session:
        return [{twin.public_id for twin in g.twins} for g in duplicates.groups(session)]


def merge(runtime: Runtime, kept: str, *gone: str, **revisions: int) -> None:
    with runtime.database.writing() as session:
        shown = {one: revisions.get(one, 1) for one in (kept, *gone)}
        duplicates.merge(session, runtime.vocabulary, shown, kept, CURATOR)


def row(session: object, public_id: str) -> Document:
    found: Document = session.query(Document).filter_by(public_id=public_id).one()  # type: ignore[attr-defined]
    return found


def test_the_same_bytes_and_the_same_words_make_one_group(runtime: Runtime) -> None:
    ids = held(
        runtime,
        {"content_sha256": BYTES, "text_sha256": "1" * 64},
        {"content_sha256": BYTES, "text_sha256": WORDS},
        {"content_sha256": "2" * 64, "text_sha256": WORDS},
        {"content_sha256": "3" * 64, "text_sha256": "4" * 64},
        {},
        {},
    )
    assert found(runtime) == [set(ids[:3])]


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
def test_what_no_curator_sees_is_no_duplicate(runtime: Runtime, state: State) -> None:
    held(runtime, {"text_sha256": WORDS}, {"text_sha256": WORDS, "state": state})
    assert found(runtime) == []


def test_a_new_version_on_its_way_is_no_duplicate(runtime: Runtime) -> None:
    (old,) = held(runtime, {"text_sha256": WORDS})
    person = an_account(runtime).id
    with runtime.database.writing() as session:
        draft = versions.begin(session, row(session, old), person)
        draft.state, draft.text_sha256 = State.IN_REVIEW, WORDS
    assert found(runtime) == []


@given(pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8))
def test_groups_are_those_connected_by_a_shared_hash(pairs: list[tuple[int, int]]) -> None:
    rows = [
        Document(public_id=str(n), content_sha256=f"b{a}", text_sha256=f"t{b}" if b else None)
        for n, (a, b) in enumerate(pairs)
    ]
    joined = {frozenset(r.public_id for r in g) for g in duplicates._joined(rows)}
    expected = {frozenset(g) for g in _connected(pairs) if len(g) > 1}
    assert joined == expected


def _connected(pairs: list[tuple[int, int]]) -> list[set[str]]:
    """The oracle: grow each group until nothing joins it any more."""
    groups = []
    for start in range(len(pairs)):
        group = {start}
        grown = True
        while grown:
            more = {
                n
                for n, (a, b) in enumerate(pairs)
                for a2, b2 in (pairs[m] for m in group)
                if a == a2 or (b and b == b2)
            }
            grown = not more <= group
            group |= more
        groups.append({str(n) for n in group})
    return groups


def test_the_kept_one_is_completed_and_the_old_address_leads_to_it(runtime: Runtime) -> None:
    kept, gone = held(
        runtime,
        {"text_sha256": WORDS, "tags": {"theme": ["local-integration"]}, "year": 2021},
        {
            "text_sha256": WORDS,
            "tags": {"theme": ["asylum-systems"], "country": ["GT"], "mentioned": ["VE"]},
            "year": 2022,
            "abstract": "Resumen",
            "doi": "10.1/x",
        },
    )
    with runtime.database.reading() as session:
        plan = duplicates.plan(session, kept, [gone])
    assert plan
    assert plan.fields == ("abstract",)
    assert set(plan.tags) == {
        ("theme", "asylum-systems"), ("country", "GT"), ("mentioned", "VE"),
    }  # fmt: skip
    merge(runtime, kept, gone)
    with runtime.database.reading() as session:
        one, other = row(session, kept), row(session, gone)
        assert (one.year, one.abstract, one.doi) == (2021, "Resumen", "10.1/x")
        confirmed = {(tag.facet, tag.value) for tag in one.tags if tag.confirmed_on}
        assert confirmed == {("theme", "local-integration"), *plan.tags}
        assert set(one.edits[0].changes) == {"abstract", "tags", "countries"}
        assert (other.state, other.merged_into, other.title) == (State.WITHDRAWN, kept, "")
        assert catalogue.merged_into(session, ANYONE, gone) == kept
        kinds = {(job.kind, job.document_id) for job in session.query(Job)}
        assert (jobs.PURGE_DOCUMENT, other.id) in kinds
        assert (jobs.SYNC_INDEX, one.id) in kinds


def test_an_old_address_leads_only_those_on_who_may_go_there(runtime: Runtime) -> None:
    kept, gone = held(
        runtime,
        {"text_sha256": WORDS, "audience": ["curators"]},
        {"text_sha256": WORDS},
    )
    merge(runtime, kept, gone)
    with runtime.database.reading() as session:
        assert catalogue.merged_into(session, ANYONE, gone) is None
        curator = viewer_with_account(1, Role.CURATOR)
        assert catalogue.merged_into(session, curator, gone) == kept
        assert catalogue.merged_into(session, curator, kept) is None
        assert catalogue.merged_into(session, curator, "zzzzzzzzzz") is None


def test_addresses_merged_one_after_another_all_lead_to_the_last(runtime: Runtime) -> None:
    a, b, c = held(runtime, *[{"text_sha256": WORDS}] * 3)
    merge(runtime, b, a)
    merge(runtime, c, b)
    with runtime.database.reading() as session:
        assert [catalogue.merged_into(session, ANYONE, one) for one in (a, b)] == [c, c]


def test_three_become_one(runtime: Runtime) -> None:
    a, b, c = held(runtime, *[{"text_sha256": WORDS}] * 3)
    merge(runtime, a, b, c)
    assert found(runtime) == []
    with runtime.database.reading() as session:
        assert [catalogue.merged_into(session, ANYONE, one) for one in (b, c)] == [a, a]


def test_whoever_contributed_the_one_that_goes_can_take_back_the_one_that_stays(
    runtime: Runtime,
) -> None:
    person = an_account(runtime).id
    kept, gone = held(runtime, {"text_sha256": WORDS}, {"text_sha256": WORDS})
    with runtime.database.writing() as session:
        theirs = row(session, gone)
        theirs.contribution = Contribution(contributor_id=person, answered=["title"])
        session.add(Consent(document_id=theirs.id, version="1", language="es"))
        draft = versions.begin(session, theirs, person).public_id
    merge(runtime, kept, gone)
    with runtime.database.reading() as session:
        one = row(session, kept)
        assert one.contribution
        assert one.contribution.contributor_id == person
        assert session.query(Consent).one().document_id == one.id
        assert row(session, draft).contribution.replaces_id == one.id  # type: ignore[union-attr]


def test_a_copy_sent_in_later_gives_nobody_a_right_over_what_was_public_before(
    runtime: Runtime,
) -> None:
    person = an_account(runtime).id
    kept, gone = held(runtime, {"text_sha256": WORDS}, {"text_sha256": WORDS})
    with runtime.database.writing() as session:
        theirs = row(session, gone)
        theirs.state, theirs.contribution = State.IN_REVIEW, Contribution(contributor_id=person)
    merge(runtime, kept, gone)
    with runtime.database.reading() as session:
        assert row(session, kept).contribution is None


def test_a_contribution_stays_its_own_contributors(runtime: Runtime) -> None:
    first, second = an_account(runtime).id, an_account(runtime, email="other@example.org").id
    kept, gone = held(runtime, {"text_sha256": WORDS}, {"text_sha256": WORDS})
    with runtime.database.writing() as session:
        for public_id, person in ((kept, first), (gone, second)):
            row(session, public_id).contribution = Contribution(contributor_id=person)
    merge(runtime, kept, gone)
    with runtime.database.reading() as session:
        assert row(session, kept).contribution.contributor_id == first  # type: ignore[union-attr]


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.REFUSED, State.RETURNED])
def test_a_published_document_never_gives_way_to_one_nobody_can_read(
    runtime: Runtime, state: State
) -> None:
    waiting, published = held(
        runtime, {"text_sha256": WORDS, "state": state}, {"text_sha256": WORDS}
    )
    with pytest.raises(CannotMerge):
        merge(runtime, waiting, published)
    merge(runtime, published, waiting)


def test_a_merge_shown_before_something_changed_does_nothing(runtime: Runtime) -> None:
    kept, gone, other = held(
        runtime, {"text_sha256": WORDS}, {"text_sha256": WORDS}, {"text_sha256": BYTES}
    )
    for attempt in ({kept: 7}, {gone: 7}):
        with pytest.raises(Stale):
            merge(runtime, kept, gone, **attempt)
    with pytest.raises(Stale):
        merge(runtime, kept, other)
    with pytest.raises(Stale):
        merge(runtime, kept)
    with pytest.raises(Stale):
        merge(runtime, kept, "zzzzzzzzzz", gone)
    with runtime.database.reading() as session:
        assert {d.state for d in session.query(Document)} == {State.PUBLISHED}
        assert {d.revision for d in session.query(Document)} == {1}


def test_nobody_brings_what_is_their_own_past_review_by_merging_it(runtime: Runtime) -> None:
    me = an_account(runtime, Role.CURATOR).id
    kept, gone = held(
        runtime,
        {"text_sha256": WORDS},
        {"text_sha256": WORDS, "abstract": "Nunca revisado", "state": State.IN_REVIEW},
    )
    with runtime.database.writing() as session:
        mine = session.query(Document).filter_by(public_id=gone).one()
        mine.contribution = Contribution(contributor_id=me)
    with pytest.raises(OwnContribution), runtime.database.writing() as session:
        shown = {row.public_id: row.revision for row in session.query(Document)}
        viewer = viewer_with_account(me, Role.CURATOR)
        duplicates.merge(session, runtime.vocabulary, shown, kept, viewer)
    merge(runtime, kept, gone)
    with runtime.database.reading() as session:
        row = session.query(Document).filter_by(public_id=kept).one()
        assert row.abstract == "Nunca revisado"


@pytest.mark.parametrize("state", [State.RECEIVED, State.RETURNED, State.REFUSED])
def test_only_what_curators_have_before_them_flows_into_the_one_that_stays(
    runtime: Runtime, state: State
) -> None:
    kept, gone = held(
        runtime,
        {"text_sha256": WORDS},
        {
            "text_sha256": WORDS, "state": state, "year": 2019, "doi": "10.5555/x",
            "abstract": "Todavía sin enviar", "authors": ["Alguien"],
            "tags": {"country": ["SV"], "mentioned": ["MX"], "theme": ["asylum-systems"]},
        },
    )  # fmt: skip
    with runtime.database.reading() as session:
        plan = duplicates.plan(session, kept, [gone])
        assert plan is not None
        assert (plan.fields, plan.tags, plan.gone[0].flows) == ((), (), False)
        shown = plan.gone[0].year, plan.gone[0].tags
        assert shown == ((2019, plan.gone[0].tags) if state is State.REFUSED else (None, ()))
    merge(runtime, kept, gone)
    with runtime.database.reading() as session:
        stays = row(session, kept)
        assert (stays.abstract, stays.authors, stays.year, stays.doi) == ("", [], None, None)
        assert stays.tags == []
        assert row(session, gone).state is State.WITHDRAWN
