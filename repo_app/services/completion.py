"""What a reader who is still typing may want to ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from sqlalchemy import BindParameter, Select, bindparam, select

from index import Query, Relaxation, SearchUnavailable, analysis
from index.grammar import FIELD_NAMES
from index.vocabulary import Vocabulary
from repo_app.models import Document, Organization
from repo_app.policy import Viewer, visible_to
from repo_app.runtime import Runtime

SHORTEST = 2
LONGEST = 80
"""Letters typed; nobody completes more than that."""
EACH = {"country": 2, "activity": 2, "organization": 2, "title": 4}
"""How many of each kind are offered at most, in this order."""


@dataclass(frozen=True, slots=True)
class Completion:
    """``question`` is what would be asked, ``label`` what it stands for in the reader's language
    ('' where the question says it itself), ``kind`` a key of EACH."""

    kind: str
    question: str
    label: str = ""


def completions(
    runtime: Runtime, viewer: Viewer, typed: str, language: str
) -> tuple[Completion, ...]:
    """For what was typed so far; nothing for fewer than SHORTEST letters, for more than LONGEST,
    and for what already uses the query language."""
    words = [analysis.fold(token) for token in analysis.tokenise(typed)]
    if not SHORTEST <= len(typed.strip()) <= LONGEST or not words or set(typed) & set('":()*~'):
        return ()
    found = {
        "country": _of_vocabulary(runtime.vocabulary, "country", words, language),
        "activity": _of_vocabulary(runtime.vocabulary, "activity", words, language),
        "organization": _organizations(runtime, viewer, words),
        "title": _titles(runtime, viewer, typed, language),
    }
    return tuple(one for kind, most in EACH.items() for one in islice(found[kind], most))


def _begin(text: str, words: list[str]) -> bool:
    """Whether some word of ``text`` begins with each of ``words``."""
    return _all_begin(_folded(text), words)


def _all_begin(folded: Sequence[str], words: list[str]) -> bool:
    return all(any(one.startswith(word) for one in folded) for word in words)


def _folded(text: str) -> tuple[str, ...]:
    return tuple(analysis.fold(token) for token in analysis.tokenise(text))


_folded_label = lru_cache(maxsize=2048)(_folded)
"""For words of the vocabulary only, which are gone through at every letter somebody types."""


def _of_vocabulary(
    vocabulary: Vocabulary, facet: str, words: list[str], language: str
) -> Iterator[Completion]:
    spanish, english = FIELD_NAMES[facet]
    field = spanish if language == "es" else english
    for value in vocabulary.facet_values(facet):
        label, code = vocabulary.label(facet, value, language), value.rpartition(":")[2]
        if facet == "activity" and _all_begin(_folded_label(f"{code} {label}"), words):
            yield Completion(facet, f"{field}:{code}", label)
        elif facet == "country" and _all_begin(_folded_label(label), words):
            yield Completion(facet, f'{field}:"{label}"' if " " in label else f"{field}:{label}")


def _organizations(runtime: Runtime, viewer: Viewer, words: list[str]) -> Iterator[Completion]:
    """Names as their organizations let them be shown, of documents the viewer may see."""
    with runtime.database.reading() as session:
        # By the name that is shown: the order of hidden ones would tell where they stand.
        held = session.scalars(_contributing(viewer))
        names = sorted({name for name in (row.public_name for row in held) if name})
    return (Completion("organization", f'"{name}"') for name in names if _begin(name, words))


@lru_cache(maxsize=64)
def _contributing(viewer: Viewer) -> Select[Organization]:
    """Asked for each organization: to go through every document would take as long as they are
    many."""
    its = select(Document.id).where(Document.organization_id == Organization.id, visible_to(viewer))
    return select(Organization).where(its.exists())


@lru_cache(maxsize=64)
def _titled(viewer: Viewer) -> Select[str, str]:
    some: BindParameter[str] = bindparam("ids", expanding=True)
    shown = Document.public_id.in_(some), visible_to(viewer)
    return select(Document.public_id, Document.title).where(*shown)


def _titles(runtime: Runtime, viewer: Viewer, typed: str, language: str) -> Iterator[Completion]:
    tokens = analysis.tokenise(typed)
    asked = " ".join(f"título:{token}" for token in tokens) + "*" * (typed[-1:] != " ")
    query = Query(asked, viewer.audience, language=language, size=EACH["title"], facets=())
    try:
        results = runtime.index.search(query)
    except SearchUnavailable:
        return
    if results.relaxation is not Relaxation.NONE:
        return
    with runtime.database.reading() as session:
        rows = session.execute(_titled(viewer), {"ids": [hit.id for hit in results.hits]})
        titles = {id_: title for id_, title in rows}
    for hit in results.hits:
        if title := titles.get(hit.id):
            yield Completion("title", title)
