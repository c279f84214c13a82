"""In which language a question is asked: its words vote, the reader's interface decides ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index import analysis
from index.grammar import Area, Node, Phrase, Prefix, terms
from index.whoosh_engine.snapshot import Lists, Snapshot, View

_FUNCTION_WORD = 0.8  # the share of pages of its language on which a stop word stands
_FEW_PAGES = 5.0  # a language with fewer pages than this has little say
_ENOUGH = 2_000  # pages of a common word that are asked for their language
_CLEARLY = 2.0  # another language than the reader's must be this many times as likely


def query_language(tree: Node, reader: str, snapshot: Snapshot, view: View, lists: Lists) -> str:
    """The language in which the words of ``tree`` are stemmed; ``reader``'s unless another
    one is clearly more likely.

    Each word divides one vote among languages by the share of their visible pages on which it
    stands. A stop word is not indexed and votes as if it stood on nearly every page.
    """
    votes = np.zeros(len(analysis.LANGUAGES))
    for word in _words(tree):
        shares = _shares(word, snapshot, view, lists)
        if shares.any():
            votes += shares / shares.sum()
    if not votes.any():
        return reader
    best = int(votes.argmax())
    own = votes[analysis.LANGUAGES.index(reader)] if reader in analysis.LANGUAGES else 0.0
    return analysis.LANGUAGES[best] if votes[best] >= _CLEARLY * own else reader


def _words(tree: Node) -> set[str]:
    words: set[str] = set()
    for term in terms(tree, excluded=True):
        if term.area is Area.AUTHORS or isinstance(term, Prefix):
            continue
        words.update(term.words if isinstance(term, Phrase) else (term.text,))
    return words


def _shares(word: str, snapshot: Snapshot, view: View, lists: Lists) -> NDArray[np.float64]:
    languages = len(analysis.LANGUAGES)
    every = lists.term("exact", analysis.fold(word)).entries
    step = 1 + len(every) // _ENOUGH
    found = every[::step]
    if not view.whole:
        found = found[view.entries.take(found)]
    counts = np.bincount(snapshot.language_of.take(found), minlength=languages + 1)[:languages]
    shares = step * counts / (view.entries_by_language[:languages] + _FEW_PAGES)
    for at, language in enumerate(analysis.LANGUAGES):
        if analysis.is_stop_word(word, language):
            shares[at] = _FUNCTION_WORD
    return shares
