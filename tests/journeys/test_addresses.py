"""Addresses that are put together for many values at once are those of each value, and what is
remembered of them is no secret and no other site's."""

from __future__ import annotations

import flask
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import LANGUAGES
from index.contract import FACETS, Sort
from repo_app.web import addresses
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


@pytest.mark.parametrize("root", ["", "/knowledge"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_remembered_addresses_are_those_of_the_site_and_language_that_asks(
    app: Flask, root: str, language: str
) -> None:
    for _ in range(2):
        with app.test_request_context(f"/{language}/", environ_overrides={"SCRIPT_NAME": root}):
            app.preprocess_request()
            for endpoint, values in (
                ("search.results", {}),
                ("search.results", {"q": "asilo", "country": ["HN", "GT"]}),
                ("documents.page_text", {"public_id": "abcdefghij", "number": 3}),
                ("home.index", {"lang": "en"}),
                ("static", {"filename": "site.css"}),
            ):
                found = addresses.url_for(endpoint, **values)
                assert found == flask.url_for(endpoint, **values)
                assert found.startswith(f"{root}/")


def test_neither_secrets_nor_what_a_reader_typed_are_remembered(app: Flask) -> None:
    with app.test_request_context("/es/"):
        app.preprocess_request()
        before = addresses._remembered.cache_info().currsize
        for endpoint, values in (
            ("account.accept", {"token": "only-once-2f9c"}),
            ("account.reset", {"token": "only-once-7d1a"}),
            ("search.results", {"q": "words of a reader 5e0b"}),
        ):
            assert next(iter(values.values())).split()[-1] in addresses.url_for(endpoint, **values)
        assert addresses._remembered.cache_info().currsize == before


def test_asking_for_a_page_remembers_no_part_of_its_address(app: Flask) -> None:
    client = app.test_client()
    client.get("/es/documents/abcdefghij")
    before = addresses._remembered.cache_info().currsize
    client.get("/es/documents/zyxwvutsrq")
    assert addresses._remembered.cache_info().currsize == before
