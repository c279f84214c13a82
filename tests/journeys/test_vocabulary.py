"""Curators and the vocabulary: words of a document become a label, and tags are proposed anew."""

from __future__ import annotations

import re
from contextlib import nullcontext

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from ingest import Sandbox
from repo_app import jobs
from repo_app.models import Document, Job, Origin, ProposalDecision, Role, State, Tag
from repo_app.runtime import Runtime
from repo_app.services import curator_labels
from repo_app.vocabulary_watch import FOLDER
from repo_app.web import vocabulary as vocabulary_pages
from tests.accounts import an_account, send, visitor
from tests.factories import a_document, indexed
from tests.vocabularies import plan_text

pytestmark = pytest.mark.usefixtures("cheap_passwords")

HOME = "/es/curate/vocabulary"
ASKED = {
    "words": "ventanilla fronteriza",
    "language": "es",
    "concept": "asylum-systems",
    "kind": "alt",
    "reason": "<b>Así se llaman</b>",
    "document": "waiting",
}


@pytest.fixture
def desk(app: Flask, runtime: Runtime) -> FlaskClient:
    with runtime.database.writing() as session:
        row = a_document(
            session,
            "Ventanilla",
            ["La ventanilla fronteriza abre para solicitantes de asilo."],
            state=State.IN_REVIEW,
            public_id="waiting",
        )
        for value in ("asylum-systems", "social-cohesion"):
            reasons = [{"label": f"palabras de {value}", "count": 1, "where": "body"}]
            row.tags.append(
                Tag(facet="theme", value=value, origin=Origin.RULE, score=1.0, evidence=reasons)
            )
        reasons = [{"label": "la frontera", "count": 1, "where": "body"}]
        row.tags.append(
            Tag(facet="scope", value="local", origin=Origin.RULE, score=1.0, evidence=reasons)
        )
        a_document(session, "Otra", ["En la ventanilla fronteriza se espera."])
    indexed(runtime)
    return visitor(app, an_account(runtime, Role.CURATOR))


def look(desk: FlaskClient, **changed: str) -> TestResponse:
    return desk.get(f"{HOME}/label", query_string={**ASKED, **changed, "look": "1"})


def test_words_of_a_document_become_a_label_once_they_were_looked_at(
    runtime: Runtime, desk: FlaskClient
) -> None:
    case = desk.get("/es/review/waiting").text
    assert f'action="{HOME}/label"' in case
    assert '<input type="hidden" name="language" value="es">' in case
    page = look(desk).text
    assert "&lt;b&gt;Así se llaman&lt;/b&gt;" in page
    assert len(re.findall(r'<form method="post" action="/es/curate/vocabulary/label"', page)) == 1
    with runtime.database.reading() as session:
        assert curator_labels.held(session) == ()
    seen = f"{HOME}/label?look=1&words=x+y+z&language=es&concept=refugees"
    done = send(desk, f"{HOME}/label", seen=seen, **ASKED)
    assert (done.status_code, done.headers["Location"]) == (303, "/es/review/waiting?done=label")
    assert "ventanilla fronteriza" in runtime.vocabulary.concept("asylum-systems").alt.es
    listed = desk.get(HOME).text
    assert "ventanilla fronteriza" in listed
    assert runtime.vocabulary.version in listed
    again = send(desk, f"{HOME}/labels/1/withdraw", seen=HOME)
    assert again.status_code == 303
    assert runtime.vocabulary.additions.labels == ()
    assert "labels/1/withdraw" not in desk.get(HOME).text


def test_words_that_are_another_concepts_come_back_with_its_name(
    runtime: Runtime, desk: FlaskClient
) -> None:
    answer = look(desk, words="personas refugiadas")
    assert answer.status_code == 422
    assert runtime.vocabulary.concept("refugees").labels.es in answer.text
    assert 'value="personas refugiadas"' in answer.text
    assert '<form method="post" action="/es/curate/vocabulary/label"' not in answer.text
    typed = {**ASKED, "words": "personas refugiadas"}
    assert send(desk, f"{HOME}/label", seen=HOME, **typed).status_code == 422
    for name in ("concept", "language", "kind"):
        assert look(desk, **{name: "nothing"}).status_code == 422
    assert look(desk, words=" ").status_code == 422


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(words=st.text(max_size=150), language=st.sampled_from(["es", "en", "xx", ""]))
def test_whatever_is_typed_as_words_is_looked_at_or_refused(
    desk: FlaskClient, words: str, language: str
) -> None:
    assert look(desk, words=words, language=language).status_code in (200, 422)


def test_saving_the_tags_decides_on_every_proposal_of_the_page(
    runtime: Runtime, desk: FlaskClient
) -> None:
    ticked = {"tags": "theme=asylum-systems", "countries": "HN", "revision": 1}
    answer = send(desk, "/es/review/waiting/tags", seen="/es/review/waiting", **ticked)
    assert answer.status_code == 303
    with runtime.database.reading() as session:
        kept = {one.value: one.accepted for one in session.query(ProposalDecision)}
    assert kept == {"asylum-systems": True, "social-cohesion": False}
    page = desk.get(f"{HOME}/acceptance").text
    rows = re.findall(r"palabras de ([\w-]+)».*?</th><td>(\d)</td><td>(\d)</td><td>(\d)</td>", page)
    assert rows == [("social-cohesion", "1", "0", "1"), ("asylum-systems", "0", "1", "1")]


def test_what_would_change_is_seen_before_anything_does(
    runtime: Runtime, desk: FlaskClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that has started already: a page of its own starts another, which takes a second.
    monkeypatch.setattr(vocabulary_pages, "Sandbox", lambda: nullcontext(sandbox))
    first = desk.get(f"{HOME}/proposals").text
    assert '<form method="post" action="/es/curate/vocabulary/proposals"' not in first
    page = desk.get(f"{HOME}/proposals?look=1").text
    assert "«solicitantes de asilo»" in page
    assert "<del>" in page  # nothing speaks for social cohesion
    assert "Alcance" in page
    with runtime.database.reading() as session:
        assert session.query(Job).filter_by(kind=jobs.PROPOSE_AGAIN).count() == 0
    asked = send(desk, f"{HOME}/proposals", seen=f"{HOME}/proposals?look=1")
    assert asked.status_code == 303
    send(desk, f"{HOME}/proposals", seen=HOME)
    with runtime.database.reading() as session:
        assert session.query(Job).filter_by(kind=jobs.PROPOSE_AGAIN).count() == 1
    assert "look=1" not in desk.get(f"{HOME}/proposals").text
    assert desk.get(f"{HOME}/proposals?look=1&after=99999999999").status_code == 404


def test_proposals_of_every_kind_are_reported_in_words(desk: FlaskClient) -> None:
    page = desk.get(f"{HOME}/acceptance").text
    assert "Alcance" in page
    assert "Local" in page


def test_a_new_plan_is_what_the_plan_shows_and_the_old_one_stays(
    app: Flask, runtime: Runtime, desk: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Vieja", tags={"activity": ["2026:P2-R2-A5"], "priority": ["2026:P2"]})
    file = runtime.settings.instance / FOLDER / "plans" / "2027.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(plan_text().replace("tejido social", "TEJIDO DE 2027"), encoding="utf-8")
    runtime.watch.look(now=True)
    client = app.test_client()
    assert "TEJIDO DE 2027" in client.get("/es/plan").text
    old = client.get("/es/plan/2026").text
    assert "TEJIDO DE 2027" not in old
    assert "activity=2026" in old.replace("%3A", ":")
    with runtime.database.reading() as session:
        row = session.query(Document).filter_by(title="Vieja").one()
        page = client.get(f"/es/documents/{row.public_id}").text
    assert "P2-R2-A5 (2026)" in page
    form = desk.get("/es/review/waiting").text
    assert form.index('value="priority=2027:P1"') < form.index('value="priority=2026:P1"')


def test_a_broken_file_is_shown_to_whoever_runs_the_site_and_stops_nothing(
    app: Flask, runtime: Runtime
) -> None:
    administrator = visitor(app, an_account(runtime, Role.ADMINISTRATOR))
    folder = runtime.settings.instance / FOLDER
    folder.mkdir()
    (folder / "labels.yaml").write_text("labels:\n- concept: [nothing", encoding="utf-8")
    runtime.watch.look(now=True)
    page = administrator.get("/en/operations").text
    assert re.search(r"vocabulary/labels.yaml, line \d: not YAML", page)
    assert app.test_client().get("/es/plan").status_code == 200
