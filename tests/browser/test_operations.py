"""The page for running the site and the ends of accounts, in a real browser: by thumb, by
keyboard, without JavaScript, and every page by axe."""

from __future__ import annotations

import pprint
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from config import Settings
from repo_app import jobs, schema
from repo_app.db import now
from repo_app.models import File, FileRole, Job, JobState, Role, State
from repo_app.runtime import running
from repo_app.services import arrivals
from tests.accounts import an_account
from tests.browser.conftest import DESK, PHONE, Open, Site, _served
from tests.browser.looking import faults
from tests.browser.test_accounts import come_in, tab_to
from tests.factories import a_document

pytestmark = pytest.mark.browser

widths = pytest.mark.parametrize("width", [PHONE, DESK])
LONG_ERROR = "A_rather_long_name_of_an_ErrorOfSomeLibrary at some.package.of.many.parts.module:1234"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An instance of its own in which much is wrong, so that no other test meets it."""
    settings = Settings.load(tmp_path_factory.mktemp("operations"), env={})
    with running(settings) as runtime:
        schema.migrate(runtime.database)
        runtime.index.rebuild([])
        for role in Role:
            an_account(runtime, role)
        with runtime.database.writing() as session:
            for n, state in enumerate([*State] * 2):
                refusal = ["damaged", "too-costly"][n % 2] if state is State.REFUSED else None
                document = a_document(session, state=state, refusal=refusal)
            document.files = [
                File(role=role, sha256="0" * 64, size=2_345_678_901, media_type="x")
                for role in FileRole
            ]
            known = (jobs.READ_DOCUMENT, jobs.SYNC_INDEX, jobs.PURGE_DOCUMENT, jobs.REBUILD_INDEX)
            for kind in ("unheard-of", *known):
                for state in JobState:
                    job = Job(kind=kind, state=state, run_at=now() - timedelta(hours=30))
                    job.document_id = document.id
                    job.error = LONG_ERROR if state is JobState.DEAD else None
                    session.add(job)
        (settings.instance / arrivals.FOLDER).mkdir()
        (settings.instance / arrivals.FOLDER / "half").write_bytes(b"x" * 70_000)
        with _served(runtime) as address:
            yield Site(address, "", "", "")


def at_work(open_page: Open, **options: object) -> Page:
    page = open_page("/es/operations", **options)
    come_in(page, "es")
    expect(page.get_by_role("heading", level=1)).to_have_text("Operación del sitio")
    return page


@widths
@pytest.mark.parametrize("javascript", [True, False])
def test_a_failed_task_is_tried_again(open_page: Open, width: int, javascript: bool) -> None:
    page = at_work(open_page, width=width, javascript=javascript)
    failed = page.get_by_role("button", name="Intentar de nuevo")
    before = failed.count()
    failed.first.click()
    expect(page.get_by_role("status")).to_contain_text("Se intentará de nuevo")
    expect(failed).to_have_count(before - 1)


def test_each_button_says_to_a_screen_reader_what_it_tries_again(open_page: Open) -> None:
    page = at_work(open_page)
    name = re.compile(r"Intentar de nuevo ?: unheard-of \w{10}")
    expect(page.get_by_role("button", name=name)).to_be_visible()


def test_the_keyboard_alone_reaches_the_page_and_compares(open_page: Open) -> None:
    page = open_page("/es/log-in")
    come_in(page, "es")
    tab_to(page, "<summary>")
    page.keyboard.press("Enter")
    tab_to(page, "/operations")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/es/operations/")
    page.get_by_role("link", name="Comparar documento por documento").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("no concuerdan")


@widths
def test_people_leave_by_themselves(open_page: Open, site: Site, width: int) -> None:
    role = {PHONE: "planner", DESK: "contributor"}[width]
    page = open_page("/es/account", width=width)
    come_in(page, "es", role)
    page.get_by_role("link", name="Eliminar la cuenta").click()
    page.get_by_label("Contraseña actual").fill("esta no es")
    page.get_by_role("button", name="Eliminar para siempre").click()
    expect(page.get_by_role("alert")).to_contain_text("no es su contraseña actual")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#f-present_password")).to_be_focused()
    page.get_by_label("Contraseña actual").fill("tres gatos sin paraguas")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("La cuenta está eliminada")
    expect(page.get_by_role("link", name="Entrar")).to_be_visible()


PAGES = {
    "operations": "operations",
    "comparison": "operations/comparison",
    "delete-person": "people/3/delete",
    "delete-own": "account/delete",
    "deleted": "account/deleted",
}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, False), (DESK, True)])
def test_every_page_about_operations_is_for_everybody(
    open_page: Open, language: str, width: int, dark: bool
) -> None:
    page = open_page(f"/{language}/log-in", width=width, dark=dark)
    come_in(page, language)
    found = {}
    for name, path in PAGES.items():
        page.goto(f"/{language}/{path}")
        for summary in page.locator("main summary").all():
            summary.click()
        if wrong := faults(page, f"{name}-{language}", width=width, dark=dark):
            found[name] = wrong
    assert not found, pprint.pformat(found)


def test_what_needs_a_person_stands_first(open_page: Open) -> None:
    page = at_work(open_page, width=PHONE)
    alarms = page.locator("h1 + .alarms li")
    expect(alarms.first).to_contain_text("No hay ningún proceso de trabajo en marcha")
