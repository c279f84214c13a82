"""Stored files, named by their own SHA-256. No name chosen by a person reaches the disk."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 1 << 18
KEY = re.compile(r"[0-9a-f]{64}")
PARTIAL = "partial-"


class TooLarge(Exception):
    """The stream went past the limit; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file: ``key`` is its SHA-256 in hexadecimal, ``size`` in bytes."""

    key: str
    size: int


class BlobStore(Protocol):
    """Files by content. ``put`` is atomic and durable: after it returns, a power cut loses
    nothing; if it raises, nothing is kept. ``local_path`` raises FileNotFoundError. ``stored``
    lists keys, those written before ``older_than`` (seconds since 1970); ``sweep`` removes what
    interrupted writers left before then and counts it."""

    def put(self, stream: BinaryIO, *, limit: int) -> Blob: ...
    def local_path(self, key: str) -> AbstractContextManager[Path]: ...
    def exists(self, key: str) -> bool: ...
    def sweep(self, *, older_than: float) -> int: ...
    def delete(self, key: str) -> None: ...
    def stored(self, *, older_than: float = inf) -> Iterator[str]: ...


class LocalBlobs:
    """One folder, 256 subfolders by the key's first two letters."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, stream: BinaryIO, *, limit: int) -> Blob:
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self._root, prefix=PARTIAL)
        partial = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                blob = _copy(stream, file, limit=limit)
                file.flush()
                os.fsync(file.fileno())
            self._adopt(partial, self._path(blob.key))
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return blob

    def _adopt(self, partial: Path, target: Path) -> None:
        if target.parent.is_dir():
            partial.replace(target)
        else:
            target.parent.mkdir(exist_ok=True, mode=0o700)
            partial.replace(target)
            _fsync_folder(self._root)
        _fsync_folder(target.parent)

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise FileNotFoundError(key)
        yield path

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _fsync_folder(path.parent)

    def stored(self, *, older_than: float = inf) -> Iterator[str]:
        for path in self._root.glob("[0-9a-f][0-9a-f]/*"):
            if KEY.fullmatch(path.name) and _changed(path) < older_than:
                yield path.name

    def sweep(self, *, older_than: float) -> int:
        stale = [p for p in self._root.glob(PARTIAL + "*") if _changed(p) < older_than]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError("not a blob key")
        return self._root / key[:2] / key


def open_blobs(url: str) -> BlobStore:
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        return LocalBlobs(Path(rest))
    raise ValueError(f"no blob store for {url!r}")


def _changed(path: Path) -> float:
    """When it was written; infinitely late for what is gone meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return inf


def _copy(source: BinaryIO, target: BinaryIO, *, limit: int) -> Blob:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge
        digest.update(chunk)
        target.write(chunk)
    return Blob(digest.hexdigest(), size)


def _fsync_folder(folder: Path) -> None:
    """A rename is only durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
