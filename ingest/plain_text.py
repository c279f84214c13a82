"""The pipeline for words that come without a file: nothing to unpack, so nothing to confine."""

from __future__ import annotations

from pathlib import Path

from ingest.describe import describe_text
from ingest.draft import Draft, PageText, Reason, Refused, Stage
from ingest.languages import tell_languages
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.personal_data import warn_of_personal_data
from ingest.repair import repair
from ingest.running_lines import drop_running_lines
from ingest.tagging import propose_tags

STAGES: tuple[Stage, ...] = (
    tell_languages,
    describe_text,
    warn_of_personal_data,
    drop_running_lines,
    propose_tags,
)


def read_text(
    text: str,
    *,
    given_language: str | None = None,
    given_title: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Draft:
    """The draft of a plain text, whose pages are what form feeds part (one page without any).

    Raises Refused: EMPTY where there is no word in it, TOO_LARGE or TOO_MANY_PAGES beyond what
    a file may hold.
    """
    if len(text) > limits.text_chars:
        raise Refused(Reason.TOO_LARGE, bytes=len(text), limit=limits.text_chars)
    parts = [repair(part) for part in text.split("\f")]
    if not any(parts):
        raise Refused(Reason.EMPTY)
    if len(parts) > limits.pages:
        raise Refused(Reason.TOO_MANY_PAGES, pages=len(parts), limit=limits.pages)
    draft = Draft(
        Path("-"),
        given_language=given_language,
        given_title=given_title,
        page_total=len(parts),
        pages=tuple(PageText(number, part) for number, part in enumerate(parts, 1)),
    )
    for stage in STAGES:
        draft = stage(draft)
    return draft
