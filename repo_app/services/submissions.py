"""Receiving documents and reading them, up to the review or, where asked, publication."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from index.vocabulary import Vocabulary
from ingest import Draft, Proposal, Reason, Refused, Sandbox
from repo_app import jobs, workflow
from repo_app.blobs import Blob, TooLarge
from repo_app.db import Database
from repo_app.models import (
    AuditEvent,
    Document,
    File,
    FileRole,
    Origin,
    Page,
    State,
    Tag,
)
from repo_app.runtime import Runtime
from repo_app.services import tags, warnings
from repo_app.services.descriptions import Description, describe
from repo_app.workflow import OPERATOR

PDF = "application/pdf"
WEBP = "image/webp"
PAGE_BREAK = "\f"
LONGEST_FALLBACK_TITLE = 80
BEING_READ = frozenset({State.DRAFT, State.RECEIVED, State.RETURNED})
"""A contributor's file is read as soon as it is there, so that they confirm rather than type."""
NOBODY_ELSES = frozenset({State.DRAFT, State.RETURNED, State.WITHDRAWN})
"""States in which a document counts for nobody but its contributor: the same file sent by
somebody else is not held yet."""


@dataclass(frozen=True, slots=True)
class Deposited:
    """``already_held``: the same bytes were there before and nothing was changed;
    ``unfinished``: there is still work to do on it, perhaps from a run that was cut off."""

    document_id: int
    already_held: bool
    unfinished: bool


def deposit_file(
    runtime: Runtime, stream: BinaryIO, description: Description, *, publish: bool
) -> Deposited:
    """Hold a file and queue its reading, in one transaction. Raises Refused(TOO_LARGE)."""
    blob = hold(runtime, stream)
    with runtime.database.writing() as session:
        if not runtime.blobs.exists(blob.key):
            # A refusal of the same bytes removed them just now; nobody can while we write.
            stream.seek(0)
            blob = hold(runtime, stream)
        held = _held(session, blob.key)
        if held is not None and held.state is not State.REFUSED:
            return _already_held(session, held)
        if held is None:
            document = Document(content_sha256=blob.key)
            session.add(document)
        else:
            document = held
            workflow.move(session, document, State.RECEIVED, by=OPERATOR)
            document.tags, document.audience, document.files = [], [], []
            session.flush()  # gone before the same values come again
        _receive(session, runtime, document, description, publish=publish)
        document.files = [
            File(role=FileRole.ORIGINAL, sha256=blob.key, size=blob.size, media_type=PDF)
        ]
        jobs.enqueue(session, jobs.READ_DOCUMENT, document.id)
        return Deposited(document.id, already_held=False, unfinished=True)


def hold(runtime: Runtime, stream: BinaryIO) -> Blob:
    """A file safely on disk; it belongs to no document yet. Raises Refused(TOO_LARGE)."""
    try:
        return runtime.blobs.put(stream, limit=runtime.settings.max_upload_bytes)
    except TooLarge as error:
        raise Refused(Reason.TOO_LARGE, limit_mib=runtime.settings.max_upload_mib) from error


def deposit_record(
    runtime: Runtime, text: str, description: Description, *, publish: bool
) -> Deposited:
    """A record without a file: its text, if any, is its pages (split at form feeds)."""
    key = _fingerprint(text, description)
    texts = [part.strip() for part in text.split(PAGE_BREAK)] if text else []
    warned = warnings.in_texts(enumerate(texts, start=1))
    with runtime.database.writing() as session:
        held = _held(session, key)
        if held is not None:
            return _already_held(session, held)
        document = Document(content_sha256=key)
        session.add(document)
        _receive(session, runtime, document, description, publish=publish)
        document.remarks = warned
        document.pages = [
            Page(number=n, text=part, language=description.language)
            for n, part in enumerate(texts, start=1)
        ]
        document.page_total = len(texts)
        document.pages_with_text = sum(1 for part in texts if part)
        document.text_sha256 = text_fingerprint(texts)
        admit(session, document)
        return Deposited(document.id, already_held=False, unfinished=True)


def read_document(runtime: Runtime, sandbox: Sandbox, job: jobs.Claimed) -> None:
    """Read, then work with no transaction open, then write. Idempotent.

    Raises SandboxDied or LeaseLost; both leave the row as it was.
    """
    with runtime.database.reading() as session:
        document = session.get(Document, job.document_id)
        original = document.file(FileRole.ORIGINAL) if document else None
        waiting = document is not None and document.state in BEING_READ
    if document is None or original is None or not waiting:
        _forget(runtime.database, job)
        return
    # Without a name, so that a worker killed now leaves nothing of it.
    with tempfile.TemporaryFile(dir=runtime.settings.instance) as copy:
        outcome = _read(runtime, sandbox, original.sha256, document, copy)
        made = () if isinstance(outcome, Refused) else tuple(store_made(runtime, outcome, copy))
    recorded = False
    try:
        with runtime.database.writing() as session:
            jobs.finish(session, job)
            document = session.get(Document, job.document_id)
            if document is not None and _still_waits(document, original):
                _require(runtime, made)
                record(session, document, outcome, made, runtime.vocabulary)
                recorded = True
    finally:
        if not recorded:
            _forget_blobs(runtime, made)
    if isinstance(outcome, Refused):
        forget_blob(runtime, original.sha256)


class MadeFilesGone(Exception):
    """Another reading of the same file, given up meanwhile, took what was made along."""


def _require(runtime: Runtime, files: Iterable[File]) -> None:
    """While we write nobody deletes a file; before, somebody may have."""
    if not all(runtime.blobs.exists(file.sha256) for file in files):
        raise MadeFilesGone


def _forget_blobs(runtime: Runtime, files: Iterable[File]) -> None:
    """What was made of a file that was taken back, or replaced, while it was read."""
    for file in files:
        forget_blob(runtime, file.sha256)


def _still_waits(document: Document, original: File) -> bool:
    """Meanwhile its contributor may have sent another file, or taken it back."""
    held = document.file(FileRole.ORIGINAL)
    same = held is not None and held.sha256 == original.sha256
    return same and document.state in BEING_READ


def record(
    session: Session,
    document: Document,
    outcome: Draft | Refused,
    made: Iterable[File],
    vocabulary: Vocabulary,
) -> None:
    """Write what reading found, and ``made`` from the file: its clean copy and its thumbnail.

    What people said of the document stays as they said it.
    """
    if isinstance(outcome, Refused):
        _refuse(session, document, outcome.reason)
        return
    _fill_in(document, outcome)
    document.doi, document.isbn = outcome.doi, outcome.isbn
    document.remarks = [
        *warnings.noted(outcome.personal_data),
        *(remark.value for remark in outcome.remarks),
    ]
    document.page_total = outcome.page_total
    document.pages_with_text = sum(1 for page in outcome.pages if page.text)
    document.pages = [
        Page(number=page.number, text=page.text, language=page.language) for page in outcome.pages
    ]
    document.text_sha256 = text_fingerprint(page.text for page in outcome.pages)
    document.files = [file for file in document.files if file.role is FileRole.ORIGINAL]
    document.files.extend(made)
    propose(document, outcome.proposals, vocabulary, outcome.vocabulary)
    if document.state is State.RECEIVED:
        admit(session, document)


def _refuse(session: Session, document: Document, reason: Reason) -> None:
    """A contributor who can still send another file is told; nothing else they said is lost."""
    document.refusal, document.files = reason.value, []
    own = document.contribution
    if document.state is State.RECEIVED and (own is None or own.contributor_id is None):
        workflow.move(session, document, State.REFUSED, by=OPERATOR)
    elif document.state is State.RECEIVED:
        workflow.move(session, document, State.RETURNED, by=OPERATOR)


def _fill_in(document: Document, outcome: Draft) -> None:
    """What people have not said, nor been asked and left empty."""
    answered = document.contribution.answered if document.contribution else ()
    found = {
        "title": outcome.title or _first_words(outcome),
        "language": outcome.language,
        "year": outcome.year,
        "authors": list(outcome.authors),
        "abstract": outcome.abstract or "",
    }
    for name, value in found.items():
        if name not in answered and not getattr(document, name):
            setattr(document, name, value)


def text_fingerprint(texts: Iterable[str]) -> str | None:
    """SHA-256 of a document's words, however they are cased, spaced and spread over pages; None
    where there are none. Two files with one fingerprint say the same."""
    digest, any_words = hashlib.sha256(), False
    for word in (word for text in texts for word in text.casefold().split()):
        digest.update(word.encode("utf-8", "replace") + b" ")
        any_words = True
    return digest.hexdigest() if any_words else None


def forget_blob(runtime: Runtime, key: str) -> None:
    """Delete a blob that no document uses any more."""
    with runtime.database.writing() as session:  # nobody can start using it meanwhile
        if session.scalar(select(File.id).where(File.sha256 == key).limit(1)) is None:
            runtime.blobs.delete(key)


def _read(
    runtime: Runtime, sandbox: Sandbox, key: str, document: Document, copy: BinaryIO
) -> Draft | Refused:
    try:
        with runtime.blobs.local_path(key) as path:
            return sandbox.read(
                path,
                given_language=document.language,
                given_title=document.title or None,
                given_abstract=document.abstract or None,
                copy=copy,
            ).draft
    except Refused as refusal:
        return refusal


def store_made(runtime: Runtime, draft: Draft, copy: BinaryIO) -> Iterator[File]:
    """What reading made of a file, held: its clean copy from ``copy``, and its thumbnail."""
    if draft.copy_bytes is not None:
        blob = runtime.blobs.put(copy, limit=draft.copy_bytes)
        yield File(role=FileRole.CLEAN, sha256=blob.key, size=blob.size, media_type=PDF)
    if (image := draft.thumbnail) is not None:
        blob = runtime.blobs.put(io.BytesIO(image), limit=len(image))
        yield File(role=FileRole.THUMBNAIL, sha256=blob.key, size=blob.size, media_type=WEBP)


def admit(session: Session, document: Document) -> None:
    """Out of RECEIVED: what has been read goes to the curators, or where the operator says."""
    after = State.PUBLISHED if document.publish_when_read else State.IN_REVIEW
    workflow.move(session, document, after, by=OPERATOR)


def propose(
    document: Document, proposals: Iterable[Proposal], vocabulary: Vocabulary, version: str
) -> None:
    """Keep proposals beside what people confirmed; a person's tag is never overwritten, and
    what a reader of the file made up is no tag. ``version`` is that of the vocabulary they come
    from: by now another may be in force."""
    document.tagged_with = version
    taken = {(tag.facet, tag.value) for tag in document.tags}
    for proposal in proposals:
        tag = (proposal.facet, proposal.value)
        if tag in taken or not tags.may_be_proposed(vocabulary, *tag):
            continue
        taken.add(tag)
        document.tags.append(
            Tag(
                facet=proposal.facet,
                value=proposal.value,
                origin=Origin.RULE,
                score=proposal.score,
                evidence=[asdict(reason) for reason in proposal.evidence],
                vocabulary=version,
            )
        )


def _held(session: Session, key: str) -> Document | None:
    return session.scalars(
        select(Document)
        .where(
            Document.content_sha256 == key,
            Document.state.not_in(NOBODY_ELSES),
            ~and_(Document.state == State.REFUSED, Document.contribution.has()),
        )
        .order_by(Document.id)
        .limit(1)
    ).first()


def _already_held(session: Session, document: Document) -> Deposited:
    """A document that was held but never read, its task dead or lost, is read after all."""
    working = jobs.unfinished(session, document.id)
    if document.state is State.RECEIVED and not working:
        jobs.revive(session, jobs.READ_DOCUMENT, document.id)
        working = True
    return Deposited(document.id, already_held=True, unfinished=working)


def _receive(
    session: Session,
    runtime: Runtime,
    document: Document,
    description: Description,
    *,
    publish: bool,
) -> None:
    """What is said with a file counts anew each time it is sent, its audience above all."""
    document.refusal, document.publish_when_read = None, publish
    describe(session, runtime.vocabulary, document, description, origin=Origin.MANIFEST)
    session.flush()
    session.add(AuditEvent(document_id=document.id, action="received", actor=OPERATOR.signature))


def _fingerprint(text: str, description: Description) -> str:
    """Of a record without a file: everything that was said, so that no two become one."""
    said = {"text": text, **asdict(description), "audience": sorted(description.audience)}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8", "replace")).hexdigest()


def _forget(database: Database, job: jobs.Claimed) -> None:
    with database.writing() as session:
        jobs.finish(session, job)


def _first_words(draft: Draft) -> str:
    """A title for a document that shows none: how its text begins."""
    text = next((page.text for page in draft.pages if page.text), "")
    words = " ".join(text.split())[: LONGEST_FALLBACK_TITLE + 1]
    if len(words) <= LONGEST_FALLBACK_TITLE:
        return words
    return words.rsplit(" ", 1)[0] + " …"
