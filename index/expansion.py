"""A question with what means the same: concepts and countries recognised in its words.

Where plain words of a question name a concept of the vocabulary (*desplazados internos*, *IDPs*),
pages that name it in other words or another language answer too, for less. Quoted words, words
of one field and words excluded are asked for as they stand. The tree is the same for every
engine. What was added is told, and each part of it can be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.analysis import tokenise
from index.contract import Addition
from index.grammar import (
    And,
    Area,
    Concept,
    Either,
    Node,
    Not,
    Or,
    Word,
    all_of,
    any_of,
    parse,
)
from index.readings import Named, named_in
from index.vocabulary import load
from index.vocabulary.values import LANGUAGES

SAME, NARROWER = 1.0, 0.4
"""What naming a concept, or a narrower one, is worth for each word typed, against these words."""
ALL = "all"
"""The key that leaves out everything that could be added."""
_NARROWED = frozenset({"theme", "driver", "procedure", "solution"})


@dataclass(frozen=True, slots=True)
class Expanded:
    """A tree with what was added to it, and what was left out of it as wished."""

    tree: Node
    added: tuple[Addition, ...] = ()
    left_out: tuple[Addition, ...] = ()


def resolved(tree: Node, language: str) -> Node:
    """``tree`` with the codes of concepts that were asked for by name (*concepto:apatridia*)."""
    if isinstance(tree, And | Or):
        return type(tree)(tuple(resolved(part, language) for part in tree.parts))
    if isinstance(tree, Not):
        return Not(resolved(tree.part, language))
    if not isinstance(tree, Concept):
        return tree
    named = named_in(tokenise(tree.id), language)
    return any_of([Concept(id_) for one in named for id_ in one.ids] or [tree])


def expand(tree: Node, language: str, left_out: frozenset[str] = frozenset()) -> Expanded:
    """``tree`` with what its words name in the vocabulary; ``language`` is the reader's, tried
    first. Never raises."""
    added: dict[str, Addition] = {}
    left: dict[str, Addition] = {}

    def decide(addition: Addition) -> bool:
        wanted = ALL not in left_out and addition.key not in left_out
        (added if wanted else left).setdefault(addition.key, addition)
        return wanted

    grown = _expanded(tree, language, decide)
    return Expanded(grown, tuple(added.values()), tuple(left.values()))


def asked(text: str, language: str, left_out: frozenset[str] = frozenset()) -> Node:
    """What was typed, with everything that is added to it but for what these keys stand for."""
    return expand(resolved(parse(text), language), language, left_out).tree


Decide = Callable[[Addition], bool]
"""Notes an addition and says whether it is wanted."""


def _expanded(node: Node, language: str, decide: Decide) -> Node:
    if isinstance(node, Or):
        return Or(tuple(_expanded(part, language, decide) for part in node.parts))
    parts = node.parts if isinstance(node, And) else (node,)
    grown: list[Node] = []
    for run in _runs(parts):
        if isinstance(run, tuple):
            grown += _reworded(run, language, decide)
        elif isinstance(run, And | Or):
            grown.append(_expanded(run, language, decide))
        else:
            grown.append(run)
    return all_of(grown)


def _runs(parts: tuple[Node, ...]) -> Iterator[tuple[Word, ...] | Node]:
    """Plain words that follow one another together, everything else by itself."""
    run: list[Word] = []
    for part in parts:
        if isinstance(part, Word) and part.area is Area.ANYWHERE and not part.quoted:
            run.append(part)
            continue
        if run:
            yield tuple(run)
            run = []
        yield part
    if run:
        yield tuple(run)


def _reworded(words: tuple[Word, ...], language: str, decide: Decide) -> Iterator[Node]:
    """The words, those that name something beside everything else that names it."""
    done = 0
    for named in named_in([word.text for word in words], language):
        yield from words[done : named.first]
        typed = words[named.first : named.after]
        ways = tuple(_ways(named, " ".join(word.text for word in typed), len(typed), decide))
        yield Either((all_of(list(typed)), *ways)) if ways else all_of(list(typed))
        done = named.after
    yield from words[done:]


def _ways(named: Named, typed: str, words: int, decide: Decide) -> Iterator[Concept]:
    contested = len(named.ids) > 1  # and none for a phrase that merely contains a label
    for id_ in named.ids:
        if named.kind == "country":
            if decide(Addition(id_, "country", typed, (id_,))):
                yield Concept(id_, weight=SAME * words)
            continue
        kept = tuple(
            language
            for language in LANGUAGES
            if decide(Addition(f"{id_}.{language}", "concept", typed, (id_,), language, contested))
        )
        if kept:
            # Pages of an unknown language name what is a proper name in any.
            yield Concept(id_, () if kept == LANGUAGES else kept, SAME * words)
        narrower = _narrower(id_)
        if narrower and decide(Addition(f"{id_}.narrower", "narrower", typed, narrower)):
            weight = NARROWER * words
            yield from (Concept(one, weight=weight, narrower=True) for one in narrower)


def _narrower(identifier: str) -> tuple[str, ...]:
    """The concepts directly below one, which a search for it may take in: legal distinctions
    are never blurred, and no population is widened to its parts."""
    vocabulary = load()
    concept = vocabulary.concept(identifier)
    if concept.type not in _NARROWED:
        return ()
    below = (one for one in concept.narrower if one not in concept.never_expand_to)
    return tuple(one for one in below if vocabulary.concept(one).type in _NARROWED)
