"""The curators' vocabulary in a real browser: without JavaScript, on a phone, by axe."""

from __future__ import annotations

import pprint

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.looking import faults
from tests.browser.test_curating import at_work

pytestmark = pytest.mark.browser

HOME = "/curate/vocabulary"
ASKED = "words=oficina+municipal+con+presupuesto&language=es&concept=asylum-systems&kind=alt"
TAKEN = "words=personas+refugiadas&language=es&concept=asylum-systems&kind=alt"


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, False), (DESK, True)])
def test_no_page_of_the_vocabulary_shuts_anybody_out(
    open_page: Open, language: str, width: int, dark: bool
) -> None:
    page = at_work(open_page, HOME, language, width=width, dark=dark)
    found = {}
    for name, path in {
        "home": HOME,
        "label": f"{HOME}/label",
        "look": f"{HOME}/label?look=1&{ASKED}",
        "taken": f"{HOME}/label?look=1&{TAKEN}",
        "acceptance": f"{HOME}/acceptance",
        "proposals": f"{HOME}/proposals",
        "ahead": f"{HOME}/proposals?look=1",
    }.items():
        page.goto(f"/{language}{path}")
        picture = f"vocabulary-{name}-{language}"
        if wrong := faults(page, picture, width=width, dark=dark):
            found[name] = wrong
    assert not found, pprint.pformat(found)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_label_is_looked_at_added_and_withdrawn(open_page: Open, width: int) -> None:
    page = at_work(open_page, f"{HOME}/label", width=width, javascript=False)
    page.get_by_label("Las palabras, tal como están en el texto").fill(
        "oficina municipal con presupuesto"
    )
    page.get_by_role("button", name="Ver qué haría").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    page.get_by_label("Idioma de las palabras").select_option("es")
    page.get_by_label("El concepto que nombran").select_option("asylum-systems")
    page.get_by_role("button", name="Ver qué haría").click()
    expect(page.get_by_text("1 documento publicado")).to_be_visible()
    page.get_by_role("button", name="Agregar este término").click()
    expect(page.get_by_role("status").first).to_contain_text("El término se agregó")
    withdraw = page.get_by_role("button", name="Retirar")
    expect(withdraw).to_have_count(1)
    withdraw.click()
    expect(page.get_by_role("status").first).to_contain_text("El término se retiró")
    expect(withdraw).to_have_count(0)
