"""Whatever is asked, every search engine answers, and as a naive search would."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import open_index
from index.contract import IndexDocument, Query, Relaxation, SearchIndex
from tests.indexes import PUBLIC, doc, ids


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(st.text(max_size=200), st.text('ab-"()*:ORÑ ñé,país', max_size=60)))
def test_whatever_is_typed_is_answered(text: str) -> None:
    results = _crowd().search(Query(text, PUBLIC))
    assert results.total >= len(results.hits)


_SHARED: list[SearchIndex] = []


def _crowd() -> SearchIndex:
    if not _SHARED:
        index = open_index("whoosh::memory:")
        index.put([doc("a", "asilo ab OR país", title="ba", country={"HN"}), doc("b", "refugio")])
        _SHARED.append(index)
    return _SHARED[0]


WORDS = ("casa", "lobo", "nube", "rio")
COUNTRIES = ("HN", "GT", "SV")
page_texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
documents = st.builds(
    lambda pages, title, country, theme, audience: doc(
        "?", *pages, title=title, country=country, theme=theme, audience=frozenset(audience)
    ),
    st.lists(page_texts, max_size=3),
    st.sampled_from(("", *WORDS)),
    st.sets(st.sampled_from(COUNTRIES), max_size=2),
    st.sets(st.sampled_from(("t1", "t2")), max_size=1),
    st.sets(st.sampled_from(("public", "board")), max_size=2),
)
collections = st.lists(documents, max_size=6).map(
    lambda found: [replace(one, id=f"d{n}") for n, one in enumerate(found)]
)
alternatives = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True)
questions = st.tuples(
    st.lists(alternatives, min_size=1, max_size=3),
    st.sets(st.sampled_from(WORDS), max_size=1),
    st.sets(st.sampled_from(COUNTRIES), max_size=2),
    st.sets(st.sampled_from(("t1", "t2")), max_size=1),
)


def naive(
    collection: list[IndexDocument],
    groups: list[list[str]],
    excluded: set[str],
    chosen: dict[str, set[str]],
) -> tuple[Relaxation, set[str], dict[str, dict[str, int]]]:
    visible = [one for one in collection if "public" in one.audience]
    whole = {one.id: " ".join((one.title, *(p.text for p in one.pages))).split() for one in visible}

    def held(words: list[str]) -> list[bool]:
        return [any(word in words for word in group) for group in distinct]

    def on_a_page(one: IndexDocument) -> bool:
        pages = [*(page.text for page in one.pages), ""]
        return any(all(held(f"{one.title} {text}".split())) for text in pages)

    def has(one: IndexDocument, facet: str) -> bool:
        return not chosen[facet] or bool(chosen[facet] & one.facets[facet])

    distinct = [list(group) for group in dict.fromkeys(tuple(sorted(g)) for g in groups)]
    kept = [one for one in visible if not excluded & set(whole[one.id])]
    levels = [
        (Relaxation.NONE, [one for one in kept if on_a_page(one)]),
        (Relaxation.ACROSS_PAGES, [one for one in kept if all(held(whole[one.id]))]),
    ]
    if len(distinct) > 1:
        most = [one for one in kept if 2 * sum(held(whole[one.id])) >= len(distinct)]
        levels.append((Relaxation.MOST_WORDS, most))
    found = (
        (relaxation, matched)
        for relaxation, matched in levels
        if any(has(one, "country") and has(one, "theme") for one in matched)
    )
    relaxation, matched = next(found, levels[0])
    counts: dict[str, dict[str, int]] = {"country": {}, "theme": {}}
    for facet, other in (("country", "theme"), ("theme", "country")):
        for one in matched:
            for value in one.facets[facet] if has(one, other) else ():
                counts[facet][value] = counts[facet].get(value, 0) + 1
    answer = {one.id for one in matched if has(one, "country") and has(one, "theme")}
    return relaxation, answer, counts


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(collection=collections, question=questions)
def test_answers_and_counts_are_those_of_a_naive_search(collection, question) -> None:
    groups, excluded, countries, themes = question
    text = " ".join([" OR ".join(group) for group in groups] + [f"-{word}" for word in excluded])
    chosen = {"country": countries, "theme": themes}
    index = open_index("whoosh::memory:")
    for part in (collection[:3], collection[3:]):
        index.put(part)
    filters = {facet: frozenset(values) for facet, values in chosen.items()}
    results = index.search(Query(text, PUBLIC, filters, size=50))
    relaxation, answer, counts = naive(collection, groups, excluded, chosen)
    assert set(ids(results)) == answer
    assert results.total == len(answer)
    assert results.relaxation is relaxation
    assert {facet: results.facets[facet] for facet in counts} == counts
    assert all(a.score >= b.score for a, b in pairwise(results.hits))
