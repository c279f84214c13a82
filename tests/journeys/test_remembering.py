"""Parts of pages that are put together once are the same as if they were put together each time,
and nothing of one reader is in them."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import nodes

import repo_app
from index.passages import Passage
from repo_app.models import Role
from repo_app.policy import viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services import curator_labels
from repo_app.web import marking, remembering, templating, words
from tests.vocabularies import WINDOW

CURATOR = viewer_with_account(7, Role.CURATOR)
TEMPLATES = Path(repo_app.__file__).parent / "templates"
OF_ONE_READER = {"account", "answer", "question", "csrf_token", "session", "g", "url_for_path"}
PART = """{% remember kind %}{{ _("Search") }} {{ url_for("home.index") }} {{ calls() }}\
{% endremember %}"""


@pytest.fixture
def calls(app: Flask) -> list[int]:
    made: list[int] = []
    app.jinja_env.globals["calls"] = lambda: made.append(1) or len(made)
    return made


def _shown(app: Flask, path: str, kind: str, root: str = "") -> str:
    with app.test_request_context(path, environ_overrides={"SCRIPT_NAME": root}):
        app.preprocess_request()
        return render_template_string(PART, kind=kind)


@pytest.mark.usefixtures("calls")
def test_a_part_is_put_together_once_for_all_it_depends_on(app: Flask) -> None:
    asked = [("/es/", "a", ""), ("/es/", "b", ""), ("/en/", "a", ""), ("/es/", "a", "/here")]
    first = [_shown(app, path, kind, root) for path, kind, root in asked]
    again = [_shown(app, path, kind, root) for path, kind, root in asked]
    assert again == first
    assert first == ["Buscar /es/ 1", "Buscar /es/ 2", "Search /en/ 3", "Buscar /here/es/ 4"]


def test_what_is_remembered_has_an_end(
    app: Flask, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "MOST", 3)
    for kind in "abcdabcd":
        _shown(app, "/es/", kind)
    remembered = app.jinja_env.extensions[remembering.Remembering.identifier]._parts
    assert len(remembered) <= 3
    assert len(calls) == 8


@pytest.mark.usefixtures("calls")
def test_another_vocabulary_makes_every_part_anew(app: Flask, runtime: Runtime) -> None:
    before = _shown(app, "/es/", "a")
    with runtime.database.writing() as session:
        curator_labels.add(session, runtime.vocabulary, WINDOW, "", CURATOR)
    runtime.watch.look(now=True)
    assert _shown(app, "/es/", "a") != before


def test_no_part_that_is_remembered_is_of_one_reader(app: Flask) -> None:
    blocks = 0
    for file in TEMPLATES.rglob("*.html"):
        tree = app.jinja_env.parse(file.read_text("utf-8"), name=file.name)
        for block in tree.find_all(nodes.CallBlock):
            called = block.call.node
            if isinstance(called, nodes.ExtensionAttribute) and called.name == "remembered":
                blocks += 1
                names = {name.name for part in block.body for name in part.find_all(nodes.Name)}
                assert not names & OF_ONE_READER, file.name
                asked = {
                    part.attr
                    for part in block.find_all(nodes.Getattr)
                    if isinstance(part.node, nodes.Name) and part.node.name == "request"
                }
                assert asked <= {"endpoint", "blueprint"}, file.name
    assert blocks


def test_only_sentences_with_numbers_are_remembered_filled_in(app: Flask) -> None:
    with app.test_request_context("/es/"):
        app.preprocess_request()
        words.gettext_in_page("p. %(number)s", number=3)
        before = words._numbered.cache_info().currsize
        assert words.gettext_in_page("p. %(number)s", number="<3>") == "pág. &lt;3&gt;"
        assert words.gettext_in_page("p. %(number)s", number=3) == "pág. 3"
        assert words._numbered.cache_info().currsize == before


@given(
    st.text(alphabet="ab <>&\"'é\n", max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted), max_size=4),
)
def test_marks_stand_around_escaped_text(text: str, spans: list[list[int]]) -> None:
    marks = tuple(sorted((start, end) for start, end in spans if end <= len(text)))
    shown = marking.with_marks(Passage(1, text, marks), "<mark>", "</mark>")
    plain = shown.replace("<mark>", "").replace("</mark>", "")
    assert not set("<>\"'") & set(plain)
    assert unescape(plain) == text
    cut = marking.pieces(text, marks)
    assert shown.count("<mark>") == sum(piece.marked for piece in cut)


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=4))
def test_rows_of_a_list_are_escaped(rows: list[tuple[str, str]]) -> None:
    shown = templating.each(rows, '<li title="%s">%s</li>')
    assert shown.count("<li") == shown.count("</li>") == shown.count('">') == len(rows)
    assert all(unescape(unescape_row(shown, n)) == row[1] for n, row in enumerate(rows))


def unescape_row(shown: str, number: int) -> str:
    return shown.split("<li ")[number + 1].partition('">')[2].rpartition("</li>")[0]
