"""The same entries in Whoosh's own codec and in ours: its searcher must find the same in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing

from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.analysis import Token
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, KEYWORD, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.index import FileIndex
from whoosh.searching import Searcher
from whoosh.writing import SegmentWriter

from index import IndexDocument, IndexPage
from index.whoosh_engine import writing
from index.whoosh_engine.lexicon import GAP, Lexicon, Words
from index.whoosh_engine.schema import SCHEMA, entries
from index.whoosh_engine.storage import MemoryStorage
from tests.index.test_flat_segments import COLLECTIONS, TEXTS

PUBLIC = frozenset({"public"})
STEMS = ("asil", "refugi", "fronter", "ley", "nort", "niñ", "nada")
FORMS = ("asilo", "asilos", "leyes", "norte", "de", "nada")


class Given:
    """An analyzer of texts that are analysed already: every word behind its position."""

    def __call__(self, value: str, **_: object) -> Iterator[Token]:
        token = Token(positions=True, boost=1.0, stopped=False)
        for word in value.split():
            place, _, token.text = word.partition(":")
            token.pos = int(place)
            yield token


def stems(words: Words) -> str:
    return positioned(words, words.lexicon.stem_of, words.lexicon.stems)


def forms(words: Words) -> str:
    return positioned(words, words.lexicon.exact_of, words.lexicon.exacts)


def positioned(words: Words, place_of: Sequence[int], terms: Sequence[bytes]) -> str:
    held = [(at, terms[place_of[n]].decode()) for at, n in enumerate(words.numbers) if n != GAP]
    return " ".join(f"{at}:{term}" for at, term in held)


STOCK = Schema(
    id=KEYWORD,
    text=TEXT(analyzer=Given()),
    exact=TEXT(analyzer=Given(), phrase=False),
    country=KEYWORD(commas=True),
    number=COLUMN(NumericColumn("i")),
)


def document(number: int, pages: list[str], revision: int = 1) -> IndexDocument:
    return IndexDocument(
        f"d{number}",
        revision,
        pages[0] if pages else "",
        "es",
        PUBLIC,
        tuple(IndexPage(n, text, "es") for n, text in enumerate(pages, 1)),
        facets={"country": frozenset({"HN", "GT"} if number % 2 else {"HN"})},
    )


class Both:
    """One index in each codec, given the same documents in the same commits."""

    def __init__(self) -> None:
        self.ours, self.stock = MemoryStorage(), RamStorage()
        writing.create(self.ours)
        FileIndex.create(self.stock, STOCK)

    def write(self, documents: list[IndexDocument], gone: list[str], *, merged: bool) -> None:
        writing.write(self.ours, documents, gone)
        writer = SegmentWriter(FileIndex(self.stock))
        for id_ in gone:
            writer.delete_by_term("id", id_)
        lexicon = Lexicon()
        for one in documents:
            for entry in entries(one, lexicon):
                writer.add_document(
                    id=entry["id"][0],
                    text=stems(entry["text"]),
                    exact=forms(entry["text"]),
                    country=",".join(sorted(entry.get("country", ()))),
                    number=entry["number"],
                )
        writer.commit(optimize=merged, merge=merged)
        if merged:
            writing.purge(self.ours)
            writing.consolidate(self.ours)


def names(searcher: Searcher) -> dict[int, tuple[str, int]]:
    """Of each entry that is left, its document and page: they are merged in different orders."""
    reader = searcher.reader()
    if not reader.doc_count_all():  # what Whoosh has for that knows no columns
        return {}
    numbers = reader.column_reader("number")
    found = {}
    for id_ in reader.field_terms("id"):
        matcher = reader.postings("id", id_)
        found.update({at: (id_, int(numbers[at])) for at in matcher.all_ids()})
    return {at: name for at, name in found.items() if not reader.is_deleted(at)}


def terms(field: str, words: tuple[str, ...]) -> st.SearchStrategy[query.Query]:
    return st.sampled_from(words).map(lambda word: query.Term(field, word))


LEAVES = st.one_of(
    terms("text", STEMS),
    terms("exact", FORMS),
    terms("country", ("HN", "GT", "MX")),
    st.lists(st.sampled_from(STEMS), min_size=2, max_size=3).map(
        lambda words: query.Phrase("text", words)
    ),
    st.builds(query.Phrase, st.just("text"), st.just(["asil", "nort"]), st.integers(1, 5)),
    st.sampled_from(("a", "as", "le", "x")).map(lambda start: query.Prefix("exact", start)),
    st.sampled_from(("fron", "ni")).map(lambda start: query.Prefix("text", start)),
)
QUERIES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(query.And),
        st.lists(parts, min_size=2, max_size=3).map(query.Or),
        st.tuples(parts, parts).map(lambda two: query.AndNot(*two)),
        parts.map(lambda part: query.And([query.Every(), query.Not(part)])),
    ),
    max_leaves=4,
)
CHANGES = st.lists(st.tuples(st.integers(0, 9), st.booleans(), TEXTS), max_size=4)


@settings(max_examples=60)
@given(
    collection=COLLECTIONS,
    changes=CHANGES,
    merged=st.booleans(),
    asked=st.lists(QUERIES, min_size=3, max_size=6),
)
def test_the_stock_searcher_finds_the_same_in_both_codecs(
    collection: list[list[str]],
    changes: list[tuple[int, bool, str]],
    merged: bool,
    asked: list[query.Query],
) -> None:
    both = Both()
    for number, pages in enumerate(collection):
        both.write([document(number, pages)], [], merged=False)
    for at, again, text in changes:
        number = at % len(collection)
        new = [document(number, [text, "asilo norte"], revision=2)] if again else []
        both.write(new, [f"d{number}"], merged=False)
    if merged:
        both.write([], [], merged=True)
    with ExitStack() as open_:
        ours = open_.enter_context(closing(FileIndex(both.ours, SCHEMA).searcher()))
        stock = open_.enter_context(closing(FileIndex(both.stock).searcher()))
        assert ours.doc_count() == stock.doc_count()
        in_ours, in_stock = names(ours), names(stock)
        for one in (query.Every(), *asked):
            assert {in_ours[at] for at in one.docs(ours)} == {
                in_stock[at] for at in one.docs(stock)
            }, one
        for word in STEMS:
            assert places(ours, word, in_ours) == places(stock, word, in_stock)


def places(
    searcher: Searcher, stem: str, named: dict[int, tuple[str, int]]
) -> dict[tuple[str, int], list[int]]:
    """Where a stem stands in each entry that is left."""
    reader = searcher.reader()
    if ("text", stem.encode()) not in reader:
        return {}
    held, matcher = {}, reader.postings("text", stem.encode())
    while matcher.is_active():
        if matcher.id() in named:
            held[named[matcher.id()]] = list(matcher.value_as("positions"))
        matcher.next()
    return held
