"""Many documents at once: files, folders and manifests, deposited one by one.

One bad file never stops the others; every source ends as deposited, already held or failed
with its reason. What a file was called stays with the caller and is never stored.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from sqlalchemy import select

from index.vocabulary import Vocabulary
from ingest import Refused
from repo_app import jobs
from repo_app.models import Document, Job, JobState, State
from repo_app.runtime import Runtime
from repo_app.services.descriptions import Description
from repo_app.services.manifests import Entry, Fault, read_manifest
from repo_app.services.submissions import Deposited, deposit_file, deposit_record

CHUNK = 1000  # values of one IN: databases have limits


class Unreadable(StrEnum):
    """A file or folder the operator named and this process cannot read."""

    MISSING = "missing"
    NO_PERMISSION = "no-permission"
    NOT_A_FILE = "not-a-file"
    FAILED = "read-failed"
    NO_PDFS = "no-pdfs"
    STUCK = "not-read"  # held, but reading it failed for reasons of ours


@dataclass(frozen=True, slots=True)
class Source:
    """One document to deposit; ``label`` is how the report names it."""

    label: str
    file: Path | None
    text: str
    description: Description


@dataclass(frozen=True, slots=True)
class Failed:
    """A source that was not deposited, or was refused when it was read."""

    label: str
    reason: Refused | Unreadable | Fault


@dataclass(frozen=True, slots=True)
class Outcome:
    """``state`` and ``refusal`` as they stand in the database now; ``stuck`` when reading it
    failed too often for another try."""

    public_id: str
    state: State
    refusal: str | None
    stuck: bool


def from_paths(paths: Iterable[Path]) -> tuple[list[Source], list[Failed]]:
    """Files as they are; of folders every PDF below them, in a stable order."""
    sources: list[Source] = []
    failed: list[Failed] = []
    for path in paths:
        if path_is(path, S_ISDIR):
            found, wrong = _in_folder(path)
            sources += found
            failed += wrong
        else:
            sources.append(Source(str(path), path, "", Description()))
    return sources, failed


def path_is(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether ``path`` is of a kind (S_ISDIR, S_ISREG); what cannot be looked at is of none."""
    try:
        return kind(path.stat().st_mode)
    except OSError:
        return False


def _in_folder(folder: Path) -> tuple[list[Source], list[Failed]]:
    failed: list[Failed] = []

    def note(error: OSError) -> None:
        failed.append(Failed(str(error.filename or folder), _unreadable(error)))

    files = sorted(
        Path(where, name)
        for where, _, names in os.walk(folder, onerror=note)
        for name in names
        if name.lower().endswith(".pdf")
    )
    if not files and not failed:
        failed.append(Failed(str(folder), Unreadable.NO_PDFS))
    return [Source(str(file), file, "", Description()) for file in files], failed


def from_manifest(path: Path, vocabulary: Vocabulary) -> tuple[list[Source], list[Failed]]:
    manifest = read_manifest(path, vocabulary)
    sources = [_source(path, entry) for entry in manifest.entries]
    return sources, [Failed(str(path), fault) for fault in manifest.faults]


def _source(manifest: Path, entry: Entry) -> Source:
    label = str(entry.file) if entry.file else f"{manifest}:{entry.line}"
    return Source(label, entry.file, entry.text, entry.description)


def deposit(runtime: Runtime, source: Source, *, publish: bool) -> Deposited | Failed:
    """Hold one source, or say why not; nothing is half-written."""
    try:
        if source.file is None:
            return deposit_record(runtime, source.text, source.description, publish=publish)
        with opened_for_reading(source.file) as stream:
            return deposit_file(runtime, stream, source.description, publish=publish)
    except Refused as refusal:
        return Failed(source.label, refusal)
    except NotReadable as error:
        return Failed(source.label, error.reason)


class NotReadable(Exception):
    """A source's own file failed us; our disk's failures stay what they are."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(reason.value)
        self.reason = reason


class _Guarded(io.BufferedReader):
    """A file whose read errors are NotReadable."""

    def read(self, size: int | None = -1, /) -> bytes:
        try:
            return super().read(size)
        except OSError as error:
            raise NotReadable(_unreadable(error)) from error


@contextmanager
def opened_for_reading(path: Path) -> Iterator[BinaryIO]:
    """A regular file, opened without ever waiting for whoever writes a pipe; or NotReadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise NotReadable(_unreadable(error)) from error
    if not S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotReadable(Unreadable.NOT_A_FILE)
    with _Guarded(io.FileIO(descriptor)) as stream:
        yield stream


def unfinished(runtime: Runtime, document_ids: frozenset[int]) -> tuple[int, int]:
    """How many of the documents still wait to be read, and to be found. Dead jobs are done."""
    with runtime.database.reading() as session:
        rows = session.execute(
            select(Job.kind, Job.document_id).where(
                Job.state != JobState.DEAD, Job.document_id.is_not(None)
            )
        ).all()
    mine = [kind for kind, document_id in rows if document_id in document_ids]
    reading = mine.count(jobs.READ_DOCUMENT)
    return reading, len(mine) - reading


def outcomes(runtime: Runtime, document_ids: Iterable[int]) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    wanted = sorted(document_ids)
    with runtime.database.reading() as session:
        for start in range(0, len(wanted), CHUNK):
            rows = session.execute(
                select(Document.id, Document.public_id, Document.state, Document.refusal).where(
                    Document.id.in_(wanted[start : start + CHUNK])
                )
            )
            for id_, public_id, state, refusal in rows:
                found[id_] = Outcome(public_id, state, refusal, stuck=state is State.RECEIVED)
    return found


def _unreadable(error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable.MISSING
    if isinstance(error, PermissionError):
        return Unreadable.NO_PERMISSION
    return Unreadable.FAILED
