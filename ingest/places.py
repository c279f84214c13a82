"""Proposes the countries a file is about and its scope: where, apart from who and from where to."""

from __future__ import annotations

from dataclasses import replace

from index.thesaurus import NAME, WHISPER
from ingest.draft import Evidence, Proposal
from ingest.findings import REASONS, Finding, Findings, Found, is_member

_KEEP = 0.9  # a score below this proposes nothing
_SHARE = 0.3  # of the strongest country
_LIMIT = 4
_MANY_MEMBERS = 5  # a text about that many member states is about the region
_PARTS = ("locality", "subdivision")
# What the title names, the finest first, and how far a text on it reaches.
_SCOPES = {"locality": "local", "subdivision": "subnational", "country": "national"}
_STRANGERS = 3  # unless it names that many other countries as much: then it is a list of anything


def propose_places(found: Found) -> list[Proposal]:
    """Proposals for the facets country, none where the text is about the region, and scope."""
    settled = {code: _settled(finding) for code, finding in found.countries.items()}
    kept = _main_countries(settled, found)
    members = [code for code, _ in kept if is_member(code)]
    if len(members) >= _MANY_MEMBERS:
        of_the_world = len(kept) - len(members) >= _STRANGERS
        return [] if of_the_world else [_scope("regional-mirps", kept, settled)]
    if _is_of_the_region(kept, settled, found):
        return [_regional(found)]
    kept = _subjects(kept, settled)[:_LIMIT]
    countries = [
        Proposal("country", code, score, settled[code].evidence()[:REASONS]) for code, score in kept
    ]
    return [*countries, *_scope_of(kept, settled)]


def _settled(finding: Finding) -> Finding:
    """An ambiguous place counts in full where anything else speaks for the same country."""
    if max(finding.weights.values()) <= WHISPER:
        return finding
    weights = {label: NAME if w == WHISPER else w for label, w in finding.weights.items()}
    return replace(finding, weights=weights)


def _main_countries(settled: Findings, found: Found) -> list[tuple[str, float]]:
    """Countries with their scores, the strongest first.

    Where any place is named, a people's name alone says who, not where.
    """
    named = {c: f for c, f in settled.items() if max(f.weights.values()) >= NAME}
    scores = {c: f.score(found.body_factor) for c, f in (named or settled).items()}
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    floor = max(_KEEP, ranked[0][1] * _SHARE) if ranked else _KEEP
    return [(code, round(score, 3)) for code, score in ranked if score >= floor]


def _subjects(kept: list[tuple[str, float]], settled: Findings) -> list[tuple[str, float]]:
    """Without countries outside the region that are only where people came from or go to: known
    by its people's name alone, or named once in a text on members and not in its title."""
    kept = _without_passing_towns(kept, settled)
    a_member = any(is_member(code) for code, _ in kept)
    return [
        (code, score)
        for code, score in kept
        if is_member(code) or _is_a_subject(settled[code], beside_members=a_member)
    ]


def _without_passing_towns(
    kept: list[tuple[str, float]], settled: Findings
) -> list[tuple[str, float]]:
    """Without countries of which one town is named once, beside one that the title names or the
    text comes back to: thanks to reviewers in Guadalajara are about no country."""
    others = {code for code, _ in kept if settled[code].in_title() or settled[code].hits() > 1}
    return [
        (code, score)
        for code, score in kept
        if code in others or not others or not _in_passing(settled[code])
    ]


def _in_passing(country: Finding) -> bool:
    return country.hits() == 1 and "locality" in country.parts


def _is_a_subject(stranger: Finding, *, beside_members: bool) -> bool:
    if max(stranger.weights.values()) < NAME:
        return False
    return not beside_members or stranger.in_title() or stranger.hits() > 1


def _is_of_the_region(kept: list[tuple[str, float]], settled: Findings, found: Found) -> bool:
    """Whether the text names the members as a whole and no country stands out from them."""
    if "MIRPS" not in found.regions:
        return False
    return not any(settled[code].in_title() or settled[code].hits() > 1 for code, _ in kept)


def _regional(found: Found) -> Proposal:
    score = found.regions["MIRPS"].score(found.body_factor)
    evidence = found.regions["MIRPS"].evidence()[:REASONS]
    return Proposal("scope", "regional-mirps", round(score, 3), evidence)


def _scope_of(kept: list[tuple[str, float]], settled: Findings) -> list[Proposal]:
    """How far the text reaches, told by the places it names."""
    if not kept:
        return []
    if len(kept) > 1:
        return [_scope("multi-country", kept, settled)]
    within = _scope_within(settled[kept[0][0]])
    return [_scope(within, kept, settled)] if within else []


def _scope_within(country: Finding) -> str | None:
    """Local, subnational or national: by what the title names, and where it names nothing, by how
    many parts of the country the text names. None where it could be either."""
    for level, scope in _SCOPES.items():
        if level in country.levels:
            return scope
    localities, subdivisions = (len(country.parts.get(level, ())) for level in _PARTS)
    if subdivisions > 1:
        return None
    if not localities + subdivisions:
        return "national" if "institution" in country.parts else None
    return "local" if localities == 1 else "subnational"


def _scope(value: str, kept: list[tuple[str, float]], settled: Findings) -> Proposal:
    reasons: list[Evidence] = [settled[code].evidence()[0] for code, _ in kept]
    return Proposal("scope", value, kept[0][1], tuple(reasons[:REASONS]))
