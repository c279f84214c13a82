"""Whatever is sent to whichever form, by whoever it is: an answer, and nothing broken by it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from repo_app import jobs
from repo_app.db import now
from repo_app.models import Contribution, Document, Job, JobState, Role, State
from repo_app.models.workflow import MOVES
from repo_app.runtime import Runtime
from repo_app.services import organizations, people
from repo_app.services.answers import Field
from repo_app.services.contributions import Agreed
from repo_app.services.organizations import Profile
from repo_app.services.people import Account
from repo_app.services.reviews import Ask, Decision, RefusedFor
from repo_app.web import build_app
from repo_app.web.tokens import CHOICES, FIELD, SECRETS
from repo_app.web.verdicts import ABOUT, WORDS
from tests.accounts import PASSWORD, TOKEN, an_account, visitor
from tests.factories import a_document, a_pdf

pytestmark = pytest.mark.usefixtures("cheap_passwords")

WHO = [None, *Role]
EXAMPLES_EACH = 6
COLUMNS = (Document.public_id, Document.state)
KNOWN = {200, 303, 400, 404, 409, 413, 422, 429}
SCRIPT = "<script>canary()</script>"
LONG = "ñ" * 100_000
HOSTILE = [
    SCRIPT,
    f'"><img src=x onerror=alert(1)>{SCRIPT}',
    f"'-->{SCRIPT}<!--",
    "javascript:alert(1)",
    "'; DROP TABLE document; --",
    "1 OR 1=1",
    "%' AND 1=0 UNION SELECT password_hash FROM person --",
    "\x00\x07\x1b[2J",
    "a\r\nSet-Cookie: canary=1",
    "\u202e\u2066\ufeff\ud7ff\ufffe",
    LONG,
    "9" * 5000,
    "9" * 30,
    "-1",
    "1e400",
    "٣",
    "[]",
    "{{ 7*7 }}",
    "%(x)s %s {0}",
    "../../../../etc/passwd",
    "..\\..\\instance\\secret",
    "/\\evil.example/",
    "//evil.example/",
    "https://evil.example/",
    "https://[evil",
    "publish-everything",
    "administrator",
    "theme=",
    "=",
    "title=title-unclear=title-unclear",
    "country=XX",
    "",
    " \t ",
]
IDS = ["nothing", "..%2f..", "a b", "'", "\u202e", "%00", "x" * 300, "new", SCRIPT.replace("/", "")]
NUMBERS = [0, 1, 999, 2**31, 2**63, 10**30]
TYPED = (
    *(field.value for field in Field),
    *(WORDS + about for about in ABOUT),
    *("name", "email", "alias", "q", "file", "files", "manifest", "unknown"),
)
NAMES = tuple(sorted({*TYPED, *CHOICES, *SECRETS} - {"remove"}))
ASKED = ("size", "checksum", "offset", "next", "look", "page", "state", "of", "kept", "done")

values = st.one_of(*[st.sampled_from(HOSTILE)] * 3, st.text(max_size=40))


@dataclass(frozen=True, slots=True)
class Sent:
    """What one example sends everywhere: its values and choices go round and round."""

    values: Sequence[str]
    sensible: Sequence[bool]
    ids: Sequence[str]
    numbers: Sequence[int]
    tokens: Sequence[str]
    wrappings: Sequence[str]

    def value(self, place: int) -> str:
        return self.values[place % len(self.values)]

    def is_sensible(self, place: int) -> bool:
        return self.sensible[place % len(self.sensible)]


several = st.builds(
    Sent,
    values=st.lists(values, min_size=7, max_size=13),
    sensible=st.lists(st.booleans(), min_size=5, max_size=11),
    ids=st.lists(st.sampled_from(IDS), min_size=1, max_size=3),
    numbers=st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3),
    tokens=st.lists(
        st.sampled_from(["right", "right", "right", "right", "missing", "wrong", "doubled"]),
        min_size=3,
        max_size=7,
    ),
    wrappings=st.lists(
        st.sampled_from(["form", "form", "parts", "json", "bytes"]), min_size=2, max_size=5
    ),
)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    with runtime.database.writing() as session:
        organizations.create(session, "operator", Profile("Red", "refugee-led"))
    return build_app(runtime, limited=False)


@pytest.mark.parametrize("who", WHO, ids=str)
def test_whatever_is_sent_nothing_breaks_and_nothing_runs(
    runtime: Runtime, app: Flask, who: Role | None
) -> None:
    account = an_account(runtime, who) if who else None
    other = an_account(runtime, Role.ADMINISTRATOR, "other@example.org")

    @settings(
        max_examples=EXAMPLES_EACH,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # smaller ones would take minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(sent=several)
    def nothing_breaks(sent: Sent) -> None:
        stands = held(runtime, account, other)
        before = states(runtime)
        client, token = let_in(app, runtime, account)
        for place, rule in enumerate(forms(app)):
            if "log_out" not in rule.endpoint:
                assert_harmless(posted(app, client, rule, place, sent, stands, token), rule)
        assert_nothing_lost(before, states(runtime))

    nothing_breaks()


def forms(app: Flask) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(rules) > 30
    question = next(rule for rule in rules if rule.endpoint == "contributions.question")
    return [*[question] * 5, *sorted(rules, key=lambda rule: rule.rule)]


@dataclass(frozen=True, slots=True)
class Stands:
    """What there is to be attacked: documents by state, and the numbers of rows."""

    documents: Mapping[State, str]
    mine: Mapping[State, str]
    person: int
    job: int


def held(runtime: Runtime, account: Account | None, other: Account) -> Stands:
    """New documents for every example, for withdrawing needs no words at all."""
    contributor = account or other
    with runtime.database.writing() as session:
        documents, mine = {}, {}
        for state in set(State) - {State.WITHDRAWN}:
            documents[state] = a_document(session, SCRIPT, state=state, source_kind=None).public_id
            row = a_document(session, "Propio", state=state, text_sha256="a" * 64)
            row.contribution = Contribution(contributor_id=contributor.id)
            mine[state] = row.public_id
        number = session.query(people.Person).count()
        person = people.enrol(session, f"{number}@example.org", "S", Role.PLANNER, "es", "x")
        job = Job(kind=jobs.SEND_MAIL, state=JobState.DEAD, run_at=now())
        session.add(job)
        session.flush()
        return Stands(documents, mine, person.id, job.id)


def let_in(app: Flask, runtime: Runtime, account: Account | None) -> tuple[FlaskClient, str]:
    client = visitor(app, account)
    found = TOKEN.search(client.get("/es/account" if account else "/es/log-in").text)
    assert found
    return client, found.group(1)


def posted(
    app: Flask,
    client: FlaskClient,
    rule: Rule,
    place: int,
    sent: Sent,
    stands: Stands,
    token: str,
) -> TestResponse:
    address = addressed(app, rule, place, sent, stands)
    pairs = list(filled(place, sent, stands, token))
    match sent.wrappings[place % len(sent.wrappings)]:
        case "json":
            return client.post(address, json=dict(pairs), headers={"X-CSRFToken": token})
        case "bytes":
            body = sent.value(place).encode("utf-8", "replace") or b"\xff\x00"
            return client.post(address, data=body, headers={"X-CSRFToken": token})
        case "parts":
            data: dict[str, object] = {}
            for name, value in pairs:
                data.setdefault(name, []).append(value)  # type: ignore[attr-defined]
            name = sent.value(place)[:200].replace("\x00", "") or "../../x.pdf"
            for part in ("file", "files", "manifest"):
                content = a_pdf(SCRIPT) if sent.is_sensible(place) else sent.value(place).encode()
                data[part] = (io.BytesIO(content), name, "application/pdf")
            return client.post(address, data=data, content_type="multipart/form-data")
        case _:
            return client.post(
                address,
                data=urlencode(pairs, errors="replace"),
                content_type="application/x-www-form-urlencoded",
            )


def addressed(app: Flask, rule: Rule, place: int, sent: Sent, stands: Stands) -> str:
    own = rule.endpoint.partition(".")[0] in ("contributions", "uploads")
    state = (State.DRAFT if own else State.IN_REVIEW, *State)[place % 3 * 2]
    there = (stands.mine if own else stands.documents).get(state, "nothing")
    sensible = sent.is_sensible(place) or sent.is_sensible(place + 1)
    number = sent.numbers[place % len(sent.numbers)]
    chosen = {
        "lang": "en" if place % 5 == 0 else "es",
        "public_id": there if sensible else sent.ids[place % len(sent.ids)],
        "name": list(Field)[(place + len(sent.values)) % len(Field)].value,
        "token": sent.value(place)[:300].replace("/", "") or "x",
        "person_id": stands.person if sensible else number,
        "organization_id": 1 if sensible else number,
        "link_id": number,
        "job_id": stands.job if sensible else number,
        "label_id": number,
    }
    path = rule.rule
    for name in rule.arguments:
        path = _replaced(path, name, quote(str(chosen[name]), safe="", errors="replace"))
    asked = urlencode(
        [(name, sent.value(place + at)[:2000]) for at, name in enumerate(ASKED)], errors="replace"
    )
    return f"{path}?{asked}" if place % 2 else path


def _replaced(path: str, name: str, value: str) -> str:
    """``<int:name>``, ``<any(...):name>`` and ``<name>`` alike; the router decides."""
    end = path.index(f"{name}>")
    start = path.rindex("<", 0, end)
    return path[:start] + value + path[end + len(name) + 1 :]


def filled(place: int, sent: Sent, stands: Stands, token: str) -> Iterator[tuple[str, str]]:
    for kind in {"right": [token], "wrong": ["x" + token], "doubled": ["", token]}.get(
        sent.tokens[place % len(sent.tokens)], []
    ):
        yield FIELD, kind
    long = False
    for at, name in enumerate(NAMES, start=place):
        if sent.is_sensible(at):
            yield from ((name, value) for value in sensibly(name, at, stands))
            continue
        value = sent.value(at)
        if value is not LONG or not long:
            yield name, value
        long = long or value is LONG
        if at % 4 == 0:
            yield name, sent.value(at + 1)[:1000]


def sensibly(name: str, at: int, stands: Stands) -> list[str]:
    """What a form of ours could send under this name."""
    documents = [*stands.documents.values(), *stands.mine.values()]
    twins = [stands.mine[State.PUBLISHED], stands.mine[State.IN_REVIEW]]
    known = {
        "agreed": [one.value for one in Agreed],
        "ask": [f"title={Ask.TITLE_UNCLEAR.value}"],
        "countries": ["HN", "GT"],
        "decision": [list(Decision)[at % len(Decision)].value],
        "do": ["remove" if at % 2 else "add"],
        "document": documents,
        "keep": twins[:1],
        "language": ["es"],
        "naming": ["withheld"],
        "of": twins,
        "organization": ["1"],
        "present_password": ["" if at % 2 else PASSWORD + "x"],
        "refused_for": [list(RefusedFor)[at % len(RefusedFor)].value],
        "revision": ["1"] if at % 2 else [f"{one}:1" for one in twins],
        "role": ["curator"],
        "source_kind": ["academic"],
        "tag": ["theme=asylum-systems"],
        "tags": ["theme=asylum-systems", "activity=2026:P2-R2-A4"],
        "url": ["https://example.org/a"],
        "year": ["2024"],
    }
    return known.get(name, ["Palabras"])


def assert_harmless(answer: TestResponse, rule: Rule) -> None:
    assert answer.status_code in KNOWN, (rule.rule, answer.status_code)
    assert "<script>canary" not in answer.text.lower(), rule.rule
    assert "<img src=x" not in answer.text, rule.rule
    assert "canary" not in answer.headers.get("Set-Cookie", "")
    where = answer.headers.get("Location", "/")
    assert where.startswith("/"), (rule.rule, where)
    assert not where.startswith(("//", "/\\")), (rule.rule, where)
    answer.close()


def reachable() -> Mapping[State, frozenset[State]]:
    """State → every state a document can be in afterwards, by any number of moves."""
    after = {state: {state} for state in State}
    for _ in State:
        for before, following in MOVES:
            for states in after.values():
                if before in states:
                    states.add(following)
    return {state: frozenset(states) for state, states in after.items()}


REACHABLE = reachable()


def states(runtime: Runtime) -> dict[str, State]:
    with runtime.database.reading() as session:
        return {public_id: state for public_id, state in session.query(*COLUMNS)}


def assert_nothing_lost(before: Mapping[str, State], after: Mapping[str, State]) -> None:
    assert before.keys() <= after.keys()
    for public_id, state in before.items():
        assert after[public_id] in REACHABLE[state], (state, after[public_id])
