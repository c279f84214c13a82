"""What a document says of itself: title, authors, year, DOI, ISBN, abstract.

All of it is a suggestion for the form that a person confirms. /Author is never read: it holds
log-in names and the names of people who did not choose to be named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from stdnum import isbn

from ingest.draft import Draft, PageText

TITLE_CHARS = 300
ABSTRACT_CHARS = 2_000
ABSTRACT_LEAST = 120
OLDEST_YEAR = 1900

_JUNK_TITLE = re.compile(
    r"""^(?:microsoft\s|powerpoint\s|adobe\s|untitled|sin\ t[ií]tulo|sem\ t[ií]tulo|sans\ titre
    |documento?\s?\d*$|layout\s?\d|binder|slide\s?\d|presentaci[oó]n\s?\d*$|presentation\s?\d*$
    |page\s?\d|p[aá]gina\s?\d|title$|t[ií]tulo$|\d+\)|\W|array\(|print\s|scan|img[_\d])
    |\.(?:docx?|pdf|indd|qxd|pptx?|xlsx?|rtf|odt|tex|dvi|cdr|ai|pmd|p65|wpd|txt|html?)$""",
    re.IGNORECASE | re.VERBOSE,
)
_MASTHEAD = re.compile(
    r"""^(?:\W*\d[\d\s./-]*(?:de|of)?\s?\d*\W*$|p[aá]g(?:ina|e)?\.?\s?\d|page\s?\d
    |diario\ oficial|gaceta|poder\ (?:ejecutivo|legislativo|judicial)|segunda\ secci[oó]n
    |secretar[ií]a\ (?:de|general)|ministerio\ de|minist[eè]re|c[aá]mara\ de\ diputados
    |presidencia\ de\ la|rep[uú]blica\ de|government\ of|department\ of|gobierno\ de
    |federal\ register|official\ journal|journal\ officiel|journal\ of|boletín\ oficial
    |www\.|https?:|issn|isbn|doi|vol(?:ume|umen)?\.?\s?\d|n[º°o]\.?\s?\d|reproduced\ from
    |copyright|©|confidential|confidencial|draft$|borrador$|universidad|university|universit[eé]
    |universidade|facultad\ de|documentos?\ de\ trabajo|working\ paper|policy\ brief$
    |(?:table|tabla)\ of\ contents|[ií]ndice$|contenido$|contents$|sum[aá]rio$)""",
    re.IGNORECASE | re.VERBOSE,
)
_DATED_LINE = re.compile(
    r"""^(?:(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|monday|tuesday|wednesday
    |thursday|friday|saturday|sunday)\b.*\d{4}.*|\d{1,2}\ (?:de\ )?[a-zéû]+\ (?:de\ |del\ )?\d{4}
    |[a-zç]+\ (?:de\ |del\ )?\d{4})$""",
    re.IGNORECASE | re.VERBOSE,
)
_YEAR = re.compile(r"(?<![\d.,/-])((?:19|20)\d{2})(?![\d,]|[-–/]\d|\.\d)")
_MONTH_YEAR = re.compile(
    r"""(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre
    |diciembre|january|february|march|april|may|june|july|august|september|october|november
    |december|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro
    |janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre
    |copyright|©|\(c\))(?:\s+\d{1,2},)?(?:\s+del?)?\s+((?:19|20)\d{2})\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DOI = re.compile(r"\b(?:doi\.org/|doi:?\s*)(10\.\d{4,9}/[^\s\"<>]+)", re.IGNORECASE)
_ISBN = re.compile(r"\bISBN(?:-1[03])?:?\s*((?:97[89][\s‐–-]?)?(?:\d[\s‐–-]?){9}[\dXx])\b")
_REFERENCES = re.compile(
    r"^\W*(?:\d+\.?\s*)?(?:references|referencias|bibliograf[ií]a|bibliography|refer[eê]ncias"
    r"|r[eé]f[eé]rences|works cited|literature cited)\b.{0,20}$",
    re.IGNORECASE | re.MULTILINE,
)
_ABSTRACT_HEAD = re.compile(
    r"^\W*(?:\d+\.?\s*)?(?:resumen(?: ejecutivo)?|abstract|executive summary|summary"
    r"|resumo(?: executivo)?|r[eé]sum[eé](?: exécutif)?|sumario ejecutivo|sinopsis)"
    r"\s*(?:[:.—–-]+\s*|\n)",
    re.IGNORECASE | re.MULTILINE,
)
_ABSTRACT_END = re.compile(
    r"^\W*(?:palabras[ -]claves?|key ?words|palavras[ -]chave|mots[ -]cl[eé]s?|introducci[oó]n"
    r"|introduction|introdução|[ií]ndice|contents|contenido|tabla de contenido|abstract|resumen"
    r"|resumo|r[eé]sum[eé]|jel|1\.?\s+[A-ZÁÉÍÓÚÑ])\b",
    re.IGNORECASE | re.MULTILINE,
)
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")
_AUTHOR_LABEL = re.compile(
    r"^(?:autor(?:es|as|a|/a|\(es\)|\(a\))*|author(?:s|\(s\))?|auteure?s?|escrito por"
    r"|elaborad[oa] por|written by|prepared by|préparé par|elaborado por)\s*:\s*(.+)$",
    re.IGNORECASE,
)
# Without a colon these words open any sentence, so they count only right under the title.
_BYLINE = re.compile(
    r"^(?:by|por|par|written by|escrito por|autor(?:es|a)?)\s+(.+)$", re.IGNORECASE
)
_LINES_UNDER_TITLE = 4
_NAME = re.compile(
    r"^(?:[A-ZÁÉÍÓÚÑÇÂÊÔÃÕ][a-záéíóúñüçâêôãõèàëï'’-]+|[A-Z]\.)"
    r"(?:[ -](?:de|del|la|las|los|da|do|dos|das|y|van|von|[A-Z]\."
    r"|[A-ZÁÉÍÓÚÑÇÂÊÔÃÕ][a-záéíóúñüçâêôãõèàëï'’-]+)){1,5}$"
)
_NAME_BREAK = re.compile(r"\s*(?:,|;|&|\by\b|\band\b|\be\b|\bet\b)\s*")
_INSTITUTION = re.compile(
    r"\b(?:universi|instituto?|secretar|ministr|ministerio|fundaci|foundation|asociaci|associa"
    r"|naciones|nations|organiza|comisi|commission|comit|consejo|council|cent(?:ro|er|re)|group"
    r"|grupo|equipo|team|department|departamento|direcci|oficina|office|agenc|banco|bank|red"
    r"|network|gobierno|government|servicio|service|inc|ltd|observatorio)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SizedLine:
    """A line of the cover, with the height of its letters' boxes in points."""

    text: str
    size: float


@dataclass(frozen=True, slots=True)
class Cover:
    """Empty where the file was not opened again or pdfium cannot open it."""

    info_title: str = ""
    created_year: int | None = None
    lines: tuple[SizedLine, ...] = ()


def describe_text(draft: Draft) -> Draft:
    """``describe_with`` the text alone, for what has no file or one not to be opened again."""
    return describe_with(draft, Cover())


def describe_with(draft: Draft, cover: Cover) -> Draft:
    """Fill title, authors, year, DOI, ISBN and abstract from the file's cover and its text."""
    title = draft.given_title or find_title(cover, draft.pages)
    return replace(
        draft,
        title=title,
        authors=find_authors(title, draft.pages),
        year=find_year(draft.pages, cover.created_year),
        doi=find_doi(draft.pages),
        isbn=find_isbn(draft.pages),
        abstract=draft.given_abstract or find_abstract(draft.pages),
    )


def find_title(cover: Cover, pages: Sequence[PageText]) -> str | None:
    """/Title where it is plausible, else the cover's biggest lines, else its first line."""
    if is_plausible_title(cover.info_title, pages[:4]):
        return _one_line(cover.info_title)
    return title_by_size(cover.lines) or _first_line(pages)


def is_plausible_title(title: str, pages: Iterable[PageText]) -> bool:
    """No tool's default, at least two words, and most of them on the first pages."""
    words = _fold(title).split()
    if len(words) < 2 or not 8 <= len(title) <= TITLE_CHARS or _JUNK_TITLE.search(title.strip()):
        return False
    seen = set(_fold(" ".join(page.text for page in pages)).split())
    return sum(word in seen for word in words) >= 0.75 * len(words)


def title_by_size(lines: Sequence[SizedLine]) -> str | None:
    """The first run of the biggest lines that are no masthead, joined."""
    usable = [line for line in lines if _could_be_title(line.text)]
    if not usable:
        return None
    biggest = max(line.size for line in usable)
    start = next(at for at, line in enumerate(usable) if line.size >= 0.93 * biggest)
    run = [usable[start]]
    for line in usable[start + 1 : start + 5]:
        if line.size < 0.93 * biggest or _is_prose(line.text):
            break
        run.append(line)
    return _one_line(" ".join(line.text for line in run))


def _could_be_title(line: str) -> bool:
    letters = sum(map(str.isalpha, line))
    if letters < 4 or letters < 0.5 * len(line.replace(" ", "")):
        return False
    return not (_MASTHEAD.match(line) or _DATED_LINE.match(line))


def _is_prose(line: str) -> bool:
    """A line of running text: long, or going on in small letters after a sentence's end."""
    return len(line) > 90 or bool(re.search(r"[a-z]\. [A-Z]", line))


def _first_line(pages: Sequence[PageText]) -> str | None:
    for page in pages[:2]:
        for line in page.text.splitlines():
            if _could_be_title(line) and len(line) <= TITLE_CHARS:
                return _one_line(line)
    return None


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if len(line) <= TITLE_CHARS:
        return line
    return line[:TITLE_CHARS].rsplit(" ", 1)[0] + "…"


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^\w]+", " ", "".join(c for c in plain if not unicodedata.combining(c)))


def find_authors(title: str | None, pages: Sequence[PageText]) -> tuple[str, ...]:
    """Names after a label ('Autoras: …') or under the title ('By …'): all else is too unsure."""
    for page in pages[:2]:
        lines = [line for line in page.text.splitlines()[:60] if len(line) <= 200]
        labelled = [match for line in lines if (match := _AUTHOR_LABEL.match(line))]
        under = [match for line in _under_title(title, lines) if (match := _BYLINE.match(line))]
        for match in (*labelled, *under):
            names = [name for name in _NAME_BREAK.split(match[1].strip(" .")) if name]
            if names and all(_NAME.match(n) and not _INSTITUTION.search(n) for n in names):
                return tuple(names)
    return ()


def _under_title(title: str | None, lines: Sequence[str]) -> Sequence[str]:
    whole = _fold(title or "").strip()
    held = [
        at for at, line in enumerate(lines[:40]) if len(line) > 3 and _fold(line).strip() in whole
    ]
    return lines[held[-1] + 1 : held[-1] + 1 + _LINES_UNDER_TITLE] if held else ()


def find_year(pages: Sequence[PageText], created: int | None) -> int | None:
    """A month or © with its year on the cover, else the cover's latest year, else /CreationDate.

    Years to come (of plans and targets) and both ends of a range are not a publication's year.
    """
    this_year = datetime.now(UTC).year
    for text in (page.text for page in pages[:3]):
        for pattern in (_MONTH_YEAR, _YEAR):
            years = [int(year) for year in pattern.findall(text)]
            plausible = [year for year in years if OLDEST_YEAR <= year <= this_year]
            if plausible:
                return max(plausible)
    return created if created and OLDEST_YEAR <= created <= this_year else None


def find_doi(pages: Sequence[PageText]) -> str | None:
    """The first labelled DOI of the first three pages, before any list of references."""
    for page in pages[:3]:
        text = _REFERENCES.split(page.text, maxsplit=1)
        match = _DOI.search(text[0])
        if match:
            return match[1].rstrip(".,;:)]}'»”").lower()
        if len(text) > 1:
            return None
    return None


def find_isbn(pages: Sequence[PageText]) -> str | None:
    """The first ISBN with a right check digit on the first six or last two pages, as ISBN-13."""
    for page in (*pages[:6], *pages[6:][-2:]):
        for match in _ISBN.finditer(page.text):
            number = re.sub(r"[^\dXx]", "", match[1]).upper()
            if isbn.is_valid(number):
                return str(isbn.to_isbn13(number))
    return None


def find_abstract(pages: Sequence[PageText]) -> str | None:
    """The text under the first heading 'Resumen', 'Abstract' and the like, up to 2,000 signs."""
    for page in pages[:8]:
        for head in _ABSTRACT_HEAD.finditer(page.text):
            body = page.text[head.end() :]
            end = _ABSTRACT_END.search(body, ABSTRACT_LEAST)
            text = " ".join(body[: end.start() if end else None].split())
            if len(text) >= ABSTRACT_LEAST and not _LEADERS.search(text[:400]):
                return _whole_sentences(text)
    return None


def _whole_sentences(text: str) -> str:
    if len(text) <= ABSTRACT_CHARS:
        return text
    cut = text[:ABSTRACT_CHARS]
    end = max(cut.rfind(". "), cut.rfind("? "), cut.rfind("! "))
    return cut[: end + 1] if end > ABSTRACT_CHARS // 2 else cut.rsplit(" ", 1)[0] + "…"
