"""Words as they are compared: small, without accents, and, for labels, without articles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

WORD = re.compile(r"[\w\u0300-\u036f\u00ad]+|[^\w\s,'’\"“”‘`´+/&*\-‐‑–—]|\n\s*\n")
"""A word, or a sign that ends a phrase. Signs within a phrase (a comma, a hyphen) are no words."""

# None: the word is left out, for a label is the same with an article and without. Prepositions
# that swallow an article stand for themselves.
_PLAIN: dict[str, dict[str, str | None]] = {
    "es": {
        **dict.fromkeys(("el", "la", "los", "las", "lo", "un", "una", "unos", "unas")),
        "del": "de",
        "al": "a",
    },
    "en": dict.fromkeys(("the", "a", "an")),
    "pt": {
        **dict.fromkeys(("o", "a", "os", "as", "um", "uma")),
        **dict.fromkeys(("do", "da", "dos", "das"), "de"),
        **dict.fromkeys(("no", "na", "nos", "nas"), "em"),
        **dict.fromkeys(("ao", "aos"), "a"),
        **dict.fromkeys(("pelo", "pela", "pelos", "pelas"), "por"),
    },
    "fr": {
        **dict.fromkeys(("le", "la", "les", "l", "un", "une")),
        **dict.fromkeys(("du", "des", "d"), "de"),
        **dict.fromkeys(("au", "aux"), "a"),
    },
}


@lru_cache(maxsize=16384)
def fold(word: str) -> str:
    """Small letters without accents; ñ stays, for *año* is not *ano*."""
    folded = word.casefold().replace("\u00ad", "")
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFC", folded))
    bare = decomposed.replace("n\u0303", "ñ")
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def folded_words(text: str) -> tuple[str, ...]:
    """The words of ``text``, folded."""
    return tuple(map(fold, WORD.findall(text)))


@cache
def words_of(phrase: str) -> tuple[str, ...]:
    """The same of a phrase of the vocabulary, remembered."""
    return folded_words(phrase)


def plain_words(language: str | None) -> dict[str, str | None]:
    """Folded words of ``language`` that are compared as another word, or (None) left out."""
    return _PLAIN.get(language or "", {})


@cache
def label_words(phrase: str, language: str | None) -> tuple[str, ...]:
    """The words of a label of ``language`` as they are compared: *derecho al trabajo* is
    ``("derecho", "a", "trabajo")``."""
    return tuple(_plain(words_of(phrase), plain_words(language)))


def _plain(words: Iterable[str], plain: dict[str, str | None]) -> Iterable[str]:
    for word in words:
        kept = plain.get(word, word)
        if kept is not None:
            yield kept


def contains(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Whether the words of ``phrase`` follow one another somewhere in ``words``."""
    if len(phrase) == 1:
        return phrase[0] in words
    if phrase[0] not in words:
        return False
    return any(words[i : i + len(phrase)] == phrase for i in range(len(words)))
