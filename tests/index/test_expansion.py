"""What means the same is added to a question, and nothing that does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import tokenise
from index.annotation import MOST, TAGGED, named, with_concepts
from index.expansion import ALL, asked, expand, resolved
from index.grammar import And, Concept, Either, Node, Word, parse, terms
from index.readings import named_in
from index.vocabulary import load
from index.vocabulary.values import LANGUAGES
from index.wording import shown
from tests.indexes import doc


def concepts(question: str, language: str = "es", **options: frozenset[str]) -> set[str]:
    tree = expand(parse(question), language, **options).tree
    return {term.id for term in terms(tree) if isinstance(term, Concept)}


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("desplazados internos en Choloma", "es", {"internally-displaced-persons"}),
        ("DESPLAZADOS INTERNOS", "es", {"internally-displaced-persons"}),
        ("internally displaced people", "es", {"internally-displaced-persons"}),
        ("IDPs", "en", {"internally-displaced-persons"}),
        ("apatridia y registro", "es", {"statelessness-nationality"}),
        ("desplazados internos Honduras", "es", {"internally-displaced-persons", "HN"}),
        ("migrantes hondureños", "es", {"migrants", "HN"}),
        ("solicitantes asilo", "es", {"asylum-seekers"}),  # as people leave out what is small
        ("demandeurs d'asile", "es", {"asylum-seekers"}),
        ("la determinación de la condición de refugiado", "es", {"refugee-status-determination"}),
        ("Tapachula", "es", set()),  # a town stands for itself
        ("conare", "es", {"national-refugee-commissions"}),  # typed on a phone
        ("retorno de la inversión", "es", set()),  # masked
    ],
)
def test_what_is_recognised_is_added(question: str, language: str, expected: set[str]) -> None:
    found = concepts(question, language)
    assert expected <= found
    if not expected:
        assert not found


@pytest.mark.parametrize(
    "question",
    [
        '"desplazados internos"',
        '"apatridia"',
        "título:apatridia",
        "autor:Honduras",
        "-apatridia",
        "apatri*",
    ],
)
def test_what_was_asked_expressly_is_asked_as_it_stands(question: str) -> None:
    tree = parse(question)
    assert expand(tree, "es").tree == tree


def test_words_typed_stay_the_first_way_and_the_rest_of_the_question_stays() -> None:
    tree = asked('tejido social "corredor seco" año:2020 -maras', "es")
    assert isinstance(tree, And)
    first, *rest = tree.parts
    assert isinstance(first, Either)
    assert first.parts[0] == And((Word("tejido"), Word("social")))
    assert rest == list(parse('"corredor seco" año:2020 -maras').parts)  # type: ignore[union-attr]


def test_an_acronym_of_several_readings_is_asked_in_all_and_each_is_offered() -> None:
    added = expand(parse("PDI"), "es").added
    readings = {one.ids[0] for one in added if one.contested}
    assert readings == {"internally-displaced-persons", "comprehensive-development-plan"}
    assert concepts("PDI CEPAL") == {"comprehensive-development-plan"} | concepts("CEPAL")
    assert "development-banks" not in concepts("BID for unaccompanied minors", "en")


def test_each_addition_can_be_left_out_by_its_key() -> None:
    every = expand(parse("desplazados internos Honduras"), "es")
    assert {one.language for one in every.added if one.kind == "concept"} == set(LANGUAGES)
    for one in every.added:
        rest = expand(parse("desplazados internos Honduras"), "es", frozenset({one.key}))
        assert one in rest.left_out
        assert one not in rest.added
        assert len(rest.added) == len(every.added) - 1
    nothing = expand(parse("desplazados internos Honduras"), "es", frozenset({ALL}))
    assert nothing.tree == parse("desplazados internos Honduras")
    assert nothing.left_out == every.added


def test_no_legal_distinction_is_blurred() -> None:
    vocabulary = load()
    for concept in vocabulary.concepts.concepts:
        for language in ("es", "en"):
            label = concept.labels.of(language)
            if len(set(tokenise(label))) < len(tokenise(label)):
                continue  # a word asked for twice is asked for once
            typed = {id_ for one in named_in(tokenise(label), language) for id_ in one.ids}
            added = concepts(label, language) - typed
            below = {one for id_ in typed if id_ in vocabulary_ids() for one in _narrower(id_)}
            assert added <= below
            assert not added & set(concept.never_expand_to)
            if concept.type == "population" and typed == {concept.id}:
                assert not added


def vocabulary_ids() -> set[str]:
    return {concept.id for concept in load().concepts.concepts}


def _narrower(identifier: str) -> tuple[str, ...]:
    return load().concept(identifier).narrower


def test_every_label_of_every_language_leads_to_its_concept() -> None:
    for concept in load().concepts.concepts:
        for language in LANGUAGES:
            label = getattr(concept.labels, language)
            if label:
                ids = {id_ for one in named_in(tokenise(label), language) for id_ in one.ids}
                assert concept.id in ids, (label, ids)


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_whatever_is_typed_can_be_expanded(text: str, language: str) -> None:
    tree = parse(text)
    grown = expand(tree, language)
    assert _typed(grown.tree) == _typed(tree)


def _typed(tree: Node) -> list[Node]:
    """What was typed of a tree, nothing added."""
    return [term for term in terms(tree) if not isinstance(term, Concept)]


def test_a_concept_may_be_asked_for_by_its_code_or_by_name() -> None:
    code = Concept("statelessness-nationality")
    assert resolved(parse("concepto:statelessness-nationality"), "es") == code
    assert resolved(parse("concepto:apatridia"), "es") == code
    assert resolved(parse('concept:"statelessness"'), "es") == code
    assert resolved(parse("concepto:zzz"), "es") == Concept("zzz")


def test_hidden_labels_are_never_shown() -> None:
    vocabulary = load()
    for concept in vocabulary.concepts.concepts:
        for language in LANGUAGES:
            labels = {getattr(concept.labels, language), *concept.alt.of(language)}
            offered = {*labels, *concept.acronyms.of(language)}
            assert set(shown(vocabulary, concept.id, language, "")) <= offered
            for label in labels:
                assert label not in shown(vocabulary, concept.id, language, label.upper())


# What pages name ----------------------------------------------------------------------


def test_a_page_names_concepts_in_its_own_words_as_often_as_it_does() -> None:
    text = "Las personas desplazadas internas de Honduras. Los desplazados internos hondureños."
    codes = named(text, "es")
    assert codes.count("internally-displaced-persons") == 2
    assert codes.count("HN") == 2
    assert named("IDPs " * 90, "en").count("internally-displaced-persons") == MOST
    assert named("", None) == ()


def test_a_record_names_what_its_title_says_and_what_it_is_tagged_with() -> None:
    document = with_concepts(doc("a", "Nada", title="Apatridia", country={"HN"}))
    assert document.concepts.count("statelessness-nationality") == 1
    assert document.concepts.count("HN") == TAGGED
