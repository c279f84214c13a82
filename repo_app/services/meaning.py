"""Did you mean: words that stand nowhere, replaced by the nearest that do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from index import Query, analysis, asking
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
    near = runtime.index.corrections(query)
    if not near:  # nearly always: no second search for nothing
        return None
    results = runtime.index.search(replace(query, size=0, facets=()))
    better = asking.misspelt(near, results)
    if not better:
        return None
    written = {word: as_written(runtime, viewer, query, near) for word, near in better.items()}
    asked = replace(query, text=asking.respelt(query.text, written), page=1)
    total = searching.total(runtime, viewer, asked)
    return Meant(asked, total) if total else None


def as_written(runtime: Runtime, viewer: Viewer, query: Query, folded: str) -> str:
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
