"""The forms in which a label occurs: number and gender by agreement, spelling on both sides of
the Atlantic. Generated from the label, never by stemming: a stem turns *maras* (gangs) into *mar*
(sea) and *refugiado* into *refugio*.

All functions take and give words already folded (small letters, no accents but ñ). A form that is
no word of the language does no harm: it occurs nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, product

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
_LONGEST_PART = 5
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


# Whoever is called a person in a label may be called any of these in a text: *familias
# desplazadas internas*, *stateless children*.
# fmt: off
_PEOPLE = {
    "es": (
        "personas", "familias", "mujeres", "hombres", "niñas", "niños", "niñez", "adolescentes",
        "jovenes", "hogares", "poblacion", "poblaciones", "comunidades", "victimas", "gente",
        "grupos", "trabajadores", "trabajadoras", "ciudadanos",
    ),
    "en": (
        "persons", "people", "person", "families", "family", "women", "woman", "men", "man",
        "girls", "boys", "children", "child", "adolescents", "households", "household",
        "population", "populations", "communities", "community", "victims", "groups",
        "individuals", "residents", "workers",
    ),
    "pt": (
        "pessoas", "familias", "mulheres", "homens", "meninas", "meninos", "criancas",
        "adolescentes", "jovens", "populacao", "comunidades", "vitimas", "grupos",
        "trabalhadores", "trabalhadoras",
    ),
    "fr": (
        "personnes", "familles", "femmes", "hommes", "filles", "garcons", "enfants",
        "adolescents", "jeunes", "menages", "population", "populations", "communautes",
        "victimes", "groupes",
    ),
}
# fmt: on
_A_PERSON = {"es": "personas", "pt": "pessoas", "fr": "personnes"}
_PERSONS_EN = ("persons", "people")


def forms(words: Words, language: str, *, of_people: bool) -> frozenset[Words]:
    """The label itself and its variants in ``language``; in gender too if it is ``of_people``.

    Number varies in every part of the label by itself: *personas desplazadas por desastres*,
    *una persona desplazada por el desastre*.
    """
    inflect = {"es": _spanish, "pt": _portuguese, "fr": _french}.get(language)
    if inflect is None and language != "en":
        return frozenset({words})
    found: set[Words] = set()
    for label in _of_whom(words, language) if of_people else (words,):
        found |= _english(label) if inflect is None else _agreeing(label, inflect)
    if of_people and language in {"es", "pt"}:
        found |= {_other_gender(form) for form in found}
    elif of_people and language == "fr":
        found |= {_other_gender_french(form) for form in found}
    return frozenset(found)


def _of_whom(words: Words, language: str) -> set[Words]:
    """The label with every other word for people that could stand where it says persons."""
    if len(words) < 2:
        return {words}
    if language == "en":
        at = next((i for i, word in enumerate(words) if word in _PERSONS_EN), None)
    else:
        at = 0 if words[0] == _A_PERSON.get(language) else None
    if at is None:
        return {words}
    return {words, *((*words[:at], one, *words[at + 1 :]) for one in _PEOPLE[language])}


def _agreeing(words: Words, inflect: Callable[[str], tuple[set[str], set[str]]]) -> set[Words]:
    """The label with each part in the singular, in the plural and as it is."""
    parts = [sorted(_part_forms(part, inflect)) for part in _parts(words)]
    return {tuple(chain.from_iterable(chosen)) for chosen in product(*parts)} | {words}


def _parts(words: Words) -> list[Words]:
    """The label cut into words that agree with each other and the words between them.

    What follows the third part stays as it is: nobody inflects the end of a law's name.
    """
    parts: list[Words] = []
    for word in words:
        is_between = word in _ENDS_AGREEMENT
        if parts and (parts[-1][-1] in _ENDS_AGREEMENT) == is_between:
            parts[-1] = (*parts[-1], word)
        else:
            parts.append((word,))
    return [*parts[:3], tuple(chain.from_iterable(parts[3:]))] if len(parts) > 3 else parts


def _part_forms(part: Words, inflect: Callable[[str], tuple[set[str], set[str]]]) -> set[Words]:
    if part[0] in _ENDS_AGREEMENT or len(part) > _LONGEST_PART:
        return {part}
    inflected = [inflect(word) for word in part]
    found = {part}
    for number in (0, 1):
        found.update(product(*(sorted(word[number]) for word in inflected)))
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
    """The noun that ends each part of the label in the other number, and words spelt otherwise."""
    parts = [sorted(_english_part(part)) for part in _parts(words)]
    found = {tuple(chain.from_iterable(chosen)) for chosen in product(*parts)}
    return found | {tuple(_respelt(word) for word in form) for form in found}


def _english_part(part: Words) -> set[Words]:
    if part[0] in _ENDS_AGREEMENT or len(part) > _LONGEST_PART:
        return {part}
    return {part, *((*part[:-1], noun) for noun in _english_numbers(part[-1]))}


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
