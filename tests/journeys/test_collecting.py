"""Curators and many documents: records, new versions, tags for all, merging, depositing."""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repo_app.models import (
    Contribution,
    Document,
    Edit,
    Naming,
    Organization,
    Party,
    Person,
    Role,
    State,
)
from repo_app.runtime import Runtime
from repo_app.services import versions
from repo_app.services.manifests import COLUMNS
from repo_app.workflow import Actor
from tests.accounts import an_account, token, visitor
from tests.curating import WORDS, fields, held, save, tags_of
from tests.factories import a_document, a_pdf, indexed, with_file

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def test_a_record_of_what_is_published_elsewhere(
    runtime: Runtime, app: Flask, desk: FlaskClient
) -> None:
    page = desk.get("/es/curate/new").text
    form = fields(page)
    empty = save(desk, "/es/curate/new", form)
    assert empty.status_code == 422
    assert 'href="#f-url"' in empty.text
    form |= {
        "url": ["https://example.org/tesis"], "title": ["Tesis"], "language": ["es"],
        "source_kind": ["academic"], "document_kind": ["thesis"], "countries": ["GT"],
    }  # fmt: skip
    for told in ("La ficha está lista", "Esta ficha ya existía"):  # pressed twice
        answer = save(desk, "/es/curate/new", form)
        assert answer.status_code == 303
        assert told in desk.get(answer.headers["Location"]).text
    better = save(desk, "/es/curate/new", form | {"abstract": ["Un resumen mejor"]})
    assert better.status_code == 409
    assert "así que no se creó otra" in better.text
    assert "Un resumen mejor" in better.text
    with runtime.database.writing() as session:
        row = session.query(Document).one()
        assert row.state is State.IN_REVIEW
        row.state = State.PUBLISHED
        public_id = row.public_id
    public = app.test_client().get(f"/es/documents/{public_id}").text
    assert 'href="https://example.org/tesis"' in public
    assert "Leerlo donde está publicado" in public
    assert "página por página" not in public


def test_curators_and_its_own_contributor_begin_a_new_version(
    runtime: Runtime, app: Flask, desk: FlaskClient, study: str
) -> None:
    own = an_account(runtime)
    with runtime.database.writing() as session:
        session.query(Document).one().contribution = Contribution(contributor_id=own.id)
    author, stranger = visitor(app, own), visitor(app, an_account(runtime, Role.PLANNER))
    drafts = []
    for client in (desk, author, author, stranger):
        secret = token(client.get("/es/account").text)
        answer = client.post(f"/es/curate/{study}/new-version", data={"csrf_token": secret})
        drafts.append(answer.headers.get("Location"))
    assert drafts[1] == drafts[2]
    assert drafts[0] != drafts[1]
    assert drafts[3] is None
    assert author.get(str(drafts[1])).status_code == 200
    assert desk.get(str(drafts[1])).status_code == 404


def test_the_list_finds_and_one_tag_goes_to_all_that_are_ticked(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    with runtime.database.writing() as session:
        for n in range(60):
            a_document(session, f"Informe {n}", state=State.IN_REVIEW)
    page = desk.get("/es/curate/documents/?q=INFORME&state=in-review").text
    assert page.count('name="document"') == 50
    assert "Página 1 de 2" in page
    assert "60 documentos" in page
    every = desk.get("/es/curate/documents/?q=informe&page=2&ticked=all").text
    ticked = re.findall(r'name="document" value="(\w+)" checked', every)
    assert len(ticked) == 10
    sent = {
        "csrf_token": token(every), "document": [*ticked, "zzzzzzzzzz"], "do": "add",
        "tag": "theme=asylum-systems", "q": "informe", "page": "2",
    }  # fmt: skip
    done = desk.post("/es/curate/documents/tag", data=sent)
    assert "Cambiaron 10 documentos." in done.text
    assert "zzzzzzzzzz" in done.text
    assert "q=informe" in done.text
    assert all("asylum-systems" in tags_of(held(runtime, one)) for one in ticked)
    again = desk.post("/es/curate/documents/tag", data=sent)
    assert "10 documentos ya la tenían." in again.text
    with runtime.database.reading() as session:
        assert session.query(Edit).count() == 10
    narrowed = desk.get("/es/curate/documents/?has=theme%3Dasylum-systems").text
    assert narrowed.count('name="document"') == 10


def test_a_tag_without_documents_or_documents_without_a_tag_change_nothing(
    desk: FlaskClient, study: str
) -> None:
    page = desk.get("/es/curate/documents/").text
    secret = {"csrf_token": token(page)}
    for sent, fault in (
        ({"tag": "theme=asylum-systems"}, "#f-document"),
        ({"document": study}, "#f-tag"),
        ({"document": study, "tag": "theme=no-such-theme"}, "#f-tag"),
        ({"document": study, "tag": "language=es"}, "#f-tag"),
    ):
        answer = desk.post("/es/curate/documents/tag", data=secret | sent)
        assert answer.status_code == 422
        assert f'href="{fault}"' in answer.text
        assert (f'value="{study}" checked' in answer.text) is ("document" in sent)


def test_the_list_looks_through_the_whole_text_too(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    indexed(runtime)
    page = desk.get("/es/curate/documents/?q=personas+refugiadas&where=text").text
    assert study in page


def test_while_the_index_is_being_rebuilt_titles_are_still_found(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    for entry in (runtime.settings.instance / "search").iterdir():
        if entry.is_file():
            entry.unlink()
    page = desk.get("/es/curate/documents/?q=frontera&where=text")
    assert page.status_code == 200
    assert "se está reconstruyendo" in page.text
    assert study in desk.get("/es/curate/documents/?q=frontera").text


def test_two_of_the_same_become_one_and_old_addresses_lead_there(
    runtime: Runtime, app: Flask, desk: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        kept = a_document(session, "Uno", text_sha256=WORDS, tags={"country": ["HN"]})
        gone = a_document(session, "Dos", text_sha256=WORDS, tags={"country": ["GT"]}, year=2020)
        with_file(runtime, session, kept, a_pdf("Uno"))
        with_file(runtime, session, gone, a_pdf("Dos"))
        kept_id, gone_id = kept.public_id, gone.public_id
    page = desk.get("/es/curate/duplicates/").text
    assert page.count('name="keep"') == 2
    asked = f"/es/curate/duplicates/merge?keep={kept_id}&of={kept_id}&of={gone_id}"
    plan = desk.get(asked).text
    assert "Guatemala" in plan
    revisions = re.findall(r'name="revision" value="([^"]+)"', plan)
    sent = {"csrf_token": token(plan), "keep": kept_id, "revision": revisions}
    answer = desk.post("/es/curate/duplicates/merge", data=sent)
    assert answer.status_code == 303
    assert "un solo documento" in desk.get(answer.headers["Location"]).text
    assert tags_of(held(runtime, kept_id)) == {"HN", "GT"}
    public = app.test_client()
    for pattern in (
        "/es/documents/{}", "/en/documents/{}/pages/1", "/documents/{}/file",
    ):  # fmt: skip
        moved = public.get(pattern.format(gone_id))
        assert moved.status_code == 301
        assert moved.headers["Location"] == pattern.format(kept_id)
        assert public.get(moved.headers["Location"], buffered=True).status_code == 200
    assert desk.post("/es/curate/duplicates/merge", data=sent).status_code == 409


def test_a_merge_into_what_may_not_be_seen_looks_like_nothing(
    runtime: Runtime, app: Flask, desk: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        kept = a_document(session, "Uno", text_sha256=WORDS, audience=["curators"])
        gone = a_document(session, "Dos", text_sha256=WORDS)
        kept_id, gone_id = kept.public_id, gone.public_id
    plan = desk.get(f"/es/curate/duplicates/merge?keep={kept_id}&of={gone_id}").text
    revisions = re.findall(r'name="revision" value="([^"]+)"', plan)
    sent = {"csrf_token": token(plan), "keep": kept_id, "revision": revisions}
    assert desk.post("/es/curate/duplicates/merge", data=sent).status_code == 303
    public = app.test_client()
    seen, unknown = (public.get(f"/es/documents/{one}") for one in (gone_id, "zzzzzzzzzz"))
    assert seen.status_code == 404
    assert (seen.data, dict(seen.headers)) == (unknown.data, dict(unknown.headers))
    assert desk.get(f"/es/documents/{gone_id}").status_code == 301


@pytest.mark.parametrize(
    "question", ["", "?keep=zzzzzzzzzz", "?keep={0}", "?keep={0}&of={0}", "?keep={0}&of=zzzzzzzzzz"]
)
def test_a_merge_that_makes_no_sense_does_nothing(
    desk: FlaskClient, study: str, question: str
) -> None:
    answer = desk.get("/es/curate/duplicates/merge" + question.format(study))
    assert answer.status_code == 200
    assert "No se unió nada" in answer.text


def deposit(client: FlaskClient, manifest: str, *files: tuple[str, bytes]) -> TestResponse:
    sent = {
        "csrf_token": token(client.get("/es/curate/deposit/").text),
        "manifest": (io.BytesIO(manifest.encode()), "manifiesto.csv"),
        "files": [(io.BytesIO(content), name) for name, content in files],
    }
    return client.post("/es/curate/deposit/", data=sent, content_type="multipart/form-data")


def test_a_manifest_and_its_files_wait_in_review(runtime: Runtime, desk: FlaskClient) -> None:
    manifest = "file,title,country\na.pdf,Uno,HN\n"
    refused = deposit(desk, manifest, ("a.pdf", a_pdf("A")))
    assert "Línea 1, columna «country»" in refused.text
    assert "¿Quiso decir «countries»?" in refused.text
    answer = deposit(
        desk,
        "file,title,countries\na.pdf,Uno,HN\nb.pdf,Dos,\na.pdf,Tres,XX\n",
        ("a.pdf", a_pdf("A")),
        ("otro.pdf", a_pdf("B")),
    )
    assert "1 documento depositado" in answer.text
    assert "Línea 3, columna «file»" in answer.text
    assert "«b.pdf» no está entre los archivos enviados" in answer.text
    assert "Línea 4, columna «countries»" in answer.text
    assert "otro.pdf" in answer.text
    with runtime.database.reading() as session:
        row = session.query(Document).one()
        assert (row.title, row.state) == ("Uno", State.RECEIVED)
    again = deposit(desk, "file,title\na.pdf,Uno\n", ("a.pdf", a_pdf("A")))
    assert "1 ya estaba guardado" in again.text


def test_a_deposit_beyond_measure_is_refused_with_what_to_do(
    runtime: Runtime, app: Flask, desk: FlaskClient
) -> None:
    assert "1,000 documentos como máximo" in desk.get("/es/curate/deposit/").text
    lines = "\n".join(f"Estudio {n},https://example.org/{n}" for n in range(1001))
    many = deposit(desk, f"title,url\n{lines}\n")
    assert "Son más de 1,000 documentos" in many.text
    assert "mirps-repo ingest --manifest" in many.text
    app.config["MAX_CONTENT_LENGTH"] = 1000
    large = deposit(desk, "file\na.pdf\n", ("a.pdf", a_pdf("A") + b" " * 2000))
    assert large.status_code == 413
    assert "no se guardó nada" in large.text
    with runtime.database.reading() as session:
        assert session.query(Document).count() == 0


def test_the_deposit_needs_something_to_hold(desk: FlaskClient) -> None:
    answer = desk.post(
        "/es/curate/deposit/", data={"csrf_token": token(desk.get("/es/curate/deposit/").text)}
    )
    assert answer.status_code == 422


def test_the_manifest_to_begin_with_is_one_that_works(desk: FlaskClient) -> None:
    answer = desk.get("/es/curate/deposit/template.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=manifest.csv"
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert tuple(lines[0]) == COLUMNS
    taken = deposit(desk, answer.data.decode(), ("integracion-frontera.pdf", a_pdf("A")))
    assert "1 documento depositado" in taken.text


def test_pages_of_many_documents_stay_quick(runtime: Runtime, desk: FlaskClient) -> None:
    with runtime.database.writing() as session:
        session.add_all(
            Document(title=f"Informe número {n}", state=State.PUBLISHED, text_sha256=f"{n:064}")
            for n in range(3000)
        )
    begun = time.monotonic()
    for address in ("documents/", "documents/?q=número+29", "duplicates/"):
        assert desk.get(f"/es/curate/{address}").status_code == 200
    assert time.monotonic() - begun < 3


def test_a_new_version_takes_the_old_address(runtime: Runtime, app: Flask, study: str) -> None:
    person = an_account(runtime).id
    with runtime.database.writing() as session:
        draft = versions.begin(session, session.query(Document).one(), person)
        draft.state, draft.title = State.IN_REVIEW, "Segunda edición"
        versions.take_over(session, draft, Actor(Party.CURATOR, "curator:3"))
        gone = draft.public_id
    client = app.test_client()
    assert "Segunda edición" in client.get(f"/es/documents/{study}").text
    assert client.get(f"/es/documents/{gone}").headers["Location"] == f"/es/documents/{study}"


def test_an_alias_stands_where_its_own_letters_put_it(runtime: Runtime, desk: FlaskClient) -> None:
    """In the order of real names its place would tell the first letters of the hidden one."""
    with runtime.database.writing() as session:
        session.add(Organization(name="Aaa de verdad", naming=Naming.ALIAS, alias="Zorzal"))
        session.add(Organization(name="Medio"))
        public_id = a_document(session).public_id
    page = desk.get(f"/es/curate/{public_id}").text
    assert page.index("Medio") < page.index("Zorzal")


def test_nobody_merges_what_is_their_own_before_it_is_published(
    runtime: Runtime, desk: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        me = session.query(Person).filter_by(role=Role.CURATOR).one().id
        kept = a_document(session, "Publicado", text_sha256=WORDS).public_id
        mine = a_document(session, "Propio", state=State.IN_REVIEW, text_sha256=WORDS)
        mine.contribution = Contribution(contributor_id=me)
    page = desk.get(f"/es/curate/duplicates/merge?keep={kept}&of={kept}&of={mine.public_id}")
    answer = desk.post(
        "/es/curate/duplicates/merge",
        data={
            "csrf_token": token(page.text),
            "keep": kept,
            "revision": [f"{kept}:1", f"{mine.public_id}:1"],
        },
    )
    assert answer.status_code == 409
    assert "Esto es un aporte suyo." in answer.text
    with runtime.database.reading() as session:
        assert session.query(Document).filter_by(state=State.WITHDRAWN).count() == 0


def test_the_first_that_can_be_kept_is_chosen(runtime: Runtime, desk: FlaskClient) -> None:
    with runtime.database.writing() as session:
        early, late = date(2020, 1, 1), date(2021, 1, 1)
        shared = {"text_sha256": WORDS}
        a_document(session, "Con su autora", state=State.RETURNED, received_on=early, **shared)
        kept = a_document(session, "En revisión", state=State.IN_REVIEW, received_on=late, **shared)
        public_id = kept.public_id
    page = desk.get("/es/curate/duplicates/").text
    assert re.findall(r'name="keep" value="(\w+)" checked', page) == [public_id]
