"""`mirps-repo vocabulary retag` killed with -9 at any moment loses no decision and doubles nothing.

Real processes on a real instance: a run that is killed again and again must end in the same state
as an undisturbed one.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from config import Settings
from index.vocabulary import AddedLabel
from repo_app import schema
from repo_app.models import AuditEvent, Document, Job, Origin, ProposalDecision, Role, Tag
from repo_app.policy import viewer_with_account
from repo_app.runtime import Runtime, running
from repo_app.services import checking, curator_labels, decisions
from repo_app.services.tags import FACETS, By
from tests.campaigns.test_killed_workers import eventually_no_processes, start
from tests.factories import ADDED, a_document, indexed

DOCUMENTS = 200
KILLS = 8
CURATOR = viewer_with_account(7, Role.CURATOR)
BY = By(Origin.CURATOR, CURATOR.signature)
TEXTS = (
    "La ventanilla fronteriza abre a las ocho. En la ventanilla fronteriza se espera con las"
    " personas refugiadas de Honduras. Las personas refugiadas vuelven mañana.",
    "El conflicto comunitario y el tejido social. Reconstruir el tejido social del barrio.",
    "Empleo formal para personas solicitantes de asilo en Guatemala. El empleo formal,"
    " en Guatemala.",
)
FILLER = ("El mar", "La lluvia", "Un camino", "La cosecha", "El puente", "Otra casa", "La tarde")
OLD = ("theme", "asylum-systems"), ("theme", "housing-land-property"), ("country", "PA")
"""Proposals of an older vocabulary, of which a curator confirmed every third."""


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """An instance whose documents all have proposals of an older vocabulary, and decisions."""
    folder = tmp_path / "before"
    with running(Settings.load(folder, env={})) as runtime:
        schema.migrate(runtime.database)
        with runtime.database.writing() as session:
            for n in range(DOCUMENTS):
                pages = [TEXTS[n % len(TEXTS)], *(f"{words} sigue ahí. {n}." for words in FILLER)]
                row = a_document(session, f"Informe {n}", pages)
                row.tags = [
                    _proposed(*pair, confirmed=(n + i) % 3 == 0) for i, pair in enumerate(OLD)
                ]
                session.flush()
                decisions.note(session, row, FACETS, BY)
            wish = AddedLabel("asylum-systems", "es", "ventanilla fronteriza")
            curator_labels.add(session, runtime.vocabulary, wish, "", CURATOR)
        indexed(runtime)
    return folder


def _proposed(facet: str, value: str, *, confirmed: bool) -> Tag:
    tag = Tag(facet=facet, value=value, origin=Origin.RULE, score=1.0, vocabulary="older")
    tag.evidence = [{"label": value, "count": 1, "where": "body"}]
    if confirmed:
        tag.confirmed_on, tag.confirmed_by = ADDED, BY.signature
    return tag


def retag(instance: Path) -> list[str]:
    base = [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance)]
    return [*base, "vocabulary", "retag"]


def copied(before: Path, name: str) -> Path:
    return Path(shutil.copytree(before, before.parent / name))


def left(instance: Path) -> int:
    """Documents still to be proposed for: all of them have "" for a version at first."""
    with closing(sqlite3.connect(instance / "repository.db")) as database:
        asked = "SELECT count(*) FROM document WHERE tagged_with = ''"
        (number,) = database.execute(asked).fetchone()
    return int(number)


def state(runtime: Runtime) -> Mapping[str, object]:
    """Everything of tags and decisions, and what was logged of them, but for row numbers."""
    tags = (Tag.document_id, Tag.facet, Tag.value, Tag.origin, Tag.score, Tag.evidence)
    tags = (*tags, Tag.vocabulary, Tag.confirmed_on, Tag.confirmed_by)
    decided = (ProposalDecision.document_id, ProposalDecision.facet, ProposalDecision.value)
    decided = (*decided, ProposalDecision.accepted, ProposalDecision.labels)
    with runtime.database.reading() as session:
        renewed = session.query(AuditEvent.document_id, AuditEvent.detail)
        return {
            "tags": sorted(map(repr, session.query(*tags))),
            "decisions": sorted(map(repr, session.query(*decided))),
            "documents": sorted(
                map(repr, session.query(Document.id, Document.tagged_with, Document.revision))
            ),
            "renewed": sorted(map(repr, renewed.filter_by(action="proposals-renewed"))),
            "jobs": session.query(Job).count(),
        }


@pytest.mark.campaign
def test_killed_runs_of_retag_end_as_an_undisturbed_one(before: Path) -> None:
    undisturbed = copied(before, "undisturbed")
    subprocess.run(retag(undisturbed), check=True, capture_output=True, timeout=300)
    with running(Settings.load(undisturbed, env={})) as runtime:
        wanted = state(runtime)
    assert len(wanted["tags"]) > DOCUMENTS  # type: ignore[arg-type]
    chance, landed, rounds = random.Random(2026), 0, 0
    while landed < KILLS:
        killed, rounds = copied(before, f"killed-{rounds}"), rounds + 1
        landed += _killed_on_the_way(killed, chance, KILLS - landed)
        last = subprocess.run(
            retag(killed), capture_output=True, text=True, timeout=300, check=False
        )
        assert last.returncode == 0, last.stderr
        with running(Settings.load(killed, env={})) as runtime:
            assert state(runtime) == wanted
            assert checking.examine(runtime) == ()
        eventually_no_processes(killed)
    assert rounds <= KILLS


def _killed_on_the_way(instance: Path, chance: random.Random, most: int) -> int:
    """How many kills fell into the work, until it was done or ``most`` had."""
    landed = 0
    while landed < most and (before := left(instance)):
        child = start(retag(instance))
        if chance.random() < 0.8:  # the others may strike while it starts
            while left(instance) == before and child.poll() is None:
                time.sleep(0.02)
        time.sleep(chance.uniform(0.0, 1.0))
        landed += child.poll() is None and left(instance) > 0
        child.kill()
        child.wait()
    return landed
