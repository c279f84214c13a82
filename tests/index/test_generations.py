"""An index in a folder: durable, checked before it is trusted, replaced when it is not."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import open_index
from index.contract import (
    IndexDocument,
    IndexPage,
    Query,
    SearchIndex,
    SearchUnavailable,
    Unusable,
)
from tests.index_folders import PUBLIC, answers, at, doc, reason, some_documents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def index(folder: Path) -> Iterator[SearchIndex]:
    index = at(folder)
    index.rebuild(some_documents())
    yield index
    index.close()


# Opening ----------------------------------------------------------------------------------


def test_opening_for_reading_creates_nothing(folder: Path) -> None:
    index = at(folder)
    assert reason(index) is Unusable.MISSING
    for read in (index.revisions, index.status):
        with pytest.raises(SearchUnavailable):
            read()
    assert not folder.exists()
    index.create()
    assert index.search(Query("asilo", PUBLIC)).total == 0


def test_writing_to_a_missing_index_says_so(folder: Path) -> None:
    for write in (lambda: at(folder).put([doc("a")]), lambda: at(folder).remove(["a"])):
        with pytest.raises(SearchUnavailable):
            write()


def test_a_folder_deleted_while_open_is_noticed(index: SearchIndex, folder: Path) -> None:
    answers(index)
    shutil.rmtree(folder)
    assert reason(index) is Unusable.MISSING
    index.rebuild([doc("new", "asilo")])
    assert index.revisions() == {"new": 1}


def test_an_index_of_another_schema_is_not_opened(index: SearchIndex, folder: Path) -> None:
    (manifest,) = folder.glob("*/manifest.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"schema": "older"}))
    fresh = at(folder)
    assert reason(fresh) is Unusable.OTHER_SCHEMA
    fresh.rebuild(some_documents())
    assert fresh.search(Query("asilo", PUBLIC)).total == 12


def test_an_unknown_url_is_refused() -> None:
    for url in ("", "whoosh", "whoosh:", "solr:x", "/folder"):
        with pytest.raises(ValueError, match="search_url"):
            open_index(url)


def test_importing_index_loads_no_engine_and_no_numpy() -> None:
    code = (
        "import index, sys; assert not {'numpy', 'whoosh', 'index.whoosh_engine'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_the_status_tells_what_is_held(index: SearchIndex, folder: Path) -> None:
    index.remove(["d1"])
    status = index.status()
    assert (status.documents, status.entries) == (11, 33)
    assert status.generation == (folder / "CURRENT").read_text().split()[0]
    assert status.segments >= 1
    assert status.bytes > 1_000


def test_facet_values_may_be_resolved_by_the_caller(folder: Path) -> None:
    names = {("country", "honduras"): frozenset({"HN"})}
    index = open_index(
        f"whoosh:{folder}", resolve=lambda facet, typed: names.get((facet, typed), frozenset())
    )
    index.rebuild(some_documents())
    assert index.search(Query("país:honduras", PUBLIC)).total == 12
    assert index.search(Query("país:narnia", PUBLIC)).total == 0
    index.close()


# Damage -----------------------------------------------------------------------------------


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _delete(path: Path) -> None:
    path.unlink()


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def _lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


@pytest.mark.parametrize("harm", [_truncate, _empty, _delete, _lengthen, *[_flip] * 6])
def test_a_damaged_file_gives_right_answers_or_none(index, folder: Path, harm) -> None:
    random.seed(7)
    index.put([doc("d3", "asilo otra vez", revision=2)])
    index.remove(["d5"])
    expected = answers(index)
    index.close()
    files = [p for p in folder.rglob("*") if p.is_file() and p.stat().st_size]
    assert {p.suffix for p in files} == {"", ".toc", ".flat", ".json"}
    refused = 0
    for path in files:
        copy = folder.with_name("copy")
        shutil.copytree(folder, copy)
        harm(copy / path.relative_to(folder))
        hurt = at(copy)
        try:
            assert answers(hurt) == expected, path
        except SearchUnavailable:
            refused += 1
            hurt.rebuild(some_documents())
        assert hurt.search(Query("asilo", PUBLIC)).total >= 11
        hurt.close()
        shutil.rmtree(copy)
    assert refused >= len(files) - 1  # only the manifest has words that do not matter


def test_current_never_leads_to_an_older_generation_by_accident(index, folder: Path) -> None:
    older = index.status().generation
    index.rebuild([doc("new", "asilo")])
    text = (folder / "CURRENT").read_text()
    (folder / "CURRENT").write_text(text.replace(text.split()[0], older))
    assert reason(at(folder)) is Unusable.DAMAGED
    for strange in ("../..", "g000001", "\x00", "é", "g000001-00000000 x"):
        (folder / "CURRENT").write_text(strange)
        assert reason(at(folder)) is Unusable.DAMAGED


# Generations ------------------------------------------------------------------------------


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_two_generations_are_kept(index: SearchIndex, folder: Path) -> None:
    for n in range(4):
        index.rebuild([doc("a", "asilo", revision=n)])
    assert len(generations(folder)) == 2
    assert generations(folder)[-1] == index.status().generation


def test_what_a_killed_rebuild_left_is_removed_by_the_next(index, folder: Path) -> None:
    left = folder / "g000099-0123abcd"
    left.mkdir()
    (left / "MAIN_x.seg").write_bytes(b"half")
    index.rebuild(some_documents())
    assert not left.exists()
    assert index.search(Query("asilo", PUBLIC)).total == 12


def test_a_rebuild_that_fails_leaves_no_files(index: SearchIndex, folder: Path) -> None:
    def broken() -> Iterator[IndexDocument]:
        yield doc("new", "asilo")
        raise RuntimeError("the database went away")

    before = generations(folder)
    with pytest.raises(RuntimeError):
        index.rebuild(broken())
    assert generations(folder) == before


def test_readers_of_other_indexes_follow_a_rebuild(index, folder: Path) -> None:
    reader = at(folder)
    assert reader.search(Query("asilo", PUBLIC)).total == 12
    index.rebuild([doc("new", "asilo")])
    assert reader.search(Query("asilo", PUBLIC)).total == 1
    index.put([doc("more", "asilo")])
    assert reader.search(Query("asilo", PUBLIC)).total == 2
    reader.close()


def test_nothing_removed_stays_in_any_file_after_a_purge(index, folder: Path) -> None:
    index.put([doc("secret", "la palabra zanahoria delata", title="Zanahorias"), doc("x", "asilo")])
    index.put([doc("revised", "la palabra berenjena delata")])
    index.rebuild([*some_documents(), doc("secret", "la palabra zanahoria delata")])
    index.put([doc("revised", "la palabra berenjena delata")])
    index.put([doc("revised", "nada", revision=2)])
    index.remove(["secret"])

    def traces() -> list[Path]:
        files = [path for path in folder.rglob("*") if path.is_file()]
        return [p for p in files if any(w in p.read_bytes() for w in (b"zanah", b"berenj"))]

    assert traces()
    index.purge()
    assert traces() == []
    assert not [p for p in folder.rglob("*") if p.is_file() and b"secret" in p.read_bytes()]
    assert generations(folder) == [index.status().generation]
    assert index.search(Query("asilo", PUBLIC)).total == 12


def test_segments_stay_few_however_small_the_commits(folder: Path) -> None:
    index = at(folder)
    index.create()
    for n in range(50):
        index.put([doc(f"d{n}", f"asilo {n}")])
        assert index.status().segments <= 10
    assert index.search(Query("asilo", PUBLIC)).total == 50
    index.close()


# Scores -------------------------------------------------------------------------------------


def test_hidden_documents_have_no_part_in_any_score(index: SearchIndex) -> None:
    before = answers(index)
    index.put(
        [
            IndexDocument(
                f"hidden{n}",
                1,
                "asilo refugio",
                "es",
                frozenset({"board"}),
                (IndexPage(1, "asilo asilo derecho frontera " * n, "es"),),
            )
            for n in range(1, 9)
        ]
    )
    assert answers(index) == before
