"""A question asked of an index as a reader expects it: words misspelt are put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from index import analysis
from index.contract import Query, Relaxation, Results, SearchIndex
from index.grammar import And, Node, Or

SPELLING = "spelling"
"""Among what is left out: words put right."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, the question it answers, and the words that were put right to ask it: as typed
    to the folded word that stands somewhere."""

    query: Query
    results: Results
    respelt: Mapping[str, str]


def ask(index: SearchIndex, query: Query) -> Asked:
    """Ask, and where a word stands nowhere and names nothing, ask for the nearest one that does,
    if that finds anything. Raises SearchUnavailable."""
    results = index.search(query)
    if results.total and results.relaxation is Relaxation.NONE and _asks_for_all(results.tree):
        return Asked(query, results, {})  # what holds every word shows that each stands somewhere
    near = misspelt(index.corrections(query), results)
    if near and query.expand and SPELLING not in query.left_out:
        better = replace(query, text=respelt(query.text, near))
        found = index.search(better)
        if found.total:
            return Asked(better, found, near)
    return Asked(query, results, {})


def _asks_for_all(node: Node) -> bool:
    """Whether every word has to be there, by itself or by what it means."""
    if isinstance(node, And):
        return all(map(_asks_for_all, node.parts))
    return not isinstance(node, Or)


def misspelt(corrections: Mapping[str, str], results: Results) -> dict[str, str]:
    """Of the index's ``corrections`` of a question, with its ``results``, those that are needed:
    what names a concept is written right, whether it stands anywhere or not."""
    known = {word for one in (*results.added, *results.left_out) for word in one.typed.split()}
    return {word: near for word, near in corrections.items() if word not in known}


def respelt(text: str, words: Mapping[str, str]) -> str:
    """``text`` with words replaced, everything between them as it was."""
    pieces, end = [], 0
    for token, start, stop in analysis.token_spans(text):
        if token in words:
            pieces += [text[end:start], words[token]]
            end = stop
    return "".join(pieces) + text[end:]
