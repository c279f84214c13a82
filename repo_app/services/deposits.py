"""Many documents sent by a browser: a manifest and its files, in one go.

What a file is called counts while the request lasts, to find the line that describes it, and
is never stored. Nothing is published: everything waits in review.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import BinaryIO

from ingest import Reason, Refused
from repo_app.models import AuditEvent, Document
from repo_app.runtime import Runtime
from repo_app.services.descriptions import Description
from repo_app.services.manifests import Entry, Fault, Problem, parse_manifest
from repo_app.services.submissions import Deposited, deposit_file, deposit_record

LARGEST_MANIFEST = 5_000_000
MOST_DOCUMENTS = 1000
"""What a browser still waits for: each takes some milliseconds."""
HEAD = 1024
"""A PDF says what it is within its first bytes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Taken:
    """A document that is held now; ``line`` is that of the manifest, 0 without one."""

    line: int
    name: str
    public_id: str
    title: str
    already_held: bool


@dataclass(frozen=True, slots=True)
class NotTaken:
    line: int
    name: str
    reason: Refused | Fault


@dataclass(frozen=True, slots=True)
class Report:
    """What became of every line and file, in order; ``unused`` are files no line names."""

    taken: tuple[Taken, ...]
    not_taken: tuple[NotTaken, ...]
    unused: tuple[str, ...]


_Line = tuple[int, Upload | None, str, Description]
"""What is to be held: its line, its file if any, the text of a record, and what is said of it."""


def deposit(
    runtime: Runtime, manifest: BinaryIO | None, uploads: Sequence[Upload], signature: str
) -> Report:
    """Hold everything that can be held, one by one; ``signature`` is the curator's.

    Without a manifest every file is taken as it is, and says of itself what it can. Of more than
    MOST_DOCUMENTS nothing is taken.
    """
    if manifest is None:
        if len(uploads) > MOST_DOCUMENTS:
            return _nothing(Problem.TOO_MANY, str(MOST_DOCUMENTS), uploads)
        alone: list[_Line] = [(0, upload, "", Description()) for upload in uploads]
        return _report(runtime, alone, [], (), signature)
    raw = manifest.read(LARGEST_MANIFEST + 1)
    if len(raw) > LARGEST_MANIFEST:
        return _nothing(Problem.TOO_LARGE, "", uploads)
    sent = _by_name(uploads)
    read = parse_manifest(raw, Path(), runtime.vocabulary, lambda path: _key(str(path)) in sent)
    if len(read.entries) + len(read.faults) > MOST_DOCUMENTS:
        return _nothing(Problem.TOO_MANY, str(MOST_DOCUMENTS), uploads)
    faults = [NotTaken(fault.line, "", fault) for fault in read.faults]
    entries, unclear = _matched(read.entries, sent)
    used = {id(upload) for _, upload, _, _ in entries if upload is not None}
    unused = tuple(upload.name for upload in uploads if id(upload) not in used)
    return _report(runtime, entries, faults + unclear, unused, signature)


def _nothing(problem: Problem, value: str, uploads: Iterable[Upload]) -> Report:
    fault = Fault(0, "", problem, value)
    return Report((), (NotTaken(0, "", fault),), tuple(upload.name for upload in uploads))


def _key(name: str) -> str:
    """The name without its folders, for browsers send none; letters composed, for they differ."""
    return unicodedata.normalize("NFC", PureWindowsPath(name).name)


def _by_name(uploads: Iterable[Upload]) -> dict[str, Upload]:
    """Two files of one name cannot be told apart, so neither is found."""
    keys = [(_key(upload.name), upload) for upload in uploads]
    often = Counter(key for key, _ in keys)
    return {key: upload for key, upload in keys if often[key] == 1}


def _matched(
    entries: Iterable[Entry], sent: dict[str, Upload]
) -> tuple[list[_Line], list[NotTaken]]:
    """Each line with its file. Lines that mean different files of one name are refused: a file
    must never come under a description that is not its own."""
    entries = tuple(entries)
    paths = {str(entry.file) for entry in entries if entry.file}
    often = Counter(_key(path) for path in paths)
    lines: list[_Line] = []
    unclear: list[NotTaken] = []
    for entry in entries:
        name = str(entry.file) if entry.file else ""
        if name and often[_key(name)] > 1:
            fault = Fault(entry.line, "file", Problem.SAME_NAME, name)
            unclear.append(NotTaken(entry.line, "", fault))
        else:
            upload = sent[_key(name)] if name else None
            lines.append((entry.line, upload, entry.text, entry.description))
    return lines, unclear


def _report(
    runtime: Runtime,
    entries: Iterable[_Line],
    not_taken: list[NotTaken],
    unused: tuple[str, ...],
    signature: str,
) -> Report:
    taken: list[Taken] = []
    for outcome in _each(runtime, entries, signature):
        if isinstance(outcome, Taken):
            taken.append(outcome)
        else:
            not_taken.append(outcome)
    return Report(tuple(taken), tuple(sorted(not_taken, key=lambda one: one.line)), unused)


def _each(runtime: Runtime, entries: Iterable[_Line], signature: str) -> Iterator[Taken | NotTaken]:
    for line, upload, text, description in entries:
        name = upload.name if upload else ""
        try:
            if upload is None:
                held = deposit_record(runtime, text, description, publish=False)
            else:
                _require_pdf(upload.stream)
                held = deposit_file(runtime, upload.stream, description, publish=False)
        except Refused as refused:
            yield NotTaken(line, name, refused)
        else:
            yield _taken(runtime, line, name, held, signature)


def _require_pdf(stream: BinaryIO) -> None:
    """Said at once of what is clearly something else; the rest is found out by reading it."""
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise Refused(Reason.EMPTY)
    if b"%PDF-" not in head:
        raise Refused(Reason.NOT_A_PDF)


def _taken(runtime: Runtime, line: int, name: str, held: Deposited, signature: str) -> Taken:
    with runtime.database.writing() as session:
        document = session.get(Document, held.document_id)
        assert document is not None, "rows of documents are never deleted"
        if not held.already_held:
            session.add(AuditEvent(document_id=document.id, action="deposited", actor=signature))
        return Taken(line, name, document.public_id, document.title, held.already_held)
