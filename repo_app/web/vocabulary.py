"""For curators: labels they add to concepts, how proposals are taken, and proposing anew."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from index.vocabulary import AddedLabel
from index.vocabulary.additions import KINDS
from index.vocabulary.label_file import LONGEST
from index.vocabulary.values import LANGUAGES
from ingest import Sandbox, SandboxDied
from repo_app.i18n import N_
from repo_app.sentences import LABEL_FAULTS, STATES, unsound_in_words
from repo_app.services import acceptance as rates
from repo_app.services import curator_labels, editing, proposing
from repo_app.services.curator_labels import FIELDS, LONGEST_REASON, LabelRefused
from repo_app.typed import one_line
from repo_app.web import faults, formats, labels
from repo_app.web.account import FORM, SEE_OTHER
from repo_app.web.context import language, runtime, viewer
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.languages import PREFIX
from repo_app.web.words import gettext as _

bp = Blueprint("vocabulary", __name__, url_prefix=f"{PREFIX}/curate/vocabulary")

MOST_RATES = 60
"""Lines of each table of the page; the command line gives them all."""
KIND_NAMES = {
    "alt": N_("a term like others: recognised and shown"),
    "hidden": N_("recognised, but never shown (misspellings, words nobody should use)"),
    "acronym": N_("an acronym: recognised in any language, only in these capitals"),
}


@bp.get("/")
def index() -> ResponseReturnValue:
    here = runtime()
    with here.database.reading() as session:
        held = curator_labels.held(session)
        progress = proposing.progress(session, here.vocabulary.version)
    return render_template(
        "vocabulary/index.html",
        held=held,
        progress=progress,
        unsound=[unsound_in_words(one, _) for one in here.watch.unsound],
        kinds=KIND_NAMES,
        concept_name=concept_name,
    )


def concept_name(identifier: str) -> str:
    """In the reader's language; of one that is not there any more, what was written."""
    try:
        return runtime().vocabulary.concept(identifier).labels.of(language())
    except KeyError:
        return identifier


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent. ``document``: the one the words were read in, '' for none."""

    wish: AddedLabel
    reason: str
    document: str

    @classmethod
    def read(cls, given: MultiDict[str, str]) -> Typed:
        wish = AddedLabel(
            concept=given.get("concept", "")[:80],
            language=given.get("language", "")[:8],
            label=one_line(given.get("words", ""), LONGEST + 1),
            kind=given.get("kind", "alt")[:16],
            weak="weak" in given,
        )
        reason = one_line(given.get("reason", ""), LONGEST_REASON)
        return cls(wish, reason, one_line(given.get("document", ""), 16))


@bp.route("/label", methods=FORM)
def label() -> ResponseReturnValue:
    """Shown first: whose label the words are already, and in how many documents they stand."""
    typed = Typed.read(request.values)
    if request.method == "GET" and "look" not in request.args:
        return _label_page(typed)
    try:
        if request.method == "GET":
            curator_labels.require_free(runtime().vocabulary, typed.wish)
            return _label_page(typed, look=True)
        with runtime().database.writing() as session:
            curator_labels.add(session, runtime().vocabulary, typed.wish, typed.reason, viewer())
    except LabelRefused as refused:
        return _label_page(typed, _faults(refused))
    runtime().watch.look(now=True)
    return redirect(_after(typed), SEE_OTHER)


def _after(typed: Typed) -> str:
    """Back to the document the words were read in."""
    with runtime().database.reading() as session:
        if typed.document and editing.found(session, typed.document) is not None:
            return url_for("review.show", public_id=typed.document, done="label")
    return url_for("vocabulary.index", done="added")


def _faults(refused: LabelRefused) -> Faults:
    owners = "; ".join(concept_name(owner) for owner in refused.owners)
    sentence = _(LABEL_FAULTS[refused.fault], owner=owners, longest=formats.number(LONGEST))
    return {FIELDS.get(refused.fault, "words"): sentence}


def _label_page(
    typed: Typed, wrong: Faults = faults.NONE, *, look: bool = False
) -> ResponseReturnValue:
    wish, standing = typed.wish, None
    if look:
        standing = curator_labels.standing(runtime(), viewer(), wish.label, wish.language)
    page = render_template(
        "vocabulary/label.html",
        typed=typed,
        standing=standing,
        concepts=_concepts(),
        languages=[(code, labels.label("language", code)) for code in LANGUAGES],
        kinds=[(kind, _(KIND_NAMES[kind])) for kind in KINDS],
        kind_names=KIND_NAMES,
        concept_name=concept_name,
        longest=LONGEST_REASON,
        faults=wrong,
    )
    return page, REFUSED if wrong else 200


def _concepts() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every concept by name, those of the facets first."""
    found: dict[str, list[tuple[str, str]]] = {
        _("Themes"): [],
        _("People concerned"): [],
        _("Other concepts"): [],
    }
    themes, people, others = found.values()
    for concept in runtime().vocabulary.concepts.concepts:
        is_other = others if concept.type != "population" else people
        group = themes if concept.theme_facet else is_other
        group.append((concept.id, concept.labels.of(language())))
    for group in found.values():
        group.sort(key=lambda one: one[1].casefold())
    return list(found.items())


@bp.post("/labels/<int:label_id>/withdraw")
def withdraw(label_id: int) -> ResponseReturnValue:
    with runtime().database.writing() as session:
        curator_labels.withdraw(session, label_id, viewer())
    runtime().watch.look(now=True)
    return redirect(url_for("vocabulary.index", done="withdrawn"), SEE_OTHER)


@bp.get("/acceptance")
def acceptance() -> ResponseReturnValue:
    with runtime().database.reading() as session:
        report = rates.report(session)
    return render_template(
        "vocabulary/acceptance.html", report=report, most=MOST_RATES, percent=formats.percent
    )


@bp.route("/proposals", methods=FORM)
def proposals() -> ResponseReturnValue:
    """What would change is shown first, some documents at a time; nothing is written by looking."""
    here = runtime()
    if request.method == "POST":
        with here.database.writing() as session:
            proposing.ask(session, here.vocabulary, viewer().signature)
        return redirect(url_for("vocabulary.proposals", done="asked"), SEE_OTHER)
    with here.database.reading() as session:
        progress = proposing.progress(session, here.vocabulary.version)
    seen, failed = None, False
    if "look" in request.args and progress.left:
        try:
            with Sandbox() as sandbox:
                seen = proposing.look_ahead(here, sandbox.propose, _after_document())
        except SandboxDied:
            failed = True
    return render_template(
        "vocabulary/proposals.html", progress=progress, seen=seen, failed=failed, states=STATES
    )


def _after_document() -> int:
    after = request.args.get("after", 0, type=int)
    if not 0 <= after < 1 << 31:
        abort(404)
    return after
