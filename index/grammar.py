"""What a reader typed, as a small tree of values that every engine compiles.

    words "a phrase" -word  one OR other  prefix*  (a group)  "near one another"~5  misspeled~
    país:HN  tema:asylum  año:2020-2026  autor:García  título:"plan nacional"
    concepto:statelessness

Words narrow, OR (or O) widens and binds tighter, a minus excludes. Field names exist in Spanish
and English, with or without accents. Whatever is typed is a valid question: what makes no
sense is read as plain words or left out. At most MAX_TERMS terms are read, MAX_FUZZY of them
as words that may be misspelt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from index import analysis

MAX_TERMS = 32
MAX_FUZZY = 8
MAX_WITHIN = 50
MAX_EDITS = 2
WITHIN = 5
"""Words between where a phrase is closed by "~ without a number."""
MAX_TEXT = 4_000
_MAX_DEPTH = 8
_SHORTEST_PREFIX = 2


class Area(StrEnum):
    """Where a word is looked for."""

    ANYWHERE = "anywhere"
    TITLE = "title"
    AUTHORS = "authors"


@dataclass(frozen=True, slots=True)
class Word:
    """One token as typed; ``quoted`` where it was asked for as it stands."""

    text: str
    area: Area = Area.ANYWHERE
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow one another, stop words included.

    With ``within`` they may stand in any order with at most that many other tokens among them:
    all of them within some ``len(words) + within`` consecutive ones. A token that is asked for
    twice need not stand there twice.
    """

    words: tuple[str, ...]
    area: Area = Area.ANYWHERE
    within: int = 0


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every word that begins so."""

    text: str
    area: Area = Area.ANYWHERE


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Every word whose folded form is at most ``edits`` (1 or 2) changes away from this one's:
    a letter more, less or another, or two neighbours swapped (``index.spelling.is_near``)."""

    text: str
    edits: int
    area: Area = Area.ANYWHERE


@dataclass(frozen=True, slots=True)
class Concept:
    """Pages that name a concept or country of the vocabulary in whatever words, and documents
    tagged with it; only pages in ``languages``, where some are given ("" is an unknown one).
    ``weight``: what naming it is worth, against one word. ``narrower``: it stands for a broader
    one that was asked for."""

    id: str
    languages: tuple[str, ...] = ()
    weight: float = 1.0
    narrower: bool = False
    area: Area = Area.ANYWHERE


@dataclass(frozen=True, slots=True)
class Filter:
    """A facet of the document has one of the values, as typed."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of them; without parts, everything."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them; without parts, nothing."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """Any of them, worth what the best one is: ways of saying the same, which do not add up as
    those of Or do (Lucene's DisjunctionMaxQuery)."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """No page of the document has it."""

    part: Node


Term = Word | Phrase | Prefix | Fuzzy | Concept
Node = Term | Filter | And | Or | Either | Not
EVERYTHING = And()
NOTHING = Or()

FIELD_NAMES = {
    "country": ("país", "country"),
    "theme": ("tema", "theme"),
    "activity": ("actividad", "activity"),
    "priority": ("prioridad", "priority"),
    "year": ("año", "year"),
    "language": ("idioma", "language"),
    "source_kind": ("fuente", "source"),
    "document_kind": ("tipo", "kind"),
    "population": ("población", "population"),
    "concept": ("concepto", "concept"),
    "title": ("título", "title"),
    "authors": ("autor", "author"),
}
"""By facet or area, what is written before the colon: in Spanish, in English."""
_OTHER_NAMES = {"ano": "year", "autora": "authors"}
_NAMES = {
    **{analysis.fold(name): field for field, names in FIELD_NAMES.items() for name in names},
    **_OTHER_NAMES,
}
_CONCEPT = "concept"
_AREAS = {area.value: area for area in (Area.TITLE, Area.AUTHORS)}
_SIGNS = str.maketrans({**dict.fromkeys("“”„«»＂", '"'), "∼": "~"})
_PIECE = re.compile(
    r"""(?P<close>\))
    |(?P<minus>[-−])?(?:(?P<open>\()
      |(?:(?P<field>[^\W\d_]+):)?(?:"(?P<quoted>[^"]*)(?:"(?:~(?P<within>\d*))?)?|(?P<plain>[^\s"()]+)))""",
    re.VERBOSE,
)
# A fraction is how near Lucene once wanted words to be: read as no number.
_FUZZY = re.compile(r"~(?:\d*[.,]\d*|(?P<edits>\d*))$")


def parse(text: str) -> Node:
    """The tree of whatever was typed. Never raises; an empty text is EVERYTHING."""
    return _Reader(text).group(0)


class _Reader:
    """Reads pieces from left to right; ``_left`` is how many terms may still follow."""

    def __init__(self, text: str) -> None:
        composed = unicodedata.normalize("NFKC", text[:MAX_TEXT])[:MAX_TEXT]
        self._pieces = _PIECE.finditer(composed.translate(_SIGNS))
        self._left = MAX_TERMS
        self._fuzzy_left = MAX_FUZZY

    def group(self, depth: int) -> Node:
        """Everything up to the parenthesis that closes this group, or to the end."""
        groups: list[list[Node]] = []
        widen = exclude = False
        for piece in self._pieces:
            if piece["close"] and depth:
                break
            sign = None if piece["minus"] or piece["field"] else piece["plain"]
            if sign in ("OR", "O"):
                widen = bool(groups)
                continue
            if sign == "NOT":
                exclude = True
                continue
            node = self._operand(piece, sign, depth)
            if node == EVERYTHING:
                continue
            if exclude or piece["minus"]:
                node, exclude = Not(node), False
            if widen:
                groups[-1].append(node)
            else:
                groups.append([node])
            widen = False
        return all_of(any_of(group) for group in groups)

    def _operand(self, piece: re.Match[str], sign: str | None, depth: int) -> Node:
        if piece["open"] and depth < _MAX_DEPTH:
            return self.group(depth + 1)
        if piece["open"] or piece["close"] or sign == "AND" or self._left <= 0:
            return EVERYTHING
        if sign and sign.endswith(":") and analysis.fold(sign[:-1]) in _NAMES:
            return EVERYTHING
        node = self._named(piece) if piece["field"] else None
        if node is None:
            name = f"{piece['field']}:" if piece["field"] else ""
            node = self._text(piece, Area.ANYWHERE, name)
        return node

    def _named(self, piece: re.Match[str]) -> Node | None:
        """A field's filter or text; None where the name is none of ours (http://…)."""
        field = _NAMES.get(analysis.fold(piece["field"]))
        if field is None:
            return None
        if field in _AREAS:
            return self._text(piece, _AREAS[field])
        values = (piece["quoted"],) if piece["plain"] is None else piece["plain"].split(",")
        kept = tuple(value.strip() for value in values if value and value.strip())
        self._left -= 1
        if field == _CONCEPT:
            return any_of([Concept(value) for value in kept[:MAX_FUZZY]]) if kept else EVERYTHING
        return Filter(field, kept) if kept else EVERYTHING

    def _text(self, piece: re.Match[str], area: Area, before: str = "") -> Node:
        if piece["plain"] is None:
            words = self._words(before + piece["quoted"])
            if len(words) == 1:
                return Word(words[0], area, quoted=True)
            return phrase_of(words, area, _within(piece["within"]))
        if piece["plain"].isalpha() and self._left and not before:
            self._left -= 1
            return Word(piece["plain"], area)
        plain = piece["plain"].rstrip(",.;:")
        fuzzy = _FUZZY.search(plain)
        words = self._words(before + (plain[: fuzzy.start()] if fuzzy else plain))
        if not words:
            return EVERYTHING
        *others, last = words
        end: Node = Word(last, area)
        if plain.endswith("*"):
            end = Prefix(last, area)
        elif fuzzy and self._fuzzy_left > 0:
            end = fuzzy_of(last, fuzzy["edits"], area)
        if isinstance(end, Word) and any(not word.isalpha() for word in words):
            # A code such as P4-R4-A5 is one thing; asylum-seekers are two words.
            return phrase_of(words, area)
        self._fuzzy_left -= isinstance(end, Fuzzy)
        return all_of([*(Word(word, area) for word in others), end])

    def _words(self, text: str) -> tuple[str, ...]:
        words = tuple(analysis.tokenise(text))[: self._left]
        self._left -= len(words)
        return words


def phrase_of(words: tuple[str, ...], area: Area = Area.ANYWHERE, within: int = 0) -> Node:
    """A phrase, which a single word is not: it would lose its exact form."""
    if not words:
        return EVERYTHING
    return Word(words[0], area) if len(words) == 1 else Phrase(words, area, within)


def _within(typed: str | None) -> int:
    """How many other words may stand between; none where no ``~`` follows the phrase."""
    if typed is None:
        return 0
    return min(int(typed[:9]), MAX_WITHIN) if typed else WITHIN


def fuzzy_of(word: str, typed: str | None, area: Area = Area.ANYWHERE) -> Word | Fuzzy:
    """A word that may be misspelt. Without a number typed, a short word is taken as it stands:
    what is one letter away from it is mostly another word. Two letters stay in any case."""
    letters = analysis.fold(word)
    if not letters.isalpha():
        return Word(word, area)
    usual = 0 if len(letters) < 4 else 1 if len(letters) < 8 else MAX_EDITS
    edits = min(int(typed[:9]), MAX_EDITS, len(letters) - 2) if typed else usual
    return Fuzzy(word, edits, area) if edits > 0 else Word(word, area)


def all_of(nodes: Iterator[Node] | list[Node]) -> Node:
    """And, flat and without repetition."""
    parts: dict[Node, None] = {}
    for node in nodes:
        parts.update(dict.fromkeys(node.parts if isinstance(node, And) else (node,)))
    return next(iter(parts)) if len(parts) == 1 else And(tuple(parts))


def any_of(nodes: Iterator[Node] | list[Node]) -> Node:
    """Or, flat and without repetition."""
    parts: dict[Node, None] = {}
    for node in nodes:
        parts.update(dict.fromkeys(node.parts if isinstance(node, Or) else (node,)))
    return next(iter(parts)) if len(parts) == 1 else Or(tuple(parts))


def terms(node: Node, *, excluded: bool = False) -> Iterator[Term]:
    """The terms of a tree, left to right; excluded ones if asked."""
    if isinstance(node, Word | Phrase | Prefix | Fuzzy | Concept):
        yield node
    elif isinstance(node, And | Or | Either):
        for part in node.parts:
            yield from terms(part, excluded=excluded)
    elif isinstance(node, Not) and excluded:
        yield from terms(node.part, excluded=excluded)


@dataclass(frozen=True, slots=True)
class Searchable:
    """A tree without what the index does not hold, and the words that were left out."""

    tree: Node
    ignored: tuple[str, ...]


def without_stop_words(tree: Node, language: str | None) -> Searchable:
    """Leave out stop words of ``language`` and prefixes of one letter.

    A phrase of stop words only matches nothing, and so does a question of nothing else:
    answering "de la" with every document would hide that nothing was looked for.
    """
    ignored: dict[str, None] = {}
    pruned = _pruned(tree, language, ignored)
    if pruned == EVERYTHING and ignored:
        pruned = NOTHING
    return Searchable(pruned, tuple(ignored))


def _pruned(node: Node, language: str | None, ignored: dict[str, None]) -> Node:
    if isinstance(node, And | Or):
        parts = [_pruned(part, language, ignored) for part in node.parts]
        kept = [part for part in parts if part != EVERYTHING]
        if isinstance(node, And) or (node.parts and not kept):
            return all_of(kept)
        return any_of(kept)
    if isinstance(node, Either):
        parts = [_pruned(part, language, ignored) for part in node.parts]
        return Either(tuple(part for part in parts if part != EVERYTHING))
    if isinstance(node, Not):
        part = _pruned(node.part, language, ignored)
        return EVERYTHING if part in (EVERYTHING, NOTHING) else Not(part)
    if isinstance(node, Filter | Concept):
        return node
    return _pruned_term(node, language, ignored)


def _pruned_term(
    term: Word | Phrase | Prefix | Fuzzy, language: str | None, ignored: dict[str, None]
) -> Node:
    if isinstance(term, Prefix):
        if len(analysis.fold(term.text)) >= _SHORTEST_PREFIX:
            return term
        ignored[term.text + "*"] = None
        return EVERYTHING
    if isinstance(term, Fuzzy):  # compared as written, and stop words were never looked for
        return term
    # Names of people are indexed whole: "Las Casas" needs its article.
    language = None if term.area is Area.AUTHORS else language
    words = (term.text,) if isinstance(term, Word) else term.words
    if not all(analysis.is_stop_word(word, language) for word in words):
        return term
    ignored.update(dict.fromkeys(words))
    return EVERYTHING if isinstance(term, Word) else NOTHING
