"""The results page with facets and passages: server time of mixed queries over a corpus.

The corpus is taken in once; then every query is asked of the whole application (routing,
search, database, passages, template) as a reader would, without any cache of pages.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from benchmarks.measuring import machine, percentile, run, table
from config import Settings
from repo_app.models import Page
from repo_app.runtime import Runtime, running
from repo_app.web import build_app

QUERIES = 100
ROUNDS = 3
MOST_READ = 2_000  # pages whose words are counted
COMMON, PHRASES = 400, 500
WORD = re.compile(r"[^\W\d_]{5,}")


def report(corpus: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "instance"
        base = [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance)]
        run([*base, "ingest", "--publish", str(corpus)])
        with running(Settings.load(instance, env={})) as runtime:
            _measure(runtime)


def _measure(runtime: Runtime) -> None:
    chance = random.Random(2026)
    queries = questions(Words.of(texts_of(runtime), chance), QUERIES, chance)
    client = build_app(runtime, limited=False).test_client()
    wall: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for kind, text in queries:
            begun, spent = time.perf_counter(), time.process_time()
            response = client.get("/es/search", query_string={"q": text})
            assert response.status_code == 200, (text, response.status)
            wall.setdefault(kind, []).append(1000 * (time.perf_counter() - begun))
            cpu.setdefault(kind, []).append(1000 * (time.process_time() - spent))
    status = runtime.index.status()
    print(f"\n## Results page: {status.documents} documents, {status.entries} pages\n")
    print(f"{machine()}; {len(queries)} distinct queries, {ROUNDS} rounds\n")
    rows = [_row(kind, wall[kind], cpu[kind]) for kind in wall]
    together = [v for values in wall.values() for v in values]
    rows.append(_row("**all**", together, [v for values in cpu.values() for v in values]))
    head = ("kind", "wall p50 ms", "wall p95", "wall max", "CPU p50", "CPU p95")
    print(table(head, rows))
    print(f"\nWall p95 of all: **{percentile(together, 0.95):.1f} ms** (bar: at most 60)")


def _row(kind: str, wall: list[float], cpu: list[float]) -> tuple[str, ...]:
    figures = (
        *(percentile(wall, 0.5), percentile(wall, 0.95), max(wall)),
        *(percentile(cpu, 0.5), percentile(cpu, 0.95)),
    )
    return (kind, *(f"{figure:.1f}" for figure in figures))


@dataclass(frozen=True, slots=True)
class Words:
    """What questions are made of: words that stand often and seldom, and three in a row."""

    common: tuple[str, ...]
    rare: tuple[str, ...]
    phrases: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str], chance: random.Random) -> Words:
        counts = Counter(word.lower() for text in texts for word in WORD.findall(text))
        runs = (_run_of_words(chance.choice(texts), chance) for _ in range(2 * len(counts)))
        phrases = islice((run for run in runs if run.count(" ") == 2), PHRASES)
        return cls(
            tuple(word for word, _ in counts.most_common(COMMON)),
            tuple(sorted(word for word, n in counts.items() if n <= 3)),
            tuple(phrases),
        )


def texts_of(runtime: Runtime) -> list[str]:
    """Of every page, or of MOST_READ pages of a large collection spread over all of it."""
    numbers = select(Page.document_id, Page.number).where(Page.text != "")
    with runtime.database.reading() as session:
        keys = session.execute(numbers.order_by(Page.document_id, Page.number)).all()
        some = keys[:: -(-len(keys) // MOST_READ)] if keys else []
        return [session.get_one(Page, tuple(key)).text for key in some]


def questions(words: Words, number: int, chance: random.Random) -> list[tuple[str, str]]:
    """``number`` different ones in ten kinds; the same on every run."""

    def word() -> str:
        return chance.choice(words.common)

    def seldom() -> str:
        return chance.choice(words.rare)

    makers: dict[str, Callable[[], str]] = {
        "common word": word,
        "rare word": seldom,
        "two words": lambda: f"{word()} {word()}",
        "three words": lambda: f"{word()} {word()} {seldom()}",
        "either word": lambda: f"{word()} OR {word()} OR {word()}",
        "phrase": lambda: f'"{chance.choice(words.phrases)}"',
        "prefix": lambda: f"{word()[:4]}*",
        "without": lambda: f"{word()} -{word()}",
        "with a filter": lambda: f"{word()} idioma:es",
        "question": lambda: f"¿cómo se {word()} la {word()} en los {word()}?",
    }
    made: dict[str, str] = {}
    for kind, make in makers.items():
        drawn = (make() for _ in range(number))
        fresh = islice(dict.fromkeys(one for one in drawn if one not in made), number // 10)
        made |= dict.fromkeys(fresh, kind)
    return [(kind, text) for text, kind in made.items()]


def _run_of_words(text: str, chance: random.Random) -> str:
    words = text.split()
    start = chance.randrange(len(words)) if words else 0
    run_of = words[start : start + 3]
    return " ".join(run_of) if all(word.isalpha() for word in run_of) else ""


if __name__ == "__main__":
    report(Path(sys.argv[1]))
