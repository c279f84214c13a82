"""Curators' pages in a real browser: on a phone, by keyboard, without JavaScript, by axe."""

from __future__ import annotations

import pprint
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Open, Site
from tests.browser.looking import faults
from tests.browser.test_accounts import come_in, tab_to
from tests.pdfs import a_pdf

pytestmark = pytest.mark.browser

widths = pytest.mark.parametrize("width", [PHONE, DESK])
TWINS = "title,text\nGemelo uno,Las mismas palabras\nGemelo dos,Las mismas palabras\n"
MANIFEST = "file,title,countries\nuno.pdf,Uno {0},HN\ndos.pdf,Dos,\n,Tres,\n"


def at_work(open_page: Open, path: str, language: str = "es", **options: object) -> Page:
    """A curator who has come in and stands on ``path``."""
    page = open_page(f"/{language}/log-in", **options)
    come_in(page, language, "curator")
    page.goto(f"/{language}{path}")
    return page


@widths
def test_a_wrong_title_is_corrected_and_the_history_says_so(
    open_page: Open, site: Site, width: int
) -> None:
    page = at_work(open_page, f"/documents/{site.brief}", width=width, javascript=False)
    page.get_by_role("link", name="Editar", exact=True).click()
    title = page.get_by_label("Título", exact=True)
    before = title.input_value()
    title.fill("")
    page.get_by_label("Año", exact=True).fill("20")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(title).to_be_focused()
    expect(page.get_by_label("Año", exact=True)).to_have_value("20")
    title.fill(f"{before} ({width})")
    page.get_by_label("Año", exact=True).fill("2023")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("status")).to_contain_text("Guardado.")
    expect(page.locator("del").first).to_have_text(before)
    page.get_by_role("link", name="Como lo ve quien lee").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{before} ({width})")


def test_two_windows_of_one_document_overwrite_nothing(open_page: Open, site: Site) -> None:
    page = at_work(open_page, f"/curate/{site.study}")
    other = page.context.new_page()
    other.goto(page.url)
    for window, year in ((other, "2020"), (page, "2021")):
        window.get_by_label("Año", exact=True).fill(year)
        window.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("alert")).to_contain_text("no se guardó nada")
    expect(page.get_by_role("alert")).to_contain_text("2020")
    expect(page.get_by_label("Año", exact=True)).to_have_value("2021")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("status")).to_contain_text("Guardado.")


@widths
def test_the_keyboard_alone_tags_a_document(open_page: Open, width: int) -> None:
    page = at_work(open_page, "/curate/documents/?q=aporte+4", width=width)
    page.locator("main").focus()
    tab_to(page, 'name="document"')
    page.keyboard.press("Space")
    tab_to(page, 'id="f-tag"')
    page.keyboard.type("Apatridia")
    tab_to(page, 'value="add"')
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 documento")


@widths
def test_many_are_deposited_and_what_was_wrong_is_said(
    open_page: Open, width: int, tmp_path: Path
) -> None:
    manifest, one = tmp_path / "manifiesto.csv", tmp_path / "uno.pdf"
    manifest.write_text(MANIFEST.format(width), encoding="utf-8")
    one.write_bytes(a_pdf([f"Uno {width}"]))
    page = at_work(open_page, "/curate/deposit/", width=width, javascript=False)
    page.get_by_label("Manifiesto (CSV)").set_input_files(manifest)
    page.get_by_label("Archivos PDF").set_input_files(one)
    page.get_by_role("button", name="Depositar").click()
    expect(page.get_by_role("alert")).to_contain_text("Línea 3, columna «file»")
    expect(page.get_by_role("alert")).to_contain_text("Línea 4, columna «file»")
    expect(page.locator("main")).to_contain_text("1 documento depositado")
    page.get_by_role("link", name="Depositar más").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Un manifiesto para empezar (CSV)").click()
    assert download.value.suggested_filename == "manifest.csv"


def each_page(open_page: Open, site: Site, language: str, **options: object) -> Iterator[Page]:
    """Every page of this work, those that complain too."""
    page = at_work(open_page, "/curate/documents/", language, **options)
    yield page
    for path in (
        "documents/?q=aporte&ticked=all", "documents/?q=zzz", site.study, "new",
        f"{site.study}/withdraw", "deposit/",
    ):  # fmt: skip
        page.goto(f"/{language}/curate/{path}")
        yield page
    page.locator("#f-manifest").set_input_files(
        {"name": "m.csv", "mimeType": "text/csv", "buffer": TWINS.encode()}
    )
    page.locator('main form[method="post"] button').click()
    yield page
    page.goto(f"/{language}/curate/duplicates/")
    yield page
    page.locator("fieldset.twins + p button").first.click()
    yield page
    for path in ("new", "documents/", "deposit/"):
        page.goto(f"/{language}/curate/{path}")
        page.locator('main form[method="post"] button').last.click()
        yield page
    page.goto(f"/{language}/curate/documents/?ticked=all")
    page.locator("#f-tag").select_option("theme=asylum-systems")
    page.locator('button[value="add"]').click()
    yield page


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, False), (DESK, True)])
def test_every_page_of_the_work_is_for_everybody(
    open_page: Open, site: Site, language: str, width: int, dark: bool
) -> None:
    found = {}
    for number, page in enumerate(each_page(open_page, site, language, width=width, dark=dark)):
        if wrong := faults(page, f"curate-{number:02}-{language}", width=width, dark=dark):
            found[page.url] = wrong
    assert not found, pprint.pformat(found)
