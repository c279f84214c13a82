"""From an untrusted file to a Draft: the pipeline is STAGES. Read it top to bottom.

Run it only inside the sandbox's child: it opens the file with parsers that a stranger's file may
crash, stall or take over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from ingest.active_content import remark_active_content
from ingest.clean_copy import NoCleanCopy, write_clean_copy
from ingest.cover import read_cover
from ingest.cpu import CpuAccount
from ingest.describe import describe_with
from ingest.draft import Draft, PageText, Reason, Refused, Remark, Stage
from ingest.extract import ENOUGH_LETTERS, count_pages, page_texts
from ingest.languages import tell_languages
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.personal_data import warn_of_personal_data
from ingest.repair import repair
from ingest.running_lines import drop_running_lines
from ingest.tagging import propose_tags
from ingest.thumbnail import draw_thumbnail

HEADER = b"%PDF-"
HEADER_WITHIN = 1_024

Announce = Callable[[PageText], None]


def gate(draft: Draft, limits: Limits = DEFAULT_LIMITS) -> Draft:
    """Refuse at the door what can never be read; count the pages of the rest."""
    size = draft.source.stat().st_size
    if size == 0:
        raise Refused(Reason.EMPTY)
    if size > limits.file_bytes:
        raise Refused(Reason.TOO_LARGE, bytes=size, limit=limits.file_bytes)
    with draft.source.open("rb") as file:
        if HEADER not in file.read(HEADER_WITHIN):
            raise Refused(Reason.NOT_A_PDF)
    total = count_pages(draft.source)
    if total == 0:
        raise Refused(Reason.NO_PAGES)
    if total > limits.pages:
        raise Refused(Reason.TOO_MANY_PAGES, pages=total, limit=limits.pages)
    return replace(draft, page_total=total)


def read_pages(
    draft: Draft,
    limits: Limits = DEFAULT_LIMITS,
    announce: Announce | None = None,
    account: CpuAccount | None = None,
) -> Draft:
    """Extract and repair each page; announce it at once, so that a later crash cannot take it."""
    account = account or CpuAccount()
    deadline = _Deadline(limits)
    pages: list[PageText] = []
    signs_left, damaged = limits.text_chars, 0
    for raw in page_texts(draft.source, draft.page_total):
        with account.measure("repair"):
            text = repair(raw.text[: limits.page_chars])
        page = PageText(raw.number, text)
        if announce is not None:
            announce(page)
        pages.append(page)
        damaged += raw.damaged
        signs_left -= len(text)
        if signs_left < 0 or deadline.has_passed():
            break
    if damaged == len(pages):
        raise Refused(Reason.DAMAGED)
    return replace(
        draft, pages=tuple(pages), remarks=(*draft.remarks, *_remarks(draft, pages, damaged))
    )


def _remarks(draft: Draft, pages: list[PageText], damaged: int) -> list[Remark]:
    remarks = []
    if any(sum(map(str.isalpha, page.text)) < ENOUGH_LETTERS for page in pages):
        remarks.append(Remark.PAGES_WITHOUT_TEXT)
    if damaged:
        remarks.append(Remark.DAMAGED_PAGES)
    if len(pages) < draft.page_total:
        remarks.append(Remark.PARTLY_READ)
    return remarks


def describe(draft: Draft) -> Draft:
    """Title, authors, year, DOI, ISBN and abstract, from the file's metadata, cover and text."""
    return describe_with(draft, read_cover(draft.source))


def clean_copy(draft: Draft, target: BinaryIO | None = None) -> Draft:
    """Write the file that readers get to ``target``, where one is given and one can be made.

    The last stage: a file that brings qpdf down takes nothing else along.
    """
    if target is None:
        return draft
    try:
        write_clean_copy(draft.source, target, page_total=draft.page_total)
    except NoCleanCopy:
        return draft
    return replace(draft, copy_bytes=target.tell())


class _Deadline:
    """The moment after which no further page is begun, so that the other stages have their time."""

    def __init__(self, limits: Limits) -> None:
        self._cpu = time.process_time() + limits.cpu_seconds * limits.reading_share
        self._wall = time.monotonic() + limits.wall_seconds * limits.reading_share

    def has_passed(self) -> bool:
        return time.process_time() > self._cpu or time.monotonic() > self._wall


STAGES: tuple[Stage, ...] = (
    gate,
    read_pages,
    remark_active_content,
    tell_languages,
    warn_of_personal_data,
    describe,
    drop_running_lines,
    propose_tags,
    draw_thumbnail,
    clean_copy,
)


def bind(
    limits: Limits, announce: Announce, account: CpuAccount, copy: BinaryIO | None = None
) -> tuple[Stage, ...]:
    """STAGES under other limits, each page announced as soon as it is read, with a clean copy
    written to ``copy``."""
    door = partial(gate, limits=limits)
    reading = partial(read_pages, limits=limits, announce=announce, account=account)
    return (door, reading, *STAGES[2:-1], partial(clean_copy, target=copy))


def name_of(stage: Stage) -> str:
    return str(getattr(stage.func if isinstance(stage, partial) else stage, "__name__", "stage"))


def run(
    draft: Draft,
    stages: tuple[Stage, ...] = STAGES,
    *,
    account: CpuAccount | None = None,
    observe: Callable[[str, Draft], None] | None = None,
) -> Draft:
    """Send the draft through the stages; ``observe`` hears each stage's name and result.

    Raises Refused where the file can never be accepted as it is.
    """
    account = account or CpuAccount()
    for stage in stages:
        name = name_of(stage)
        with account.measure(name):
            draft = stage(draft)
        if observe is not None:
            observe(name, draft)
    return draft
