"""Contributing in a real browser: on a phone, without a script, by keyboard, on a line that breaks,
a day later; every page by axe."""

from __future__ import annotations

import pprint
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from config import Settings
from repo_app import schema
from repo_app.models import Contribution, ReviewNote, Role, State
from repo_app.runtime import Runtime, running
from repo_app.services.arrivals import PIECE
from repo_app.services.people import Account
from repo_app.worker import Worker
from tests.accounts import an_account
from tests.browser.conftest import DESK, PHONE, Open, _served
from tests.browser.looking import faults
from tests.browser.test_accounts import come_in, tab_to
from tests.factories import a_document
from tests.pdfs import a_pdf

pytestmark = pytest.mark.browser

languages = pytest.mark.parametrize("language", ["es", "en"])
widths = pytest.mark.parametrize("width", [PHONE, DESK])
PDF = a_pdf(
    [
        "Informe sobre el retorno a Honduras y el empleo",
        "Las personas retornadas piden trabajo. El sistema de asilo en Honduras.",
    ]
)
LONG = PDF + b"\n%" + b"x" * (3 * PIECE)
WORDS = {
    "es": {
        "begin": "Empezar",
        "send file": "Enviar el archivo",
        "save": "Guardar y continuar",
        "check": "Revisar y enviar",
        "send": "Enviar",
        "sent": "Se ha enviado",
        "confirm": "por confirmar",
        "take back": "Retirarla",
        "yes": "Sí, retirarla",
        "gone": "Ya no está",
    },
    "en": {
        "begin": "Begin",
        "send file": "Send the file",
        "save": "Save and go on",
        "check": "Check and send",
        "send": "Send",
        "sent": "It has been sent",
        "confirm": "please confirm",
        "take back": "Take it back",
        "yes": "Yes, take it back",
        "gone": "It is gone",
    },
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the service listens; files are read by a worker beside it."""

    address: str
    runtime: Runtime
    contributor: Account


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An instance of its own, which takes files of at most two MiB."""
    settings = Settings.load(tmp_path_factory.mktemp("contributing"), env={})
    with running(replace(settings, max_upload_mib=2)) as runtime:
        schema.migrate(runtime.database)
        runtime.index.rebuild([])
        contributor = an_account(runtime)
        an_account(runtime, Role.PLANNER)
        with _working(runtime), _served(runtime) as address:
            yield Desk(address, runtime, contributor)


@contextmanager
def _working(runtime: Runtime) -> Iterator[None]:
    worker = Worker(runtime, readers=1)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        thread.join()


@pytest.fixture
def pdf(tmp_path: Path) -> Callable[..., str]:
    def written(content: bytes = PDF, name: str = "informe.pdf") -> str:
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return written


def at_the_file(open_page: Open, language: str = "es", **options: object) -> Page:
    """A contributor who has begun a draft, before its file."""
    page = open_page(f"/{language}/contributions/new", **options)
    come_in(page, language, "contributor")
    page.get_by_role("button", name=WORDS[language]["begin"]).click()
    expect(page.locator("#f-file")).to_be_visible()
    return page


def arrives(page: Page) -> str:
    """The address of the task list, once the file is there and read."""
    expect(page.locator(".tasks").first).to_be_visible()
    address = page.url.partition("?")[0]
    for _ in range(60):
        page.goto(address)
        if page.locator("meta[http-equiv]").count() == 0:
            return address
        time.sleep(0.5)
    pytest.fail("the file is not read")


def answer_all(page: Page, address: str, save: str) -> None:
    def saved() -> None:
        page.get_by_role("button", name=save).click()

    page.goto(f"{address}/document_kind")
    page.locator("select").select_option("research-report")
    saved()
    page.goto(f"{address}/source_kind")
    page.locator("input[value=civil-society]").check()
    saved()
    expect(page.locator("input[value=HN]")).not_to_be_checked()
    page.locator("input[value=HN]").check()
    saved()


@languages
@pytest.mark.parametrize(("width", "javascript"), [(PHONE, True), (PHONE, False), (DESK, False)])
def test_from_the_first_screen_to_sent_and_taken_back(
    open_page: Open, pdf: Callable[..., str], language: str, width: int, javascript: bool
) -> None:
    words = WORDS[language]
    page = at_the_file(open_page, language, width=width, javascript=javascript)
    page.locator("#f-file").set_input_files(pdf())
    page.get_by_role("button", name=words["send file"]).click()
    address = arrives(page)
    expect(page.locator(".tasks").first).to_contain_text(words["confirm"])
    answer_all(page, address, words["save"])
    page.goto(address)
    page.get_by_role("link", name=words["check"]).click()
    expect(page.locator(".sheet h2").first).to_contain_text("Informe sobre el retorno")
    for box in page.get_by_role("checkbox").all():
        expect(box).not_to_be_checked()
        box.check()
    page.get_by_role("button", name=words["send"], exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text(words["sent"])
    page.go_back()  # what was sent is not sent again
    expect(page).to_have_url(re.compile(f"{address}$|{address}.done=sent$"))
    page.goto(f"/{language}/contributions")
    page.get_by_role("link", name=words["take back"]).first.click()
    page.get_by_role("button", name=words["yes"]).click()
    expect(page.get_by_role("status").first).to_contain_text(words["gone"])


class Line:
    """The pieces of a page's file on their way; ``broken`` says which of them are lost."""

    def __init__(self, page: Page, broken: Callable[[int], bool]) -> None:
        self.offsets: list[int] = []
        self._broken = broken
        page.route("**/arriving**", self._pass)

    def _pass(self, route: Route) -> None:
        request = route.request
        if request.method == "POST":
            self.offsets.append(int(request.url.rpartition("offset=")[2]))
            if self._broken(len(self.offsets)):
                route.abort("connectionreset")
                return
        route.fallback()


def test_a_line_that_breaks_goes_on_from_where_it_was(
    open_page: Open, pdf: Callable[..., str]
) -> None:
    page = at_the_file(open_page, width=PHONE)
    line = Line(page, lambda nth: nth in (2, 3))
    page.locator("#f-file").set_input_files(pdf(LONG))
    page.get_by_role("button", name="Enviar el archivo").click()
    expect(page.locator("#told")).to_contain_text("La conexión se cortó")
    expect(page.locator(".progress p")).to_contain_text("0.3 MB de 0.8 MB")
    arrives(page)
    assert line.offsets == [0, PIECE, PIECE, PIECE, 2 * PIECE, 3 * PIECE]


def test_a_day_later_the_same_file_goes_on_and_another_one_begins_anew(
    open_page: Open, pdf: Callable[..., str]
) -> None:
    page = at_the_file(open_page)
    Line(page, lambda nth: nth > 2)
    page.locator("#f-file").set_input_files(pdf(LONG))
    page.get_by_role("button", name="Enviar el archivo").click()
    expect(page.locator("#told")).to_contain_text("La conexión se cortó")
    page.unroute("**/arriving**")
    page.reload()
    stored = page.evaluate("localStorage.length + sessionStorage.length")
    databases = page.evaluate("indexedDB.databases().then((found) => found.length)")
    assert (stored, databases) == (0, 0)
    later = Line(page, lambda nth: nth > 1)
    page.locator("#f-file").set_input_files(pdf(LONG, "otro-nombre.pdf"))
    page.get_by_role("button", name="Enviar el archivo").click()
    expect(page.locator("#told")).to_contain_text("La conexión se cortó")
    assert later.offsets[0] == 2 * PIECE
    page.unroute("**/arriving**")
    page.reload()
    anew = Line(page, lambda nth: False)
    page.locator("#f-file").set_input_files(pdf(LONG.replace(b"x", b"y")))
    page.get_by_role("button", name="Enviar el archivo").click()
    arrives(page)
    assert anew.offsets[0] == 0


def test_what_cannot_be_taken_is_said_before_anything_is_sent(
    open_page: Open, pdf: Callable[..., str]
) -> None:
    page = at_the_file(open_page)
    line = Line(page, lambda nth: True)
    button = page.get_by_role("button", name="Enviar el archivo")
    button.click()
    expect(page.locator("#told")).to_contain_text("Elija primero el archivo")
    page.locator("#f-file").set_input_files(pdf(b"<html></html>"))
    button.click()
    expect(page.locator("#told")).to_contain_text("El archivo no es un PDF")
    page.locator("#f-file").set_input_files(pdf(PDF + b"x" * 2_200_000))
    button.click()
    expect(page.locator("#told")).to_contain_text("más grande")
    expect(button).to_be_enabled()
    assert line.offsets == []


def test_a_session_that_ended_is_said_and_nothing_that_arrived_is_lost(
    open_page: Open, pdf: Callable[..., str]
) -> None:
    page = at_the_file(open_page)
    page.context.clear_cookies(name="session")
    page.locator("#f-file").set_input_files(pdf())
    page.get_by_role("button", name="Enviar el archivo").click()
    expect(page.locator("#told")).to_contain_text("abierta demasiado tiempo")


def test_a_file_can_be_dropped(open_page: Open) -> None:
    page = at_the_file(open_page)
    expect(page.get_by_text("O arrastre el archivo hasta aquí.")).to_be_visible()
    page.evaluate(
        """(text) => {
          const held = new DataTransfer();
          held.items.add(new File([text], "x.pdf", { type: "application/pdf" }));
          const told = { bubbles: true, cancelable: true, dataTransfer: held };
          document.querySelector(".drop").dispatchEvent(new DragEvent("drop", told));
        }""",
        PDF.decode("latin-1"),
    )
    assert page.evaluate("document.getElementById('f-file').files.length") == 1


def test_without_what_the_script_needs_the_plain_form_is_sent(
    open_page: Open, pdf: Callable[..., str]
) -> None:
    page = at_the_file(open_page)
    page.add_init_script("delete Blob.prototype.arrayBuffer")
    page.reload()
    page.locator("#f-file").set_input_files(pdf())
    page.get_by_role("button", name="Enviar el archivo").click()
    arrives(page)


@widths
def test_the_keyboard_alone_answers_and_meets_what_was_wrong(open_page: Open, width: int) -> None:
    page = at_the_file(open_page, width=width)
    page.goto(page.url.removesuffix("/file") + "/year")
    tab_to(page, 'id="f-year"')
    page.keyboard.type("dos mil")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.warm")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-year")).to_be_focused()
    expect(page.locator("#f-year")).to_have_value("dos mil")
    page.keyboard.press("Control+A")
    page.keyboard.type("2024")
    tab_to(page, "Guardar y continuar")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Autoría")


def test_leaving_quickly_shows_the_first_page_and_going_back_shows_nothing(
    open_page: Open,
) -> None:
    page = at_the_file(open_page)
    expect(page).to_have_title(re.compile("^Formulario · "))
    tab_to(page, "Salir rápido")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/es/")
    page.go_back()
    expect(page.locator("#f-password")).to_be_visible()


@pytest.fixture(scope="module")
def every_state(site: Desk) -> dict[State, str]:
    """One contribution in each state, with something asked, refused and replaced."""
    with site.runtime.database.writing() as session:
        present = a_document(session, "Presente")
        found: dict[State, str] = {}
        for state in State:
            if state is State.WITHDRAWN:
                continue
            columns = {"refusal": "out-of-scope"} if state is State.REFUSED else {}
            row = a_document(session, f"Aporte {state.value}", state=state, **columns)
            row.contribution = Contribution(contributor_id=site.contributor.id)
            row.remarks = ["pages-without-text"]
            found[state] = row.public_id
            if state is State.RETURNED:
                row.text_sha256 = present.text_sha256 = "a" * 64
                row.contribution.replaces_id = None
                row.notes.append(ReviewNote(field="title", reason="title-unclear", words="¿Cuál?"))
            if state is State.DRAFT:
                row.contribution.replaces_id = present.id
    return found


def pages(every_state: dict[State, str], language: str) -> Iterator[tuple[str, str]]:
    at = f"/{language}/contributions"
    yield at, "list"
    yield f"{at}/new", "new"
    for state, public_id in every_state.items():
        yield f"{at}/{public_id}", state.value
    returned = f"{at}/{every_state[State.RETURNED]}"
    for name in ("title", "language", "year", "authors", "organization", "source_kind", "abstract",
                 "document_kind", "countries", "tags", "licence", "url", "file", "send",
                 "take-back"):  # fmt: skip
        yield f"{returned}/{name}", name


@languages
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, False), (DESK, True)])
def test_every_page_of_contributing_is_for_everybody(
    open_page: Open,
    every_state: dict[State, str],
    language: str,
    width: int,
    dark: bool,
) -> None:
    page = open_page(f"/{language}/log-in", width=width, dark=dark)
    come_in(page, language, "contributor")
    found = {}
    for path, name in pages(every_state, language):
        page.goto(path)
        if name == "tags":
            for folded in page.locator("details.more summary").all():
                folded.click()
        if name in ("year", "title"):
            page.locator(f"#f-{name}").fill("" if name == "title" else "x")
            page.locator("main form button").first.click()
        if wrong := faults(page, f"contributing-{name}-{language}", width=width, dark=dark):
            found[name] = wrong
    assert not found, pprint.pformat(found)


def test_what_a_curator_asks_leads_to_its_question(
    open_page: Open, every_state: dict[State, str]
) -> None:
    page = open_page(f"/es/contributions/{every_state[State.RETURNED]}", width=PHONE)
    come_in(page, "es", "contributor")
    asked = page.locator(".notice.warm").first
    expect(asked).to_contain_text("¿Cuál?")
    asked.get_by_role("link", name="Título").click()
    expect(page.locator("h1")).to_have_text("Título")
    expect(page.locator(".notice.warm")).to_contain_text("¿Cuál?")
