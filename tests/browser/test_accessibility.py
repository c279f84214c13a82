"""Every page by axe in a real browser: WCAG 2.2 AA, in both languages, widths and modes."""

from __future__ import annotations

import pprint

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import DESK, PHONE, Open, Site
from tests.browser.looking import RULES
from tests.browser.test_journeys import addresses

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, False), (DESK, True)])
def test_no_page_shuts_anybody_out(
    open_page: Open, site: Site, language: str, width: int, dark: bool
) -> None:
    page = open_page(f"/{language}/", width=width, dark=dark)
    axe = Axe()
    found = {}
    for path in addresses(site, language):
        page.goto(path)
        result = axe.run(page, options=RULES)
        if result.violations_count:
            found[path] = [
                (v["id"], [node["html"][:160] for node in v["nodes"]])
                for v in result.response["violations"]
            ]
    assert not found, pprint.pformat(found)


def test_open_filters_shut_nobody_out(open_page: Open) -> None:
    page = open_page("/es/search?q=integraci%C3%B3n", width=PHONE)
    page.get_by_text("Filtros", exact=True).click()
    assert Axe().run(page, options=RULES).response["violations"] == []
