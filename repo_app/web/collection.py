"""For curators: the whole collection as a list, and one tag for many documents at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from index import SearchUnavailable
from repo_app.models import State
from repo_app.sentences import OBSTACLES, STATES
from repo_app.services import bulk
from repo_app.services.bulk import FILTERS, Listed, Selection, TagChange, Where
from repo_app.services.editing import NOT_LISTED
from repo_app.services.tags import FACETS
from repo_app.typed import one_line
from repo_app.web import faults, labels
from repo_app.web.account import FORM
from repo_app.web.context import language, runtime, viewer
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.languages import PREFIX
from repo_app.web.questions import LAST_PAGE, LONGEST_TEXT
from repo_app.web.telling import tag_in_words
from repo_app.web.words import gettext as _

bp = Blueprint("collection", __name__, url_prefix=f"{PREFIX}/curate/documents")

STATES_LISTED = tuple(state for state in State if state not in NOT_LISTED)
Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The list as its address says it."""

    selection: Selection
    has: str

    @classmethod
    def read(cls, given: MultiDict[str, str]) -> Asked:
        """Whatever the address holds: what cannot be understood is left out."""
        facet, value = _pair(given.get("has", ""), FILTERS)
        state, where = given.get("state"), given.get("where")
        selection = Selection(
            state=State(state) if state in set(STATES_LISTED) else None,
            words=one_line(given.get("q", ""), LONGEST_TEXT),
            where=Where(where) if where in set(Where) else Where.TITLE,
            facet=facet,
            value=value,
            page=max(1, min(given.get("page", 1, type=int), LAST_PAGE)),
        )
        return cls(selection, f"{facet}={value}" if facet else "")

    def address(self, page: int) -> str:
        """Relative to the list: ``?q=…&page=2``."""
        said = {
            "q": self.selection.words,
            "where": self.selection.where.value if self.selection.words else "",
            "state": self.selection.state.value if self.selection.state else "",
            "has": self.has,
            "page": str(page) if page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in said.items() if value}, safe=":=")


def _pair(given: str, facets: Iterable[str]) -> tuple[str, str]:
    """Facet and value of ``theme=asylum-systems``; two empty texts where there is no such."""
    facet, _sign, value = given.partition("=")
    known = facet in facets and runtime().vocabulary.is_known(facet, value)
    return (facet, value) if known else ("", "")


@bp.get("/")
def index() -> ResponseReturnValue:
    return _list_page(Asked.read(request.args), frozenset())


def _list_page(
    asked: Asked, ticked: frozenset[str], wrong: Faults = faults.NONE
) -> ResponseReturnValue:
    listed, being_rebuilt = Listed((), 0), False
    try:
        listed = bulk.selected(runtime(), viewer(), asked.selection, language())
    except SearchUnavailable:
        being_rebuilt = True
    if "ticked" in request.args:
        ticked = frozenset(line.public_id for line in listed.lines)
    page = render_template(
        "curation/documents.html",
        asked=asked,
        listed=listed,
        being_rebuilt=being_rebuilt,
        ticked=ticked,
        states=[(state.value, _(STATES[state])) for state in STATES_LISTED],
        state_names=STATES,
        narrowing=[(facet, _choices(facet)) for facet in FILTERS],
        taggable=[(facet, _choices(facet)) for facet in FACETS],
        faults=wrong,
    )
    return page, REFUSED if wrong else 200


def _choices(facet: str) -> list[Choice]:
    """Values with their words; the plan's parts and who speaks in their own order."""
    values = runtime().vocabulary.facet_values(facet)
    named = [(f"{facet}={value}", labels.label(facet, value)) for value in values]
    if facet in ("source_kind", "priority", "activity"):
        return named
    return sorted(named, key=lambda one: one[1].casefold())


@bp.route("/tag", methods=FORM)
def tag() -> ResponseReturnValue:
    """What became of every document that was ticked. Sent twice, it changes nothing more."""
    given = request.form if request.method == "POST" else request.args
    asked = Asked.read(given)
    ticked = frozenset(given.getlist("document"))
    if request.method == "GET":  # whoever follows the address of a result
        return _list_page(asked, ticked)
    facet, value = _pair(request.form.get("tag", ""), FACETS)
    wrong = _faults(ticked, facet)
    if wrong:
        return _list_page(asked, ticked, wrong)
    change = TagChange(facet, value, add=request.form.get("do") != "remove")
    chosen = request.form.getlist("document")[: bulk.ON_A_PAGE]
    outcome = bulk.tag(runtime(), chosen, change, viewer())
    return render_template(
        "curation/tagged.html",
        outcome=outcome,
        change=change,
        words=tag_in_words(f"{facet}={value}"),
        obstacles=OBSTACLES,
        asked=asked,
    )


def _faults(ticked: frozenset[str], facet: str) -> Faults:
    wrong = {}
    if not ticked:
        wrong["document"] = _("Please tick at least one document.")
    if not facet:
        wrong["tag"] = _("Please choose a tag.")
    return wrong
