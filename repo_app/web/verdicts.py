"""The form by which a curator decides: read into a verdict, and given back as it was typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from repo_app.services.answers import Field
from repo_app.services.reviews import (
    ASKED_OF,
    FILE,
    LONGEST_WORDS,
    Ask,
    Decision,
    Note,
    RefusedFor,
    Verdict,
)
from repo_app.typed import paragraphs

ABOUT = (FILE, *(question.value for question in Field))
"""What may be asked about: the document itself first, then the questions in their order."""
WORDS = "words-"
"""``words-title`` holds the curator's own words about the title."""
KEPT = 10 * LONGEST_WORDS
"""Of words that are too long this much comes back, to be shortened."""


@dataclass(frozen=True, slots=True)
class Typed:
    """``verdict`` is what was decided; asks and words stand in it by what they are about."""

    verdict: Verdict = field(default_factory=lambda: Verdict(None))

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> Typed:
        said, why = form.get("decision"), form.get("refused_for")
        return cls(
            Verdict(
                decision=Decision(said) if said in set(Decision) else None,
                checked="checked" in form,
                unread="unread" in form,
                notes=tuple(_notes(form)),
                refused_for=RefusedFor(why) if why in set(RefusedFor) else None,
            )
        )

    @property
    def asked(self) -> frozenset[str]:
        """The boxes that are ticked, as they are sent: ``title=title-unclear``."""
        notes = self.verdict.notes
        return frozenset(f"{note.field}={note.reason}" for note in notes if note.reason)

    @property
    def words(self) -> Mapping[str, str]:
        return {note.field: note.words for note in self.verdict.notes if note.words}

    @property
    def about(self) -> frozenset[str]:
        """What anything is asked about."""
        return frozenset(note.field for note in self.verdict.notes)


def _notes(form: MultiDict[str, str]) -> Iterator[Note]:
    """A note for each ask; words go with the first one about the same."""
    ticked = defaultdict(list)
    for value in dict.fromkeys(form.getlist("ask")):
        about, _, code = value.partition("=")
        if code in set(Ask) and about in ASKED_OF[Ask(code)]:
            ticked[about].append(Ask(code))
    for about in ABOUT:
        words = paragraphs(form.get(f"{WORDS}{about}", ""), KEPT)
        for place, ask in enumerate(ticked[about]):
            yield Note(about, ask, "" if place else words)
        if words and not ticked[about]:
            yield Note(about, None, words)
