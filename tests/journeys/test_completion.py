"""Offers for the search box: what may be seen, as it may be called, and nothing else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from repo_app.models import Naming, Organization, State
from repo_app.runtime import Runtime
from repo_app.web import build_app
from tests.factories import a_document, indexed


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    with runtime.database.writing() as session:
        a_document(session, "Niñez en tránsito", organization="Casa Niñez")
        a_document(
            session, "Niñez que nadie ve", state=State.IN_REVIEW, organization="Nicho Oculto"
        )
        hidden = a_document(session, "Niveles de acceso", organization="Nido Secreto").organization
        assert hidden is not None
        hidden.naming, hidden.alias = Naming.ALIAS, "Nube"
        session.add(Organization(name="Ninguna Parte"))
    indexed(runtime)
    return build_app(runtime).test_client()


def offered(client: FlaskClient, typed: str, language: str = "es") -> list[str]:
    answer = client.get(f"/{language}/completions", query_string={"q": typed})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return [one["question"] for one in answer.json]


def test_titles_and_organizations_are_offered_with_or_without_accents(client: FlaskClient) -> None:
    assert offered(client, "niñez") == ['"Casa Niñez"', "Niñez en tránsito"]
    assert offered(client, "transit") == ["Niñez en tránsito"]
    assert "Niñez en tránsito" in offered(client, "niñ")
    assert offered(client, "tránsito niñ") == ["Niñez en tránsito"]


def test_nothing_is_offered_that_the_reader_may_not_see(client: FlaskClient) -> None:
    every = offered(client, "ni")
    assert "Niveles de acceso" in every
    assert not [one for one in every if "nadie" in one or "Oculto" in one or "Secreto" in one]
    assert '"Ninguna Parte"' not in every
    assert offered(client, "nub") == ['"Nube"']
    assert offered(client, "secre") == []


def test_countries_and_activities_are_offered_in_the_reader_s_language(client: FlaskClient) -> None:
    assert offered(client, "hondu")[0] == "país:Honduras"
    assert offered(client, "el sal")[0] == 'país:"El Salvador"'
    assert offered(client, "mexi", "en")[0] == "country:Mexico"
    assert offered(client, "p4-r4-a5")[0] == "actividad:P4-R4-A5"
    assert offered(client, "P4-R4-A5", "en")[0] == "activity:P4-R4-A5"


@pytest.mark.parametrize("typed", ["", "n", " ", "país:HN", '"ni', "x" * 200, "()", "%_", "\0\0\0"])
def test_whatever_else_is_typed_is_answered_with_nothing(client: FlaskClient, typed: str) -> None:
    assert offered(client, typed) == []


def test_every_offer_finds_something_or_is_a_filter(client: FlaskClient) -> None:
    for question in [*offered(client, "niñez en"), '"Casa Niñez"']:
        page = client.get("/es/search", query_string={"q": question}).text
        assert "en tránsito" in page, question
