"""Where a search finds nothing: what else could be asked, and how much that would find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from index import Query, rewriting
from index.analysis import LANGUAGES
from index.grammar import Node, parse
from repo_app.policy import Viewer
from repo_app.runtime import Runtime
from repo_app.services import searching


class Way(StrEnum):
    """What is given up of a question; each value is one sentence on the page."""

    WITHOUT_FILTERS = "without-filters"
    WITHOUT_QUOTES = "without-quotes"
    ANYWHERE = "anywhere"
    SPELT_ABOUT_SO = "spelt-about-so"
    OTHER_LANGUAGE = "other-language"
    ANY_WORD = "any-word"


@dataclass(frozen=True, slots=True)
class Wider:
    """A question that finds ``total`` documents; ``text``, ``filters`` and ``language`` of
    ``query`` are what differs from the one that found nothing."""

    ways: tuple[Way, ...]
    query: Query
    total: int


_CHANGES: dict[Way, Callable[[Node], Node]] = {
    Way.WITHOUT_QUOTES: rewriting.without_quotes,
    Way.ANYWHERE: rewriting.anywhere,
    Way.SPELT_ABOUT_SO: rewriting.spelt_about_so,
    Way.ANY_WORD: rewriting.any_word,
}


def wider(runtime: Runtime, viewer: Viewer, query: Query) -> tuple[Wider, ...]:
    """What finds something: one thing given up, or, where that is never enough, the filters
    and one thing more. At most a dozen searches. Raises SearchUnavailable."""
    searching.require_own_audience(viewer, query)
    one = [*_without_filters(query), *_reworded(query)]
    found = tuple(_that_find(runtime, viewer, one))
    if found:
        return found
    both = [
        ((Way.WITHOUT_FILTERS, *ways), reworded)
        for _, bare in _without_filters(query)
        for ways, reworded in _reworded(bare)
    ]
    return tuple(_that_find(runtime, viewer, both))


Asked = tuple[tuple[Way, ...], Query]


def _that_find(runtime: Runtime, viewer: Viewer, asked: list[Asked]) -> Iterator[Wider]:
    for ways, query in asked:
        total = searching.total(runtime, viewer, query)
        if total:
            yield Wider(ways, query, total)


def _without_filters(query: Query) -> Iterator[Asked]:
    """Neither those chosen nor those typed."""
    tree = parse(query.text)
    bare = rewriting.without_filters(tree)
    if query.filters or bare != tree:
        text = query.text if bare == tree else rewriting.written(bare, query.language)
        yield (Way.WITHOUT_FILTERS,), replace(query, text=text, filters={})


def _reworded(query: Query) -> Iterator[Asked]:
    tree = parse(query.text)
    for way, change in _CHANGES.items():
        changed = change(tree)
        if changed != tree:
            text = rewriting.written(changed, query.language)
            yield (way,), replace(query, text=text)
    if query.text:
        for language in LANGUAGES:
            if language != query.language:
                yield (Way.OTHER_LANGUAGE,), replace(query, language=language)
