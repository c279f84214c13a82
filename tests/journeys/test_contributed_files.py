"""The file of a contribution: refused, too large, sent twice, taken away; and the name it had."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from ingest import Sandbox
from repo_app import schema
from repo_app.models import Role, State
from repo_app.runtime import Runtime, running
from repo_app.web import build_app
from repo_app.web.uploads import SCRIPT_POLICY
from tests.accounts import an_account, send, token, visitor
from tests.contributing import (
    BOXES,
    CANARY,
    PDF,
    answer,
    answered,
    begun,
    document,
    with_file,
    with_file_at,
    words,
)
from tests.factories import a_document
from tests.pages import timeless
from tests.reading import read_all

pytestmark = pytest.mark.usefixtures("cheap_passwords")
ADDRESS = "203.0.113.7"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "El archivo está vacío"),
        (b"<html><script>alert(1)</script></html>", "El archivo no es un PDF"),
    ],
)
def test_a_file_that_is_no_pdf_is_refused_at_once_whatever_it_is_called(
    runtime: Runtime, me: FlaskClient, content: bytes, sentence: str
) -> None:
    draft = begun(me)
    answer(me, draft, "title", "Mío")
    back = with_file(me, draft, content)
    assert back.status_code == 422
    assert sentence in words(back.text)
    assert back.headers["Content-Security-Policy"] == SCRIPT_POLICY
    assert list(runtime.blobs.stored()) == []
    assert document(runtime, draft).title == "Mío"


def test_a_form_without_a_file_asks_for_one(me: FlaskClient) -> None:
    draft = begun(me)
    for form in ({}, {"file": (io.BytesIO(b""), "")}):
        back = send(me, f"{draft}/file", **form)
        assert back.status_code == 422
        assert "Elija primero el archivo" in back.text


@pytest.fixture
def small(settings: Settings) -> Iterator[Runtime]:
    """An instance that takes files of at most one MiB."""
    with running(replace(settings, max_upload_mib=1)) as opened:
        schema.migrate(opened.database)
        opened.index.rebuild([])
        yield opened


@pytest.mark.parametrize("beyond", [1, 2_000_000])
def test_a_file_that_is_too_large_gets_a_kind_page_and_nothing_is_lost(
    small: Runtime, beyond: int
) -> None:
    app = build_app(small, limited=False)
    client = visitor(app, an_account(small))
    draft = begun(client)
    answer(client, draft, "title", "Mío")
    assert "1 MB" in client.get(f"{draft}/file").text
    back = with_file(client, draft, b"%PDF-" + bytes(1024 * 1024 - 5 + beyond))
    assert back.status_code in (413, 422)
    assert "más grande de lo que podemos recibir" in words(back.text)
    assert f"{draft}/file" in back.text or 'name="file"' in back.text
    assert list(small.blobs.stored()) == []
    assert document(small, draft).title == "Mío"


def test_a_file_that_is_too_large_tells_strangers_nothing(small: Runtime) -> None:
    app = build_app(small, limited=False)
    draft = begun(visitor(app, an_account(small)))
    large = b"%PDF-" + bytes(2_000_000)
    stranger = visitor(app, an_account(small, Role.PLANNER))
    assert with_file_at(stranger, draft, large).status_code == 413
    nowhere = with_file_at(stranger, draft + "x", large)
    assert timeless(nowhere.text) == timeless(with_file_at(stranger, draft, large).text)
    assert with_file_at(app.test_client(), draft, large).status_code == 413


def test_a_file_the_reader_refuses_says_why_and_what_was_said_stays(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    draft = begun(me)
    answer(me, draft, "title", "Mío")
    with_file(me, draft, b"%PDF-1.7 and nothing")
    read_all(runtime, sandbox)
    page = words(me.get(draft).text)
    assert "No pudimos aceptar el archivo." in page
    assert "Mío" in page
    assert "por hacer: un archivo" in page
    with_file(me, draft)
    assert "No pudimos aceptar" not in me.get(draft).text


def test_a_file_sent_while_it_is_read_goes_on_by_itself_or_comes_back(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    good, bad = begun(me), ""
    with_file(me, good)
    answered(me, good)
    send(me, f"{good}/send", agreed=BOXES)
    assert document(runtime, good).state is State.RECEIVED
    assert "El archivo se está leyendo" in me.get(good).text
    bad = begun(me)
    with_file(me, bad, b"%PDF-1.7 and nothing")
    answered(me, bad)
    send(me, f"{bad}/send", agreed=BOXES)
    read_all(runtime, sandbox)
    assert document(runtime, good).state is State.IN_REVIEW
    assert document(runtime, bad).state is State.RETURNED
    listed = words(me.get("/es/contributions/").text)
    assert "De vuelta con usted" in listed
    answer(me, bad, "url", "https://example.org/a")
    assert send(me, f"{bad}/send", agreed=BOXES).status_code == 303
    assert document(runtime, bad).state is State.IN_REVIEW


def test_a_file_can_be_taken_away_and_an_address_given_instead(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    with_file(me, draft)
    assert send(me, f"{draft}/file", remove="1").status_code == 303
    assert list(runtime.blobs.stored()) == []
    answered(me, draft)
    answer(me, draft, "url", "https://example.org/a")
    assert send(me, f"{draft}/send", agreed=BOXES).status_code == 303
    assert document(runtime, draft).state is State.IN_REVIEW


def test_the_same_content_is_told_of_and_can_be_sent_all_the_same(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    with_file(me, draft)
    key = document(runtime, draft).content_sha256
    with runtime.database.writing() as session:
        a_document(session, "Ya publicado", content_sha256=key)
        a_document(session, "Canario secreto", content_sha256=key, audience=["curators"])
    page = me.get(draft).text
    assert "Ya publicado" in page
    assert "Canario secreto" not in page
    answered(me, draft)
    assert send(me, f"{draft}/send", agreed=BOXES).status_code == 303


def test_no_name_of_a_file_and_no_address_is_kept_anywhere(
    runtime: Runtime, app: Flask, caplog: pytest.LogCaptureFixture, sandbox: Sandbox
) -> None:
    client = visitor(app, an_account(runtime))
    client.environ_base["REMOTE_ADDR"] = ADDRESS
    with caplog.at_level(logging.DEBUG):
        draft = begun(client)
        for content in (PDF, b"<html>", b"%PDF-1.7 broken"):
            page = client.get(f"{draft}/file").text
            form = {"csrf_token": token(page), "file": (io.BytesIO(content), f"{CANARY}.pdf")}
            back = client.post(f"{draft}/file", data=form, headers={"User-Agent": "canary-browser"})
            assert CANARY not in back.text
        read_all(runtime, sandbox)
        assert CANARY not in client.get(draft).text
    runtime.database.close()
    kept = [path for path in runtime.settings.instance.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        content = path.read_bytes()
        for canary in (CANARY, ADDRESS, "canary-browser"):
            assert canary.encode() not in content, path
            assert canary not in path.name
            assert canary not in caplog.text
