"""How often proposals are taken: by value and language, and by the words they rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from repo_app.models import Document, ProposalDecision, Tag
from repo_app.services.tags import CARRIED_OVER

_AT_ONCE = 1000  # rows read with one query


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one value, or of one label where ``label`` is not ''. ``proposed`` counts documents; what
    is neither accepted nor rejected waits for somebody to decide."""

    facet: str
    value: str
    label: str
    language: str
    proposed: int
    accepted: int
    rejected: int

    @property
    def share(self) -> float | None:
        """Of what was decided on, how much was accepted; None where nothing was."""
        decided = self.accepted + self.rejected
        return self.accepted / decided if decided else None


@dataclass(frozen=True, slots=True)
class Report:
    """Both begin with what was rejected most."""

    values: tuple[Rate, ...]
    labels: tuple[Rate, ...]


@dataclass(slots=True)
class _Proposal:
    """What became of one value of one document; ``accepted`` is None as long as nobody decided."""

    language: str
    labels: tuple[str, ...]
    accepted: bool | None = None


_Key = tuple[int, str, str]
_Row = tuple[str, str, str, str]


@dataclass(slots=True)
class _Count:
    proposed: int = 0
    outcomes: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})


def report(session: Session) -> Report:
    """Every proposal there is or was decided on: the last decision on it counts."""
    values: defaultdict[_Row, _Count] = defaultdict(_Count)
    labels: defaultdict[_Row, _Count] = defaultdict(_Count)
    for (_, facet, value), proposal in _proposals(session).items():
        _count(values[facet, value, "", proposal.language], proposal)
        for label in proposal.labels:
            _count(labels[facet, value, label, proposal.language], proposal)
    return Report(_ranked(values.items()), _ranked(labels.items()))


def _proposals(session: Session) -> dict[_Key, _Proposal]:
    found = dict(_held(session))
    decisions = session.scalars(
        select(ProposalDecision).order_by(ProposalDecision.id).execution_options(yield_per=_AT_ONCE)
    )
    for one in decisions:
        key = (one.document_id, one.facet, one.value)
        labels = tuple(one.labels)
        found[key] = _Proposal(one.language or "", labels, one.accepted)
    return found


def _held(session: Session) -> Iterator[tuple[_Key, _Proposal]]:
    rows = session.execute(
        select(Tag.document_id, Tag.facet, Tag.value, Tag.evidence, Document.language)
        .join(Document, Document.id == Tag.document_id)
        .where(Tag.score.is_not(None))
        .order_by(Tag.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for document_id, facet, value, evidence, language in rows:
        labels = dict.fromkeys(
            str(one["label"]) for one in evidence if one.get("where") != CARRIED_OVER
        )
        yield (document_id, facet, value), _Proposal(language or "", tuple(labels))


def _count(count: _Count, proposal: _Proposal) -> None:
    count.proposed += 1
    if proposal.accepted is not None:
        count.outcomes[proposal.accepted] += 1


def _ranked(counts: Iterable[tuple[_Row, _Count]]) -> tuple[Rate, ...]:
    rates = (
        Rate(*row, count.proposed, count.outcomes[True], count.outcomes[False])
        for row, count in counts
    )
    return tuple(
        sorted(
            rates, key=lambda r: (-r.rejected, -r.proposed, r.facet, r.value, r.label, r.language)
        )
    )
