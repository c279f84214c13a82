"""Two curators at one document, and pages that have grown old: no word of theirs is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config import LANGUAGES
from repo_app.models import Document, State
from repo_app.runtime import Runtime
from repo_app.sentences import ASKS
from repo_app.services import withdrawals
from repo_app.services.people import Account
from repo_app.services.reviews import LONGEST_WORDS, Ask, RefusedFor
from repo_app.workflow import CONTRIBUTOR
from tests.accounts import token
from tests.pages import timeless
from tests.reviewing import (
    contributed,
    decide,
    opened,
    revision,
    save,
    state,
    tag_rows,
    ticked,
)

pytestmark = pytest.mark.usefixtures("cheap_passwords")
CANARY = "palabras del equipo que nadie debe perder"
UNKNOWN = "zzzzzzzzzz"


def test_tags_from_an_old_page_change_nothing_and_stay_ticked(
    runtime: Runtime, desk: FlaskClient, second: FlaskClient, sent: str
) -> None:
    mine, theirs = (client.get(f"/es/review/{sent}").text for client in (desk, second))
    save(second, sent, theirs, countries=["SV"], tags=[])
    answer = save(desk, sent, mine, countries=["MX"], tags=["theme=employment-decent-work"])
    assert answer.status_code == 409
    assert ticked(answer.text) == {"MX", "theme=employment-decent-work"}
    assert tag_rows(runtime, sent)["SV"] is True
    assert save(desk, sent, answer.text, countries=["MX"]).status_code == 303


@pytest.mark.parametrize("decision", ["publish", "refuse"])
def test_words_about_changes_do_not_vanish_with_another_decision(
    runtime: Runtime, desk: FlaskClient, sent: str, decision: str
) -> None:
    typed = {
        "decision": decision, "checked": "1", "refused_for": "no-rights",
        "ask": ["year=year-wrong"], "words-title": CANARY,
    }  # fmt: skip
    refused = decide(desk, sent, **typed)
    assert refused.status_code == 422
    assert CANARY in refused.text
    assert 'href="#f-unread"' in refused.text
    assert 'id="f-unread"' in refused.text
    assert state(runtime, sent) is State.IN_REVIEW
    assert decide(desk, sent, **typed, unread="1").status_code == 303
    assert state(runtime, sent) is not State.IN_REVIEW


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("first", ["publish", "return", "refuse", "tags"])
def test_who_decides_second_is_told_and_loses_no_word(
    runtime: Runtime, desk: FlaskClient, second: FlaskClient, sent: str, language: str, first: str
) -> None:
    page = opened(desk, sent, language)
    if first == "tags":
        save(second, sent, second.get(f"/es/review/{sent}").text, countries=["SV"])
    else:
        more = {"checked": "1", "refused_for": "no-rights", "ask": "title=title-unclear"}
        assert decide(second, sent, decision=first, unread="1", **more).status_code == 303
    then = state(runtime, sent)
    typed = {"ask": "file=one-persons-story", "words-abstract": CANARY}
    answer = decide(desk, sent, page, language, decision="return", **typed)
    assert answer.status_code == 409
    assert CANARY in answer.text
    if language == "en":
        assert ASKS[Ask.ONE_PERSONS_STORY] in unescape(answer.text)
        assert "Nothing you sent was done." in answer.text
    assert state(runtime, sent) is then
    with runtime.database.reading() as session:
        notes = session.query(Document).filter_by(public_id=sent).one().notes
        assert [note.words for note in notes if note.words == CANARY] == []


def test_what_was_taken_back_answers_like_what_never_was_and_gives_the_words_back(
    runtime: Runtime, desk: FlaskClient, sent: str
) -> None:
    page = opened(desk, sent)
    with runtime.database.writing() as session:
        row = session.query(Document).filter_by(public_id=sent).one()
        withdrawals.withdraw(session, row, CONTRIBUTOR)
    answers = [
        decide(desk, public_id, page, decision="return", **{"words-title": CANARY})
        for public_id in (sent, UNKNOWN)
    ]
    for answer in answers:
        assert answer.status_code == 404
        assert CANARY in answer.text
    gone, unknown = (timeless(a.text).replace(sent, "").replace(UNKNOWN, "") for a in answers)
    assert gone == unknown
    for path in ("", "/decide", "/file", "/thumbnail"):
        seen = [desk.get(f"/es/review/{public_id}{path}") for public_id in (sent, UNKNOWN)]
        assert {answer.status_code for answer in seen} == {404}
        assert timeless(seen[0].text) == timeless(seen[1].text)


def test_a_form_that_expired_brings_the_words_back(desk: FlaskClient, sent: str) -> None:
    page = opened(desk, sent) | {"csrf_token": "x"}
    asked = {"ask": ["title=title-unclear", "file=file-is-a-scan"], "words-file": CANARY}
    kept = decide(desk, sent, page, decision="return", **asked)
    assert kept.status_code == 400
    assert f"<li>{CANARY}</li>" in kept.text
    assert "<li>title=title-unclear</li>" not in kept.text
    again = dict(re.findall(r'name="(revision|decision|words-file)" value="([^"]*)"', kept.text))
    asks = re.findall(r'name="ask" value="([^"]*)"', kept.text)
    assert asks == asked["ask"]
    page = {"csrf_token": token(kept.text), **again}
    assert decide(desk, sent, page, ask=asks).status_code == 303


def test_words_that_are_too_long_come_back_whole(desk: FlaskClient, sent: str) -> None:
    words = "palabra " * (LONGEST_WORDS // 4) + "fin"
    answer = decide(desk, sent, decision="return", **{"words-abstract": words})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#f-words-abstract"' in answer.text


WORDS = st.text(st.sampled_from("aáñ ü<>&\"'¿–9"), min_size=1, max_size=30).map(
    lambda text: f"w{' '.join(text.split())}w"
)
FORM = st.fixed_dictionaries(
    {
        "decision": st.sampled_from(["publish", "return", "refuse", "reopen", "burn", ""]),
        "words-title": WORDS,
        "words-file": WORDS,
        "refused_for": st.sampled_from([*RefusedFor, ""]),
        "ask": st.lists(st.sampled_from([f"title={Ask.TITLE_UNCLEAR}", "file=x"]), max_size=2),
    },
    optional={"checked": st.just("1")},
)
TURNS = st.lists(st.tuples(st.integers(0, 1), st.booleans(), FORM), min_size=1, max_size=6)


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(turns=TURNS)
def test_whatever_two_curators_send_from_old_pages_no_word_is_lost(
    runtime: Runtime, desk: FlaskClient, second: FlaskClient, contributor: Account,
    turns: list[tuple[int, bool, dict[str, object]]],
) -> None:  # fmt: skip
    """Every answer either keeps the words in the document's notes, or carries the decision that
    needs none, or gives them back."""
    public_id = contributed(runtime, contributor)
    clients = (desk, second)
    pages = [opened(client, public_id) for client in clients]
    for who, looks_again, form in turns:
        text = clients[who].get(f"/es/review/{public_id}/decide").text
        if looks_again and 'name="revision"' in text:
            pages[who]["revision"] = revision(text)
        answer = decide(clients[who], public_id, pages[who], **form)
        words = [str(form["words-title"]), str(form["words-file"])]
        if answer.status_code == 303 and form["decision"] == "return":
            with runtime.database.reading() as session:
                row = session.query(Document).filter_by(public_id=public_id).one()
                assert set(words) <= {note.words for note in row.notes}
        elif answer.status_code != 303:
            assert answer.status_code in (409, 422)
            assert all(word in unescape(answer.text) for word in words)
