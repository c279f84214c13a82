"""Did you mean: words that stand nowhere, replaced by the nearest that do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from index import Query, analysis
from repo_app.models import Document, Page
from repo_app.policy import Viewer, visible_to
from repo_app.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Meant:
    """The question with its words corrected, and how many documents that finds."""

    query: Query
    total: int


def meant(runtime: Runtime, viewer: Viewer, query: Query) -> Meant | None:
    """None where every word stands somewhere the viewer may look, or nothing near would help.
    Raises SearchUnavailable."""
    if query.audience != viewer.audience:
        raise ValueError("a query for another audience than the viewer's")
    better = runtime.index.corrections(query)
    if not better:
        return None
    written = {word: _as_written(runtime, viewer, query, near) for word, near in better.items()}
    asked = replace(query, text=_corrected(query.text, written), page=1)
    total = runtime.index.search(replace(asked, size=0, facets=())).total
    return Meant(asked, total) if total else None


def _as_written(runtime: Runtime, viewer: Viewer, query: Query, folded: str) -> str:
    """A folded word with the accents it has where it stands (proteccion: protección)."""
    sought = Query(folded, viewer.audience, language=query.language, size=1, facets=())
    found = [(hit.id, number) for hit in runtime.index.search(sought).hits for number in hit.pages]
    if not found:
        return folded
    id_, number = found[0]
    with runtime.database.reading() as session:
        text = session.scalar(
            select(Page.text)
            .join(Document, Page.document_id == Document.id)
            .where(Document.public_id == id_, Page.number == number, visible_to(viewer))
        )
    forms = Counter(
        token.lower() for token in analysis.tokenise(text or "") if analysis.fold(token) == folded
    )
    return forms.most_common(1)[0][0] if forms else folded


def _corrected(text: str, written: Mapping[str, str]) -> str:
    pieces, end = [], 0
    for token, start, stop in analysis.token_spans(text):
        if token in written:
            pieces += [text[end:start], written[token]]
            end = stop
    return "".join(pieces) + text[end:]
