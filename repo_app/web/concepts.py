"""Terms of art, each on a page: what it is called, what stands around it, what is held on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from index.vocabulary import Concept
from index.vocabulary.words import fold
from repo_app.services import catalogue, evidence
from repo_app.services.evidence import Subject
from repo_app.web import holdings
from repo_app.web.citation import for_script
from repo_app.web.context import absolute, language, runtime, viewer
from repo_app.web.languages import PREFIX
from repo_app.web.subjects import concept_of, wordings

bp = Blueprint("concepts", __name__, url_prefix=PREFIX)


@dataclass(frozen=True, slots=True)
class Name:
    """What a concept is called in one language; hidden labels are matched and never shown."""

    language: str
    label: str
    synonyms: tuple[str, ...]
    acronyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list. ``facet`` is '' for a term by which no document is filed."""

    id: str
    label: str
    facet: str
    count: int


@bp.get("/concepts")
def everything() -> ResponseReturnValue:
    with runtime().database.reading() as session:
        held = catalogue.tag_counts(session, viewer(), "theme", "population")
    entries = [
        Entry(one.id, title(one), facet, held[facet].get(one.id, 0) if facet else 0)
        for one in runtime().vocabulary.concepts.concepts
        for facet in [facet_of(one)]
    ]
    return render_template("concepts/index.html", letters=_by_letter(entries))


@bp.get("/concepts/<identifier>")
def concept(identifier: str) -> ResponseReturnValue:
    one = concept_of(identifier)
    if one is None:
        abort(404)
    subject = Subject(facet_of(one), (one.id,))
    with runtime().database.reading() as session:
        kinds = evidence.source_kinds(session, viewer(), subject)
        countries = evidence.by_value(evidence.crossed(session, viewer(), subject, "country"))
        newest = evidence.newest(session, viewer(), subject)
    filters = {subject.facet: one.id}
    return render_template(
        "concepts/concept.html",
        concept=one,
        title=title(one),
        facet=subject.facet,
        theme=runtime().vocabulary.facet_theme(one.id),
        names=_names(one),
        goals=_goals(one),
        total=sum(kinds.values()),
        kinds=holdings.shares("source_kind", kinds, filters),
        silent=holdings.silent(kinds),
        countries=holdings.shares("country", countries, filters),
        newest=newest,
        json_ld=_json_ld(one),
    )


def title(one: Concept) -> str:
    """As it stands on its own: beginning with a capital."""
    words = one.labels.of(language())
    return words[:1].upper() + words[1:]


def facet_of(one: Concept) -> str:
    """The facet whose value it is, or '' where documents on it are filed under another one."""
    if one.type == "population":
        return "population"
    return "theme" if one.theme_facet else ""


def _names(one: Concept) -> tuple[Name, ...]:
    return tuple(
        Name(code, label, one.alt.of(code), one.acronyms.of(code))
        for code, label in wordings(one.labels)
    )


def _goals(one: Concept) -> tuple[str, ...]:
    """The objectives of the Global Compact on Refugees it belongs to."""
    listed = runtime().vocabulary.lists.gcr_objectives
    return tuple(
        goal.labels.of(language()) for goal in listed if int(goal.id) in one.gcr_objectives
    )


def _by_letter(entries: Iterable[Entry]) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """By the first letter as the reader's alphabet has it: accents make no letter of their own."""
    ordered = sorted(entries, key=lambda entry: fold(entry.label))
    return tuple(
        (letter, tuple(members))
        for letter, members in groupby(ordered, key=lambda entry: fold(entry.label)[:1].upper())
    )


def _json_ld(one: Concept) -> Markup:
    """A term of a set, as schema.org knows it."""
    others = [form for name in _names(one) for form in (name.label, *name.synonyms, *name.acronyms)]
    here = one.labels.of(language())
    return for_script(
        {
            "@context": "https://schema.org",
            "@type": "DefinedTerm",
            "@id": absolute("bare.concepts_concept", identifier=one.id),
            "termCode": one.id,
            "name": here,
            "alternateName": [form for form in dict.fromkeys(others) if form != here],
            "inDefinedTermSet": absolute("bare.concepts_everything"),
        }
        | ({"description": one.note.of(language())} if one.note else {})
    )
