"""What a reader may have meant by words that stand nowhere the reader may look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from index import analysis, grammar
from index.contract import Query
from index.grammar import Area, Fuzzy, Word
from index.whoosh_engine.lists import Lists
from index.whoosh_engine.snapshot import Snapshot, View

MOST = 4  # words of one question that are looked into


def corrections(snapshot: Snapshot, query: Query) -> dict[str, str]:
    """Word as typed → folded word, for words that neither as typed nor by their stem stand on an
    entry the viewer may see: the nearest that does, the commonest of equally near ones."""
    view, lists = snapshot.view(query.audience), Lists(snapshot.fields)
    found: dict[str, str] = {}
    for word in islice(_unknown(query, view, lists), MOST):
        near = _near(word, snapshot, view)
        if near:
            found[word.text] = near
    return found


def _unknown(query: Query, view: View, lists: Lists) -> Iterator[Fuzzy]:
    """The words that stand nowhere, as words that may be misspelt."""
    known = analysis.terms_in(query.language)
    for term in dict.fromkeys(grammar.terms(grammar.parse(query.text))):
        if isinstance(term, Word) and term.area is Area.ANYWHERE and known[term.text].exact:
            fuzzy = grammar.fuzzy_of(term.text, None)
            stem, exact = known[term.text]
            kin = lists.term("text", stem), lists.term("exact", exact)
            if isinstance(fuzzy, Fuzzy) and not any(view.count(one.entries) for one in kin):
                yield fuzzy


def _near(word: Fuzzy, snapshot: Snapshot, view: View) -> str | None:
    counts: Counter[tuple[int, str]] = Counter()
    for base, postings in snapshot.fields("exact"):
        for term, far, entries in postings.near(analysis.fold(word.text), word.edits):
            counts[far, term] += view.count(entries.astype(np.intp) + base)
    seen = [(far, -count, term) for (far, term), count in counts.items() if count]
    return min(seen)[2] if seen else None
