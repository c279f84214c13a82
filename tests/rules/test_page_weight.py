"""Pages stay light enough for an old phone on a bad line, complete without JavaScript."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import repo_app
from config import Settings
from repo_app.runtime import Runtime
from repo_app.web import build_app
from tests.factories import a_document, indexed
from tests.instances import copied

STATIC = Path(repo_app.__file__).parent / "static"
HTML_AND_CSS = 25_000
FIRST_VIEW = 60_000
STYLESHEET = 22_000
TEXT = (
    "La integración local de personas refugiadas y retornadas depende de la organización de las "
    "comunidades de acogida, del empleo formal y de los documentos. "
)
COUNTRIES = ("HN", "GT", "SV", "MX", "CR", "PA", "BZ", "NI", "VE", "CU", "HT", "CO")
THEMES = (
    "local-integration", "asylum-systems", "disaster-displacement", "data-statistics",
    "internal-displacement", "return-reintegration", "employment-decent-work",
    "climate-change-mobility", "social-cohesion", "capacity-building",
)  # fmt: skip
KINDS = ("academic", "civil-society", "refugee-led", "local-government", "private-sector")


@pytest.fixture(scope="module")
def beginning(empty_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with many values in every facet, and one very long document."""
    settings = Settings.load(tmp_path_factory.mktemp("many") / "instance", env={})
    with copied(empty_instance, settings) as runtime:
        fill(runtime)
    return settings.instance


def fill(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for n in range(40):
            a_document(
                session,
                f"Informe sobre integración local y protección en la región, número {n}",
                [TEXT * 4] * 4,
                source_kind=KINDS[n % 5],
                document_kind=("research-report", "policy-brief", "evaluation")[n % 3],
                year=2000 + n % 25,
                language=("es", "en", "pt", "fr")[n % 4],
                authors=["María Elena Castellanos Ruiz", "José Ángel Menjívar"],
                abstract=TEXT * 2,
                tags={
                    "country": [COUNTRIES[n % 12], COUNTRIES[(n + 5) % 12]],
                    "theme": [THEMES[n % 10], THEMES[(n + 3) % 10]],
                    "priority": [f"2026:P{n % 4 + 1}"],
                    "activity": [f"2026:P2-R2-A{n % 6 + 1}"],
                    "population": ["refugees", "stateless-persons"][: n % 2 + 1],
                },
            )
        a_document(
            session, "Ley", [TEXT] * 400, source_kind="national-institution", public_id="law"
        )
    indexed(runtime)


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    return build_app(runtime, limited=False).test_client()


PAGES = (
    "/es/",
    "/es/search?q=integraci%C3%B3n+local",
    "/es/search",
    "/es/search/help",
    "/es/search?q=%22local+integraci%C3%B3n%22",
    "/es/documents/law",
    "/es/documents/law/pages?q=integraci%C3%B3n",
    "/es/documents/law/pages/200?q=integraci%C3%B3n",
    "/es/plan",
    "/es/plan/2026/P2",
    "/es/plan/2026/P2-R2-A5",
    "/es/plan/2026/bodies/ppt",
    "/es/concepts",
    "/es/concepts/local-integration",
    "/es/countries",
    "/es/countries/HN",
    "/es/about",
    "/es/log-in",
    "/es/unknown",
)


@pytest.mark.parametrize("address", PAGES)
def test_pages_travel_light(client: FlaskClient, address: str) -> None:
    """HTML and CSS as they travel, and everything of the first view even uncompressed."""
    page = client.get(address)
    style = (STATIC / "site.css").read_bytes()
    travelling = len(gzip.compress(page.data, 6)) + len(gzip.compress(style, 6))
    images = sum(len((STATIC / name).read_bytes()) for name in ("favicon.svg", "paths.svg"))
    assert travelling <= HTML_AND_CSS
    assert len(page.data) + len(style) + images <= FIRST_VIEW


def test_the_stylesheet_stays_small() -> None:
    assert len((STATIC / "site.css").read_bytes()) <= STYLESHEET


@pytest.mark.parametrize("address", PAGES)
def test_pages_need_no_javascript(client: FlaskClient, address: str) -> None:
    """One script there is, of this site, on pages with a search box; all it does is offer."""
    page = client.get(address).text
    scripts = re.findall(r"<script[^>]*>", page)
    offers = [
        one for one in scripts if re.match(r'<script src="/static/search\.js\?v=\w+" defer>', one)
    ]
    assert len(offers) <= ("data-offers" in page)
    assert set(scripts) - set(offers) <= {'<script type="application/ld+json">'}
    assert len((STATIC / "search.js").read_bytes()) <= 2_000


def test_answers_travel_compressed_where_the_browser_can(client: FlaskClient) -> None:
    plain = client.get("/es/plan")
    packed = client.get("/es/plan", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 3
    assert "Content-Encoding" not in plain.headers


def test_static_files_keep_for_ever_under_their_own_address(client: FlaskClient) -> None:
    link = re.search(r'href="(/static/site\.css\?v=\w+)"', client.get("/es/").text)
    assert link
    kept = client.get(link.group(1), buffered=True)
    other = client.get("/static/site.css?v=old", buffered=True)
    assert "immutable" in kept.headers["Cache-Control"]
    assert "immutable" not in other.headers["Cache-Control"]
