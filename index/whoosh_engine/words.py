"""Which posting lists answer for a word, a phrase or a beginning, and what each is worth."""

from __future__ import annotations

from index import analysis
from index.grammar import Area, Concept, Fuzzy, Phrase, Prefix, Term
from index.whoosh_engine.lists import Lists, TermList
from index.whoosh_engine.matching import ListsOf, Weighted
from index.whoosh_engine.schema import concept_term

KIN, TYPED = 1.0, 0.5
"""What a word's stem is worth, and what it is worth besides that it stands there as typed, with
its own rarity. On pages of another language, which have other stems, only the latter counts."""

_KIN_IN = {Area.ANYWHERE: "text", Area.TITLE: "title", Area.AUTHORS: "authors"}
_TYPED_IN = {Area.ANYWHERE: "exact", Area.TITLE: "title_exact"}


def compiler(lists: Lists, language: str) -> ListsOf:
    """What the words of one question stand for, stemmed in its language."""

    def lists_of(term: Term) -> list[Weighted]:
        if isinstance(term, Concept):
            return [(lists.terms("concepts", _codes(term)), KIN * term.weight)]
        if isinstance(term, Phrase):
            return [(_phrase(term, language, lists), KIN)]
        folded = analysis.fold(term.text)
        typed_in = _TYPED_IN.get(term.area, "authors")
        if isinstance(term, Prefix):
            return [(lists.prefix(typed_in, folded), TYPED)]
        if isinstance(term, Fuzzy):
            return [(lists.fuzzy(typed_in, folded, term.edits), TYPED)] if folded else []
        if term.area is Area.AUTHORS:  # names are not stemmed
            return [(lists.term("authors", folded), KIN)]
        typed = (lists.term(_TYPED_IN[term.area], folded), TYPED)
        stem = analysis.terms_in(language)[term.text].stem
        return [(lists.term(_KIN_IN[term.area], stem), KIN), typed] if stem else [typed]

    return lists_of


def _codes(term: Concept) -> list[str]:
    languages = term.languages or (*analysis.LANGUAGES, None)
    return [concept_term(term.id, language) for language in languages]


def _phrase(term: Phrase, language: str, lists: Lists) -> TermList:
    in_language = None if term.area is Area.AUTHORS else language
    if not term.within:
        return lists.phrase(_KIN_IN[term.area], analysis.slots(term.words, in_language))
    slots = tuple(enumerate(analysis.different_slots(term.words, in_language)))
    return lists.phrase(_KIN_IN[term.area], slots, len(term.words) + term.within)
