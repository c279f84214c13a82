"""The forms in which a label occurs: number and gender by agreement, spelling on both sides of
the Atlantic. Generated from the label, never by stemming: a stem turns *maras* (gangs) into *mar*
(sea) and *refugiado* into *refugio*.

All functions take and give words already folded (small letters, no accents but ñ). A form that is
no word of the language does no harm: it occurs nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

Words = tuple[str, ...]

# Up to the first of these words, the words of a label agree with each other in number and gender.
# fmt: off
_ENDS_AGREEMENT = frozenset({
    "a", "al", "ante", "bajo", "como", "con", "contra", "de", "del", "desde", "e", "en",
    "entre", "hacia", "hasta", "o", "para", "por", "que", "segun", "sin", "sobre", "u", "y",
    "com", "da", "das", "do", "dos", "em", "na", "nas", "no", "nos", "ou", "pela", "pelo",
    "aux", "avec", "dans", "des", "du", "et", "par", "pour", "sans", "sur", "and", "as", "at",
    "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "d", "l",
})
# fmt: on
_IRREGULAR_EN = {
    "person": ("people", "persons"),
    "persons": ("people", "person"),
    "people": ("persons", "person"),
    "child": ("children",),
    "children": ("child",),
    "woman": ("women",),
    "women": ("woman",),
}
_SPELLINGS_EN = (
    ("isation", "ization"),
    ("isations", "izations"),
    ("labour", "labor"),
    ("programme", "program"),
    ("programmes", "programs"),
    ("centre", "center"),
    ("centres", "centers"),
    ("counselling", "counseling"),
    ("enrolment", "enrollment"),
    ("organised", "organized"),
    ("recognised", "recognized"),
    ("defence", "defense"),
)


def forms(words: Words, language: str, *, of_people: bool) -> frozenset[Words]:
    """The label itself and its variants in ``language``; in gender too if it is ``of_people``."""
    if language == "en":
        return frozenset(_english(words))
    inflect = {"es": _spanish, "pt": _portuguese, "fr": _french}.get(language)
    if inflect is None:
        return frozenset({words})
    found = _agreeing(words, inflect)
    if of_people and language in {"es", "pt"}:
        found |= {_other_gender(form) for form in found}
    elif of_people:
        found |= {_other_gender_french(form) for form in found}
    return frozenset(found)


def _agreeing(words: Words, inflect: Callable[[str], tuple[set[str], set[str]]]) -> set[Words]:
    """The label with all agreeing words in the plural, and with all of them in the singular."""
    head = _head_length(words)
    found = {words}
    inflected = [inflect(word) for word in words[:head]]
    for number in (0, 1):
        choices: list[Iterable[str]] = [sorted(word[number]) for word in inflected]
        found.update((*chosen, *words[head:]) for chosen in product(*choices))
    return found


def _head_length(words: Words) -> int:
    for position, word in enumerate(words):
        if word in _ENDS_AGREEMENT:
            return position
    return len(words)


def _spanish(word: str) -> tuple[set[str], set[str]]:
    """Singular and plural of a Spanish word, each with every form that is possible."""
    if word.endswith("s") and len(word) > 3 and not word.endswith(("is", "us", "ss")):
        singular = {word[:-1]}
        if word.endswith("ces"):
            singular = {word[:-3] + "z"}
        elif word.endswith("es") and word[-3] in "dlnry":
            singular = {word[:-2]} if word[-3] in "dn" else {word[:-2], word[:-1]}
        return singular, {word}
    if word.endswith("z"):
        return {word}, {word[:-1] + "ces"}
    if word[-1:] in "aeiou":
        return {word}, {word + "s"}
    return {word}, {word + "es"} if word[-1:] in "dlnry" else {word}


def _portuguese(word: str) -> tuple[set[str], set[str]]:
    if word.endswith("oes"):
        return {word[:-3] + "ao"}, {word}
    if word.endswith("ais") and len(word) > 4:
        return {word[:-3] + "al"}, {word}
    if word.endswith("s") and len(word) > 3:
        return ({word[:-2]} if word.endswith("res") else {word[:-1]}), {word}
    if word.endswith("ao"):
        return {word}, {word[:-2] + "oes"}
    if word.endswith("al"):
        return {word}, {word[:-2] + "ais"}
    if word.endswith("m"):
        return {word}, {word[:-1] + "ns"}
    return {word}, {word + ("es" if word.endswith("r") else "s")}


def _french(word: str) -> tuple[set[str], set[str]]:
    if word.endswith("aux") and len(word) > 4:
        return {word[:-3] + "al", word[:-1]}, {word}
    if word.endswith("s") and len(word) > 3:
        return {word[:-1]}, {word}
    if word.endswith("al"):
        return {word}, {word[:-2] + "aux"}
    return {word}, {word} if word.endswith(("s", "x", "z")) else {word + "s"}


_GENDERS = (
    ("dos", "das"),
    ("do", "da"),
    ("nos", "nas"),
    ("no", "na"),
    ("ños", "ñas"),
    ("ño", "ña"),
    ("cos", "cas"),
    ("co", "ca"),
    ("rios", "rias"),
    ("rio", "ria"),
    ("dores", "doras"),
    ("dor", "dora"),
)


def _other_gender(form: Words) -> Words:
    """*desplazados internos* for *desplazadas internas* and the other way round."""
    head = _head_length(form)
    return (*(_swapped(word) for word in form[:head]), *form[head:])


def _swapped(word: str) -> str:
    for masculine, feminine in _GENDERS:
        if word.endswith(masculine):
            return word.removesuffix(masculine) + feminine
        if word.endswith(feminine):
            return word.removesuffix(feminine) + masculine
    return word


def _other_gender_french(form: Words) -> Words:
    """*réfugiées* for *réfugiés*: the participles of the agreeing words, in the feminine."""
    head = _head_length(form)
    return (*(_feminine_french(word) for word in form[:head]), *form[head:])


def _feminine_french(word: str) -> str:
    if word.endswith(("ee", "ees")):
        return word
    if word.endswith("es"):
        return word[:-1] + "es"
    return word + "e" if word.endswith("e") else word


def _english(words: Words) -> set[Words]:
    """The noun the label is about in the other number, and the other spelling of each word."""
    head = _head_length(words)
    found = {words}
    if head:
        for noun in _english_numbers(words[head - 1]):
            found.add((*words[: head - 1], noun, *words[head:]))
    return found | {tuple(_respelt(word) for word in form) for form in found}


def _english_numbers(noun: str) -> tuple[str, ...]:
    if noun in _IRREGULAR_EN:
        return _IRREGULAR_EN[noun]
    if noun.endswith("ies"):
        return (noun[:-3] + "y",)
    if noun.endswith(("ches", "shes", "xes", "sses")):
        return (noun[:-2],)
    if noun.endswith("s"):
        return () if noun.endswith(("ss", "us", "is")) else (noun[:-1],)
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return (noun[:-1] + "ies",)
    return (noun + ("es" if noun.endswith(("ch", "sh", "x")) else "s"),)


def _respelt(word: str) -> str:
    for british, american in _SPELLINGS_EN:
        if word.endswith(british):
            return word.removesuffix(british) + american
        if word.endswith(american):
            return word.removesuffix(american) + british
    return word
