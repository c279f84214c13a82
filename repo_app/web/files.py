"""Files by the document they belong to, never by path or by a name a person gave."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, send_file
from flask.typing import ResponseReturnValue

from repo_app.models import FileRole
from repo_app.services import catalogue
from repo_app.services.catalogue import StoredFile
from repo_app.web.context import runtime, viewer
from repo_app.web.documents import elsewhere
from repo_app.web.security import FILE_POLICY

bp = Blueprint("files", __name__)

SHOWN_INLINE = frozenset({"application/pdf", "image/webp"})


@bp.get("/documents/<public_id>/file")
def document(public_id: str) -> ResponseReturnValue:
    """The clean copy, shown or saved (``?download=1``); answers range requests."""
    held, save = _visible(public_id, FileRole.CLEAN), "download" in request.args
    if held is None:
        return elsewhere("files.document", public_id, **({"download": 1} if save else {}))
    return shown(held, save=save)


@bp.get("/documents/<public_id>/thumbnail")
def thumbnail(public_id: str) -> ResponseReturnValue:
    held = _visible(public_id, FileRole.THUMBNAIL)
    return elsewhere("files.thumbnail", public_id) if held is None else shown(held)


def _visible(public_id: str, role: FileRole) -> StoredFile | None:
    with runtime().database.reading() as session:
        return catalogue.file(session, viewer(), public_id, role)


def shown(held: StoredFile | None, *, save: bool = False) -> Response:
    """A file as readers get it: in the browser's own viewer, which may do nothing in this site's
    name, or to be saved; where there is none, the page that says so."""
    if held is None:
        abort(404)
    try:
        with runtime().blobs.local_path(held.key) as path:
            answer = send_file(
                path,
                mimetype=held.media_type,
                as_attachment=save or held.media_type not in SHOWN_INLINE,
                download_name=held.name,
                conditional=True,
                etag=held.key[:32],
                last_modified=None,
            )
    except FileNotFoundError:
        abort(404)
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers.pop("Last-Modified", None)  # would tell when the file arrived
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
