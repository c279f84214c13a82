"""Nobody reaches what is not offered, and nothing that was typed acts on who reads it."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config import LANGUAGES
from repo_app.models import State
from repo_app.runtime import Runtime
from repo_app.web import build_app, limits
from repo_app.web.security import HEADERS
from tests.factories import a_document, a_pdf, indexed, with_file

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return build_app(runtime, limited=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_forgotten_endpoint_answers_like_an_unknown_address(app: Flask) -> None:
    @app.get("/es/forgotten")
    def forgotten() -> str:
        return "secret"

    client = app.test_client()
    found, unknown = client.get("/es/forgotten"), client.get("/es/never-was")
    assert found.status_code == unknown.status_code == 404
    assert found.data == unknown.data
    assert dict(found.headers) == dict(unknown.headers)


@pytest.mark.parametrize("hidden", ["restricted", "in review", "refused"])
def test_what_may_not_be_seen_looks_like_what_does_not_exist(
    runtime: Runtime, client: FlaskClient, hidden: str
) -> None:
    states = {"in review": State.IN_REVIEW, "refused": State.REFUSED}
    audience = ("curators",) if hidden == "restricted" else ("public",)
    state = states.get(hidden, State.PUBLISHED)
    with runtime.database.writing() as session:
        row = a_document(session, "Canario secreto", audience=audience, state=state)
        with_file(runtime, session, row, a_pdf("Canario"))
        public_id = row.public_id
    indexed(runtime)
    for pattern in (
        "/es/documents/{}",
        "/en/documents/{}/pages/1",
        "/documents/{}/file",
        "/documents/{}/file?download=1",
        "/documents/{}/thumbnail",
    ):
        seen = client.get(pattern.format(public_id))
        unknown = client.get(pattern.format("zzzzzzzzzz"))
        assert seen.status_code == unknown.status_code == 404
        assert seen.data == unknown.data
    for page in ("/es/", "/es/search?q=canario", "/es/search", "/es/plan", "/es/countries/HN"):
        assert "Canario secreto" not in client.get(page).text


def addresses() -> st.SearchStrategy[str]:
    anything = st.text(max_size=60)
    numbers = st.integers() | st.sampled_from(["0", "-1", "1e9", "٣", "9" * 40, ""])
    part = st.one_of(anything, numbers.map(str)).map(lambda text: quote(text, safe=""))
    facet = st.sampled_from(["q", "country", "theme", "year", "sort", "page", "from", "x", "lang"])
    question = st.lists(st.tuples(facet, part), max_size=6).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
    )
    paths = st.sampled_from(
        [
            "/", "/es/", "/en/search", "/es/search", "/search", "/plan", "/es/plan", "/health",
            "/documents/{}", "/es/documents/{}", "/en/documents/{}/pages/{}", "/es/{}", "/{}",
            "/documents/{}/file", "/static/{}", "/en/plan/{}", "/documents/{}/pages/{}",
            "/es/countries/{}", "/en/concepts/{}", "/es/plan/2026/{}", "/plan/{}/bodies/{}",
        ]
    )  # fmt: skip
    return st.builds(
        lambda path, a, b, q: path.format(a, b) + (f"?{q}" if q else ""),
        paths, part, part, question,
    )  # fmt: skip


def assert_safe(response: object) -> None:
    headers = response.headers  # type: ignore[attr-defined]
    for name in HEADERS:
        assert name in headers, name
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Server" not in headers
    assert "Cache-Control" in headers


@hypothesis_settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(address=addresses())
def test_no_address_breaks_the_site_or_misses_a_header(app: Flask, address: str) -> None:
    response = app.test_client().get(address)
    assert response.status_code < 500, address
    assert_safe(response)


@pytest.mark.parametrize("text", ["x" * 10_000, '"' * 500, "((((", "-", "país:", "a OR", "\x00"])
def test_any_question_is_answered(client: FlaskClient, text: str) -> None:
    response = client.get("/es/search", query_string={"q": text})
    assert response.status_code == 200
    assert len(response.data) < 60_000


@pytest.fixture
def poisoned(runtime: Runtime) -> str:
    with runtime.database.writing() as session:
        row = a_document(
            session,
            f"Informe {SCRIPT}",
            [f"Texto {SCRIPT} del informe"],
            abstract=SCRIPT,
            planning_use=SCRIPT,
            authors=[SCRIPT],
            organization=SCRIPT,
            licence="javascript:alert(1)",
            url="javascript:alert(1)",
            doi=SCRIPT,
            isbn=SCRIPT,
            scope=SCRIPT,
            evidence_type=SCRIPT,
            year=2024,
            document_kind="research-report",
            tags={"theme": [SCRIPT], "country": [SCRIPT], "priority": [SCRIPT]},
        )
        public_id = row.public_id
    indexed(runtime)
    return public_id


def test_nothing_typed_comes_out_as_markup(client: FlaskClient, poisoned: str) -> None:
    asked = quote(SCRIPT)
    for language in LANGUAGES:
        for address in (
            f"/{language}/",
            f"/{language}/search?q=informe",
            f"/{language}/search?q={asked}&country={asked}&theme={asked}&sort={asked}",
            f"/{language}/documents/{poisoned}",
            f"/{language}/documents/{poisoned}/pages/1?q={asked}",
            f"/{language}/{asked}",
        ):
            page = client.get(address).text
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert 'href="javascript:' not in page
            assert_no_inline_code(page)


def assert_no_inline_code(page: str) -> None:
    assert not re.search(r"<style|<[^>]+\s(?:style|on[a-z]+)\s*=\s*[\"']", page)
    for element in re.findall(r"<script[^>]*>", page):
        assert re.match(
            r'<script type="application/ld\+json">|<script src="/static/\w+\.js\?v=\w+" defer>',
            element,
        )


def test_only_the_language_is_remembered(client: FlaskClient, runtime: Runtime) -> None:
    for address in ("/", "/es/", "/en/search?q=x", "/health", "/es/unknown"):
        assert "Set-Cookie" not in client.get(address).headers
    chosen = client.get("/en/", headers={"Sec-Fetch-Site": "same-origin"})
    cookie = chosen.headers["Set-Cookie"]
    assert cookie.startswith("language=en;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.fixture
def failing(app: Flask) -> FlaskClient:
    def fail(**_: object) -> str:
        raise RuntimeError("the text of the error quotes canary-words")

    app.view_functions["search.results"] = fail
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def test_an_unexpected_error_tells_nothing_of_who_asked_what(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = failing.get(
            "/es/search?q=canary-query",
            headers={"User-Agent": "canary-browser", "X-Forwarded-For": "203.0.113.7"},
            environ_base={"REMOTE_ADDR": "203.0.113.7"},
        )
    assert response.status_code == 500
    assert "Algo falló de nuestro lado" in response.text
    assert "RuntimeError at test_access.py" in caplog.text
    for canary in ("canary", "203.0.113.7"):
        assert canary not in caplog.text
        assert "canary" not in response.text
    assert_safe(response)


def test_too_many_questions_are_asked_to_wait(runtime: Runtime) -> None:
    client = build_app(runtime, limited=True).test_client()
    answers = [client.get("/es/search?q=x").status_code for _ in range(185)]
    assert answers[:180] == [200] * 180
    assert answers[-1] == 429
    refused = client.get("/es/search?q=x")
    assert "Espere un minuto" in refused.text
    assert_safe(refused)


def test_the_mark_of_an_address_cannot_be_traced_and_does_not_last() -> None:
    marks = limits.PassingMarks()
    first = marks.of("203.0.113.7")
    assert first == marks.of("203.0.113.7")
    assert first != limits.PassingMarks().of("203.0.113.7")
    marks._made -= limits.DAY + 1
    assert marks.of("203.0.113.7") != first


def test_pages_of_refugee_led_organizations_stay_out_of_collections(
    runtime: Runtime, client: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        theirs = a_document(session, "Demandas", source_kind="refugee-led").public_id
        other = a_document(session, "Estudio").public_id
    assert "noindex" in client.get(f"/es/documents/{theirs}").headers["X-Robots-Tag"]
    assert "noindex" in client.get(f"/es/documents/{theirs}/pages/1").headers["X-Robots-Tag"]
    assert "noindex" not in client.get(f"/es/documents/{other}").headers["X-Robots-Tag"]
