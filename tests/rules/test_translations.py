"""Every sentence a person sees exists in Spanish, whole and up to date."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from repo_app.i18n import CATALOGUES

ROOT = Path(__file__).parents[2]
FOLDER = CATALOGUES / "es" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\((\w+)\)[-.\d]*[a-z]")

Id = str | tuple[str, ...]


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="es", abort_invalid=True)


@pytest.fixture(scope="module")
def written() -> dict[Id, str]:
    """Every sentence in the sources, with the file it stands in."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(str(ROOT), methods, options, keywords=DEFAULT_KEYWORDS | {"N_": None})
    return {message: name for name, _, message, _, _ in found}


def forms(message: Message) -> list[tuple[str, str]]:
    """Pairs of an English form and the Spanish one that stands for it."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return list(zip(message.id, message.string, strict=True))


def test_every_sentence_in_the_sources_is_translated(
    catalogue: Catalog, written: dict[Id, str]
) -> None:
    assert len(written) > 200
    untranslated = {
        message: place
        for message, place in written.items()
        if message not in catalogue or not all(s for _, s in forms(catalogue[message]))
    }
    assert untranslated == {}


def test_the_catalogue_keeps_no_sentence_that_is_gone(
    catalogue: Catalog, written: dict[Id, str]
) -> None:
    assert [m.id for m in catalogue if m.id and m.id not in written] == []
    assert not catalogue.obsolete


def test_no_translation_is_a_guess(catalogue: Catalog) -> None:
    assert [m.id for m in catalogue if m.fuzzy] == []


def test_translations_fill_in_the_same_values(catalogue: Catalog) -> None:
    for message in catalogue:
        for english, spanish in forms(message) if message.id else ():
            assert sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(spanish))
            assert spanish.count("%") == english.count("%")
            # Templates fill in every sentence: a bare per cent sign would break the page.
            assert "%" not in PLACEHOLDER.sub("", spanish)


def test_the_compiled_catalogue_is_that_of_the_sentences(catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert compiled.getvalue() == (FOLDER / "messages.mo").read_bytes()


def test_sentences_in_spanish_begin_and_end_as_the_english_ones(catalogue: Catalog) -> None:
    for message in catalogue:
        for english, spanish in forms(message) if message.id else ():
            assert spanish.strip() == spanish or english.strip() != english
            assert (spanish[-1] in ".:") == (english[-1] in ".:"), english


def test_no_sentence_stands_untranslatable_in_a_template() -> None:
    """Words between tags must go through gettext."""
    bare = re.compile(r">([^<>{}]*[A-Za-z]{3,}[^<>{}]*)<")
    found = {
        (path.name, words.strip())
        for path in (ROOT / "repo_app" / "templates").rglob("*.html")
        for words in bare.findall(re.sub(r"\{[{%#].*?[}%#]\}", "{}", path.read_text()))
    }
    assert found == set()
