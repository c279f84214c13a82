"""What the thesaurus recognises in a file, added up: how often each concept and country is named,
by which words, where, and how much that counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import log1p, log2

from index.thesaurus import CUE, DEMONYM, NAME, WEAK, Mention, recognise
from index.vocabulary import load
from ingest.acronyms import meant_otherwise
from ingest.asides import Asides
from ingest.draft import Evidence
from ingest.segments import ABSTRACT, BODY, FIRST_PAGE, HEADING, TITLE, Segment

_SHOWN = {TITLE: "title", ABSTRACT: "abstract"}
_ORDER = ("title", "abstract", "body")
_FACTORS = {TITLE: 3.0, ABSTRACT: 2.0, FIRST_PAGE: 2.0, HEADING: 2.0}
# Who was returned and is in danger needs protection, whether the text says so or not.
_RETURNED = frozenset({"returnees", "deported-persons"})
_IN_DANGER = "returnees-protection-needs"
REASONS = 5  # labels shown for one proposal


@dataclass(slots=True)
class Finding:
    """One concept or country: how often each label was found in each kind of segment.

    ``weights``: the greatest weight each label was found with. ``levels``: what of a country
    the title names. ``parts``: level to the names found of a country's parts.
    ``shown``: the words of the text for what it says by a cue.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    weights: dict[str, float] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)
    parts: dict[str, set[str]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def add(self, mention: Mention, where: str, weight: float) -> None:
        self.counts[mention.label, where] += 1
        self.weights[mention.label] = max(self.weights.get(mention.label, 0.0), weight)
        if mention.words:
            self.shown.setdefault(mention.label, mention.words)
        if mention.level and weight >= NAME:
            self.parts.setdefault(mention.level, set()).add(mention.label)
        if where == TITLE:
            self.levels.add(mention.level)

    def score(self, body_factor: float) -> float:
        """Sum over labels of weight times segment; repetition is damped, most so in the body."""
        total = 0.0
        for (label, where), count in sorted(self.counts.items()):
            if where in (TITLE, ABSTRACT):
                times = _FACTORS[where]
            elif where in _FACTORS:
                times = _FACTORS[where] * log2(1 + count)
            else:
                times = body_factor * log1p(count)
            total += self.weights[label] * times
        return total

    def hits(self) -> int:
        return sum(self.counts.values())

    def in_title(self) -> bool:
        return any(where == TITLE for _, where in self.counts)

    def has_strength(self) -> bool:
        """A weak label is never enough alone: it needs another label or the title."""
        return self.in_title() or len(self.weights) > 1 or not self.is_weak()

    def is_weak(self) -> bool:
        return max(self.weights.values()) <= WEAK

    def is_named(self) -> bool:
        """Whether a label that is not weak stands there: it is not only implied."""
        return max(self.weights.values()) > CUE

    def merged(self, other: Finding | None) -> Finding:
        """This and ``other`` as findings of one and the same."""
        if other is None:
            return self
        labels = {**self.weights, **other.weights}
        weights = {
            label: max(self.weights.get(label, 0.0), other.weights.get(label, 0.0))
            for label in labels
        }
        return Finding(
            self.counts + other.counts,
            weights,
            self.levels | other.levels,
            shown=self.shown | other.shown,
        )

    def evidence(self) -> tuple[Evidence, ...]:
        reasons = []
        for label in sorted(self.weights):
            places: Counter[str] = Counter()
            for (lab, where), count in self.counts.items():
                if lab == label:
                    places[_SHOWN.get(where, "body")] += count
            where = next(one for one in _ORDER if one in places)
            reasons.append(Evidence(self.shown.get(label, label), places.total(), where))
        return tuple(sorted(reasons, key=_by_place))


Findings = Mapping[str, Finding]


@dataclass(frozen=True, slots=True)
class Found:
    """Concepts, countries and regions by code, and how many words the body has."""

    concepts: Findings
    countries: Findings
    regions: Findings
    words: int

    @property
    def body_factor(self) -> float:
        """One mention says more in a one-page input than in a book."""
        return 1.5 if self.words <= 300 else 1.0 if self.words <= 10_000 else 0.7


def find(segments: Iterable[Segment]) -> Found:
    """What the thesaurus recognises in ``segments``, without what they only say in passing."""
    found: dict[str, dict[str, Finding]] = {"concept": {}, "country": {}, "region": {}}
    words = 0
    segments = tuple(segments)
    otherwise = meant_otherwise("\n".join(segment.text for segment in segments))
    for segment in segments:
        if segment.where in (FIRST_PAGE, BODY):
            words += len(segment.text.split())
        headings = segment.headings()
        for mention, weight in _meant(segment):
            if mention.label in otherwise:
                continue
            in_heading = any(start <= mention.start < end for start, end in headings)
            where = HEADING if in_heading else segment.where
            found[mention.kind].setdefault(mention.id, Finding()).add(mention, where, weight)
    return Found(found["concept"], found["country"], found["region"], words)


def _meant(segment: Segment) -> Iterator[tuple[Mention, float]]:
    """The mentions that say what the segment is about, each with its weight there.

    Where people came from is no place the text is about: it counts as a people's name does.
    """
    first = segment.where == FIRST_PAGE
    asides = Asides(segment.text, segment.language, first_page=first)
    for mention in recognise(segment.text, segment.language, with_cues=True):
        if asides.disclaims(mention.start):
            continue
        if mention.kind != "country":
            yield mention, mention.weight
            if mention.id in _RETURNED and asides.tells_of_danger(mention.start, mention.end):
                yield replace(mention, id=_IN_DANGER), mention.weight
        elif segment.where == TITLE or not asides.is_elsewhere(mention.start, mention.end):
            origin = _names_a_country(mention) and asides.is_origin(mention.start)
            yield mention, DEMONYM if origin else mention.weight


def _names_a_country(mention: Mention) -> bool:
    """Whether it names a whole country, or a part of one outside the region: who left a town of
    a member state may not have left the country."""
    whole = mention.level == "country" or not is_member(mention.id)
    return whole and mention.weight > DEMONYM


def is_member(country: str) -> bool:
    """Whether a country, by code, is a member state of the MIRPS."""
    return country in load().member_states


def reasons(
    findings: Findings, concepts: Iterable[str], scores: Mapping[str, float]
) -> tuple[Evidence, ...]:
    """The labels of the concepts that count most, one of each label."""
    found: dict[str, Evidence] = {}
    for concept in sorted(concepts, key=lambda c: (-scores[c], c)):
        for reason in findings[concept].evidence():
            found.setdefault(reason.label, reason)
    return tuple(sorted(found.values(), key=_by_place)[:REASONS])


def _by_place(reason: Evidence) -> tuple[int, int, str]:
    return _ORDER.index(reason.where), -reason.count, reason.label
