"""Reads lists.yaml: the controlled lists besides concepts, plans and places."""

from __future__ import annotations

from pathlib import Path

from index.vocabulary.reading import Record, read
from index.vocabulary.values import (
    AccessRight,
    DocumentKind,
    ListItem,
    Lists,
    Presidency,
    SourceKind,
)

_COAR = r"c_[0-9a-f]{3,5}|c_[0-9a-z]{4}"
_LICENCE = r"[A-Za-z0-9.-]+"


def read_lists(file: Path) -> Lists:
    """The lists of ``file``, none of which is empty or names one thing twice."""
    data = read(file).only(*(key for key in Lists.__dataclass_fields__))
    for key in Lists.__dataclass_fields__:
        _check(data, key)
    return Lists(
        source_kinds=tuple(_source_kind(record) for record in data.records("source_kinds")),
        document_kinds=tuple(_document_kind(record) for record in data.records("document_kinds")),
        evidence_types=_items(data, "evidence_types"),
        scopes=_items(data, "scopes"),
        access_rights=tuple(_access_right(record) for record in data.records("access_rights")),
        audiences=_items(data, "audiences"),
        languages=_items(data, "languages"),
        licences=tuple(
            ListItem(record.code("id", _LICENCE), record.labels())
            for record in data.records("licences")
        ),
        presidencies=tuple(_presidency(record) for record in data.records("presidencies")),
        gcr_objectives=_items(data, "gcr_objectives"),
    )


def _check(data: Record, key: str) -> None:
    records = data.records(key)
    if not records:
        raise data.wrong(f"list {key} is missing or empty", key)
    name = "year" if key == "presidencies" else "id"
    seen: set[object] = set()
    for record in records:
        if record.fields.get(name) in seen:
            raise record.wrong(f"{record.fields.get(name)!r} is there twice", name)
        seen.add(record.fields.get(name))


def _items(data: Record, key: str) -> tuple[ListItem, ...]:
    return tuple(
        ListItem(
            id=record.only("id", "labels", "note").identifier(),
            labels=record.labels(),
            note=record.labels_or_none("note"),
        )
        for record in data.records(key)
    )


def _source_kind(record: Record) -> SourceKind:
    record.only("id", "a5", "labels")
    return SourceKind(record.identifier(), record.labels(), record.flag("a5"))


def _document_kind(record: Record) -> DocumentKind:
    record.only("id", "labels", "coar", "reliefweb", "note")
    return DocumentKind(
        id=record.identifier(),
        labels=record.labels(),
        coar=record.code("coar", _COAR),
        reliefweb=record.text_or_empty("reliefweb"),
        note=record.labels_or_none("note"),
    )


def _access_right(record: Record) -> AccessRight:
    record.only("id", "labels", "coar")
    return AccessRight(record.identifier(), record.labels(), record.code("coar", _COAR))


def _presidency(record: Record) -> Presidency:
    record.only("year", "country", "confirmed")
    return Presidency(
        record.number("year"), record.code("country", r"[A-Z]{2}"), record.flag("confirmed")
    )
