"""In which language a question is asked: its words vote, the reader's interface decides ties."""

from __future__ import annotations

import numpy as np

from index import analysis
from index.grammar import Area, Concept, Fuzzy, Node, Phrase, Prefix, terms
from index.whoosh_engine.lists import Lists
from index.whoosh_engine.snapshot import Snapshot, View

_FUNCTION_WORD = 0.8  # the share of pages of its language on which a stop word stands
_FEW_PAGES = 5  # a language with fewer pages than this has little say
_ENOUGH = 128  # pages of a common word that are asked for their language
_CLEARLY = 2.0  # another language than the reader's must be this many times as likely
_LANGUAGES = len(analysis.LANGUAGES)


def query_language(tree: Node, reader: str, snapshot: Snapshot, view: View, lists: Lists) -> str:
    """The language in which the words of ``tree`` are stemmed; ``reader``'s unless another
    one is clearly more likely.

    Each word divides one vote among languages by the share of their visible pages on which it
    stands. A stop word is not indexed and votes as if it stood on nearly every page.
    """
    votes = [0.0] * _LANGUAGES
    for word in _words(tree):
        shares = _shares(word, snapshot, view, lists)
        together = sum(shares)
        if together:
            votes = [vote + share / together for vote, share in zip(votes, shares, strict=True)]
    most = max(votes)
    if not most:
        return reader
    own = votes[analysis.LANGUAGES.index(reader)] if reader in analysis.LANGUAGES else 0.0
    return analysis.LANGUAGES[votes.index(most)] if most >= _CLEARLY * own else reader


def _words(tree: Node) -> set[str]:
    words: set[str] = set()
    for term in terms(tree, excluded=True):
        if term.area is Area.AUTHORS or isinstance(term, Prefix | Fuzzy | Concept):
            continue
        words.update(term.words if isinstance(term, Phrase) else (term.text,))
    return words


def _shares(word: str, snapshot: Snapshot, view: View, lists: Lists) -> list[float]:
    """By language, the share of its pages that hold the word."""
    folded = analysis.fold(word)
    every = lists.term("exact", folded).entries
    step = 1 + len(every) // _ENOUGH
    found = every[::step]
    if not view.whole:
        found = found[view.entries.take(found)]
    counts = np.bincount(snapshot.language_of.take(found), minlength=_LANGUAGES).tolist()
    totals = view.entries_by_language
    shares = [step * counts[at] / (totals[at] + _FEW_PAGES) for at in range(_LANGUAGES)]
    for at in _IS_STOP_WORD_IN.get(folded, ()):
        shares[at] = _FUNCTION_WORD
    return shares


_IS_STOP_WORD_IN: dict[str, list[int]] = {}
for _at, _language in enumerate(analysis.LANGUAGES):
    for _word in analysis.STOP_WORDS[_language]:
        _IS_STOP_WORD_IN.setdefault(_word, []).append(_at)
