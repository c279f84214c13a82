"""What every blob store promises."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repo_app.blobs import BlobStore, LocalBlobs, TooLarge, open_blobs

LIMIT = 1_000_000


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return LocalBlobs(tmp_path / "blobs")


def put(store: BlobStore, content: bytes) -> str:
    return store.put(io.BytesIO(content), limit=LIMIT).key


def content_of(store: BlobStore, key: str) -> bytes:
    with store.local_path(key) as path:
        return path.read_bytes()


@given(content=st.binary(max_size=2000))
def test_a_blob_is_named_by_its_content_and_comes_back_whole(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = LocalBlobs(tmp_path_factory.mktemp("blobs"))
    blob = store.put(io.BytesIO(content), limit=LIMIT)
    assert blob.key == hashlib.sha256(content).hexdigest()
    assert blob.size == len(content)
    assert content_of(store, blob.key) == content


def test_the_same_content_twice_is_held_once(store: BlobStore) -> None:
    assert put(store, b"one") == put(store, b"one")
    assert list(store.stored()) == [put(store, b"one")]


def test_a_stream_beyond_the_limit_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        store.put(io.BytesIO(b"x" * 11), limit=10)
    assert list(store.stored()) == []
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_stream_that_breaks_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(Broken(), limit=LIMIT)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_deleting_is_final_and_deleting_nothing_is_no_error(store: BlobStore) -> None:
    key = put(store, b"gone")
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)
    with pytest.raises(FileNotFoundError), store.local_path(key):
        pass


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_checksum_is_a_key(store: BlobStore, key: str) -> None:
    with pytest.raises(ValueError, match="not a blob key"):
        store.exists(key)


def test_files_are_readable_by_their_owner_alone(store: BlobStore) -> None:
    with store.local_path(put(store, b"private")) as path:
        assert path.stat().st_mode & 0o077 == 0


def test_a_writer_killed_midway_leaves_nothing_that_counts(tmp_path: Path) -> None:
    root = tmp_path / "blobs"
    code = f"""
import sys, time
from pathlib import Path
from repo_app.blobs import LocalBlobs
class Slow:
    def read(self, size):
        print("reading", flush=True); time.sleep(0.05); return b"x" * 1000
LocalBlobs(Path({str(root)!r})).put(Slow(), limit=10**9)
"""
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    for _ in range(3):
        child.stdout.readline()
    child.kill()
    child.communicate()
    store = LocalBlobs(root)
    assert list(store.stored()) == []
    assert store.sweep(older_than=time.time() + 1) == 1
    assert list(root.iterdir()) == []


def test_an_unknown_kind_of_store_is_named() -> None:
    with pytest.raises(ValueError, match="no blob store"):
        open_blobs("ftp://somewhere")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)
