"""Many documents at once: files, folders and manifests, deposited one by one.

One bad file never stops the others; every source ends as deposited, already held or failed
with its reason. What a file was called stays with the caller and is never stored.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from index.vocabulary import Vocabulary
from ingest import Refused
from repo_app import jobs
from repo_app.models import Document, Job, JobState, State
from repo_app.runtime import Runtime
from repo_app.services.descriptions import Description
from repo_app.services.manifests import Entry, Fault, read_manifest
from repo_app.services.submissions import Deposited, deposit_file, deposit_record


class Unreadable(StrEnum):
    """A file or folder the operator named and this process cannot read."""

    MISSING = "missing"
    NO_PERMISSION = "no-permission"
    FAILED = "read-failed"
    NO_PDFS = "no-pdfs"


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
        if path.is_dir():
            found, wrong = _in_folder(path)
            sources += found
            failed += wrong
        else:
            sources.append(Source(str(path), path, "", Description()))
    return sources, failed


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
        with source.file.open("rb") as stream:
            return deposit_file(runtime, stream, source.description, publish=publish)
    except Refused as refusal:
        return Failed(source.label, refusal)
    except OSError as error:
        if error.filename != str(source.file):
            raise  # not the file's fault: our own disk, which must not be hidden
        return Failed(source.label, _unreadable(error))


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
    with runtime.database.reading() as session:
        rows = session.execute(
            select(Document.id, Document.public_id, Document.state, Document.refusal).where(
                Document.id.in_(list(document_ids))
            )
        )
        return {
            id_: Outcome(public_id, state, refusal, stuck=state is State.RECEIVED)
            for id_, public_id, state, refusal in rows
        }


def _unreadable(error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable.MISSING
    if isinstance(error, PermissionError):
        return Unreadable.NO_PERMISSION
    return Unreadable.FAILED
