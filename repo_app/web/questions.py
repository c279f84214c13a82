"""A search as its address says it. Everything a reader sets is in the address, nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from werkzeug.datastructures import MultiDict

from index.analysis import LANGUAGES
from index.contract import FACETS, Query, Sort
from repo_app.policy import Viewer

LONGEST_TEXT = 500
LONGEST_VALUE = 80
MOST_VALUES = 20
LAST_PAGE = 10_000
_KEY = re.compile(r"[A-Z]{2}|[a-z0-9-]{1,60}(?:\.[a-z]{2,10})?")


@dataclass(frozen=True, slots=True)
class Question:
    """``filters`` hold only known facets; ``read_as`` is a language the words are to be read in,
    '' for that of the page; ``without``: keys of what is not to be added to the words (see
    ``index.expansion``), or put right in them; ``cut`` says the text was longer than we search."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    read_as: str = ""
    without: tuple[str, ...] = ()
    cut: bool = False

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Question:
        """Whatever the address holds: what cannot be understood is left out, never refused."""
        text = " ".join(_printable(args.get("q", "")).split())
        filters = {facet: _values(facet, args.getlist(facet)) for facet in FACETS}
        return cls(
            text=text[:LONGEST_TEXT].strip(),
            filters={facet: values for facet, values in filters.items() if values},
            sort=_sort(args.get("sort", "")),
            page=max(1, min(args.get("page", 1, type=int), LAST_PAGE)),
            read_as=read_as if (read_as := args.get("words", "")) in LANGUAGES else "",
            without=_keys(args.getlist("without")),
            cut=len(text) > LONGEST_TEXT,
        )

    def __bool__(self) -> bool:
        return bool(self.text or self.filters)

    @property
    def filter_total(self) -> int:
        return sum(len(values) for values in self.filters.values())

    def query(self, viewer: Viewer, language: str) -> Query:
        """For the index. Without words nothing is nearer than the rest: newest first."""
        return Query(
            text=self.text,
            audience=viewer.audience,
            filters={facet: frozenset(values) for facet, values in self.filters.items()},
            language=self.read_as or language,
            sort=self.sort if self.text or self.sort is not Sort.RELEVANCE else Sort.NEWEST,
            page=self.page,
            expand=True,
            left_out=frozenset(self.without),
        )

    def leaving_out(self, *keys: str) -> Question:
        """Without what these keys would add; on the first page."""
        return replace(self, without=tuple(dict.fromkeys((*self.without, *keys))), page=1)

    def taking_in(self, key: str) -> Question:
        return replace(self, without=tuple(k for k in self.without if k != key), page=1)

    def with_everything(self) -> Question:
        return replace(self, without=(), page=1)

    def toggled(self, facet: str, value: str) -> Question:
        """With ``value`` chosen if it was not, and without it if it was; on the first page."""
        values = self.filters.get(facet, ())
        after = tuple(v for v in values if v != value) if value in values else (*values, value)
        filters = {**self.filters, facet: after}
        return replace(self, filters={f: v for f, v in filters.items() if v}, page=1)

    def adding(self, facet: str) -> Callable[[str], str]:
        """The addresses with one value more of ``facet``, on the first page: what they share is
        written once, for lists of many values."""
        at = FACETS.index(facet) + 1
        before = [("q", self.text)] if self.text else []
        before += self._filters(FACETS[:at])
        after = self._filters(FACETS[at:]) + self._settings
        head = f"?{_encoded(before)}&{facet}=" if before else f"?{facet}="
        tail = f"&{_encoded(after)}" if after else ""
        return lambda value: f"{head}{_quoted(value)}{tail}"

    def on_page(self, page: int) -> Question:
        return replace(self, page=page)

    def sorted_by(self, sort: Sort) -> Question:
        return replace(self, sort=sort, page=1)

    def without_filters(self) -> Question:
        return replace(self, filters={}, page=1)

    def reading_as(self, language: str) -> Question:
        return replace(self, read_as=language, page=1)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Without the text and the page: what a new search keeps."""
        kept = self._filters(FACETS)
        return kept + ([("sort", self.sort.value)] if self.sort is not Sort.RELEVANCE else [])

    @property
    def wording(self) -> dict[str, Any]:
        """What was searched for, for url_for: the words, how they are read and what is not added
        to them; without filters, order and page."""
        kept = {"q": self.text, "words": self.read_as, "without": list(self.without)}
        return {name: value for name, value in kept.items() if value}

    @property
    def address(self) -> str:
        """Relative to the search page: ``?q=…&country=SV``."""
        parameters = [("q", self.text)] if self.text else []
        parameters += self._filters(FACETS) + self._settings
        parameters += [("page", str(self.page))] if self.page > 1 else []
        return "?" + _encoded(parameters)

    def _filters(self, facets: Sequence[str]) -> list[tuple[str, str]]:
        return [(facet, value) for facet in facets for value in self.filters.get(facet, ())]

    @property
    def _settings(self) -> list[tuple[str, str]]:
        sort = [("sort", self.sort.value)] if self.sort is not Sort.RELEVANCE else []
        words = [("words", self.read_as)] if self.read_as else []
        return [*sort, *words, *(("without", key) for key in self.without)]


@lru_cache(4_096)
def _quoted(value: str) -> str:
    """Of what the collection holds, which comes again; never of what a reader typed."""
    return quote_plus(value, safe=":")


def _encoded(parameters: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote_plus(value, safe=':')}" for name, value in parameters)


def _values(facet: str, given: list[str]) -> tuple[str, ...]:
    clean = (_printable(value).strip()[:LONGEST_VALUE] for value in given)
    if facet == "country":
        clean = (value.upper() for value in clean)
    return tuple(dict.fromkeys(value for value in clean if value))[:MOST_VALUES]


def _keys(given: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in given if _KEY.fullmatch(key)))[:MOST_VALUES]


def _sort(given: str) -> Sort:
    try:
        return Sort(given)
    except ValueError:
        return Sort.RELEVANCE


def _printable(text: str) -> str:
    """Control characters would reach the page and the index for nothing."""
    return "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cs") else letter
        for letter in text[: LONGEST_TEXT * 40]
    )
