"""Many documents at once: finding them in a list, and giving or taking one tag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from index import FACETS, Query
from index.analysis import fold
from index.vocabulary import Vocabulary
from repo_app.models import Document, Origin, State, Tag
from repo_app.policy import Viewer
from repo_app.runtime import Runtime
from repo_app.services import answers, decisions, editing, reviews, searching
from repo_app.services.answers import Field
from repo_app.services.editing import EDITABLE, NOT_LISTED
from repo_app.services.tags import FACETS as TAG_FACETS
from repo_app.services.tags import By

ON_A_PAGE = 50
COLUMNS = {
    "source_kind": Document.source_kind,
    "document_kind": Document.document_kind,
    "language": Document.language,
}
FILTERS = tuple(facet for facet in FACETS if facet in COLUMNS or facet in TAG_FACETS)
"""Facets by which the list can be narrowed, in the order of the search page."""


class Where(StrEnum):
    """Where the words are looked for."""

    TITLE = "title"
    TEXT = "text"  # everything readers search, of published documents


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents a curator wants to see; '' and None mean any. ``page`` counts from 1."""

    state: State | None = None
    words: str = ""
    where: Where = Where.TITLE
    facet: str = ""
    value: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A document in the list."""

    public_id: str
    title: str
    state: State
    source_kind: str | None
    language: str | None
    year: int | None
    received_on: date
    published_on: date | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list; ``total`` counts all that were selected."""

    lines: tuple[Line, ...]
    total: int

    @property
    def page_count(self) -> int:
        return -(-self.total // ON_A_PAGE)


def selected(runtime: Runtime, viewer: Viewer, selection: Selection, language: str) -> Listed:
    """The documents of a selection, the newest first, by relevance where the text is searched.

    ``language`` is that of the reader's interface. Raises SearchUnavailable.
    """
    if selection.words and selection.where is Where.TEXT:
        return _searched(runtime, viewer, selection, language)
    start = (selection.page - 1) * ON_A_PAGE
    with runtime.database.reading() as session:
        condition = Document.state.not_in(NOT_LISTED) & _narrowed(selection)
        newest = select(Document.id).where(condition).order_by(Document.id.desc())
        if selection.words:
            ids = _with_title(session, selection)
            return Listed(_lines(session, ids[start : start + ON_A_PAGE]), len(ids))
        total = session.scalar(select(func.count()).select_from(Document).where(condition))
        shown = session.scalars(newest.offset(start).limit(ON_A_PAGE)).all()
        return Listed(_lines(session, shown), total or 0)


def _searched(runtime: Runtime, viewer: Viewer, selection: Selection, language: str) -> Listed:
    if selection.state not in (None, State.PUBLISHED):
        return Listed((), 0)
    filters = {selection.facet: frozenset({selection.value})} if selection.facet else {}
    query = Query(
        selection.words, viewer.audience, filters, language, page=selection.page, size=ON_A_PAGE
    )
    answer = searching.find(runtime, viewer, query)
    public_ids = [found.card.id for found in answer.found]
    with runtime.database.reading() as session:
        keys = {
            public_id: key
            for public_id, key in session.execute(
                select(Document.public_id, Document.id).where(Document.public_id.in_(public_ids))
            )
        }
        lines = _lines(session, [keys[one] for one in public_ids if one in keys])
    return Listed(lines, answer.total)


def _narrowed(selection: Selection) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = true()
    if selection.state is not None:
        condition &= Document.state == selection.state
    if column := COLUMNS.get(selection.facet):
        condition &= column == selection.value
    elif selection.facet:
        carried = (Tag.facet == selection.facet) & (Tag.value == selection.value)
        condition &= Document.tags.any(carried & Tag.confirmed_on.is_not(None))
    return condition


def _with_title(session: Session, selection: Selection) -> list[int]:
    """Every word somewhere in the title, with or without accents. No database folds them, so
    titles are looked through here, one after another."""
    wanted = [fold(word) for word in selection.words.split()]
    rows = session.execute(
        select(Document.id, Document.title)
        .where(Document.state.not_in(NOT_LISTED), _narrowed(selection))
        .order_by(Document.id.desc())
        .execution_options(yield_per=1000)
    )
    return [key for key, title in rows if _holds(title, wanted)]


def _holds(title: str, wanted: list[str]) -> bool:
    words = [fold(word) for word in title.split()]
    return all(any(part in word for word in words) for part in wanted)


def _lines(session: Session, keys: Iterable[int]) -> tuple[Line, ...]:
    wanted = list(keys)
    columns = (
        *(Document.id, Document.public_id, Document.title, Document.state),
        *(Document.source_kind, Document.language, Document.year),
        *(Document.received_on, Document.published_on),
    )
    rows = session.execute(select(*columns).where(Document.id.in_(wanted)))
    found = {row[0]: Line(*row[1:]) for row in rows}
    return tuple(found[key] for key in wanted if key in found)


class Obstacle(StrEnum):
    """Why a document could not be given or relieved of a tag."""

    GONE = "gone"
    NOT_EDITABLE = "not-editable"
    OWN = "own"
    IMPLIED = "implied"  # one of its activities brings the priority along


@dataclass(frozen=True, slots=True)
class TagChange:
    """One value to add to documents, or to remove from them."""

    facet: str
    value: str
    add: bool


@dataclass(frozen=True, slots=True)
class Left:
    """A document that could not be changed."""

    public_id: str
    title: str
    obstacle: Obstacle


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were changed, how many needed no change, and which could not be."""

    changed: int
    as_wanted: int
    left: tuple[Left, ...]


def tag(runtime: Runtime, public_ids: Iterable[str], change: TagChange, viewer: Viewer) -> Outcome:
    """As ``viewer``, a curator. Each document in a transaction of its own, so that none is half
    done."""
    changed, as_wanted, left = 0, 0, []
    for public_id in dict.fromkeys(public_ids):
        with runtime.database.writing() as session:
            done = _tag_one(session, runtime.vocabulary, public_id, change, viewer)
        if isinstance(done, Left):
            left.append(done)
        elif done:
            changed += 1
        else:
            as_wanted += 1
    return Outcome(changed, as_wanted, tuple(left))


def _tag_one(
    session: Session, vocabulary: Vocabulary, public_id: str, change: TagChange, viewer: Viewer
) -> bool | Left:
    """Whether it was changed, or why it could not be."""
    document = editing.found(session, public_id)
    if document is None:
        return Left(public_id, "", Obstacle.GONE)
    if document.state not in EDITABLE:
        return Left(public_id, document.title, Obstacle.NOT_EDITABLE)
    if reviews.is_for_others(viewer, document):
        return Left(public_id, document.title, Obstacle.OWN)
    by = By(Origin.CURATOR, viewer.signature)
    field = Field.COUNTRIES if change.facet == "country" else Field.TAGS
    pair = f"{change.facet}={change.value}"
    before = answers.present(document, field)
    held = before if isinstance(before, tuple) else ()
    wanted = (*held, pair) if change.add else tuple(one for one in held if one != pair)
    edited = editing.edit(session, vocabulary, document, {field: wanted}, by, document.revision)
    after = answers.present(document, field)
    kept = isinstance(after, tuple) and pair in after
    if kept is not change.add:
        return Left(public_id, document.title, Obstacle.IMPLIED)
    decisions.note(session, document, (change.facet,), by, (change.value,))
    return bool(edited)
