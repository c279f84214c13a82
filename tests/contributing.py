"""Contributing as a browser does it: beginning, answering, sending a file."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repo_app.models import Document
from repo_app.runtime import Runtime
from tests.accounts import send, token
from tests.pdfs import a_pdf

PDF = a_pdf(["Informe sobre el retorno a Honduras", "Las personas retornadas piden trabajo."])
CANARY = "canary-of-a-file-name"
BOXES = ["publish", "nobody-singled-out", "no-child-recognised"]
NEEDED = {
    "title": "Retorno y arraigo",
    "language": "es",
    "source_kind": "refugee-led",
    "document_kind": "position-input",
    "countries": ["HN", "GT"],
}


def begun(client: FlaskClient, language: str = "es") -> str:
    """The address of a new draft."""
    answer = send(client, f"/{language}/contributions/new")
    assert answer.status_code == 303
    return answer.headers["Location"].removesuffix("/file")


def with_file(client: FlaskClient, draft: str, content: bytes = PDF) -> TestResponse:
    return with_file_at(client, draft, content, token(client.get(f"{draft}/file").text))


def with_file_at(client: FlaskClient, draft: str, content: bytes, sign: str = "") -> TestResponse:
    """As a browser writes it; a form somebody made themselves has no token."""
    part = "--end\r\nContent-Disposition: form-data; name="
    body = (
        f'{part}"csrf_token"\r\n\r\n{sign}\r\n'
        f'{part}"file"; filename="{CANARY}.pdf"\r\nContent-Type: x/canary\r\n\r\n'
    )
    return client.post(
        f"{draft}/file",
        data=body.encode() + content + b"\r\n--end--\r\n",
        content_type="multipart/form-data; boundary=end",
    )


def answer(client: FlaskClient, draft: str, name: str, *values: str) -> TestResponse:
    return send(client, f"{draft}/{name}", **{name: list(values)})


def answered(client: FlaskClient, draft: str) -> None:
    for name, value in NEEDED.items():
        values = value if isinstance(value, list) else [value]
        assert answer(client, draft, name, *values).status_code == 303, name


def document(runtime: Runtime, draft: str) -> Document:
    with runtime.database.reading() as session:
        public_id = draft.rpartition("/")[2]
        return session.query(Document).filter_by(public_id=public_id).one()


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
