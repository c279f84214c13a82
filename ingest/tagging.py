"""Proposes countries, themes, populations, activities and priorities, each with its reasons.

Proposals are for people to confirm. Source kind, authorship, consent and the nationality of a
person are never proposed: no text can say them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log1p, sqrt

from index.thesaurus import NAME, WEAK, WHISPER, recognise
from index.vocabulary import Activity, Vocabulary, load
from ingest.draft import Draft, Evidence, PageText, Proposal

_SEGMENTS = {"title": 3.0, "abstract": 2.0}  # the body counts 1, damped
_KEEP = 0.9  # a score below this proposes nothing
_SHARE = {"country": 0.34, "theme": 0.25, "population": 0.2, "activity": 0.4, "priority": 0.5}
_LIMIT = {"country": 4, "theme": 5, "population": 4, "activity": 3, "priority": 2}
_ROLL_UP = {0: 1.0, 1: 0.6, 2: 0.3}
_ACTIVITY_KEEP = 0.6
_MANY_MEMBERS = 5  # a text about that many member states is about the region
_HEADER_PAGES = 3  # a line on that many pages is a running header
_REASONS = 5

_REFERENCES = re.compile(
    r"^[ \t]*(?:[\dIVXivx]+[.):]?[ \t]+)?(?:lista de |list of )?(?:"
    r"referencias(?: bibliogr[aá]ficas| citadas)?|bibliograf[ií]a(?: consultada)?|obras citadas|"
    r"fuentes consultadas|references(?: cited)?|bibliography|works cited|literature cited|"
    r"refer[eê]ncias(?: bibliogr[aá]ficas)?|r[eé]f[eé]rences(?: bibliographiques)?|bibliographie"
    r")[ \t]*[:.]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of text: ``where`` is "title", "abstract" or "body"."""

    where: str
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class _Finding:
    """One concept or country: how often each label was found in each segment."""

    counts: Counter[tuple[str, str]]
    weights: dict[str, float]

    def score(self, body_factor: float) -> float:
        """Sum over labels of weight times segment; the body's count is damped by log(1 + n)."""
        total = 0.0
        for (label, where), count in sorted(self.counts.items()):
            times = _SEGMENTS[where] if where in _SEGMENTS else body_factor * log1p(count)
            total += self.weights[label] * times
        return total

    def hits(self) -> int:
        return sum(self.counts.values())

    def in_title(self) -> bool:
        return any(where == "title" for _, where in self.counts)

    def has_strength(self) -> bool:
        """A weak label is never enough alone: it needs another label or the title."""
        return self.in_title() or len(self.weights) > 1 or max(self.weights.values()) > WEAK

    def evidence(self) -> tuple[Evidence, ...]:
        reasons = []
        for label in sorted(self.weights):
            places = {where: n for (lab, where), n in self.counts.items() if lab == label}
            where = next(w for w in ("title", "abstract", "body") if w in places)
            reasons.append(Evidence(label, sum(places.values()), where))
        return tuple(sorted(reasons, key=_by_place))


_Findings = Mapping[str, _Finding]


def propose_tags(draft: Draft) -> Draft:
    """``draft`` with proposals for the facets country, theme, population, activity and priority.

    Reads title, abstract and pages; lists of references are left out. The same draft always
    gives the same proposals; a draft without text gives none. Never raises.
    """
    segments = _segments(draft)
    concepts, countries = _findings(segments)
    words = sum(len(segment.text.split()) for segment in segments if segment.where == "body")
    scores = {
        identifier: finding.score(_body_factor(words))
        for identifier, finding in concepts.items()
        if finding.has_strength()
    }
    proposals = (
        *_countries(countries, _body_factor(words)),
        *_themes(concepts, scores),
        *_populations(concepts, scores),
        *_activities(concepts, scores),
        *_priorities(concepts, scores),
    )
    return replace(draft, proposals=proposals)


def _body_factor(words: int) -> float:
    """One mention says more in a one-page input than in a book."""
    return 1.5 if words <= 300 else 1.0 if words <= 10_000 else 0.7


def _segments(draft: Draft) -> list[_Segment]:
    language = draft.given_language or draft.language
    segments = [
        _Segment("title", draft.given_title or draft.title or "", language),
        _Segment("abstract", draft.abstract or "", language),
    ]
    headers = _running_headers(draft.pages)
    for page in _without_references(draft.pages):
        lines = (line for line in page.text.splitlines() if _header_key(line) not in headers)
        segments.append(_Segment("body", "\n".join(lines), page.language or language))
    return [segment for segment in segments if segment.text.strip()]


def _header_key(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


def _running_headers(pages: Iterable[PageText]) -> frozenset[str]:
    """Lines that stand on three pages or more, page numbers aside: they are no content."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_header_key(line) for line in page.text.splitlines()} - {""})
    return frozenset(line for line, pages_with in seen.items() if pages_with >= _HEADER_PAGES)


def _without_references(pages: tuple[PageText, ...]) -> tuple[PageText, ...]:
    """The pages up to the list of references.

    A heading in the first quarter is taken for a line of the table of contents if another one
    follows later.
    """
    total = sum(len(page.text) for page in pages)
    headings: list[tuple[int, int, int]] = []
    before = 0
    for position, page in enumerate(pages):
        for match in _REFERENCES.finditer(page.text):
            headings.append((before + match.start(), position, match.start()))
        before += len(page.text)
    later = [heading for heading in headings if heading[0] >= total / 4] or headings
    if not later:
        return pages
    _, position, start = later[0]
    last = pages[position]
    return (*pages[:position], replace(last, text=last.text[:start]))


def _findings(segments: Iterable[_Segment]) -> tuple[_Findings, _Findings]:
    """What the thesaurus recognises in the segments: concepts and countries."""
    found: dict[str, dict[str, _Finding]] = {"concept": {}, "country": {}}
    for segment in segments:
        for mention in recognise(segment.text, segment.language):
            finding = found[mention.kind].setdefault(mention.id, _Finding(Counter(), {}))
            finding.counts[mention.label, segment.where] += 1
            known = finding.weights.get(mention.label, 0.0)
            finding.weights[mention.label] = max(known, mention.weight)
    return found["concept"], found["country"]


def _countries(findings: _Findings, body_factor: float) -> list[Proposal]:
    """The countries the text is about; none where it is about the region as a whole.

    Where any place is named, a people's name alone says who, not where.
    """
    findings = {code: _settled(finding) for code, finding in findings.items()}
    named = {c: f for c, f in findings.items() if max(f.weights.values()) >= NAME}
    scores = {c: f.score(body_factor) for c, f in (named or findings).items()}
    kept = _kept("country", scores, limit=len(scores))
    members = [code for code, _ in kept if _is_member(code)]
    if len(members) >= _MANY_MEMBERS:
        return []
    return [
        Proposal("country", code, score, findings[code].evidence()[:_REASONS])
        for code, score in kept[: _LIMIT["country"]]
    ]


def _settled(finding: _Finding) -> _Finding:
    """An ambiguous place counts in full where anything else speaks for the same country."""
    if max(finding.weights.values()) <= WHISPER:
        return finding
    weights = {label: NAME if w == WHISPER else w for label, w in finding.weights.items()}
    return replace(finding, weights=weights)


def _is_member(code: str) -> bool:
    return any(c.code == code and c.role == "member" for c in load().places.countries)


def _themes(findings: _Findings, scores: Mapping[str, float]) -> list[Proposal]:
    """Themes of the facet: a concept counts for itself and, less, for its broader ones."""
    vocabulary = load()
    totals: defaultdict[str, float] = defaultdict(float)
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for identifier in sorted(scores):
        if vocabulary.concept(identifier).type == "population":
            continue
        for theme, distance in ((identifier, 0), *vocabulary.broader(identifier).items()):
            if distance in _ROLL_UP and vocabulary.concept(theme).theme_facet:
                totals[theme] += scores[identifier] * _ROLL_UP[distance]
                sources[theme].append(identifier)
    return [
        Proposal("theme", theme, score, _reasons(findings, sources[theme], scores))
        for theme, score in _kept("theme", totals)
    ]


def _populations(findings: _Findings, scores: Mapping[str, float]) -> list[Proposal]:
    """Populations named twice or in the title: one is never widened to another."""
    vocabulary = load()
    named = {
        identifier: score
        for identifier, score in scores.items()
        if vocabulary.concept(identifier).type == "population"
        and (findings[identifier].hits() > 1 or findings[identifier].in_title())
    }
    return [
        Proposal("population", identifier, score, findings[identifier].evidence()[:_REASONS])
        for identifier, score in _kept("population", named)
    ]


def _activities(findings: _Findings, scores: Mapping[str, float]) -> list[Proposal]:
    """Activities whose concepts the text speaks of. None is a frequent and valid answer."""
    vocabulary = load()
    plan = max(vocabulary.plans, key=lambda plan: plan.year)
    totals: dict[str, float] = {}
    sources: dict[str, list[str]] = {}
    for activity in plan.activities:
        about = [c for c in sorted(scores) if activity.id in vocabulary.concept(c).activities]
        if about and _meets_needs(activity, scores):
            sources[activity.id] = about
            totals[activity.id] = sum(scores[c] / sqrt(_links(vocabulary, c)) for c in about)
    return [
        Proposal("activity", value, score, _reasons(findings, sources[value], scores))
        for value, score in _kept("activity", totals, at_least=_ACTIVITY_KEEP)
    ]


def _links(vocabulary: Vocabulary, concept: str) -> int:
    return len(vocabulary.concept(concept).activities)


def _meets_needs(activity: Activity, scores: Mapping[str, float]) -> bool:
    return all(any(concept in scores for concept in group) for group in activity.needs)


def _priorities(findings: _Findings, scores: Mapping[str, float]) -> list[Proposal]:
    """Each concept splits its vote among the priorities it has in the newest plan."""
    vocabulary = load()
    allowed = _open_priorities(vocabulary, scores)
    totals: defaultdict[str, float] = defaultdict(float)
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for identifier in sorted(scores):
        priorities = vocabulary.concept(identifier).priorities
        for priority in allowed.intersection(priorities):
            totals[priority] += scores[identifier] / len(priorities)
            sources[priority].append(identifier)
    return [
        Proposal("priority", value, score, _reasons(findings, sources[value], scores))
        for value, score in _kept("priority", totals)
    ]


def _open_priorities(vocabulary: Vocabulary, scores: Mapping[str, float]) -> frozenset[str]:
    """The priorities of the newest plan that this text may be proposed for."""
    if not scores:
        return frozenset()
    plan = max(vocabulary.plans, key=lambda plan: plan.year)
    leading = vocabulary.concept(min(scores, key=lambda c: (-scores[c], c)))
    return frozenset(
        priority.id
        for priority in plan.priorities
        if not priority.only_when_leading
        or leading.priorities == (priority.id,)
        or (leading.type == "governance" and priority.id in leading.priorities)
    )


def _kept(
    facet: str,
    scores: Mapping[str, float],
    *,
    at_least: float = _KEEP,
    limit: int | None = None,
) -> list[tuple[str, float]]:
    """The values worth proposing: strong enough, and not far behind the strongest."""
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return []
    floor = max(at_least, ranked[0][1] * _SHARE[facet])
    kept = [(value, round(score, 3)) for value, score in ranked if score >= floor]
    return kept[: _LIMIT[facet] if limit is None else limit]


def _reasons(
    findings: _Findings, concepts: Iterable[str], scores: Mapping[str, float]
) -> tuple[Evidence, ...]:
    """The labels of the concepts that count most, one of each label."""
    reasons: dict[str, Evidence] = {}
    for concept in sorted(concepts, key=lambda c: (-scores[c], c)):
        for reason in findings[concept].evidence():
            reasons.setdefault(reason.label, reason)
    return tuple(sorted(reasons.values(), key=_by_place)[:_REASONS])


def _by_place(reason: Evidence) -> tuple[int, int, str]:
    order = ("title", "abstract", "body")
    return order.index(reason.where), -reason.count, reason.label
