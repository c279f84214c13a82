"""What readers type becomes the tree they mean, and nothing they type is an error."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.grammar import (
    EVERYTHING,
    FIELD_NAMES,
    MAX_FUZZY,
    MAX_TERMS,
    MAX_TEXT,
    MAX_WITHIN,
    NOTHING,
    WITHIN,
    And,
    Area,
    Concept,
    Filter,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    parse,
    terms,
    without_stop_words,
)
from index.rewriting import (
    any_word,
    anywhere,
    spelt_about_so,
    without_filters,
    without_quotes,
    written,
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("asilo", Word("asilo")),
        ("asilo frontera", And((Word("asilo"), Word("frontera")))),
        ("asilo asilo", Word("asilo")),
        ('"derecho al asilo"', Phrase(("derecho", "al", "asilo"))),
        ("«derecho al asilo»", Phrase(("derecho", "al", "asilo"))),
        ('"asilo"', Word("asilo", quoted=True)),
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
        ('"tierra agua"~5', Phrase(("tierra", "agua"), within=5)),
        ('"tierra agua"~', Phrase(("tierra", "agua"), within=WITHIN)),
        ('"tierra agua"~0', Phrase(("tierra", "agua"))),
        ('"tierra agua"~99999999999', Phrase(("tierra", "agua"), within=MAX_WITHIN)),
        ('"tierra"~5', Word("tierra", quoted=True)),
        ('título:"plan nacional"~3', Phrase(("plan", "nacional"), Area.TITLE, 3)),
        ('-"tierra agua"～2', Not(Phrase(("tierra", "agua"), within=2))),
        ('tema:"trata de personas"~3', Filter("theme", ("trata de personas",))),
        ("desplasamiento~", Fuzzy("desplasamiento", 2)),
        ("migrasion~,", Fuzzy("migrasion", 2)),
        ("asillo~", Fuzzy("asillo", 1)),
        ("mar~", Word("mar")),
        ("mar~1", Fuzzy("mar", 1)),
        ("mar~2", Fuzzy("mar", 1)),
        ("asilo~2", Fuzzy("asilo", 2)),
        ("asilo~7", Fuzzy("asilo", 2)),
        ("asilo~0", Word("asilo")),
        ("asilo~0.8", Fuzzy("asilo", 1)),
        ("la~2", Word("la")),
        ("2020~", Word("2020")),
        ("P4-R4-A5~", Phrase(("P4", "R4", "A5"))),
        ("asylum-seekrs~", And((Word("asylum"), Fuzzy("seekrs", 1)))),
        ("autor:garzia~", Fuzzy("garzia", 1, Area.AUTHORS)),
        ("-asillo∼", Not(Fuzzy("asillo", 1))),
        ("asilo~x", And((Word("asilo"), Word("x")))),
        ("pais\u0301:HN".replace("pais\u0301", "pai\u0301s"), Filter("country", ("HN",))),
    ],
)
def test_readers_get_what_they_mean(text: str, tree: object) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "*",
        "~",
        "~2",
        '""~5',
        "~~",
        "-",
        "--",
        '"',
        '""',
        "()",
        ")(",
        "OR",
        "O O",
        "NOT",
        "país:",
        "😀",
        "%",
    ],
)
def test_signs_without_words_ask_for_everything(text: str) -> None:
    assert parse(text) == EVERYTHING


@pytest.mark.parametrize("text", ["OR asilo", "asilo OR", "(asilo", "asilo)", '"asilo', "((asilo"])
def test_unfinished_signs_are_left_out(text: str) -> None:
    assert parse(text) == Word("asilo", quoted='"' in text)


PIECES = st.sampled_from(
    ["asilo", "OR", "O", "NOT", "AND", "-", "(", ")", '"', '"la casa"', '"a b"~3', '"a b"~⑳⑳',
     "migr*", "desplasamiento~", "x~²", "país:HN", "pais:HN,GT", 'tema:"trata de personas"',
     'título:"a b"', "autor:García", "autor:o", "title:migr*", "P4-R4-A5", "asylum-seekers",
     "l'asile", "o", '"OR"', "año:2020-", 'author:"a b"~2', '-"x y"', "asy-lum*", "º", "ﬁn~",
     "2020~", "http://a.b", "a,b", 'y"z', "ǅ", "\u202easilo\u202c", "\u200fשלום", "\x00", "\ufeff"]
)  # fmt: skip
TYPED = st.one_of(
    st.text(max_size=300),
    st.text('ab "-*():OR Ñoñpaís,2~\x00', max_size=80),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=9).map("".join),
)


@given(TYPED)
def test_whatever_is_typed_is_a_question(text: str) -> None:
    tree = parse(text)
    hash(tree)
    for language in ("es", "en", "", "xx"):
        without_stop_words(tree, language)


@given(TYPED, st.sampled_from(["es", "en"]))
def test_a_tree_is_written_so_that_it_is_read_again(text: str, language: str) -> None:
    tree = parse(text)
    assert parse(written(tree, language)) == tree


@given(TYPED)
def test_asking_for_more_keeps_what_is_excluded(text: str) -> None:
    tree = parse(text)
    excluded = set(terms(tree, excluded=True)) - set(terms(tree))
    for change in (without_filters, without_quotes, anywhere, spelt_about_so, any_word):
        assert excluded <= set(terms(change(tree), excluded=True))


@pytest.mark.parametrize(
    ("change", "text", "more"),
    [
        (without_filters, "asilo país:HN -país:GT", "asilo -país:GT"),
        (without_filters, "país:HN OR asilo", "asilo"),
        (without_quotes, '"tejido social" -"a b"', 'tejido social -"a b"'),
        (without_quotes, 'título:"plan nacional"~3', "título:plan título:nacional"),
        (anywhere, 'título:"plan nacional" autor:garc* migr*', '"plan nacional" garc* migr*'),
        (spelt_about_so, "desplasamiento mar -aislo", "desplasamiento~ mar -aislo"),
        (any_word, 'asilo "a b" -c país:HN', '(asilo OR "a b") -c país:HN'),
        (any_word, "asilo", "asilo"),
        (any_word, "país:HN", "país:HN"),
    ],
)
def test_questions_are_widened_one_way_at_a_time(
    change: Callable[[Node], Node], text: str, more: str
) -> None:
    assert change(parse(text)) == parse(more)


def test_every_field_has_a_spanish_and_an_english_name() -> None:
    for field, names in FIELD_NAMES.items():
        trees = {parse(f"{name}:x") for name in (*names, *(name.upper() for name in names))}
        assert len(trees) == 1
        tree = trees.pop()
        if field == "concept":
            assert tree == Concept("x")
        else:
            assert field in (getattr(tree, "facet", None), getattr(tree, "area", None))


HOSTILE = (
    " ".join(f"w{n}" for n in range(200)),
    " ".join(f"palabra{chr(97 + n % 26)}~2" for n in range(200)),
    "(" * 50_000,
    "((((a)) OR " * 10_000,
    '"' * 100_001,
    'a"' * 50_000,
    '"a' * 50_000,
    "x" * 100_000,
    "á" * 100_000,
    "-" * 100_000,
    "OR " * 30_000,
    "país:" * 20_000,
    "a:" * 50_000,
    "~1" * 50_000,
    '"a b"~' + "9" * 100_000,
    "a~" + "⑳" * 100_000,
    "\u202e\u200f" * 50_000,
    "\x00\x1b[2J" * 20_000,
    "a\u0301" * 50_000,
    "\ufdfa" * 50_000,
    "\U0001f600" * 50_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:8]))
def test_a_hostile_question_is_read_in_a_moment(text: str) -> None:
    started = time.process_time()
    tree = parse(text)
    for language in ("es", "en"):
        without_stop_words(tree, language)
    assert len(written(tree)) > MAX_TEXT or parse(written(tree)) == tree
    assert time.process_time() - started < 0.2


def test_few_words_of_a_question_may_be_misspelt() -> None:
    tree = parse(" ".join(f"palabra{chr(97 + n)}~" for n in range(20)))
    assert sum(isinstance(term, Fuzzy) for term in terms(tree)) == MAX_FUZZY
    assert sum(isinstance(term, Word) for term in terms(tree)) == 20 - MAX_FUZZY


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
        ("para~", Fuzzy("para", 1), ()),
        ('"de la"~5 casa', And((NOTHING, Word("casa"))), ("de", "la")),
        ("", EVERYTHING, ()),
        ("país:HN la", Filter("country", ("HN",)), ("la",)),
    ],
)
def test_stop_words_are_left_out_and_named(
    text: str, tree: object, ignored: tuple[str, ...]
) -> None:
    searchable = without_stop_words(parse(text), "es")
    assert (searchable.tree, searchable.ignored) == (tree, ignored)
