"""What an index in a folder does when the disk, the files or the process fail."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index import IndexBusy, IndexDocument, Query, SearchUnavailable, Unusable, open_index
from index.whoosh_engine import generations, storage, writing
from tests.index_folders import PUBLIC, answers, at, doc, reason, some_documents

ROOT = Path(__file__).parents[2]
ASILO = Query("asilo", PUBLIC)


def flip(path: Path, at_byte: int, bit: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[at_byte] ^= 1 << bit
    path.write_bytes(content)


def arrays(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.flat"))


# A disk that is full, or may not be written ---------------------------------------------------


class Disk:
    """Counts what is asked of the disk, and says that it is full from the n-th time on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.full_at = 0, None
        for owner, name in (
            (os, "fsync"),
            (os, "rename"),
            (os, "mkdir"),
            (os, "makedirs"),
            (Path, "replace"),
            (Path, "mkdir"),
            (Path, "write_text"),
            (storage.FileStorage, "create_file"),
        ):
            monkeypatch.setattr(owner, name, self._asking(getattr(owner, name)))

    def _asking(self, real: Callable[..., object]) -> Callable[..., object]:
        def asked(*args: object, **named: object) -> object:
            self.asked += 1
            if self.full_at is not None and self.asked >= self.full_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*args, **named)

        return asked

    @contextmanager
    def full(self, at_time: int) -> Iterator[None]:
        self.asked, self.full_at = 0, at_time
        try:
            yield
        finally:
            self.full_at = None


def put_some(index: object) -> None:
    index.put([doc("new", "asilo nuevo"), doc("d3", "asilo", revision=2)])


CHANGES = {
    "put": put_some,
    "remove": lambda index: index.remove(["d1"]),
    "purge": lambda index: (index.remove(["d1"]), index.purge()),
    "rebuild": lambda index: index.rebuild([*some_documents(), doc("new", "asilo")]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_wherever_the_disk_is_full_the_old_content_stays_or_the_new_is_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    disk = Disk(monkeypatch)
    index = at(folder)
    CHANGES[change](index)
    after = index.revisions()
    for n in range(1, 100):
        index.rebuild(some_documents())
        before, size = index.revisions(), index.status().bytes
        try:
            with disk.full(n):
                CHANGES[change](index)
        except OSError as error:
            said = error.errno
        else:
            break
        assert said == errno.ENOSPC
        for reader in (index, at(folder)):
            held = reader.revisions()
            assert held in (before, after)
            assert reader.search(ASILO).total == len(held)
        if held == before:
            assert index.status().bytes < size + 2_000  # nothing of the attempt takes up room
        put_some(index)  # the lock is free
    assert 5 < n < 99


@pytest.mark.parametrize("limit", [0, 500, 3_000, 9_000, 20_000])
def test_a_file_that_cannot_be_written_to_its_end_is_removed(folder: Path, limit: int) -> None:
    index = at(folder)
    before = answers(index)
    files = {path.name for path in folder.rglob("*")}
    big = doc("big", *(" ".join(f"palabra{n}x{p}" for n in range(300)) for p in range(30)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        for write in (lambda: index.put([big]), lambda: index.rebuild([big])):
            with pytest.raises(OSError, match="File too large"):
                write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert answers(index) == answers(at(folder)) == before
    left = {path.name for path in folder.rglob("*") if path.suffix in (".flat", ".toc")}
    assert left <= files
    index.put([big])
    assert index.search(Query("palabra7x7", PUBLIC)).total == 1


@contextmanager
def mounted(target: Path, options: str) -> Iterator[None]:
    """A small disk of its own; skipped where this user may not mount one."""
    target.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(target)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if done.returncode:
        pytest.skip("this user may not mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(target)], check=True)


def test_on_a_full_disk_everything_is_still_found_and_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    with mounted(tmp_path / "disk", "size=600k"):
        index = at(tmp_path / "disk" / "search")
        index.rebuild(some_documents())
        written = 0
        with pytest.raises(OSError, match="No space left"):
            for n in range(100):
                index.put([doc(f"n{n}", " ".join(f"palabra{i}x{n}" for i in range(2_000)))])
                written += 1
        assert index.search(Query("palabra*", PUBLIC)).total == written
        with pytest.raises(OSError, match="No space left"):
            index.rebuild(
                doc(f"n{n}", *(f"palabra{i}x{n} " * 9 for i in range(900))) for n in range(99)
            )
        for reader in (index, at(tmp_path / "disk" / "search")):
            assert reader.search(Query("palabra*", PUBLIC)).total == written
            reader.status()
        index.remove(sorted(index.revisions())[2:])
        index.purge()
        index.put([doc("again", "asilo nuevamente")])
        assert index.search(Query("nuevamente", PUBLIC)).total == 1
        index.close()


def test_a_folder_that_may_not_be_written_answers_and_says_so_to_writers(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=4m"):
        index = at(tmp_path / "disk" / "search")
        index.rebuild(some_documents())
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "disk")], check=True)
        for reader in (index, at(tmp_path / "disk" / "search")):
            assert reader.search(ASILO).total == 12
            reader.status()
        for write in (
            lambda: index.put([doc("n")]),
            lambda: index.remove(["d1"]),
            index.purge,
            lambda: index.rebuild([]),
        ):
            with pytest.raises(OSError, match="Read-only"):
                write()
        assert reason(at(tmp_path / "disk" / "other")) is Unusable.MISSING
        index.close()


@pytest.mark.parametrize("instead", ["file", "link to nothing"])
def test_something_else_in_the_place_of_the_folder_is_no_index(folder: Path, instead: str) -> None:
    place = folder.with_name("elsewhere")
    place.write_text("no folder") if instead == "file" else place.symlink_to("nowhere")
    index = at(place)
    for read in (lambda: index.search(ASILO), index.status, index.revisions):
        with pytest.raises(SearchUnavailable):
            read()


# What a purge owes ------------------------------------------------------------------------------


def test_a_purge_removes_what_a_killed_writer_left(folder: Path) -> None:
    """Its documents were never in the index: no segment is rewritten for them."""
    [generation] = [path for path in folder.iterdir() if path.is_dir() and arrays(path)]
    for name in ("MAIN_0123456789abcdef.flat", "_MAIN_9.toc.17", "commit_9.json.tmp"):
        (generation / name).write_bytes(b"zanahoria")
    (generation / "MAIN.tmp").mkdir()
    index = at(folder)
    index.purge()
    assert not [p for p in folder.rglob("*") if p.is_file() and b"zanahoria" in p.read_bytes()]
    assert index.search(ASILO).total == at(folder).search(ASILO).total == 12


def test_a_purge_that_could_not_remove_a_file_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = at(folder)
    index.put([doc("secret", "la palabra zanahoria")])
    index.rebuild(some_documents())
    older = sorted(path for path in folder.iterdir() if path.is_dir())[0]

    def refuse(path: Path, **_: object) -> None:
        if Path(path) == older:
            raise PermissionError(errno.EPERM, "not permitted", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(generations.shutil, "rmtree", refuse)
        with pytest.raises(PermissionError):
            index.purge()
    index.purge()
    assert not older.exists()


# Rebuilding ---------------------------------------------------------------------------------------


class Streamed:
    """Documents that remember how many were asked for; interrupted at one of them."""

    def __init__(self, documents: list[IndexDocument], until: int | None = None) -> None:
        self._documents, self._until = documents, until

    def __iter__(self) -> Iterator[IndexDocument]:
        for n, document in enumerate(self._documents):
            if n == self._until:
                raise KeyboardInterrupt
            yield document


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of all documents that were written, in commits of six entries."""
    ids: list[str] = []
    real = writing.entries

    def noting(document: IndexDocument, lexicon: object) -> object:
        ids.append(document.id)
        return real(document, lexicon)

    monkeypatch.setattr(writing, "entries", noting)
    monkeypatch.setattr(writing, "BATCH_ENTRIES", 6)
    return ids


def test_an_interrupted_rebuild_goes_on_where_it_was(folder: Path, written: list[str]) -> None:
    index = at(folder)
    with pytest.raises(KeyboardInterrupt):
        index.rebuild(Streamed(some_documents(), until=9))
    assert written == [f"d{n}" for n in range(8)]
    assert index.search(ASILO).total == 12  # of the generation before
    written.clear()
    now = [doc("d1", "asilo corregido", revision=2), *some_documents()[2:], doc("new", "asilo")]
    at(folder).rebuild(now)
    assert written == ["d1", "d8", "d9", "d10", "d11", "new"]
    assert index.revisions() == {one.id: one.revision for one in now}
    assert index.search(Query("corregido", PUBLIC)).total == 1
    fresh = at(folder.with_name("fresh"))
    fresh.rebuild(now)
    assert [r.total for r in answers(index)] == [r.total for r in answers(fresh)]


@pytest.mark.parametrize("between", ["put", "purge", "other schema", "damage", "finished"])
def test_an_unfinished_rebuild_that_may_be_outdated_or_damaged_is_not_gone_on_with(
    folder: Path, written: list[str], monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    index = at(folder)
    with pytest.raises(KeyboardInterrupt):
        index.rebuild(Streamed(some_documents(), until=9))
    left = max(path for path in folder.iterdir() if path.is_dir())
    if between == "put":
        index.put([doc("d1", "asilo de nuevo")])
    elif between == "purge":
        index.purge()
    elif between == "other schema":
        (left / "unfinished.json").write_text('{"schema": "older"}')
    elif between == "damage":
        flip(arrays(left)[0], 900)
    else:
        (left / "manifest.json").write_text((left / "unfinished.json").read_text())
    written.clear()
    index.rebuild(some_documents())
    assert len(written) == 12
    assert not left.exists()
    assert index.search(ASILO).total == 12


def test_after_a_rebuild_the_lock_is_free_for_others(folder: Path) -> None:
    index = at(folder)

    def meanwhile() -> Iterator[IndexDocument]:
        with pytest.raises(IndexBusy):
            at(folder).put([doc("b")])
        yield doc("a", "asilo")

    index.rebuild(meanwhile())
    at(folder).put([doc("b", "asilo")])
    assert open_index(f"whoosh:{folder}").search(ASILO).total == 2
