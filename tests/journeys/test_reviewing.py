"""Reviewing as curators meet it: the queue, a document beside what is said of it, deciding, and
what happens when two of them are at work on the same one."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import LANGUAGES
from repo_app.models import (
    Document,
    FileRole,
    ProposalDecision,
    Role,
    State,
)
from repo_app.runtime import Runtime
from repo_app.sentences import REFUSED_FOR
from repo_app.services.people import Account
from repo_app.services.reviews import RefusedFor
from repo_app.worker import Worker
from tests.accounts import an_account, token, visitor
from tests.reviewing import (
    contributed,
    decide,
    opened,
    proposal,
    save,
    state,
    tag_rows,
    ticked,
)

pytestmark = pytest.mark.usefixtures("cheap_passwords")

SCRIPT = '"><script>alert(1)</script>'
CANARY = "palabras del equipo que nadie debe perder"
FOUND_WITHIN = 3.0
UNKNOWN = "zzzzzzzzzz"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_queue_says_what_waits_and_leads_to_it(
    desk: FlaskClient, sent: str, language: str
) -> None:
    page = desk.get(f"/{language}/review/").text
    assert f"/{language}/review/{sent}" in page
    assert {"es": "Academia", "en": "Academia"}[language] in page
    assert {"es": "2 páginas", "en": "2 pages"}[language] in page
    menu = desk.get(f"/{language}/").text
    assert f'href="/{language}/review/"' in menu
    for shown in ("returned", "refused", "published", "no-such-list"):
        assert desk.get(f"/{language}/review/?state={shown}").status_code == 200


def test_for_everybody_but_curators_there_is_no_review(
    app: Flask, runtime: Runtime, sent: str, contributor: Account
) -> None:
    planner = an_account(runtime, Role.PLANNER)
    boss = an_account(runtime, Role.ADMINISTRATOR)
    for client in (visitor(app, who) for who in (contributor, planner, boss)):
        assert "/review/" not in client.get("/es/").text
        for path in ("", sent, f"{sent}/decide", f"{sent}/file", f"{sent}/thumbnail"):
            assert client.get(f"/es/review/{path}").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_stands_beside_what_is_said_of_it(
    desk: FlaskClient, sent: str, language: str
) -> None:
    page = desk.get(f"/{language}/review/{sent}").text
    assert "Texto de la primera página." in page
    assert "Texto de la segunda página." not in page
    words = {
        "es": ("Informe de investigación", "“empleo formal” 4 veces, también en el título"),
        "en": ("Research report", "“empleo formal” 4 times, in the title too"),
    }[language]
    for expected in (*words, 'value="theme=employment-decent-work"'):
        assert expected in page
    assert "Texto de la segunda página." in desk.get(f"/{language}/review/{sent}?page=2").text
    for number in ("0", "-4", "99", "x", "9" * 30):
        assert desk.get(f"/{language}/review/{sent}?page={number}").status_code == 200


def test_turning_pages_loses_no_tick(desk: FlaskClient, sent: str) -> None:
    first = desk.get(f"/es/review/{sent}").text
    assert ticked(first) == {"HN", "theme=local-integration"}
    question = "ticked=1&revision=1&countries=GT&tags=theme%3Demployment-decent-work&page=2"
    turned = desk.get(f"/es/review/{sent}?{question}").text
    assert ticked(turned) == {"GT", "theme=employment-decent-work"}
    assert ticked(desk.get(f"/es/review/{sent}?ticked=1&page=2").text) == set()


def test_confirming_keeps_proposals_nobody_chose_and_takes_others_from_the_vocabulary(
    runtime: Runtime, desk: FlaskClient, sent: str
) -> None:
    seen = desk.get(f"/es/review/{sent}").text
    chosen = {
        "countries": ["HN", "GT"],
        "tags": ["theme=employment-decent-work", "activity=2026:P2-R2-A5"],
    }
    answer = save(desk, sent, seen, **chosen)
    assert answer.headers["Location"] == f"/es/review/{sent}?page=2&done=tags"
    assert "Las etiquetas se guardaron" in desk.get(answer.headers["Location"]).text
    assert tag_rows(runtime, sent) == {
        "HN": True, "GT": True, "employment-decent-work": True,
        "2026:P2-R2-A5": True, "2026:P2": True,
    }  # fmt: skip
    seen = desk.get(f"/es/review/{sent}").text
    save(desk, sent, seen, countries=["HN"], tags=[])
    assert tag_rows(runtime, sent) == {"HN": True, "employment-decent-work": False}


SCOPES = re.compile(
    r'name="scope" value="([^"]*)"( checked)?> (?:<span>)?([^<]*)(?:<small>(.*?)</small>)?'
)


def scopes(page: str) -> dict[str, tuple[bool, str]]:
    """Each scope that is offered: whether it is chosen, and the reason that is given for it."""
    return {value: (bool(on), unescape(why)) for value, on, _, why in SCOPES.findall(page)}


def test_the_scope_the_text_speaks_for_is_shown_with_its_reason_and_never_chosen(
    runtime: Runtime, desk: FlaskClient, sent: str
) -> None:
    with runtime.database.writing() as session:
        row = session.query(Document).filter_by(public_id=sent).one()
        row.tags.append(proposal("scope", "local", "municipio", 3, "body"))
    seen = desk.get(f"/en/review/{sent}").text
    assert scopes(seen)["local"] == (False, "“municipio” 3 times in the text")
    assert [value for value, (chosen, _) in scopes(seen).items() if chosen] == [""]
    assert [value for value, (_, why) in scopes(seen).items() if why] == ["local"]
    save(desk, sent, seen, countries=["HN"], scope="")
    assert decided_on_scope(runtime) == []
    turned = desk.get(f"/en/review/{sent}?ticked=1&countries=HN&scope=national&page=2").text
    assert scopes(turned)["national"] == (True, "")
    for scope, taken in (("national", False), ("local", True)):
        save(desk, sent, desk.get(f"/en/review/{sent}").text, countries=["HN"], scope=scope)
        assert decided_on_scope(runtime)[-1] is taken
    seen = desk.get(f"/en/review/{sent}").text
    assert scopes(seen)["local"][0] is True
    assert "<dt>Reach</dt>" not in seen
    assert save(desk, sent, seen, countries=["HN"], scope="the moon").status_code == 422


def decided_on_scope(runtime: Runtime) -> list[bool]:
    with runtime.database.reading() as session:
        rows = session.query(ProposalDecision).filter_by(facet="scope")
        return [row.accepted for row in rows.order_by(ProposalDecision.id)]


def test_tags_that_cannot_be_taken_come_back_with_a_sentence(
    runtime: Runtime, desk: FlaskClient, sent: str
) -> None:
    seen = desk.get(f"/es/review/{sent}").text
    answer = save(desk, sent, seen, tags=["theme=employment-decent-work"])
    assert answer.status_code == 422
    assert "al menos un país" in answer.text
    assert ticked(answer.text) == {"theme=employment-decent-work"}
    assert tag_rows(runtime, sent)["employment-decent-work"] is False


def test_publishing_asks_for_the_check_list(runtime: Runtime, desk: FlaskClient, sent: str) -> None:
    page = desk.get(f"/es/review/{sent}/decide").text
    assert "rostros" in page
    assert "critique a un gobierno o a una institución no es motivo" in page
    refused = decide(desk, sent, decision="publish")
    assert refused.status_code == 422
    assert 'href="#f-checked"' in refused.text
    assert state(runtime, sent) is State.IN_REVIEW
    answer = decide(desk, sent, decision="publish", checked="1")
    assert answer.status_code == 303
    told = desk.get(answer.headers["Location"]).text
    assert "Publicado" in told
    assert f"/es/review/{sent}" in told
    assert state(runtime, sent) is State.PUBLISHED


def test_a_decision_must_be_made(desk: FlaskClient, sent: str) -> None:
    for typed, where in (
        ({}, "decision"), ({"decision": "burn"}, "decision"), ({"decision": "reopen"}, "decision"),
        ({"decision": "return"}, "notes"), ({"decision": "refuse"}, "refused_for"),
    ):  # fmt: skip
        answer = decide(desk, sent, **typed)
        assert answer.status_code == 422
        assert f'href="#f-{where}"' in answer.text
        assert f'id="f-{where}"' in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_asked_is_read_by_the_contributor_in_their_language(
    app: Flask, runtime: Runtime, desk: FlaskClient, sent: str, contributor: Account, language: str
) -> None:
    asks = ["file=faces-or-signatures", "title=title-unclear", "year=abstract-missing", "x", "=x"]
    answer = decide(desk, sent, decision="return", ask=asks, **{"words-title": CANARY})
    assert answer.status_code == 303
    assert state(runtime, sent) is State.RETURNED
    seen = visitor(app, contributor).get(f"/{language}/contributions/{sent}").text
    assert CANARY in seen
    expected = {"es": "rostros o firmas", "en": "faces or signatures"}[language]
    assert expected in seen
    curators = desk.get(f"/{language}/review/{sent}").text
    assert CANARY in curators
    assert expected in curators
    assert "Texto de la primera página." not in curators
    assert desk.get(f"/{language}/review/{sent}/file").status_code == 404


def test_a_refusal_names_its_reason_and_gets_a_second_look(
    runtime: Runtime, desk: FlaskClient, second: FlaskClient, sent: str
) -> None:
    decide(desk, sent, decision="refuse", refused_for="individual-testimony")
    assert state(runtime, sent) is State.REFUSED
    page = second.get(f"/en/review/{sent}/decide").text
    assert REFUSED_FOR[RefusedFor.INDIVIDUAL_TESTIMONY] in unescape(page)
    assert f"/en/review/{sent}/decide" in second.get("/en/review/?state=refused").text
    decide(second, sent, decision="reopen")
    assert state(runtime, sent) is State.IN_REVIEW


def test_nobody_decides_on_what_they_contributed(
    runtime: Runtime, desk: FlaskClient, second: FlaskClient, account: Account
) -> None:
    mine = contributed(runtime, account)
    for path in ("", "/decide"):
        page = desk.get(f"/es/review/{mine}{path}").text
        assert "Este aporte es suyo" in page
        assert 'name="decision"' not in page
        assert 'name="tags"' not in page
    page = opened(second, mine) | {"csrf_token": token(desk.get("/es/account").text)}
    answer = decide(desk, mine, page, decision="publish", checked="1")
    assert "Este aporte es suyo" in answer.text
    tags = {**page, "countries": "GT"}
    assert "Este aporte es suyo" in desk.post(f"/es/review/{mine}/tags", data=tags).text
    assert state(runtime, mine) is State.IN_REVIEW
    assert tag_rows(runtime, mine)["HN"] is True
    assert decide(second, mine, decision="publish", checked="1").status_code == 303


def test_the_clean_copy_may_do_nothing_in_this_sites_name(
    runtime: Runtime, desk: FlaskClient, sent: str
) -> None:
    answer = desk.get(f"/es/review/{sent}/file", buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["Cache-Control"] == "no-store"
    assert sent in answer.headers["Content-Disposition"]
    with runtime.database.writing() as session:
        session.query(Document).filter_by(public_id=sent).one().files[0].role = FileRole.ORIGINAL
    assert desk.get(f"/es/review/{sent}/file").status_code == 404
    assert "no recibe el archivo" in desk.get(f"/es/review/{sent}").text


def test_nothing_typed_or_contributed_comes_out_as_markup(
    runtime: Runtime, desk: FlaskClient, second: FlaskClient, contributor: Account
) -> None:
    public_id = contributed(runtime, contributor, f"Título {SCRIPT}")
    with runtime.database.writing() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        row.abstract, row.pages[0].text, row.url = SCRIPT, SCRIPT, "javascript:alert(1)"
        row.tags.append(proposal("theme", "housing-land-property", SCRIPT, 1, "body"))
    page = opened(desk, public_id)
    typed = {"decision": "return", "words-title": SCRIPT}
    pages = [decide(desk, public_id, page, **typed | {"decision": "burn"}).text]
    assert decide(second, public_id, **typed).status_code == 303
    pages.append(decide(desk, public_id, page, **typed).text)
    for path in ("", public_id, f"{public_id}/decide", "?state=returned"):
        pages.append(desk.get(f"/es/review/{path}").text)
    pages.append(decide(desk, UNKNOWN, page, **typed).text)
    for text in pages:
        assert "<script" not in text
        assert 'href="javascript:' not in text
    assert sum("&lt;script&gt;" in text for text in pages) >= 5


@contextmanager
def a_worker(runtime: Runtime) -> Iterator[None]:
    worker = Worker(runtime, readers=1)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        thread.join(20)


def seconds_until_found(client: FlaskClient, words: str, public_id: str) -> float:
    begun = time.monotonic()
    while time.monotonic() - begun < 10:
        if f"/documents/{public_id}" in client.get(f"/es/search?q={words}").text:
            break
        time.sleep(0.05)
    return time.monotonic() - begun


def test_what_is_published_is_found_within_three_seconds(
    app: Flask, runtime: Runtime, desk: FlaskClient, sent: str
) -> None:
    reader = app.test_client()
    with a_worker(runtime):
        time.sleep(1)  # it has looked around and waits
        assert f"/documents/{sent}" not in reader.get("/es/search?q=segunda").text
        decide(desk, sent, decision="publish", checked="1")
        assert seconds_until_found(reader, "segunda", sent) < FOUND_WITHIN
