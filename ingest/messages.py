"""What a confined reader may say to the worker, and how little of it is believed.

One JSON object per line. A reader taken over by its file can write anything, so every line is
checked for kind, type, order and size before it touches a Draft; nothing is ever unpickled.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ingest.draft import (
    Draft,
    Evidence,
    PageText,
    PersonalData,
    PersonalDataKind,
    Proposal,
    Reason,
    Refused,
    Remark,
)
from ingest.languages import LANGUAGES
from ingest.limits import Limits
from ingest.running_lines import without_running_lines

TITLE_CHARS = 1_000
ABSTRACT_CHARS = 10_000
NAME_CHARS = 300
MOST_NAMES = 100
MOST_PROPOSALS = 500
MOST_EVIDENCE = 100
THUMBNAIL_BYTES = 500_000
LEAST_YEAR, MOST_YEAR = 1000, 9999
_LANGUAGE_CODE_CHARS = 35


class Garbled(ValueError):
    """A line that no honest reader writes."""


def request_line(draft: Draft, *, reopen: bool) -> bytes:
    """The one line sent to a child: a file to read, or (not ``reopen``) pages already read."""
    request = {
        "source": str(draft.source.resolve()),
        "given_language": draft.given_language,
        "given_title": draft.given_title,
        "given_abstract": draft.given_abstract,
        "page_total": draft.page_total,
        "remarks": list(draft.remarks),
        "pages": None if reopen else [[page.number, page.text] for page in draft.pages],
        "known": _known(draft) if draft.is_known else None,
    }
    return line_of(request)


def _known(draft: Draft) -> dict[str, Any]:
    return {
        "language": draft.language,
        "title": draft.title,
        "abstract": draft.abstract,
        "languages": [page.language for page in draft.pages],
    }


def read_request(line: bytes) -> tuple[Draft, bool]:
    """The child's side of ``request_line``: the draft, and whether its file is to be opened."""
    said = json.loads(line)
    pages = tuple(PageText(number, text) for number, text in said["pages"] or ())
    draft = Draft(
        Path(said["source"]),
        given_language=said["given_language"],
        given_title=said["given_title"],
        given_abstract=said["given_abstract"],
        page_total=said["page_total"],
        remarks=tuple(map(Remark, said["remarks"])),
        pages=pages,
    )
    if (known := said["known"]) is not None:
        languages = known.pop("languages")
        told = zip(pages, languages, strict=True)
        pages = tuple(replace(page, language=language) for page, language in told)
        draft = replace(draft, pages=pages, is_known=True, **known)
    return draft, said["pages"] is None


def cleaned(size: int) -> bytes:
    """``size`` bytes of a clean copy stand, complete, in the file that was handed over for it."""
    return line_of({"kind": "cleaned", "bytes": size})


def line_of(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def described(draft: Draft) -> bytes:
    """Everything a draft holds but its pages' texts and its picture."""
    return line_of(
        {
            "kind": "described",
            "languages": [page.language for page in draft.pages],
            "language": draft.language,
            "title": draft.title,
            "authors": draft.authors,
            "year": draft.year,
            "doi": draft.doi,
            "isbn": draft.isbn,
            "abstract": draft.abstract,
            "proposals": [asdict(proposal) for proposal in draft.proposals],
            "personal_data": [asdict(warning) for warning in draft.personal_data],
            "remarks": draft.remarks,
        }
    )


def proposed(draft: Draft) -> bytes:
    """Of a draft of which everything else was known."""
    return line_of(
        {"kind": "proposed", "proposals": [asdict(proposal) for proposal in draft.proposals]}
    )


def pictured(thumbnail: bytes) -> bytes:
    return line_of({"kind": "pictured", "webp": base64.b64encode(thumbnail).decode("ascii")})


class Transcript:
    """Builds a Draft from a child's lines; raises Garbled at the first that cannot be true.

    ``described`` tells whether the draft is whole, ``refused`` why there is none, ``failure``
    the exception type of a child that failed on its own account.
    """

    def __init__(self, draft: Draft, limits: Limits) -> None:
        self.draft = draft
        self.described = False
        self.refused: Refused | None = None
        self.failure: str | None = None
        self.cpu: dict[str, float] = {}
        self._limits = limits
        self._pages = list(draft.pages)
        self._chars = 0

    @property
    def pages(self) -> tuple[PageText, ...]:
        return tuple(self._pages)

    @property
    def line_bytes(self) -> int:
        """The longest line believed: a page of signs that JSON writes with six."""
        return 6 * self._limits.page_chars + 100_000

    def take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Garbled("no JSON") from error
        if not isinstance(message, dict):
            raise Garbled("no object")
        match message.get("kind"):
            case "opened" if not self._pages:
                total = _number(message.get("pages"), 1, self._limits.pages)
                self.draft = replace(self.draft, page_total=total)
            case "page" if not self.described:
                self._take_page(message)
            case "described" | "proposed" if self._pages and not self.described:
                self._take_findings(message)
            case "pictured" | "cleaned" if self.described:
                self._take_file(message)
            case "refused" if not self.described:
                self.refused = Refused(
                    _reason(message.get("reason")), **_detail(message.get("detail"))
                )
            case "failed":
                self.failure = _type_name(message.get("error"))
            case "done":
                self.cpu = _seconds(message.get("cpu"))
            case _:
                raise Garbled("unknown kind, or out of order")

    def _take_page(self, message: Mapping[str, Any]) -> None:
        number = _number(message.get("number"), 1, self.draft.page_total)
        if number != len(self._pages) + 1:
            raise Garbled("pages out of order")
        text = _text(message.get("text"), self._limits.page_chars)
        self._chars += len(text)
        if self._chars > self._limits.text_chars + self._limits.page_chars:
            raise Garbled("more text than any reader sends")
        self._pages.append(PageText(number, text))

    def _take_file(self, message: Mapping[str, Any]) -> None:
        if message["kind"] == "pictured":
            self.draft = replace(self.draft, thumbnail=_webp(message.get("webp")))
        else:
            size = _number(message.get("bytes"), 1, self._limits.written_bytes)
            self.draft = replace(self.draft, copy_bytes=size)

    def _take_findings(self, said: Mapping[str, Any]) -> None:
        if (said["kind"] == "proposed") is not self.draft.is_known:
            raise Garbled("an answer to another question")
        if not self.draft.is_known:
            self._take_description(said)
            return
        found = map(_proposal, _list(said.get("proposals"), MOST_PROPOSALS))
        self.draft = replace(self.draft, proposals=tuple(found))
        self.described = True

    def _take_description(self, said: Mapping[str, Any]) -> None:
        languages = _list(said.get("languages"), len(self._pages))
        if len(languages) != len(self._pages):
            raise Garbled("languages of other pages")
        pages = (
            replace(page, language=_language(code))
            for page, code in zip(self._pages, languages, strict=True)
        )
        self.draft = replace(
            self.draft,
            # The reader does the same for its own proposals; pages were sent before it could.
            pages=without_running_lines(tuple(pages)),
            language=_language(said.get("language"), self.draft.given_language),
            title=_text_or_none(said.get("title"), TITLE_CHARS),
            authors=tuple(_texts(said.get("authors"))),
            year=_number_or_none(said.get("year"), LEAST_YEAR, MOST_YEAR),
            doi=_text_or_none(said.get("doi"), NAME_CHARS),
            isbn=_text_or_none(said.get("isbn"), NAME_CHARS),
            abstract=_text_or_none(said.get("abstract"), ABSTRACT_CHARS),
            proposals=tuple(map(_proposal, _list(said.get("proposals"), MOST_PROPOSALS))),
            personal_data=tuple(self._personal_data(said.get("personal_data"))),
            remarks=tuple(_remarks(said.get("remarks"))),
        )
        self.described = True

    def _personal_data(self, value: Any) -> Iterable[PersonalData]:
        for item in _list(value, len(PersonalDataKind) * len(self._pages)):
            if not isinstance(item, dict) or item.get("kind") not in list(PersonalDataKind):
                raise Garbled("no warning of personal data")
            page = _number(item.get("page"), 1, self._limits.pages)
            count = _number(item.get("count"), 1, self._limits.page_chars)
            yield PersonalData(PersonalDataKind(item["kind"]), page, count)


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise Garbled("no text, or too long")
    try:
        value.encode("utf-8")  # JSON can spell half a surrogate pair, which no database takes
    except UnicodeEncodeError as error:
        raise Garbled("broken text") from error
    return value


def _type_name(value: Any) -> str:
    name = _text(value, NAME_CHARS)
    if not name.isidentifier():
        raise Garbled("no name of a type")
    return name


def _text_or_none(value: Any, most: int) -> str | None:
    return None if value is None else _text(value, most)


def _number(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise Garbled("no number, or out of range")
    return value


def _number_or_none(value: Any, least: int, most: int) -> int | None:
    return None if value is None else _number(value, least, most)


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise Garbled("no list, or too long")
    return value


def _texts(value: Any) -> Iterable[str]:
    return (_text(item, NAME_CHARS) for item in _list(value, MOST_NAMES))


def _language(value: Any, given: str | None = None) -> str | None:
    if value is None or value == given or value in LANGUAGES:
        return value if value is None else _text(value, _LANGUAGE_CODE_CHARS)
    raise Garbled("unknown language")


def _remarks(value: Any) -> Iterable[Remark]:
    for text in dict.fromkeys(_texts(value)):
        try:
            yield Remark(text)
        except ValueError as error:
            raise Garbled("unknown remark") from error


def _reason(value: Any) -> Reason:
    try:
        return Reason(value)
    except ValueError as error:
        raise Garbled("unknown reason") from error


def _detail(value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not value.keys() <= {"bytes", "pages", "limit"}:
        raise Garbled("unknown detail")
    return {key: _number(number, 0, 1 << 62) for key, number in value.items()}


def _seconds(value: Any) -> dict[str, float]:
    if not isinstance(value, dict) or len(value) > MOST_NAMES:
        raise Garbled("no account")
    return {_text(name, NAME_CHARS): _decimal(spent) for name, spent in value.items()}


def _decimal(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise Garbled("no decimal")
    return float(value)


def _proposal(value: Any) -> Proposal:
    if not isinstance(value, dict):
        raise Garbled("no proposal")
    evidence = tuple(map(_evidence, _list(value.get("evidence"), MOST_EVIDENCE)))
    return Proposal(
        facet=_text(value.get("facet"), NAME_CHARS),
        value=_text(value.get("value"), NAME_CHARS),
        score=_decimal(value.get("score")),
        evidence=evidence,
    )


def _evidence(value: Any) -> Evidence:
    if not isinstance(value, dict) or value.get("where") not in {"title", "abstract", "body"}:
        raise Garbled("no evidence")
    count = _number(value.get("count"), 0, 1 << 31)
    return Evidence(_text(value.get("label"), NAME_CHARS), count, value["where"])


def _webp(value: Any) -> bytes:
    try:
        picture = base64.b64decode(_text(value, 2 * THUMBNAIL_BYTES), validate=True)
    except ValueError as error:
        raise Garbled("no picture") from error
    if len(picture) > THUMBNAIL_BYTES or picture[:4] != b"RIFF" or picture[8:12] != b"WEBP":
        raise Garbled("no WebP")
    return picture
