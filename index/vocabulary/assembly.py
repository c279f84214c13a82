"""The shipped vocabulary and what an instance adds to it, as one vocabulary.

Whatever is not sound is left out and said: the rest serves on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from index.vocabulary.additions import AddedLabel, Additions
from index.vocabulary.consistency import check_carried_over, check_plan
from index.vocabulary.label_file import Taken, labels_of, with_labels
from index.vocabulary.links import linked
from index.vocabulary.plan_file import plan_of
from index.vocabulary.reading import N_, Source, VocabularyError
from index.vocabulary.values import Concepts, Lists, Plan
from index.vocabulary.vocabulary import Vocabulary, put_together, read_folder

_PACKAGED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Unsound:
    """An addition that was left out, and why. ``sentence`` has placeholders for ``values``;
    ``file`` is '' and ``line`` 0 for a label that a curator added."""

    file: str
    line: int
    sentence: str
    values: dict[str, object]

    def __str__(self) -> str:
        what = self.sentence % self.values if self.values else self.sentence
        return f"{self.file}, line {self.line}: {what}" if self.file else what


@dataclass(frozen=True, slots=True)
class Assembled:
    """A vocabulary whose ``additions`` are the sound ones, and what was left out of it."""

    vocabulary: Vocabulary
    unsound: tuple[Unsound, ...]


@cache
def shipped() -> Vocabulary:
    """The packaged vocabulary; read once per process. Raises VocabularyError."""
    return read_folder(_PACKAGED)


def assemble(additions: Additions) -> Assembled:
    """The shipped vocabulary with ``additions``. Never raises for what is added: a file with
    anything wrong in it, and a label that is another concept's already, are left out."""
    base = shipped()
    if not additions:
        return Assembled(base, ())
    parts = _Parts(base.plans, base.concepts, base.lists)
    kept_plans = tuple(s for s in additions.plans if parts.takes(s, parts.add_plan))
    kept_files = tuple(s for s in additions.label_files if parts.takes(s, parts.add_labels))
    kept_labels = tuple(parts.add_label_each(additions.labels))
    kept = Additions(kept_plans, kept_files, kept_labels)
    if not kept:
        return Assembled(base, tuple(parts.unsound))
    plans = tuple(sorted(parts.plans, key=lambda plan: plan.year))
    vocabulary = put_together(plans, parts.concepts, base.lists, base.places, kept)
    return Assembled(vocabulary, tuple(parts.unsound))


@dataclass(slots=True)
class _Parts:
    """What has been put together so far."""

    plans: tuple[Plan, ...]
    concepts: Concepts
    lists: Lists
    unsound: list[Unsound] = field(default_factory=list)

    def takes(self, source: Source, add: Callable[[Source], None]) -> bool:
        """Whether a file was sound and is in."""
        try:
            add(source)
        except VocabularyError as error:
            self.unsound.append(unsound(error))
            return False
        return True

    def add_plan(self, source: Source) -> None:
        record, plan = plan_of(source)
        if any(other.year == plan.year for other in self.plans):
            sentence = N_("there is a plan of %(year)s already")
            raise record.wrong(sentence, "year", year=plan.year)
        check_plan(record, plan, self.concepts, self.lists)
        check_carried_over(record, plan, self.concepts, self.plans)
        self.plans = (*self.plans, plan)
        self.concepts = linked(self.concepts, plan)

    def add_labels(self, source: Source) -> None:
        self.concepts = with_labels(self.concepts, labels_of(source, self.concepts))

    def add_label_each(self, labels: Iterable[AddedLabel]) -> Iterable[AddedLabel]:
        """The curators' labels that nothing speaks against, which are in."""
        taken, sound = Taken(self.concepts), []
        for label in labels:
            fault = taken.fault(label)
            if fault is None:
                taken.add(label)
                sound.append(label)
            else:
                self.unsound.append(Unsound("", 0, *fault))
        self.concepts = with_labels(self.concepts, sound)
        return sound


def unsound(error: VocabularyError) -> Unsound:
    """What is wrong with a file, as it is shown: the last two parts of its path are enough."""
    name = "/".join(error.file.parts[-2:])
    return Unsound(name, error.line, error.sentence, error.values)
