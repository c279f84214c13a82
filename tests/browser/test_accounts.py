"""Accounts in a real browser: coming in on a phone, by keyboard, without JavaScript; a guest
who accepts an invitation; an administrator at work; every page by axe."""

from __future__ import annotations

import pprint

import pytest
from playwright.sync_api import Page, expect

from tests.accounts import PASSWORD
from tests.browser.conftest import DESK, PHONE, Open, Site
from tests.browser.looking import faults
from tests.browser.test_journeys import focused

pytestmark = pytest.mark.browser

widths = pytest.mark.parametrize("width", [PHONE, DESK])
languages = pytest.mark.parametrize("language", ["es", "en"])
WORDS = {
    "es": {
        "in": "Entrar",
        "out": "Salir",
        "mail": "Correo electrónico",
        "password": "Contraseña",
        "mine": "Mi cuenta",
        "wrong": "no coinciden",
    },
    "en": {
        "in": "Log in",
        "out": "Log out",
        "mail": "E-mail address",
        "password": "Password",
        "mine": "My account",
        "wrong": "do not fit",
    },
}


def come_in(page: Page, language: str, role: str = "administrator") -> None:
    words = WORDS[language]
    page.get_by_label(words["mail"]).fill(f"{role}@example.org")
    page.get_by_label(words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["in"]).click()


@widths
@languages
@pytest.mark.parametrize("javascript", [True, False])
def test_coming_in_and_going_out(
    open_page: Open, width: int, language: str, javascript: bool
) -> None:
    words = WORDS[language]
    page = open_page(f"/{language}/", width=width, javascript=javascript)
    page.get_by_role("link", name=words["in"]).click()
    page.get_by_label(words["mail"]).fill("contributor@example.org")
    page.get_by_label(words["password"]).fill("not this one")
    page.get_by_role("button", name=words["in"]).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(words["wrong"])
    expect(alert).to_be_focused()
    expect(page.get_by_label(words["mail"])).to_have_value("contributor@example.org")
    come_in(page, language, "contributor")
    page.goto(f"/{language}/")
    page.locator(".me summary").click()
    page.get_by_role("link", name=words["mine"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["mine"])
    page.locator(".me summary").click()
    page.locator(".me").get_by_role("button", name=words["out"]).click()
    expect(page.get_by_role("link", name=words["in"])).to_be_visible()


@widths
def test_the_keyboard_alone_comes_in_and_goes_out(open_page: Open, width: int) -> None:
    page = open_page("/es/log-in", width=width)
    tab_to(page, 'id="f-email"')
    page.keyboard.type("planner@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".me summary")).to_be_visible()
    tab_to(page, "<summary>")
    page.keyboard.press("Enter")
    tab_to(page, "<button>Salir")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Entrar")).to_be_visible()


def tab_to(page: Page, mark: str) -> None:
    for _ in range(14):
        page.keyboard.press("Tab")
        if mark in focused(page):
            return
    pytest.fail(f"the keyboard does not reach {mark}")


@widths
def test_a_page_that_needs_an_account_is_reached_after_logging_in(
    open_page: Open, width: int
) -> None:
    page = open_page("/es/people/invite", width=width)
    come_in(page, "es")
    expect(page).to_have_url("/es/people/invite")
    page.get_by_label("Correo electrónico").fill("otra@example")
    page.get_by_role("button", name="Crear la invitación").click()
    expect(page.get_by_role("alert")).to_contain_text("nombre@example.org")
    expect(page.locator("#f-email")).to_have_attribute("aria-invalid", "true")


def test_what_was_typed_is_still_there_when_the_session_is_gone(open_page: Open) -> None:
    page = open_page("/es/organizations/new")
    come_in(page, "es")
    page.get_by_label("Nombre", exact=True).fill("Colectiva del Sur")
    page.get_by_label("Quién habla").select_option("refugee-led")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("main")).to_contain_text("Colectiva del Sur")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="hágalo en una ventana nueva").click()
    come_in(opened.value, "es")
    expect(opened.value.locator(".me summary")).to_be_visible()
    for _ in range(2):  # the first page's token was that of the lost session
        page.get_by_role("button", name="Enviar una vez más").click()
    expect(page.get_by_role("status")).to_contain_text("Guardado")
    expect(page.get_by_role("link", name="Colectiva del Sur")).to_be_visible()


def test_a_guest_reads_what_the_invitation_is_for(open_page: Open, site: Site) -> None:
    page = open_page(f"/es/invitation/{site.invitation}", width=PHONE)
    expect(page.locator("main")).to_contain_text("Red de Mujeres del Río")
    page.get_by_label("Su nombre").fill("Nora")
    page.get_by_label("Contraseña nueva").fill("corta")
    page.get_by_label("La misma contraseña otra vez").fill("corta")
    page.get_by_role("button", name="Crear mi cuenta").click()
    expect(page.locator(".fault")).to_contain_text("demasiado corta")
    expect(page.get_by_label("Su nombre")).to_have_value("Nora")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#f-password")).to_be_focused()


def visited(page: Page, site: Site, language: str) -> list[tuple[str, str]]:
    """Every page about accounts by the name of its picture, before and after logging in."""
    at = f"/{language}"
    return [
        (f"{at}/log-in", "log-in"),
        (f"{at}/forgotten", "forgotten"),
        (f"{at}/invitation/{site.invitation}", "invitation"),
        (f"{at}/invitation/x", "no-link"),
        ("log in", ""),
        (f"{at}/account", "account"),
        (f"{at}/account/password", "password"),
        (f"{at}/people", "people"),
        (f"{at}/people/1", "person"),
        (f"{at}/people/invite", "invite"),
        (f"{at}/organizations", "organizations"),
        (f"{at}/organizations/new", "organization"),
    ]


def each_page(open_page: Open, site: Site, language: str, **options: object) -> object:
    page = open_page(f"/{language}/log-in", **options)
    for path, name in visited(page, site, language):
        if not name:
            page.goto(f"/{language}/log-in")
            come_in(page, language)
            continue
        page.goto(path)
        yield page, name
    page.goto(f"/{language}/people/invite")
    page.locator("form button").last.click()
    yield page, "invite-fault"
    page.goto(f"/{language}/people/2")
    page.locator("form.press button").first.click()
    yield page, "link"
    page.goto(f"/{language}/organizations/new")
    page.locator("#f-name").fill("Colectiva del Sur")
    page.context.clear_cookies(name="session")
    page.locator("main button").click()
    yield page, "again"
    page.goto(f"/{language}/log-in")
    come_in(page, language)
    page.goto(f"/{language}/about")
    page.locator(".me summary").click()
    yield page, "menu"


@languages
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, False), (DESK, True)])
def test_every_page_about_accounts_is_for_everybody(
    open_page: Open, site: Site, language: str, width: int, dark: bool
) -> None:
    found = {}
    for page, name in each_page(open_page, site, language, width=width, dark=dark):
        picture, whole = f"account-{name}-{language}", name != "menu"
        if wrong := faults(page, picture, width=width, dark=dark, whole=whole):
            found[name] = wrong
    assert not found, pprint.pformat(found)
