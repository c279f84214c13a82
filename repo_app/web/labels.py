"""Words for the values of facets, in the reader's language, and their order on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from index.vocabulary import SourceKind, Vocabulary
from repo_app.i18n import N_
from repo_app.web import formats
from repo_app.web.context import language, runtime
from repo_app.web.words import gettext as _
from repo_app.web.words import ngettext

FACET_NAMES = {
    "source_kind": N_("Who speaks"),
    "country": N_("Country"),
    "theme": N_("Theme"),
    "priority": N_("Priority of the plan"),
    "activity": N_("Activity of the plan"),
    "population": N_("People concerned"),
    "document_kind": N_("Kind of document"),
    "language": N_("Language"),
    "year": N_("Year"),
    "scope": N_("Reach"),
}
"""Facets, and what is proposed like their values."""
LONGEST_IN_A_LIST = 72


def facet_name(facet: str) -> str:
    return _(FACET_NAMES[facet])


def label(facet: str, value: str) -> str:
    """As it stands in a list or on its own: beginning with a capital, cut where it is long."""
    return labelling(facet)(value)


def labelling(facet: str) -> Callable[[str], str]:
    """``label`` of any value of ``facet``: for lists, which ask for many."""
    known = _known(runtime().vocabulary, facet, language())

    def found(value: str) -> str:
        words = known.get(value)
        return _alone(in_sentence(facet, value)) if words is None else words

    return found


@cache
def _known(vocabulary: Vocabulary, facet: str, language: str) -> Mapping[str, str]:
    """Of all values of the vocabulary: a page of results names two hundred. Never of others,
    which may be what a reader typed."""
    if facet == "language":
        return {}
    values = vocabulary.facet_values(facet)
    return {value: _alone(vocabulary.label(facet, value, language)) for value in values}


def _alone(words: str) -> str:
    return _cut(words[:1].upper() + words[1:])


def in_sentence(facet: str, value: str) -> str:
    """As it stands within a sentence."""
    if facet == "language":
        return formats.language_name(value)
    return runtime().vocabulary.label(facet, value, language())


def code(value: str) -> str:
    """`P2-R2-A5` of `2026:P2-R2-A5`: people know the code, the year is said beside it."""
    return value.rpartition(":")[2]


def ordered(facet: str, counts: Mapping[str, int]) -> list[str]:
    """The values of ``counts`` as people look for them: source kinds and the plan's parts in
    their own order, years from the last, anything else by how much there is."""
    if facet == "year":
        return sorted(counts, reverse=True)
    if facet in ("source_kind", "priority", "activity"):
        places = {value: i for i, value in enumerate(runtime().vocabulary.facet_values(facet))}
        return sorted(counts, key=lambda value: (places.get(value, len(places)), value))
    words = labelling(facet)
    return sorted(counts, key=lambda value: (-counts[value], words(value).casefold()))


def source_kinds(*, of_the_plan: bool) -> tuple[SourceKind, ...]:
    """Who speaks: the five kinds the plan names for P4-R4-A5, or the others held beside them."""
    kinds = runtime().vocabulary.lists.source_kinds
    return tuple(kind for kind in kinds if kind.a5 is of_the_plan)


@dataclass(frozen=True, slots=True)
class Named:
    """A value with its words."""

    code: str
    name: str


def member_states() -> tuple[Named, ...]:
    """The countries of the MIRPS by name in the reader's language."""
    places = runtime().vocabulary.places.countries
    return _by_name(country.code for country in places if country.role == "member")


def countries() -> tuple[Named, ...]:
    """Every country the vocabulary knows, by name in the reader's language."""
    return _by_name(country.code for country in runtime().vocabulary.places.countries)


def _by_name(codes: Iterable[str]) -> tuple[Named, ...]:
    named = (Named(code, label("country", code)) for code in codes)
    return tuple(sorted(named, key=lambda country: country.name))


def counted(documents: int) -> str:
    """A number of documents in words: none is said, not shown as a bare zero."""
    if not documents:
        return _("no evidence yet")
    return ngettext(
        "%(count)s document", "%(count)s documents", documents, count=formats.number(documents)
    )


def listed_value(kind: str, value: str | None) -> str:
    """An entry of a controlled list that is no facet, '' where the document has none."""
    entries = getattr(runtime().vocabulary.lists, kind)
    words = next((e.labels.of(language()) for e in entries if e.id == value), value or "")
    return words[:1].upper() + words[1:]


LISTS = {"evidence_type": "evidence_types", "licence": "licences", "scope": "scopes"}
"""Controlled lists that are no facet, by the question they answer."""


def codes(question: str) -> list[tuple[str, str]]:
    """What may be chosen where one is chosen from a list: no choice first, then code and words."""
    if question in LISTS:
        entries = getattr(runtime().vocabulary.lists, LISTS[question])
        named = [(entry.id, listed_value(LISTS[question], entry.id)) for entry in entries]
    else:
        # By the vocabulary's own names: it knows languages that browsers and libraries do not.
        vocabulary = runtime().vocabulary
        values = vocabulary.facet_values(question)
        named = [(value, vocabulary.label(question, value, language())) for value in values]
    return [("", _("not said")), *named]


def _cut(words: str) -> str:
    if len(words) <= LONGEST_IN_A_LIST:
        return words
    return words[:LONGEST_IN_A_LIST].rpartition(" ")[0].rstrip(" ,;:") + "…"
