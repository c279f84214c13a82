"""Did you mean: words that stand nowhere, replaced by the nearest that do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from index import Query, analysis
from repo_app.policy import Viewer
from repo_app.runtime import Runtime
from repo_app.services import catalogue, searching


@dataclass(frozen=True, slots=True)
class Meant:
    """The question with its words corrected, and how many documents that finds."""

    query: Query
    total: int


def meant(runtime: Runtime, viewer: Viewer, query: Query) -> Meant | None:
    """None where every word stands somewhere the viewer may look, or nothing near would help.
    Raises SearchUnavailable."""
    searching.require_own_audience(viewer, query)
    better = runtime.index.corrections(query)
    if not better:
        return None
    written = {word: _as_written(runtime, viewer, query, near) for word, near in better.items()}
    asked = replace(query, text=_corrected(query.text, written), page=1)
    total = searching.total(runtime, viewer, asked)
    return Meant(asked, total) if total else None


def _as_written(runtime: Runtime, viewer: Viewer, query: Query, folded: str) -> str:
    """A folded word with the accents it has where it stands (proteccion: protección)."""
    sought = Query(folded, viewer.audience, language=query.language, size=1, facets=())
    found = [(hit.id, number) for hit in runtime.index.search(sought).hits for number in hit.pages]
    if not found:
        return folded
    id_, number = found[0]
    with runtime.database.reading() as session:
        page = catalogue.page(session, viewer, id_, number)
    tokens = analysis.tokenise(page.text) if page else []
    forms = Counter(token.lower() for token in tokens if analysis.fold(token) == folded)
    return forms.most_common(1)[0][0] if forms else folded


def _corrected(text: str, written: Mapping[str, str]) -> str:
    pieces, end = [], 0
    for token, start, stop in analysis.token_spans(text):
        if token in written:
            pieces += [text[end:start], written[token]]
            end = stop
    return "".join(pieces) + text[end:]
