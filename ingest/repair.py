"""Undo what typesetting and extraction did to the words of a page.

Every step is a plain function from text to text; ``repair`` is their order. Repairing twice
changes nothing more.
"""

from __future__ import annotations

import re
import unicodedata

# Written for one eye but two code points: NFKC would tear ´ into a space and a combining
# accent, and would turn the ordinals of "1.º" and "M.ª" into the letters o and a.
_KEPT_FROM_NFKC = "´¨˜ˆ¸ºª"
_SEGMENTS = re.compile(f"([{_KEPT_FROM_NFKC}]+)")

# pdfium writes U+FFFE (pypdf sometimes U+00AD) for the hyphen at a line's end.
_LINE_END_HYPHEN = re.compile("[\ufffe\u00ad]\r?\n?")
# The hyphen stands first in the pattern because looking for it is what is fast.
_HYPHENATED = re.compile(
    r"[-\u2010]\n(?:(?<=[a-zà-öø-ÿ].\n)(?=[a-zà-öø-ÿ])"
    r"|(?<=[A-ZÀ-ÖØ-Þ]{2}.\n)(?=[A-ZÀ-ÖØ-Þ]{2}))",
    re.DOTALL,
)

_BULLETS = "\uf0b7\uf0a7\uf02d\uf0d8\uf076"  # of the fonts Symbol and Wingdings
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff0-\ufffb\uffff\ud800-\udfff]"
)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_NEWLINES = re.compile("\r\n?|[\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_BLANKS_AT_BREAK = re.compile(r" \n ?|\n ")
_MANY_BREAKS = re.compile(r"\n{3,}")

_COMBINING = {
    "´": "\u0301",
    "`": "\u0300",
    "¨": "\u0308",
    "˜": "\u0303",
    "ˆ": "\u0302",
    "¸": "\u0327",
}
_TAKES = {
    "´": "aeiouyAEIOUYı",
    "`": "aeiouAEIOU",
    "¨": "eiuyoaEIUYOAı",
    "˜": "naoNAO",
    "ˆ": "aeiouAEIOUı",
    "¸": "cC",
}
_MARK = re.compile("[´`¨˜ˆ¸]")
# "l´action", "d´ici", "qu´il", "it´s", "we´ll": an apostrophe typed with the accent key.
_ELISION = re.compile(r"\b(?:[cdjlmnst]|[Qq]u)´(?=[aeiouyhAEIOUYHÀ-ÿ])")
_CONTRACTION = re.compile(r"(?<=[^\W\d_aeiou])´(?=(?:s|t|d|m)\b)|(?<=[a-z])´(?=(?:re|ve|ll)\b)")
# Some fonts leave the mark a blank away on either side: "Laszl ´ o".
_APART = re.compile(r"(?<=[^\W\d_]) ([´ˆ]) (?=[aeiouı])|(?<=[^\W\d_]) (˜) (?=[nao])")
# Signs that a text was typeset with marks of their own, each before or after its letter.
_MARK_BEFORE = re.compile(
    r"[^\W\d_]{2}(?:[´`¨ˆ](?=[aeiouı])|˜(?=[nao])|¸(?=c))|[´¨ˆ]ı", re.IGNORECASE
)
_MARK_AFTER = re.compile(r"(?:[aeiou][´`¨ˆ]|[nao]˜(?!n)|c¸)(?![aeiouı]|s\b)", re.IGNORECASE)


def repair(text: str) -> str:
    """The page's text as a reader would write it down; '' stays ''."""
    text = _LINE_END_HYPHEN.sub("", text)
    text = _INVISIBLE.sub("", _NEWLINES.sub("\n", text))
    text = _PRIVATE.sub(lambda match: "•" if match[0] in _BULLETS else " ", text)
    text = rejoin_accents(tidy_blanks(_compose(text)))
    text = tidy_blanks(_compose(text))
    return rejoin_words(text)


def _compose(text: str) -> str:
    """NFKC (ligatures, full-width and presentation forms), sparing the marks we read ourselves."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    parts = _SEGMENTS.split(text)
    parts[::2] = [unicodedata.normalize("NFKC", part) for part in parts[::2]]
    return "".join(parts)


def rejoin_accents(text: str) -> str:
    """'L´opez' and 'Lo´pez' → 'López', 'Garc´ıa' → 'García', 'a˜no' → 'año'."""
    for _ in range(5):  # what is settled can show the convention of what is left
        if not _MARK.search(text) or (settled := _settle_all(text)) == text:
            return text
        text = settled
    return text


def _settle_all(text: str) -> str:
    text = _APART.sub(lambda m: m[1] or m[2], text)
    before, after = len(_MARK_BEFORE.findall(text)), len(_MARK_AFTER.findall(text))
    if not before:
        text = _CONTRACTION.sub("'", _ELISION.sub(lambda m: m[0][:-1] + "'", text))
    signs = list(text)
    for match in _MARK.finditer(text):
        _settle(signs, match.start(), follows=after > before)
    return "".join(signs)


def _settle(signs: list[str], at: int, *, follows: bool) -> None:
    """Put the mark at ``at`` on one of its neighbours, if on any; the others stay as they are."""
    mark = signs[at]
    left = signs[at - 1] if at else ""
    right = signs[at + 1] if at + 1 < len(signs) else ""
    if left in _TAKES or right in _TAKES:
        return  # two marks in a row are no accent of our languages
    if mark == "`" and not (left.isalpha() and right.isalpha()):
        return  # a quotation mark of program text
    on_right = right != "" and right in _TAKES[mark]
    # A capital after the mark is a new name part: O´Donnell keeps its apostrophe.
    on_left = left != "" and left in _TAKES[mark] and not right.isupper()
    if on_right and not (on_left and follows):
        signs[at : at + 2] = "", _accented(right, mark)
    elif on_left and (follows or right not in {"s", "d", "t", "m"}):
        signs[at - 1 : at + 1] = _accented(left, mark), ""
    elif mark == "´":
        signs[at] = "'"


def _accented(letter: str, mark: str) -> str:
    base = "i" if letter == "ı" else letter
    return unicodedata.normalize("NFC", base + _COMBINING[mark])


def tidy_blanks(text: str) -> str:
    """One space between words, none at a line's ends, at most one empty line."""
    text = _BLANKS_AT_BREAK.sub("\n", _BLANKS.sub(" ", text))
    return _MANY_BREAKS.sub("\n\n", text).strip()


def rejoin_words(text: str) -> str:
    """'pala-\\nbra' → 'palabra'; 'Centro-\\nAmérica' and '2020-\\n2030' keep their hyphen."""
    return _HYPHENATED.sub("", text)
