"""What the vocabulary speaks of: plans, concepts, lists and places, all of them frozen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """One wording per language. Spanish and English are never empty."""

    es: str
    en: str
    pt: str = ""
    fr: str = ""

    def of(self, language: str) -> str:
        """The wording in ``language``, or the English one where there is none."""
        wording: str = getattr(self, language, "") if language in LANGUAGES else ""
        return wording or self.en


@dataclass(frozen=True, slots=True)
class Terms:
    """Any number of wordings per language."""

    es: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    pt: tuple[str, ...] = ()
    fr: tuple[str, ...] = ()

    def of(self, language: str) -> tuple[str, ...]:
        """The wordings in ``language``; none for a language that is not one of ours."""
        wordings: tuple[str, ...] = getattr(self, language) if language in LANGUAGES else ()
        return wordings


LANGUAGES = ("es", "en", "pt", "fr")
"""The languages labels are written in; the first two are mandatory."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a form that has several, and what must stand around it.

    ``means`` is a concept or a country. ``cue``: one of these stands directly before the form.
    ``near`` and ``not_near``: within ``window`` words on either side. Empty means no condition.
    ``weak``: counts only beside another signal of the same meaning.
    """

    means: str
    languages: tuple[str, ...] = ()
    cue: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    window: int = 30
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Contested:
    """A form with several readings: the first that holds is taken, and none means silence."""

    form: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """A term of art in four languages. ``hidden`` labels are matched and never shown."""

    id: str
    type: str
    theme_facet: bool
    labels: Labels
    alt: Terms
    hidden: Terms
    acronyms: Terms
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    related: tuple[str, ...]
    never_expand_to: tuple[str, ...]
    priorities: tuple[str, ...]
    activities: tuple[str, ...]
    gcr_objectives: tuple[int, ...]
    note: Labels | None

    def names(self, language: str) -> tuple[str, ...]:
        """Its labels in a language, the preferred one first; without the hidden ones."""
        preferred: str | None = getattr(self.labels, language)
        return tuple(filter(None, (preferred, *self.alt.of(language))))


@dataclass(frozen=True, slots=True)
class Priority:
    """``title`` is the one shown (section IV of the plan); ``objective_title`` is section III's.

    ``only_when_leading``: a text is proposed for it only if a concept of its own leads the text.
    """

    id: str
    code: str
    title: Labels
    objective_title: Labels
    only_when_leading: bool


@dataclass(frozen=True, slots=True)
class Result:
    """An expected result of the plan; ``priority`` is the id of the priority it belongs to."""

    id: str
    code: str
    priority: str
    text: Labels


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of the plan. No ``bodies`` means that the plan states none.

    ``needs``: groups of concepts; a text is about the activity only if it speaks of one concept
    of every group. ``only_when_named``: and names it; that it is implied does not do.
    """

    id: str
    code: str
    priority: str
    result: str
    text: Labels
    bodies: tuple[str, ...]
    outputs: tuple[str, ...]
    themes: tuple[str, ...]
    populations: tuple[str, ...]
    partners: tuple[str, ...]
    source_kinds: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    only_when_named: bool


@dataclass(frozen=True, slots=True)
class Body:
    """Who implements an activity."""

    id: str
    labels: Labels
    acronym: Labels | None


@dataclass(frozen=True, slots=True)
class Partner:
    """With whom an activity is carried out; ``concept`` is '' where there is none."""

    id: str
    labels: Labels
    concept: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A row of the plan's timeline. ``months`` is None where they are unknown, never guessed;
    ``bodies`` and ``activities`` are those it names in words, by id."""

    label: Labels
    months: tuple[int, ...] | None
    bodies: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListItem:
    """An entry of a controlled list."""

    id: str
    labels: Labels
    note: Labels | None = None


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """What an older plan called ``before`` is ``after`` in this one. ``facet``: priority, activity
    or theme; ids with their year, but for themes."""

    facet: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The Regional Action Plan of one year.

    ``working_translations``: languages whose wording is ours until an official one exists.
    ``other_outputs``: expected outputs that are no kind of document. ``carried_over``: what of
    older plans lives on.
    """

    year: int
    presidency: str
    next_presidency: str
    working_translations: tuple[str, ...]
    priorities: tuple[Priority, ...]
    results: tuple[Result, ...]
    activities: tuple[Activity, ...]
    bodies: tuple[Body, ...]
    partners: tuple[Partner, ...]
    other_outputs: tuple[ListItem, ...]
    timeline: tuple[TimelineRow, ...]
    carried_over: tuple[CarriedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceKind:
    """Who speaks. ``a5``: one of the five kinds the plan names for activity P4-R4-A5."""

    id: str
    labels: Labels
    a5: bool


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """What a document is; ``reliefweb`` is '' where ReliefWeb has no such format."""

    id: str
    labels: Labels
    coar: str
    reliefweb: str
    note: Labels | None

    @property
    def coar_uri(self) -> str:
        """Identifier in the COAR vocabulary of resource types."""
        return f"http://purl.org/coar/resource_type/{self.coar}"


@dataclass(frozen=True, slots=True)
class AccessRight:
    """How open a record is, in the words libraries exchange."""

    id: str
    labels: Labels
    coar: str

    @property
    def coar_uri(self) -> str:
        """Identifier in the COAR vocabulary of access rights."""
        return f"http://purl.org/coar/access_right/{self.coar}"


@dataclass(frozen=True, slots=True)
class Presidency:
    """Which country presides in a year; not ``confirmed`` where no source names it."""

    year: int
    country: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """The controlled lists, each in the order in which it is shown."""

    source_kinds: tuple[SourceKind, ...]
    document_kinds: tuple[DocumentKind, ...]
    evidence_types: tuple[ListItem, ...]
    scopes: tuple[ListItem, ...]
    access_rights: tuple[AccessRight, ...]
    audiences: tuple[ListItem, ...]
    languages: tuple[ListItem, ...]
    licences: tuple[ListItem, ...]
    presidencies: tuple[Presidency, ...]
    gcr_objectives: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True)
class Subdivision:
    """A part of a member state, by its ISO 3166-2 code."""

    code: str
    type: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """A country the thesaurus recognises. ``role``: member, origin or partner.

    Everything below ``demonyms`` is known of member states only.
    """

    code: str
    role: str
    labels: Labels
    names: Terms
    demonyms: Terms
    iso3: str = ""
    m49: str = ""
    joined: int = 0
    cities: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    subdivisions: tuple[Subdivision, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A region names no country; ``implied`` are those a filter may add, marked as implied."""

    id: str
    labels: Labels
    names: tuple[str, ...]
    implied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BorderPoint:
    """A crossing between two countries. ``common``: names of it that also name other things."""

    between: tuple[str, ...]
    names: tuple[str, ...]
    common: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a reader should know of names that changed."""

    country: str
    note: Labels


@dataclass(frozen=True, slots=True)
class Places:
    """The gazetteer. ``masks`` name instruments that only contain the name of a place."""

    countries: tuple[Country, ...]
    regions: tuple[Region, ...]
    border_points: tuple[BorderPoint, ...]
    masks: tuple[str, ...]
    ambiguous: tuple[Contested, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts and what the thesaurus must know of their labels.

    ``weak_labels`` are never evidence alone; ``fixed_labels`` have no other number or gender;
    ``masks`` contain a label without meaning it.
    """

    concepts: tuple[Concept, ...]
    weak_labels: Terms
    fixed_labels: Terms
    contested_acronyms: tuple[Contested, ...]
    masks: Terms
