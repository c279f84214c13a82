"""How well passages are found: the questions of a half asked of an index of its passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import log2

from index import IndexDocument, IndexPage, Query, SearchIndex, asking, open_index
from index.annotation import with_concepts as with_concepts_named
from tests.evaluation.figures import Better, Figure, Target, mean
from tests.evaluation.judgements import KINDS, Half, Passage, Question

_EVERYONE = frozenset({"public"})
_SIZE = 10
Ask = Callable[[SearchIndex, Question], Sequence[str]]
"""From an index and a question to the passages found, the best first."""


def as_typed(index: SearchIndex, question: Question) -> tuple[str, ...]:
    """Only the words typed are looked for."""
    query = Query(question.text, _EVERYONE, language=question.language, size=_SIZE, facets=())
    return tuple(hit.id for hit in index.search(query).hits)


def with_concepts(index: SearchIndex, question: Question) -> tuple[str, ...]:
    """As the search page asks: with what the words name in other words and languages."""
    tongue = question.language
    query = Query(question.text, _EVERYONE, language=tongue, size=_SIZE, facets=(), expand=True)
    return tuple(hit.id for hit in asking.ask(index, query).results.hits)


WAYS: Mapping[str, Ask] = {"as typed": as_typed, "with concepts": with_concepts}
"""Every way of asking that is measured. The last one is what readers get, and what targets are
held against."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one question found, the best first."""

    question: Question
    ids: tuple[str, ...]
    kinds: frozenset[str]

    def rank(self, id_: str) -> float:
        return self.ids.index(id_) + 1 if id_ in self.ids else float("inf")

    def ndcg(self) -> float:
        """Normalised discounted cumulative gain at 10 (Järvelin and Kekäläinen 2002), with
        gains of 2^grade - 1."""
        grades = sorted(self.question.relevant.values(), reverse=True)
        got = [self.question.relevant.get(id_, 0) for id_ in self.ids]
        return _gain(got) / _gain(grades)

    def recall(self) -> float:
        """Share of the passages of the best grade among the first five."""
        best = self.question.best()
        return len(best.intersection(self.ids[:5])) / len(best)

    def reciprocal_rank(self) -> float:
        """One by the place of the first passage that is relevant at all; 0 where none is found."""
        return 1 / min(map(self.rank, self.question.relevant))

    def misplaced(self) -> int:
        """Passages that must not, but do, stand above one of the best grade."""
        lowest = max(map(self.rank, self.question.best()))
        return sum(self.rank(id_) < lowest for id_ in self.question.must_not)


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**g - 1) / log2(place + 1) for place, g in enumerate(grades[:_SIZE], 1))


def ask_all(half: Half, ask: Ask) -> list[Found]:
    """Every question of ``half``, asked of a new index in memory."""
    languages = {passage.id: passage.language for passage in half.passages}
    with closing(open_index("whoosh::memory:")) as index:
        index.rebuild(map(_document, half.passages))
        return [
            Found(question, tuple(ask(index, question)), _kinds(question, languages))
            for question in half.questions
        ]


def _kinds(question: Question, languages: Mapping[str, str]) -> frozenset[str]:
    """Its own kind, and cross-language wherever no best answer is in the question's language."""
    best = question.best()
    crosses = best and question.language not in {languages[id_] for id_ in best}
    return frozenset({question.kind, "cross-language"} if crosses else {question.kind})


def _document(passage: Passage) -> IndexDocument:
    """A document of one page with the tags people would have confirmed."""
    confirmed = {facet: frozenset(values) for facet, values in passage.judged.items() if values}
    document = IndexDocument(
        id=passage.id,
        revision=1,
        title=passage.title,
        language=passage.language,
        audience=_EVERYONE,
        pages=(IndexPage(1, passage.text, passage.language),),
        facets=confirmed | {"source_kind": frozenset({passage.source})},
    )
    return with_concepts_named(document)


def figures(found: Sequence[Found]) -> list[Figure]:
    """What the targets name."""
    asked = [one for one in found if one.question.relevant]
    crossing = [one for one in asked if "cross-language" in one.kinds]
    idle = [one for one in found if not one.question.relevant]
    never = sum(len(one.question.must_not) for one in asked)
    return [
        Figure("recall@5 of the best", _mean(asked, Found.recall), Target(0.85, reference=".80")),
        Figure(
            "recall@5 across languages",
            _mean(crossing, Found.recall),
            Target(0.80, aim=0.90, reference=".75"),
        ),
        Figure("nDCG@10", _mean(asked, Found.ndcg), Target(0.85, aim=0.88, reference=".81")),
        Figure("MRR", _mean(asked, Found.reciprocal_rank)),
        Figure(
            "must not, yet above the best",
            sum(one.misplaced() for one in asked),
            Target(1, Better.LOWER, reference="3 of 19"),
            of=never,
        ),
        Figure("no answer here, yet something found", sum(bool(i.ids) for i in idle), of=len(idle)),
    ]


def by_kind(found: Sequence[Found]) -> dict[str, list[Found]]:
    """The questions of each kind; a question in another language than its answers has two."""
    kinds = {kind: [one for one in found if kind in one.kinds] for kind in KINDS if kind != "empty"}
    same = [one for one in found if one.question.relevant and "cross-language" not in one.kinds]
    return {**kinds, "same language": same}


def by_language(found: Sequence[Found]) -> dict[str, list[Found]]:
    """The questions that have an answer, by the language they are asked in."""
    asked = [one for one in found if one.question.relevant]
    languages = sorted({one.question.language for one in asked})
    return {lang: [one for one in asked if one.question.language == lang] for lang in languages}


def measures(found: Sequence[Found]) -> list[str]:
    """How many questions, nDCG@10, recall@5 and MRR, as printed."""
    values = (_mean(found, one) for one in (Found.ndcg, Found.recall, Found.reciprocal_rank))
    return [str(len(found)), *("" if value is None else f"{value:.2f}" for value in values)]


def _mean(found: Iterable[Found], measure: Callable[[Found], float]) -> float | None:
    return mean(measure(one) for one in found)


def mistakes(found: Iterable[Found]) -> list[list[str]]:
    """Question, kind, what was typed, what should have come first, what came."""
    return [
        [
            one.question.id,
            one.question.kind,
            one.question.text,
            ", ".join(sorted(one.question.best())),
            ", ".join(one.ids[:4]),
        ]
        for one in found
        if (one.question.relevant and one.recall() < 1)
        or (one.ids and not one.question.relevant)
        or (one.question.relevant and one.misplaced())
    ]
