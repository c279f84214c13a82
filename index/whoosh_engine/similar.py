"""Documents like a given one: those that hold its most telling words, and carry its tags.

The telling words are the stems that are frequent in the document and rare among what the viewer
may see (tf · idf, as in Lucene's MoreLikeThis). Each counts once in a document, where it counts
most, and less in a long one, which holds many words. Tags, weighed by their rarity too, bring
documents in other languages together.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from index import analysis
from index.contract import Hit, IndexDocument
from index.whoosh_engine.impacts import STEPS
from index.whoosh_engine.lists import Lists, TermList
from index.whoosh_engine.matching import Scores
from index.whoosh_engine.snapshot import Snapshot, View

TELLING = 25  # words looked for, as many as Lucene does
_PAGES = 40  # of the document that are read: the beginning says what it is about
_TITLE = 3  # a word of title or abstract counts as often
_LEAST = 2  # occurrences in the document
_SHORTEST = 4  # letters: initials and numbers tell little
_FREQUENT = 150  # of the document's words are weighed
_COMMON = 0.2  # of the pages; what stands on more of them tells nothing
_FEW = 3  # pages on which a word may stand in the smallest collections
_LIKE = 0.1  # of what the document itself would score; less is not alike
_LONG = 0.15  # taken off for each doubling of the pages
_TAGS = ("theme", "activity", "population", "country")
TAGS = 0.3
"""The share of the tags in a score; the words have the rest."""

Telling = tuple[TermList, float]


def similar(
    snapshot: Snapshot, document: IndexDocument, audience: frozenset[str], most: int
) -> tuple[Hit, ...]:
    """At most ``most`` other documents of the audience, the most alike first; ``score`` is 0 … 1
    of what a document with every telling word in full would have."""
    view = snapshot.view(audience)
    words = _by_words(snapshot, _telling(document, view, Lists(snapshot.fields)))
    tags = _by_tags(snapshot, document, view)
    scores = (1 - TAGS) * words + TAGS * tags
    alike = (view.documents & (scores >= _LIKE)).nonzero()[0]
    order = np.lexsort((snapshot.by_id.take(alike), -scores.take(alike).round(4)))
    found = ((snapshot.ids[at], float(scores[at])) for at in alike.take(order).tolist())
    others = [Hit(id_, score, (), 0) for id_, score in found if id_ != document.id]
    return tuple(others[:most])


def _by_words(snapshot: Snapshot, telling: list[Telling]) -> Scores:
    full = sum(weight for _, weight in telling)
    scores = np.zeros(len(snapshot.alive), np.float32)
    for (entries, impacts), weight in telling:
        if impacts is not None:
            best = np.zeros(len(scores), np.uint8)
            np.maximum.at(best, snapshot.document_of.take(entries), impacts)
            scores += best * np.float32(weight / (STEPS * full))
    scores /= (1 + _LONG * np.log2(snapshot.sizes.astype(np.float32))).astype(np.float32)
    return scores


def _by_tags(snapshot: Snapshot, document: IndexDocument, view: View) -> Scores:
    scores, full = np.zeros(len(snapshot.alive), np.float32), 0.0
    seen = int(np.count_nonzero(view.documents))
    for facet in _TAGS:
        values, wanted = snapshot.facets[facet], document.facets.get(facet, frozenset())
        for at in (at for at, name in enumerate(values.names) if name in wanted):
            holders = values.holders([at], len(scores)) & view.documents
            weight = math.log(1 + seen / (1 + int(np.count_nonzero(holders))))
            scores += holders * np.float32(weight)
            full += weight
    return scores / np.float32(full) if full else scores


def _telling(document: IndexDocument, view: View, lists: Lists) -> list[Telling]:
    counts = Counter(_stems(document))
    frequent = sorted(
        (-times, stem)
        for stem, times in counts.items()
        if times >= _LEAST and len(stem) >= _SHORTEST and stem.isalpha()
    )
    weighed = []
    for times, stem in frequent[:_FREQUENT]:
        held = lists.term("text", stem)
        seen = view.count(held.entries)
        if 0 < seen <= max(_COMMON * view.size, _FEW):
            weight = (1 + math.log(-times)) * math.log(1 + view.size / seen)
            weighed.append((-weight, stem, held))
    weighed.sort(key=lambda one: one[:2])
    return [(held, -weight) for weight, _, held in weighed[:TELLING]]


def _stems(document: IndexDocument) -> Iterator[str]:
    head = f"{document.title}\n{document.abstract}"
    for _ in range(_TITLE):
        yield from (term.stem for term in analysis.analyse(head, document.language))
    for page in document.pages[:_PAGES]:
        yield from (term.stem for term in analysis.analyse(page.text, page.language))
