"""SQLite's FTS5, and Whoosh as it comes: its own codec, searcher, BM25F and facets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whoosh import analysis as chains
from whoosh import fields, highlight, index, query, sorting

from benchmarks.collection import Collection
from benchmarks.engines import (
    EXACT,
    FACETS,
    PAGES_FOR_TEN,
    STEM,
    TEN,
    Entry,
    documents_of,
    misspelt,
    stem,
)
from benchmarks.questions import Asked
from index import analysis


class Fts5:
    """Facets by a table of their values; it knows no misspelt words, and an index that stores no
    texts shows no sentences."""

    name = "FTS5"
    without = frozenset({"fuzzy", "snippets"})

    def __init__(self, folder: Path, collection: Collection) -> None:
        self._database = sqlite3.connect(folder / "fts.db")
        self._collection = collection

    @staticmethod
    def build(folder: Path, pages: Iterable[Entry]) -> None:
        database = sqlite3.connect(folder / "fts.db")
        database.executescript(
            "CREATE VIRTUAL TABLE page USING fts5(text, exact, country, theme, content='');"
            "CREATE TABLE value (place INTEGER, facet TEXT, value TEXT);"
        )
        for page in pages:
            filters = (" ".join(map(_token, page.facets[name])) for name in ("country", "theme"))
            row = (page.place, page.text, page.exact, *filters)
            database.execute(
                "INSERT INTO page(rowid, text, exact, country, theme) VALUES (?, ?, ?, ?, ?)", row
            )
            values = [(page.place, name, one) for name in FACETS for one in page.facets[name]]
            database.executemany("INSERT INTO value VALUES (?, ?, ?)", values)
        database.execute("CREATE INDEX value_of ON value(place, facet, value)")
        database.commit()
        database.close()

    def ask(self, asked: Asked) -> int:
        match = self._match(asked)
        self._places(match, TEN)
        run = self._database.execute
        if asked.kind == "facets":
            run(
                "SELECT facet, value, count(*) FROM value WHERE place IN"
                " (SELECT rowid FROM page WHERE page MATCH ?) GROUP BY facet, value",
                (match,),
            ).fetchall()
        found = run("SELECT count(*) FROM page WHERE page MATCH ?", (match,)).fetchone()
        return int(found[0])

    def best(self, asked: Asked) -> list[str]:
        return documents_of(self._places(self._match(asked), PAGES_FOR_TEN), self._collection)

    def _places(self, match: str, most: int) -> list[int]:
        ranked = f"bm25(page, {STEM}, {EXACT}, 0, 0)"
        question = f"SELECT rowid FROM page WHERE page MATCH ? ORDER BY {ranked} LIMIT {most}"
        return [place for (place,) in self._database.execute(question, (match,))]

    def _match(self, asked: Asked) -> str:
        if asked.kind == "phrase":
            return 'text : "' + " ".join(stem(w, asked.language) for w in asked.words) + '"'
        if asked.kind == "prefix":
            return f"exact : {analysis.fold(asked.words[0])} *"
        words = [
            f'(text : "{stem(word, asked.language)}" OR exact : "{analysis.fold(word)}")'
            for word in asked.words
        ]
        text = (" OR " if asked.kind == "or5" else " AND ").join(words)
        filters = [f'{facet} : "{_token(value)}"' for facet, value in asked.filters]
        return " AND ".join((f"({text})", *filters))


def _token(value: str) -> str:
    """One token of FTS5's for a value of a facet."""
    return "".join(filter(str.isalnum, value)).lower()


class StockWhoosh:
    """Filters as queries, facets by its FieldFacet, sentences by its highlighter."""

    name = "Whoosh"
    without: frozenset[str] = frozenset()

    def __init__(self, folder: Path, collection: Collection) -> None:
        self._searcher = index.open_dir(str(folder)).searcher()
        self._collection = collection

    @staticmethod
    def build(folder: Path, pages: Iterable[Entry]) -> None:
        words = chains.SpaceSeparatedTokenizer()
        schema = fields.Schema(
            text=fields.TEXT(words),
            exact=fields.TEXT(words, phrase=False),
            place=fields.STORED(),
            **{facet: fields.KEYWORD(commas=True) for facet in FACETS},
        )
        writer = index.create_in(str(folder), schema).writer(limitmb=256)
        for page in pages:
            values = {facet: ",".join(found) for facet, found in page.facets.items() if found}
            writer.add_document(text=page.text, exact=page.exact, place=page.place, **values)
        writer.commit()

    def ask(self, asked: Asked) -> int:
        wanted, options = self._query(asked), self._options(asked)
        if asked.kind == "facets":
            facets = sorting.Facets()
            for facet in FACETS:
                facets.add_field(facet, allow_overlap=True)
            options["groupedby"] = facets
        found = self._searcher.search(wanted, limit=TEN, **options)
        places = [hit["place"] for hit in found]
        if asked.kind == "snippets":
            self._snippets(places, asked)
        return len(found)

    def best(self, asked: Asked) -> list[str]:
        options = self._options(asked)
        found = self._searcher.search(self._query(asked), limit=PAGES_FOR_TEN, **options)
        return documents_of([hit["place"] for hit in found], self._collection)

    def _snippets(self, places: list[int], asked: Asked) -> None:
        stems = frozenset(stem(word, asked.language) for word in asked.words)
        chain = chains.RegexTokenizer() | chains.LowercaseFilter()
        chain |= chains.StemFilter(lang=asked.language)
        sentences = highlight.SentenceFragmenter()
        for page in self._collection.at(places):
            highlight.highlight(page.text, stems, chain, sentences, highlight.NullFormatter())

    def _options(self, asked: Asked) -> dict[str, Any]:
        if not asked.filters:
            return {}
        return {"filter": query.And([query.Term(facet, value) for facet, value in asked.filters])}

    def _query(self, asked: Asked) -> query.Query:
        if asked.kind == "phrase":
            return query.Phrase("text", [stem(word, asked.language) for word in asked.words])
        folded = analysis.fold(asked.words[0])
        if asked.kind == "prefix":
            return query.Prefix("exact", folded)
        if asked.kind == "fuzzy":
            edits = misspelt(asked.words[0]).edits
            return query.FuzzyTerm("exact", folded, maxdist=edits, prefixlength=0)
        parts = [
            query.Or(
                [
                    query.Term("text", stem(word, asked.language), boost=STEM),
                    query.Term("exact", analysis.fold(word), boost=EXACT),
                ]
            )
            for word in asked.words
        ]
        joined = query.Or if asked.kind == "or5" else query.And
        return parts[0] if len(parts) == 1 else joined(parts)
