"""The questions that describe a document, as pages ask them: templates/_answers.html shows one.

A contributor meets one a page, a curator all on one; both read the form by answers.read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from flask import request

from repo_app.models import Document
from repo_app.sentences import ANSWER_FAULTS, ANSWER_MISSING
from repo_app.services import answers, tags
from repo_app.services.answers import (
    NEEDED,
    STAYS,
    TAGGED,
    Choices,
    Fault,
    Field,
    Given,
    Unusable,
    Value,
)
from repo_app.services.tags import Offered
from repo_app.web import formats, labels, telling
from repo_app.web.context import runtime
from repo_app.web.faults import Faults
from repo_app.web.words import gettext as _

MOST_REASONS = 3
TYPED = (
    *(Field.TITLE, Field.AUTHORS, Field.ABSTRACT, Field.PLANNING_USE),
    *(Field.YEAR, Field.URL),
)
"""Questions that are answered in words, not by choosing."""


@dataclass(frozen=True, slots=True)
class Option:
    """A box to tick: what it sends, its words, and the words of the document that speak for it,
    with how often each was found and where."""

    value: str
    words: str
    chosen: bool
    reasons: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The boxes of one facet: those that stand open, and the others under their headings.

    ``silent``: the text was read and speaks for none of them.
    """

    facet: str
    shown: tuple[Option, ...]
    others: tuple[tuple[str, tuple[Option, ...]], ...]
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what stands in its control. ``groups`` are the boxes of countries and
    tags; ``organizations`` the pairs of number and name that may be chosen; ``proposed`` is what
    the text speaks for where one of a list is asked: never chosen before somebody does."""

    field: Field
    values: tuple[str, ...]
    groups: tuple[Group, ...] = ()
    organizations: tuple[tuple[str, str], ...] = ()
    proposed: Option | None = None

    @property
    def name(self) -> str:
        return self.field.value

    @property
    def needed(self) -> bool:
        return self.field in NEEDED

    @property
    def text(self) -> str:
        """What stands in a field that holds one thing."""
        return self.values[0] if self.values else ""


def asked(
    document: Document,
    field: Field,
    *,
    organizations: Iterable[tuple[str, str]] = (),
    given: Given | None = None,
) -> Asked:
    """A question about ``document``, filled in with its answer or with what was just ``given``.

    Reads the document's tags: its session must be open.
    """
    sent = given.get(field.value, ()) if given is not None else _sent(document, field)
    values = tuple(sent)
    offered = tags.offered(document)
    match field:
        case Field.COUNTRIES:
            return Asked(field, values, _read(document, (_countries(values, offered),), offered))
        case Field.TAGS:
            groups = tuple(_facet(f, values, offered) for f in TAGGED)
            return Asked(field, values, _read(document, groups, offered))
        case Field.ORGANIZATION:
            return Asked(field, values, organizations=tuple(organizations))
        case Field.SCOPE:
            return Asked(field, values, proposed=scope_proposed(document))
        case _:
            return Asked(field, values)


def _read(
    document: Document, groups: tuple[Group, ...], offered: Iterable[Offered]
) -> tuple[Group, ...]:
    """The groups, marked where a text was read that speaks for none of their boxes."""
    spoken_for = {tag.facet for tag in offered}
    was_read = bool(document.pages_with_text)
    return tuple(replace(g, silent=was_read and g.facet not in spoken_for) for g in groups)


def scope_proposed(document: Document) -> Option | None:
    """How far the text seems to reach, with the words that speak for it."""
    found = tags.scope_offered(document)
    if found is None:
        return None
    words = telling.in_words(Field.SCOPE, found.value)
    if not words:
        return None
    return Option(found.value, words[0], False, found.labels[:MOST_REASONS])


def given() -> Given:
    """The form of this request, as answers.read takes it."""
    return request.form.to_dict(flat=False)


def in_words(field: Field, given: Given, choices: Choices) -> tuple[str, ...]:
    """An answer as it came, for whoever typed it: what cannot be read stands as it is."""
    try:
        return telling.in_words(field, answers.read(field, given, choices))
    except Unusable:
        return tuple(one for one in given.get(field.value, ()) if one)


def written(given: Given) -> tuple[tuple[Field, str], ...]:
    """Everything of a form that was typed letter by letter, by its question."""
    sent = ((field, "\n".join(given.get(field.value, ())).strip()) for field in TYPED)
    return tuple((field, text) for field, text in sent if text)


def withheld(document: Document) -> int | None:
    """The number of its organization where that withholds its name: no page may show it."""
    named = document.organization
    return named.id if named is not None and named.public_name is None else None


def faults_of(unusable: Unusable) -> Faults:
    """The sentence for an answer that cannot be taken, beside its field."""
    if unusable.fault is Fault.MISSING:
        sentence = _(ANSWER_MISSING[unusable.field])
    else:
        sentence = _(ANSWER_FAULTS[unusable.fault], longest=formats.number(unusable.longest))
    return {unusable.field.value: sentence}


def _sent(document: Document, field: Field) -> tuple[str, ...]:
    """The answer that stands in the row as a form would send it."""
    value: Value = answers.present(document, field)
    if field is Field.ORGANIZATION and withheld(document) is not None:
        return (STAYS,)
    if field is Field.AUTHORS:
        return ("\n".join(map(str, value)) if isinstance(value, tuple) else "",)
    if field is Field.COUNTRIES and isinstance(value, tuple):
        return tuple(tag.partition("=")[2] for tag in value)
    if isinstance(value, tuple):
        return value
    return (str(value),) if value else ()


def _countries(values: tuple[str, ...], offered: Iterable[Offered]) -> Group:
    """Those found in the document first, then the member states; the others wait folded."""
    reasons = _reasons("country", offered)
    members = [country.code for country in labels.member_states()]
    known = [country.code for country in labels.countries()]
    # A manifest may have named any country of the world: it stays until somebody unticks it.
    is_known = runtime().vocabulary.is_known
    open_ = dict.fromkeys([code for code in reasons if is_known("country", code)] + members)
    open_ |= dict.fromkeys(value for value in values if is_known("country", value))
    others = tuple(code for code in known if code not in open_)

    def option(code: str) -> Option:
        return Option(code, labels.label("country", code), code in values, reasons.get(code, ()))

    folded = (("", tuple(map(option, others))),) if others else ()
    return Group("country", tuple(map(option, open_)), folded)


def _facet(facet: str, values: tuple[str, ...], offered: Iterable[Offered]) -> Group:
    """What was found in the document or is chosen, and all priorities of the newest plan; the
    others folded."""
    known = runtime().vocabulary.facet_values(facet)
    reasons = _reasons(facet, offered)
    open_ = dict.fromkeys([value for value in reasons if value in known])
    present = runtime().vocabulary.of_newest_plan(known) if facet == "priority" else ()
    open_ |= dict.fromkeys(v for v in known if v in present or f"{facet}={v}" in values)

    def option(value: str) -> Option:
        sent = f"{facet}={value}"
        return Option(sent, _words(facet, value), sent in values, reasons.get(value, ()))

    rest = [value for value in known if value not in open_]
    folded = tuple(
        (heading, tuple(map(option, members))) for heading, members in _headed(facet, rest)
    )
    return Group(facet, tuple(map(option, open_)), folded)


def _headed(facet: str, values: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Activities under their priority, everything else by name under no heading."""
    if facet != "activity":
        if values:
            yield "", sorted(values, key=lambda value: labels.label(facet, value).casefold())
        return
    vocabulary = runtime().vocabulary
    for priority in vocabulary.facet_values("priority"):
        own = [value for value in values if vocabulary.activity(value).priority == priority]
        if own:
            yield labels.label("priority", priority), own


def _words(facet: str, value: str) -> str:
    """Whole, however long: people must know what they tick."""
    words = labels.in_sentence(facet, value)
    return words[:1].upper() + words[1:]


def _reasons(facet: str, offered: Iterable[Offered]) -> dict[str, tuple[tuple[str, int, str], ...]]:
    """Every tag of a facet the document has, the best proposal first, with its reasons."""
    return {tag.value: tag.labels[:MOST_REASONS] for tag in offered if tag.facet == facet}
