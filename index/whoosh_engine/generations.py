"""Whole indexes side by side, and which one is current.

    FOLDER/CURRENT             the name of the generation in use, and a checksum of the name
    FOLDER/LOCK                held by the one process that writes
    FOLDER/g000007-5f0c9a1e/   one Whoosh index, with manifest.json and commit_<n>.json

A rebuild writes a new generation, which has unfinished.json meanwhile, then its manifest, and
then renames CURRENT, everything fsynced in this order: power may fail at any point and leaves the
former generation or the new one. Nothing is repaired in place: an index that cannot be trusted is
replaced. A rebuild that was killed goes on where its last commit left it, unless something else
was written since.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from whoosh.util.filelock import FileLock

from index.contract import IndexBusy, SearchUnavailable, Unusable
from index.whoosh_engine import schema
from index.whoosh_engine.storage import (
    DurableStorage,
    MemoryStorage,
    Storage,
    fsync,
    write_durably,
)

KEPT = 2
"""Generations kept after a rebuild: the current one and the one before."""

_UNFINISHED = "unfinished.json"
_SETTLED = 1_000_000_000  # nanoseconds
_NAME = re.compile(r"^g\d{6,}-[0-9a-f]{8}$")


class Stamp(NamedTuple):
    """When CURRENT and the folder of a generation last changed, in nanoseconds since 1970, and
    which file CURRENT is."""

    current: int
    changed: int
    folder_changed: int

    def is_settled(self) -> bool:
        """Whether a later change is sure to give another stamp: file systems tell times in
        ticks of some milliseconds, and two changes may fall into one."""
        return time.time_ns() - max(self.changed, self.folder_changed) > _SETTLED


class FolderGenerations:
    """Generations in a folder. Reading creates nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._current = folder / "CURRENT"
        self._folder_path, self._current_path = str(folder), str(self._current)

    def current(self) -> str:
        """The name of the current generation; raises SearchUnavailable."""
        try:
            name, _, check = self._current.read_text("utf-8").strip().partition(" ")
        except FileNotFoundError as error:
            raise SearchUnavailable(Unusable.MISSING) from error
        except (OSError, ValueError) as error:
            raise SearchUnavailable(Unusable.DAMAGED) from error
        if not _NAME.match(name) or check != _check(name):
            raise SearchUnavailable(Unusable.DAMAGED)
        return name

    def stamp(self, name: str) -> Stamp | None:
        """Of the generation ``name``; None where something of it is missing."""
        try:
            # Asked with every question: a Path would cost as much as the call itself.
            current = os.stat(self._current_path)  # noqa: PTH116
            folder = os.stat(f"{self._folder_path}/{name}")  # noqa: PTH116
        except OSError:
            return None
        return Stamp(current.st_ino, current.st_mtime_ns, folder.st_mtime_ns)

    def open(self, name: str) -> Storage:
        """The storage of a generation built by this version; raises SearchUnavailable."""
        folder = self._folder / name
        if _built_with(folder / "manifest.json") != schema.fingerprint():
            raise SearchUnavailable(Unusable.OTHER_SCHEMA)
        return DurableStorage(folder)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock that only one process may hold; raises IndexBusy at once."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self._folder / "LOCK"))
        if not lock.acquire():
            raise IndexBusy
        try:
            yield
        finally:
            lock.release()

    def begin(self) -> tuple[str, Storage]:
        """The folder for a new generation: empty, or with what a killed rebuild had done."""
        current = self._current_or_none()
        names = self._names()
        newer = [name for name in names if current is None or name > current]
        left = newer.pop() if newer and self._is_unfinished(newer[-1]) else None
        for name in newer:
            self.discard(name)
        if left is not None:
            return left, DurableStorage(self._folder / left)
        last = max((int(name[1:].partition("-")[0]) for name in names), default=0)
        # Never the name of an older one: a reader may still hold that in another process.
        name = f"g{last + 1:06d}-{secrets.token_hex(4)}"
        (self._folder / name).mkdir()
        write_durably(self._folder / name / _UNFINISHED, json.dumps(_described()))
        fsync(self._folder)
        return name, DurableStorage(self._folder / name)

    def _is_unfinished(self, name: str) -> bool:
        """Whether it is a rebuild of this version that was killed."""
        folder = self._folder / name
        try:
            same = _built_with(folder / _UNFINISHED) == schema.fingerprint()
            return same and not (folder / "manifest.json").exists()
        except SearchUnavailable:
            return False

    def switch(self, name: str, documents: int) -> None:
        """Make a finished generation the current one and keep KEPT of them."""
        folder = self._folder / name
        manifest = _described(documents=documents)
        write_durably(folder / "manifest.json", json.dumps(manifest, indent=1))
        write_durably(self._current, f"{name} {_check(name)}\n")
        (folder / _UNFINISHED).unlink(missing_ok=True)
        for older in self._names()[:-KEPT]:
            self.discard(older)

    def abandon(self, name: str) -> None:
        """Remove a new generation that could not be finished, unless it is in use already."""
        if self._current_or_none() != name:
            self.discard(name)

    def discard_unfinished(self, than: str) -> None:
        """What a killed rebuild left is older than what is being written now."""
        for name in self._names():
            if name > than:
                self.discard(name)

    def discard(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def discard_older(self, than: str) -> None:
        """Remove what may still hold words of documents that were withdrawn, for good. Raises
        OSError where something cannot be removed."""
        for name in self._names():
            if name != than:
                shutil.rmtree(self._folder / name)
        fsync(self._folder)

    def _names(self) -> list[str]:
        """Generations on disk, oldest first."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if _NAME.match(path.name))

    def _current_or_none(self) -> str | None:
        try:
            return self.current()
        except SearchUnavailable:
            return None


class MemoryGenerations:
    """The same in memory, for tests and trials; only the current generation is kept."""

    def __init__(self) -> None:
        self._storages: dict[str, Storage] = {}
        self._current: str | None = None
        self._last = 0
        self._lock = threading.Lock()

    def current(self) -> str:
        if self._current is None:
            raise SearchUnavailable(Unusable.MISSING)
        return self._current

    def stamp(self, name: str) -> Stamp | None:
        return None  # memory is quick to look at

    def open(self, name: str) -> Storage:
        return self._storages[name]

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        if not self._lock.acquire(blocking=False):
            raise IndexBusy
        try:
            yield
        finally:
            self._lock.release()

    def begin(self) -> tuple[str, Storage]:
        self._last += 1
        name = f"g{self._last:06d}"
        storage = self._storages[name] = MemoryStorage()
        return name, storage

    def switch(self, name: str, documents: int) -> None:
        self._current = name
        self.discard_older(name)

    def abandon(self, name: str) -> None:
        if name != self._current:
            self.discard(name)

    def discard_unfinished(self, than: str) -> None:
        """Nothing is left in memory."""

    def discard(self, name: str) -> None:
        self._storages.pop(name, None)

    def discard_older(self, than: str) -> None:
        self._storages = {than: self._storages[than]}


def _described(**more: object) -> dict[str, object]:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return {"schema": schema.fingerprint(), **more, "created": created}


def _built_with(description: Path) -> str:
    """The schema that a generation was built with; raises SearchUnavailable."""
    try:
        return str(json.loads(description.read_text("utf-8"))["schema"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SearchUnavailable(Unusable.DAMAGED) from error


def _check(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]


Generations = FolderGenerations | MemoryGenerations
