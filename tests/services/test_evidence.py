"""Counts of evidence are those of the documents one may see, by what people confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event

from repo_app.db import Base, Database, open_database
from repo_app.models import Role, State
from repo_app.policy import ANYONE, CURATORS, PUBLIC, Viewer, viewer_with_account
from repo_app.services import catalogue, evidence
from repo_app.services.evidence import Subject
from tests.factories import a_document

CURATOR = viewer_with_account(1, Role.CURATOR)
COUNTRIES = ("HN", "GT", "SV")
ACTIVITIES = ("2026:P1-R1-A1", "2026:P2-R2-A1", "2026:P2-R2-A5")
KINDS = ("academic", "refugee-led", None)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """A document as the oracle knows it; of ``tags``, people have confirmed some."""

    kind: str | None
    audience: tuple[str, ...]
    state: State
    tags: tuple[tuple[str, str, bool], ...]

    def is_seen_by(self, viewer: Viewer) -> bool:
        return self.state is State.PUBLISHED and bool(viewer.audience & set(self.audience))

    def confirmed(self, facet: str) -> set[str]:
        return {value for name, value, sure in self.tags if name == facet and sure}


def tags(facet: str, values: tuple[str, ...]) -> st.SearchStrategy[list[tuple[str, str, bool]]]:
    return st.lists(
        st.tuples(st.just(facet), st.sampled_from(values), st.booleans()),
        max_size=3,
        unique_by=lambda tag: tag[1],
    )


def records() -> st.SearchStrategy[list[Held]]:
    return st.lists(
        st.builds(
            Held,
            st.sampled_from(KINDS),
            st.sampled_from([(PUBLIC,), (CURATORS,), (PUBLIC, CURATORS), ()]),
            st.sampled_from([State.PUBLISHED, State.PUBLISHED, State.IN_REVIEW, State.WITHDRAWN]),
            st.builds(
                lambda a, b: (*a, *b), tags("country", COUNTRIES), tags("activity", ACTIVITIES)
            ),
        ),
        max_size=8,
    )


@contextmanager
def holding(held: list[Held]) -> Iterator[Database]:
    database = open_database("sqlite://")
    try:
        with database.writing() as session:
            Base.metadata.create_all(session.connection())
            for n, one in enumerate(held):
                by_facet = {f: [v for g, v, _ in one.tags if g == f] for f, _, _ in one.tags}
                row = a_document(
                    session,
                    f"Estudio {n}",
                    (),
                    source_kind=one.kind,
                    audience=one.audience,
                    state=one.state,
                    tags=by_facet,
                )
                for tag in row.tags:
                    if (tag.facet, tag.value, False) in one.tags:
                        tag.confirmed_on = None
        yield database
    finally:
        database.close()


@hypothesis_settings(max_examples=40)
@given(records(), st.sampled_from([ANYONE, CURATOR]), st.sampled_from(COUNTRIES))
def test_what_is_counted_is_what_plain_counting_finds(
    held: list[Held], viewer: Viewer, country: str
) -> None:
    seen = [one for one in held if one.is_seen_by(viewer) and country in one.confirmed("country")]
    crossed = Counter(
        (value, one.kind or "") for one in seen for value in one.confirmed("activity")
    )
    kinds = Counter(one.kind or "" for one in seen)
    with holding(held) as database, database.reading() as session:
        assert evidence.activities_in(session, viewer, country) == crossed
        assert evidence.source_kinds(session, viewer, Subject("country", (country,))) == kinds
        newest = evidence.newest(session, viewer, Subject("country", (country,)))
        assert len(newest) == min(len(seen), evidence.NEWEST)
        assert all(country in card.countries for card in newest)


@hypothesis_settings(max_examples=25)
@given(records(), st.sets(st.sampled_from(ACTIVITIES)))
def test_several_values_widen_and_no_document_counts_twice(
    held: list[Held], values: set[str]
) -> None:
    seen = [one for one in held if one.is_seen_by(ANYONE) and values & one.confirmed("activity")]
    subject = Subject("activity", tuple(sorted(values)))
    with holding(held) as database, database.reading() as session:
        counted = evidence.source_kinds(session, ANYONE, subject)
        assert sum(counted.values()) == len(seen)
        by_country = evidence.by_value(evidence.crossed(session, ANYONE, subject, "country"))
        assert by_country == Counter(c for one in seen for c in one.confirmed("country"))


def test_each_answer_is_one_query() -> None:
    asked: list[str] = []
    with holding([]) as database, database.reading() as session:
        event.listen(
            database.engine,
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: asked.append(statement),
        )
        evidence.activities_in(session, ANYONE, "HN")
        evidence.source_kinds(session, ANYONE, Subject("country", ("HN",)))
    assert sum("SELECT" in statement for statement in asked) == 2


@pytest.mark.parametrize("limit", [1, 5])
def test_the_newest_of_all_are_not_narrowed(limit: int) -> None:
    held = [Held("academic", (PUBLIC,), State.PUBLISHED, ())] * 3
    with holding(held) as database, database.reading() as session:
        assert len(catalogue.newest(session, ANYONE, limit)) == min(limit, 3)
