"""Reviewing in a real browser: by thumb and by keyboard, without JavaScript, two curators at the
same document, and every page by axe."""

from __future__ import annotations

import io
import pprint
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from config import Settings
from repo_app import schema
from repo_app.models import (
    AuditEvent,
    Contribution,
    Document,
    File,
    FileRole,
    Organization,
    Origin,
    Role,
    State,
    Tag,
)
from repo_app.policy import viewer_with_account
from repo_app.runtime import Runtime, running
from repo_app.services import reviews
from repo_app.services.reviews import Decision, RefusedFor, Verdict
from tests.accounts import an_account
from tests.browser.conftest import DESK, FRONTIER, PHONE, Open, _served
from tests.browser.looking import faults
from tests.browser.test_accounts import come_in, tab_to
from tests.factories import a_document, a_pdf, with_file

pytestmark = pytest.mark.browser

widths = pytest.mark.parametrize("width", [PHONE, DESK])
languages = pytest.mark.parametrize("language", ["es", "en"])
THUMBNAIL = bytes.fromhex(
    "524946461e000000574542505650384c110000002f078002000750f39a97bbff8188e87f0000"
)
"""A grey WebP."""
ASKED = "¿Podrían quitar el anexo 2?"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the service listens, and documents in several states."""

    address: str
    runtime: Runtime
    study: str
    own: str
    returned: str
    refused: str
    contributor: int
    curator: int


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An instance of its own: what waits here would trouble the counts of other tests."""
    settings = Settings.load(tmp_path_factory.mktemp("reviewing"), env={})
    with running(settings) as runtime:
        schema.migrate(runtime.database)
        runtime.index.rebuild([])
        people = {role: an_account(runtime, role).id for role in Role}
        contributor, curator = people[Role.CONTRIBUTOR], people[Role.CURATOR]
        an_account(runtime, Role.CURATOR, "second@example.org")
        study = a_study(runtime, contributor)
        own = a_study(runtime, curator, "Mi propio aporte")
        returned = a_study(runtime, contributor, "Aporte devuelto")
        refused = a_study(runtime, contributor, "Anuncio de servicios")
        decide(runtime, curator, returned, Decision.RETURN)
        decide(runtime, curator, refused, Decision.REFUSE)
        with runtime.database.writing() as session:
            for n in range(27):
                a_document(session, f"Depositado {n}", state=State.IN_REVIEW)
        with _served(runtime) as address:
            yield Desk(address, runtime, study, own, returned, refused, contributor, curator)


def a_study(runtime: Runtime, contributor: int, title: str = "Integración en municipios") -> str:
    with runtime.database.writing() as session:
        row = a_document(
            session, title, [FRONTIER[0] * 8, *FRONTIER[1:]],
            state=State.IN_REVIEW, year=2024, document_kind="research-report",
            abstract="Qué facilita la integración local en ocho municipios.",
            remarks=["pages-without-text"], content_sha256="c" * 64,
            tags={"country": ["HN"], "theme": ["local-integration"]},
        )  # fmt: skip
        row.organization = session.query(Organization).first() or Organization(name="Red del Río")
        for facet, value, label in (
            ("theme", "employment-decent-work", "empleo formal"),
            ("population", "returnees", "mujeres retornadas"),
            ("priority", "2026:P2", "integración local"),
        ):
            evidence = [{"label": label, "count": 3, "where": "body"}]
            row.tags.append(
                Tag(facet=facet, value=value, origin=Origin.RULE, score=2.0, evidence=evidence)
            )
        row.contribution = Contribution(contributor_id=contributor)
        with_file(runtime, session, row, a_pdf("Uno", "Dos", "Tres"))
        picture = runtime.blobs.put(io.BytesIO(THUMBNAIL), limit=10_000)
        row.files.append(
            File(role=FileRole.THUMBNAIL, sha256=picture.key, size=1, media_type="image/webp")
        )
        for action, actor in (("received", "contributor"), ("in-review", "operator")):
            session.add(AuditEvent(document_id=row.id, action=action, actor=actor))
        return row.public_id


def decide(runtime: Runtime, curator: int, public_id: str, decision: Decision) -> None:
    verdict = Verdict(
        decision,
        checked=True,
        notes=(reviews.Note("title", reviews.Ask.TITLE_UNCLEAR, ASKED),),
        refused_for=RefusedFor.ADVERTISING_OR_EMPTY,
        unread=True,
    )
    with runtime.database.writing() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        viewer = viewer_with_account(curator, Role.CURATOR)
        reviews.decide(session, viewer, row, verdict, row.revision)


def at_the_desk(open_page: Open, path: str, language: str = "es", **options: object) -> Page:
    page = open_page(f"/{language}/review/{path}", **options)
    come_in(page, language, "curator")
    return page


@widths
@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_queue_to_published(
    open_page: Open, site: Desk, width: int, javascript: bool
) -> None:
    title = f"Se publica {width} {javascript}"
    a_study(site.runtime, site.contributor, title)
    page = at_the_desk(open_page, "", width=width, javascript=javascript)
    while not page.get_by_role("link", name=title).count():
        page.get_by_role("link", name="Siguiente").click()
    page.get_by_role("link", name=title).click()
    expect(page.locator(".text")).to_contain_text("La integración local")
    page.get_by_label("Empleo y trabajo decente").check()
    page.get_by_role("button", name="Página 2").first.click()
    expect(page.locator(".turn").first).to_contain_text("Página 2 de 3")
    expect(page.get_by_label("Empleo y trabajo decente")).to_be_checked()
    page.get_by_role("button", name="Guardar lo marcado").click()
    expect(page.get_by_role("status")).to_contain_text("se guardaron")
    expect(page.get_by_label("Empleo y trabajo decente")).to_be_checked()
    expect(page.locator("input[value='population=returnees']")).not_to_be_checked()
    page.get_by_role("link", name="Decidir").click()
    page.get_by_label("Publicarlo").check()
    page.get_by_role("button", name="Confirmar").click()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#f-checked")).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_role("status")).to_contain_text("Publicado")
    page.get_by_role("status").get_by_role("link").click()
    expect(page.locator("h1")).to_have_text(title)


@widths
def test_the_keyboard_alone_returns_a_document(open_page: Open, site: Desk, width: int) -> None:
    public_id = a_study(site.runtime, site.contributor, "Por teclado")
    page = at_the_desk(open_page, f"{public_id}/decide", width=width)
    tab_to(page, 'value="publish"')
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[value=return]")).to_be_checked()
    tab_to(page, "<summary>")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(9):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "f-words-file":
            break
    page.keyboard.type(ASKED)
    page.get_by_role("button", name="Confirmar").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Devuelto")
    page.goto(f"/es/review/{public_id}")
    expect(page.locator(".asked")).to_contain_text(ASKED)
    expect(page.locator(".asked")).to_contain_text("Hay partes del archivo")


def test_only_what_belongs_to_the_decision_stands_open(open_page: Open, site: Desk) -> None:
    page = at_the_desk(open_page, f"{site.study}/decide", javascript=False)
    for decision, part in (("publish", "#f-checked"), ("refuse", "[name=refused_for] >> nth=0")):
        page.locator(f"input[value={decision}]").check()
        expect(page.locator(part)).to_be_visible()
    expect(page.locator("#f-checked")).to_be_hidden()


@languages
def test_the_second_of_two_curators_is_told_and_keeps_the_words(
    open_page: Open, site: Desk, language: str
) -> None:
    public_id = a_study(site.runtime, site.contributor, f"A dos manos {language}")
    page = at_the_desk(open_page, f"{public_id}/decide", language)
    page.locator("input[value=return]").check()
    page.locator(".paths summary").first.click()
    page.locator("#f-words-file").fill(ASKED)
    decide(site.runtime, site.curator, public_id, Decision.PUBLISH)
    page.locator("main form .ways button").click()
    told = {"es": "lo publicó", "en": "published it"}[language]
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(page.locator(".kept")).to_contain_text(ASKED)


def each_page(
    open_page: Open, site: Desk, language: str, **options: object
) -> Iterator[tuple[Page, str]]:
    page = at_the_desk(open_page, "", language, **options)
    at = f"/{language}/review"
    for path, name in (
        ("/", "queue"),
        ("/?state=refused", "queue-refused"),
        ("/?state=published", "queue-published"),
        (f"/{site.study}", "case"),
        (f"/{site.study}?page=2", "scan"),
        (f"/{site.own}", "own"),
        (f"/{site.own}/decide", "own-decide"),
        (f"/{site.returned}", "returned"),
        (f"/{site.refused}", "refused"),
        (f"/{site.refused}/decide", "second-look"),
        (f"/{site.study}/decide", "decide"),
    ):
        page.goto(at + path)
        yield page, name
    send = page.locator("main form .ways button")
    send.click()
    yield page, "no-decision"
    page.locator("input[value=return]").check()
    for n in (0, 1):
        page.locator(".paths summary").nth(n).click()
    yield page, "return"
    send.click()
    yield page, "return-fault"
    page.locator("input[value=refuse]").check()
    yield page, "refuse"
    page.locator("input[value=publish]").check()
    send.click()
    yield page, "publish-fault"


@languages
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, False), (DESK, True)])
def test_every_page_of_the_review_is_for_everybody(
    open_page: Open, site: Desk, language: str, width: int, dark: bool
) -> None:
    found = {}
    for page, name in each_page(open_page, site, language, width=width, dark=dark):
        if wrong := faults(page, f"review-{name}-{language}", width=width, dark=dark):
            found[name] = wrong
    assert not found, pprint.pformat(found)
