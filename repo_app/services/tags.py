"""Confirming tags: proposals that people take or leave, and tags of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from index.vocabulary import Vocabulary
from repo_app.db import today
from repo_app.models import Document, Origin, Tag
from repo_app.services.descriptions import with_implied

FACETS = ("country", "theme", "population", "priority", "activity")
"""Facets whose tags people choose, in the order of the page."""
SCOPE = "scope"
"""The facet of a proposal for a document's scope: never confirmed as a tag, for the answer is a
column of the row."""
PROPOSED = (*FACETS, SCOPE)
"""Everything that is proposed for people to decide on."""
CARRIED_OVER = "carried-over"
"""Where a proposal was found that rests on what the newest plan says of an older one; its label is
then the older value."""


@dataclass(frozen=True, slots=True)
class By:
    """Who confirms: as whom, and how the log names them."""

    origin: Origin
    signature: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A tag as it is offered for confirmation. ``labels`` are the words of the document for
    which it is proposed, with how often each was found and where ("title", "abstract", "body");
    none where a person put it there."""

    facet: str
    value: str
    confirmed: bool
    proposed: bool
    labels: tuple[tuple[str, int, str], ...]


def offered(document: Document, facets: Collection[str] = FACETS) -> tuple[Offered, ...]:
    """Every tag a document has, proposals with their reasons, the best first in each facet."""
    rows = [tag for tag in document.tags if tag.facet in facets]
    rows.sort(key=lambda tag: (FACETS.index(tag.facet), -(tag.score or 0.0), tag.value))
    return tuple(map(_offered, rows))


def may_be_proposed(vocabulary: Vocabulary, facet: str, value: str) -> bool:
    """Whether a proposal means something to us."""
    if facet == SCOPE:
        return value in {scope.id for scope in vocabulary.lists.scopes}
    return vocabulary.is_known(facet, value)


def scope_offered(document: Document) -> Offered | None:
    """The scope its text speaks for, if it does."""
    return next((_offered(tag) for tag in document.tags if tag.facet == SCOPE), None)


def _offered(tag: Tag) -> Offered:
    return Offered(
        tag.facet,
        tag.value,
        confirmed=tag.confirmed_on is not None,
        proposed=tag.score is not None,
        labels=tuple((one["label"], one["count"], one["where"]) for one in tag.evidence),
    )


def copied(tag: Tag) -> Tag:
    """A tag people confirmed, and who did, for another document; why a rule had proposed it
    belongs to the first one's text."""
    return Tag(
        facet=tag.facet,
        value=tag.value,
        origin=tag.origin,
        vocabulary=tag.vocabulary,
        confirmed_on=tag.confirmed_on,
        confirmed_by=tag.confirmed_by,
    )


def choose(
    vocabulary: Vocabulary,
    document: Document,
    facets: Collection[str],
    chosen: Iterable[tuple[str, str]],
    by: By,
) -> tuple[tuple[str, str], ...]:
    """Make ``chosen``, and what they imply, the confirmed tags of ``facets``.

    Proposals nobody chose stay as proposals; other tags nobody chose go. Values the vocabulary
    does not know are passed over. Returns what is confirmed now, in order.
    """
    known = ((facet, value) for facet, value in chosen if vocabulary.is_known(facet, value))
    here = tuple(pair for pair in known if pair[0] in facets)
    wanted = [pair for pair in with_implied(vocabulary, here) if pair[0] in facets]
    held = {(tag.facet, tag.value): tag for tag in document.tags if tag.facet in facets}
    for pair, tag in held.items():
        _settle(document, tag, by, confirmed=pair in wanted)
    for facet, value in wanted:
        if (facet, value) not in held:
            document.tags.append(
                Tag(
                    facet=facet,
                    value=value,
                    origin=by.origin,
                    confirmed_on=today(),
                    confirmed_by=by.signature,
                    vocabulary=vocabulary.version,
                )
            )
    return tuple(wanted)


def _settle(document: Document, tag: Tag, by: By, *, confirmed: bool) -> None:
    if confirmed and tag.confirmed_on is None:
        tag.confirmed_on, tag.confirmed_by = today(), by.signature
    elif not confirmed and tag.origin is Origin.RULE:
        tag.confirmed_on = tag.confirmed_by = None
    elif not confirmed:
        document.tags.remove(tag)
