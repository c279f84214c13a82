"""Addresses that are put together for many values at once are those of each value."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.analysis import LANGUAGES
from index.contract import FACETS, Sort
from repo_app.web.questions import Question

VALUES = st.one_of(st.text(max_size=12), st.sampled_from(("HN", "2026:P2-R2-A5", "a b&c=d", "ñ/ü")))
QUESTIONS = st.builds(
    Question,
    text=st.text(max_size=20),
    filters=st.dictionaries(
        st.sampled_from(FACETS), st.lists(VALUES, min_size=1, max_size=3, unique=True).map(tuple)
    ),
    sort=st.sampled_from(Sort),
    page=st.integers(1, 9),
    read_as=st.sampled_from(("", *LANGUAGES)),
    without=st.lists(st.sampled_from(("asylum", "local-integration")), unique=True).map(tuple),
)


@given(QUESTIONS, st.sampled_from(FACETS), VALUES)
def test_adding_a_value_leads_where_choosing_it_leads(
    question: Question, facet: str, value: str
) -> None:
    if value not in question.filters.get(facet, ()):
        assert question.adding(facet)(value) == question.toggled(facet, value).address
