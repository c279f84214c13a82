"""The questions that describe a document: what may be answered, and where each answer goes.

Contributors meet them one a page, curators all on one; what is asked of a contribution that is
returned names one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from index.vocabulary import Vocabulary
from repo_app.db import today
from repo_app.models import Document, Organization
from repo_app.services import tags
from repo_app.services.tags import By
from repo_app.typed import lines, one_line, paragraphs

LONGEST_TITLE = 500
LONGEST_AUTHOR = 200
LONGEST_TEXT = 6000
LONGEST_ADDRESS = 2000
MOST_AUTHORS = 200
EARLIEST_YEAR = 1900
STAYS = "stays"
"""What a form sends for the organization that stands there and withholds its name: its number
would tell which documents come from the same one."""
TAGGED = ("theme", "population", "priority", "activity")


class Field(StrEnum):
    """A question; its value names it in forms, addresses, notes and history."""

    TITLE = "title"
    LANGUAGE = "language"
    YEAR = "year"
    AUTHORS = "authors"
    ORGANIZATION = "organization"
    SOURCE_KIND = "source_kind"
    DOCUMENT_KIND = "document_kind"
    EVIDENCE_TYPE = "evidence_type"
    LICENCE = "licence"
    COUNTRIES = "countries"
    SCOPE = "scope"
    TAGS = "tags"
    ABSTRACT = "abstract"
    PLANNING_USE = "planning_use"
    URL = "url"


NEEDED = frozenset(
    {Field.TITLE, Field.LANGUAGE, Field.SOURCE_KIND, Field.DOCUMENT_KIND, Field.COUNTRIES}
)
"""Without an answer to these nothing is sent; the others may stay open."""


class Fault(StrEnum):
    MISSING = "missing"
    TOO_LONG = "too-long"
    TOO_MANY = "too-many"
    NOT_OFFERED = "not-offered"
    YEAR = "year"
    ADDRESS = "address"


class Unusable(Exception):
    """An answer that cannot be taken; nothing was changed. ``longest`` is the limit it goes
    beyond: in characters where it is TOO_LONG, in entries where they are TOO_MANY."""

    def __init__(self, field: Field, fault: Fault, longest: int = 0) -> None:
        super().__init__(f"{field.value}: {fault.value}")
        self.field, self.fault, self.longest = field, fault, longest


Value = str | int | None | tuple[str, ...]
"""A text, a year or the number of an organization, nothing, or several values; a tag is written
``facet=value``."""
Given = Mapping[str, Sequence[str]]
"""A form as it came: field name → everything given under it."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen: the vocabulary's codes, the organizations this person may name, and
    for STAYS the number of the one that stands there, if it withholds its name."""

    vocabulary: Vocabulary
    organizations: frozenset[int]
    withheld: int | None = None

    def offered(self, field: Field) -> tuple[str, ...]:
        """The codes of a question that has a closed list."""
        lists, places = self.vocabulary.lists, self.vocabulary.places
        match field:
            case Field.LANGUAGE:
                return self.vocabulary.facet_values("language")
            case Field.SOURCE_KIND:
                return tuple(item.id for item in lists.source_kinds)
            case Field.DOCUMENT_KIND:
                return tuple(item.id for item in lists.document_kinds)
            case Field.EVIDENCE_TYPE:
                return tuple(item.id for item in lists.evidence_types)
            case Field.LICENCE:
                return tuple(item.id for item in lists.licences)
            case Field.SCOPE:
                return tuple(item.id for item in lists.scopes)
            case Field.COUNTRIES:
                return tuple(country.code for country in places.countries)
            case _:
                return ()


def read(field: Field, given: Given, choices: Choices) -> Value:
    """The answer a form gives; raises Unusable."""
    value = READERS.get(field, _code)(field, given, choices)
    if value in (None, "", ()) and field in NEEDED:
        raise Unusable(field, Fault.MISSING)
    return value


def write(
    session: Session, vocabulary: Vocabulary, document: Document, field: Field, value: Value, by: By
) -> None:
    """Put an answer that ``read`` gave into its row."""
    match field:
        case Field.COUNTRIES | Field.TAGS:
            facets = facets_of(field)
            chosen = [_pair(one) for one in _several(value)]
            tags.choose(vocabulary, document, facets, chosen, by)
        case Field.ORGANIZATION:
            found = session.get(Organization, value) if isinstance(value, int) else None
            document.organization = found
        case Field.AUTHORS:
            document.authors = list(_several(value))
        case Field.TITLE | Field.ABSTRACT | Field.PLANNING_USE:
            setattr(document, field.value, value or "")
        case _:
            setattr(document, field.value, value or None)


def facets_of(field: Field) -> tuple[str, ...]:
    """The facets of tags that a question asks for; none for most."""
    if field is Field.COUNTRIES:
        return ("country",)
    return TAGGED if field is Field.TAGS else ()


def proposed_by(field: Field) -> tuple[str, ...]:
    """The facets whose proposals an answer decides on."""
    return (tags.SCOPE,) if field is Field.SCOPE else facets_of(field)


def present(document: Document, field: Field) -> Value:
    """The answer that stands in the row, as ``read`` would give it."""
    match field:
        case Field.COUNTRIES | Field.TAGS:
            facets = facets_of(field)
            confirmed = [t for t in document.tags if t.facet in facets and t.confirmed_on]
            return tuple(sorted(f"{tag.facet}={tag.value}" for tag in confirmed))
        case Field.ORGANIZATION:
            return document.organization_id
        case Field.AUTHORS:
            return tuple(document.authors)
        case _:
            value: Value = getattr(document, field.value)
            return value


def _pair(tag: str) -> tuple[str, str]:
    facet, _, value = tag.partition("=")
    return facet, value


def _several(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _first(given: Given, field: Field) -> str:
    values = given.get(field.value) or ("",)
    return values[0]


def _code(field: Field, given: Given, choices: Choices) -> Value:
    value = _first(given, field)
    if value and value not in choices.offered(field):
        raise Unusable(field, Fault.NOT_OFFERED)
    return value or None


def _title(field: Field, given: Given, _choices: Choices) -> Value:
    title = one_line(_first(given, field), LONGEST_TITLE + 1)
    if len(title) > LONGEST_TITLE:
        raise Unusable(field, Fault.TOO_LONG, LONGEST_TITLE)
    return title


def _text(field: Field, given: Given, _choices: Choices) -> Value:
    text = paragraphs(_first(given, field), LONGEST_TEXT + 1)
    if len(text) > LONGEST_TEXT:
        raise Unusable(field, Fault.TOO_LONG, LONGEST_TEXT)
    return text


def _year(field: Field, given: Given, _choices: Choices) -> Value:
    text = _first(given, field).strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}", text) or not EARLIEST_YEAR <= int(text) <= today().year + 1:
        raise Unusable(field, Fault.YEAR)
    return int(text)


def _authors(field: Field, given: Given, _choices: Choices) -> Value:
    """One a line."""
    named = lines(_first(given, field), LONGEST_AUTHOR + 1)
    if any(len(name) > LONGEST_AUTHOR for name in named):
        raise Unusable(field, Fault.TOO_LONG, LONGEST_AUTHOR)
    if len(named) > MOST_AUTHORS:
        raise Unusable(field, Fault.TOO_MANY, MOST_AUTHORS)
    return named


def _organization(field: Field, given: Given, choices: Choices) -> Value:
    text = _first(given, field)
    if not text:
        return None
    if text == STAYS and choices.withheld is not None:
        return choices.withheld
    if text not in {str(number) for number in choices.organizations}:
        raise Unusable(field, Fault.NOT_OFFERED)
    return int(text)


def _countries(field: Field, given: Given, choices: Choices) -> Value:
    codes = dict.fromkeys(given.get(field.value, ()))
    if not all(choices.vocabulary.is_known("country", code) for code in codes):
        raise Unusable(field, Fault.NOT_OFFERED)
    return tuple(f"country={code}" for code in codes)


def _tags(field: Field, given: Given, choices: Choices) -> Value:
    chosen = dict.fromkeys(given.get(field.value, ()))
    for facet, value in map(_pair, chosen):
        if facet not in TAGGED or not choices.vocabulary.is_known(facet, value):
            raise Unusable(field, Fault.NOT_OFFERED)
    return tuple(chosen)


def _address(field: Field, given: Given, _choices: Choices) -> Value:
    address = one_line(_first(given, field), LONGEST_ADDRESS + 1)
    if len(address) > LONGEST_ADDRESS:
        raise Unusable(field, Fault.TOO_LONG, LONGEST_ADDRESS)
    if address and not re.fullmatch(r"https?://[^\s/<>\"]+\.[^\s<>\"]+", address):
        raise Unusable(field, Fault.ADDRESS)
    return address or None


READERS: Mapping[Field, Callable[[Field, Given, Choices], Value]] = {
    Field.TITLE: _title,
    Field.YEAR: _year,
    Field.AUTHORS: _authors,
    Field.ORGANIZATION: _organization,
    Field.COUNTRIES: _countries,
    Field.TAGS: _tags,
    Field.ABSTRACT: _text,
    Field.PLANNING_USE: _text,
    Field.URL: _address,
}
