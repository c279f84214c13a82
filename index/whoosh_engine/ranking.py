"""From matched entries to results: relaxation, filters, facet counts, order, one page of hits."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import analysis, grammar
from index.contract import FACETS, PAGES_PER_HIT, Hit, Query, Relaxation, Results, Sort
from index.grammar import And, Area, Filter, Node, Or, Prefix, Word
from index.whoosh_engine.facets import Hits, Mask, Values
from index.whoosh_engine.language import query_language
from index.whoosh_engine.matching import Found, Matcher, Scores, beginnings, ranges
from index.whoosh_engine.snapshot import Lists, Snapshot, View

FURTHER_PAGES = np.float32(0.05)
"""Bonus per doubling of a document's matching pages, as a share of its best page's score."""

_YEARS = re.compile(r"^\s*(\d{1,4})?\s*(?:-|–|\.\.)\s*(\d{1,4})?\s*$")

Resolver = Callable[[str, str], frozenset[str]]


def search(snapshot: Snapshot, query: Query, resolve: Resolver | None) -> Results:
    """Answer a question from one snapshot."""
    parsed = grammar.parse(query.text)
    view = snapshot.view(query.audience)
    lists = Lists(snapshot)
    language = query_language(parsed, query.language, snapshot, view, lists)
    searchable = grammar.without_stop_words(parsed, language)
    tree, typed = _split(searchable.tree)
    constraints = _Constraints(snapshot, resolve)
    masks = constraints.masks(query.filters, typed)
    matcher = Matcher(tree, language, snapshot, view, lists, constraints.mask)
    allowed = _all(masks.values(), view.documents) if masks else view.documents
    found = _relaxed(matcher, tree, view, allowed)
    kept = allowed[found.documents]
    return Results(
        total=int(np.count_nonzero(kept)),
        hits=_hits(snapshot, matcher, found, np.flatnonzero(kept), query),
        facets=_facet_counts(snapshot, found.documents, masks, query.facets),
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
        return values.holders(places, len(self._snapshot.alive))

    def _chosen(self, facet: str, chosen: Iterable[str]) -> Mask:
        values = self._values(facet)
        places = {at for value in chosen for at in _exactly(values, facet, value)}
        return values.holders(places, len(self._snapshot.alive))

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
    snapshot: Snapshot,
    documents: NDArray[np.intp],
    masks: Mapping[str, Mask],
    wanted: Collection[str],
) -> dict[str, dict[str, int]]:
    """A facet's own counts ignore its own choice."""
    if not wanted:
        return {}
    found = np.zeros(len(snapshot.alive), bool)
    found[documents] = True
    narrowed = Hits(_all(masks.values(), found) if masks else found)
    counts = snapshot.table.count(narrowed)
    for facet in wanted:
        if facet in masks:
            others = (mask for name, mask in masks.items() if name != facet)
            counts[facet] = snapshot.facets[facet].count(Hits(_all(others, found)))
        elif facet not in counts:
            counts[facet] = snapshot.facets[facet].count(narrowed)
    return {facet: counts[facet] for facet in wanted}


def _all(masks: Iterable[Mask], like: Mask) -> Mask:
    whole = like.copy()
    for mask in masks:
        whole &= mask
    return whole


# Relaxation ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """Documents found, before filters, with their scores; ``entries`` are those that matched,
    None where all of a document's that hold any word count."""

    documents: NDArray[np.intp]
    scores: Scores
    entries: Found | None
    relaxation: Relaxation = Relaxation.NONE


def _relaxed(matcher: Matcher, tree: Node, view: View, allowed: Mask) -> _Found:
    """The strictest reading of the question that finds anything among ``allowed``."""
    strict = matcher.found(tree)
    found = _together(strict)
    if not _may_relax(tree) or allowed[found.documents].any():
        return found
    where, scores = matcher.by_document(tree)
    if (where & allowed).any():
        return _apart(matcher, where & view.documents, scores, Relaxation.ACROSS_PAGES)
    where, scores = _most_words(matcher, tree)
    if (where & allowed).any():
        return _apart(matcher, where & view.documents, scores, Relaxation.MOST_WORDS)
    return found


def _together(found: Found) -> _Found:
    """Documents by their best entry, and by how many of their pages match."""
    documents = found.places.documents
    if not len(documents):
        return _Found(np.zeros(0, np.intp), np.zeros(0, np.float32), found)
    begins = beginnings(documents)
    best = np.maximum.reduceat(found.scores, begins)
    pages = np.add.reduceat(found.body, begins, dtype=np.int32)
    return _Found(documents[begins].astype(np.intp), _with_bonus(best, pages), found)


def _apart(matcher: Matcher, where: Mask, scores: Scores, relaxation: Relaxation) -> _Found:
    holding = matcher.found_any(where)
    pages = np.bincount(holding.places.documents[holding.body], minlength=len(where))
    documents = np.flatnonzero(where)
    worth = _with_bonus(scores[documents], pages[documents])
    return _Found(documents, worth, None, relaxation)


def _with_bonus(best: Scores, pages: NDArray[Any]) -> Scores:
    """Rounded, so that the order of additions never decides between equals."""
    bonus = 1 + FURTHER_PAGES * np.log2(np.maximum(pages, 1)).astype(np.float32)
    worth: Scores = np.round(best * bonus, 5).astype(np.float32)
    return worth


def _may_relax(tree: Node) -> bool:
    return isinstance(tree, And) and len(tree.parts) > 1


def _most_words(matcher: Matcher, tree: Node) -> tuple[Mask, Scores]:
    """Documents with at least half of the words; the score shrinks with what is missing.

    Quoted phrases, exclusions and field filters were asked for expressly and stay required.
    """
    parts = tree.parts if isinstance(tree, And) else (tree,)
    words = [part for part in parts if _is_plain(part)]
    required, worth = matcher.by_document(And(tuple(part for part in parts if part not in words)))
    if len(words) < 2:
        return np.zeros(len(required), bool), worth
    found = [matcher.by_document(word) for word in words]
    held = np.sum([where for where, _ in found], axis=0)
    scores = (np.sum([scores for _, scores in found], axis=0) + worth) * held / len(words)
    return required & (2 * held >= len(words)), scores.astype(np.float32)


def _is_plain(node: Node) -> bool:
    if isinstance(node, Or):
        return bool(node.parts) and all(_is_plain(part) for part in node.parts)
    return isinstance(node, Word | Prefix) and node.area is Area.ANYWHERE


# Order and hits -----------------------------------------------------------------------


def _hits(
    snapshot: Snapshot,
    matcher: Matcher,
    found: _Found,
    kept: NDArray[np.intp],
    query: Query,
) -> tuple[Hit, ...]:
    """The page of results asked for; ``kept`` are places in ``found.documents``."""
    size = max(query.size, 0)
    first = (max(query.page, 1) - 1) * size
    shown = _ordered(snapshot, found, kept, query.sort, first + size)[first:]
    if not len(shown):
        return ()
    documents = found.documents[shown]
    entries = found.entries
    if entries is None:
        wanted = np.zeros(len(snapshot.alive), bool)
        wanted[documents] = True
        entries = matcher.found_any(wanted)
    pages = _best_pages(snapshot, entries, documents)
    return tuple(
        Hit(snapshot.ids[document], float(found.scores[at]), numbers[:PAGES_PER_HIT], len(numbers))
        for document, at, numbers in zip(documents, shown.tolist(), pages, strict=True)
    )


def _best_pages(
    snapshot: Snapshot, found: Found, documents: NDArray[np.intp]
) -> list[tuple[int, ...]]:
    """Of each document the numbers of its pages that match, the best first."""
    starts = snapshot.starts.take(documents)
    first = found.places.entries.searchsorted(starts)
    last = found.places.entries.searchsorted(starts + snapshot.sizes.take(documents))
    chosen = ranges(first, last - first)
    owner = np.repeat(np.arange(len(documents)), last - first)
    on_page = found.body.take(chosen)
    chosen, owner = chosen[on_page], owner[on_page]
    numbers = snapshot.page_number.take(found.places.entries.take(chosen))
    order = np.lexsort((numbers, -found.scores.take(chosen).round(5), owner))
    every = numbers[order].tolist()
    ends = np.cumsum(np.bincount(owner, minlength=len(documents))).tolist()
    return [tuple(every[a:b]) for a, b in pairwise([0, *ends])]


def _ordered(
    snapshot: Snapshot, found: _Found, kept: NDArray[np.intp], sort: Sort, most: int
) -> NDArray[np.intp]:
    """The first ``most`` of ``kept`` in the order asked for."""
    documents = found.documents[kept]
    if sort is Sort.TITLE:
        return kept[np.argsort(snapshot.by_title[documents])][:most]
    scores = found.scores[kept]
    if sort is Sort.NEWEST or not scores.any():
        return kept[np.argsort(snapshot.by_date[documents])][:most]
    if len(kept) > most > 0:
        least = np.partition(scores, len(scores) - most)[len(scores) - most]
        kept = kept[scores >= least]
        documents, scores = found.documents[kept], found.scores[kept]
    return kept[np.lexsort((snapshot.by_id[documents], -scores))][:most]
