"""How natural generated pages are, beside those of real documents.

``python -m benchmarks.naturalness [FOLDER]``: the generator's pages, and those of a folder of PDF
files, in figures that decide how much work pages are for an index. A word that stands twice on a
page is one posting: pages that never repeat a word make every index slow to build, and large.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pypdfium2

from benchmarks.measuring import median, table
from benchmarks.pages import documents, language_of
from index import analysis

MOST = 3_000  # pages read of a folder
FEW, MANY = 1_000, 5_000  # pages after which the vocabulary is counted
SHORTEST = 100  # characters; below it is a title page, a picture or a divider

PageWords = tuple[str, str]  # text, language


@dataclass(frozen=True, slots=True)
class Naturalness:
    """``words`` are those indexed, stop words left out; ``repeated``: how often a word stands on
    a page where it stands, on average; ``vocabulary`` after FEW, MANY and all pages, 0 where
    there are not so many; ``once``: share of the vocabulary that stands on one page only."""

    pages: int
    words: float
    distinct: float
    repeated: float
    vocabulary: tuple[int, int, int]
    once: float


def measured(pages: Iterable[PageWords]) -> Naturalness:
    """Of pages in any order; words are stems in the language of their page."""
    on_pages: Counter[str] = Counter()
    words: list[int] = []
    distinct: list[int] = []
    vocabulary = {FEW: 0, MANY: 0}
    for number, (text, language) in enumerate(pages, 1):
        stems = Counter(term.stem for term in analysis.analyse(text, language) if term.exact)
        on_pages.update(stems.keys())
        words.append(stems.total())
        distinct.append(len(stems))
        if number in vocabulary:
            vocabulary[number] = len(on_pages)
    return Naturalness(
        pages=len(words),
        words=median(words),
        distinct=median(distinct),
        repeated=sum(words) / sum(distinct),
        vocabulary=(vocabulary[FEW], vocabulary[MANY], len(on_pages)),
        once=sum(1 for number in on_pages.values() if number == 1) / len(on_pages),
    )


def generated(number: int, seed: int = 1) -> Iterator[PageWords]:
    for document in documents(number, seed):
        for page in document.pages:
            yield page.text, page.language or ""


def read(folder: Path, seed: int = 1) -> Iterator[PageWords]:
    """Pages of the PDF files of a folder, files in a random order; damaged ones are passed."""
    files = sorted(folder.rglob("*.pdf"))
    random.Random(seed).shuffle(files)
    for path in files:
        try:
            file = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError:
            continue
        with file:
            texts = [page.get_textpage().get_text_range() for page in file]
        language = language_of(" ".join(texts))
        yield from ((text, language) for text in texts if len(text) >= SHORTEST)


def main() -> None:
    rows = [_row("generated", measured(generated(MANY)))]
    if len(sys.argv) > 1:
        found = measured(islice(read(Path(sys.argv[1])), MOST))
        rows.append(_row("read", found))
        rows.append(_row("generated, as many", measured(generated(found.pages))))
    head = ("", "pages", "words a page", "distinct stems", "times a word stands on its page")
    print(table((*head, f"vocabulary at {FEW:,} / {MANY:,} / all", "on one page only"), rows))


def _row(name: str, found: Naturalness) -> tuple[str, ...]:
    return (
        name,
        f"{found.pages:,}",
        f"{found.words:.0f}",
        f"{found.distinct:.0f}",
        f"{found.repeated:.2f}",
        " / ".join(f"{size:,}" for size in found.vocabulary),
        f"{found.once:.0%}",
    )


if __name__ == "__main__":
    main()
