"""Where Whoosh keeps its files: durable in a folder, or in memory.

Whoosh never fsyncs and reads pickles. So a commit first writes, fsyncs and checksums every new
file, notes them in ``commit_<n>.json``, and only then renames the table of contents into place;
a reader checks the notes before Whoosh opens anything. Checksums find accidents, not attackers:
whoever may write the folder may also write the notes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.util.filelock import LockBase

from index.contract import SearchUnavailable, Unusable

_TOC = re.compile(r"^_MAIN_([0-9]+)\.toc$")


def fsync(path: Path) -> None:
    """Make a file or folder survive power loss."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, text: str) -> None:
    """Replace a small file, whole or not at all."""
    beside = path.with_name(path.name + ".tmp")
    beside.write_text(text, encoding="utf-8")
    fsync(beside)
    beside.replace(path)
    fsync(path.parent)


class _NoLock(LockBase):  # type: ignore[misc]
    """Whoosh's own lock is not used: 2.7.5 keeps it when a commit fails. See generations."""

    def acquire(self, blocking: bool = False) -> bool:
        return True

    def release(self) -> None:
        return None


class DurableStorage(FileStorage):  # type: ignore[misc]
    """A folder whose commits survive power loss and can be checked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.path = folder
        self._known: dict[str, str] = {}
        self._written: list[Any] = []

    def create_file(self, name: str, excl: bool = False, mode: str = "wb", **options: Any) -> Any:
        """Whoosh writes here; remembered, because a failed commit leaves files open."""
        file = super().create_file(name, excl=excl, mode=mode, **options)
        self._written.append(file)
        return file

    def close_written(self) -> None:
        """Close what a writer opened, however it ended."""
        for file in self._written:
            if not file.is_closed:
                with contextlib.suppress(OSError):  # the disk is still full; the file is closed
                    file.close()
        self._written.clear()

    def lock(self, name: str) -> LockBase:
        return _NoLock(name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Whoosh calls this once per commit, to put the table of contents into place."""
        found = _TOC.match(newname)
        if found:
            self._note(int(found[1]), oldname, newname)
        super().rename_file(oldname, newname, safe=safe)
        fsync(self.path)

    def _note(self, commit: int, written: str, name: str) -> None:
        sums = {}
        for path in sorted(self.path.glob("*.flat")):
            if path.name not in self._known:
                fsync(path)
                self._known[path.name] = checksum(path)
            sums[path.name] = self._known[path.name]
        fsync(self.path / written)
        sums[name] = checksum(self.path / written)
        write_durably(self._notes(commit), json.dumps({"files": sums}, indent=1))

    def _notes(self, commit: int) -> Path:
        return self.path / f"commit_{commit}.json"

    def latest_commit(self) -> int:
        """The number of the newest table of contents; -1 where there is none."""
        return max((int(m[1]) for m in map(_TOC.match, self.list()) if m), default=-1)

    def verify(self, commit: int) -> frozenset[str]:
        """The files of a commit, checked; each file is read once only, they never change.

        Raises SearchUnavailable where one is altered, and OSError where a file that the
        notes need has gone (a newer commit may have taken it away).
        """
        sums = self._sums(commit)
        if f"_MAIN_{commit}.toc" not in sums:
            raise SearchUnavailable(Unusable.DAMAGED)
        for name, expected in sums.items():
            path = self.path / name
            if self._known.get(name) == expected:
                continue
            if name.endswith(".flat") and not path.exists():
                continue  # taken away by this very commit, or missed when Whoosh opens it
            if checksum(path) != expected:
                raise SearchUnavailable(Unusable.DAMAGED)
            self._known[name] = expected
        return frozenset(sums)

    def _sums(self, commit: int) -> dict[str, str]:
        try:
            notes = json.loads(self._notes(commit).read_text(encoding="utf-8"))
            files = notes["files"]
            return {str(name): str(files[name]) for name in files}
        except (ValueError, KeyError, TypeError) as error:
            raise SearchUnavailable(Unusable.DAMAGED) from error

    def forget_notes(self, but: int) -> None:
        """Remove the notes of older commits and what a killed writer left."""
        for path in self.path.glob("commit_*.json*"):
            if path != self._notes(but):
                path.unlink(missing_ok=True)
        for path in self.path.glob("_MAIN_*.toc.*"):
            path.unlink(missing_ok=True)

    def bytes(self) -> int:
        total = 0
        for name in self.list():
            with contextlib.suppress(FileNotFoundError):  # a writer may be tidying up
                total += (self.path / name).stat().st_size
        return total


class MemoryStorage(RamStorage):  # type: ignore[misc]
    """The same index in memory, for tests and trials."""

    def lock(self, name: str) -> LockBase:
        return _NoLock(name)

    def temp_storage(self, name: str | None = None) -> Any:
        return RamStorage()

    def latest_commit(self) -> int:
        return max((int(m[1]) for m in map(_TOC.match, self.list()) if m), default=-1)

    def verify(self, commit: int) -> frozenset[str]:
        return frozenset(self.list())

    def forget_notes(self, but: int) -> None:
        """Memory keeps no notes."""

    def close_written(self) -> None:
        """Memory is never full."""

    def bytes(self) -> int:
        return int(self.total_size())


def checksum(path: Path) -> str:
    """Size and SHA-256 of a file."""
    digest = hashlib.sha256()
    size = 0
    for block in _blocks(path):
        digest.update(block)
        size += len(block)
    return f"{size}:{digest.hexdigest()}"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block


Storage = DurableStorage | MemoryStorage
