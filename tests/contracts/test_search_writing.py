"""What every search engine promises of putting, removing, rebuilding and purging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import open_index
from index.contract import IndexDocument, Query, SearchIndex
from tests.indexes import PUBLIC, doc, found


def test_put_replaces_everything_of_a_document(index: SearchIndex) -> None:
    index.put([doc("a", "asilo", "frontera", title="Viejo", country={"HN"}), doc("b", "asilo")])
    index.put([doc("a", "refugio", title="Nuevo", country={"GT"}, revision=2)])
    assert found(index, "asilo") == {"b"}
    assert found(index, "viejo") == set()
    assert found(index, "nuevo refugio") == {"a"}
    assert index.search(Query("", PUBLIC)).facets["country"] == {"GT": 1}
    assert index.revisions() == {"a": 2, "b": 1}


def test_of_two_versions_in_one_batch_the_last_stays(index: SearchIndex) -> None:
    index.put([doc("a", "asilo"), doc("a", "refugio", revision=2)])
    assert found(index, "asilo") == set()
    assert index.revisions() == {"a": 2}
    index.rebuild([doc("a", "asilo"), doc("a", "frontera", revision=3)])
    assert index.revisions() == {"a": 3}


def test_remove_takes_documents_out_and_ignores_unknown_ids(index: SearchIndex) -> None:
    index.put([doc("a", "asilo", country={"HN"}), doc("b", "asilo")])
    index.remove(["a", "unknown"])
    index.remove([])
    assert found(index, "asilo") == {"b"}
    assert index.search(Query("", PUBLIC)).facets["country"] == {}
    assert index.revisions() == {"b": 1}


def test_replacing_all_of_an_early_commit_loses_nothing_of_the_later_ones(
    index: SearchIndex,
) -> None:
    index.put([doc("first", "asilo")])
    index.put([doc("second", "asilo")])
    index.put([doc("first", "asilo", revision=2)])
    assert index.revisions() == {"first": 2, "second": 1}
    index.remove(["first"])
    assert found(index, "asilo") == {"second"}


@given(changes=st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=14))
def test_whatever_is_put_and_removed_commit_by_commit_the_index_holds_just_that(
    changes: list[tuple[str, bool]],
) -> None:
    with closing(open_index("whoosh::memory:")) as index:
        index.rebuild([])
        held: dict[str, int] = {}
        for revision, (id_, put) in enumerate(changes, start=1):
            if put:
                index.put([doc(id_, "asilo", revision=revision)])
                held[id_] = revision
            else:
                index.remove([id_])
                held.pop(id_, None)
            assert index.revisions() == held
        index.purge()
        assert index.revisions() == held
        assert found(index, "asilo") == held.keys()


def test_a_purge_changes_no_answer(index: SearchIndex) -> None:
    index.put([doc(f"d{n}", f"asilo número {n}", country={"HN"}) for n in range(6)])
    index.put([doc("d1", "asilo otra vez", revision=2)])
    index.remove(["d2", "d3"])
    before = index.search(Query("asilo", PUBLIC)), index.revisions()
    index.purge()
    assert (index.search(Query("asilo", PUBLIC)), index.revisions()) == before


def test_a_rebuild_replaces_the_whole_content(index: SearchIndex) -> None:
    index.put([doc("a", "asilo"), doc("b", "asilo")])
    index.rebuild(iter([doc("b", "refugio", revision=5), doc("c", "asilo")]))
    assert index.revisions() == {"b": 5, "c": 1}
    assert found(index, "asilo") == {"c"}


def test_a_rebuild_that_fails_leaves_the_old_content(index: SearchIndex) -> None:
    def broken() -> Iterator[IndexDocument]:
        yield doc("new", "asilo")
        raise RuntimeError("the database went away")

    index.put([doc("old", "asilo")])
    with pytest.raises(RuntimeError):
        index.rebuild(broken())
    assert found(index, "asilo") == {"old"}
    index.put([doc("later", "asilo")])
    assert found(index, "asilo") == {"old", "later"}


def test_a_put_that_fails_lets_the_next_one_write(index: SearchIndex) -> None:
    def broken() -> Iterator[IndexDocument]:
        raise RuntimeError("the database went away")
        yield doc("new", "asilo")

    with pytest.raises(RuntimeError):
        index.put(broken())
    index.put([doc("a", "asilo")])
    assert found(index, "asilo") == {"a"}


def test_readers_see_the_old_content_while_a_rebuild_runs(index: SearchIndex) -> None:
    def slowly() -> Iterator[IndexDocument]:
        yield doc("new", "asilo")
        assert found(index, "asilo") == {"old"}

    index.put([doc("old", "asilo")])
    index.rebuild(slowly())
    assert found(index, "asilo") == {"new"}


def test_create_leaves_a_usable_index_alone(index: SearchIndex) -> None:
    index.put([doc("a", "asilo")])
    index.create()
    assert found(index, "asilo") == {"a"}


def test_strange_texts_are_indexed_without_complaint(index: SearchIndex) -> None:
    strange = ["\x00\ud800\udfff", "a" * 100_000, "😀 asilo 🏳️‍🌈", "½ ﬁn Ⅻ", "\u202easilo\u202c", ""]
    index.put([doc("a", *strange, title="\ud800 " * 3, authors=("\x00",))])
    assert found(index, "asilo") == {"a"}
    assert found(index, "fin") == {"a"}
    assert found(index, "a" * 100_000) == {"a"}
