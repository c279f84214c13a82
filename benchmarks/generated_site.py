"""An instance of generated pages (``benchmarks.pages``): rows, texts and index as if taken in.

Files are missing, and with them thumbnails; everything a search reads is there.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.pages import documents, texts
from config import Settings
from index import IndexDocument, SearchUnavailable
from repo_app import schema
from repo_app.models import AudienceGroup, Document, Organization, Origin, Page, State, Tag
from repo_app.policy import PUBLIC
from repo_app.runtime import Runtime, running
from repo_app.services import indexing

ORGANIZATIONS = 200
BATCH = 50  # documents a transaction
COLUMNS = ("source_kind", "year", "language")
TITLE, ABSTRACT, AUTHOR = 9, 45, 2
"""Words of the first page that make a title, an abstract and each of two authors."""


@contextmanager
def site(instance: Path, pages: int) -> Iterator[Runtime]:
    """Open ``instance``; where it holds no document yet, with about ``pages`` pages."""
    with running(Settings.load(instance, env={})) as runtime:
        schema.migrate(runtime.database)
        if not indexing.published_total(runtime):
            _fill(runtime, pages)
        try:
            runtime.index.status()
        except SearchUnavailable:
            indexing.rebuild_index(runtime)
        yield runtime


def _fill(runtime: Runtime, pages: int) -> None:
    chance = random.Random(2026)
    named = texts("es", np.random.default_rng(2026))[0].split()
    with runtime.database.writing() as session:
        session.add_all(
            Organization(name=f"{' '.join(chance.sample(named, 3)).title()} {number}")
            for number in range(ORGANIZATIONS)
        )
    batch: list[Document] = []
    for one in documents(pages):
        batch.append(_row(one, chance))
        if len(batch) == BATCH:
            _add(runtime, batch)
            batch = []
    _add(runtime, batch)


def _add(runtime: Runtime, rows: list[Document]) -> None:
    with runtime.database.writing() as session:
        session.add_all(rows)


def _row(one: IndexDocument, chance: random.Random) -> Document:
    """A published record with the pages, and the values of facets as people confirmed them."""
    words = one.pages[0].text.split()
    day = date.fromisoformat(one.date)
    authors = [" ".join(chance.sample(words, AUTHOR)).title() for _ in range(2)]
    return Document(
        state=State.PUBLISHED,
        title=" ".join(words[:TITLE]).rstrip("."),
        abstract=" ".join(words[TITLE:ABSTRACT]),
        authors=authors,
        organization_id=chance.randint(1, ORGANIZATIONS),
        language=one.language,
        source_kind=next(iter(one.facets["source_kind"]), None),
        document_kind="research-report",
        year=day.year,
        published_on=day,
        received_on=day,
        page_total=len(one.pages),
        pages_with_text=len(one.pages),
        audience=[AudienceGroup(name=PUBLIC)],
        pages=[Page(number=p.number, text=p.text, language=p.language) for p in one.pages],
        tags=[
            Tag(facet=facet, value=value, origin=Origin.MANIFEST, confirmed_on=day)
            for facet, values in sorted(one.facets.items())
            if facet not in COLUMNS
            for value in sorted(values)
        ],
    )
