"""A reader's ways through the site in a real browser: phone and desk, mouse and keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, SCREENSHOTS, Open, Site
from tests.browser.looking import TOO_SMALL

pytestmark = pytest.mark.browser

widths = pytest.mark.parametrize("width", [PHONE, DESK])
languages = pytest.mark.parametrize("language", ["es", "en"])
WORDS = {
    "es": {"search": "Buscar", "page": "Página 3 de 3", "filters": "Filtros", "other": "English"},
    "en": {"search": "Search", "page": "Page 3 of 3", "filters": "Filters", "other": "Español"},
}


@widths
@languages
@pytest.mark.parametrize("javascript", [True, False])
def test_from_a_question_to_the_page_that_answers_it(
    open_page: Open, width: int, language: str, javascript: bool
) -> None:
    words = WORDS[language]
    page = open_page(f"/{language}/", width=width, javascript=javascript)
    page.locator("#q").fill("presupuesto propio")
    page.get_by_role("button", name=words["search"]).click()
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator(".passage mark").first).to_be_visible()
    page.locator(".passage a").first.click()
    expect(page.locator(".turn span").first).to_have_text(words["page"])
    expect(page.locator(".text mark").first).to_have_text("presupuesto")
    expect(page.locator(".text mark").first).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#q")).to_have_value("presupuesto propio")


@widths
def test_a_filter_narrows_and_its_chip_takes_it_back(open_page: Open, width: int) -> None:
    page = open_page("/es/search?q=integración", width=width)
    before = page.locator(".bar strong").inner_text()
    if width == PHONE:
        page.get_by_text("Filtros", exact=True).click()
    page.locator(".facets").get_by_role("link", name="Honduras").click()
    expect(page.locator(".wrap > .chips li")).to_have_count(1)
    assert page.locator(".bar strong").inner_text() != before
    page.locator(".wrap > .chips a").click()
    expect(page.locator(".bar strong")).to_have_text(before)


def test_filters_wait_behind_a_button_on_phones_and_stand_open_on_desks(open_page: Open) -> None:
    phone = open_page("/es/search", width=PHONE)
    expect(phone.get_by_text("Filtros", exact=True)).to_be_visible()
    expect(phone.locator(".facets a").first).to_be_hidden()
    for javascript in (True, False):
        desk = open_page("/es/search", width=DESK, javascript=javascript)
        expect(desk.locator(".facets a").first).to_be_visible()
        expect(desk.locator(".filters > summary")).to_be_hidden()


def test_the_other_language_keeps_the_search_and_is_remembered(open_page: Open) -> None:
    page = open_page("/es/search?q=integración&country=HN")
    page.get_by_role("link", name="English").click()
    expect(page.locator("#q")).to_have_value("integración")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".wrap > .chips li")).to_have_count(1)
    cookies = page.context.cookies()
    assert [(c["name"], c["value"]) for c in cookies] == [("language", "en")]
    page.goto("/plan")
    assert page.url.endswith("/en/plan")


def test_arriving_from_elsewhere_chooses_nothing(open_page: Open) -> None:
    page = open_page("/en/about")
    assert page.context.cookies() == []


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))


@widths
def test_the_keyboard_alone_is_enough(open_page: Open, width: int) -> None:
    page = open_page("/es/", width=width)
    page.keyboard.press("Tab")
    assert 'class="skip"' in focused(page)
    expect(page.locator(".skip")).to_be_in_viewport()
    for _ in range(8):
        page.keyboard.press("Tab")
        if 'id="q"' in focused(page):
            break
    assert 'id="q"' in focused(page)
    page.keyboard.type("empleo formal")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_everything_focusable_shows_that_it_has_the_focus(open_page: Open) -> None:
    page = open_page("/es/search?q=integración")
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", focused(page)


@pytest.mark.parametrize("width", [320, PHONE])
def test_nothing_is_wider_than_the_screen(open_page: Open, site: Site, width: int) -> None:
    page = open_page("/es/", width=width)
    for path in addresses(site, "es"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_targets_are_large_enough_for_a_thumb(open_page: Open, site: Site) -> None:
    """Links within a sentence or heading keep its line height, those of cards fill the card;
    everything else is 44 px."""
    page = open_page("/es/", width=PHONE)
    for path in addresses(site, "es"):
        page.goto(path)
        assert page.evaluate(TOO_SMALL) == [], path


def test_the_mode_of_the_device_is_followed(open_page: Open) -> None:
    grounds = {
        dark: open_page("/es/", dark=dark).evaluate("getComputedStyle(document.body).color")
        for dark in (False, True)
    }
    assert grounds[False] != grounds[True]


def test_a_pdf_is_saved_under_its_neutral_name(open_page: Open, site: Site) -> None:
    page = open_page(f"/es/documents/{site.study}")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Guardar el PDF").click()
    assert saved.value.suggested_filename == f"mirps-{site.study}-es.pdf"


def addresses(site: Site, language: str) -> dict[str, str]:
    """Every kind of page by the name of its picture."""
    at = f"/{language}"
    return {
        f"{at}/": "home",
        f"{at}/search?q=integraci%C3%B3n&country=HN&country=GT": "search",
        f"{at}/search?q=zyzx&theme=local-integration": "nothing",
        f"{at}/search?q=%22formal+empleo%22&theme=local-integration": "ways-on",
        f"{at}/search/help": "search-help",
        f"{at}/documents/{site.study}/pages?q=integraci%C3%B3n+local": "pages-found",
        f"{at}/documents/{site.study}": "record",
        f"{at}/documents/{site.brief}": "record-plain",
        f"{at}/documents/{site.study}/pages/1?q=integraci%C3%B3n": "page",
        f"{at}/documents/{site.study}/pages/2": "page-image",
        f"{at}/plan": "plan",
        f"{at}/plan/2026/P2": "priority",
        f"{at}/plan/2026/P2-R2-A1": "activity",
        f"{at}/plan/2026/bodies/ppt": "body",
        f"{at}/concepts": "concepts",
        f"{at}/concepts/refugees": "concept",
        f"{at}/countries": "countries",
        f"{at}/countries/HN": "country",
        f"{at}/about": "about",
        f"{at}/accessibility": "accessibility",
        f"{at}/patterns": "patterns",
        f"{at}/unknown": "error",
    }


@widths
@languages
@pytest.mark.parametrize("dark", [False, True])
def test_pictures_for_people_to_look_at(
    open_page: Open, site: Site, width: int, language: str, dark: bool
) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page = open_page(f"/{language}/", width=width, dark=dark)
    for path, name in addresses(site, language).items():
        page.goto(path)
        mode = "dark" if dark else "light"
        picture = SCREENSHOTS / f"{name}-{language}-{width}-{mode}.png"
        page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 5_000
