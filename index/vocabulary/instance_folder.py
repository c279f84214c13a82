"""The files by which an instance adds to the vocabulary: ``plans/*.yaml`` and ``labels.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from index.vocabulary.additions import Additions
from index.vocabulary.assembly import Unsound, unsound
from index.vocabulary.reading import N_, Source, VocabularyError, source_of

LABELS = "labels.yaml"
PLANS = "plans"
MOST_BYTES = 1 << 20
_EXPLAINS = (".md", ".txt")

Stamp = tuple[tuple[str, int, int], ...]


def stamp_of(folder: Path) -> Stamp:
    """Name, time and size of every file that counts: differs where anything was changed."""
    found = []
    for path in _files(folder):
        try:
            stat = path.stat()
        except OSError:  # gone this very moment
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def additions_in(folder: Path) -> tuple[Additions, tuple[Unsound, ...]]:
    """The files as they are, not checked beyond that they can be read, and what cannot be. A folder
    that is missing adds nothing."""
    plans: list[Source] = []
    labels: list[Source] = []
    wrong: list[Unsound] = []
    for path in _files(folder):
        try:
            source = _source(folder, path)
        except VocabularyError as error:
            wrong.append(unsound(error))
        else:
            (plans if path.parent.name == PLANS else labels).append(source)
    return Additions(tuple(plans), tuple(labels)), tuple(wrong)


def _source(folder: Path, path: Path) -> Source:
    is_plan = path.parent == folder / PLANS and path.suffix == ".yaml"
    if not is_plan and path != folder / LABELS:
        sentence = N_("only labels.yaml and plans/YEAR.yaml are read here; please rename the file")
        raise VocabularyError(path, 1, sentence)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise VocabularyError(path, 1, N_("the file is too large"))
    except OSError as error:
        raise VocabularyError(path, 1, N_("the file cannot be read")) from error
    return source_of(path)


def _files(folder: Path) -> Iterator[Path]:
    """In the order of their names; hidden ones, and what explains the others, are no data."""
    for parent in (folder, folder / PLANS):
        try:
            inside = sorted(parent.iterdir())
        except OSError:  # not there, or no folder
            continue
        for path in inside:
            hidden = path.name.startswith(".") or path.name.endswith("~")
            if not hidden and path.suffix not in _EXPLAINS and not path.is_dir():
                yield path
