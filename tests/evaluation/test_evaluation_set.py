"""The evaluation set is sound, its halves are alike, it names nobody, its measures are right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import reduce
from pathlib import Path

import pytest

from index.vocabulary import load
from tests.evaluation import __main__ as report
from tests.evaluation.figures import Better, Figure, Target, beside, mean
from tests.evaluation.finding import Found, as_typed, ask_all, by_kind
from tests.evaluation.judgements import (
    FACETS,
    HALVES,
    KINDS,
    TWINS,
    Half,
    NotSound,
    Passage,
    Question,
    load_half,
)
from tests.evaluation.proposing import Proposed
from tests.evaluation.proposing import judged as judged_figures

# Authors of works that do not exist, made up for lists of references.
INVENTED_AUTHORS = {"Arosemena", "Bell", "Cabrera", "Duarte", "Ibáñez", "Jaramillo", "Keller"}
A5_SOURCES = {"academic", "civil-society", "refugee-led", "local-government", "private-sector"}
OURS = ("es", "en", "pt", "fr")


@pytest.fixture(scope="module")
def halves() -> tuple[Half, ...]:
    return tuple(load_half(name) for name in HALVES)


@pytest.fixture(scope="module")
def twins(halves: tuple[Half, ...]) -> tuple[Half, ...]:
    return tuple(half for half in halves if half.name in TWINS)


def test_there_is_enough_to_judge_by(halves: tuple[Half, ...]) -> None:
    passages = [passage for half in halves for passage in half.passages]
    assert len(passages) >= 48
    assert sum(len(half.questions) for half in halves) >= 72
    languages = Counter(passage.language for passage in passages)
    assert all(languages[code] >= n for code, n in zip(OURS, (22, 14, 6, 6), strict=True))
    for half in halves:
        assert {p.source for p in half.passages} > A5_SOURCES
        assert {q.kind for q in half.questions} == set(KINDS)


@pytest.mark.parametrize(
    "of",
    [
        lambda half: [p.language for p in half.passages],
        lambda half: [p.source for p in half.passages],
        lambda half: [q.kind for q in half.questions],
        lambda half: [q.language for q in half.questions],
        lambda half: [bool(p.judged["activity"] or p.may["activity"]) for p in half.passages],
        lambda half: [kind for p in half.passages for kind in p.personal_data and ["any"]],
    ],
)
def test_the_twins_are_made_up_alike(
    twins: tuple[Half, ...], of: Callable[[Half], list[object]]
) -> None:
    counts = [Counter(of(half)) for half in twins]
    assert counts[0] == counts[1]


def test_the_twins_set_about_as_many_traps(twins: tuple[Half, ...]) -> None:
    for facet in FACETS:
        counts = [sum(bool(p.never[facet]) for p in half.passages) for half in twins]
        assert abs(counts[0] - counts[1]) <= 3, facet
    shunned = [sum(len(q.must_not) for q in half.questions) for half in twins]
    assert shunned[0] == shunned[1]
    lengths = [sum(len(p.text.split()) for p in half.passages) for half in twins]
    assert min(lengths) / max(lengths) > 0.85


def test_a_text_on_no_country_says_so_in_its_scope(halves: tuple[Half, ...]) -> None:
    for passage in (passage for half in halves for passage in half.passages):
        wide = passage.scope in ("regional-mirps", "beyond-region")
        assert wide == (not passage.judged["country"]), passage.id
        multi = passage.scope == "multi-country"
        assert multi == (len(passage.judged["country"]) > 1), passage.id


def test_an_activity_comes_with_its_priority(halves: tuple[Half, ...]) -> None:
    for passage in (passage for half in halves for passage in half.passages):
        priorities = {*passage.judged["priority"], *passage.may["priority"]}
        for activity in passage.judged["activity"]:
            assert load().activity(activity).priority in priorities, passage.id


def test_judged_themes_are_those_of_the_facet_and_never_more_than_are_proposed(
    halves: tuple[Half, ...],
) -> None:
    limits = {"country": 4, "theme": 5, "population": 4, "activity": 3, "priority": 2}
    for passage in (passage for half in halves for passage in half.passages):
        for facet, limit in limits.items():
            assert len(passage.judged[facet]) <= limit, passage.id
        shown = load().facet_values("theme")
        assert set(passage.judged["theme"]) | passage.may["theme"] <= set(shown), passage.id


def test_no_passage_stands_there_twice(halves: tuple[Half, ...]) -> None:
    """Not even in part: no seven words in a row are those of another passage."""
    owner: dict[tuple[str, ...], str] = {}
    for passage in (passage for half in halves for passage in half.passages):
        if passage.language == "zxx":
            continue  # lists of names
        words = re.findall(r"\w+", passage.text.casefold())
        for start in range(len(words) - 6):
            run = tuple(words[start : start + 7])
            if {"salvador", "guatemala", "honduras"} <= set(run):
                continue  # the list of the members is a trap of both halves
            assert owner.setdefault(run, passage.id) == passage.id


def test_no_question_is_asked_twice(halves: tuple[Half, ...]) -> None:
    typed = [question.text.casefold() for half in halves for question in half.questions]
    assert len(set(typed)) == len(typed)


def test_nobody_real_is_named(halves: tuple[Half, ...]) -> None:
    for passage in (passage for half in halves for passage in half.passages):
        text = f"{passage.title}\n{passage.text}"
        assert all(
            host in ("example.org", "example.com") for host in re.findall(r"@([\w.]+\w)", text)
        )
        numbers = re.findall(r"\d{4}[- ]\d{4}", text)
        assert all(number.startswith(("5550", "0000")) for number in numbers), passage.id
        assert not re.search(r"\b(?:Sra?|Dra?|Lic|Ing|Mr|Mrs|Ms|Mme)\. [A-Z]|\bM\. [A-Z]", text)
        authors = set(re.findall(r"^([\w’'-]+), [A-Z]\.", text, re.MULTILINE))
        assert authors <= INVENTED_AUTHORS, passage.id


PASSAGE = """\
language: es
passages:
- {id: a, source: academic, title: T, text: X, about: [HN], scope: national, themes: [THEME],
   populations: [], priorities: [P2], traps: []}
"""
QUESTION = "queries:\n- {id: q, kind: KIND, language: es, text: x, relevant: {ID: GRADE}}\n"


def a_half(folder: Path, passages: str = PASSAGE, questions: str = QUESTION, **put: str) -> Half:
    """The smallest half, with words in capitals exchanged."""
    put = {"THEME": "social-cohesion", "KIND": "place", "ID": "a", "GRADE": "3"} | put
    (folder / "small").mkdir(exist_ok=True)
    for name, text in (("es.yaml", passages), ("queries.yaml", questions)):
        written = reduce(lambda before, word: before.replace(word, put[word]), put, text)
        (folder / "small" / name).write_text(written, encoding="utf-8")
    return load_half("small", folder)


def test_a_sound_half_is_read(tmp_path: Path) -> None:
    half = a_half(tmp_path)
    assert half.passages[0].judged["priority"] == ("2026:P2",)
    assert half.questions[0].best() == {"a"}


@pytest.mark.parametrize(
    ("put", "message"),
    [
        ({"THEME": "gardening"}, "es.yaml: a: the vocabulary has no theme gardening"),
        ({"HN": "XX"}, "es.yaml: a: the vocabulary has no country XX"),
        ({"academic": "gossip"}, "es.yaml: a: the vocabulary has no source_kind gossip"),
        ({"scope: national": "scope: galaxy"}, "es.yaml: a: the vocabulary has no scope galaxy"),
        ({"traps: []": "trap: []"}, "es.yaml: a: traps is missing"),
        ({"traps: []": "traps: [], more: 1"}, "es.yaml: a: what is more"),
        ({"traps: []": "traps: [], may: {country: [HN]}"}, "es.yaml: a: a country is judged in"),
        ({"traps: []": "traps: [], mentioned: [HN]"}, "es.yaml: a: a country is both"),
        ({"traps: []": "traps: [], personal_data: [shoe]"}, "es.yaml: a: personal data of an"),
        ({"language: es": "language: xx"}, "yaml: .*: the vocabulary has no language xx"),
        ({"passages:": "texts:"}, "es.yaml: it must hold language, passages"),
        ({"KIND": "riddle"}, "queries.yaml: q: there is no kind riddle"),
        ({"KIND": "empty"}, "queries.yaml: q: questions of kind empty"),
        ({"ID": "b"}, "queries.yaml: q: there is no passage b"),
        ({"GRADE": "4"}, "queries.yaml: q: grades are 1, 2 or 3"),
        ({"queries:": "queries: ["}, "queries.yaml: "),
    ],
)
def test_what_is_not_sound_is_named_by_file_and_entry(
    tmp_path: Path, put: dict[str, str], message: str
) -> None:
    with pytest.raises(NotSound, match=message):
        a_half(tmp_path, **put)


def test_an_id_stands_once(tmp_path: Path) -> None:
    twice = PASSAGE + PASSAGE.split("passages:\n")[1]
    with pytest.raises(NotSound, match="a stands there twice"):
        a_half(tmp_path, twice)


def found(ids: str, relevant: dict[str, int], must_not: str = "", kind: str = "place") -> Found:
    question = Question("q", kind, "es", "x", relevant, tuple(must_not))
    return Found(question, tuple(ids), frozenset({kind}))


def test_measures_of_finding_are_those_worked_out_by_hand() -> None:
    assert found("ab", {"a": 3, "b": 1}).ndcg() == 1
    assert found("ba", {"a": 3, "b": 1}).ndcg() == pytest.approx((1 + 7 / 1.5849625) / 7.6309298)
    assert found("", {"a": 3}).ndcg() == 0
    assert found("xxxxxxxxxxa", {"a": 3}).ndcg() == 0  # the eleventh
    assert found("xxxxab", {"a": 3, "b": 3}).recall() == 0.5
    assert found("bxa", {"a": 3, "b": 1}).recall() == 1
    assert found("xba", {"a": 3, "b": 1}).reciprocal_rank() == 0.5
    assert found("xyz", {"a": 3}).reciprocal_rank() == 0


def test_what_must_not_be_found_counts_only_above_the_best() -> None:
    assert found("am", {"a": 3}, "m").misplaced() == 0
    assert found("ma", {"a": 3}, "m").misplaced() == 1
    assert found("m", {"a": 3}, "m").misplaced() == 1
    assert found("amb", {"a": 3, "b": 3}, "m").misplaced() == 1
    assert found("", {"a": 3}, "m").misplaced() == 0


def test_a_question_without_an_answer_is_in_no_mean() -> None:
    groups = by_kind([found("", {}, kind="empty"), found("a", {"a": 1})])
    assert [len(groups[name]) for name in ("place", "same language")] == [1, 1]
    assert "empty" not in groups


def proposed(passage: Passage, **values: tuple[str, ...]) -> Proposed:
    return Proposed(passage, "es", dict.fromkeys(FACETS, ()) | values, 0, None, None)


def test_what_may_be_either_way_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    lax = PASSAGE.replace("traps: []", "traps: [], may: {theme: [data-statistics]}")
    passage = a_half(tmp_path, lax).passages[0]
    for values in (("social-cohesion",), ("social-cohesion", "data-statistics")):
        found, due = proposed(passage, theme=values).weighed("theme")
        assert found == due == {"social-cohesion"}


def test_figures_are_those_worked_out_by_hand(tmp_path: Path) -> None:
    trapped = PASSAGE.replace("traps: []", "traps: [], never: {country: [PA]}")
    passage = a_half(tmp_path, trapped).passages[0]
    right = proposed(passage, theme=("social-cohesion",), country=("HN",), priority=("2026:P2",))
    wrong = proposed(
        passage, theme=("health-access",), country=("PA",), activity=("2026:P4-R4-A5",)
    )
    silent = proposed(passage)
    half = {one.name: one.value for one in judged_figures([right, wrong])}
    assert half["themes precision"] == half["themes recall"] == half["countries F1"] == 0.5
    of_three = {one.name: one.value for one in judged_figures([right, wrong, silent])}
    assert of_three["themes precision"] == 0.5  # nothing proposed is nothing wrong
    assert of_three["themes recall"] == pytest.approx(1 / 3)
    assert half["countries: traps violated"] == half["activity where none is expected"] == 1
    assert half["priority, first one"] == 0.5
    assert half["activities recall@3"] is None


def test_a_figure_says_whether_it_reaches_its_target() -> None:
    assert Figure("x", 0.749, Target(0.75)).shown() == "0.75 ✓"
    assert Figure("x", 0.74, Target(0.75)).shown() == "0.74 ✗"
    assert Figure("x", 2, Target(1, Better.LOWER), of=9).shown() == "2 of 9 ✗"
    assert Figure("x", None, Target(1)).shown() == "not yet"
    assert mean([]) is None
    assert beside([[Figure("x", 1.0)], [Figure("x", 0.5)]]) == [["x", "", "", "1.00", "0.50"]]


def test_nothing_of_the_blind_half_is_printed_but_figures(
    capsys: pytest.CaptureFixture[str], halves: tuple[Half, ...]
) -> None:
    asked = [ask_all(half, as_typed) for half in halves]
    report._say_finding("as typed", asked)
    printed = capsys.readouterr().out
    blind = halves[1]
    for id_ in (*(p.id for p in blind.passages), *(q.id for q in blind.questions)):
        assert id_ not in printed
    with pytest.raises(ValueError, match="told to nobody"):
        report._say_mistakes(blind, {})
    assert not capsys.readouterr().out
