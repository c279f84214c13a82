"""Nothing on a page comes from outside the site, and every link within it leads somewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

import repo_app
from repo_app.runtime import Runtime
from repo_app.web import build_app
from tests.factories import a_document, a_pdf, indexed, with_file

STATIC = Path(repo_app.__file__).parent / "static"
SITE = "http://localhost"
LOADED = {"src", "srcset", "poster", "data", "action", "formaction", "background"}
DECLARED = {"canonical", "alternate"}


class Addresses(HTMLParser):
    """What a page loads or sends to, what it links to, and what leaves the site on purpose."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.outward: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.loaded += [value for name, value in given.items() if name in LOADED]
        relation = set(given.get("rel", "").split())
        if tag == "link" and not relation & DECLARED:
            self.loaded.append(given.get("href", ""))
        elif tag == "a" and "external" in relation:
            assert {"noopener", "noreferrer"} <= relation
            self.outward.append(given["href"])
        elif "href" in given:
            self.links.append(given["href"])


def is_ours(address: str) -> bool:
    return urlsplit(urljoin(SITE + "/", address)).netloc == "localhost"


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    with runtime.database.writing() as session:
        row = a_document(
            session,
            "Estudio",
            ["La integración local", "", "Otra página con integración"] * 5,
            url="https://example.org/study",
            tags={
                "country": ["HN"],
                "theme": ["local-integration"],
                "activity": ["2026:P2-R2-A1"],
                "priority": ["2026:P2"],
            },
            organization="Universidad",
            year=2024,
        )
        with_file(runtime, session, row, a_pdf("Uno"))
        for n in range(14):
            a_document(session, f"Study {n}", ["local integration"], language="en")
    indexed(runtime)
    return build_app(runtime, limited=False).test_client()


def test_every_page_loads_only_from_the_site_and_every_link_leads_somewhere(
    client: FlaskClient,
) -> None:
    waiting, seen, outward = ["/es/", "/en/", "/es/search?q=integraci%C3%B3n"], set(), set()
    while waiting and len(seen) < 200:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address, follow_redirects=True, buffered=True)
        assert response.status_code == 200, address
        if response.mimetype != "text/html":
            continue
        page = Addresses()
        page.feed(response.text)
        assert all(map(is_ours, page.loaded)), (address, page.loaded)
        assert all(map(is_ours, page.links)), (address, page.links)
        outward |= set(page.outward)
        inside = (urlsplit(urljoin(SITE + address, link)) for link in page.links + page.loaded)
        waiting += [f"{part.path}?{part.query}".rstrip("?") for part in inside]
    assert len(seen) > 60
    assert outward == {"https://example.org/study"}


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_static_files_name_no_other_site(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//[a-z]|@import|<script", text)
    for name in re.findall(r"url\(([^)]+)\)", text):
        assert (STATIC / name).is_file()
