"""Contributions wander through their states while the worker dies again and again.

Real processes: a worker is started and killed with -9 over and over, while contributors and
curators do whatever comes to their minds with contributions that may be drafts, under review,
published or gone. Whatever they try, every move that happened is one of the table's, nothing
that somebody typed is lost, and what was taken back is nowhere any more.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config import Settings
from index import Query
from ingest import Refused
from repo_app import jobs, schema
from repo_app.models import (
    AuditEvent,
    Document,
    Job,
    Origin,
    Party,
    Person,
    Role,
    State,
)
from repo_app.models.workflow import MOVES, ForbiddenMove
from repo_app.policy import ANYONE, viewer_with_account
from repo_app.runtime import Runtime, running
from repo_app.services import (
    arrivals,
    checking,
    contributions,
    editing,
    reviews,
    searching,
    versions,
    withdrawals,
)
from repo_app.services.answers import Field
from repo_app.services.contributions import Agreed, Closed, Incomplete
from repo_app.services.reviews import Decision, Note, OwnContribution, RefusedFor, Verdict
from repo_app.services.tags import By
from repo_app.workflow import Actor
from tests.pdfs import a_pdf

WALKS = 500
LEAST_DEATHS = 10
PATIENCE = 1.5  # seconds a walk waits for the worker
CURATOR = 1
CONTRIBUTORS = range(2, 22)
"""So many that nobody comes to the limit of open drafts."""
BY_CURATOR = By(Origin.CURATOR, f"curator:{CURATOR}")
NEEDED = {
    Field.LANGUAGE: "es",
    Field.SOURCE_KIND: "civil-society",
    Field.DOCUMENT_KIND: "research-report",
    Field.COUNTRIES: ("country=HN",),
}
FORBIDDEN = (
    Closed,
    ForbiddenMove,
    Incomplete,
    OwnContribution,
    Refused,
    editing.Stale,
    reviews.Incomplete,
    versions.NotPublished,
)


@dataclass
class Walk:
    """One contribution, and what was last typed into it and into the version before it."""

    runtime: Runtime
    number: int
    public_id: str = ""
    before: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    typed: int = 0

    def take(self, step: str) -> None:
        """One step; what is not allowed now is refused and changes nothing."""
        if self.titles:
            with suppress(*FORBIDDEN):
                STEPS_TAKEN[step](self)

    @property
    def contributor(self) -> int:
        return CONTRIBUTORS[self.number % len(CONTRIBUTORS)]

    @property
    def word(self) -> str:
        """Told apart by the search, and by any search of the disk."""
        return f"paseo{self.number}x"

    def next_title(self) -> str:
        self.typed += 1
        return f"Título {self.word} número {self.typed}"

    def present(self, session: Session) -> Document:
        return session.query(Document).filter_by(public_id=self.public_id).one()

    def gone(self) -> None:
        """What is left is the version before, if there is one."""
        del self.titles[self.public_id]
        self.public_id, self.before = self.before, ""


def _begin(walk: Walk) -> None:
    with walk.runtime.database.writing() as session:
        draft = contributions.begin(session, walk.contributor)
        walk.public_id = draft.public_id
        for asked, value in NEEDED.items():
            contributions.answer(session, walk.runtime.vocabulary, draft, asked, value)
    _answer(walk)


def _answer(walk: Walk) -> None:
    title = walk.next_title()
    with walk.runtime.database.writing() as session:
        document = contributions.changeable(session, walk.contributor, walk.public_id)
        contributions.answer(session, walk.runtime.vocabulary, document, Field.TITLE, title)
    walk.titles[walk.public_id] = title


def _attach(walk: Walk) -> None:
    pages = [f"Las personas desplazadas cuentan {walk.word}, {walk.typed}.", "Otra página."]
    _attached(walk, a_pdf(pages))


def _attach_bad(walk: Walk) -> None:
    """A PDF by its first bytes only."""
    _attached(walk, b"%PDF-1.4\nnothing")


def _attached(walk: Walk, content: bytes) -> None:
    arrivals.attach(walk.runtime, walk.contributor, walk.public_id, io.BytesIO(content))


def _send(walk: Walk) -> None:
    with walk.runtime.database.writing() as session:
        document = contributions.own(session, walk.contributor, walk.public_id)
        contributions.send(session, document, "es", frozenset(Agreed))


def _decide(verdict: Verdict) -> Callable[[Walk], None]:
    def decide(walk: Walk) -> None:
        viewer = viewer_with_account(CURATOR, Role.CURATOR)
        with walk.runtime.database.writing() as session:
            document = walk.present(session)
            outcome = reviews.decide(session, viewer, document, verdict, document.revision)
        if outcome != walk.public_id:  # a new version took the old one's place
            walk.titles[outcome] = walk.titles.pop(walk.public_id)
            walk.public_id, walk.before = outcome, ""

    return decide


def _edit(walk: Walk) -> None:
    answers = {Field.TITLE: walk.next_title()}
    with walk.runtime.database.writing() as session:
        document, words = walk.present(session), walk.runtime.vocabulary
        editing.edit(session, words, document, answers, BY_CURATOR, document.revision)
    walk.titles[walk.public_id] = answers[Field.TITLE]


def _new_version(walk: Walk) -> None:
    with walk.runtime.database.writing() as session:
        document = contributions.own(session, walk.contributor, walk.public_id)
        draft = versions.begin(session, document, walk.contributor).public_id
    walk.titles[draft] = walk.titles[walk.public_id]
    walk.public_id, walk.before = draft, walk.public_id


def _take_back(walk: Walk) -> None:
    with walk.runtime.database.writing() as session:
        contributions.take_back(
            session, contributions.own(session, walk.contributor, walk.public_id)
        )
    walk.gone()


def _curator_withdraws(walk: Walk) -> None:
    with walk.runtime.database.writing() as session:
        by = Actor(Party.CURATOR, BY_CURATOR.signature)
        withdrawals.withdraw(session, walk.present(session), by)
    walk.gone()


def _wait(walk: Walk) -> None:
    """For the worker, which may be dead just now."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with walk.runtime.database.reading() as session:
            if not jobs.unfinished(session, walk.present(session).id):
                return
        time.sleep(0.05)


STEPS_TAKEN: Mapping[str, Callable[[Walk], None]] = {
    "answer": _answer,
    "attach": _attach,
    "attach what is no PDF": _attach_bad,
    "send": _send,
    "publish": _decide(Verdict(Decision.PUBLISH, checked=True)),
    "return": _decide(Verdict(Decision.RETURN, notes=(Note("title", None, "¿Más claro?"),))),
    "refuse": _decide(Verdict(Decision.REFUSE, refused_for=RefusedFor.OUT_OF_SCOPE)),
    "look again": _decide(Verdict(Decision.REOPEN)),
    "edit": _edit,
    "begin a new version": _new_version,
    "take back": _take_back,
    "withdraw": _curator_withdraws,
    "wait": _wait,
}
LIKELY = ("attach", "send", "send", "send", "publish", "publish", "wait", "wait", "answer")
WALK = st.lists(st.sampled_from([*STEPS_TAKEN, *LIKELY]), min_size=4, max_size=16)


@pytest.mark.campaign
def test_five_hundred_walks_under_a_dying_worker_reach_no_forbidden_state_and_lose_no_text(
    tmp_path: Path,
) -> None:
    settings = Settings.load(tmp_path / "instance", env={})
    walks: list[Walk] = []
    with running(settings) as runtime:
        _prepare(runtime)
        with _dying_worker(settings.instance) as deaths:
            _take_all(runtime, walks)
        assert deaths.count >= LEAST_DEATHS
        _work_off(settings.instance)
        assert checking.examine(runtime) == ()
        _assert_lawful(runtime)
        for walk in walks:
            _assert_kept(runtime, walk)
        _assert_gone(runtime, [walk.word for walk in walks if not walk.titles])


def _take_all(runtime: Runtime, walks: list[Walk]) -> None:
    @hypothesis_settings(max_examples=WALKS, suppress_health_check=list(HealthCheck))
    @given(steps=WALK)
    def take(steps: list[str]) -> None:
        walk = Walk(runtime, len(walks))
        walks.append(walk)
        _begin(walk)
        for step in steps:
            walk.take(step)

    take()
    assert len(walks) >= WALKS


def _prepare(runtime: Runtime) -> None:
    schema.migrate(runtime.database)
    runtime.index.rebuild([])
    with runtime.database.writing() as session:
        people = [(CURATOR, Role.CURATOR), *((id_, Role.CONTRIBUTOR) for id_ in CONTRIBUTORS)]
        for id_, role in people:
            name, email = f"{role.value} {id_}", f"{role.value}{id_}@example.org"
            session.add(Person(id=id_, email=email, name=name, role=role, language="es"))


@dataclass
class Deaths:
    count: int = 0


@contextmanager
def _dying_worker(instance: Path) -> Iterator[Deaths]:
    """A worker that is killed every few seconds, as long as the block runs."""
    deaths, stop, chance = Deaths(), threading.Event(), random.Random(2026)

    def kill_again_and_again() -> None:
        while not stop.is_set():
            worker = subprocess.Popen(_worker(instance), stderr=subprocess.DEVNULL)
            stop.wait(chance.uniform(1.5, 6.0))
            deaths.count += worker.poll() is None
            worker.kill()
            worker.wait()

    killer = threading.Thread(target=kill_again_and_again)
    killer.start()
    try:
        yield deaths
    finally:
        stop.set()
        killer.join()


def _worker(instance: Path) -> list[str]:
    return [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance), "work"]


def _work_off(instance: Path) -> None:
    """An undisturbed worker until nothing waits."""
    with running(Settings.load(instance, env={})) as runtime:
        worker = subprocess.Popen(_worker(instance), stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 300
            while _waiting(runtime):
                assert time.monotonic() < deadline, "the work does not end"
                time.sleep(0.5)
        finally:
            worker.terminate()
            worker.wait()


def _waiting(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.query(Job).count()


def _assert_lawful(runtime: Runtime) -> None:
    """Every move that happened is one of the table's, each from where the last one led."""
    with runtime.database.reading() as session:
        states = {state.value for state in State}
        at: dict[int | None, str] = {}
        for event in session.query(AuditEvent).order_by(AuditEvent.id):
            if event.action not in states:
                continue
            move = State(event.detail["before"]), State(event.action)
            assert move in MOVES
            assert at.get(event.document_id, State.DRAFT.value) == move[0].value
            at[event.document_id] = event.action
        for document in session.query(Document):
            assert at.get(document.id, State.DRAFT.value) == document.state.value


def _assert_kept(runtime: Runtime, walk: Walk) -> None:
    """What was typed last stands there, and what is published is found by it."""
    with runtime.database.reading() as session:
        rows = {
            row.public_id: row
            for row in session.query(Document).filter(Document.public_id.in_(walk.titles))
        }
        assert {public_id: row.title for public_id, row in rows.items()} == walk.titles
        published = {i for i, row in rows.items() if row.state is State.PUBLISHED}
    answer = searching.find(runtime, ANYONE, Query(walk.word, ANYONE.audience))
    assert {found.card.id for found in answer.found} == published


def _assert_gone(runtime: Runtime, words: list[str]) -> None:
    assert len(words) > WALKS / 20, "the walks prove nothing about taking back"
    files = [path for path in runtime.settings.instance.rglob("*") if path.is_file()]
    held = b"\n".join(path.read_bytes() for path in files if path.suffix != ".pdf")
    assert [word for word in words if word.encode() in held] == []
