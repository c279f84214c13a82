"""Words spelt nearly alike, and words near one another, against plain Python."""

from __future__ import annotations

import io
from itertools import permutations, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index import IndexDocument, IndexPage, Query, open_index
from index.spelling import is_near
from index.whoosh_engine import flat, terms
from index.whoosh_engine.flat import FlatFile
from index.whoosh_engine.postings import _near
from index.whoosh_engine.spellings import Spellings, _first_letters
from index.whoosh_engine.terms import TermDictionary

PUBLIC = frozenset({"public"})
TERMS = st.sets(st.text("abcñhsz", min_size=1, max_size=6), max_size=120)


def spellings(words: set[str]) -> tuple[Spellings, list[str]]:
    known = sorted(words, key=str.encode)
    file = io.BytesIO()
    encoded = [word.encode() for word in known]
    flat.write(file, {f"f/{name}": array for name, array in terms.arrays(encoded).items()})
    return Spellings(TermDictionary(FlatFile(file), "f")), known


@given(words=TERMS, word=st.text("abcñhsz", min_size=1, max_size=6), edits=st.integers(1, 2))
def test_terms_near_a_word_are_those_that_so_many_edits_reach(
    words: set[str], word: str, edits: int
) -> None:
    sifted, known = spellings(words)
    near = {known[number]: far for number, far in sifted.near(word, edits).items()}
    alike = _first_letters(word)
    assert set(near) == {w for w in words if w[0] in alike and is_near(w, word, edits)}
    for found, far in near.items():
        assert is_near(found, word, far) if far else found == word
        assert far == 0 or not is_near(found, word, far - 1)


@given(
    places=st.lists(st.sets(st.integers(0, 30), min_size=1, max_size=5), min_size=2, max_size=3),
    width=st.integers(2, 12),
)
def test_words_are_near_where_some_stretch_holds_them_all(
    places: list[set[int]], width: int
) -> None:
    keys = [np.array(sorted(some), np.uint32) for some in places]
    expected = {min(chosen) for chosen in product(*places) if max(chosen) - min(chosen) < width}
    assert set(_near(keys, width).tolist()) == expected


def test_a_misspelt_word_is_found_and_the_right_spelling_comes_first() -> None:
    index = open_index("whoosh::memory:")
    texts = {"a": "desplasamiento forzado", "b": "desplazamiento forzado", "c": "despacho forzado"}
    index.put([page(id_, text) for id_, text in texts.items()])
    found = index.search(Query("desplazamiento~", PUBLIC))
    assert [hit.id for hit in found.hits] == ["b", "a"]
    assert [hit.id for hit in index.search(Query("bibienda~", PUBLIC)).hits] == []
    index.put([page("d", "derecho a la vivienda")])
    assert [hit.id for hit in index.search(Query("bibienda~", PUBLIC)).hits] == ["d"]
    assert [hit.id for hit in index.search(Query("título:bibienda~", PUBLIC)).hits] == []


def test_near_one_another_is_in_any_order_and_no_farther() -> None:
    index = open_index("whoosh::memory:")
    words = ["tierra", "agua", "casa"]
    index.put(
        page("-".join(order), f"{order[0]} uno dos {order[1]} tres {order[2]}")
        for order in permutations(words)
    )
    every = index.search(Query('"tierra agua casa"~3', PUBLIC))
    assert every.total == 6
    assert index.search(Query('"tierra agua casa"~2', PUBLIC)).total == 0
    assert index.search(Query('"tierra uno agua"', PUBLIC)).total == 0


def page(id_: str, text: str) -> IndexDocument:
    return IndexDocument(id_, 1, "", "es", PUBLIC, (IndexPage(1, text, "es"),))
