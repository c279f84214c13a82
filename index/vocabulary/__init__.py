"""The controlled vocabulary: plans, concepts in four languages, lists and places, as data.

``load()`` reads and checks the packaged data once per process.
"""

from __future__ import annotations

from index.vocabulary.reading import VocabularyError
from index.vocabulary.values import (
    AccessRight,
    Activity,
    Body,
    BorderPoint,
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
from index.vocabulary.vocabulary import Vocabulary, load

__all__ = [
    "VERSION",
    "AccessRight",
    "Activity",
    "Body",
    "BorderPoint",
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
    "SourceKind",
    "Subdivision",
    "Terms",
    "TimelineRow",
    "Vocabulary",
    "VocabularyError",
    "load",
]
