"""Where Whoosh keeps its files: durable in a folder, or in memory.

Whoosh never fsyncs and reads pickles. So a commit goes in this order, and power may fail after
any of its steps::

    segment       written, fsynced, closed                 an unknown file, removed by the next
    contents      written beside its name                  commit, or by this one if it fails
    notes         checksums of all files: fsynced, renamed into ``commit_<n>.json``
    folder        fsynced
    contents      fsynced, renamed into place              either commit, each with its notes
    folder        fsynced                                  the new commit
    former files  removed                                  may come back, and are passed over
    folder        fsynced after a purge                    removed for good

A reader checks the notes before Whoosh opens anything. Checksums find accidents, not attackers:
whoever may write the folder may also write the notes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.util.filelock import LockBase

from index.contract import SearchUnavailable, Unusable
from index.whoosh_engine.verification import Verification, checksum

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
    try:
        beside.write_text(text, encoding="utf-8")
        fsync(beside)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
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
        self.verification = Verification(folder)
        self._written: dict[str, Any] = {}

    def create_file(self, name: str, excl: bool = False, mode: str = "wb", **options: Any) -> Any:
        """Whoosh writes here; remembered, because a failed commit leaves files open."""
        file = super().create_file(name, excl=excl, mode=mode, **options)
        self._written[name] = file
        return file

    def close_written(self) -> None:
        """Close what a writer opened, however it ended."""
        for file in self._written.values():
            if not file.is_closed:
                with contextlib.suppress(OSError):  # the disk is still full; the file is closed
                    file.close()

    def forget_written(self, *, failed: bool = False) -> None:
        """Remove what a failed writer wrote: on a full disk nobody could write anything else."""
        if failed:
            noted = self._noted()
            for name in self._written.keys() - noted:
                (self.path / name).unlink(missing_ok=True)
        self._written.clear()

    def _noted(self) -> frozenset[str]:
        """The files of the newest commit. One that fails after its table of contents is in
        place has happened all the same."""
        try:
            return frozenset(self._sums(self.latest_commit()))
        except FileNotFoundError:  # there is none yet
            return frozenset()

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
            if not self.verification.is_right(path.name):
                fsync(path)
            sums[path.name] = self.verification.written(path.name)
        fsync(self.path / written)
        sums[name] = checksum(self.path / written)
        write_durably(self._notes(commit), json.dumps({"files": sums}, indent=1))

    def _notes(self, commit: int) -> Path:
        return self.path / f"commit_{commit}.json"

    def latest_commit(self) -> int:
        """The number of the newest table of contents; -1 where there is none."""
        return max((int(m[1]) for m in map(_TOC.match, self.list()) if m), default=-1)

    def verify(self, commit: int) -> frozenset[str]:
        """The files of a commit: see Verification.expect."""
        sums = self._sums(commit)
        if f"_MAIN_{commit}.toc" not in sums:
            raise SearchUnavailable(Unusable.DAMAGED)
        self.verification.expect(sums)
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

    def keep_only(self, segments: Collection[str], commit: int) -> None:
        """Remove whatever the newest commit does not need, for good. Raises OSError where
        something cannot be removed: it may hold words of what was withdrawn."""
        needed = {f"_MAIN_{commit}.toc", self._notes(commit).name, "manifest.json", *segments}
        for path in self.path.iterdir():
            if path.name not in needed:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        fsync(self.path)

    def bytes(self) -> int:
        total = 0
        for name in self.list():
            with contextlib.suppress(FileNotFoundError):  # a writer may be tidying up
                total += (self.path / name).stat().st_size
        return total


class MemoryStorage(RamStorage):  # type: ignore[misc]
    """The same index in memory, for tests and trials."""

    def __init__(self) -> None:
        super().__init__()
        self.verification = Verification(Path())  # of no files: memory is not checked

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
        """Memory has no files to close."""

    def forget_written(self, *, failed: bool = False) -> None:
        """What failed goes with the next commit."""

    def keep_only(self, segments: Collection[str], commit: int) -> None:
        """A commit removes what it does not need."""

    def bytes(self) -> int:
        return int(self.total_size())


Storage = DurableStorage | MemoryStorage
