"""The whole vocabulary as one value, and the questions one may ask it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from index.vocabulary.additions import Additions
from index.vocabulary.concept_file import ancestors, read_concepts
from index.vocabulary.consistency import check_carried_over, check_concepts, check_plan
from index.vocabulary.list_file import read_lists
from index.vocabulary.place_file import read_places
from index.vocabulary.plan_file import read_plan
from index.vocabulary.reading import VocabularyError
from index.vocabulary.territories import is_territory, territory_name
from index.vocabulary.values import (
    Activity,
    Body,
    Concept,
    Concepts,
    Country,
    DocumentKind,
    Labels,
    ListItem,
    Lists,
    Partner,
    Places,
    Plan,
    Priority,
    Result,
    SourceKind,
)
from index.vocabulary.version import VERSION

NONE = Additions()
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Vocabulary:
    """Plans, concepts, lists and places. The lookups raise KeyError for what is not there;
    ``label`` and ``is_known`` never raise. ``additions``: what of it an instance added;
    ``member_states``: codes of the countries of the MIRPS.
    """

    plans: tuple[Plan, ...]
    concepts: Concepts
    lists: Lists
    places: Places
    additions: Additions
    member_states: frozenset[str]
    _concepts: Mapping[str, Concept]
    _by_id: Mapping[str, Mapping[str, object]]
    _labels: Mapping[str, Mapping[str, Labels]]
    _shown: Mapping[str, tuple[str, ...]]

    @property
    def version(self) -> str:
        """What a proposal or tag keeps, so that later rules and labels can be told apart."""
        return f"{VERSION}+{self.additions.digest}" if self.additions else VERSION

    @property
    def newest_plan(self) -> Plan:
        return max(self.plans, key=lambda plan: plan.year)

    def of_newest_plan(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Those of some priorities or activities that belong to the newest plan."""
        year = f"{self.newest_plan.year}:"
        return tuple(code for code in codes if code.startswith(year))

    def carried_over(self, facet: str, value: str) -> str | None:
        """What takes the place of a value of an older plan in the newest one, if any does."""
        for carried in self.newest_plan.carried_over:
            if (carried.facet, carried.before) == (facet, value):
                return carried.after
        return None

    def concept(self, identifier: str) -> Concept:
        return self._concepts[identifier]

    def country(self, code: str) -> Country:
        """A country the gazetteer describes; other ISO codes have only a ``label``."""
        return self._find("country", code, Country)

    def activity(self, identifier: str) -> Activity:
        return self._find("activity", identifier, Activity)

    def priority(self, identifier: str) -> Priority:
        return self._find("priority", identifier, Priority)

    def result(self, identifier: str) -> Result:
        return self._find("result", identifier, Result)

    def body(self, identifier: str) -> Body:
        return self._find("body", identifier, Body)

    def partner(self, identifier: str) -> Partner:
        return self._find("partner", identifier, Partner)

    def source_kind(self, identifier: str) -> SourceKind:
        return self._find("source_kind", identifier, SourceKind)

    def document_kind(self, identifier: str) -> DocumentKind:
        return self._find("document_kind", identifier, DocumentKind)

    def evidence_type(self, identifier: str) -> ListItem:
        return self._find("evidence_type", identifier, ListItem)

    def licence(self, identifier: str) -> ListItem:
        return self._find("licence", identifier, ListItem)

    def plan(self, year: int) -> Plan:
        return self._find("plan", str(year), Plan)

    def _find(self, kind: str, identifier: str, value: type[_Value]) -> _Value:
        found = self._by_id[kind][identifier]
        assert isinstance(found, value)
        return found

    def label(self, facet: str, value: str, language: str) -> str:
        """``value`` in words: in ``language``, else in English, else as it is. Never raises."""
        labels = self._labels.get(facet, {}).get(value)
        if labels is not None:
            return labels.of(language)
        if facet == "country":
            return territory_name(value, language) or value
        return value

    def is_known(self, facet: str, value: str) -> bool:
        """Whether a tag may have this value: countries are any of ISO 3166-1."""
        if facet == "country":
            return value in self._by_id["country"] or is_territory(value)
        if facet == "year":
            return _YEAR.fullmatch(value) is not None
        return value in self._shown.get(facet, ())

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """The values of a facet in the order they are shown; none for years."""
        return self._shown.get(facet, ())

    def facet_theme(self, identifier: str) -> str | None:
        """The facet theme a concept counts for: itself or its nearest broader one, if any."""
        for candidate in (identifier, *self.broader(identifier)):
            if self._concepts[candidate].theme_facet:
                return candidate
        return None

    def broader(self, identifier: str) -> dict[str, int]:
        """Every broader concept and the distance to it (1 is the parent), nearest first."""
        return ancestors(identifier, self._concepts)

    def implied(self, facet: str, value: str) -> tuple[tuple[str, str], ...]:
        """The tags a tag brings along: an activity its priority."""
        if facet == "activity" and value in self._by_id["activity"]:
            return (("priority", self.activity(value).priority),)
        return ()


def read_folder(folder: Path) -> Vocabulary:
    """The whole vocabulary of a folder that holds every file of it.

    Raises VocabularyError, which names file and line, where the data are not sound.
    """
    concepts = read_concepts(folder / "concepts.yaml")
    lists = read_lists(folder / "lists.yaml")
    places = read_places(folder / "places.yaml")
    read = [read_plan(file) for file in sorted((folder / "plans").glob("*.yaml"))]
    if not read:
        raise VocabularyError(folder / "plans", 1, "there is no plan")
    plans = tuple(plan for _, plan in read)
    for record, plan in read:
        check_plan(record, plan, concepts, lists)
        check_carried_over(record, plan, concepts, plans)
    check_concepts(folder / "concepts.yaml", concepts, plans)
    return put_together(plans, concepts, lists, places)


def put_together(
    plans: tuple[Plan, ...],
    concepts: Concepts,
    lists: Lists,
    places: Places,
    additions: Additions = NONE,
) -> Vocabulary:
    """One value of parts that agree with each other; ``additions`` are what of them is not
    shipped."""
    return Vocabulary(
        plans=plans,
        concepts=concepts,
        lists=lists,
        places=places,
        additions=additions,
        member_states=frozenset(c.code for c in places.countries if c.role == "member"),
        _concepts={item.id: item for item in concepts.concepts},
        _by_id=_by_id(plans, lists, places),
        _labels=_labels(plans, concepts, lists, places),
        _shown=_shown(plans, concepts, lists, places),
    )


def _by_id(plans: tuple[Plan, ...], lists: Lists, places: Places) -> dict[str, dict[str, object]]:
    return {
        "plan": {str(plan.year): plan for plan in plans},
        "priority": {item.id: item for plan in plans for item in plan.priorities},
        "result": {item.id: item for plan in plans for item in plan.results},
        "activity": {item.id: item for plan in plans for item in plan.activities},
        "body": {item.id: item for plan in plans for item in plan.bodies},
        "partner": {item.id: item for plan in plans for item in plan.partners},
        "country": {item.code: item for item in places.countries},
        "source_kind": {item.id: item for item in lists.source_kinds},
        "document_kind": {item.id: item for item in lists.document_kinds},
        "evidence_type": {item.id: item for item in lists.evidence_types},
        "licence": {item.id: item for item in lists.licences},
    }


def _labels(
    plans: tuple[Plan, ...], concepts: Concepts, lists: Lists, places: Places
) -> dict[str, dict[str, Labels]]:
    """Wordings by facet and value. A narrower theme has one too: it may stand in old records."""
    themes = {item.id: item.labels for item in concepts.concepts if item.type != "population"}
    newest = max(plan.year for plan in plans)
    return {
        "source_kind": {item.id: item.labels for item in lists.source_kinds},
        "country": {item.code: item.labels for item in places.countries},
        "theme": themes,
        "priority": {
            item.id: _coded(plan, newest, item.code, item.title)
            for plan in plans
            for item in plan.priorities
        },
        "activity": {
            item.id: _coded(plan, newest, item.code, item.text)
            for plan in plans
            for item in plan.activities
        },
        "population": {
            item.id: item.labels for item in concepts.concepts if item.type == "population"
        },
        "document_kind": {item.id: item.labels for item in lists.document_kinds},
        "language": {item.id: item.labels for item in lists.languages},
        "scope": {item.id: item.labels for item in lists.scopes},
    }


def _coded(plan: Plan, newest: int, code: str, labels: Labels) -> Labels:
    """People know the codes of the present plan; those of an older one need their year."""
    if plan.year != newest:
        code = f"{code} ({plan.year})"
    return Labels(es=f"{code}: {labels.es}", en=f"{code}: {labels.en}")


def _shown(
    plans: tuple[Plan, ...], concepts: Concepts, lists: Lists, places: Places
) -> dict[str, tuple[str, ...]]:
    return {
        "source_kind": tuple(item.id for item in lists.source_kinds),
        "country": tuple(item.code for item in places.countries),
        "theme": tuple(item.id for item in concepts.concepts if item.theme_facet),
        "priority": tuple(item.id for plan in plans for item in plan.priorities),
        "activity": tuple(item.id for plan in plans for item in plan.activities),
        "population": tuple(item.id for item in concepts.concepts if item.type == "population"),
        "document_kind": tuple(item.id for item in lists.document_kinds),
        "language": tuple(item.id for item in lists.languages),
    }
