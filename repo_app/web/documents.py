"""A document's page and the text of each of its pages."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ingest import Remark
from repo_app.sentences import REMARKS
from repo_app.services import catalogue
from repo_app.services.alike import alike
from repo_app.services.cards import Card
from repo_app.services.catalogue import DocumentView, PageSummary
from repo_app.services.found_pages import PAGES_LISTED as PAGES_FOUND_LISTED
from repo_app.services.found_pages import found_pages as pages_of
from repo_app.web import citation, marking
from repo_app.web.context import language, runtime, viewer
from repo_app.web.languages import PREFIX
from repo_app.web.questions import Question

bp = Blueprint("documents", __name__, url_prefix=PREFIX)

PAGES_LISTED = 12
BEGINNING_SHOWN = 110
MIN_HEAD = 3
MOVED = 301
NOT_FOR_READERS = frozenset({Remark.ACTIVE_CONTENT, Remark.ATTACHMENTS, Remark.NO_CLEAN_COPY})
"""Two are true of the original only; the third stands where the file would be."""


@bp.get("/documents/<public_id>")
def record(public_id: str) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        document = catalogue.document(session, viewer(), public_id)
    if document is None:
        return elsewhere("documents.record", public_id)
    page = render_template(
        "documents/record.html",
        document=document,
        card=document.card,
        pages=PageList.of(document, request.args.get("from", 1, type=int)),
        citation=citation.of(document),
        remarks=_remarks(document),
        source_address=web_address(document.url),
        alike=alike(runtime(), viewer(), public_id),
    )
    return _kept_from_robots(page, document.card)


@bp.get("/documents/<public_id>/pages/<int:number>")
def page_text(public_id: str, number: int) -> ResponseReturnValue:
    question = Question.read(request.args)
    with runtime().database.reading() as session:
        page = catalogue.page(session, viewer(), public_id, number)
    if page is None:
        return elsewhere("documents.page_text", public_id, number=number, **question.wording)
    found = marking.whole_page(page, question.query(viewer(), language()))
    answer = render_template(
        "documents/page.html", page=page, card=page.card, found=found, question=question
    )
    return _kept_from_robots(answer, page.card)


@bp.get("/documents/<public_id>/pages")
def found_pages(public_id: str) -> ResponseReturnValue:
    """Every page that holds something of a question; without one, the record lists them all."""
    question = Question.read(request.args)
    if not question.text:
        return redirect(url_for("documents.record", public_id=public_id))
    first = request.args.get("from", 1, type=int)
    query = question.query(viewer(), language())
    with runtime().database.reading() as session:
        found = pages_of(session, viewer(), public_id, query, first)
    if found is None:
        return elsewhere("documents.found_pages", public_id, **question.wording)
    page = render_template(
        "documents/found.html",
        found=found,
        card=found.card,
        question=question,
        listed=PAGES_FOUND_LISTED,
    )
    return _kept_from_robots(page, found.card)


def elsewhere(endpoint: str, public_id: str, **values: Any) -> ResponseReturnValue:
    """To the document into which this one was merged; else there is no such page."""
    with runtime().database.reading() as session:
        kept = catalogue.merged_into(session, viewer(), public_id)
    if kept is None:
        abort(404)
    return redirect(url_for(endpoint, public_id=kept, **values), MOVED)


@dataclass(frozen=True, slots=True)
class PageList:
    """A stretch of a document's pages: all 400 of a law would be a heavy page."""

    pages: tuple[PageSummary, ...]
    before: int | None
    after: int | None
    total: int

    @classmethod
    def of(cls, document: DocumentView, first: int) -> PageList:
        """The stretch that holds page ``first``; the last one where there is no such page."""
        total = len(document.pages)
        first = max(1, min(first, total))
        start = (first - 1) // PAGES_LISTED * PAGES_LISTED
        end = start + PAGES_LISTED
        return cls(
            pages=_without_running_heads(document.pages[start:end]),
            before=start - PAGES_LISTED + 1 if start else None,
            after=end + 1 if end < total else None,
            total=total,
        )


def _without_running_heads(pages: tuple[PageSummary, ...]) -> tuple[PageSummary, ...]:
    """Beginnings that tell pages apart: what neighbours begin with alike is left out."""
    words = [page.beginning.split() for page in pages]
    alike = [_common(a, b) for a, b in itertools.pairwise(words)]
    shown = []
    for i, page in enumerate(pages):
        head = max(alike[max(0, i - 1) : i + 1], default=0)
        rest = words[i][head:] if MIN_HEAD <= head < len(words[i]) else words[i]
        shown.append(replace(page, beginning=" ".join(rest)[:BEGINNING_SHOWN]))
    return tuple(shown)


def _common(a: list[str], b: list[str]) -> int:
    """How many first words two pages share."""
    pairs = zip(a, b, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _remarks(document: DocumentView) -> tuple[str, ...]:
    """Sentences to translate; a remark of a later version of the program is passed over."""
    known = (Remark(value) for value in document.remarks if value in set(Remark))
    return tuple(REMARKS[remark] for remark in known if remark not in NOT_FOR_READERS)


def web_address(url: str | None) -> str | None:
    """Only what leads to a page: ``javascript:`` and the like would act on the reader."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _kept_from_robots(page: str, card: Card) -> ResponseReturnValue:
    """What at-risk organizations contribute is for readers who come here, not for collectors."""
    answer = make_response(page)
    rules = "noai, noimageai"
    if card.source_kind == "refugee-led":
        rules = f"noindex, noarchive, {rules}"
    answer.headers["X-Robots-Tag"] = rules
    return answer
