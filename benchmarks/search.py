"""The engine beside tantivy and SQLite's FTS5: the same pages, the same words, interleaved.

``python -m benchmarks.search [--pages N]``. Peers get what our analysis made of the texts: stems
in one field, exact folded words in another, matched and weighted alike. Texts are stored by
nobody. Ours groups pages by document and counts documents; tantivy ranks and counts pages.
CPU milliseconds, medians of the rounds, every query asked of every engine in random order.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import tantivy

from benchmarks.measuring import machine, median, percentile, table
from benchmarks.pages import documents
from index import IndexDocument, Query, analysis, open_index

PUBLIC = frozenset({"public"})
FACETS = ("source_kind", "country", "theme", "activity", "year")
EACH = 40  # queries of each kind
ROUNDS = 5
STEM, EXACT = 0.7, 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """``words`` as typed; ``country`` to filter by, or ''."""

    kind: str
    words: tuple[str, ...]
    country: str = ""


class Engine(Protocol):
    def ask(self, asked: Asked) -> int:
        """How many were found."""


class Ours:
    name = "ours"

    def __init__(self, folder: Path, collection: Iterable[IndexDocument]) -> None:
        self._index = open_index(f"whoosh:{folder}")
        self._index.create()
        self._index.rebuild(collection)
        self.bytes = self._index.status().bytes

    def ask(self, asked: Asked) -> int:
        between = " OR " if asked.kind == "or5" else " "
        text = between.join(asked.words)
        if asked.kind == "phrase":
            text = f'"{text}"'
        elif asked.kind == "prefix":
            text += "*"
        filters = {"country": frozenset({asked.country})} if asked.country else {}
        facets = FACETS if asked.kind == "facets" else ()
        return self._index.search(Query(text, PUBLIC, filters, facets=facets)).total


class Tantivy:
    name = "tantivy"

    def __init__(self, folder: Path, collection: Iterable[IndexDocument]) -> None:
        folder.mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="whitespace", index_option="position")
        builder.add_text_field("exact", tokenizer_name="whitespace", index_option="freq")
        for facet in FACETS:
            builder.add_text_field(facet, tokenizer_name="raw", fast=True, index_option="basic")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        writer = self._index.writer(heap_size=100_000_000, num_threads=1)
        for document in collection:
            values = {f: sorted(document.facets.get(f, ())) for f in FACETS}
            for page in document.pages:
                stems, exact = _analysed(page.text, page.language)
                writer.add_document(tantivy.Document(text=[stems], exact=[exact], **values))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self.bytes = sum(path.stat().st_size for path in folder.iterdir())

    def ask(self, asked: Asked) -> int:
        query = self._query(asked)
        if asked.country:
            chosen = tantivy.Query.term_query(self._schema, "country", asked.country)
            must = tantivy.Occur.Must
            query = tantivy.Query.boolean_query([(must, query), (must, chosen)])
        if asked.kind == "facets":
            wanted = {f: {"terms": {"field": f, "size": 200}} for f in FACETS}
            self._searcher.aggregate(query, wanted)
        return int(self._searcher.search(query, 10, count=True).count or 0)

    def _query(self, asked: Asked) -> Any:
        if asked.kind == "phrase":
            stems = [_stem(word) for word in asked.words]
            return tantivy.Query.phrase_query(self._schema, "text", stems)
        if asked.kind == "prefix":
            prefix = analysis.fold(asked.words[0])
            return tantivy.Query.regex_query(self._schema, "exact", f"{prefix}.*")
        occur = tantivy.Occur.Should if asked.kind == "or5" else tantivy.Occur.Must
        parts = [(occur, self._word(word)) for word in asked.words]
        return parts[0][1] if len(parts) == 1 else tantivy.Query.boolean_query(parts)

    def _word(self, word: str) -> Any:
        kin = tantivy.Query.term_query(self._schema, "text", _stem(word))
        same = tantivy.Query.term_query(self._schema, "exact", analysis.fold(word))
        should = tantivy.Occur.Should
        boosted = tantivy.Query.boost_query(kin, STEM)
        return tantivy.Query.boolean_query([(should, boosted), (should, same)])


class Fts5:
    name = "FTS5"

    def __init__(self, folder: Path, collection: Iterable[IndexDocument]) -> None:
        folder.mkdir()
        self._database = sqlite3.connect(folder / "fts.db")
        run = self._database.execute
        run("CREATE VIRTUAL TABLE page USING fts5(text, exact, country, content='')")
        for document in collection:
            countries = " ".join(document.facets.get("country", ()))
            for page in document.pages:
                row = (*_analysed(page.text, page.language), countries)
                run("INSERT INTO page(text, exact, country) VALUES (?, ?, ?)", row)
        self._database.commit()
        self.bytes = (folder / "fts.db").stat().st_size

    def ask(self, asked: Asked) -> int:
        if asked.kind == "facets":
            return -1
        match = self._match(asked)
        run = self._database.execute
        run("SELECT rowid FROM page WHERE page MATCH ? ORDER BY bm25(page, 0.7, 1) LIMIT 10", match)
        found = run("SELECT count(*) FROM page WHERE page MATCH ?", match).fetchone()
        return int(found[0])

    def _match(self, asked: Asked) -> tuple[str]:
        if asked.kind == "phrase":
            return ('text : "' + " ".join(map(_stem, asked.words)) + '"',)
        if asked.kind == "prefix":
            return (f"exact : {analysis.fold(asked.words[0])}*",)
        words = [f"(text : {_stem(w)} OR exact : {analysis.fold(w)})" for w in asked.words]
        text = (" OR " if asked.kind == "or5" else " AND ").join(words)
        return (f"({text}) AND country : {asked.country}" if asked.country else text,)


def _stem(word: str) -> str:
    return analysis.terms_in("es")[word].stem or analysis.fold(word)


def _analysed(text: str, language: str | None) -> tuple[str, str]:
    terms = [term for term in analysis.analyse(text, language) if term.exact]
    return " ".join(term.stem for term in terms), " ".join(term.exact for term in terms)


def queries(collection: list[IndexDocument], chance: random.Random) -> list[Asked]:
    """From Spanish pages, so that every word is there and no engine has to guess."""
    pages = [page.text for d in collection[:400] if d.language == "es" for page in d.pages[:5]]
    counts: dict[str, int] = {}
    for word in (w.lower() for text in pages for w in analysis.tokenise(text)):
        if len(word) > 3 and not analysis.is_stop_word(word, "es"):
            counts[word] = counts.get(word, 0) + 1
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    common, rare = ordered[10:400], [word for word in ordered if counts[word] <= 2]
    asked: list[Asked] = []
    for _ in range(EACH):
        two, five = chance.sample(common, 2), chance.sample(common, 5)
        asked += [
            Asked("term", (chance.choice(common),)),
            Asked("rare", (chance.choice(rare),)),
            Asked("and", tuple(two)),
            Asked("or5", tuple(five)),
            Asked("phrase", _neighbours(chance.choice(pages), chance)),
            Asked("prefix", (chance.choice(common)[:4],)),
            Asked("filter", (chance.choice(common),), country="HN"),
            Asked("facets", (chance.choice(common),)),
        ]
    return asked


def _neighbours(text: str, chance: random.Random) -> tuple[str, ...]:
    words = [w for w in analysis.tokenise(text)]
    pairs = [
        pair
        for pair in pairwise(words)
        if not any(analysis.is_stop_word(word, "es") for word in pair)
    ]
    return chance.choice(pairs)


def report(pages: int) -> None:
    chance = random.Random(7)
    collection = list(documents(pages))
    text = sum(len(page.text.encode()) for d in collection for page in d.pages)
    asked = queries(collection, chance)
    engines: list[Any] = []
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in (Ours, Tantivy, Fts5):
            begun = time.process_time()
            engines.append(kind(Path(folder) / kind.__name__, iter(collection)))
            spent = time.process_time() - begun
            rows.append((kind.name, f"{spent:.1f}", f"{engines[-1].bytes / text:.2f}"))
        times = _measured(engines, asked, chance)
    print(f"\n## Engine: {pages} pages, {text / 1e6:.0f} MB of text\n\n{machine()}; ", end="")
    print(f"{len(asked)} queries, {ROUNDS} rounds; CPU ms p50 / p95\n")
    print(table(("engine", "build CPU s", "index ÷ text"), rows), "\n")
    print(_table(engines, times))


def _measured(
    engines: list[Any], asked: list[Asked], chance: random.Random
) -> dict[tuple[str, str], list[float]]:
    """Engine and kind → each query's median."""
    medians: dict[tuple[str, str], list[float]] = {}
    for one in asked:
        spent: dict[str, list[float]] = {engine.name: [] for engine in engines}
        for _ in range(ROUNDS + 1):
            for engine in chance.sample(engines, len(engines)):
                spent[engine.name].append(_cpu_ms(engine.ask, one))
        for name, found in spent.items():
            medians.setdefault((name, one.kind), []).append(median(found[1:]))
    return medians


def _cpu_ms(ask: Callable[[Asked], int], one: Asked) -> float:
    begun = time.process_time()
    ask(one)
    return 1000 * (time.process_time() - begun)


def _table(engines: list[Any], times: dict[tuple[str, str], list[float]]) -> str:
    kinds = list(dict.fromkeys(kind for _, kind in times))
    every: dict[str, list[float]] = {}
    for (name, _), values in times.items():
        every.setdefault(name, []).extend(values)
    rows = []
    for kind in [*kinds, "**all**"]:
        values = {e.name: times.get((e.name, kind), every[e.name]) for e in engines}
        cells = [f"{median(v):.2f} / {percentile(v, 0.95):.2f}" for v in values.values()]
        ours, peer = values["ours"], values["tantivy"]
        ratio = f"{median(ours) / median(peer):.1f} / "
        ratio += f"{percentile(ours, 0.95) / percentile(peer, 0.95):.1f}"
        rows.append((kind, *cells, ratio))
    return table(("kind", *(e.name for e in engines), "ours ÷ tantivy"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    report(parser.parse_args().pages)


if __name__ == "__main__":
    main()
