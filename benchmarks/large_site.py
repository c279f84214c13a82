"""Searching a large collection while it grows: the whole application, at 100,000 pages.

``python -m benchmarks.large_site [--pages N] [--questions N] [--instance FOLDER] [--part PART]``,
Markdown on standard output. An instance of generated pages (``benchmarks.generated_site``; kept in
FOLDER and used again where one is named), QUERIES distinct questions of ten kinds made of its own
words, no page cache anywhere.

``page``: CPU of the results page, of offers while typing and of words put right, asked of the
application in this process. ``service``: the same questions over HTTP of a running service, at
SEARCHES_A_SECOND in an open loop, alone and while files are taken in; the visitors share the
machine with it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.generated_site import site
from benchmarks.long_files import a_long_pdf
from benchmarks.measuring import machine, percentile, resident_mb, table
from benchmarks.results_page import Words, questions, texts_of
from benchmarks.serving import served
from benchmarks.visitors import Visitor
from repo_app.cli.serving import warm_up
from repo_app.runtime import Runtime
from repo_app.web import build_app

PAGES = 100_000
QUERIES = 2_000
BEGUN = 400  # words whose beginnings are typed, and words with a letter wrong
SEARCHES_A_SECOND = 20
WARM = 60
ALONE = 400  # of the questions, asked while nothing else happens
FILES, PAGES_A_FILE = 1_000, 20  # taken in while questions are asked
PARTS = ("page", "service")

Asked = list[tuple[str, str]]
Row = tuple[str, ...]


def report(pages: int, instance: Path, parts: Sequence[str] = PARTS, number: int = QUERIES) -> None:
    with site(instance, pages) as runtime:
        chance = random.Random(2026)
        texts = texts_of(runtime)
        words = Words.of(texts, chance)
        asked = questions(words, number, chance)
        status = runtime.index.status()
        print(f"\n## A large site: {status.documents:,} documents, {status.entries:,} entries\n")
        print(f"{machine()}; {len(asked):,} distinct questions, {status.segments} segments\n")
        if "page" in parts:
            print(_pages(runtime, words, asked), flush=True)
    if "service" in parts:
        print(_service(instance, texts, chance.sample(asked, len(asked))), flush=True)


def _pages(runtime: Runtime, words: Words, asked: Asked) -> str:
    client = build_app(runtime, limited=False).test_client()
    warm_up(runtime)
    for _, text in asked[:: -(-len(asked) // 100)]:  # what a process that has just started loads
        _cpu(client, "/es/search", text)
    chance = random.Random(7)
    parts = [word[: chance.randint(2, 6)] for word in chance.choices(words.common, k=BEGUN)]
    wrong = [_misspelt(word, chance) for word in chance.choices(words.common, k=BEGUN)]
    found: dict[str, list[float]] = {}
    for kind, text in asked:
        found.setdefault(kind, []).append(_cpu(client, "/es/search", text))
    every = [value for values in found.values() for value in values]
    rows = [_row(kind, values) for kind, values in found.items()]
    rows.append(_row("**all**", every, "8 / 15"))
    rows.append(_row("a word with a letter wrong", _all(client, "/es/search", wrong)))
    rows.append(_row("offers while typing", _all(client, "/es/completions", parts), "– / 10"))
    return table(("CPU of", "p50 ms", "p95", "p99", "most", "bar p50 / p95"), rows)


def _all(client: FlaskClient, path: str, texts: Sequence[str]) -> list[float]:
    return [_cpu(client, path, text) for text in texts]


def _cpu(client: FlaskClient, path: str, text: str) -> float:
    spent = time.process_time()
    answer = client.get(path, query_string={"q": text})
    spent = time.process_time() - spent
    assert answer.status_code == 200, (text, answer.status)
    return 1000 * spent


def _row(name: str, values: Sequence[float], bar: str = "") -> Row:
    figures = (*(percentile(values, share) for share in (0.5, 0.95, 0.99)), max(values))
    return (name, *(f"{figure:.1f}" for figure in figures), bar)


def _misspelt(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]


def _service(instance: Path, texts: Sequence[str], asked: Asked) -> str:
    """On a copy of the instance: it grows."""
    with tempfile.TemporaryDirectory() as folder:
        copy, files = Path(folder, "instance"), Path(folder, "files")
        shutil.copytree(instance, copy)
        _files(files, texts)
        with served(copy) as (port, pid):
            _open_loop(port, asked[-WARM:])  # what a service that has just started loads
            alone = _open_loop(port, asked[:: -(-len(asked) // ALONE)])
            with _taking_in(copy, files) as at_it:
                beside = _open_loop(port, asked)
                assert at_it(), "too few files: it was over before the questions were"
            memory = resident_mb(pid)
    rows = [
        _row(f"{SEARCHES_A_SECOND} searches a second, alone", alone),
        _row("the same beside taking in", beside, "– / 60"),
    ]
    answered = table(("wall of", "p50 ms", "p95", "p99", "most", "bar p50 / p95"), rows)
    return f"\n{answered}\n\nThe web process takes {memory:.0f} MB after them."


def _open_loop(port: int, asked: Asked) -> list[float]:
    """Milliseconds of each, from the moment it was due: one that comes late has waited."""
    begin = time.perf_counter() + 0.5

    def ask(number: int) -> float:
        due = begin + number / SEARCHES_A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        visitor = Visitor(port, f"127.0.0.{100 + number % SEARCHES_A_SECOND}")
        answer = visitor.get("/es/search", q=asked[number][1])
        assert answer.status == 200, answer.status
        return 1000 * (time.perf_counter() - due)

    with ThreadPoolExecutor(SEARCHES_A_SECOND) as pool:
        return list(pool.map(ask, range(len(asked))))


@contextmanager
def _taking_in(instance: Path, folder: Path) -> Iterator[Callable[[], bool]]:
    """A folder of files given to the running service; says whether it is still at it."""
    command = [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance)]
    taking = subprocess.Popen(
        [*command, "ingest", "--publish", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield lambda: taking.poll() is None
    finally:
        taking.terminate()
        taking.wait()


def _files(folder: Path, texts: Sequence[str]) -> None:
    """Made before anything is measured: this process asks the questions."""
    chance = random.Random(3)
    folder.mkdir()
    for number in range(FILES):
        text = " ".join(chance.choices(texts, k=PAGES_A_FILE // 4))
        (folder / f"{number}.pdf").write_bytes(a_long_pdf(text.split(), PAGES_A_FILE))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_site", description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--instance", type=Path, help="kept there, and used again")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--questions", type=int, default=QUERIES)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report(
            chosen.pages, chosen.instance or Path(folder, "instance"), chosen.part, chosen.questions
        )


if __name__ == "__main__":
    main()
