"""What a contribution's questions take: whatever is typed, and never more than fits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from repo_app.models import (
    Contribution,
    Document,
    Origin,
    State,
    Tag,
)
from repo_app.runtime import Runtime
from repo_app.services import contributions, organizations
from repo_app.services.answers import (
    MOST_AUTHORS,
    NEEDED,
    Choices,
    Fault,
    Field,
    Unusable,
    read,
)
from repo_app.services.contributions import (
    FILE,
    ORDER,
    Standing,
)
from repo_app.services.organizations import Profile
from tests.drafts import WHOLE, answered, begun

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def test_an_answer_changes_nothing_but_its_own_question(runtime: Runtime, me: int) -> None:
    with runtime.database.writing() as session:
        draft = answered(runtime, session, me)
        before = {field: contributions.standing(draft, field) for field in Field}
        contributions.answer(session, runtime.vocabulary, draft, Field.YEAR, 2024)
        changed = {f for f in Field if contributions.standing(draft, f) is not before[f]}
        assert changed == {Field.YEAR}
        assert draft.title == WHOLE[Field.TITLE]


def test_an_organization_says_who_speaks_until_the_contributor_says_it(
    runtime: Runtime, me: int
) -> None:
    with runtime.database.writing() as session:
        number = organizations.create(session, "operator", Profile("Red", "refugee-led"))
        draft = begun(session, me)
        contributions.answer(session, runtime.vocabulary, draft, Field.ORGANIZATION, number)
        assert draft.source_kind == "refugee-led"
        assert contributions.standing(draft, Field.SOURCE_KIND) is Standing.CONFIRM
        contributions.answer(session, runtime.vocabulary, draft, Field.ORGANIZATION, None)
        assert draft.source_kind is None
        contributions.answer(session, runtime.vocabulary, draft, Field.SOURCE_KIND, "academic")
        contributions.answer(session, runtime.vocabulary, draft, Field.ORGANIZATION, number)
        assert draft.source_kind == "academic"


def test_what_the_file_says_waits_for_its_contributors_word(runtime: Runtime, me: int) -> None:
    with runtime.database.writing() as session:
        draft = begun(session, me)
        draft.title = "Found in the file"
        draft.tags = [Tag(facet="country", value="HN", origin=Origin.RULE, score=2.0)]
        assert contributions.standing(draft, Field.TITLE) is Standing.CONFIRM
        assert contributions.standing(draft, Field.COUNTRIES) is Standing.CONFIRM
        assert contributions.standing(draft, Field.TAGS) is Standing.OPTIONAL
        assert contributions.standing(draft, Field.DOCUMENT_KIND) is Standing.TO_DO
        assert Field.COUNTRIES in contributions.missing(draft)
        country = ("country=HN",)
        contributions.answer(session, runtime.vocabulary, draft, Field.COUNTRIES, country)
        assert contributions.standing(draft, Field.COUNTRIES) is Standing.DONE


def test_an_optional_question_left_empty_is_asked_once_only(runtime: Runtime, me: int) -> None:
    with runtime.database.writing() as session:
        draft = begun(session, me)
        assert contributions.next_open(draft, Field.TITLE) is Field.LANGUAGE
        contributions.answer(session, runtime.vocabulary, draft, Field.LANGUAGE, "es")
        assert contributions.next_open(draft, Field.TITLE) is Field.YEAR
        contributions.answer(session, runtime.vocabulary, draft, Field.YEAR, None)
        assert contributions.next_open(draft, Field.TITLE) is Field.AUTHORS
        assert contributions.standing(draft, Field.YEAR) is Standing.OPTIONAL


def test_every_question_is_asked_once() -> None:
    assert sorted(ORDER) == sorted(Field)


TYPED = st.one_of(
    st.text(max_size=80),
    st.sampled_from(["es", "HN", "theme=asylum-systems", "academic", "2024", "https://a.org/b"]),
)


@hypothesis_settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    typed=st.lists(
        st.tuples(st.sampled_from(list(Field)), st.lists(TYPED, max_size=3)), max_size=12
    )
)
def test_whatever_is_typed_a_draft_stays_a_draft_and_what_is_taken_can_be_taken_again(
    runtime: Runtime, typed: list[tuple[Field, list[str]]]
) -> None:
    choices = Choices(runtime.vocabulary, frozenset())
    with runtime.database.writing() as session:
        draft = Document(state=State.DRAFT)
        draft.contribution = Contribution()
        session.add(draft)
        session.flush()
        for field, given_ in typed:
            try:
                value = read(field, {field.value: given_}, choices)
            except Unusable:
                continue
            contributions.answer(session, runtime.vocabulary, draft, field, value)
            once = contributions.answers.present(draft, field)
            contributions.answer(session, runtime.vocabulary, draft, field, value)
            assert contributions.answers.present(draft, field) == once
        assert draft.state is State.DRAFT
        assert set(contributions.missing(draft)) <= {FILE, *NEEDED}
        session.rollback()


@pytest.mark.parametrize(
    ("field", "typed", "longest"),
    [
        (Field.URL, "https://example.org/" + "a" * 2000, 2000),
        (Field.AUTHORS, "Corta\n" + "L" * 201, 200),
    ],
)
def test_what_is_too_long_is_said_so_and_never_cut(
    runtime: Runtime, field: Field, typed: str, longest: int
) -> None:
    choices = Choices(runtime.vocabulary, frozenset())
    with pytest.raises(Unusable) as refused:
        read(field, {field.value: [typed]}, choices)
    assert (refused.value.fault, refused.value.longest) == (Fault.TOO_LONG, longest)
    fits = typed[:longest] if field is Field.URL else typed[:-1]
    assert read(field, {field.value: [fits]}, choices) in (fits, tuple(fits.split("\n")))


def test_authors_beyond_the_most_that_fit_are_not_dropped_in_silence(runtime: Runtime) -> None:
    choices = Choices(runtime.vocabulary, frozenset())
    named = [f"Persona {n}" for n in range(MOST_AUTHORS + 1)]
    with pytest.raises(Unusable) as refused:
        read(Field.AUTHORS, {"authors": ["\n".join(named)]}, choices)
    assert (refused.value.fault, refused.value.longest) == (Fault.TOO_MANY, MOST_AUTHORS)
    fit = tuple(named[:-1])
    assert read(Field.AUTHORS, {"authors": ["\n".join(fit)]}, choices) == fit


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "٣", "-1"])
def test_a_number_of_no_organization_is_not_offered(runtime: Runtime, number: str) -> None:
    with pytest.raises(Unusable):
        read(
            Field.ORGANIZATION,
            {"organization": [number]},
            Choices(runtime.vocabulary, frozenset({3})),
        )
