"""What of a file speaks for its subject: title, abstract, first page and body, but not lists of
references, annexes, lists of acronyms and running headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ingest.draft import Draft, PageText

TITLE, ABSTRACT, FIRST_PAGE, HEADING, BODY = "title", "abstract", "first-page", "heading", "body"

_HEADER_PAGES = 3  # a line on that many pages is a running header
_NUMBER = r"(?:[\dIVXivx]+[.):]?[ \t]+)?"

_REFERENCES = re.compile(
    rf"^[ \t]*{_NUMBER}(?:lista de |list of |liste des )?(?:"
    r"referencias(?: bibliogr[aá]ficas| citadas)?|bibliograf[ií]a(?: consultada)?|obras citadas|"
    r"fuentes consultadas|references(?: cited)?|bibliography|works cited|literature cited|"
    r"refer[eê]ncias(?: bibliogr[aá]ficas)?|r[eé]f[eé]rences(?: bibliographiques)?|bibliographie"
    r")[ \t]*[:.]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_ANNEX = re.compile(
    r"^[ \t]*(?:anexos?|annex(?:es)?|ap[eé]ndices?|appendix|appendices|ap[eê]ndices?)"
    r"(?:[ \t]+[\dA-Z]{1,3})?[ \t]*(?:[:.–—-][^\n]{0,80})?$",
    re.IGNORECASE | re.MULTILINE,
)
_ACRONYM_LIST = re.compile(
    rf"^[ \t]*{_NUMBER}(?:lista de |list of |liste des )?(?:siglas(?: y (?:acr[oó]nimos|"
    r"abreviaturas))?|acr[oó]nimos(?: y siglas)?|abreviaturas|acronyms(?: and abbreviations)?|"
    r"abbreviations(?: and acronyms)?|siglas e (?:acr[oô]nimos|abreviaturas)|sigles(?: et "
    r"acronymes)?|acronymes)[ \t]*[:.]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_ACRONYM_LINE = re.compile(r"[ \t]*[A-Z][A-Z&/.-]+s?\b(?:[ \t]*[:–—=-]|[ \t]{1,})[ \t]*\S")
_HEADING = re.compile(
    r"^[ \t]*(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|[IVX]{1,5}[.)]|(?:cap[ií]tulo|chapter|chapitre)"
    r"[ \t]+\w{1,5}[.:]?)[ \t]+(?=[^\W\d])[^\n]{3,90}(?<![.;:,\d…])[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text: ``where`` is TITLE, ABSTRACT, FIRST_PAGE or BODY."""

    where: str
    text: str
    language: str | None

    def headings(self) -> tuple[tuple[int, int], ...]:
        """Where the numbered headings of the text stand."""
        if self.where not in (FIRST_PAGE, BODY):
            return ()
        return tuple(match.span() for match in _HEADING.finditer(self.text))


def segments(draft: Draft) -> list[Segment]:
    """The segments of ``draft`` that hold text. Where there is no abstract, the first page stands
    for it."""
    language = draft.given_language or draft.language
    found = [
        Segment(TITLE, draft.given_title or draft.title or "", language),
        Segment(ABSTRACT, draft.abstract or "", language),
    ]
    has_abstract = bool(draft.abstract and draft.abstract.strip())
    headers = _running_headers(draft.pages)
    for page in _without_end_matter(draft.pages):
        text = _without_acronym_list(page.text)
        lines = (line for line in text.splitlines() if _header_key(line) not in headers)
        first = page.number == draft.pages[0].number and not has_abstract
        where = FIRST_PAGE if first else BODY
        found.append(Segment(where, "\n".join(lines), page.language or language))
    return [segment for segment in found if segment.text.strip()]


def _header_key(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


def _running_headers(pages: Iterable[PageText]) -> frozenset[str]:
    """Lines that stand on three pages or more, page numbers aside: they are no content."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_header_key(line) for line in page.text.splitlines()} - {""})
    return frozenset(line for line, pages_with in seen.items() if pages_with >= _HEADER_PAGES)


def _without_end_matter(pages: tuple[PageText, ...]) -> tuple[PageText, ...]:
    """The pages up to the list of references or the annexes, whichever comes first.

    A heading in the first quarter is taken for a line of the table of contents if another one
    follows later; annexes are looked for in the second half only.
    """
    total = sum(len(page.text) for page in pages)
    references: list[tuple[int, int, int]] = []
    annexes: list[tuple[int, int, int]] = []
    before = 0
    for position, page in enumerate(pages):
        for pattern, found in ((_REFERENCES, references), (_ANNEX, annexes)):
            for match in pattern.finditer(page.text):
                found.append((before + match.start(), position, match.start()))
        before += len(page.text)
    later = [heading for heading in references if heading[0] >= total / 4] or references
    cuts = [*later[:1], *[heading for heading in annexes if heading[0] >= total / 2][:1]]
    if not cuts:
        return pages
    _, position, start = min(cuts)
    last = pages[position]
    return (*pages[:position], replace(last, text=last.text[:start]))


def _without_acronym_list(text: str) -> str:
    """The page without the lines of its list of acronyms, if it has one."""
    heading = _ACRONYM_LIST.search(text)
    if heading is None:
        return text
    rest = text[heading.end() :].splitlines()
    kept = (line for line in rest if not _ACRONYM_LINE.match(line))
    return "\n".join((text[: heading.start()], *kept))
