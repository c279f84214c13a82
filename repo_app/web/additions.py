"""What was searched for beside the words typed: told in words, each part of it to be left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from index import Query
from index.asking import SPELLING, respelt
from index.contract import Addition
from index.expansion import ALL
from index.wording import shown
from repo_app.services import meaning
from repo_app.services.searching import Answer
from repo_app.web import labels
from repo_app.web.context import language, runtime, viewer
from repo_app.web.questions import Question


@dataclass(frozen=True, slots=True)
class Also:
    """Words that were searched for as well, or could be, and the search without or with them.

    ``language`` is that of ``words``, '' for the page's. ``kind`` is that of the addition.
    """

    kind: str
    words: str
    language: str
    address: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of what was typed, and the search for this one alone."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Additions:
    """``concepts``: those recognised. ``readings``: by what was typed. ``respelt``: the words put
    right, and the search for them as they were typed; None where none were."""

    added: tuple[Also, ...]
    left_out: tuple[Also, ...]
    readings: Mapping[str, tuple[Reading, ...]]
    respelt: Reading | None
    typed_only: str
    everything: str
    concepts: tuple[str, ...]


def additions(question: Question, answer: Answer) -> Additions:
    """For the page of results of a question."""
    left_out = {one.key for one in answer.left_out}
    return Additions(
        added=tuple(_told(answer.added, question, add=False)),
        left_out=tuple(_told(answer.left_out, question, add=True)),
        readings=_readings(question, answer),
        respelt=_respelt(question, answer),
        typed_only=question.leaving_out(ALL).address if answer.added else "",
        everything=question.with_everything().address if left_out else "",
        concepts=tuple(
            dict.fromkeys(
                one.ids[0] for one in (*answer.added, *answer.left_out) if one.kind == "concept"
            )
        ),
    )


def _told(additions: tuple[Addition, ...], question: Question, *, add: bool) -> Iterator[Also]:
    for one in additions:
        words = _words(one)
        if words:
            changed = question.taking_in(one.key) if add else question.leaving_out(one.key)
            tongue = one.language if one.kind == "concept" else ""
            yield Also(one.kind, words, tongue, changed.address)


def _words(addition: Addition) -> str:
    vocabulary = runtime().vocabulary
    code = addition.ids[0]
    if addition.kind == "country":
        return labels.label("country", code)
    if addition.kind == "narrower":
        names = [vocabulary.concept(one).labels.of(language()) for one in addition.ids]
        return ", ".join(names)
    return ", ".join(shown(vocabulary, code, addition.language, addition.typed))


def _readings(question: Question, answer: Answer) -> dict[str, tuple[Reading, ...]]:
    """What has several meanings, with a way to each of them alone."""
    contested = [one for one in answer.added if one.contested]
    by_typed: dict[str, dict[str, list[str]]] = {}
    for one in contested:
        by_typed.setdefault(one.typed, {}).setdefault(one.ids[0], []).append(one.key)
    readings = {}
    for typed, keys in by_typed.items():
        if len(keys) > 1:
            readings[typed] = tuple(_reading(question, code, keys) for code in keys)
    return readings


def _reading(question: Question, code: str, keys: Mapping[str, list[str]]) -> Reading:
    others = [key for other, several in keys.items() if other != code for key in several]
    words = runtime().vocabulary.concept(code).labels.of(language())
    return Reading(words, question.leaving_out(*others).address)


def _respelt(question: Question, answer: Answer) -> Reading | None:
    if not answer.respelt:
        return None
    query = replace(answer.query, left_out=frozenset())
    words = {word: _written(query, near) for word, near in answer.respelt.items()}
    address = question.leaving_out(SPELLING).address
    return Reading(respelt(question.text, words), address)


def _written(query: Query, near: str) -> str:
    return meaning.as_written(runtime(), viewer(), query, near)
