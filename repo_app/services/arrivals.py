"""Files of contributions: how they come, in one piece or in many, and what follows.

On a bad line a file comes in pieces. What has arrived waits in ``<instance>/arriving`` under the
draft it belongs to, its size and its checksum, so that whoever chooses the same file again goes
on where the line broke, and whoever chooses another one begins anew. Nothing is kept in the
browser.
"""

from __future__ import annotations

import fcntl
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ingest import Reason, Refused
from repo_app import jobs
from repo_app.models import Document, File, FileRole, Origin, Page
from repo_app.runtime import Runtime
from repo_app.services import contributions
from repo_app.services.contributions import FILE, Reading
from repo_app.services.submissions import PDF, forget_blob, hold

FOLDER = "arriving"
PIECE = 256 * 1024
"""The most bytes of one piece: what a bad line brings through before it breaks."""
HEAD = 1024
SIGNATURE = b"%PDF-"
BEYOND = 10**15
"""Bytes; whoever announces as many sends no file, and no file may be called so."""
KEPT = 48 * 3600.0
"""Seconds for which a file that has not arrived whole is kept."""
CHECKSUM = re.compile(r"[0-9a-f]{8}")
PUBLIC_ID = re.compile(r"[0-9a-z]{1,16}")
PREFILLED: Mapping[str, object] = {
    "title": "",
    "language": None,
    "year": None,
    "authors": (),
    "abstract": "",
}
"""What reading fills in, and how it stands before."""


class WrongOffset(Exception):
    """The piece does not follow what is there; ``held`` says how many bytes are."""

    def __init__(self, held: int) -> None:
        super().__init__(str(held))
        self.held = held


class Damaged(Exception):
    """What arrived is not what was announced; it is thrown away and has to come again."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that is to arrive: for which draft, how many bytes, and their CRC-32 in eight
    hexadecimal digits. Two files that only look alike do not become one."""

    public_id: str
    size: int
    checksum: str

    def __post_init__(self) -> None:
        named = PUBLIC_ID.fullmatch(self.public_id) and CHECKSUM.fullmatch(self.checksum)
        if not (named and 0 < self.size < BEYOND):
            raise ValueError("not an announcement")

    @property
    def name(self) -> str:
        return f"{self.public_id}-{self.size}-{self.checksum}"


def attach(runtime: Runtime, person_id: int, public_id: str, stream: BinaryIO) -> None:
    """Make a file the document of a contribution, and have it read, in one transaction.

    What an earlier file said and nobody confirmed goes with it. The same file again changes
    nothing. Raises Refused, NotFound, Closed; then nothing was changed.
    """
    _look_at(stream)
    blob = hold(runtime, stream)
    with runtime.database.writing() as session:
        if not runtime.blobs.exists(blob.key):
            # It was another document's until just now; nobody can remove it while we write.
            stream.seek(0)
            blob = hold(runtime, stream)
        document = contributions.changeable(session, person_id, public_id)
        present = document.file(FileRole.ORIGINAL)
        if present is not None and present.sha256 == blob.key:
            _read_after_all(session, document)
            return
        replaced = _empty(session, document)
        document.content_sha256 = blob.key
        document.files = [
            File(role=FileRole.ORIGINAL, sha256=blob.key, size=blob.size, media_type=PDF)
        ]
        contributions.note_answered(document, FILE)
        jobs.enqueue(session, jobs.READ_DOCUMENT, document.id)
    for key in replaced:
        forget_blob(runtime, key)


def detach(runtime: Runtime, person_id: int, public_id: str) -> None:
    """Take the file away again, and what it said. Raises NotFound, Closed."""
    with runtime.database.writing() as session:
        document = contributions.changeable(session, person_id, public_id)
        replaced = _empty(session, document)
    for key in replaced:
        forget_blob(runtime, key)


def held(instance: Path, announced: Announced) -> int:
    """How many bytes of a file have arrived."""
    try:
        return (instance / FOLDER / announced.name).stat().st_size
    except FileNotFoundError:
        return 0


def accept(instance: Path, announced: Announced, offset: int, piece: bytes, *, limit: int) -> int:
    """Add a piece at its place and return how many bytes are there now.

    Raises Refused(TOO_LARGE) for a file of more than ``limit`` bytes, WrongOffset, and
    Damaged for a piece that is empty, too long or does not lie within the file.
    """
    if announced.size > limit:
        raise Refused(Reason.TOO_LARGE)
    if not 0 < len(piece) <= PIECE or not 0 <= offset <= announced.size - len(piece):
        raise Damaged
    path = _path(instance, announced)
    _make_room(path, announced.public_id)
    with _locked(path) as file:
        there = file.seek(0, os.SEEK_END)
        if there != offset:
            raise WrongOffset(there)
        file.write(piece)
        return there + len(piece)


@contextmanager
def whole(instance: Path, announced: Announced) -> Iterator[BinaryIO]:
    """A file that has arrived whole, from its beginning; forgotten once it has been used.

    Raises Damaged where it is not there or not what was announced: it has to come again.
    """
    path = _path(instance, announced)
    try:
        with _locked(path) as file:
            if file.seek(0, os.SEEK_END) != announced.size or _checksum(file) != announced.checksum:
                path.unlink(missing_ok=True)
                raise Damaged
            file.seek(0)
            yield file
            path.unlink(missing_ok=True)
    except FileNotFoundError as error:
        raise Damaged from error


def is_attached(runtime: Runtime, document: Document, announced: Announced) -> bool:
    """Whether this very file is the document already: an answer may have been lost on its way."""
    present = document.file(FileRole.ORIGINAL)
    if present is None or present.size != announced.size:
        return False
    try:
        with runtime.blobs.local_path(present.sha256) as path, path.open("rb") as file:
            return _checksum(file) == announced.checksum
    except FileNotFoundError:  # replaced or removed from another window just now
        return False


def discard(instance: Path, public_id: str) -> None:
    """Forget what has arrived for a draft."""
    if PUBLIC_ID.fullmatch(public_id):
        for path in (instance / FOLDER).glob(f"{public_id}-*"):
            path.unlink(missing_ok=True)


def sweep(instance: Path, older_than: float) -> int:
    """Delete what has not grown since ``older_than`` (seconds since 1970) and count it."""
    stale = [path for path in (instance / FOLDER).glob("*") if _changed(path) < older_than]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def _look_at(stream: BinaryIO) -> None:
    """Whatever a file is called: one that is no PDF is refused before anything is kept."""
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise Refused(Reason.EMPTY)
    if SIGNATURE not in head:
        raise Refused(Reason.NOT_A_PDF)


def _read_after_all(session: Session, document: Document) -> None:
    if contributions.reading(session, document) is Reading.STUCK:
        jobs.revive(session, jobs.READ_DOCUMENT, document.id)


def _empty(session: Session, document: Document) -> tuple[str, ...]:
    """Nothing is left of the present file but what people said; returns its blobs' keys."""
    keys = tuple(file.sha256 for file in document.files)
    if keys:
        corrected = {name for edit in document.edits for name in edit.changes}
        for name, nothing in PREFILLED.items():
            if name not in corrected and not contributions.is_answered(document, name):
                setattr(document, name, list(nothing) if isinstance(nothing, tuple) else nothing)
    document.tags = [
        tag for tag in document.tags if tag.origin is not Origin.RULE or tag.confirmed_on
    ]
    document.files, document.remarks = [], []
    document.page_total = document.pages_with_text = 0
    for name in ("doi", "isbn", "refusal", "content_sha256", "text_sha256"):
        setattr(document, name, None)
    jobs.drop(session, jobs.READ_DOCUMENT, document.id)
    session.execute(delete(Page).where(Page.document_id == document.id))
    document.revision += 1
    session.flush()  # gone before another file takes the place
    return keys


def _make_room(path: Path, public_id: str) -> None:
    """An empty file unless there is one; other files for the same draft are gone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for other in path.parent.glob(f"{public_id}-*"):
        if other != path:
            other.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """What has arrived, for one request at a time."""
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _path(instance: Path, announced: Announced) -> Path:
    return instance / FOLDER / announced.name


def _checksum(file: BinaryIO) -> str:
    file.seek(0)
    sum_ = 0
    while piece := file.read(PIECE):
        sum_ = zlib.crc32(piece, sum_)
    return f"{sum_:08x}"


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
