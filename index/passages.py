"""The sentences shown with a hit, and which words in them matched. The same for every engine.

A word is marked where the engines would match it: by its exact folded form, by its stem (the
page's language on the page, the question's in the question), by a prefix, or as part of a
phrase. Values are plain text with spans; whoever shows them adds the markup.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from index import analysis
from index.grammar import Area, Phrase, Prefix, Word, parse, terms, without_stop_words

LONGEST = 300
"""Characters of a passage, ellipses not counted."""

_BEFORE = 60  # characters kept before the first mark where a long sentence is cut
_ELLIPSIS = "…"
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|\n\s*\n")
_SPACE = re.compile(r"\s+")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """Some sentences of a page; each mark is (start, end) in ``text``."""

    page: int
    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question looks for in the text of pages; derive it once per question."""

    exact: frozenset[str]
    stems: frozenset[str]
    prefixes: tuple[str, ...]
    phrases: tuple[analysis.Slots, ...]
    quoted: tuple[tuple[str, ...], ...]


def wanted(text: str, language: str) -> Wanted:
    """From what was typed and the language it was stemmed in (``Results.language``)."""
    known = analysis.terms_in(language)
    found = [
        term
        for term in terms(without_stop_words(parse(text), language).tree)
        if term.area is Area.ANYWHERE
    ]
    words = [term.text for term in found if isinstance(term, Word)]
    phrases = [term.words for term in found if isinstance(term, Phrase)]
    return Wanted(
        exact=frozenset(known[word].exact for word in words),
        stems=frozenset(known[word].stem for word in words),
        prefixes=tuple(analysis.fold(term.text) for term in found if isinstance(term, Prefix)),
        phrases=tuple(analysis.slots(phrase, language) for phrase in phrases),
        quoted=tuple(tuple(map(analysis.fold, phrase)) for phrase in phrases),
    )


def mark(text: str, page_language: str | None, wanted: Wanted) -> tuple[Span, ...]:
    """Where a page's text matches, in order and without overlaps."""
    tokens = list(analysis.token_spans(text))
    known = analysis.terms_in(page_language)
    forms = [known[token] for token, _, _ in tokens]
    spans = [
        (start, end)
        for (_, start, end), (stem, exact) in zip(tokens, forms, strict=True)
        if exact
        and (exact in wanted.exact or stem in wanted.stems or exact.startswith(wanted.prefixes))
    ]
    for slots in wanted.phrases:
        last = slots[-1][0]
        spans += [
            (tokens[at][1], tokens[at + last][2]) for at in _phrase_starts(forms, slots, last)
        ]
    return tuple(_merged(spans))


def _phrase_starts(forms: list[analysis.Term], slots: analysis.Slots, last: int) -> Iterator[int]:
    for at in range(len(forms) - last):
        if all(forms[at + offset].stem in fitting for offset, fitting in slots):
            yield at


def _merged(spans: list[Span]) -> Iterator[Span]:
    start = end = -1
    for one_start, one_end in sorted(spans):
        if one_start > end:
            if end >= 0:
                yield start, end
            start, end = one_start, one_end
        end = max(end, one_end)
    if end >= 0:
        yield start, end


def holds_quoted(text: str, wanted: Wanted) -> bool:
    """Whether every quoted phrase stands in the text word for word, case and accents aside.

    Engines match quoted words by their stems; pages that pass this test belong first.
    """
    folded = " ".join(map(analysis.fold, analysis.tokenise(text)))
    return all(f" {' '.join(words)} " in f" {folded} " for words in wanted.quoted)


def choose(
    page: int, text: str, page_language: str | None, wanted: Wanted, limit: int = 2
) -> tuple[Passage, ...]:
    """The best passages of a page, best first; none where nothing on it matches.

    A passage is one or more whole sentences of at most LONGEST characters; a longer sentence
    is cut between words around its marks, with an ellipsis at each cut.
    """
    marks = mark(text, page_language, wanted)
    starts = [start for start, _ in marks]
    words = [analysis.fold(text[start:end]) for start, end in marks]
    held = {
        window: set(words[bisect_left(starts, window[0]) : bisect_left(starts, window[1])])
        for window in (_windows(text, marks) if marks else ())
    }
    chosen: list[Span] = []
    shown: set[str] = set()
    while held and len(chosen) < limit:
        best = max(held, key=lambda window: (len(held[window] - shown), len(held[window])))
        chosen.append(best)
        shown |= held[best]
        held = {w: kept for w, kept in held.items() if w[1] <= best[0] or best[1] <= w[0]}
    return tuple(_passage(page, text, window, page_language, wanted) for window in chosen)


def _windows(text: str, marks: tuple[Span, ...]) -> list[Span]:
    """Runs of whole sentences that begin with a marked one, and pieces of endless ones."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    ends = [*ends, len(text)] if not ends or ends[-1] < len(text) else ends
    windows: dict[Span, None] = {}
    for mark_start, mark_end in marks:
        at = bisect_right(ends, mark_start)
        start = ends[at - 1] if at else 0
        last = bisect_left(ends, mark_end)
        if ends[last] - start > LONGEST:
            windows[_cut(text, mark_start, start, ends[last])] = None
        else:
            last = max(last, bisect_right(ends, start + LONGEST) - 1)
            windows[start, ends[last]] = None
    return list(windows)


def _cut(text: str, mark_start: int, start: int, end: int) -> Span:
    """A piece of a sentence around a mark, from word to word where there are words."""
    left = max(start, mark_start - _BEFORE)
    if left > start:
        space = _SPACE.search(text, left, mark_start)
        left = space.end() if space else left
    right = min(end, left + LONGEST)
    if right < end:
        space_at = max(text.rfind(" ", mark_start, right), text.rfind("\n", mark_start, right))
        right = space_at if space_at > mark_start else right
    return left, right


def _passage(
    page: int, text: str, window: Span, page_language: str | None, wanted: Wanted
) -> Passage:
    start, end = window
    piece = _SPACE.sub(" ", text[start:end]).strip()
    before = _ELLIPSIS if text[:start].strip() and not _ends_sentence(text[:start]) else ""
    after = _ELLIPSIS if text[end:].strip() and not _ends_sentence(text[:end]) else ""
    shown = f"{before}{piece}{after}"
    return Passage(page, shown, mark(shown, page_language, wanted))


def _ends_sentence(text: str) -> bool:
    tail = text[-8:]
    return any(match.end() == len(tail) for match in _SENTENCE_END.finditer(tail))
