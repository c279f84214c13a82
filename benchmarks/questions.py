"""The questions asked: ten kinds, EACH of every kind, all different, drawn from a collection.

    term      one common word                       fuzzy     a word with a letter wrong: word~
    rare      one that stands on few pages          filter    a common word, a country, a theme
    and       two words of one page                 facets    a common word, five facets counted
    or5       any of five common words              snippets  a common word, and sentences of the
    phrase    two or three neighbours                         ten pages found
    prefix    the beginning of a common word

The words of a question are of one language, its page's; languages with few pages are passed.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from benchmarks.collection import Collection, PageOf
from benchmarks.pages import SENTENCE
from index import analysis

KINDS = (
    *("term", "rare", "and", "or5", "phrase"),
    *("prefix", "fuzzy", "filter", "facets", "snippets"),
)
EACH = 200
KNOWN = 2_000
"""Of 400, chance moves ours ÷ tantivy by .013 either way; of so many, by .006."""
SAMPLE = 4_000  # pages whose words are counted
LEAST = 0.2  # share of the pages that a language must have
COMMON = slice(10, 500)  # ranks
LETTERS = "abcdefghilmnoprstuv"
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """``words`` as typed, in ``language``; ``filters`` are facets and values to narrow by."""

    kind: str
    words: tuple[str, ...]
    language: str
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Words of one sentence of a document that a reader wants to find again."""

    words: tuple[str, ...]
    language: str
    document: str


@dataclass(frozen=True, slots=True)
class Words:
    """Of one language: ``common`` from the commonest, ``middle`` less so, ``rare`` ones that
    stand on one or two pages of the sample."""

    language: str
    pages: tuple[PageOf, ...]
    common: list[str]
    middle: list[str]
    rare: list[str]


def sampled(collection: Collection) -> list[Words]:
    """Pages from the whole length of a collection, and their words, by language."""
    step = max(1, collection.pages // SAMPLE)
    pages: list[PageOf] = []
    for start in range(0, collection.pages, step * 500):
        stop = min(start + step * 500, collection.pages)
        pages += collection.at(range(start, stop, step))
    found = []
    pages.sort(key=lambda page: page.language)
    for language, own in groupby(pages, key=lambda page: page.language):
        kept = tuple(own)
        if len(kept) >= LEAST * len(pages):
            found.append(_words(language, kept))
    return found


def _words(language: str, pages: tuple[PageOf, ...]) -> Words:
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({word.lower() for word in content(page.text, language)})
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    rare = [word for word in ordered if counts[word] <= 2]
    common = ordered[COMMON]
    return Words(language, pages, common, ordered[COMMON.stop : -len(rare) or None], rare)


def content(text: str, language: str) -> list[str]:
    """The words of a text that say something, in order."""
    return [
        word
        for word in analysis.tokenise(text)
        if len(word) > 3 and word.isalpha() and not analysis.is_stop_word(word, language)
    ]


def questions(
    collection: Collection, languages: Sequence[Words], chance: random.Random
) -> list[Asked]:
    """EACH of every kind. Raises ValueError where the collection is too small for that."""
    weights = [len(words.pages) for words in languages]
    facets = [(one.facets["country"], one.facets["theme"]) for one in collection.documents()]
    facets = [pair for pair in facets if all(pair)]

    def draw(kind: str) -> Asked:
        words = chance.choices(languages, weights)[0]
        filters: tuple[tuple[str, str], ...] = ()
        if kind == "filter":
            values = zip(("country", "theme"), chance.choice(facets), strict=True)
            filters = tuple((facet, chance.choice(sorted(one))) for facet, one in values)
        return Asked(kind, _DRAWN[kind](words, chance), words.language, filters)

    asked: list[Asked] = []
    for kind in KINDS:
        drawn: dict[Asked, None] = {}
        for _ in range(_TRIES * EACH):
            one = draw(kind)
            if all(one.words):
                drawn[one] = None
            if len(drawn) == EACH:
                break
        else:
            raise ValueError(f"too few words for {EACH} questions of the kind {kind}")
        asked += drawn
    return asked


def _one(words: Words, chance: random.Random) -> tuple[str, ...]:
    return (chance.choice(words.common),)


def _rare(words: Words, chance: random.Random) -> tuple[str, ...]:
    return (chance.choice(words.rare),)


def _two_of_a_page(words: Words, chance: random.Random) -> tuple[str, ...]:
    known = {*words.common, *words.middle}
    text = chance.choice(words.pages).text
    found = sorted({w.lower() for w in content(text, words.language)} & known)
    return tuple(chance.sample(found, 2)) if len(found) >= 2 else ("",)


def _five(words: Words, chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample(words.common, 5))


def _neighbours(words: Words, chance: random.Random) -> tuple[str, ...]:
    """Two words or, one time in three, three, none of them a stop word."""
    tokens = [word.lower() for word in analysis.tokenise(chance.choice(words.pages).text)]
    length = chance.choice((2, 2, 3))
    if len(tokens) <= length:
        return ("",)
    start = chance.randrange(len(tokens) - length)
    found = tokens[start : start + length]
    telling = all(not analysis.is_stop_word(w, words.language) and w.isalpha() for w in found)
    return tuple(found) if telling else ("",)


def _beginning(words: Words, chance: random.Random) -> tuple[str, ...]:
    word = chance.choice(words.common)
    return (word[: chance.choice((3, 4, 4, 5))],)


def _misspelt(words: Words, chance: random.Random) -> tuple[str, ...]:
    """A letter exchanged behind the first."""
    word = chance.choice(words.common + words.middle[:2000])
    if len(word) < 5:
        return ("",)
    at = chance.randrange(1, len(word))
    return (word[:at] + chance.choice(LETTERS) + word[at + 1 :],)


_DRAWN: dict[str, Callable[[Words, random.Random], tuple[str, ...]]] = {
    "term": _one,
    "rare": _rare,
    "and": _two_of_a_page,
    "or5": _five,
    "phrase": _neighbours,
    "prefix": _beginning,
    "fuzzy": _misspelt,
    "filter": _one,
    "facets": _one,
    "snippets": _one,
}


def known_items(languages: Sequence[Words], chance: random.Random) -> list[Known]:
    """KNOWN of them, each four to six different words of a sentence, in its order."""
    pages = [page for words in languages for page in words.pages]
    found: dict[Known, None] = {}
    for _ in range(_TRIES * KNOWN):
        page = chance.choice(pages)
        sentence = chance.choice(SENTENCE.split(page.text))
        words = list(dict.fromkeys(word.lower() for word in content(sentence, page.language)))
        if len(words) >= 6:
            kept = sorted(chance.sample(range(len(words)), chance.randint(4, 6)))
            known = Known(tuple(words[at] for at in kept), page.language, page.document)
            found[known] = None
        if len(found) == KNOWN:
            break
    return list(found)


def save(path: Path, asked: Sequence[Asked]) -> None:
    """For another process."""
    path.write_text(json.dumps([asdict(one) for one in asked]), encoding="utf-8")


def saved(path: Path) -> Iterator[Asked]:
    for one in json.loads(path.read_text(encoding="utf-8")):
        filters = tuple((facet, value) for facet, value in one["filters"])
        yield Asked(one["kind"], tuple(one["words"]), one["language"], filters)
