"""From matched entries to results: relaxation, filters, facet counts, order, one page of hits."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

import numpy as np

from index import analysis, grammar
from index.contract import FACETS, PAGES_PER_HIT, Hit, Query, Relaxation, Results, Sort
from index.expansion import Expanded, expand, resolved
from index.grammar import And, Area, Either, Filter, Node, Or, Prefix, Word
from index.whoosh_engine.facets import Hits, Mask, Values
from index.whoosh_engine.language import query_language
from index.whoosh_engine.lists import Entries, Lists
from index.whoosh_engine.matching import Found, Matcher, Scores
from index.whoosh_engine.snapshot import Snapshot
from index.whoosh_engine.words import compiler

FURTHER_PAGES = 0.05
"""Bonus per doubling of a document's matching pages, as a share of its best page's score."""
_BONUS = (1 + FURTHER_PAGES * np.log2(np.maximum(np.arange(4096), 1))).astype(np.float32)

_YEARS = re.compile(r"^\s*(\d{1,4})?\s*(?:-|–|\.\.)\s*(\d{1,4})?\s*$")

Resolver = Callable[[str, str], frozenset[str]]


def search(snapshot: Snapshot, query: Query, resolve: Resolver | None) -> Results:
    """Answer a question from one snapshot."""
    parsed = grammar.parse(query.text)
    view = snapshot.view(query.audience)
    lists = Lists(snapshot.fields)
    language = query_language(parsed, query.language, snapshot, view, lists)
    asked = resolved(parsed, language)
    expanded = expand(asked, language, query.left_out) if query.expand else Expanded(asked)
    searchable = grammar.without_stop_words(expanded.tree, language)
    tree, typed = _split(searchable.tree)
    constraints = _Constraints(snapshot, resolve)
    masks = constraints.masks(query.filters, typed)
    matcher = Matcher(tree, snapshot, view, compiler(lists, language), constraints.mask)
    allowed = _all(masks.values(), view.documents) if masks else view.documents
    found, relaxation = _relaxed(matcher, tree, allowed, partial(_foreign, snapshot, language))
    kept = (found.where & allowed).nonzero()[0]
    return Results(
        total=len(kept),
        hits=_hits(snapshot, found, kept, query),
        facets=_facet_counts(snapshot, found.where & view.documents, masks, query.facets),
        language=language,
        relaxation=relaxation,
        ignored=searchable.ignored,
        tree=expanded.tree,
        added=expanded.added,
        left_out=expanded.left_out,
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
    found: Mask,
    masks: Mapping[str, Mask],
    wanted: Collection[str],
) -> dict[str, dict[str, int]]:
    """A facet's own counts ignore its own choice."""
    if not wanted:
        return {}
    narrowed = Hits(_all(masks.values(), found) if masks else found)
    counts = snapshot.table.count(narrowed, wanted)
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


def _relaxed(
    matcher: Matcher, tree: Node, allowed: Mask, foreign: Callable[[], Mask]
) -> tuple[Found, Relaxation]:
    """The strictest reading of the question that finds anything among ``allowed``."""
    strict = matcher.found(tree)
    if not _may_relax(tree) or (strict.where & allowed).any():
        return strict, Relaxation.NONE
    where, scores = matcher.by_document(tree)
    if (where & allowed).any():
        return _of_documents(matcher, where, scores), Relaxation.ACROSS_PAGES
    where, scores = _most_words(matcher, tree, foreign())
    if (where & allowed).any():
        return _of_documents(matcher, where, scores), Relaxation.MOST_WORDS
    return strict, Relaxation.NONE


def _foreign(snapshot: Snapshot, language: str) -> Mask:
    """Documents in another known language."""
    languages = snapshot.language_of.take(snapshot.starts)
    known = languages < len(analysis.LANGUAGES)
    foreign: Mask = known & (languages != analysis.LANGUAGES.index(language))
    return foreign


def _of_documents(matcher: Matcher, where: Mask, scores: Scores) -> Found:
    """These documents, with all their pages that hold any word."""
    holding = matcher.found_any()
    return Found(where, scores, holding.pages, holding.own)


def _may_relax(tree: Node) -> bool:
    return isinstance(tree, And) and len(tree.parts) > 1


_FAIR = 0.25


def _most_words(matcher: Matcher, tree: Node, foreign: Mask) -> tuple[Mask, Scores]:
    """Documents with at least half of the words; the score shrinks with what is missing.

    Quoted phrases, exclusions and field filters were asked for expressly and stay required. Of
    documents in a ``foreign`` language only the concepts can be expected, where they are a
    fair part of the question.
    """
    parts = tree.parts if isinstance(tree, And) else (tree,)
    words = [part for part in parts if _is_plain(part)]
    required, worth = matcher.by_document(And(tuple(part for part in parts if part not in words)))
    if len(words) < 2:
        return np.zeros(len(required), bool), worth
    found = [matcher.by_document(word) for word in words]
    held = np.sum([where for where, _ in found], axis=0)
    scores = (np.sum([scores for _, scores in found], axis=0) + worth) * held / len(words)
    concepts = [word for word in words if isinstance(word, Either)]
    few = len(concepts) if _size(concepts) >= _FAIR * _size(words) > 0 else len(words)
    expected = np.where(foreign, few, len(words))
    return required & (2 * held >= expected), scores.astype(np.float32)


def _size(parts: Iterable[Node]) -> int:
    """How many words were typed of these."""
    return sum(isinstance(term, Word) for part in parts for term in grammar.terms(part))


def _is_plain(node: Node) -> bool:
    if isinstance(node, Either):
        return True
    if isinstance(node, Or):
        return bool(node.parts) and all(_is_plain(part) for part in node.parts)
    return isinstance(node, Word | Prefix) and node.area is Area.ANYWHERE


# Order and hits -----------------------------------------------------------------------


def _hits(snapshot: Snapshot, found: Found, kept: Entries, query: Query) -> tuple[Hit, ...]:
    """The page of results asked for, of the documents ``kept``."""
    size = max(query.size, 0)
    first = (max(query.page, 1) - 1) * size
    worth = _worth(snapshot, found, kept, query.recency)
    shown = _ordered(snapshot, kept, worth, query.sort, first + size)[first:]
    if not len(shown):
        return ()
    documents = kept.take(shown)
    scores, totals = worth.take(shown).tolist(), found.pages.take(documents).tolist()
    pages = _best_pages(snapshot, found, documents)
    return tuple(
        Hit(snapshot.ids[document], score, tuple(numbers[:total]), total)
        for document, score, numbers, total in zip(
            documents.tolist(), scores, pages, totals, strict=True
        )
    )


def _worth(snapshot: Snapshot, found: Found, documents: Entries, recency: float) -> Scores:
    """Rounded, so that the order of additions never decides between equals."""
    worth = found.scores.take(documents)
    worth *= _BONUS.take(found.pages.take(documents), mode="clip")
    if recency:
        worth *= 1 + np.float32(recency) * snapshot.youth.take(documents)
    rounded: Scores = worth.round(4)
    return rounded


def _best_pages(snapshot: Snapshot, found: Found, documents: Entries) -> list[list[int]]:
    """Of each document the numbers of PAGES_PER_HIT pages, those that match first and the best
    of them before the others."""
    starts, sizes = snapshot.starts.take(documents), snapshot.sizes.take(documents)
    columns = np.arange(int(sizes.max()))
    scores = found.own.take(starts[:, None] + columns, mode="clip").round(4)
    scores[columns >= sizes[:, None]] = 0
    best = (-scores).argsort(axis=1, kind="stable")[:, :PAGES_PER_HIT]
    numbers: list[list[int]] = snapshot.page_number.take(
        starts[:, None] + best, mode="clip"
    ).tolist()
    return numbers


def _ordered(
    snapshot: Snapshot, documents: Entries, worth: Scores, sort: Sort, most: int
) -> Entries:
    """Where in ``documents`` the first ``most`` are, in the order asked for."""
    if sort is Sort.TITLE:
        return np.argsort(snapshot.by_title.take(documents))[:most]
    if sort is Sort.NEWEST or not worth.any():
        return np.argsort(snapshot.by_date.take(documents))[:most]
    best = (worth >= _bound(worth, most)).nonzero()[0]
    order = np.lexsort((snapshot.by_id.take(documents.take(best)), -worth.take(best)))
    return best.take(order[:most])


def _bound(worth: Scores, most: int) -> np.float32:
    """Something that at least ``most`` of these reach: the best of as many groups."""
    groups = 4 * most
    if not 0 < 2 * groups <= len(worth):
        return np.float32(0)
    width = len(worth) // groups
    bests = worth[: groups * width].reshape(groups, width).max(axis=1)
    bests.sort()
    bound: np.float32 = bests[-most]
    return bound
