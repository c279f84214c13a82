"""What can be written in the search box, with examples that are links.

Every example is asked of the sample collection by a test: the page cannot promise what the
search does not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.grammar import FIELD_NAMES, MAX_EDITS, MAX_TERMS, MAX_WITHIN, WITHIN
from repo_app.i18n import N_
from repo_app.web.questions import LONGEST_TEXT
from repo_app.web.words import gettext as _


@dataclass(frozen=True, slots=True)
class Example:
    """One construct: what it does, and a question in each language of the site."""

    sentence: str
    questions: Mapping[str, str]


CONSTRUCTS = {
    "words": Example(
        N_(
            "All of these words, if possible on one page. Accents, capitals and plurals do not"
            " matter. Terms of this field are also looked for by their synonyms and in other"
            " languages."
        ),
        {"es": "retorno empleo municipio", "en": "hiring refugees training"},
    ),
    "phrase": Example(
        N_(
            "These words one after another. What is quoted is never widened by synonyms or"
            " translations, and what is written exactly so comes first."
        ),
        {"es": '"tejido social"', "en": '"social cohesion"'},
    ),
    "near": Example(
        N_(
            "These words close together, in any order, with at most so many other words among"
            " them as the number says (%(most)s at most; without a number, %(usual)s)."
        ),
        {"es": '"municipio presupuesto"~10', "en": '"council budget"~10'},
    ),
    "or": Example(
        N_("Either of the words: OR in capitals, or O as in Spanish."),
        {"es": "deportación O retorno", "en": "bylaw OR resolution"},
    ),
    "not": Example(
        N_("The first word, but no document that holds the second one on any page."),
        {"es": "asilo -retorno", "en": "asylum -hiring"},
    ),
    "group": Example(
        N_("Parentheses hold together what belongs together."),
        {"es": "(mujeres O niñas) trabajo", "en": "(women OR girls) work"},
    ),
    "prefix": Example(
        N_("Every word that begins so. At least two letters."),
        {"es": "reintegr*", "en": "certif*"},
    ),
    "fuzzy": Example(
        N_(
            "Words that are spelt about so, where you are not sure of the spelling. ~1 and"
            " ~%(edits)s say how many letters may differ."
        ),
        {"es": "desplasamiento~", "en": "goverment~"},
    ),
}
"""By the construct's name."""

FIELDS = {
    "country": Example(
        N_("The country a document is about: its name or its two letters. A comma means either."),
        {"es": "país:HN,GT", "en": "country:HN,GT"},
    ),
    "theme": Example(
        N_("A theme, in quotation marks where its name has several words."),
        {"es": 'tema:"cohesión social"', "en": 'theme:"social cohesion"'},
    ),
    "population": Example(
        N_("Who it is about."),
        {"es": 'población:"personas apátridas"', "en": 'population:"women and girls"'},
    ),
    "source_kind": Example(
        N_("Who speaks."),
        {"es": 'fuente:"sector privado"', "en": 'source:"private sector"'},
    ),
    "document_kind": Example(
        N_("The kind of document, as the filters name it or by its code."),
        {"es": "tipo:policy-brief", "en": "kind:evaluation"},
    ),
    "year": Example(
        N_("The year, or the years from one to another: 2020-2023, 2020-, -2019."),
        {"es": "año:2020-2023", "en": "year:2020-2023"},
    ),
    "language": Example(
        N_("The language of the document, by name or code."),
        {"es": "idioma:portugués", "en": "language:French"},
    ),
    "priority": Example(N_("A priority of the plan."), {"es": "prioridad:P2", "en": "priority:P2"}),
    "activity": Example(
        N_("An activity of the plan."),
        {"es": "actividad:P2-R2-A5", "en": "activity:P2-R2-A5"},
    ),
    "concept": Example(
        N_("A term of this field, in whatever words and language a text names it."),
        {"es": "concepto:apatridia", "en": "concept:statelessness"},
    ),
    "title": Example(
        N_("A word of the title."), {"es": "título:ventanilla", "en": "title:toolbox"}
    ),
    "authors": Example(N_("A name of an author."), {"es": "autor:Xicará", "en": "author:Okafor"}),
}
"""By facet or area; all of FIELD_NAMES."""

LISTED = ("country", "source_kind", "language")
"""Facets whose values are few enough to be listed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An example as the page shows it, with a field's name in the site's other language."""

    question: str
    sentence: str
    other_name: str = ""


def constructs(language: str) -> tuple[Shown, ...]:
    limits = {"most": MAX_WITHIN, "usual": WITHIN, "edits": MAX_EDITS}
    return tuple(
        Shown(one.questions[language], _(one.sentence, **limits)) for one in CONSTRUCTS.values()
    )


def fields(language: str) -> tuple[Shown, ...]:
    return tuple(
        Shown(
            one.questions[language],
            _(one.sentence),
            name(field, "en" if language == "es" else "es"),
        )
        for field, one in FIELDS.items()
    )


def name(field: str, language: str) -> str:
    """What is written before the colon."""
    spanish, english = FIELD_NAMES[field]
    return spanish if language == "es" else english


def limits() -> dict[str, int]:
    """How much of a question is read."""
    return {"words": MAX_TERMS, "characters": LONGEST_TEXT}
