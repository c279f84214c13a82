"""What an instance adds to the shipped vocabulary: plans of further years, and labels."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from index.vocabulary.reading import Source

KINDS = ("alt", "hidden", "acronym")
"""Of a label: shown like any other; matched but never shown; matched in its exact capitals."""


@dataclass(frozen=True, slots=True)
class AddedLabel:
    """Words that are to name a concept in a language. ``weak``: never evidence alone."""

    concept: str
    language: str
    label: str
    kind: str = "alt"
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Additions:
    """Files as they were read, not checked yet, and the labels that curators added."""

    plans: tuple[Source, ...] = ()
    label_files: tuple[Source, ...] = ()
    labels: tuple[AddedLabel, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.plans or self.label_files or self.labels)

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits of what is said, wherever the files lie; '' for nothing."""
        if not self:
            return ""
        said = [source.text for source in (*self.plans, *self.label_files)]
        labels = [asdict(label) for label in self.labels]
        text = json.dumps([len(self.plans), said, labels], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def as_json(self) -> bytes:
        """One line, for a process that may read neither folder nor database."""
        said = {
            "plans": [[str(source.file), source.text] for source in self.plans],
            "label_files": [[str(source.file), source.text] for source in self.label_files],
            "labels": [asdict(label) for label in self.labels],
        }
        return json.dumps(said).encode() + b"\n"

    @classmethod
    def from_json(cls, line: bytes) -> Additions:
        """What ``as_json`` wrote; raises ValueError, KeyError or TypeError for anything else."""
        said = json.loads(line)
        return cls(
            plans=tuple(Source(Path(name), text) for name, text in said["plans"]),
            label_files=tuple(Source(Path(name), text) for name, text in said["label_files"]),
            labels=tuple(AddedLabel(**label) for label in said["labels"]),
        )
