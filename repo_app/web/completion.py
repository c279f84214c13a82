"""Offers for the search box while somebody types; the box works without them."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from repo_app.services.completion import LONGEST, Completion, completions
from repo_app.web.context import language, runtime, viewer
from repo_app.web.languages import PREFIX
from repo_app.web.words import gettext as _

bp = Blueprint("completion", __name__, url_prefix=PREFIX)


@bp.get("/completions")
def offers() -> ResponseReturnValue:
    """JSON: ``[{"question", "label"}]``, for ``?q=`` what was typed so far. Never kept: what a
    reader types is nobody's business."""
    typed = request.args.get("q", "")[: LONGEST + 1]
    found = completions(runtime(), viewer(), typed, language())
    answer = jsonify([{"question": one.question, "label": _label(one)} for one in found])
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _label(completion: Completion) -> str:
    kinds = {
        "country": _("Country"),
        "activity": _("Activity of the plan"),
        "organization": _("Organization"),
        "title": _("Title"),
    }
    kind = kinds[completion.kind]
    return f"{kind}: {completion.label}" if completion.label else kind
