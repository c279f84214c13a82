"""The judged passages and questions of one half, read from YAML and checked as they are read.

A half is a folder: one file of passages for each language and ``queries.yaml``. Values are those of
the vocabulary; priorities and activities are written without the year of the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from index.vocabulary import load as load_vocabulary

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TWINS = ("open", "blind")
HALVES = (*TWINS, "fresh", "later", "second", "third")
"""The twins are made up alike. The fresh half was written later, by somebody who had read neither
of them, to see whether rules hold on texts nobody has seen; rules were then changed by what went
wrong in it. The later half was measured once they were. The second was written in the manner of the
later one, everyday and implicit, and rules were changed by it. The third is of somebody else and as
everyday, and was measured when they were."""
KINDS = (
    "known-item",
    "acronym",
    "typo",
    "accents",
    "place",
    "cross-language",
    "phrase",
    "ambiguous",
    "empty",
)
FACETS = ("country", "theme", "population", "priority", "activity")
PERSONAL_DATA = frozenset({"email", "phone", "identity-document"})
_PLAN = "2026:"
_KEYS = {"country": "about", "theme": "themes", "population": "populations"} | {
    "priority": "priorities",
    "activity": "activities",
}


class NotSound(Exception):
    """A file of the set is wrong; the message names the file, the entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text and what a careful curator would confirm of it.

    ``judged``: facet to the values that must be proposed, the best first. ``may``: values a curator
    could confirm or leave: neither right nor wrong. ``never``: traps, values that must not be
    proposed. ``mentioned``: countries the text names without being about them.
    """

    id: str
    language: str
    source: str
    title: str = field(repr=False)  # a failing test must not print the blind half
    text: str = field(repr=False)
    judged: Mapping[str, tuple[str, ...]]
    may: Mapping[str, frozenset[str]]
    never: Mapping[str, frozenset[str]]
    mentioned: frozenset[str]
    scope: str
    personal_data: frozenset[str]
    traps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader types. ``relevant``: passage to grade, 3 for the best answers, 1 for near ones.

    ``must_not``: passages that must not stand above a passage of the best grade.
    """

    id: str
    kind: str
    language: str
    text: str = field(repr=False)
    relevant: Mapping[str, int]
    must_not: tuple[str, ...]

    def best(self) -> frozenset[str]:
        top = max(self.relevant.values(), default=0)
        return frozenset(id_ for id_, grade in self.relevant.items() if grade == top)


@dataclass(frozen=True, slots=True)
class Half:
    """Passages and questions that belong together; questions are asked of these passages only."""

    name: str
    passages: tuple[Passage, ...] = field(repr=False)
    questions: tuple[Question, ...] = field(repr=False)


def load_half(name: str, folder: Path = Path(__file__).parent) -> Half:
    """The half ``name`` of ``folder``. Raises NotSound."""
    files = sorted((folder / name).glob("*.yaml"))
    passages = [p for file in files if file.name != "queries.yaml" for p in _passages(file)]
    _no_id_twice(folder / name, (p.id for p in passages))
    known = frozenset(p.id for p in passages)
    source = folder / name / "queries.yaml"
    questions = [
        _question(_Entry(source, record), known) for record in _read(source, {"queries"})["queries"]
    ]
    _no_id_twice(source, (q.id for q in questions))
    return Half(name, tuple(passages), tuple(questions))


def _passages(file: Path) -> list[Passage]:
    record = _read(file, {"language", "passages"})
    language = str(record["language"])
    _check(file, "language", "language", (language,))
    return [_passage(_Entry(file, entry), language) for entry in record["passages"]]


def _read(file: Path, keys: set[str]) -> dict[str, Any]:
    try:
        record = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise NotSound(f"{file}: {error}") from error
    if not isinstance(record, dict) or set(record) != keys:
        raise NotSound(f"{file}: it must hold {', '.join(sorted(keys))} and nothing else")
    return record


def _no_id_twice(file: Path, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for id_ in ids:
        if id_ in seen:
            raise NotSound(f"{file}: {id_} stands there twice")
        seen.add(id_)


class _Entry:
    """One record of a file; what is read from it is checked, and ``done`` tells what was not."""

    def __init__(self, file: Path, record: object) -> None:
        if not isinstance(record, dict) or not isinstance(record.get("id"), str):
            raise NotSound(f"{file}: an entry without an id")
        self.file, self.id = file, str(record["id"])
        self._left = {key: value for key, value in record.items() if key != "id"}

    def wrong(self, what: str) -> NotSound:
        return NotSound(f"{self.file}: {self.id}: {what}")

    def text(self, key: str) -> str:
        value = self._left.pop(key, None)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key} must be a text")
        return value.strip()

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        if required and key not in self._left:
            raise self.wrong(f"{key} is missing; write [] where there is none")
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(f"{key} must be a list of texts")
        if len(set(value)) != len(value):
            raise self.wrong(f"{key} names something twice")
        return tuple(value)

    def mapping(self, key: str) -> dict[str, Any]:
        value = self._left.pop(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{key} must be a mapping")
        return value

    def by_facet(self, key: str) -> dict[str, frozenset[str]]:
        nested = _Entry(self.file, {"id": self.id, **self.mapping(key)})
        found = {facet: frozenset(_values(nested, facet, facet)) for facet in FACETS}
        nested.done()
        return found

    def done(self) -> None:
        if self._left:
            raise self.wrong(f"what is {', '.join(sorted(map(str, self._left)))}?")


def _values(entry: _Entry, facet: str, key: str, *, required: bool = False) -> tuple[str, ...]:
    values = entry.texts(key, required=required)
    if facet in ("priority", "activity"):
        values = tuple(_PLAN + value for value in values)
    _check(entry.file, entry.id, facet, values)
    return values


def _check(file: Path, id_: str, facet: str, values: Iterable[str]) -> None:
    for value in values:
        if not load_vocabulary().is_known(facet, value):
            raise NotSound(f"{file}: {id_}: the vocabulary has no {facet} {value}")


def _passage(entry: _Entry, language: str) -> Passage:
    passage = Passage(
        id=entry.id,
        language=language,
        source=entry.text("source"),
        title=entry.text("title"),
        text=entry.text("text"),
        judged={
            facet: _values(entry, facet, _KEYS[facet], required=_must(facet)) for facet in FACETS
        },
        may=entry.by_facet("may"),
        never=entry.by_facet("never"),
        mentioned=frozenset(_values(entry, "country", "mentioned")),
        scope=entry.text("scope"),
        personal_data=frozenset(entry.texts("personal_data")),
        traps=entry.texts("traps", required=True),
    )
    entry.done()
    _check(entry.file, entry.id, "source_kind", (passage.source,))
    if passage.scope not in {item.id for item in load_vocabulary().lists.scopes}:
        raise entry.wrong(f"the vocabulary has no scope {passage.scope}")
    if not passage.personal_data <= PERSONAL_DATA:
        raise entry.wrong("personal data of an unknown kind")
    _no_contradiction(entry, passage)
    return passage


def _must(facet: str) -> bool:
    return facet != "activity"


def _no_contradiction(entry: _Entry, passage: Passage) -> None:
    for facet in FACETS:
        judged, may, never = (
            set(passage.judged[facet]),
            passage.may[facet],
            passage.never[facet],
        )
        if judged & may or judged & never or may & never:
            raise entry.wrong(f"a {facet} is judged in two ways")
    if passage.mentioned & set(passage.judged["country"]):
        raise entry.wrong("a country is both what it is about and only mentioned")


def _question(entry: _Entry, known: frozenset[str]) -> Question:
    question = Question(
        id=entry.id,
        kind=entry.text("kind"),
        language=entry.text("language"),
        text=entry.text("text"),
        relevant=entry.mapping("relevant"),
        must_not=entry.texts("must_not"),
    )
    entry.done()
    if question.kind not in KINDS:
        raise entry.wrong(f"there is no kind {question.kind}")
    _check(entry.file, entry.id, "language", (question.language,))
    if any(grade not in (1, 2, 3) for grade in question.relevant.values()):
        raise entry.wrong("grades are 1, 2 or 3")
    if (question.kind == "empty") != (not question.relevant):
        raise entry.wrong("questions of kind empty, and only they, have no answer")
    for id_ in (*question.relevant, *question.must_not):
        if id_ not in known:
            raise entry.wrong(f"there is no passage {id_}")
    if set(question.must_not) & set(question.relevant):
        raise entry.wrong("a passage is both an answer and not to be found")
    return question
