"""Files that come in pieces, over a line that breaks, or from people who try something."""

from __future__ import annotations

import zlib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from ingest import Sandbox
from repo_app import workflow
from repo_app.models import Document, Role
from repo_app.runtime import Runtime
from repo_app.services import arrivals, withdrawals
from repo_app.services.arrivals import FOLDER, PIECE
from tests.accounts import an_account, send, token, visitor
from tests.contributing import PDF, begun, document
from tests.reading import read_all

pytestmark = pytest.mark.usefixtures("cheap_passwords")


class Line:
    """The script's side of a broken line: pieces of a file, each with the form's token."""

    def __init__(self, client: FlaskClient, draft: str, content: bytes) -> None:
        self.client, self.content = client, content
        self.token = token(client.get(f"{draft}/file").text)
        self.at = f"{draft}/arriving?size={len(content)}&checksum={zlib.crc32(content):08x}"

    def asked(self) -> TestResponse:
        return self.client.get(self.at)

    def piece(self, offset: int, length: int = PIECE, sign: str = "") -> TestResponse:
        return self.client.post(
            f"{self.at}&offset={offset}",
            data=self.content[offset : offset + length],
            content_type="application/octet-stream",
            headers={"X-CSRFToken": sign or self.token},
        )


LARGE = PDF + b"\n%" + b"x" * (2 * PIECE)


def test_a_broken_line_goes_on_from_where_it_was(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    draft = begun(me)
    line = Line(me, draft, LARGE)
    assert line.asked().json == {"held": 0}
    assert line.piece(0).json == {"held": PIECE}
    later = Line(me, draft, LARGE)  # the page was closed, and opened another day
    assert later.asked().json == {"held": PIECE}
    doubled = later.piece(0)
    assert (doubled.status_code, doubled.json) == (409, {"held": PIECE})
    assert later.piece(PIECE).json == {"held": 2 * PIECE}
    done = later.piece(2 * PIECE)
    assert done.json == {"held": len(LARGE), "next": draft}
    # The answer was lost on its way: whoever asks again learns that all is here.
    assert later.asked().json == {"held": len(LARGE), "next": draft}
    assert list((runtime.settings.instance / FOLDER).iterdir()) == []
    read_all(runtime, sandbox)
    assert document(runtime, draft).page_total == 2


def test_pieces_are_taken_from_nobody_else_and_never_without_the_forms_token(
    runtime: Runtime, app: Flask, me: FlaskClient
) -> None:
    draft = begun(me)
    mine = Line(me, draft, LARGE)
    assert mine.piece(0, sign="another").status_code == 400
    theirs = visitor(app, an_account(runtime, Role.CURATOR))
    other = Line(theirs, begun(theirs), LARGE)
    other.at = mine.at
    assert other.piece(0).status_code == 404
    assert other.asked().status_code == 404
    nobody = app.test_client().post(f"{mine.at}&offset=0", data=b"x")
    assert nobody.status_code == 400
    assert not (runtime.settings.instance / FOLDER).exists()


@pytest.mark.parametrize(
    "query", ["", "?size=9", "?size=x&checksum=00000000", "?size=-1&checksum=00000000",
              "?size=9&checksum=../../..", "?size=9&checksum=00000000&offset=x"],
)  # fmt: skip
def test_a_senseless_announcement_breaks_nothing(
    runtime: Runtime, me: FlaskClient, query: str
) -> None:
    draft = begun(me)
    line = Line(me, draft, LARGE)
    line.at = f"{draft}/arriving{query}"
    assert line.client.get(line.at).status_code in (200, 400)
    sent = me.post(line.at, data=b"abc", headers={"X-CSRFToken": line.token})
    assert sent.status_code in (400, 409)
    assert not (runtime.settings.instance / FOLDER).exists()


def test_a_piece_that_is_too_long_is_not_taken(me: FlaskClient) -> None:
    line = Line(me, begun(me), LARGE)
    assert line.piece(0, PIECE + 1).status_code == 400
    assert line.asked().json == {"held": 0}


def test_pieces_of_what_is_no_pdf_are_refused_with_a_sentence(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    line = Line(me, draft, b"<html></html>")
    back = line.piece(0)
    assert back.status_code == 422
    assert "El archivo no es un PDF" in back.json["sentence"]
    assert list((runtime.settings.instance / FOLDER).iterdir()) == []


def test_a_file_announced_too_large_is_refused_before_it_comes(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    line = Line(me, draft, b"%PDF-")
    line.at = f"{draft}/arriving?size={runtime.settings.max_upload_bytes + 1}&checksum=00000000"
    back = line.piece(0)
    assert back.status_code == 422
    assert "más grande" in back.json["sentence"]


def test_taking_back_forgets_what_was_arriving(runtime: Runtime, me: FlaskClient) -> None:
    draft = begun(me)
    Line(me, draft, LARGE).piece(0)
    assert len(list((runtime.settings.instance / FOLDER).iterdir())) == 1
    send(me, f"{draft}/take-back")
    assert list((runtime.settings.instance / FOLDER).iterdir()) == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_piece_that_comes_while_its_draft_is_taken_back_leaves_nothing(
    runtime: Runtime, me: FlaskClient, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    draft = begun(me)
    public_id = draft.rpartition("/")[2]
    sign = token(me.get(f"{draft}/file").text)
    accept = arrivals.accept

    def taken_back(*piece: object, **limit: object) -> int:
        """Between the look at the draft and the writing of the piece."""
        with runtime.database.writing() as session:
            withdrawals.withdraw(session, document_in(session, public_id), workflow.CONTRIBUTOR)
        arrivals.discard(runtime.settings.instance, public_id)
        return accept(*piece, **limit)  # type: ignore[arg-type]

    monkeypatch.setattr(arrivals, "accept", taken_back)
    answer = me.post(
        f"{draft}/arriving?size={len(PDF)}&checksum={zlib.crc32(PDF):08x}&offset=0",
        data=PDF if whole else PDF[:100],
        headers={"X-CSRFToken": sign},
    )
    assert answer.status_code == 404
    assert list((runtime.settings.instance / FOLDER).iterdir()) == []


def document_in(session: Session, public_id: str) -> Document:
    return session.query(Document).filter_by(public_id=public_id).one()
