"""A real service on a free port and a real browser; nothing may leave the one for elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright
from sqlalchemy.orm import Session
from waitress.server import create_server

from config import Settings
from repo_app import schema
from repo_app.models import Naming, Role
from repo_app.runtime import Runtime, running
from repo_app.services import links, organizations
from repo_app.services.links import Invitation
from repo_app.services.organizations import Profile
from repo_app.web import build_app
from tests.accounts import an_account
from tests.factories import a_document, a_pdf, indexed, with_file

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"

PHONE, DESK = 360, 1280
FRONTIER = (
    "La integración local de personas refugiadas en los municipios fronterizos depende de la "
    "voluntad de las alcaldías y de las comunidades de acogida.\n\nTres de cada cinco familias "
    "dijeron que su principal necesidad era un empleo formal.",
    "",
    "Las mujeres retornadas enfrentan barreras mayores. La integración local mejora cuando "
    "existe una oficina municipal con presupuesto propio.",
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the service listens, two of its documents, and a link that was handed over."""

    address: str
    study: str
    brief: str
    invitation: str


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = Settings.load(tmp_path_factory.mktemp("browser"), env={})
    with running(settings) as runtime:
        schema.migrate(runtime.database)
        with runtime.database.writing() as session:
            study, brief = _collection(runtime, session)
        indexed(runtime)
        invitation = _people(runtime)
        with _served(runtime) as address:
            yield Site(address, study, brief, invitation)


@contextmanager
def _served(runtime: Runtime) -> Iterator[str]:
    app = build_app(runtime, limited=False)
    server = create_server(app, host="127.0.0.1", port=0, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


def _people(runtime: Runtime) -> str:
    """An account for each role, an organization, and an invitation that stays open."""
    for role in Role:
        an_account(runtime, role)
    with runtime.database.writing() as session:
        profile = Profile("Red de Mujeres del Río", "refugee-led", "HN", Naming.ALIAS, "Red M.")
        organization = organizations.create(session, "operator", profile)
        invitation = Invitation("invitada@example.org", Role.CURATOR, "es", organization)
        token = links.invite(session, "operator", invitation, by_mail=False)
    return str(token)


def _collection(runtime: Runtime, session: Session) -> tuple[str, str]:
    study = a_document(
        session,
        "Integración local en municipios fronterizos: medios de vida y comunidades de acogida",
        FRONTIER,
        authors=["María Fernanda Ruiz", "José Antonio Menjívar"],
        organization="Universidad de la Frontera",
        year=2024,
        document_kind="research-report",
        abstract="Qué facilita la integración local en ocho municipios, con 412 encuestas.",
        planning_use="Qué servicios municipales hacen más probable la integración.",
        licence="CC-BY-4.0",
        url="https://example.org/study",
        remarks=["pages-without-text"],
        tags={
            "country": ["HN", "GT"],
            "theme": ["local-integration", "employment-decent-work"],
            "population": ["refugees"],
            "priority": ["2026:P2"],
            "activity": ["2026:P2-R2-A1"],
        },
    )
    with_file(runtime, session, study, a_pdf("Uno", "Dos", "Tres"))
    brief = a_document(
        session,
        "Counting those who leave: disaster displacement in municipal planning",
        ["Displacement linked to disasters is rarely counted. Integration depends on land."],
        language="en",
        source_kind="international-org",
        year=2023,
        tags={"country": ["SV", "NI"], "theme": ["disaster-displacement"]},
    )
    kinds = ("civil-society", "refugee-led", "local-government", "private-sector", "academic")
    for n in range(15):
        a_document(
            session,
            f"Aporte número {n} sobre retorno e integración",
            [f"El retorno y la integración en el municipio {n}."],
            source_kind=kinds[n % 5],
            year=2010 + n,
            tags={"country": [("HN", "GT", "SV", "MX", "CR", "PA", "BZ")[n % 7]]},
        )
    return study.public_id, brief.public_id


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        complain = pytest.fail if request.config.getoption("--require-everything") else pytest.skip
        complain("Debian's Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Open]:
    """A fresh visitor. When the test ends, no request may have left the site and the browser
    may have complained of nothing."""
    left: list[str] = []
    complaints: list[str] = []

    def watch(route: Route) -> None:
        if (
            f"//{urlsplit(route.request.url).netloc}"
            == urlsplit(site.address)._replace(scheme="", path="").geturl()
        ):
            route.continue_()
        else:
            left.append(route.request.url)
            route.abort()

    with ExitStack() as visitors:

        def visit(
            path: str, *, width: int = DESK, javascript: bool = True, dark: bool = False
        ) -> Page:
            context = chromium.new_context(
                base_url=site.address,
                viewport={"width": width, "height": 800},
                java_script_enabled=javascript,
                color_scheme="dark" if dark else "light",
                locale="es-SV",
            )
            visitors.callback(context.close)
            context.route("**/*", watch)
            page = context.new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(path)
            return page

        yield visit
    assert left == []
    # A browser reports every status of 400 and more, also of the page that explains it, and
    # every line that breaks, also where a test broke it.
    expected = ("status of 4", "ERR_CONNECTION_RESET")
    assert [text for text in complaints if not any(part in text for part in expected)] == []
