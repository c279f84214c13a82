"""What readers type becomes the tree they mean, and nothing they type is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.grammar import (
    EVERYTHING,
    MAX_TERMS,
    NOTHING,
    And,
    Area,
    Filter,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    parse,
    terms,
    without_stop_words,
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("asilo", Word("asilo")),
        ("asilo frontera", And((Word("asilo"), Word("frontera")))),
        ("asilo asilo", Word("asilo")),
        ('"derecho al asilo"', Phrase(("derecho", "al", "asilo"))),
        ("«derecho al asilo»", Phrase(("derecho", "al", "asilo"))),
        ('"asilo"', Word("asilo")),
        ("-asilo", Not(Word("asilo"))),
        ('-"plan nacional"', Not(Phrase(("plan", "nacional")))),
        ("NOT asilo", Not(Word("asilo"))),
        ("a1 AND b2", And((Word("a1"), Word("b2")))),
        ("asilo OR refugio", Or((Word("asilo"), Word("refugio")))),
        ("asilo O refugio", Or((Word("asilo"), Word("refugio")))),
        ("asilo o refugio", And((Word("asilo"), Word("o"), Word("refugio")))),
        ("sur asilo OR refugio", And((Word("sur"), Or((Word("asilo"), Word("refugio")))))),
        (
            "(sur asilo) OR refugio",
            Or((And((Word("sur"), Word("asilo"))), Word("refugio"))),
        ),
        ("migr*", Prefix("migr")),
        ("asylum-seekers", And((Word("asylum"), Word("seekers")))),
        ("asylum-seek*", And((Word("asylum"), Prefix("seek")))),
        ("P4-R4-A5", Phrase(("P4", "R4", "A5"))),
        ("l'asile", Word("asile")),
        ("país:HN", Filter("country", ("HN",))),
        ("PAIS:HN,GT", Filter("country", ("HN", "GT"))),
        ('tema:"trata de personas"', Filter("theme", ("trata de personas",))),
        ("año:2020-2026", Filter("year", ("2020-2026",))),
        ("year:2020-", Filter("year", ("2020-",))),
        ("actividad:2026:P2-R2-A5", Filter("activity", ("2026:P2-R2-A5",))),
        ("priority:P2", Filter("priority", ("P2",))),
        ("idioma:es", Filter("language", ("es",))),
        ("source:academic", Filter("source_kind", ("academic",))),
        ("tipo:thesis", Filter("document_kind", ("thesis",))),
        ("población:children", Filter("population", ("children",))),
        ("-country:HN", Not(Filter("country", ("HN",)))),
        ("autor:García", Word("García", Area.AUTHORS)),
        ('title:"plan nacional"', Phrase(("plan", "nacional"), Area.TITLE)),
        ("título:migr*", Prefix("migr", Area.TITLE)),
        ("https://example.org", And((Word("https"), Word("example"), Word("org")))),
        ("pais\u0301:HN".replace("pais\u0301", "pai\u0301s"), Filter("country", ("HN",))),
    ],
)
def test_readers_get_what_they_mean(text: str, tree: object) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    "text",
    ["", "   ", "*", "-", "--", '"', '""', "()", ")(", "OR", "O O", "NOT", "país:", "😀", "%"],
)
def test_signs_without_words_ask_for_everything(text: str) -> None:
    assert parse(text) == EVERYTHING


@pytest.mark.parametrize("text", ["OR asilo", "asilo OR", "(asilo", "asilo)", '"asilo', "((asilo"])
def test_unfinished_signs_are_left_out(text: str) -> None:
    assert parse(text) == Word("asilo")


@given(st.one_of(st.text(max_size=300), st.text('ab "-*():OR Ñoñpaís,2\x00', max_size=80)))
def test_whatever_is_typed_is_a_question(text: str) -> None:
    tree = parse(text)
    hash(tree)
    for language in ("es", "en", "", "xx"):
        without_stop_words(tree, language)


def test_a_question_is_read_up_to_its_limit() -> None:
    for text in (
        " ".join(f"w{n}" for n in range(5_000)),
        '"' + "a b c " * 2_000 + '"',
        "(" * 10_000 + "asilo" + ")" * 10_000,
        "a-b" * 4_000,
        "-(" * 5_000,
        " OR ".join(f"w{n}" for n in range(3_000)),
        "x" * 10_000,
    ):
        found = list(terms(parse(text), excluded=True))
        words = sum(len(t.words) if isinstance(t, Phrase) else 1 for t in found)
        assert words <= MAX_TERMS


def test_excluded_terms_are_listed_only_on_request() -> None:
    tree = parse("asilo -(maras OR pandillas)")
    assert list(terms(tree)) == [Word("asilo")]
    assert len(list(terms(tree, excluded=True))) == 3


@pytest.mark.parametrize(
    ("text", "tree", "ignored"),
    [
        ("la casa", Word("casa"), ("la",)),
        ("La casa -el", Word("casa"), ("La", "el")),
        ("la OR casa", Word("casa"), ("la",)),
        ("de la", NOTHING, ("de", "la")),
        ('"de la" casa', And((NOTHING, Word("casa"))), ("de", "la")),
        ('"de la casa"', Phrase(("de", "la", "casa")), ()),
        ("a* casa", Word("casa"), ("a*",)),
        ("no devolución", And((Word("no"), Word("devolución"))), ()),
        ("autor:las", Word("las", Area.AUTHORS), ()),
        ("", EVERYTHING, ()),
        ("país:HN la", Filter("country", ("HN",)), ("la",)),
    ],
)
def test_stop_words_are_left_out_and_named(
    text: str, tree: object, ignored: tuple[str, ...]
) -> None:
    searchable = without_stop_words(parse(text), "es")
    assert (searchable.tree, searchable.ignored) == (tree, ignored)
