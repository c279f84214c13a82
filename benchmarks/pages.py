"""Pages to measure with: as many as wanted, of words as unevenly spread as in real texts.

Words come from the sample documents, in their own order of frequency; the long tail, which so few
documents cannot have, is made of syllables of the same language. Ranks are drawn by the law of
Zipf and Mandelbrot, and a document repeats itself: most words are one of its last RECENT words
once more (a cache language model, Kuhn and De Mori 1990). Every fifth sentence is one of the
samples', with a word exchanged, so that phrases are found. The same seed gives the same pages.

Set beside 2,406 pages with text of 81 real files in Spanish and English (laws, evaluations,
reports, tables); ``benchmarks.naturalness`` measures both:

                                         real              these    without repeating
    indexed words a page (median)        248               246      158
    distinct stems a page (median)       135               136      141
    times a word stands on its page      1.78              1.80     1.13
    distinct stems of 1,000 pages        11,400 to 17,100  16,700   35,600
    distinct stems of all pages          28,400            30,300   67,400
    distinct stems of 5,000 pages                          47,400   104,800
    stems on one page only               48 %              44 %     67 %
    bytes a page                         2,390             2,500    1,500
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pypdfium2

from index import IndexDocument, IndexPage
from index.vocabulary import load

SAMPLES = Path(__file__).parents[1] / "samples" / "pdf"
WORDS_A_PAGE = 415
PAGES_A_DOCUMENT = 20
TAIL = 120_000  # words of each language beyond those of the samples
EXPONENT, SHIFT = 1.35, 10.0  # of the law
REPEATED, RECENT = 0.65, 400  # share of words that repeat, and how far back they look
SENTENCES = 0.2  # share of sentences that are the samples'
LANGUAGES = ("es", "en", "pt", "fr")
SHARES = (0.5, 0.35, 0.1, 0.05)
_WORD = re.compile(r"[^\W\d_]+")
SENTENCE = re.compile(r"(?<=[.!?])\s+")
_MARKS = {
    "es": {"de", "la", "los", "que", "para"},
    "en": {"the", "of", "and", "with", "their"},
    "pt": {"não", "uma", "dos", "para", "das"},
    "fr": {"les", "des", "dans", "pour", "une"},
}

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
Shares = np.ndarray[tuple[int], np.dtype[np.float64]]


def language_of(text: str) -> str:
    """By a few words that stand everywhere in one language."""
    words = Counter(word.lower() for word in _WORD.findall(text))
    return max(LANGUAGES, key=lambda code: sum(words[word] for word in _MARKS[code]))


@cache
def _sentences() -> dict[str, list[str]]:
    """The samples' sentences by language."""
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for path in sorted(SAMPLES.glob("*.pdf")):
        with pypdfium2.PdfDocument(path) as file:
            text = " ".join(page.get_textpage().get_text_range() for page in file)
        for sentence in SENTENCE.split(" ".join(text.split())):
            if 6 <= len({word.lower() for word in _WORD.findall(sentence)}) <= 60:
                found[language_of(sentence)].append(sentence)
    return found


@cache
def _vocabulary(language: str) -> tuple[str, ...]:
    """Words from the commonest to the rarest."""
    counts = Counter(w.lower() for s in _sentences()[language] for w in _WORD.findall(s))
    words = [word for word, _ in counts.most_common()]
    chance = random.Random(language)
    syllables = [word[:3] for word in words if len(word) > 5] or ["pal"]
    endings = [word[-3:] for word in words if len(word) > 5] or ["bra"]
    known = set(words)
    while len(words) < len(counts) + TAIL:
        word = "".join(chance.choices(syllables, k=chance.randint(1, 2))) + chance.choice(endings)
        if word not in known:
            known.add(word)
            words.append(word)
    return tuple(words)


@cache
def _through(language: str) -> Shares:
    """The law's distribution function over the ranks."""
    ranks = np.arange(len(_vocabulary(language)))
    shares = 1.0 / (ranks + SHIFT) ** EXPONENT
    through: Shares = np.cumsum(shares / shares.sum())
    return through


def _drawn(language: str, number: int, chance: np.random.Generator) -> Numbers:
    """The ranks of a document's words, one after another."""
    through = _through(language)
    ranks = np.minimum(np.searchsorted(through, chance.random(number)), len(through) - 1)
    source = np.arange(number)
    again = chance.random(number) < REPEATED
    source[again] -= chance.integers(1, RECENT, number)[again]
    np.maximum(source, 0, out=source)
    while True:  # what is repeated may itself be repeated: follow it to where it was drawn
        further = source[source]
        if np.array_equal(further, source):
            repeated: Numbers = ranks[source]
            return repeated
        source = further


def _page(language: str, ranks: Numbers, chance: np.random.Generator) -> str:
    words, sentences = _vocabulary(language), _sentences()[language]
    parts: list[str] = []
    at = 0
    while at < len(ranks):
        length = int(chance.integers(8, 25))
        fresh = [words[rank] for rank in ranks[at : at + length].tolist()]
        if chance.random() < SENTENCES:
            known = sentences[int(chance.integers(len(sentences)))].rstrip(".").split()
            known[int(chance.integers(len(known)))] = fresh[0]
            fresh = known
        at += max(length, len(fresh))
        parts.append(" ".join(fresh).capitalize() + ".")
    return " ".join(parts)


def texts(language: str, chance: np.random.Generator) -> list[str]:
    """The pages of one document."""
    ranks = _drawn(language, PAGES_A_DOCUMENT * WORDS_A_PAGE, chance)
    return [_page(language, part, chance) for part in np.split(ranks, PAGES_A_DOCUMENT)]


def documents(pages: int, seed: int = 1) -> Iterator[IndexDocument]:
    """About ``pages`` pages in documents of PAGES_A_DOCUMENT, with values in every facet."""
    chance = np.random.default_rng(seed)
    for number in range(-(-pages // PAGES_A_DOCUMENT)):
        language = LANGUAGES[int(chance.choice(len(LANGUAGES), p=SHARES))]
        yield document(f"d{number:06d}", texts(language, chance), language, chance)


def documents_in(folder: Path, pages: int, seed: int = 1) -> Iterator[IndexDocument]:
    """Those of a folder's \\*.txt, one file a document, form feeds between pages, up to ``pages``
    pages; the values of facets are drawn, as for generated ones."""
    chance = np.random.default_rng(seed)
    left = pages
    for number, path in enumerate(sorted(folder.rglob("*.txt"))):
        whole = path.read_text(encoding="utf-8", errors="replace")
        parts = list(islice((part for part in whole.split("\f") if part.strip()), left))
        if parts:
            left -= len(parts)
            yield document(f"d{number:06d}", parts, language_of(whole), chance)


def document(
    id_: str, parts: Sequence[str], language: str, chance: np.random.Generator
) -> IndexDocument:
    """Pages with a day and values in every facet. Its id is its title: peers have no field for
    titles, and should not miss words that ours finds in them."""
    vocabulary = load()
    facets = {
        facet: _some(vocabulary.facet_values(facet), chance, most)
        for facet, most in (("country", 3), ("theme", 3), ("activity", 2), ("priority", 2))
    }
    year = 2010 + int(chance.integers(17))
    facets |= {
        "source_kind": _some(vocabulary.facet_values("source_kind"), chance, 1),
        "year": frozenset({str(year)}),
        "language": frozenset({language}),
    }
    return IndexDocument(
        id=id_,
        revision=1,
        title=id_,
        language=language,
        audience=frozenset({"public"}),
        pages=tuple(IndexPage(number, part, language) for number, part in enumerate(parts, 1)),
        facets=facets,
        date=f"{year}-{chance.integers(1, 13):02d}-{chance.integers(1, 29):02d}",
    )


def _some(values: tuple[str, ...], chance: np.random.Generator, most: int) -> frozenset[str]:
    """Up to ``most`` values, the first ones far more often."""
    drawn = np.minimum(chance.geometric(0.15, int(chance.integers(1, most + 1))), len(values))
    return frozenset(values[int(i) - 1] for i in drawn)
