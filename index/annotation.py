"""Which concepts and countries a document names, page by page, in whatever words and language.

An index holds these beside the words, so that a question reaches what means the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.contract import IndexDocument
from index.thesaurus import WHISPER, recognise

MOST = 20
"""Times one concept counts on one page: a list of anything is no treatise on it."""
TAGGED = 3
"""A tag people confirmed counts as often as being named in the record so many times."""
_TAGS = ("country", "theme", "population", "activity", "priority")


def with_concepts(document: IndexDocument) -> IndexDocument:
    """The document with what its record and each of its pages name, and what it is tagged with."""
    head = f"{document.title}\n\n{document.abstract}"
    tags = (tag for facet in _TAGS for tag in sorted(document.facets.get(facet, ())))
    tagged = tuple(tag for tag in tags for _ in range(TAGGED))
    return replace(
        document,
        concepts=(*named(head, document.language), *tagged),
        pages=tuple(replace(p, concepts=named(p.text, p.language)) for p in document.pages),
    )


def named(text: str, language: str | None) -> tuple[str, ...]:
    """Codes of concepts and countries a text names, each as often as it does, in order of code.

    A place of an uncertain country names none.
    """
    counts = Counter(_codes(text, language))
    return tuple(_repeated(sorted(counts.items())))


def _codes(text: str, language: str | None) -> Iterator[str]:
    for mention in recognise(text, language):
        certain = mention.kind == "concept" or mention.weight > WHISPER
        if certain and mention.kind != "region":
            yield mention.id


def _repeated(counts: Iterable[tuple[str, int]]) -> Iterator[str]:
    for code, times in counts:
        yield from [code] * min(times, MOST)
