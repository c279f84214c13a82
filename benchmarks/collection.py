"""The documents of a run in one SQLite file: every process reads the same ones from there, and
every engine the texts it shows sentences of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from index import IndexDocument, IndexPage

_TABLES = """
    CREATE TABLE document (
        id TEXT PRIMARY KEY, title TEXT, language TEXT, date TEXT, facets TEXT, first INTEGER
    );
    CREATE TABLE page (
        place INTEGER PRIMARY KEY, document TEXT, number INTEGER, language TEXT, text TEXT
    );
"""


@dataclass(frozen=True, slots=True)
class PageOf:
    """``place`` counts the pages of the whole collection from 0."""

    place: int
    document: str
    number: int
    language: str
    text: str


def store(path: Path, documents: Iterable[IndexDocument]) -> None:
    """Write them all to a new file."""
    place = 0
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(_TABLES)
        for one in documents:
            facets = json.dumps({name: sorted(values) for name, values in one.facets.items()})
            row = (one.id, one.title, one.language, one.date, facets, place)
            database.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?)", row)
            rows = [
                (place + at, one.id, page.number, page.language, page.text)
                for at, page in enumerate(one.pages)
            ]
            database.executemany("INSERT INTO page VALUES (?, ?, ?, ?, ?)", rows)
            place += len(rows)


class Collection:
    """A stored collection; ``pages`` and ``bytes`` (of text in UTF-8) say how big it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = sqlite3.connect(path)
        run = self._database.execute
        sizes = "SELECT count(*), sum(length(CAST(text AS BLOB))) FROM page"
        self.pages, self.bytes = run(sizes).fetchone()
        self.first = dict(run("SELECT id, first FROM document"))
        self._document_at = [name for (name,) in run("SELECT document FROM page ORDER BY place")]

    def documents(self) -> Iterator[IndexDocument]:
        """In the order in which they were stored."""
        rows = self._database.execute(
            "SELECT document.id, title, document.language, date, facets,"
            " number, text, page.language"
            " FROM page CROSS JOIN document ON document.id = page.document ORDER BY place"
        )
        for (id_, title, language, date, facets), pages in groupby(rows, lambda row: row[:5]):
            yield IndexDocument(
                id=id_,
                revision=1,
                title=title,
                language=language,
                audience=frozenset({"public"}),
                pages=tuple(IndexPage(*row[5:]) for row in pages),
                facets={name: frozenset(values) for name, values in json.loads(facets).items()},
                date=date,
            )

    def document_at(self, place: int) -> str:
        """The document that a page is of."""
        return str(self._document_at[place])

    def at(self, places: Sequence[int]) -> list[PageOf]:
        """Some pages, in the order of their places."""
        found = self._database.execute(
            "SELECT place, document, number, language, text FROM page"
            f" WHERE place IN ({','.join('?' * len(places))})",
            list(places),
        )
        return [PageOf(*row) for row in found]
