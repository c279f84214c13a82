"""From matched entries to results: relaxation, filters, facet counts, order, one page of hits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import analysis, grammar
from index.contract import FACETS, PAGES_PER_HIT, Hit, Query, Relaxation, Results, Sort
from index.grammar import And, Area, Filter, Node, Or, Prefix, Word
from index.whoosh_engine.language import query_language
from index.whoosh_engine.matching import Matched, Matcher, Scores
from index.whoosh_engine.snapshot import Mask, Snapshot, Values

FURTHER_PAGES = np.float32(0.05)
"""Bonus per doubling of a document's matching pages, as a share of its best page's score."""

_YEARS = re.compile(r"^\s*(\d{1,4})?\s*(?:-|–|\.\.)\s*(\d{1,4})?\s*$")

Resolver = Callable[[str, str], frozenset[str]]


def search(snapshot: Snapshot, query: Query, resolve: Resolver | None) -> Results:
    """Answer a question from one snapshot."""
    parsed = grammar.parse(query.text)
    view = snapshot.view(query.audience)
    language = query_language(parsed, query.language, snapshot, view)
    searchable = grammar.without_stop_words(parsed, language)
    tree, typed = _split(searchable.tree)
    constraints = _Constraints(snapshot, resolve)
    masks = constraints.masks(query.filters, typed)
    matcher = Matcher(tree, language, snapshot, view, constraints.mask)
    allowed = view.documents & _all(masks.values(), view.documents)
    found = _relaxed(matcher, tree, snapshot, view.documents, allowed)
    return Results(
        total=int((found.documents & allowed).sum()),
        hits=_hits(snapshot, matcher, found, np.flatnonzero(found.documents & allowed), query),
        facets=_facet_counts(snapshot, found.documents & view.documents, masks),
        language=language,
        relaxation=found.relaxation,
        ignored=searchable.ignored,
    )


def _split(tree: Node) -> tuple[Node, tuple[Filter, ...]]:
    """A filter typed at the top works as one chosen in the list; the rest is the question."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    typed = tuple(part for part in parts if isinstance(part, Filter))
    return grammar.all_of([part for part in parts if not isinstance(part, Filter)]), typed


# Filters and facets -------------------------------------------------------------------


class _Constraints:
    """Facet filters as masks over documents."""

    def __init__(self, snapshot: Snapshot, resolve: Resolver | None) -> None:
        self._snapshot = snapshot
        self._resolve = resolve

    def masks(
        self, chosen: Mapping[str, frozenset[str]], typed: Iterable[Filter]
    ) -> dict[str, Mask]:
        """One mask per facet that is narrowed; values chosen and typed widen it together."""
        masks = {facet: self._chosen(facet, values) for facet, values in chosen.items() if values}
        for part in typed:
            mask = self.mask(part)
            masks[part.facet] = masks[part.facet] | mask if part.facet in masks else mask
        return masks

    def mask(self, part: Filter) -> Mask:
        """Documents that have one of the values, each read as a reader types it."""
        values = self._values(part.facet)
        places: set[int] = set()
        for typed in part.values:
            places.update(_exactly(values, part.facet, typed) or _loosely(values, typed))
            if self._resolve is not None:
                for meant in self._resolve(part.facet, typed):
                    places.update(_exactly(values, part.facet, meant))
        return values.holders(places, len(self._snapshot.records))

    def _chosen(self, facet: str, chosen: Iterable[str]) -> Mask:
        values = self._values(facet)
        places = {at for value in chosen for at in _exactly(values, facet, value)}
        return values.holders(places, len(self._snapshot.records))

    def _values(self, facet: str) -> Values:
        nothing = np.zeros(0, np.int32)
        known = facet in FACETS  # never "audience", whatever is asked
        return self._snapshot.facets[facet] if known else Values((), nothing, nothing)


def _exactly(values: Values, facet: str, value: str) -> list[int]:
    span = _YEARS.match(value) if facet == "year" else None
    if span is None or not (span[1] or span[2]):
        return [at for at, name in enumerate(values.names) if name == value]
    low, high = int(span[1] or 0), int(span[2] or 9999)
    return [
        at for at, name in enumerate(values.names) if name.isdecimal() and low <= int(name) <= high
    ]


def _loosely(values: Values, typed: str) -> list[int]:
    """hn is HN, P2-R2-A5 is 2026:P2-R2-A5, "refugee led" is refugee-led."""
    key = _key(typed)
    return [
        at
        for at, name in enumerate(values.names)
        if key and key in (_key(name), _key(name.rpartition(":")[2]))
    ]


def _key(value: str) -> str:
    return "-".join(map(analysis.fold, analysis.tokenise(value)))


def _facet_counts(
    snapshot: Snapshot, found: Mask, masks: Mapping[str, Mask]
) -> dict[str, dict[str, int]]:
    counts = {}
    for facet in FACETS:
        others = _all((mask for name, mask in masks.items() if name != facet), found)
        counts[facet] = snapshot.facets[facet].count(found & others)
    return counts


def _all(masks: Iterable[Mask], like: Mask) -> Mask:
    whole = np.ones(len(like), bool)
    for mask in masks:
        whole &= mask
    return whole


# Relaxation ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """Documents found, before filters, with their scores; and the entries that matched."""

    documents: Mask
    scores: Scores
    entries: Mask
    relaxation: Relaxation = Relaxation.NONE


def _relaxed(
    matcher: Matcher, tree: Node, snapshot: Snapshot, visible: Mask, allowed: Mask
) -> _Found:
    """The strictest reading of the question that finds anything among ``allowed``."""
    strict = matcher.by_entry(tree)
    documents = matcher.documents_of(strict.where) & visible
    if len(documents) == 0 or (documents & allowed).any() or not _may_relax(tree):
        return _scored(matcher, snapshot, documents, matcher.best_of(strict.scores), strict.where)
    everywhere = np.ones(len(snapshot.document_of), bool)
    apart = matcher.by_document(tree)
    if (apart.where & allowed).any():
        found = _scored(matcher, snapshot, apart.where & visible, apart.scores, everywhere)
        return _Found(found.documents, found.scores, everywhere, Relaxation.ACROSS_PAGES)
    most = _most_words(matcher, tree)
    if (most.where & allowed).any():
        found = _scored(matcher, snapshot, most.where & visible, most.scores, everywhere)
        return _Found(found.documents, found.scores, everywhere, Relaxation.MOST_WORDS)
    return _scored(matcher, snapshot, documents, matcher.best_of(strict.scores), strict.where)


def _may_relax(tree: Node) -> bool:
    return isinstance(tree, And) and len(tree.parts) > 1


def _most_words(matcher: Matcher, tree: Node) -> Matched:
    """Documents with at least half of the words; the score shrinks with what is missing.

    Quoted phrases, exclusions and field filters were asked for expressly and stay required.
    """
    parts = tree.parts if isinstance(tree, And) else (tree,)
    words = [part for part in parts if _is_plain(part)]
    rest = matcher.by_document(And(tuple(part for part in parts if not _is_plain(part))))
    if len(words) < 2:
        return Matched(np.zeros(len(rest.where), bool), rest.scores)
    found = [matcher.by_document(word) for word in words]
    held = np.sum([one.where for one in found], axis=0)
    scores = (np.sum([one.scores for one in found], axis=0) + rest.scores) * held / len(words)
    return Matched(rest.where & (2 * held >= len(words)), scores.astype(np.float32))


def _is_plain(node: Node) -> bool:
    if isinstance(node, Or):
        return bool(node.parts) and all(_is_plain(part) for part in node.parts)
    return isinstance(node, Word | Prefix) and node.area is Area.ANYWHERE


def _scored(
    matcher: Matcher, snapshot: Snapshot, documents: Mask, best: Scores, entries: Mask
) -> _Found:
    pages = entries & matcher.pages_with_any()
    if not len(documents):
        return _Found(documents, best, entries)
    counts = np.add.reduceat(pages, snapshot.starts, dtype=np.int64)
    bonus = 1 + FURTHER_PAGES * np.log2(np.maximum(counts, 1)).astype(np.float32)
    # Rounded, so that the order of additions never decides between equals.
    return _Found(documents, np.round(best * bonus, 5).astype(np.float32), entries)


# Order and hits -----------------------------------------------------------------------


def _hits(
    snapshot: Snapshot,
    matcher: Matcher,
    found: _Found,
    documents: NDArray[np.intp],
    query: Query,
) -> tuple[Hit, ...]:
    size = max(query.size, 0)
    first = (max(query.page, 1) - 1) * size
    shown = _ordered(snapshot, found, documents, query.sort)[first : first + size]
    if not len(shown):
        return ()
    pages = found.entries & matcher.pages_with_any()
    scores = matcher.scores_of_any()
    hits = []
    for at in shown.tolist():
        start = int(snapshot.starts[at])
        entries = start + np.flatnonzero(pages[start : start + int(snapshot.sizes[at])])
        best = np.lexsort((snapshot.page_number[entries], -np.round(scores[entries], 5)))
        numbers = snapshot.page_number[entries[best[:PAGES_PER_HIT]]].tolist()
        score = float(found.scores[at])
        hits.append(Hit(snapshot.ids[at], score, tuple(numbers), len(entries)))
    return tuple(hits)


def _ordered(
    snapshot: Snapshot, found: _Found, documents: NDArray[np.intp], sort: Sort
) -> NDArray[np.intp]:
    if sort is Sort.TITLE:
        return documents[np.argsort(snapshot.by_title[documents])]
    newest = snapshot.by_date[documents]
    scores = found.scores[documents]
    if sort is Sort.NEWEST or not scores.any():
        return documents[np.argsort(newest)]
    return documents[np.lexsort((snapshot.by_id[documents], -scores))]
