"""Segments of flat arrays: what is written is read, by us and by Whoosh's own searcher."""

from __future__ import annotations

import gc
import io
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
from index.whoosh_engine import flat, inversion, merging, terms, writing
from index.whoosh_engine.flat import FlatFile, NotFlat
from index.whoosh_engine.impacts import AVERAGE, K1, NORMAL, STEPS, B, impacts, norms
from index.whoosh_engine.inversion import FURTHEST, Occurrences, invert
from index.whoosh_engine.lexicon import Lexicon
from index.whoosh_engine.lists import Lists, TermList
from index.whoosh_engine.merging import Part, merge
from index.whoosh_engine.schema import SCHEMA
from index.whoosh_engine.snapshot import Snapshot
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
        arrays = invert(parts, lambda entries, times: impacts(times, NORMAL))
    finally:
        inversion.AT_ONCE = bound
    assert by_term(arrays) == {t: dict(sorted(e.items())) for t, e in sorted(expected.items())}


@given(
    segments=st.lists(OCCURRENCES, min_size=1, max_size=3),
    removed=st.sets(st.integers(0, 29)),
    at_once=st.integers(1, 30),
)
def test_merging_segments_is_inverting_what_is_kept_of_them(
    segments: list[list[tuple[bytes, int]]], removed: set[int], at_once: int
) -> None:
    """With and without positions, whichever entries are gone, with any bound of memory."""
    kept = sorted(set(range(30)) - removed)
    new_numbers = np.array(
        [kept.index(entry) if entry in kept else merging.GONE for entry in range(30)], np.int32
    )
    rows = [
        [(term, 10 * at + entry, place) for place, (term, entry) in enumerate(segment)]
        for at, segment in enumerate(segments)
    ]
    whole = [(term, int(new_numbers[e]), at) for part in rows for term, e, at in part if e in kept]
    bound, merging.AT_ONCE = merging.AT_ONCE, at_once
    try:
        for worth, positional in ((None, False), (_normal, False), (_normal, True)):
            parts = [
                Part(
                    invert(
                        [occurrences([(t, e % 10, p) for t, e, p in part])],
                        worth,
                        positional=positional,
                    ),
                    new_numbers[10 * at : 10 * at + 10],
                )
                for at, part in enumerate(rows)
            ]
            merged = merge(parts)
            expected = invert([occurrences(whole)], worth, positional=positional)
            assert ("impacts" in merged, "places" in merged) == (worth is not None, positional)
            assert merged.keys() == expected.keys()
            for kind, array in expected.items():
                assert merged[kind].dtype == array.dtype
                assert merged[kind].tolist() == array.tolist(), kind
    finally:
        merging.AT_ONCE = bound


def _normal(_: np.ndarray, times: np.ndarray) -> np.ndarray:
    return impacts(times, NORMAL)


def occurrences(rows: list[tuple[bytes, int, int]]) -> Occurrences:
    terms = sorted({term for term, _, _ in rows})
    columns = [[terms.index(t) for t, _, _ in rows], [e for _, e, _ in rows], [p for *_, p in rows]]
    kinds = (np.int32, np.uint16, np.uint16)
    return Occurrences(terms, *(np.array(c, k) for c, k in zip(columns, kinds, strict=True)))


def by_term(arrays: dict[str, np.ndarray]) -> dict[bytes, dict[int, list[int]]]:
    file = FlatFile(io.BytesIO(written(**{f"f/{name}": a for name, a in arrays.items()})))
    found: dict[bytes, dict[int, list[int]]] = {}
    dictionary = TermDictionary(file, "f")
    ends, place_ends = arrays["post_ends"], arrays["place_ends"]
    for number, term in enumerate(dictionary):
        assert dictionary.find(term) == number
        held = found[term] = {}
        for place in arrays["places"][place_ends[number] : place_ends[number + 1]].tolist():
            held.setdefault(place >> 16, []).append(place & FURTHEST)
        chosen = slice(ends[number], ends[number + 1])
        assert arrays["entries"][chosen].tolist() == list(held)
        expected = [worth(len(positions), AVERAGE) for positions in held.values()]
        assert arrays["impacts"][chosen].tolist() == expected
    return found


def worth(tf: int, length: int) -> int:
    """An impact as its definition has it, one at a time."""
    return max(round(STEPS * tf / (tf + K1 * (1 - B + B * length / AVERAGE))), 1)


@given(tf=st.integers(1, 5000), length=st.integers(0, 40_000))
def test_an_impact_is_what_bm25_says_of_frequency_and_length(tf: int, length: int) -> None:
    [impact] = impacts(np.array([tf]), norms(np.array([length], np.uint32))).tolist()
    assert abs(impact - worth(tf, length)) <= 1  # halves may be rounded either way
    assert 1 <= impact <= STEPS


@given(terms_=st.sets(st.binary(max_size=4), max_size=300), sought=st.binary(max_size=4))
def test_the_dictionary_finds_terms_and_prefixes_as_a_sorted_list_does(
    terms_: set[bytes], sought: bytes
) -> None:
    known = sorted({term.replace(b"\xff", b"").replace(b"\0", b"") for term in terms_})
    sought = sought.replace(b"\xff", b"")
    arrays = {f"f/{name}": array for name, array in terms.arrays(known).items()}
    dictionary = TermDictionary(FlatFile(io.BytesIO(written(**arrays))), "f")
    assert len(dictionary) == len(known)
    assert [dictionary[number] for number in range(len(known))] == known
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


class Impacts(scoring.WeightingModel):
    """BM25 of one field from impacts, with Whoosh's statistics."""

    def scorer(self, searcher, fieldname, text, qf=1):
        reader = searcher.get_parent().reader()  # of all segments
        held, total = reader.doc_frequency(fieldname, text), reader.doc_count_all()
        return _Scorer(math.log(1 + (total - held + 0.5) / (held + 0.5)))


class _Scorer(scoring.BaseScorer):
    def __init__(self, idf):
        self._idf = idf

    def supports_block_quality(self):
        return False

    def score(self, matcher):
        return self._idf * (K1 + 1) * matcher.weight() / STEPS


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
    lists = Lists(snapshot.fields)
    with closing(FileIndex(storage, SCHEMA).searcher(weighting=Impacts())) as searcher:
        for word in words:
            held = lists.term("text", word)
            df, total = len(held.entries), len(alive)
            idf = math.log(1 + (total - df + 0.5) / (df + 0.5))
            expected = {
                int(entry): idf * (K1 + 1) * int(impact) / STEPS
                for entry, impact in zip(held.entries, impacts_of(held), strict=True)
                if alive[entry]
            }
            found = searcher.search(whoosh_query.Term("text", word), limit=None)
            assert set(expected) == set(found.docs())
            for hit in found:
                assert math.isclose(hit.score, expected[hit.docnum], rel_tol=1e-4)
        together = whoosh_query.And([whoosh_query.Term("text", word) for word in words])
        every = [standing(lists.term("text", word), alive) for word in words]
        assert set(searcher.search(together, limit=None).docs()) == set.intersection(*every)
        slots = tuple((n, (word,)) for n, word in enumerate(words))
        if len(set(words)) == len(words):
            phrase = whoosh_query.Phrase("text", words)
            ours = standing(lists.phrase("text", slots), alive)
            assert set(searcher.search(phrase, limit=None).docs()) == ours
        stock = searcher.search(whoosh_query.Prefix("exact", "as"), limit=None)
        assert set(stock.docs()) == standing(lists.prefix("exact", "as"), alive)


def impacts_of(found: TermList) -> np.ndarray:
    return np.zeros(0, np.uint8) if found.impacts is None else found.impacts


def standing(found: TermList, alive: np.ndarray) -> set[int]:
    return {int(entry) for entry in found.entries if alive[entry]}


def test_what_was_removed_is_in_no_array_after_a_purge() -> None:
    storage = built([["asilo zanate"], ["asilo norte"]], [], purge=False)
    writing.write(storage, [], ["d0"])
    writing.purge(storage)
    raw = b"".join(bytes(storage.files[name]) for name in storage.files)
    assert b"zanate" not in raw
    assert b"asil" in raw


def test_the_words_of_a_batch_go_with_it_without_a_collection_of_garbage() -> None:
    gc.disable()
    try:
        before = lexicons()
        built([["asilo norte"], ["asilo"]], [0], purge=False)
        assert lexicons() == before
    finally:
        gc.enable()


def lexicons() -> int:
    return sum(isinstance(one, Lexicon) for one in gc.get_objects())


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
