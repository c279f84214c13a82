"""Accounts for tests, and visitors who log in and fill forms in as a browser does."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repo_app.models import Role
from repo_app.runtime import Runtime
from repo_app.services import people
from repo_app.services.people import Account

PASSWORD = "tres gatos sin paraguas"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def an_account(
    runtime: Runtime, role: Role = Role.CONTRIBUTOR, email: str = "", language: str = "es"
) -> Account:
    email = email or f"{role.value}@example.org"
    name = f"Canaria {role.value}"
    return people.add(runtime.database, "operator", email, name, role, language, PASSWORD)


def token(page: str) -> str:
    found = TOKEN.search(page)
    assert found, "the page has no form"
    return unescape(found.group(1))


def send(client: FlaskClient, path: str, *, seen: str = "", **typed: object) -> TestResponse:
    """Post a form with the token of the page it stands on (``seen``, by default ``path``)."""
    page = client.get(seen or path)
    return client.post(path, data={"csrf_token": token(page.text), **typed})


def log_in(
    client: FlaskClient, email: str, password: str = PASSWORD, after: str = ""
) -> TestResponse:
    return send(client, "/es/log-in", email=email, password=password, next=after)


def visitor(app: Flask, account: Account | None = None) -> FlaskClient:
    client = app.test_client()
    if account is not None:
        assert log_in(client, account.email).status_code == 303
    return client
