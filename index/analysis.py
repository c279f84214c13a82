"""From text to terms, the same for every engine and for the sentences shown.

The chain per language is fold (case, accents; ñ kept) -> stop words -> Snowball stem. Folding
comes first so that a reader who types no accents finds the same pages. One tokenisation feeds
the stemmed field (positions count every token, stop words included) and its exact companion.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import Stemmer

LANGUAGES = ("es", "en", "pt", "fr")
LONGEST = 64
"""Characters of a token that count; longer ones are debris of extraction."""

_VERSION = 1
_KEPT_WORDS = 150_000

# U+00AD (soft hyphen) and combining accents belong to the word they stand in.
_TOKEN = re.compile("[^\\W_][^\\W_\u0300-\u036f\u00ad]*(?:[\u0300-\u036f\u00ad]+[^\\W_]*)*")
# l'asile, qu'elle, d'água; women's, don't. Blanked out, never cut, so that offsets stay.
_APOSTROPHES = ("'", "’", "ʼ")
_CLITIC = re.compile(
    "(?<![\\w\u0300-\u036f])(?:[cdjlmnst]|qu)['’ʼ](?=\\w)"
    "|(?<=[\\w\u0300-\u036f])['’ʼ](?:s|t|d|m|ll|re|ve)(?![\\w\u0300-\u036f])",
    re.IGNORECASE,
)
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "œ": "oe", "æ": "ae", "ı": "i"})

# Function words only. Negations stay out (no devolución, non accompagnés), and so do words
# that are also nouns of this field (estado, été) or names (US, WHO).
_STOP = {
    "es": """a ante bajo con contra de del desde durante en entre hacia hasta mediante para por
    según sobre tras el la los las lo un una unos unas al y e o u ni que quien quienes cual cuales
    cuyo cuya cuyos cuyas como cuando donde si pero mas sino porque pues aunque este esta estos
    estas esto ese esa esos esas eso aquel aquella aquellos aquellas aquello yo tú él ella ello
    nosotros nosotras ustedes ellos ellas me te se nos os le les mi mis tu tus su sus nuestro
    nuestra nuestros nuestras es son era eran fue fueron ser sido siendo sea sean está están
    estaba estaban ha han había habían haber he hay más muy ya también así todo toda todos todas
    otro otra otros otras cada tan tanto""",
    "en": """a an the and or but if of at by for with about against between into through during
    to from in on off over under above below up down out as than then so nor this that these
    those i me my we our ours you your yours he him his she her hers it its they them their
    theirs what which whom whose when where why how is am are was were be been being have has had
    having do does did doing will would shall should can could may might must there here all any
    both each few more most other some such own same too very just also because while until
    although though don doesn didn isn aren wasn weren hasn haven hadn won wouldn shouldn couldn""",
    "pt": """a o as os um uma uns umas de do da dos das dum duma em no na nos nas num numa por
    pelo pela pelos pelas para com contra desde entre até sob sobre após perante ao aos à às e ou
    nem que quem qual quais cujo cuja cujos cujas como quando onde se mas porém porque pois embora
    este esta estes estas isto esse essa esses essas isso aquele aquela aqueles aquelas aquilo
    deste desta destes destas desse dessa desses dessas neste nesta nestes nestas nesse nessa eu
    tu ele ela nós eles elas me te lhe lhes meu minha meus minhas teu tua seu sua seus suas nosso
    nossa nossos nossas é são era eram foi foram ser sido sendo seja sejam está estão estava
    estavam há tem têm mais muito já também assim todo toda todos todas outro outra outros outras
    cada tão""",
    "fr": """le la les l un une des du de d au aux à en dans par pour avec chez contre depuis
    entre vers sous sur et ou où ni mais donc or car que qu qui quoi dont lequel laquelle lesquels
    lesquelles comme quand si ce cet cette ces c ceci cela ça celui celle ceux celles je j tu il
    elle on nous vous ils elles me m te t se s lui leur leurs y mon ma mes ton ta tes son sa ses
    notre nos votre vos est sont était étaient être sera seront soit soient fut furent ai as a ont
    avait avaient avoir ayant aura auront plus très aussi ainsi tout toute tous toutes autre
    autres chaque même mêmes parce afin n""",
}
# Pairs that Snowball would merge although they mean different things to these readers.
_EXCEPTIONS = {
    "es": {
        **dict.fromkeys(("mara", "maras"), "mara"),
        **dict.fromkeys(("caso", "casos"), "caso"),
        **dict.fromkeys(("mesa", "mesas"), "mesa"),
        **dict.fromkeys(("costa", "costas"), "costa"),
        **dict.fromkeys(("marca", "marcas"), "marca"),
        **dict.fromkeys(("acta", "actas"), "acta"),
        **dict.fromkeys(("plaza", "plazas"), "plaza"),
        **dict.fromkeys(("puerta", "puertas"), "puerta"),
        "trata": "trata",
    },
    "en": {
        **dict.fromkeys(("labour", "labours"), "labor"),
        **dict.fromkeys(("programme", "programmes"), "program"),
        **dict.fromkeys(("centre", "centres"), "center"),
        **dict.fromkeys(("important", "importantly"), "important"),
        **dict.fromkeys(("woman", "women"), "woman"),
        **dict.fromkeys(("child", "children"), "child"),
    },
    "pt": dict.fromkeys(("caso", "casos"), "caso"),
    "fr": {},
}
# Snowball expects accents in a few endings; after folding the plural is led to the singular.
_ENDINGS = {
    "es": ((re.compile(r"(?<=[vmgd])enes$"), "en"),),
    "en": (
        (re.compile(r"(?<=\w{3})isation"), "ization"),
        (
            re.compile(
                r"^(criminal|legal|marginal|mobil|natural|normal|organ|priorit|recogn|regular"
                r"|stabil|summar|util|victim)is(?=e|ing)"
            ),
            r"\1iz",
        ),
    ),
    "pt": (
        (re.compile(r"(?<=\w{2})[oa]es$"), "ao"),
        (re.compile(r"(?<=\w{3}a)is$"), "l"),
        (re.compile(r"(?<=ve)is$"), "l"),
    ),
    "fr": ((re.compile(r"(?<=\w{2}e)es?$"), ""),),
}
_SNOWBALL = {"es": "spanish", "en": "english", "pt": "portuguese", "fr": "french"}


class Term(NamedTuple):
    """How one token is found: its stem in a language and its exact folded form.

    Both are empty for a stop word, which is not indexed but keeps its position.
    """

    stem: str
    exact: str


NO_TERM = Term("", "")


def tokenise(text: str) -> list[str]:
    """The words of a text as written, in order. "asylum-seekers" is two, "l'asile" one."""
    return _TOKEN.findall(without_clitics(text))


def token_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The same tokens with where each starts and ends in ``text``."""
    return spans_from(without_clitics(text), 0)


def spans_from(clean: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Tokens and where they stand, from ``start`` on, in a text without clitics."""
    for match in _TOKEN.finditer(clean, start):
        yield match.group(), match.start(), match.end()


def next_token(clean: str, start: int) -> tuple[str, int, int] | None:
    """The first of them."""
    match = _TOKEN.search(clean, start)
    return (match.group(), match.start(), match.end()) if match else None


def without_clitics(text: str) -> str:
    """The text with spaces for what is no word of its own (l', 's); offsets stay."""
    if any(mark in text for mark in _APOSTROPHES):
        return _CLITIC.sub(lambda match: " " * len(match.group()), text)
    return text


def fold(token: str) -> str:
    """A token without case and accents, ñ kept; letters and digits only."""
    text = unicodedata.normalize("NFKC", token).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFD", text).replace("n\u0303", "ñ").translate(_PLAIN)
    if not text.isalnum():
        text = "".join(filter(str.isalnum, text))
    return text[:LONGEST]


STOP_WORDS = {
    language: frozenset(fold(word) for word in words.split()) for language, words in _STOP.items()
}


def stem(folded: str, language: str) -> str:
    """The Snowball stem of a folded word. Codes and numbers (P4, 2026) stay as they are."""
    if not folded.isalpha():
        return folded
    known = _EXCEPTIONS[language].get(folded)
    if known is not None:
        return known
    for ending, regular in _ENDINGS[language]:
        folded = ending.sub(regular, folded)
    # A Stemmer keeps state while it works and threads share it.
    with _stemming:
        stemmed: str = _stemmers[language].stemWord(folded)
    return stemmed


_stemming = threading.Lock()
_stemmers = {
    language: Stemmer.Stemmer(algorithm, maxCacheSize=0)
    for language, algorithm in _SNOWBALL.items()
}


class _Terms(dict[str, Term]):
    """Each distinct written word is folded, stopped and stemmed once per process."""

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, token: str) -> Term:
        if len(self) >= _KEPT_WORDS:
            self.clear()
        term = self[token] = self._analyse(token)
        return term

    def _analyse(self, token: str) -> Term:
        exact = fold(token)
        if self._language is None:
            return Term(exact, exact)
        if exact in STOP_WORDS[self._language]:
            return NO_TERM
        return Term(stem(exact, self._language) or exact, exact)


_terms = {language: _Terms(language) for language in LANGUAGES}
_folded_only = _Terms(None)


def terms_in(language: str | None) -> dict[str, Term]:
    """The mapping from written token to Term in a language; unknown ones are only folded."""
    return _terms.get(language or "", _folded_only)


def analyse(text: str, language: str | None) -> list[Term]:
    """The terms of a text in order; a term's place in the list is its position."""
    return list(map(terms_in(language).__getitem__, tokenise(text)))


Slots = tuple[tuple[int, tuple[str, ...]], ...]
"""A phrase: offset from its first word, and the stems any of which may stand there."""


def slots(words: Sequence[str], language: str | None) -> Slots:
    """The indexed words of a phrase; stop words are left out and keep their place.

    Both the stem and the folded word fit a slot: pages of an unknown language hold the latter.
    At least one word must not be a stop word.
    """
    known = terms_in(language)
    found = [
        (at, tuple(dict.fromkeys(known[word])))
        for at, word in enumerate(words)
        if known[word].exact
    ]
    first = found[0][0]
    return tuple((at - first, forms) for at, forms in found)


def different_slots(words: Sequence[str], language: str | None) -> tuple[tuple[str, ...], ...]:
    """The indexed words of a phrase in no order: of each, the forms any of which may stand for
    it. Words of one stem are one. At least one word must not be a stop word.
    """
    by_stem: dict[str, tuple[str, ...]] = {}
    for _, (stem, *exact) in slots(words, language):
        by_stem[stem] = tuple(dict.fromkeys((stem, *by_stem.get(stem, ()), *exact)))
    return tuple(by_stem.values())


def is_stop_word(token: str, language: str | None) -> bool:
    """Whether a written token is not indexed in a language. Unknown languages have none."""
    return not terms_in(language)[token].exact


def fingerprint() -> str:
    """Changes whenever the same text could give other terms: an index must be rebuilt then."""
    rules = {name: [(e.pattern, r) for e, r in endings] for name, endings in _ENDINGS.items()}
    stops = {language: sorted(words) for language, words in STOP_WORDS.items()}
    parts = (_VERSION, _TOKEN.pattern, _CLITIC.pattern, LONGEST, stops, _EXCEPTIONS, rules)
    text = repr((*parts, sorted(_SNOWBALL.items()), Stemmer.version()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
