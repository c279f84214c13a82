"""Reads concepts.yaml: concepts, weak labels and contested acronyms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from index.vocabulary.reading import Record, read
from index.vocabulary.values import LANGUAGES, Concept, Concepts, Contested, Reading

_PRIORITY = r"20\d\d:P\d"
_ACTIVITY = r"20\d\d:P\d-R\d-A\d+"


def read_concepts(file: Path) -> Concepts:
    """The concepts of ``file``, with ``narrower`` and ``related`` completed on both sides."""
    data = read(file).only(
        *("types", "weak_labels", "fixed_labels", "masks", "contested_acronyms", "concepts")
    )
    types = data.texts("types")
    records = data.records("concepts")
    concepts = [_concept(record, types) for record in records]
    _check_ids(records)
    _check_labels(records, concepts)
    _check_relations(records, concepts)
    result = Concepts(
        concepts=_completed(concepts),
        weak_labels=data.terms("weak_labels"),
        fixed_labels=data.terms("fixed_labels"),
        contested_acronyms=tuple(_contested(r) for r in data.records("contested_acronyms")),
        masks=data.terms("masks"),
    )
    _check_contested(data, result)
    _check_marked_labels(data, result)
    return result


def _concept(record: Record, types: tuple[str, ...]) -> Concept:
    record.only(
        *("id", "type", "theme_facet", "labels", "alt", "hidden", "acronyms", "broader"),
        *("related", "never_expand_to", "priorities", "activities", "gcr_objectives", "note"),
    )
    if record.text("type") not in types:
        raise record.wrong(f"type {record.text('type')!r} is not one of {', '.join(types)}", "type")
    if record.flag("theme_facet") and record.text("type") == "population":
        raise record.wrong("a population cannot be a facet of themes", "theme_facet")
    return Concept(
        id=record.identifier(),
        type=record.text("type"),
        theme_facet=record.flag("theme_facet"),
        labels=record.labels(),
        alt=record.terms("alt"),
        hidden=record.terms("hidden"),
        acronyms=record.terms("acronyms"),
        broader=record.texts("broader"),
        narrower=(),
        related=record.texts("related"),
        never_expand_to=record.texts("never_expand_to"),
        priorities=codes(record, "priorities", _PRIORITY),
        activities=codes(record, "activities", _ACTIVITY),
        gcr_objectives=record.numbers("gcr_objectives"),
        note=record.labels_or_none("note"),
    )


def codes(record: Record, key: str, pattern: str) -> tuple[str, ...]:
    """The texts of ``key``, each of which must have the form of ``pattern``."""
    values = record.texts(key)
    for position, value in enumerate(values):
        Record(record.source, (*record.keys, key), {str(position): value}).code(
            str(position), pattern
        )
    return values


def _contested(record: Record) -> Contested:
    record.only("acronym", "window", "readings")
    window = record.number("window")
    return Contested(
        form=record.text("acronym"),
        readings=tuple(_reading(reading, window) for reading in record.records("readings")),
    )


def _reading(record: Record, window: int) -> Reading:
    record.only("concept", "languages", "near", "not_near")
    return Reading(
        means=record.identifier("concept"),
        languages=record.texts("languages"),
        near=record.texts("near"),
        not_near=record.texts("not_near"),
        window=window,
    )


def _check_ids(records: Iterable[Record]) -> None:
    seen: set[str] = set()
    for record in records:
        if record.identifier() in seen:
            raise record.wrong(f"concept {record.identifier()!r} is there twice", "id")
        seen.add(record.identifier())


def _check_labels(records: Iterable[Record], concepts: Iterable[Concept]) -> None:
    owners: dict[tuple[str, str], str] = {}
    for record, concept in zip(records, concepts, strict=True):
        for language in LANGUAGES:
            label = getattr(concept.labels, language)
            owner = owners.setdefault((language, label.casefold()), concept.id)
            if label and owner != concept.id:
                what = f"label {label!r} ({language}) is already that of {owner!r}"
                raise record.wrong(what, "labels", language)


def _check_relations(records: tuple[Record, ...], concepts: list[Concept]) -> None:
    known = {concept.id: concept for concept in concepts}
    for record, concept in zip(records, concepts, strict=True):
        for key in ("broader", "related", "never_expand_to"):
            for target in getattr(concept, key):
                if target not in known:
                    raise record.wrong(f"{key} names unknown concept {target!r}", key)
                if target == concept.id:
                    raise record.wrong(f"{key} names the concept itself", key)
    for record, concept in zip(records, concepts, strict=True):
        if concept.id in ancestors(concept.id, known):
            raise record.wrong(f"concept {concept.id!r} is broader than itself", "broader")


def ancestors(concept: str, known: Mapping[str, Concept]) -> dict[str, int]:
    """Every broader concept of ``concept``, with the shortest distance to it, nearest first."""
    found: dict[str, int] = {}
    edge = [concept]
    distance = 0
    while edge:
        distance += 1
        edge = [b for c in edge for b in known[c].broader if b not in found]
        found.update(dict.fromkeys(edge, distance))
    return found


def _completed(concepts: list[Concept]) -> tuple[Concept, ...]:
    narrower: dict[str, list[str]] = {concept.id: [] for concept in concepts}
    related = {concept.id: list(concept.related) for concept in concepts}
    for concept in concepts:
        for target in concept.broader:
            narrower[target].append(concept.id)
        for target in concept.related:
            if concept.id not in related[target]:
                related[target].append(concept.id)
    return tuple(
        replace(c, narrower=tuple(narrower[c.id]), related=tuple(related[c.id])) for c in concepts
    )


def _check_contested(data: Record, result: Concepts) -> None:
    known = {concept.id for concept in result.concepts}
    for record, contested in zip(
        data.records("contested_acronyms"), result.contested_acronyms, strict=True
    ):
        for position, reading in enumerate(contested.readings):
            if reading.means not in known:
                what = f"reading names unknown concept {reading.means!r}"
                raise record.wrong(what, "readings", position)


def _check_marked_labels(data: Record, result: Concepts) -> None:
    """A weak or fixed label must be a label: a mistyped one would silently do nothing."""
    for language in LANGUAGES:
        labels: set[str] = set()
        for concept in result.concepts:
            labels.add(getattr(concept.labels, language))
            labels.update(concept.alt.of(language), concept.hidden.of(language))
        for key in ("weak_labels", "fixed_labels"):
            for position, label in enumerate(getattr(result, key).of(language)):
                if label not in labels:
                    what = f"{key}: {label!r} ({language}) is no label of any concept"
                    raise data.wrong(what, key, language, position)
