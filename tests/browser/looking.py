"""Looking at a page as everybody should be able to: axe, room on the screen, room for a thumb."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, SCREENSHOTS

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
TOO_SMALL = """
() => [...document.querySelectorAll('a, button, .option, select, summary, ' +
  'input:not([type=hidden], [type=radio], [type=checkbox])')]
  .filter(e => e.checkVisibility({checkVisibilityCSS: true}) && !e.closest('.sr, .skip'))
  .filter(e => !e.closest('p, .sentences, .cite, dd, .prose li, .nothing li, h2, h3, .kinds'))
  .filter(e => e.getBoundingClientRect().height < 44 - (e.matches('.switch') ? 8 : 0))
  .map(e => e.outerHTML.slice(0, 120))
"""
"""Links within a sentence or heading keep its line height, those of cards fill the card;
everything else is 44 px."""


def faults(
    page: Page, picture: str, *, width: int, dark: bool, whole: bool = True
) -> tuple[object, ...]:
    """What shuts somebody out of this page: axe's findings, targets too small for a thumb, and
    the width where it is more than the screen's. Takes its picture."""
    page.wait_for_load_state()
    violations = Axe().run(page, options=RULES).response["violations"]
    found: list[object] = [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in violations]
    found += page.evaluate(TOO_SMALL) if width == PHONE else []
    wide = page.evaluate("document.documentElement.scrollWidth")
    found += [f"{wide} px wide"] if wide > width else []
    SCREENSHOTS.mkdir(exist_ok=True)
    name = f"{picture}-{width}-{'dark' if dark else 'light'}.png"
    page.screenshot(path=SCREENSHOTS / name, full_page=whole)
    return tuple(found)
