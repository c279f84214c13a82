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
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from benchmarks.measuring import machine, percentile, run, table
from config import Settings
from repo_app.models import Page
from repo_app.runtime import Runtime, running
from repo_app.web import build_app

QUERIES = 100
ROUNDS = 3
WORD = re.compile(r"[^\W\d_]{5,}")


def report(corpus: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "instance"
        base = [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance)]
        run([*base, "ingest", "--publish", str(corpus)])
        with running(Settings.load(instance, env={})) as runtime:
            _measure(runtime)


def _measure(runtime: Runtime) -> None:
    queries = _queries(runtime)
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


def _queries(runtime: Runtime) -> list[tuple[str, str]]:
    """Words of the corpus itself, common and rare, in ten kinds; the same on every run."""
    chance = random.Random(2026)
    with runtime.database.reading() as session:
        texts = session.scalars(select(Page.text).where(Page.text != "")).all()
    counts = Counter(word.lower() for text in texts for word in WORD.findall(text))
    common = [word for word, _ in counts.most_common(200)]
    rare = sorted(word for word, n in counts.items() if n <= 3)
    phrases = [_run_of_words(chance.choice(texts)) for _ in range(200)]
    phrases = [phrase for phrase in phrases if phrase.count(" ") == 2]

    def word() -> str:
        return str(chance.choice(common))

    def seldom() -> str:
        return str(chance.choice(rare))

    makers: dict[str, Callable[[], str]] = {
        "common word": word,
        "rare word": seldom,
        "two words": lambda: f"{word()} {word()}",
        "three words": lambda: f"{word()} {word()} {seldom()}",
        "either word": lambda: f"{word()} OR {word()} OR {word()}",
        "phrase": lambda: f'"{chance.choice(phrases)}"',
        "prefix": lambda: f"{word()[:4]}*",
        "without": lambda: f"{word()} -{word()}",
        "with a filter": lambda: f"{word()} idioma:es",
        "question": lambda: f"¿cómo se {word()} la {word()} en los {word()}?",
    }
    return [(kind, make()) for kind, make in makers.items() for _ in range(QUERIES // len(makers))]


def _run_of_words(text: str) -> str:
    words = text.split()
    start = len(words) // 2
    run_of = words[start : start + 3]
    return " ".join(run_of) if all(w.isalpha() for w in run_of) else ""


if __name__ == "__main__":
    report(Path(sys.argv[1]))
