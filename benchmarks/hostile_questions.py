"""Questions made to be expensive, as much of each as the grammar reads."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.engines import PUBLIC, Ours
from benchmarks.measuring import median, table
from benchmarks.questions import Words
from index import Query, analysis

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Cost:
    """Documents found, CPU milliseconds at the median and at most."""

    name: str
    found: int
    cpu: float
    most: float


def hostile(words: Words) -> dict[str, str]:
    """By name, what is typed."""
    counts: Counter[str] = Counter()
    for page in words.pages:
        counts.update({word.lower() for word in analysis.tokenise(page.text)})
    ordered = [word for word, _ in counts.most_common()]
    stop_words = [word for word in ordered if analysis.is_stop_word(word, words.language)]
    telling = [word for word in ordered if not analysis.is_stop_word(word, words.language)]
    beginnings = [found for found, _ in Counter(w[:2] for w in telling).most_common()]
    letters = [f"{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"]
    return {
        "200 commonest words, all": " ".join(telling[:200]),
        "200 commonest words, any": " OR ".join(telling[:200]),
        "200 rare words, any": " OR ".join(words.rare[:200]),
        "beginning of one letter": letters[0],
        "beginning of two letters": f"{beginnings[0]}*",
        "a* OR b* OR …": " OR ".join(letters),
        "aa* OR ab* OR …, the commonest": " OR ".join(f"{one}*" for one in beginnings[:50]),
        "phrase of stop words": f'"{" ".join(stop_words[:8])}"',
        "phrase of the three commonest words": f'"{" ".join(telling[:3])}"',
        "50 words near one another": f'"{" ".join(telling[:50])}"~50',
        "20 misspelt words, any": " OR ".join(f"{one}~2" for one in words.middle[:20]),
        "all but a beginning": f"{telling[0]} -{beginnings[1]}* -{beginnings[2]}*",
        "300 parentheses": "(" * 300 + telling[0] + ")" * 300,
    }


def costs(ours: Ours, words: Words) -> list[Cost]:
    """In the language of ``words``."""
    return [
        _cost(ours, name, Query(text, PUBLIC, language=words.language))
        for name, text in hostile(words).items()
    ]


def _cost(ours: Ours, name: str, query: Query) -> Cost:
    spent: list[float] = []
    found = 0
    for _ in range(ROUNDS):
        begun = time.process_time()
        found = ours.index.search(query).total
        spent.append(1000 * (time.process_time() - begun))
    return Cost(name, found, median(spent), max(spent))


def report(found: Sequence[Cost]) -> str:
    rows = [(one.name, one.found, f"{one.cpu:.2f}", f"{one.most:.2f}") for one in found]
    return table(("question", "documents found", "CPU ms", "at most"), rows)
