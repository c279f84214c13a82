"""Pages to measure with: as many as wanted, of words as unevenly spread as in real texts.

Words come from the sample documents, in their own order of frequency; the long tail, which 46
documents cannot have, is made of syllables of the same language. Ranks are drawn by the law of
Zipf and Mandelbrot; every third sentence is one of the samples', with a few words exchanged, so
that phrases are found. The same seed gives the same pages.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2

from index import IndexDocument, IndexPage
from index.vocabulary import load

SAMPLES = Path(__file__).parents[1] / "samples" / "pdf"
WORDS_A_PAGE = 300
PAGES_A_DOCUMENT = 20
TAIL = 120_000  # words of each language beyond those of the samples
LANGUAGES = ("es", "en", "pt", "fr")
SHARES = (0.5, 0.35, 0.1, 0.05)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_MARKS = {
    "es": {"de", "la", "los", "que", "para"},
    "en": {"the", "of", "and", "with", "their"},
    "pt": {"não", "uma", "dos", "para", "das"},
    "fr": {"les", "des", "dans", "pour", "une"},
}


@cache
def _sentences() -> dict[str, list[str]]:
    """The samples' sentences by language."""
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for path in sorted(SAMPLES.glob("*.pdf")):
        with pypdfium2.PdfDocument(path) as file:
            text = " ".join(page.get_textpage().get_text_range() for page in file)
        for sentence in _SENTENCE.split(" ".join(text.split())):
            words = {word.lower() for word in _WORD.findall(sentence)}
            if 6 <= len(words) <= 60:
                language = max(LANGUAGES, key=lambda code: len(words & _MARKS[code]))
                found[language].append(sentence)
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
def _through(language: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The law's distribution function over the ranks."""
    ranks = np.arange(len(_vocabulary(language)))
    shares = 1.0 / (ranks + 2.7) ** 1.07
    through: np.ndarray[tuple[int], np.dtype[np.float64]] = np.cumsum(shares / shares.sum())
    return through


def text(language: str, chance: np.random.Generator) -> str:
    """One page."""
    words, sentences = _vocabulary(language), _sentences()[language]
    drawn = np.searchsorted(_through(language), chance.random(WORDS_A_PAGE))
    parts: list[str] = []
    at = 0
    while at < len(drawn):
        length = int(chance.integers(8, 25))
        fresh = [words[min(i, len(words) - 1)] for i in drawn[at : at + length].tolist()]
        at += length
        if chance.random() < 1 / 3:
            known = sentences[int(chance.integers(len(sentences)))].split()
            known[int(chance.integers(len(known)))] = fresh[0]
            fresh, at = known, at + len(known)
        parts.append(" ".join(fresh).capitalize() + ".")
    return " ".join(parts)


def documents(pages: int, seed: int = 1) -> Iterator[IndexDocument]:
    """About ``pages`` pages in documents of PAGES_A_DOCUMENT, with values in every facet."""
    chance = np.random.default_rng(seed)
    vocabulary = load()
    for n in range(-(-pages // PAGES_A_DOCUMENT)):
        language = LANGUAGES[int(chance.choice(len(LANGUAGES), p=SHARES))]
        texts = [text(language, chance) for _ in range(PAGES_A_DOCUMENT)]
        facets = {
            facet: _some(vocabulary.facet_values(facet), chance, most)
            for facet, most in (("country", 3), ("theme", 3), ("activity", 2), ("priority", 2))
        }
        facets |= {
            "source_kind": _some(vocabulary.facet_values("source_kind"), chance, 1),
            "year": frozenset({str(2010 + int(chance.integers(17)))}),
            "language": frozenset({language}),
        }
        yield IndexDocument(
            id=f"d{n:06d}",
            revision=1,
            title=" ".join(texts[0].split()[:9]),
            language=language,
            audience=frozenset({"public"}),
            pages=tuple(IndexPage(i, page, language) for i, page in enumerate(texts, 1)),
            facets=facets,
            date=f"20{10 + n % 17}-{1 + n % 12:02d}-{1 + n % 28:02d}",
        )


def _some(values: tuple[str, ...], chance: np.random.Generator, most: int) -> frozenset[str]:
    """Up to ``most`` values, the first ones far more often."""
    drawn = np.minimum(chance.geometric(0.15, int(chance.integers(1, most + 1))), len(values))
    return frozenset(values[int(i) - 1] for i in drawn)
