"""Segments of flat arrays: what is written is read, by us and by Whoosh's own searcher."""

from __future__ import annotations

import io
import itertools
import math
from collections import Counter
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as whoosh_query
from whoosh import scoring
from whoosh.index import FileIndex

from index.contract import IndexDocument, IndexPage
from index.whoosh_engine import flat, inversion, writing
from index.whoosh_engine.flat import FlatFile, NotFlat
from index.whoosh_engine.inversion import Occurrences, invert
from index.whoosh_engine.schema import SCHEMA
from index.whoosh_engine.snapshot import Lists, Snapshot
from index.whoosh_engine.storage import MemoryStorage
from index.whoosh_engine.terms import TermDictionary

PUBLIC = frozenset({"public"})
WORDS = ("asilo", "asilos", "refugio", "frontera", "niñez", "norte", "sur", "ley", "leyes")
TEXTS = st.lists(st.sampled_from((*WORDS, "de", "la")), max_size=12).map(" ".join)
COLLECTIONS = st.lists(st.lists(TEXTS, max_size=3), min_size=1, max_size=6)


def written(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    flat.write(file, arrays)
    return file.getvalue()


def test_arrays_come_back_as_they_were_written() -> None:
    arrays = {
        "a": np.arange(1000, dtype=np.uint16),
        "none": np.zeros(0, np.uint32),
        "b": np.array([-1, 5], np.int32),
    }
    file = FlatFile(io.BytesIO(written(**arrays)))
    assert file.names() == list(arrays)
    for name, array in arrays.items():
        assert file[name].dtype == array.dtype
        assert file[name].tolist() == array.tolist()
        assert file.place(name) % flat.ALIGNED == 0
    assert file.is_sound()


@given(st.data())
def test_no_damaged_file_passes_for_sound(data: st.DataObject) -> None:
    whole = written(a=np.arange(60, dtype=np.uint32), b=np.arange(7, dtype=np.uint8))
    kind = data.draw(st.sampled_from(["flip", "cut", "grow"]))
    if kind == "cut":
        damaged = whole[: data.draw(st.integers(0, len(whole) - 1))]
    elif kind == "grow":
        damaged = whole + b"\0"
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        damaged = bytearray(whole)
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        file = FlatFile(io.BytesIO(bytes(damaged)))
    except NotFlat:
        return
    same = all(file[name].tobytes() == FlatFile(io.BytesIO(whole))[name].tobytes() for name in "ab")
    assert same or not file.is_sound()


OCCURRENCES = st.lists(
    st.tuples(st.sampled_from([b"a", b"ab", b"b", b"\xc3\xb1"]), st.integers(0, 9)), max_size=60
)


@given(given_=OCCURRENCES, at_once=st.integers(1, 30), cut=st.integers(0, 60))
def test_inverting_by_ranges_of_terms_is_grouping_by_term_and_entry(
    given_: list[tuple[bytes, int]], at_once: int, cut: int
) -> None:
    """Against a dictionary of lists; in two parts, with any bound of memory."""
    parts, expected = [], {}
    positions: Counter[int] = Counter()
    for part in (given_[:cut], given_[cut:]):
        terms = sorted({term for term, _ in part}, reverse=True)
        rows = []
        for term, entry in part:
            rows.append((terms.index(term), entry, positions[entry]))
            expected.setdefault(term, {}).setdefault(entry, []).append(positions[entry])
            positions[entry] += 1
        columns = [[row[i] for row in rows] for i in range(3)]
        parts.append(
            Occurrences(
                terms,
                np.array(columns[0], np.int32),
                np.array(columns[1], np.uint16),
                np.array(columns[2], np.uint16),
            )
        )
    bound, inversion.AT_ONCE = inversion.AT_ONCE, at_once
    try:
        arrays = invert(parts, positional=True)
    finally:
        inversion.AT_ONCE = bound
    assert by_term(arrays) == {t: dict(sorted(e.items())) for t, e in sorted(expected.items())}


def by_term(arrays: dict[str, np.ndarray]) -> dict[bytes, dict[int, list[int]]]:
    file = FlatFile(io.BytesIO(written(**{f"f/{name}": a for name, a in arrays.items()})))
    found: dict[bytes, dict[int, list[int]]] = {}
    dictionary = TermDictionary(file, "f")
    ends, pos_ends = arrays["post_ends"], arrays["pos_ends"]
    for number, term in enumerate(dictionary):
        assert dictionary.find(term) == number
        places = iter(arrays["positions"][pos_ends[number] : pos_ends[number + 1]].tolist())
        chosen = slice(ends[number], ends[number + 1])
        for entry, times in zip(arrays["entries"][chosen], arrays["times"][chosen], strict=True):
            found.setdefault(term, {})[int(entry)] = list(itertools.islice(places, int(times)))
        assert next(places, None) is None
    return found


@given(terms=st.sets(st.binary(max_size=4), max_size=300), sought=st.binary(max_size=4))
def test_the_dictionary_finds_terms_and_prefixes_as_a_sorted_list_does(
    terms: set[bytes], sought: bytes
) -> None:
    known = sorted(t.replace(b"\xff", b"\xfe") for t in terms)
    known = sorted(set(known))
    sought = sought.replace(b"\xff", b"\xfe")
    arrays = {
        "f/terms": np.frombuffer(b"".join(known), np.uint8),
        "f/term_ends": np.cumsum([0, *map(len, known)]).astype(np.uint32),
    }
    dictionary = TermDictionary(FlatFile(io.BytesIO(written(**arrays))), "f")
    assert list(dictionary) == known
    assert dictionary.find(sought) == (known.index(sought) if sought in known else -1)
    first, end = dictionary.beginning_with(sought)
    assert known[first:end] == [term for term in known if term.startswith(sought)]


# The stock searcher as the oracle ----------------------------------------------------------


def doc(id_: str, pages: list[str], title: str = "") -> IndexDocument:
    numbered = tuple(IndexPage(n, text, "es") for n, text in enumerate(pages, 1))
    return IndexDocument(id_, 1, title, "es", PUBLIC, numbered)


def built(collection: list[list[str]], changes: list[int], purge: bool) -> MemoryStorage:
    """Every document in a commit of its own; then some replaced, some removed."""
    storage = MemoryStorage()
    writing.create(storage)
    for n, pages in enumerate(collection):
        writing.write(storage, [doc(f"d{n}", pages, title=pages[0] if pages else "")], ())
    for n in changes:
        id_ = f"d{n % len(collection)}"
        again = [doc(id_, ["asilo en el norte"])] if n % 2 else []
        writing.write(storage, again, [id_])
    if purge:
        writing.purge(storage)
    return storage


class PlainBM25(scoring.WeightingModel):
    """BM25 as matching.py has it, of one field, on Whoosh's statistics."""

    def scorer(self, searcher, fieldname, text, qf=1):
        reader = searcher.get_parent().reader()  # of all segments
        held, total = reader.doc_frequency(fieldname, text), reader.doc_count_all()
        average = reader.field_length(fieldname) / max(total, 1)
        idf = math.log(1 + (total - held + 0.5) / (held + 0.5))
        return _Scorer(searcher, fieldname, idf, average)


class _Scorer(scoring.BaseScorer):
    def __init__(self, searcher, field, idf, average):
        self._length = lambda n: searcher.doc_field_length(n, field)
        self._idf, self._average = idf, max(average, 1.0)

    def supports_block_quality(self):
        return False

    def score(self, matcher):
        tf, length = matcher.weight(), self._length(matcher.id())
        return self._idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / self._average))


@settings(max_examples=60)
@given(
    collection=COLLECTIONS,
    changes=st.lists(st.integers(0, 20), max_size=5),
    purge=st.booleans(),
    words=st.lists(
        st.sampled_from(["asil", "refugi", "fronter", "ley", "nort"]), min_size=1, max_size=3
    ),
)
def test_the_stock_searcher_reads_our_segments_as_we_do(
    collection: list[list[str]], changes: list[int], purge: bool, words: list[str]
) -> None:
    storage = built(collection, changes, purge)
    snapshot = Snapshot(storage, storage.latest_commit())
    alive = snapshot.alive[snapshot.document_of]
    with closing(FileIndex(storage, SCHEMA).searcher(weighting=PlainBM25())) as searcher:
        for word in words:
            postings = Lists(snapshot).term("text", word)
            held = {
                int(e): float(w)
                for e, w in zip(postings.entries, postings.times, strict=True)
                if alive[e]
            }
            found = searcher.search(whoosh_query.Term("text", word), limit=None)
            assert set(held) == set(found.docs())
            expected = scored(snapshot, searcher, word, held)
            for hit in found:
                assert math.isclose(hit.score, expected[hit.docnum], rel_tol=1e-4)
        together = whoosh_query.And([whoosh_query.Term("text", word) for word in words])
        both = set.intersection(
            *({int(e) for e in Lists(snapshot).term("text", w).entries if alive[e]} for w in words)
        )
        assert set(searcher.search(together, limit=None).docs()) == both
        phrase = whoosh_query.Phrase("text", words)
        slots = tuple((n, (word,)) for n, word in enumerate(words))
        ours = {int(e) for e in Lists(snapshot).phrase("text", slots).entries if alive[e]}
        if len(set(words)) == len(words):
            assert set(searcher.search(phrase, limit=None).docs()) == ours
        begins = {int(e) for e in Lists(snapshot).prefix("exact", "as").entries if alive[e]}
        stock = searcher.search(whoosh_query.Prefix("exact", "as"), limit=None)
        assert set(stock.docs()) == begins


def scored(snapshot: Snapshot, searcher, word: str, held: dict[int, float]) -> dict[int, float]:
    reader = searcher.reader()
    df = reader.doc_frequency("text", word.encode())
    total = reader.doc_count_all()
    average = max(reader.field_length("text") / max(total, 1), 1.0)
    lengths = [length for segment in snapshot.segments for length in segment.lengths.tolist()]
    idf = math.log(1 + (total - df + 0.5) / (df + 0.5))
    return {
        entry: idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * lengths[entry] / average))
        for entry, tf in held.items()
    }


def test_what_was_removed_is_in_no_array_after_a_purge() -> None:
    storage = built([["asilo zanate"], ["asilo norte"]], [], purge=False)
    writing.write(storage, [], ["d0"])
    writing.purge(storage)
    raw = b"".join(bytes(storage.files[name]) for name in storage.files)
    assert b"zanate" not in raw
    assert b"asil" in raw


def test_a_segment_never_grows_beyond_its_bound_by_merging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_ENTRIES", 12)
    storage = MemoryStorage()
    writing.create(storage)
    for n in range(40):
        writing.write(storage, [doc(f"d{n}", ["asilo", "norte"])], ())
    sizes = [segment.size for segment in Snapshot(storage, storage.latest_commit()).segments]
    assert sum(sizes) == 120
    assert max(sizes) <= 12
    writing.consolidate(storage)
    after = [segment.size for segment in Snapshot(storage, storage.latest_commit()).segments]
    assert (sum(after), max(after) <= 12, len(after)) == (120, True, 10)
