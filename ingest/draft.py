"""The one value that travels through the pipeline, and the reasons a file is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Reason(StrEnum):
    """Why a file can never be accepted as it is; retrying will not help."""

    EMPTY = "empty"
    NOT_A_PDF = "not-a-pdf"
    TOO_LARGE = "too-large"
    TOO_MANY_PAGES = "too-many-pages"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    NO_PAGES = "no-pages"
    TOO_COSTLY = "too-costly"  # ran into the sandbox's limits before one page was read


class Refused(Exception):
    """The file is refused for ``reason``; ``detail`` holds numbers for the sentence shown."""

    def __init__(self, reason: Reason, **detail: int) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


class Remark(StrEnum):
    """What a curator should know of an accepted file; each has a sentence in both languages."""

    PAGES_WITHOUT_TEXT = "pages-without-text"  # scans: not searchable before OCR
    PARTLY_READ = "partly-read"  # the sandbox's limits stopped the reading
    DAMAGED_PAGES = "damaged-pages"
    ACTIVE_CONTENT = "active-content"  # scripts, launch actions, forms
    ATTACHMENTS = "attachments"
    MIXED_LANGUAGES = "mixed-languages"
    NO_CLEAN_COPY = "no-clean-copy"  # its pages can be read here, its file is offered to nobody


@dataclass(frozen=True, slots=True)
class PageText:
    """One page as read: number from 1, repaired text ('' where none), language or None."""

    number: int
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a tag is proposed: the label found, how often, and where it counted most."""

    label: str
    count: int
    where: str  # "title" | "abstract" | "body"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tag for people to confirm: never more than a suggestion with its evidence."""

    facet: str
    value: str
    score: float
    evidence: tuple[Evidence, ...]


class PersonalDataKind(StrEnum):
    """Kinds of personal data people are warned of; each has a sentence in both languages."""

    EMAIL = "email"
    PHONE = "phone"
    IDENTITY_DOCUMENT = "identity-document"  # and numbers of cases of asylum
    COORDINATES = "coordinates"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A page that may hold personal data: of which kind and how often, never what it says."""

    kind: PersonalDataKind
    page: int
    count: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a file so far. Stages return ``replace(draft, …)``.

    ``given_language``, ``given_title`` and ``given_abstract`` are people's words and win over every
    guess.
    ``page_total`` counts the file's pages, ``pages`` those that were read. ``copy_bytes`` is the
    size of the clean copy, where one was asked for and could be made. ``is_known``: everything
    but its proposals is, from an earlier reading or from people.
    """

    source: Path
    given_language: str | None = None
    given_title: str | None = None
    given_abstract: str | None = None
    page_total: int = 0
    pages: tuple[PageText, ...] = ()
    language: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    isbn: str | None = None
    abstract: str | None = None
    proposals: tuple[Proposal, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    remarks: tuple[Remark, ...] = ()
    thumbnail: bytes | None = None  # WebP
    copy_bytes: int | None = None
    is_known: bool = False
    vocabulary: str = ""  # version of the one that proposals come from, as the worker knows it


Stage = Callable[[Draft], Draft]
