"""Pages of concepts, countries and the plan's parts: what is held, what is missing, for whom."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from config import LANGUAGES, Settings
from index.vocabulary import load
from index.vocabulary.words import fold
from repo_app.models import Role
from repo_app.runtime import Runtime
from repo_app.vocabulary_watch import FOLDER
from repo_app.web import build_app
from tests.accounts import an_account, visitor
from tests.factories import a_document, indexed
from tests.instances import copied
from tests.vocabularies import plan_text

VOCABULARY = load()
PLAN = VOCABULARY.plan(2026)
CONCEPTS = VOCABULARY.concepts.concepts
MEMBERS = [one.code for one in VOCABULARY.places.countries if one.role == "member"]
TONGUES = ("es", "en", "pt", "fr")
INTEGRATION, FABRIC = "2026:P2-R2-A1", "2026:P2-R2-A5"
SECRET = "Canario secreto"


@pytest.fixture(scope="module")
def beginning(empty_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is held on Honduras by three kinds of source, and something only curators see."""
    settings = Settings.load(tmp_path_factory.mktemp("subjects") / "instance", env={})
    with copied(empty_instance, settings) as runtime:
        with runtime.database.writing() as session:
            for kind, activities, countries in (
                ("academic", [INTEGRATION, FABRIC], ["HN", "GT"]),
                ("academic", [INTEGRATION], ["HN"]),
                ("refugee-led", [INTEGRATION], ["HN"]),
                ("international-org", [FABRIC], ["HN"]),
            ):
                a_document(
                    session, f"Estudio {kind}", source_kind=kind, tags=tags(activities, countries)
                )
            a_document(
                session,
                SECRET,
                source_kind="private-sector",
                audience=["curators"],
                tags=tags([FABRIC], ["HN", "KE"]),
            )
        indexed(runtime)
    return settings.instance


def tags(activities: list[str], countries: list[str]) -> dict[str, list[str]]:
    return {
        "activity": activities,
        "priority": ["2026:P2"],
        "country": countries,
        "theme": ["local-integration"],
        "population": ["refugees"],
    }


@pytest.fixture
def reader(runtime: Runtime) -> FlaskClient:
    return build_app(runtime, limited=False).test_client()


@pytest.fixture
def curator(runtime: Runtime) -> FlaskClient:
    app = build_app(runtime, limited=False)
    return visitor(app, an_account(runtime, Role.CURATOR))


def main_of(page: str) -> str:
    return page.split("<main")[1].split("</main>", maxsplit=1)[0]


def linked_data(page: str) -> dict[str, Any]:
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert data
    found: dict[str, Any] = json.loads(data.group(1))
    return found


def searches(page: str) -> dict[str, int]:
    """Each link into the search with the number it shows."""
    links = re.findall(r'<a href="(/\w\w/search\?[^"]+)" rel="nofollow">([^<]*)<?b?>?(\d*)', page)
    return {
        unescape(address): int(number or words)
        for address, words, number in links
        if (number or words).isdigit()
    }


@pytest.mark.parametrize(
    "address",
    [
        "concepts/local-integration", "concepts/refugees", "countries/HN",
        "plan/2026/P2", f"plan/2026/{FABRIC[5:]}", "plan/2026/bodies/ppt",
    ],
)  # fmt: skip
@pytest.mark.parametrize("who", ["reader", "curator"])
def test_every_number_is_what_its_search_finds(
    request: pytest.FixtureRequest, who: str, address: str
) -> None:
    client: FlaskClient = request.getfixturevalue(who)
    numbers = searches(main_of(client.get(f"/en/{address}").text))
    assert numbers
    for link, number in numbers.items():
        found = client.get(link).text
        assert f"<strong>{number} document" in found, link


@pytest.mark.parametrize(
    "address",
    [
        "concepts", "concepts/refugees", "countries", "countries/HN", "countries/KE",
        "plan/2026/P2", f"plan/2026/{FABRIC[5:]}", "plan/2026/bodies/ppt",
    ],
)  # fmt: skip
def test_no_page_tells_of_what_may_not_be_seen(
    reader: FlaskClient, curator: FlaskClient, runtime: Runtime, address: str
) -> None:
    before, theirs = reader.get(f"/es/{address}").text, curator.get(f"/es/{address}").text
    assert SECRET not in before
    assert main_of(theirs) != main_of(before)
    with runtime.database.writing() as session:
        a_document(session, SECRET, audience=["ntt"], tags=tags([FABRIC], ["HN", "KE", "MX"]))
    assert reader.get(f"/es/{address}").text == before


def test_a_country_says_which_activities_no_refugee_led_organization_speaks_on(
    reader: FlaskClient,
) -> None:
    page = main_of(reader.get("/en/countries/HN").text)
    gap = re.search(r"<dt>Refugee- or displaced-led organization</dt><dd>(.*?)</dd>", page)
    assert gap
    assert "Nothing yet for 19 of 20 activities" in gap.group(1)
    missing = re.findall(r"/en/plan/2026/(P\d-R\d-A\d)", gap.group(1))
    assert missing == [one.code for one in PLAN.activities if one.id != INTEGRATION]
    assert "<dt>Private sector</dt><dd>Nothing yet for any activity.</dd>" in page
    assert page.count('<span class="none">none</span>') == 20 * 6 - 4


def test_an_activity_says_of_which_countries_no_refugee_led_organization_speaks(
    reader: FlaskClient,
) -> None:
    page = main_of(reader.get(f"/en/plan/2026/{INTEGRATION[5:]}").text)
    gap = re.search(r"<dt>Refugee- or displaced-led organization</dt><dd>(.*?)</dd>", page)
    assert gap
    assert set(re.findall(r"/en/countries/(\w\w)", gap.group(1))) == set(MEMBERS) - {"HN"}
    assert 'rel="next">P2-R2-A2' in page
    assert 'rel="prev">← P1-R1-A5' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_concept_is_in_the_list(reader: FlaskClient, language: str) -> None:
    page = main_of(reader.get(f"/{language}/concepts").text)
    listed = re.findall(rf'href="/{language}/concepts/([^"]+)">([^<]+)', page)
    assert {one for one, _ in listed} == {one.id for one in CONCEPTS}
    labels = [unescape(label).strip() for _, label in listed]
    assert labels == sorted(labels, key=fold)
    if language == "en":
        assert page.count("<b>theme\N{NO-BREAK SPACE}·") == 34
        assert page.count("<b>population\N{NO-BREAK SPACE}·") == sum(
            1 for o in CONCEPTS if o.type == "population"
        )


def test_hidden_labels_are_on_no_page_and_what_is_confused_with_it_is_named(
    reader: FlaskClient,
) -> None:
    for one in CONCEPTS:
        hidden = {label for code in TONGUES for label in one.hidden.of(code)}
        shown = {label for code in TONGUES for label in (*one.alt.of(code), one.labels.of(code))}
        if not hidden and not one.never_expand_to:
            continue
        page = reader.get(f"/en/concepts/{one.id}").text
        names = page.split("</aside>", maxsplit=1)[0].split("<aside", maxsplit=1)[1]
        forms = set(re.split(r" · |, |<[^>]+>|[()]", unescape(names)))
        assert not forms & (hidden - shown)
        assert not {*linked_data(page)["alternateName"]} & (hidden - shown)
        for other in one.never_expand_to:
            assert f"/en/concepts/{other}" in page.split("Not to be confused with:")[1]


def test_names_in_other_languages_say_which(reader: FlaskClient) -> None:
    page = reader.get("/es/concepts/internally-displaced-persons").text
    assert '<dd lang="en"><b>internally displaced persons</b> (IDP, IDPs)' in page
    assert '<dd lang="fr">' in page
    assert '<dd lang="es">' not in page
    assert "IPDs" not in page
    described = linked_data(page)
    assert described["@type"] == "DefinedTerm"
    assert described["@id"] == "http://localhost/concepts/internally-displaced-persons"
    assert "IPDs" not in described["alternateName"]


def test_an_activity_is_quoted_in_the_plans_own_words(reader: FlaskClient) -> None:
    for one in PLAN.activities:
        spanish = unescape(reader.get(f"/es/plan/2026/{one.code}").text)
        assert f"<p>{one.text.es}</p>" in spanish
        assert f'<p lang="en">{one.text.en}</p>' in spanish
    english = unescape(reader.get(f"/en/plan/2026/{FABRIC[5:]}").text)
    assert f"<p>{VOCABULARY.activity(FABRIC).text.en}</p>" in english
    assert "working translation" not in english
    assert "Not known: the months" in english
    assert english.count("/en/plan/2026/bodies/") == 3
    repository = main_of(reader.get("/en/plan/2026/P4-R4-A5").text)
    assert "<dt>Sources it names</dt><dd>Academia; Civil society organization; " in repository
    assert "The plan names no body that carries it out." in repository


def test_bodies_and_priorities_have_what_the_plan_gives_them(reader: FlaskClient) -> None:
    for body in PLAN.bodies:
        page = main_of(reader.get(f"/en/plan/2026/bodies/{body.id}").text)
        own = {one.code for one in PLAN.activities if body.id in one.bodies}
        assert set(re.findall(r'<th scope="row"><a[^>]*>(P\d-R\d-A\d)', page)) == own
    for priority in PLAN.priorities:
        page = main_of(reader.get(f"/en/plan/2026/{priority.code}").text)
        own = {one.code for one in PLAN.activities if one.priority == priority.id}
        assert set(re.findall(r'<th scope="row"><a[^>]*>(P\d-R\d-A\d)', page)) == own


def test_the_presidency_is_that_of_the_plan(reader: FlaskClient) -> None:
    assert "It holds the Pro-Tempore Presidency in 2026." in reader.get("/en/countries/SV").text
    after = reader.get("/en/countries/GT").text
    assert "The Pro-Tempore Presidency passes to it after 2026." in after
    assert "Pro-Tempore Presidency" not in main_of(reader.get("/en/countries/HN").text)
    assert "Not a member of the MIRPS" in reader.get("/en/countries/KE").text


def with_plan_of_2027(runtime: Runtime, timeline: str) -> None:
    before = plan_text(carried="").split("timeline:\n", maxsplit=1)[0]
    file = runtime.settings.instance / FOLDER / "plans" / "2027.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(before + timeline, encoding="utf-8")
    runtime.watch.look(now=True)
    assert runtime.watch.unsound == ()


def step(label: str, when: str) -> str:
    return f'<th scope="row">{label}</th><td>{when}</td>'


def bare(page: str) -> str:
    """A table without what a row leads to."""
    return re.sub("<div><a .*?</a></div>", "", page)


@pytest.mark.parametrize(
    ("language", "unknown"), [("es", "mes no conocido"), ("en", "month not known")]
)
def test_the_timetable_is_shown_and_months_nobody_knows_are_said_to_be_unknown(
    reader: FlaskClient, language: str, unknown: str
) -> None:
    page = unescape(main_of(reader.get(f"/{language}/plan/2026").text))
    for row in PLAN.timeline:
        assert step(row.label.of(language), unknown) in bare(page)
    assert page.count(unknown) == len(PLAN.timeline)
    troika = unescape(main_of(reader.get(f"/{language}/plan/2026/bodies/troika").text))
    assert step(PLAN.timeline[0].label.of(language), unknown) in troika
    assert unknown not in reader.get(f"/{language}/plan/2026/bodies/ppt").text
    meeting = unescape(reader.get(f"/{language}/plan/2026/P4-R4-A7").text)
    assert f"{PLAN.timeline[-1].label.of(language)}: {unknown}" in meeting


def test_months_that_are_known_are_said_as_people_say_them(
    runtime: Runtime, reader: FlaskClient
) -> None:
    rows = """timeline:
- {label: {es: Taller, en: Workshop}, months: [3, 5], activities: [P2-R2-A5], bodies: [troika]}
- {label: {es: Informe, en: Report}, months: [11]}
"""
    with_plan_of_2027(runtime, rows)
    spanish, english = (main_of(reader.get(f"/{of}/plan").text) for of in LANGUAGES)
    linked = english
    spanish, english = bare(spanish), bare(english)
    assert step("Taller", "marzo y mayo de 2027") in spanish
    assert step("Workshop", "March and May 2027") in english
    assert step("Report", "November 2027") in english
    assert "/en/plan/2027/bodies/troika" in linked.split("Workshop")[1]
    assert "not known" not in english
    activity = reader.get("/en/plan/2027/P2-R2-A5").text
    assert "Workshop: March and May 2027" in activity
    assert "does not name it" in reader.get("/en/plan/2027/P2-R2-A4").text


def test_a_plan_without_a_timetable_has_none_on_its_pages(
    runtime: Runtime, reader: FlaskClient
) -> None:
    with_plan_of_2027(runtime, "")
    for address in ("plan", "plan/2027/bodies/troika", "plan/2027/P4-R4-A7"):
        answer = reader.get(f"/en/{address}")
        assert answer.status_code == 200
        assert 'id="timetable"' not in answer.text
    assert "the plan's timetable is not at hand" in unescape(answer.text)


@pytest.mark.parametrize(
    "address",
    [
        "concepts/nothing", "countries/ZZ", "countries/H", "countries/hnd", "plan/2026/P9",
        "plan/2025/P2", "plan/2026/bodies/nobody", "plan/2026/P2-R2-A99", "concepts/%00",
    ],
)  # fmt: skip
def test_what_the_vocabulary_does_not_know_has_no_page(reader: FlaskClient, address: str) -> None:
    answer = reader.get(f"/es/{address}")
    assert answer.status_code == 404
    assert "Esa página no existe" in answer.text


def test_small_letters_and_bare_addresses_lead_to_the_page(reader: FlaskClient) -> None:
    for asked, page in (
        ("/es/countries/hn", "/es/countries/HN"),
        ("/es/plan/2026/p2-r2-a5", "/es/plan/2026/P2-R2-A5"),
        ("/countries/HN", "/es/countries/HN"),
        ("/countries", "/es/countries"),
        ("/concepts", "/es/concepts"),
        ("/concepts/refugees", "/es/concepts/refugees"),
        ("/plan/2026/P2", "/es/plan/2026/P2"),
        ("/plan/2026/bodies/ppt", "/es/plan/2026/bodies/ppt"),
    ):
        assert reader.get(asked).headers["Location"] == page


def test_a_record_leads_to_the_pages_of_what_it_is_about(reader: FlaskClient) -> None:
    found = reader.get("/es/search?country=GT").text
    record = re.search(r'href="(/es/documents/\w+)"', found)
    assert record
    page = main_of(reader.get(record.group(1)).text)
    for address in (
        "/es/countries/HN", "/es/concepts/local-integration", "/es/concepts/refugees",
        "/es/plan/2026/P2", f"/es/plan/2026/{FABRIC[5:]}",
    ):  # fmt: skip
        assert f'href="{address}"' in page
