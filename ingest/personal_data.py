"""Tells which pages may hold personal data, for people to look before anything is made public.

Only kind, page and count are kept, never what was found: a warning must not be a second copy.
Formats are those of the member states' documents and telephone numbers, and of what registers
asylum (UNHCR, COMAR and their like).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ingest.draft import Draft, PersonalData, PersonalDataKind

_BEFORE = 60  # letters before a number that may tell what it is
_AROUND = 120  # letters before a case's number that may tell that it is one of asylum

_FIVE_DIGITS = re.compile(r"""\d(?:[ .\-/)°'’′"”″]{0,2}[A-Z]{0,5}\d){4,}""")

_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@[\w-]+(?:\.[\w-]+)+")
# The address of an office is nobody's: it is meant to be known.
_OFFICE = re.compile(
    r"(?:info\w*|contact\w*|contato|prensa|press|presse|imprensa|media|medios|comunica\w*|"
    r"secretar\w*|secretariat|oficina\w*|office|admin\w*|webmaster|hola|hello|help\w*|ayuda|"
    r"recepcion|rrhh|rh|hr|direccion|atencion\w*|consultas?|library|biblioteca|editor\w*|revista|"
    r"publica\w*|newsletter|soporte|support|general|correo|mail|noreply|no-reply|ventas|empleo\w*)"
    r"(?:[._-].*)?",
    re.IGNORECASE,
)

_CALLING_CODE = re.compile(
    r"(?<![\w+])(?:\+|00)\d{1,3}[ .\-]?(?:\(\d{1,4}\)[ .\-]?)?\d{1,4}(?:[ .\-]?\d{2,4}){1,4}(?!\w)"
)
_LOCAL_NUMBER = re.compile(
    r"(?<![\w.,/+-])(?:\(\d{2,3}\)[ ]?)?\d{2,4}(?:[ .\-]?\d{2,4}){1,4}(?![\w/]|[.,-]\d)"
)
_DIGITS_OF_A_PHONE = range(7, 16)
_TELEPHONE = re.compile(
    r"\b(?:tel(?:[eé]f(?:onos?)?|efones?|[eé]phones?|ephones?)?|cel(?:ular(?:es)?)?|m[oó]vil|"
    r"whats ?app|wasap|phones?|mobile|cell|call|ll[aá]m[ae](?:r|nos|me)?|llamar|ligar|"
    r"appel(?:er|ez)|signal|telegram|sms)\b",
    re.IGNORECASE,
)
_A_LINE = re.compile(
    r"\b(?:prensa|press|imprensa|presse|conmutador|centralita|pbx|switchboard|call cent(?:er|re)|"
    r"l[ií]nea (?:gratuita|de ayuda|de atenci[oó]n|nacional)|hotline|helpline|toll[- ]free|fax|"
    r"emergencias?|emergency)\b",
    re.IGNORECASE,
)

_DOCUMENTS = re.compile(
    r"(?<![\w/.-])(?:"
    r"\d{8}-\d"  # DUI, El Salvador
    r"|\d{4}[ -]\d{5}[ -]\d{4}"  # DPI and CUI, Guatemala
    r"|\d{4}-\d{4}-\d{5}"  # DNI, Honduras
    r"|[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d"  # CURP, Mexico
    r"|[1-9]-\d{4}-\d{4}"  # cédula, Costa Rica
    r"|\d{3}-\d{2}[A-Z]\d{5}"  # registration of UNHCR
    r"|A[ -]?\d{3}[ -]?\d{3}[ -]?\d{2,3}"  # A-number, United States
    r")(?![\w/-])"
)
_NUMBERED = re.compile(
    r"(?<![\w/.-])(?:"
    r"(?:PE|E|N|\d{1,2})-\d{1,4}-\d{1,6}"  # cédula, Panama
    r"|[A-Z]{1,3}[ -]?\d{5,9}"  # passport
    r"|\d{4}[ -]?\d{4}[ -]?\d{4,5}|\d{4}[ -]\d{5}[ -]\d{4}|\d{8}-?\d|\d{9,13}"
    r"|\d-?\d{3,4}-?\d{4}|\d{3}-\d{2}-\d{4}"
    r")(?![\w/-])"
)
_A_DOCUMENT = re.compile(
    r"\b(?:pasaporte|passaporte|passport|passeport|c[eé]dula|ced\.|identidad|identity|identit[eé]|"
    r"identidade|identificaci[oó]n|documento(?: [uú]nico)?|d\.?n\.?i|dui|dpi|cui|curp|dimex|"
    r"social security|seguro social|carn[eé]t?|residen(?:cia|ce|te|t)|a-?number|alien)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?<!\bn[oº])\.\s|[;\n]\s", re.IGNORECASE)
_CASE = re.compile(
    r"\b(?:expedientes?|exp\.|casos?|case|file|dossier|processo|solicitud|folio|claim)\s*+"
    r"(?:n(?:[uú]m(?:ero)?|umber|[o°º])?[.°º]*+|#|:)?\s*+:?\s*+"
    r"(?-i:(?:[A-Z]{2,8}+[ /-]?)*+)\d[\d/-]{0,30}[/-][\d/-]{0,30}\d(?:[/-][A-Z]{2,6})*",
    re.IGNORECASE,
)
"""Nothing in it is tried in two ways: any words may follow *caso*."""
_OF_ASYLUM = re.compile(
    r"\b(?:asilo|refugi\w+|r[eé]fugi\w+|asylum|asile|elegib\w+|eligib\w+|comar|onpar|conare|coder|"
    r"protecci[oó]n internacional|solicitante\w*|requerente\w*|demandeu\w+)\b",
    re.IGNORECASE,
)
_COORDINATES = re.compile(
    r"(?<![\w.])-?\d{1,2}\.\d{4,}\s*[,;/ ]\s*-?\d{2,3}\.\d{4,}(?!\w)"
    r"|\d{1,3}\s?°\s?\d{1,2}\s?['’′]\s?(?:\d{1,2}(?:[.,]\d+)?\s?(?:[\"”″]|['’′]{2}))?\s?[NS]\b"
)


def warn_of_personal_data(draft: Draft) -> Draft:
    """``draft`` with what its pages and title may hold, by kind and page. Never raises.

    Addresses of offices (info@, prensa@) and their lines are passed over.
    """
    found = [warning for page in draft.pages for warning in _on_page(page.number, page.text)]
    return replace(draft, personal_data=tuple(found))


def _on_page(number: int, text: str) -> Iterator[PersonalData]:
    numbers = _around_numbers(text)
    for kind, find in _SOUGHT.items():
        where = text if kind is PersonalDataKind.EMAIL else numbers
        if count := sum(1 for _ in find(where)):
            yield PersonalData(kind, number, count)


def _around_numbers(text: str) -> str:
    """The stretches of ``text`` with five digits or more in a row: all that is looked at for
    numbers, since most pages have next to none."""
    spans: list[tuple[int, int]] = []
    for match in _FIVE_DIGITS.finditer(text):
        start, end = max(0, match.start() - _AROUND), match.end() + _AROUND
        if spans and start <= spans[-1][1]:
            start, _ = spans.pop()
        spans.append((start, end))
    return "\n\n".join(text[start:end] for start, end in spans)


def _emails(text: str) -> Iterator[str]:
    if "@" in text:
        yield from (match[1] for match in _EMAIL.finditer(text) if not _OFFICE.fullmatch(match[1]))


def _phones(text: str) -> Iterator[str]:
    taken = [match.span() for match in _DOCUMENTS.finditer(text)]
    for match in _CALLING_CODE.finditer(text):
        if _is_apart(match, taken) and _is_a_phone(match) and not _has_before(_A_LINE, match):
            yield match[0]
        taken.append(match.span())
    # Without a calling code only a word says that a number is one of a telephone.
    for word in _TELEPHONE.finditer(text):
        near = _LOCAL_NUMBER.search(text, word.end(), word.end() + _BEFORE)
        if near is None or not _is_apart(near, taken):
            continue
        if _is_a_phone(near) and not _has_before(_A_LINE, near):
            taken.append(near.span())
            yield near[0]


def _is_apart(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return not any(start < match.end() and match.start() < end for start, end in spans)


def _is_a_phone(match: re.Match[str]) -> bool:
    return sum(map(str.isdigit, match[0])) in _DIGITS_OF_A_PHONE


def _has_before(words: re.Pattern[str], match: re.Match[str], far: int = _BEFORE) -> bool:
    """Whether any of ``words`` stands on the line before ``match``, within ``far`` letters."""
    before = match.string[max(0, match.start() - far) : match.start()]
    return words.search(before) is not None


def _identity_documents(text: str) -> Iterator[str]:
    spans: list[tuple[int, int]] = []
    for match in _all_documents(text):
        if _is_apart(match, spans):
            spans.append(match.span())
            yield match[0]


def _all_documents(text: str) -> Iterator[re.Match[str]]:
    yield from _DOCUMENTS.finditer(text)
    # What could be any number is one of a document only right after a word for documents.
    for word in _A_DOCUMENT.finditer(text):
        near = _NUMBERED.search(text, word.end(), word.end() + _BEFORE)
        if near is not None and not _ENDS.search(text, word.end(), near.start()):
            yield near
    for match in _CASE.finditer(text):
        if _OF_ASYLUM.search(text, max(0, match.start() - _AROUND), match.end() + _AROUND):
            yield match


def _coordinates(text: str) -> Iterator[str]:
    yield from (match[0] for match in _COORDINATES.finditer(text))


_SOUGHT: dict[PersonalDataKind, Callable[[str], Iterator[str]]] = {
    PersonalDataKind.EMAIL: _emails,
    PersonalDataKind.PHONE: _phones,
    PersonalDataKind.IDENTITY_DOCUMENT: _identity_documents,
    PersonalDataKind.COORDINATES: _coordinates,
}
