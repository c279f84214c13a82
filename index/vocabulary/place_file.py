"""Reads places.yaml: countries, regions, border points, masks and ambiguous forms."""

from __future__ import annotations

from pathlib import Path

from index.vocabulary.reading import Record, read
from index.vocabulary.values import (
    BorderPoint,
    Change,
    Contested,
    Country,
    Places,
    Reading,
    Region,
    Subdivision,
)

_COUNTRY = r"[A-Z]{2}"
_ROLES = ("origin", "partner")


def read_places(file: Path) -> Places:
    """The gazetteer of ``file``; every country it names has a well-formed code, once."""
    data = read(file).only(
        *("member_states", "other_countries", "regions", "border_points", "masks"),
        *("ambiguous", "changes"),
    )
    members = data.records("member_states")
    others = data.records("other_countries")
    seen: set[str] = set()
    for record in (*members, *others):
        if record.code("code", _COUNTRY) in seen:
            raise record.wrong(f"country {record.text('code')!r} is there twice", "code")
        seen.add(record.text("code"))
    return Places(
        countries=(*(_member(record) for record in members), *(_other(r) for r in others)),
        regions=tuple(_region(record, seen) for record in data.records("regions")),
        border_points=tuple(_border(record) for record in data.records("border_points")),
        masks=data.texts("masks"),
        ambiguous=tuple(_ambiguous(record) for record in data.records("ambiguous")),
        changes=tuple(
            Change(record.code("country", _COUNTRY), record.labels("note"))
            for record in data.records("changes")
        ),
    )


def _member(record: Record) -> Country:
    record.only(
        *("code", "iso3", "m49", "joined", "labels", "names", "demonyms", "cities"),
        *("institutions", "subdivisions"),
    )
    code = record.text("code")
    return Country(
        code=code,
        role="member",
        labels=record.labels(),
        names=record.terms("names"),
        demonyms=record.terms("demonyms"),
        iso3=record.code("iso3", r"[A-Z]{3}"),
        m49=record.code("m49", r"\d{3}"),
        joined=record.number("joined"),
        cities=record.texts("cities"),
        institutions=record.texts("institutions"),
        subdivisions=tuple(_subdivision(r, code) for r in record.records("subdivisions")),
    )


def _subdivision(record: Record, country: str) -> Subdivision:
    record.only("code", "type", "names")
    return Subdivision(
        code=record.code("code", rf"{country}-[A-Z0-9]{{1,3}}"),
        type=record.identifier("type"),
        names=record.texts("names"),
    )


def _other(record: Record) -> Country:
    record.only("code", "role", "labels", "names", "demonyms")
    if record.text("role") not in _ROLES:
        raise record.wrong(f"role must be one of {', '.join(_ROLES)}", "role")
    return Country(
        code=record.text("code"),
        role=record.text("role"),
        labels=record.labels(),
        names=record.terms("names"),
        demonyms=record.terms("demonyms"),
    )


def _region(record: Record, countries: set[str]) -> Region:
    record.only("id", "labels", "names", "implied")
    for country in record.texts("implied"):
        if country not in countries:
            raise record.wrong(f"implied names unknown country {country!r}", "implied")
    return Region(
        id=record.code("id", r"[A-Z]+"),
        labels=record.labels(),
        names=record.texts("names"),
        implied=record.texts("implied"),
    )


def _border(record: Record) -> BorderPoint:
    record.only("between", "names", "common")
    if len(record.texts("between")) != 2:
        raise record.wrong("a border point lies between two countries", "between")
    for name in record.texts("common"):
        if name not in record.texts("names"):
            raise record.wrong(f"common names {name!r}, which names does not", "common")
    return BorderPoint(record.texts("between"), record.texts("names"), record.texts("common"))


def _ambiguous(record: Record) -> Contested:
    record.only("form", "readings")
    return Contested(
        form=record.text("form"),
        readings=tuple(_reading(reading) for reading in record.records("readings")),
    )


def _reading(record: Record) -> Reading:
    record.only("country", "languages", "cue", "near", "not_near", "window", "weak")
    return Reading(
        means=record.code("country", _COUNTRY),
        languages=record.texts("languages"),
        cue=record.texts("cue"),
        near=record.texts("near"),
        not_near=record.texts("not_near"),
        window=record.number("window") if "window" in record.fields else 30,
        weak=record.flag("weak"),
    )
