"""The controlled vocabulary: plans, concepts in four languages, lists and places, as data.

``load()`` is the vocabulary in force in this process: the packaged data, read and checked once, or
what an instance's additions made of them (``assemble``, ``put_in_force``).
"""

from __future__ import annotations

from index.vocabulary.additions import AddedLabel, Additions
from index.vocabulary.assembly import Assembled, Unsound, assemble, shipped
from index.vocabulary.in_force import load, put_in_force
from index.vocabulary.reading import Source, VocabularyError
from index.vocabulary.values import (
    AccessRight,
    Activity,
    Body,
    BorderPoint,
    CarriedOver,
    Change,
    Concept,
    Concepts,
    Contested,
    Country,
    DocumentKind,
    Labels,
    ListItem,
    Lists,
    Partner,
    Places,
    Plan,
    Presidency,
    Priority,
    Reading,
    Region,
    Result,
    SourceKind,
    Subdivision,
    Terms,
    TimelineRow,
)
from index.vocabulary.version import VERSION
from index.vocabulary.vocabulary import Vocabulary, read_folder

__all__ = [
    "VERSION",
    "AccessRight",
    "Activity",
    "AddedLabel",
    "Additions",
    "Assembled",
    "Body",
    "BorderPoint",
    "CarriedOver",
    "Change",
    "Concept",
    "Concepts",
    "Contested",
    "Country",
    "DocumentKind",
    "Labels",
    "ListItem",
    "Lists",
    "Partner",
    "Places",
    "Plan",
    "Presidency",
    "Priority",
    "Reading",
    "Region",
    "Result",
    "Source",
    "SourceKind",
    "Subdivision",
    "Terms",
    "TimelineRow",
    "Unsound",
    "Vocabulary",
    "VocabularyError",
    "assemble",
    "load",
    "put_in_force",
    "read_folder",
    "shipped",
]
