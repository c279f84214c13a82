"""What a text says in passing: what it does not deal with, where people came from, who met where.

Words in these stretches name something and are not what the text is about. All of it is told from
the wording of single sentences.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cache

from ingest import wordings

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|\n[ \t]*\n")
_PARAGRAPH = re.compile(r"(?:[^\n]+\n?)+")
_LONGEST_AFFILIATION = 30  # words
_FAR = 300  # letters between a meeting and where it was held
_NEAR = 200  # letters: two or three lines
_BEFORE = 110  # letters before a place that may tell that people came from it


class Asides:
    """The asides of one text; each kind is looked for only once it is asked about.

    ``language``: of the text; in one that is not ours, or None, only affiliations, date lines and
    publishers are told. Affiliations are looked for on a ``first_page`` only. Never raises.
    """

    def __init__(self, text: str, language: str | None, *, first_page: bool = False) -> None:
        self._plain = text.translate(_plain_letters()).lower()
        self._language = language if language in wordings.LANGUAGES else None
        self._ends = [match.start() for match in _SENTENCE_END.finditer(self._plain)]
        self._disclaimed = _apart(self._denials())
        bylines = self._bylines() if first_page else ()
        self._not_here = _apart((*bylines, *self._captions()))

    def disclaims(self, start: int) -> bool:
        """Whether the text says that it is not about what it names at ``start``."""
        return _lies_in(start, self._disclaimed)

    def is_elsewhere(self, start: int, end: int) -> bool:
        """Whether the place at ``start`` to ``end`` is only where a meeting was held, a donor has
        its seat, a letter was dated, a book was printed or an author works."""
        if _lies_in(start, self._not_here):
            return True
        after = wordings.DATED_OR_PRINTED.match(self._plain, end)
        if after is not None and (after["dated"] is None or self._begins_sentence(start)):
            return True
        if self._language is None:
            return False
        begin = max(self._around(start)[0], start - _FAR)
        found = list(wordings.ELSEWHERE[self._language].finditer(self._plain, begin, start))
        return bool(found) and not wordings.COMMA.search(self._plain, found[-1].end(), start)

    def is_origin(self, start: int) -> bool:
        """Whether the place at ``start`` is where people came from."""
        if self._language is None:
            return False
        begin = max(self._around(start)[0], start - _BEFORE)
        pattern = wordings.CAME_FROM[self._language]
        return pattern.search(self._plain[begin:start]) is not None

    def tells_of_danger(self, start: int, end: int) -> bool:
        """Whether what is named at ``start`` to ``end`` stands near a threat or a fear."""
        if self._language is None:
            return False
        begin = max(0, start - _NEAR)
        return bool(wordings.THREAT[self._language].search(self._plain, begin, end + _NEAR))

    def _denials(self) -> Iterator[Span]:
        if self._language is None:
            return
        plain = self._plain
        for match in wordings.NOT_ABOUT_THIS[self._language].finditer(plain):
            yield match.start(), self._onward(match.end(), wordings.BUT)
        for match in wordings.NOT_ABOUT_THAT[self._language].finditer(plain):
            begin = self._around(match.start())[0]
            yield begin, self._onward(match.end(), wordings.BUT)
        for match in wordings.UNLIKE[self._language].finditer(plain):
            yield match.start(), self._onward(match.end(), wordings.COMMA)

    def _bylines(self) -> Iterator[Span]:
        yield from _affiliations(self._plain)
        for match in wordings.BYLINE.finditer(self._plain):
            if self._begins_sentence(match.start()):
                yield match.start(), self._onward(match.end(), wordings.BLANK_LINE)

    def _captions(self) -> Iterator[Span]:
        for match in wordings.CAPTION.finditer(self._plain):
            yield match.start(), self._onward(match.end(), wordings.BLANK_LINE)

    def _onward(self, start: int, until: re.Pattern[str]) -> int:
        """The end of the sentence of ``start``, or what ``until`` finds before that."""
        after = bisect_left(self._ends, start)
        end = self._ends[after] if after < len(self._ends) else len(self._plain)
        stop = until.search(self._plain, start, end)
        return stop.start() if stop else end

    def _around(self, start: int) -> Span:
        """From the beginning of the sentence of ``start`` to there."""
        before = bisect_left(self._ends, start)
        return (self._ends[before - 1] if before else 0), start

    def _begins_sentence(self, start: int) -> bool:
        begin = max(self._around(start)[0], self._plain.rfind("\n", 0, start) + 1)
        return not re.search(r"\w", self._plain[begin:start])


def _lies_in(start: int, spans: tuple[Span, ...]) -> bool:
    """Whether ``start`` lies in one of ``spans``, which are in order and apart."""
    at = bisect_right(spans, start, key=lambda span: span[0])
    return at > 0 and start < spans[at - 1][1]


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


@cache
def _plain_letters() -> dict[int, str]:
    """Accented letters to bare ones, one for one, so that places stay where they are; ñ stays."""
    letters = (chr(code) for code in range(0xC0, 0x180) if chr(code) not in "ñÑ")
    bare = {ord(sign): unicodedata.normalize("NFD", sign)[0] for sign in letters}
    return {**bare, 0x2019: "'"}


def _affiliations(plain: str) -> Iterator[Span]:
    """Paragraphs that are no sentence and name an institute or an address."""
    for paragraph in _PARAGRAPH.finditer(plain):
        line = paragraph.group().strip()
        short = len(line.split()) <= _LONGEST_AFFILIATION
        if short and not line.endswith((".", "?", "!")) and wordings.INSTITUTE.search(line):
            yield paragraph.span()
