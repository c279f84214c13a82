"""What is held on a subject, as tables show it: a row for each of its parts, a column for each
kind of source, each number a link to just these documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from repo_app.services.evidence import Crossed
from repo_app.web import labels
from repo_app.web.subjects import page_of, search_for
from repo_app.web.words import gettext as _

FIRST_ASKED = "refugee-led"
"""Whose silence is asked about first: they are heard least elsewhere."""


@dataclass(frozen=True, slots=True)
class Column:
    """One of the plan's five kinds of source, or all others together."""

    label: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """``address`` finds the documents counted; '' where there are none."""

    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """``name`` is how the part is called in a word, ``words`` what more is said of it."""

    name: str
    words: str
    address: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind of source, and the rows for which nothing of it is held."""

    label: str
    missing: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A value with its number of documents and the search that finds them."""

    label: str
    count: int
    address: str
    page: str = ""


def table(
    counts: Crossed, facet: str, values: Iterable[str], given: Mapping[str, str] | None = None
) -> Table:
    """``values`` of ``facet`` by source kind; ``given`` filters are kept by every link."""
    columns = _columns()
    rows = tuple(_row(counts, facet, value, columns, given or {}) for value in values)
    return Table(columns, rows, _gaps(columns, rows))


def shares(
    facet: str, counts: Mapping[str, int], given: Mapping[str, str | list[str]]
) -> tuple[Share, ...]:
    """The values of ``facet`` there are documents for, each found with the ``given`` filters."""
    held = {value: count for value, count in counts.items() if value and count}
    return tuple(
        Share(
            labels.label(facet, value),
            held[value],
            search_for(**{facet: value}, **given),
            page_of(facet, value) if facet != "source_kind" else "",
        )
        for value in labels.ordered(facet, held)
    )


def silent(counts: Mapping[str, int]) -> tuple[str, ...]:
    """The plan's kinds of source of which nothing is held, as they stand within a sentence."""
    return tuple(
        labels.in_sentence("source_kind", kind.id)
        for kind in labels.source_kinds(of_the_plan=True)
        if not counts.get(kind.id)
    )


def _columns() -> tuple[Column, ...]:
    of_the_plan = tuple(
        Column(labels.label("source_kind", kind.id), (kind.id,))
        for kind in labels.source_kinds(of_the_plan=True)
    )
    others = tuple(kind.id for kind in labels.source_kinds(of_the_plan=False))
    return (*of_the_plan, Column(_("Others, outside the plan's five"), others))


def _row(
    counts: Crossed, facet: str, value: str, columns: Iterable[Column], given: Mapping[str, str]
) -> Row:
    name, _colon, words = labels.label(facet, value).partition(": ")
    return Row(
        name=name,
        words=words,
        address=page_of(facet, value),
        cells=tuple(_cell(counts, facet, value, column, given) for column in columns),
    )


def _cell(
    counts: Crossed, facet: str, value: str, column: Column, given: Mapping[str, str]
) -> Cell:
    count = sum(counts.get((value, kind), 0) for kind in column.kinds)
    if not count:
        return Cell(0, "")
    return Cell(count, search_for(**{facet: value}, source_kind=list(column.kinds), **given))


def _gaps(columns: Iterable[Column], rows: Iterable[Row]) -> tuple[Gap, ...]:
    """Of the plan's five; FIRST_ASKED comes first."""
    found = [
        (column.kinds, Gap(column.label, tuple(row for row in rows if not row.cells[at].count)))
        for at, column in enumerate(columns)
        if len(column.kinds) == 1
    ]
    found.sort(key=lambda pair: pair[0] != (FIRST_ASKED,))
    return tuple(gap for _kinds, gap in found)
