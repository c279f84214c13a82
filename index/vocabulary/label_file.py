"""Reads labels.yaml of an instance, and puts further labels into the concepts they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from index.vocabulary.additions import KINDS, AddedLabel
from index.vocabulary.reading import N_, Record, Source, read_source
from index.vocabulary.values import LANGUAGES, Concept, Concepts, Terms
from index.vocabulary.words import label_words

LONGEST = 120
"""Signs of a label: beyond, it is a sentence and no term."""


def labels_of(source: Source, concepts: Concepts) -> tuple[AddedLabel, ...]:
    """The labels of a file, each of which may be added to ``concepts``. Raises VocabularyError."""
    data = read_source(source).only("labels")
    taken = Taken(concepts)
    found = []
    for record in data.records("labels"):
        label = _label(record)
        fault = taken.fault(label)
        if fault is not None:
            sentence, values = fault
            key = "concept" if "concept" in values else "label"
            raise record.wrong(sentence, key, **values)
        taken.add(label)
        found.append(label)
    return tuple(found)


def _label(record: Record) -> AddedLabel:
    record.only("concept", "language", "label", "kind", "weak")
    language, kind = record.text("language"), record.text_or_empty("kind") or "alt"
    if language not in LANGUAGES:
        sentence = N_("language must be one of %(languages)s")
        raise record.wrong(sentence, "language", languages=", ".join(LANGUAGES))
    if kind not in KINDS:
        sentence = N_("kind must be one of %(kinds)s")
        raise record.wrong(sentence, "kind", kinds=", ".join(KINDS))
    concept, words = record.identifier("concept"), " ".join(record.text("label").split())
    return AddedLabel(concept, language, words, kind, record.flag("weak"))


Fault = tuple[str, dict[str, object]]
"""A sentence and what belongs into its placeholders."""


class Taken:
    """Which words are labels of which concept already; labels added one by one count too."""

    def __init__(self, concepts: Concepts) -> None:
        self._ids = {concept.id for concept in concepts.concepts}
        self._owners: dict[tuple[str, tuple[str, ...]], str] = {}
        self._acronyms: dict[str, str] = {c.form: c.form for c in concepts.contested_acronyms}
        for concept in concepts.concepts:
            for language in LANGUAGES:
                for label in labels_in(concept, language):
                    self._owners.setdefault((language, label_words(label, language)), concept.id)
                for acronym in concept.acronyms.of(language):
                    self._acronyms.setdefault(acronym, concept.id)

    def owner(self, label: AddedLabel) -> str | None:
        """The concept that has this label, or the acronym of several readings that it is."""
        if label.kind == "acronym":
            return self._acronyms.get(label.label)
        return self._owners.get((label.language, label_words(label.label, label.language)))

    def fault(self, label: AddedLabel) -> Fault | None:
        """Why ``label`` cannot be added; None where it can."""
        if label.concept not in self._ids:
            return N_("unknown concept '%(concept)s'"), {"concept": label.concept}
        if not any(word.isalnum() for word in label_words(label.label, label.language)):
            return N_("'%(label)s' holds no word"), {"label": label.label}
        if len(label.label) > LONGEST:
            return N_("a label has at most %(longest)s signs"), {"longest": LONGEST}
        owner = self.owner(label)
        if owner is None:
            return None
        said: dict[str, object] = {"label": label.label, "language": label.language, "owner": owner}
        return N_("label '%(label)s' (%(language)s) is already that of '%(owner)s'"), said

    def add(self, label: AddedLabel) -> None:
        if label.kind == "acronym":
            self._acronyms[label.label] = label.concept
        else:
            words = label_words(label.label, label.language)
            self._owners[label.language, words] = label.concept


def labels_in(concept: Concept, language: str) -> tuple[str, ...]:
    """Every label of a concept in a language, the preferred one first, without acronyms."""
    preferred = getattr(concept.labels, language)
    first = (preferred,) if preferred else ()
    return (*first, *concept.alt.of(language), *concept.hidden.of(language))


def with_labels(concepts: Concepts, labels: Iterable[AddedLabel]) -> Concepts:
    """``concepts`` with further labels, which ``Taken`` has found no fault with."""
    by_concept: dict[str, list[AddedLabel]] = {}
    weak = concepts.weak_labels
    for label in labels:
        by_concept.setdefault(label.concept, []).append(label)
        if label.weak and label.label not in weak.of(label.language):
            weak = _with(weak, label)
    added = tuple(_named(concept, by_concept.get(concept.id, ())) for concept in concepts.concepts)
    return replace(concepts, concepts=added, weak_labels=weak)


def _named(concept: Concept, labels: Iterable[AddedLabel]) -> Concept:
    alt, hidden, acronyms = concept.alt, concept.hidden, concept.acronyms
    for label in labels:
        if label.kind == "alt":
            alt = _with(alt, label)
        elif label.kind == "hidden":
            hidden = _with(hidden, label)
        else:
            acronyms = _with(acronyms, label)
    return replace(concept, alt=alt, hidden=hidden, acronyms=acronyms)


def _with(terms: Terms, label: AddedLabel) -> Terms:
    return replace(terms, **{label.language: (*terms.of(label.language), label.label)})
