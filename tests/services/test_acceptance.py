"""What people decide on proposals is kept and counted: the last decision on each."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from repo_app.db import open_database
from repo_app.models import Base, Document, Origin, ProposalDecision, Role, State, Tag
from repo_app.policy import viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services import acceptance, bulk, contributions, decisions, withdrawals
from repo_app.services.answers import Field
from repo_app.services.bulk import TagChange
from repo_app.services.tags import FACETS, By, choose
from repo_app.workflow import Actor, Party
from tests.factories import a_document

BY = By(Origin.CURATOR, "curator:7")
CURATOR = viewer_with_account(7, Role.CURATOR)


def proposed(document: Document, *values: str, facet: str = "theme") -> None:
    for value in values:
        document.tags.append(
            Tag(
                facet=facet,
                value=value,
                origin=Origin.RULE,
                score=1.0,
                evidence=[{"label": f"palabras de {value}", "count": 2, "where": "body"}],
                vocabulary="v1",
            )
        )


def decide(session: Session, runtime: Runtime, document: Document, *accepted: str) -> None:
    choose(runtime.vocabulary, document, FACETS, [("theme", one) for one in accepted], BY)
    decisions.note(session, document, FACETS, BY)
    session.flush()


def test_what_is_not_taken_is_kept_as_well_with_its_words_and_vocabulary(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        row = a_document(session)
        proposed(row, "asylum-systems", "social-cohesion")
        decide(session, runtime, row, "asylum-systems", "education-access")
        decide(session, runtime, row, "asylum-systems")  # the same again is no decision
        kept = session.query(ProposalDecision).order_by(ProposalDecision.value).all()
        assert [(one.value, one.accepted, one.labels) for one in kept] == [
            ("asylum-systems", True, ["palabras de asylum-systems"]),
            ("social-cohesion", False, ["palabras de social-cohesion"]),
        ]
        assert {(one.origin, one.actor, one.vocabulary, one.language) for one in kept} == {
            (Origin.CURATOR, "curator:7", "v1", "es")
        }
        decide(session, runtime, row, "social-cohesion")
        assert session.query(ProposalDecision).count() == 4
        report = acceptance.report(session)
    assert [(r.value, r.proposed, r.accepted, r.rejected) for r in report.values] == [
        ("asylum-systems", 1, 0, 1),
        ("social-cohesion", 1, 1, 0),
    ]
    assert report.labels[0].label == "palabras de asylum-systems"
    assert (report.labels[0].share, report.labels[1].share) == (0.0, 1.0)


def test_one_tag_for_many_documents_decides_on_nothing_else(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        row = a_document(session)
        proposed(row, "asylum-systems", "social-cohesion")
        public_id = row.public_id
    bulk.tag(runtime, [public_id], TagChange("theme", "asylum-systems", add=True), CURATOR)
    with runtime.database.reading() as session:
        (kept,) = session.query(ProposalDecision)
        assert (kept.value, kept.accepted) == ("asylum-systems", True)


def test_a_contributors_answer_decides_on_the_facets_it_asks_for(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        row = a_document(session, state=State.DRAFT)
        row.contribution = contributions.Contribution()
        proposed(row, "asylum-systems")
        proposed(row, "HN", facet="country")
        answer = ("country=HN", "country=GT")
        contributions.answer(session, runtime.vocabulary, row, Field.COUNTRIES, answer)
        (kept,) = session.query(ProposalDecision)
        assert (kept.value, kept.accepted, kept.origin) == ("HN", True, Origin.CONTRIBUTOR)
        contributions.answer(session, runtime.vocabulary, row, Field.TITLE, "Otro")
        assert session.query(ProposalDecision).count() == 1


def test_decisions_go_with_a_document_that_is_withdrawn(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        row = a_document(session)
        proposed(row, "asylum-systems")
        decide(session, runtime, row)
        withdrawals.withdraw(session, row, Actor(Party.CURATOR, "curator:7"))
    with runtime.database.reading() as session:
        assert session.query(ProposalDecision).count() == 0
        assert acceptance.report(session).values == ()


VALUES = ("a", "b", "c")
steps = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(VALUES), st.booleans()), max_size=12)
held = st.sets(st.tuples(st.integers(0, 2), st.sampled_from(VALUES)))


@pytest.mark.parametrize("by_label", [False, True])
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(held, steps)
def test_the_report_counts_as_a_naive_reader_of_the_log_would(
    by_label: bool, held: set[tuple[int, str]], steps: list[tuple[int, str, bool]]
) -> None:
    database = open_database("sqlite://")
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        rows = [a_document(session, f"Documento {n}") for n in range(3)]
        for n, value in sorted(held):
            proposed(rows[n], value)
        for n, value, accepted in steps:
            session.add(
                ProposalDecision(
                    document_id=rows[n].id, facet="theme", value=value, accepted=accepted,
                    origin=Origin.CURATOR, actor="curator:7", language="es", vocabulary="v1",
                    labels=[f"palabras de {value}"],
                )
            )  # fmt: skip
            session.flush()
        report = acceptance.report(session)
    database.close()
    last = {(n, value): accepted for n, value, accepted in steps}
    known = held | last.keys()
    expected = {
        (
            f"palabras de {value}" if by_label else value,
            sum(1 for _, v in known if v == value),
            sum(1 for (_, v), accepted in last.items() if v == value and accepted),
            sum(1 for (_, v), accepted in last.items() if v == value and not accepted),
        )
        for value in VALUES
        if any(v == value for _, v in known)
    }
    rates = report.labels if by_label else report.values
    named = [r.label if by_label else r.value for r in rates]
    assert expected == {
        (name, r.proposed, r.accepted, r.rejected) for name, r in zip(named, rates, strict=True)
    }
    assert [r.rejected for r in rates] == sorted((r.rejected for r in rates), reverse=True)
