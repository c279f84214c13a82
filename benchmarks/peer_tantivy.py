"""tantivy without stored texts: the fair peer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from benchmarks.collection import Collection
from benchmarks.engines import (
    EXACT,
    FACETS,
    PAGES_FOR_TEN,
    TEN,
    Entry,
    documents_of,
    misspelt,
    stem,
)
from benchmarks.questions import KINDS, Asked
from index import IndexDocument, analysis

HEAP = 100_000_000
_LANGUAGES = {"es": "spanish", "en": "english", "pt": "portuguese", "fr": "french"}


class Tantivy:
    """One thread writes. ``place`` is the one number that it keeps of a page, to say which it
    found; texts are passed to its snippet generator from the database."""

    name = "tantivy"
    without: frozenset[str] = frozenset()
    _language: str | None = "es"  # of the stems marked in sentences; stemming costs alike in all

    def __init__(self, folder: Path, collection: Collection) -> None:
        self.index = tantivy.Index.open(str(folder))
        self.schema = self.index.schema
        # What it indexed were stems; the texts it shows sentences of are no stems yet.
        self.index.register_tokenizer("stems", _chain((), self._language))
        self.searcher = self.index.searcher()
        self._collection = collection

    @staticmethod
    def build(folder: Path, pages: Iterable[Entry]) -> None:
        """From stems and folded words."""
        builder = _schema(("text",))
        index = tantivy.Index(builder.build(), path=str(folder))
        index.register_tokenizer("stems", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        writer = index.writer(heap_size=HEAP, num_threads=1)
        for page in pages:
            writer.add_document(entry(page))
        writer.commit()
        writer.wait_merging_threads()

    @staticmethod
    def build_by_itself(folder: Path, documents: Iterable[IndexDocument]) -> None:
        """From texts, with its own analysis: a field of stems for each language, and one of
        folded words."""
        index = tantivy.Index(_schema(tuple(_LANGUAGES)).build(), path=str(folder))
        for language in _LANGUAGES:
            chain = _chain(analysis.STOP_WORDS[language], language)
            index.register_tokenizer(f"stems_{language}", chain)
        every = frozenset[str]().union(*analysis.STOP_WORDS.values())
        index.register_tokenizer("words", _chain(every, None))
        writer = index.writer(heap_size=HEAP, num_threads=1)
        place = 0
        for document in documents:
            values = {facet: sorted(document.facets.get(facet, ())) for facet in FACETS}
            for page in document.pages:
                texts = {str(page.language): [page.text], "exact": [page.text]}
                writer.add_document(tantivy.Document(place=place, **texts, **values))
                place += 1
        writer.commit()
        writer.wait_merging_threads()

    def ask(self, asked: Asked) -> int:
        query = self._query(asked)
        if asked.kind == "facets":
            wanted = {facet: {"terms": {"field": facet, "size": 200}} for facet in FACETS}
            self.searcher.aggregate(query, wanted)
        found: Any = self.searcher.search(query, TEN, count=True)
        places = self._places(found)
        if asked.kind == "snippets":
            snippets = tantivy.SnippetGenerator.create(self.searcher, query, self.schema, "text")
            snippets.set_max_num_chars(300)
            for page in self._collection.at(places):
                snippets.snippet_from_doc(tantivy.Document(text=[page.text])).to_html()
        return int(found.count)

    def best(self, asked: Asked) -> list[str]:
        found = self.searcher.search(self._query(asked), PAGES_FOR_TEN)
        return documents_of(self._places(found), self._collection)

    def _places(self, found: Any) -> list[int]:
        return self.searcher.fast_field_values(  # type: ignore[return-value]
            "place", [address for _, address in found.hits]
        )

    def _query(self, asked: Asked) -> tantivy.Query:
        query = self._words(asked)
        if not asked.filters:
            return query
        must = tantivy.Occur.Must
        parts = [(must, query)]
        for facet, value in asked.filters:
            chosen = tantivy.Query.term_query(self.schema, facet, value, index_option="basic")
            parts.append((must, tantivy.Query.const_score_query(chosen, 0.0)))
        return tantivy.Query.boolean_query(parts)

    def _words(self, asked: Asked) -> tantivy.Query:
        word = asked.words[0]
        if asked.kind == "phrase":
            stems: list[Any] = [stem(word, asked.language) for word in asked.words]
            return tantivy.Query.phrase_query(self.schema, "text", stems)
        if asked.kind == "prefix":
            # Its phrase of one beginning is quicker, but stops after fifty words.
            return tantivy.Query.regex_query(self.schema, "exact", f"{analysis.fold(word)}.*")
        if asked.kind == "fuzzy":
            edits = misspelt(word).edits
            folded = analysis.fold(word)
            return tantivy.Query.fuzzy_term_query(self.schema, "exact", folded, edits)
        occur = tantivy.Occur.Should if asked.kind == "or5" else tantivy.Occur.Must
        parts = [(occur, self._word(word, asked.language)) for word in asked.words]
        return parts[0][1] if len(parts) == 1 else tantivy.Query.boolean_query(parts)

    def _word(self, word: str, language: str) -> tantivy.Query:
        should, query = tantivy.Occur.Should, tantivy.Query
        kin = query.term_query(self.schema, "text", stem(word, language), index_option="freq")
        same = query.term_query(self.schema, "exact", analysis.fold(word), index_option="basic")
        return query.boolean_query([(should, kin), (should, query.boost_query(same, EXACT))])


class Unstemmed(Tantivy):
    """The same, but its sentences are found by words as they stand there: half the work, and
    other forms of a word asked for are not marked."""

    name = "tantivy, words as written"
    without = frozenset(KINDS) - {"snippets"}
    _language = None


def entry(page: Entry) -> tantivy.Document:
    return tantivy.Document(
        text=[page.text], exact=[page.exact], place=page.place, document=page.document,
        **page.facets,
    )  # fmt: skip


def _schema(texts: tuple[str, ...]) -> tantivy.SchemaBuilder:
    builder = tantivy.SchemaBuilder()
    for text in texts:
        name = "stems" if text == "text" else f"stems_{text}"
        builder.add_text_field(text, tokenizer_name=name, index_option="position")
    words = "whitespace" if texts == ("text",) else "words"
    builder.add_text_field("exact", tokenizer_name=words, index_option="basic")
    for facet in FACETS:
        builder.add_text_field(facet, tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("place", fast=True)
    return builder


def _chain(stop_words: Iterable[str], language: str | None) -> tantivy.TextAnalyzer:
    """Fold, stop and, in a language, stem: as ours does."""
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in (Filter.remove_long(analysis.LONGEST), Filter.lowercase(), Filter.ascii_fold()):
        builder = builder.filter(step)
    if stopped := sorted(stop_words):
        builder = builder.filter(Filter.custom_stopword(stopped))
    if language:
        builder = builder.filter(Filter.stemmer(_LANGUAGES[language]))
    return builder.build()
