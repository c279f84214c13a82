"""Reading strangers' files without letting them near the worker.

The worker calls ``Sandbox.read``; a lean helper process forks one confined child per file; the
child streams what it finds. This module loads no parser: only what a child says in JSON, line by
line and checked, ever reaches the worker.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from index.vocabulary import load
from ingest.draft import Draft, PageText, Reason, Refused, Remark
from ingest.helper_process import GRACE_SECONDS, PROGRAM, Call, HelperProcess, Verdict
from ingest.languages import LANGUAGES
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.messages import Garbled, Transcript, request_line

logger = logging.getLogger(__name__)


class SandboxDied(Exception):
    """The helper is gone or stuck: says nothing about the file, so the job should be retried."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one file took: CPU seconds by stage, wall seconds, its reader's peak memory."""

    cpu: Mapping[str, float]
    wall_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Reading:
    """An accepted file's draft, and what it cost."""

    draft: Draft
    cost: Cost

    @property
    def cpu(self) -> Mapping[str, float]:
        """CPU seconds by stage."""
        return self.cost.cpu


_PDF = b"%PDF-"
_UNKNOWN = Verdict(exit=0, signal=0, overtime=False, cpu=0.0, fork_cpu=0.0, peak_bytes=0)


class Sandbox:
    """One helper process, started at need and replaced when it dies or another vocabulary is in
    force; safe to call from threads.

    ``read`` blocks; the number of threads calling it is the number of files read at once.
    ``program`` exists for tests that need children that misbehave.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS, program: Sequence[str] = PROGRAM) -> None:
        self._limits = limits
        self._program = program
        self._lock = threading.Lock()
        self._helper: HelperProcess | None = None
        self._at_work: Counter[HelperProcess] = Counter()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the helper now (about a second) instead of at the first file."""
        self._closed = False
        self._running_helper()

    def close(self) -> None:
        """End the helper and whatever it is reading. Until ``start``, reading is SandboxDied."""
        with self._lock:
            self._closed = True
            running = {*self._at_work, *([self._helper] if self._helper else [])}
            self._helper = None
        for helper in running:
            helper.end()

    def read(
        self,
        path: Path,
        *,
        given_language: str | None = None,
        given_title: str | None = None,
        given_abstract: str | None = None,
        copy: BinaryIO | None = None,
    ) -> Reading:
        """The draft of one file; its clean copy is written to ``copy``, an open empty file.

        Where a copy could be made, the draft's ``copy_bytes`` is its size and ``copy`` stands at
        its beginning; elsewhere the remark NO_CLEAN_COPY says so, and ``copy`` is worth nothing.

        Raises Refused where the file can never be accepted as it is, OSError where there is none
        to open, SandboxDied where the sandbox failed and a retry makes sense. A file whose reader
        crashed or ran into its limits keeps the pages read before, with the remark PARTLY_READ.
        """
        outcome, cost = self.attempt(
            path,
            given_language=given_language,
            given_title=given_title,
            given_abstract=given_abstract,
            copy=copy,
        )
        if isinstance(outcome, Refused):
            raise outcome
        return Reading(outcome, cost)

    def attempt(
        self,
        path: Path,
        *,
        given_language: str | None = None,
        given_title: str | None = None,
        given_abstract: str | None = None,
        copy: BinaryIO | None = None,
    ) -> tuple[Draft | Refused, Cost]:
        """``read`` with the refusal as a value, for callers that also ask what it cost."""
        started = time.monotonic()
        with path.open("rb"):
            pass  # a file that is missing or closed to us is the caller's error, not the file's
        draft = Draft(
            path,
            given_language=given_language,
            given_title=given_title,
            given_abstract=given_abstract,
        )
        transcript, verdict = self._converse(draft, reopen=True, copy=copy)
        verdicts = [verdict]
        outcome = _outcome(transcript, verdict)
        if outcome is None:
            transcript, verdict = self._salvage(transcript)
            verdicts.append(verdict)
            outcome = transcript.draft
        if copy is not None and isinstance(outcome, Draft):
            outcome = _with_checked_copy(outcome, copy)
        cost = Cost(
            cpu=_cpu_by_stage(transcript.cpu, verdicts),
            wall_seconds=time.monotonic() - started,
            peak_bytes=max(verdict.peak_bytes for verdict in verdicts),
        )
        return outcome, cost

    def propose(self, draft: Draft) -> Draft | None:
        """``draft``, of which everything else is known, with proposals by the vocabulary in force
        (its ``vocabulary`` says which that was).

        None where its reader ran into its limits or failed, which says nothing of what could be
        proposed. Raises SandboxDied where a retry makes sense.
        """
        transcript, _ = self._converse(replace(draft, is_known=True), reopen=False)
        return transcript.draft if transcript.described else None

    def _salvage(self, transcript: Transcript) -> tuple[Transcript, Verdict]:
        """Describe the pages that came before the reader's end, in a child that opens no file."""
        draft = replace(transcript.draft, pages=transcript.pages)
        if len(draft.pages) < draft.page_total:
            draft = replace(draft, remarks=(*draft.remarks, Remark.PARTLY_READ))
        again, verdict = self._converse(draft, reopen=False)
        if again.refused is not None or not again.described:
            again.draft = _as_given(draft)
        return again, verdict

    def _converse(
        self, draft: Draft, *, reopen: bool, copy: BinaryIO | None = None
    ) -> tuple[Transcript, Verdict]:
        with self._helper_at_work() as helper:
            return self._converse_with(helper, draft, reopen=reopen, copy=copy)

    def _converse_with(
        self, helper: HelperProcess, draft: Draft, *, reopen: bool, copy: BinaryIO | None
    ) -> tuple[Transcript, Verdict]:
        draft = replace(draft, vocabulary=helper.vocabulary.version)
        transcript = Transcript(draft, self._limits)
        deadline = time.monotonic() + self._limits.wall_seconds + GRACE_SECONDS
        try:
            with Call(helper, deadline, None if copy is None else copy.fileno()) as call:
                request = request_line(draft, reopen=reopen)
                for line in call.exchange(request, transcript.line_bytes):
                    transcript.take(line)
                verdict = call.verdict()
        except Garbled as error:
            # Leaving the call has ended the reader: nothing it has said is used, or awaited.
            logger.warning("a reader wrote what no reader writes: %s", error)
            transcript.refused, verdict = Refused(Reason.DAMAGED), _UNKNOWN
        except OSError as error:
            self._discard(helper)
            raise SandboxDied("the helper process ended or stopped answering") from error
        if verdict.says_nothing_of_the_file:
            raise SandboxDied("the reader was ended from outside, or could not be confined")
        if transcript.failure is not None:
            logger.error("a reader failed: %s", transcript.failure)
        return transcript, verdict

    def _running_helper(self) -> HelperProcess:
        with self._lock:
            return self._ready_helper()

    def _ready_helper(self) -> HelperProcess:
        """Whoever calls this holds the lock."""
        if self._closed:
            raise SandboxDied("the sandbox is closed")
        vocabulary = load()
        if self._helper is not None and self._helper.vocabulary is not vocabulary:
            self._retire()
        if self._helper is not None and self._helper.has_ended():
            self._helper.end()
            self._helper = None
        if self._helper is None:
            try:
                self._helper = HelperProcess(self._program, self._limits, vocabulary)
            except OSError as error:
                raise SandboxDied("the helper process could not start") from error
        return self._helper

    @contextmanager
    def _helper_at_work(self) -> Iterator[HelperProcess]:
        """The helper to ask now. One of an older vocabulary ends with the last file it reads."""
        with self._lock:
            helper = self._ready_helper()
            self._at_work[helper] += 1
        try:
            yield helper
        finally:
            with self._lock:
                self._at_work[helper] -= 1
                self._at_work += Counter()  # forgets those at nothing any more
                is_over = helper not in self._at_work and helper is not self._helper
            if is_over:
                helper.end()

    def _retire(self) -> None:
        """Ask nothing more of the present helper; it is not ended while it reads."""
        helper, self._helper = self._helper, None
        if helper is not None and not self._at_work[helper]:
            helper.end()

    def _discard(self, helper: HelperProcess) -> None:
        with self._lock:
            if self._helper is helper:
                self._helper = None
        helper.end()


def _outcome(transcript: Transcript, verdict: Verdict) -> Draft | Refused | None:
    """The draft or the refusal; None where there are pages that nobody has described."""
    if transcript.refused is not None:
        return transcript.refused
    if transcript.described:
        return transcript.draft
    if transcript.pages:
        return None
    return Refused(Reason.TOO_COSTLY if verdict.hit_limits else Reason.DAMAGED)


def _with_checked_copy(draft: Draft, copy: BinaryIO) -> Draft:
    """Its reader has ended by now: what stands in the file is all there will be."""
    copy.seek(0, os.SEEK_END)
    if draft.copy_bytes == copy.tell():
        copy.seek(0)
        if copy.read(len(_PDF)) == _PDF:
            copy.seek(0)
            return draft
    return replace(draft, copy_bytes=None, remarks=(*draft.remarks, Remark.NO_CLEAN_COPY))


def _as_given(draft: Draft) -> Draft:
    """What people said still holds when not even the language could be found."""
    given = draft.given_language
    inherited = given if given in LANGUAGES else None
    pages = tuple(PageText(page.number, page.text, inherited) for page in draft.pages)
    return replace(
        draft,
        pages=pages,
        language=given,
        title=draft.given_title,
        abstract=draft.given_abstract,
    )


def _cpu_by_stage(stages: Mapping[str, float], verdicts: Sequence[Verdict]) -> dict[str, float]:
    """The stages' seconds, the forks', and what a child spent besides (starting, confining)."""
    total = sum(verdict.cpu for verdict in verdicts)
    fork = sum(verdict.fork_cpu for verdict in verdicts)
    return {**stages, "fork": fork, "other": max(total - sum(stages.values()), 0.0)}
