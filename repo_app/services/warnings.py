"""Personal data a file may hold, as its row notes it: kind, pages and count, never a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import Draft, PageText, PersonalData, PersonalDataKind
from ingest.personal_data import warn_of_personal_data

_MARK = "personal-data"
_MOST_PAGES = 12  # pages named; who looks through that many sees the others


@dataclass(frozen=True, slots=True)
class Warned:
    """``count`` places that may hold personal data of a kind, and the first ``pages`` of them;
    ``more`` tells that there are others."""

    kind: PersonalDataKind
    count: int
    pages: tuple[int, ...]
    more: bool


def in_texts(texts: Iterable[tuple[int, str]]) -> list[str]:
    """What is noted of pages, each with its number."""
    pages = tuple(PageText(number, text) for number, text in texts)
    return noted(warn_of_personal_data(Draft(Path("-"), pages=pages)).personal_data)


def noted(found: Iterable[PersonalData]) -> list[str]:
    """One remark a kind: ``personal-data:email:3:2,7`` are three addresses on pages 2 and 7."""
    by_kind: dict[PersonalDataKind, list[PersonalData]] = {}
    for warning in found:
        by_kind.setdefault(warning.kind, []).append(warning)
    return [_remark(kind, warnings) for kind, warnings in by_kind.items()]


def _remark(kind: PersonalDataKind, warnings: list[PersonalData]) -> str:
    pages = sorted({warning.page for warning in warnings})
    shown = ",".join(map(str, pages[:_MOST_PAGES]))
    more = "+" if len(pages) > _MOST_PAGES else ""
    return f"{_MARK}:{kind.value}:{sum(warning.count for warning in warnings)}:{shown}{more}"


def added(remarks: Sequence[str], noted_now: Iterable[str]) -> tuple[str, ...]:
    """``remarks`` with those ``noted_now``; of two of one kind the one that counts more places
    stays, where it stood."""
    kept = {_kind(remark) or remark: remark for remark in remarks}
    fresh = {_kind(remark): remark for remark in noted_now}
    for kind, remark in fresh.items():
        if kind in kept and _count(kept[kind]) >= _count(remark):
            fresh[kind] = kept[kind]
    new = [remark for kind, remark in fresh.items() if kind not in kept]
    return (*new, *(fresh.get(key, remark) for key, remark in kept.items()))


def _kind(remark: str) -> str:
    """``personal-data:email``; '' for a remark about something else."""
    return ":".join(remark.split(":")[:2]) if remark.startswith(f"{_MARK}:") else ""


def _count(remark: str) -> int:
    return sum(one.count for one in warned((remark,)))


def warned(remarks: Iterable[str]) -> tuple[Warned, ...]:
    """What ``noted`` wrote; other remarks, and kinds of a later version, are passed over."""
    parted = (remark.split(":") for remark in remarks)
    return tuple(
        Warned(
            PersonalDataKind(parts[1]),
            int(parts[2]),
            tuple(map(int, parts[3].removesuffix("+").split(","))),
            more=parts[3].endswith("+"),
        )
        for parts in parted
        if len(parts) == 4 and parts[0] == _MARK and parts[1] in set(PersonalDataKind)
    )
