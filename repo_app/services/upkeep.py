"""What nobody needs any more is not kept: files without a document, uploads never finished."""

from __future__ import annotations

import time

from sqlalchemy import select

from repo_app.db import empty_log
from repo_app.models import File
from repo_app.runtime import Runtime
from repo_app.services import arrivals
from repo_app.services.submissions import forget_blob

SETTLED = 3600.0
"""Seconds after which a file without a document is nobody's: files are held before their rows
are written."""


def clear_up(runtime: Runtime) -> None:
    """Delete what interrupted uploads and readings left behind, and what a file that was replaced
    or words that were corrected left in the database's log (if it is in use, the next time)."""
    old = time.time() - SETTLED
    runtime.blobs.sweep(older_than=old)
    arrivals.sweep(runtime.settings.instance, time.time() - arrivals.KEPT)
    stored = set(runtime.blobs.stored(older_than=old))
    with runtime.database.reading() as session:
        used = set(session.scalars(select(File.sha256)))
    for key in stored - used:
        forget_blob(runtime, key)
    empty_log(runtime.database)
