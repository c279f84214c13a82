"""Every page of one document on which a reader's words stand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from index import Query, marks, passages
from index.expansion import asked
from index.passages import PageText, Passage
from index.wanted import Wanted, wanted_by
from repo_app.models import Document, Page
from repo_app.policy import Viewer
from repo_app.services.cards import Card, cards

PAGES_LISTED = 20


@dataclass(frozen=True, slots=True)
class FoundPages:
    """A stretch of the pages found: those with every word (title, authors and abstract count
    as part of each) before those with some of them, both in the document's order. ``first``
    counts from 1; ``with_every_word`` of the ``total`` hold them all."""

    card: Card
    pages: tuple[tuple[PageText, Passage], ...]
    first: int
    with_every_word: int
    total: int


def found_pages(
    session: Session, viewer: Viewer, public_id: str, query: Query, first: int = 1
) -> FoundPages | None:
    """PAGES_LISTED pages of a document from the ``first`` one found on; None where the viewer
    may not see it. Words are read in the query's language or the document's, whichever finds
    more, with what the query adds to them."""
    card = cards(session, viewer, [public_id]).get(public_id)
    if card is None:
        return None
    pages = _pages(session, card)
    tried = (_Found.of(card, pages, one) for one in wanted_in_either(query, card.language))
    found = max(tried, key=lambda one: one.worth)
    ordered = [*found.whole, *found.partly]
    start = max(0, min(first, len(ordered)) - 1) // PAGES_LISTED * PAGES_LISTED
    shown = tuple(
        (page, passage)
        for page in ordered[start : start + PAGES_LISTED]
        for passage in passages.best([page], found.wanted, limit=1)
    )
    return FoundPages(card, shown, start + 1, len(found.whole), len(ordered))


def wanted_in_either(query: Query, language: str | None) -> list[Wanted]:
    """What a question looks for, read in its own language and in that of a text, each once."""
    tongues = dict.fromkeys((query.language, language or query.language))
    return [wanted_by(asked(query.text, one, query.left_out), one) for one in tongues]


def _pages(session: Session, card: Card) -> list[PageText]:
    rows = session.execute(
        select(Page.number, Page.text, Page.language)
        .join(Document, Page.document_id == Document.id)
        .where(Document.public_id == card.id)
        .order_by(Page.number)
    )
    return [PageText(number, text, language or card.language) for number, text, language in rows]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a document holds of a question as it is read in one language."""

    wanted: Wanted
    whole: tuple[PageText, ...]
    partly: tuple[PageText, ...]

    @classmethod
    def of(cls, card: Card, pages: list[PageText], wanted: Wanted) -> _Found:
        record = " \n\n".join((card.title, card.abstract, *card.authors))
        known = marks.held(record, card.language, wanted)

        def whole(numbers: set[int]) -> bool:
            return wanted.is_answered_by(numbers | known)

        held = [(page, marks.held(page.text, page.language, wanted)) for page in pages]
        return cls(
            wanted,
            tuple(page for page, numbers in held if numbers and whole(numbers)),
            tuple(page for page, numbers in held if numbers and not whole(numbers)),
        )

    @property
    def worth(self) -> tuple[int, int]:
        return len(self.whole), len(self.partly)
