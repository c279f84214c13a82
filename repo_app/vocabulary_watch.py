"""Keeps the vocabulary in force in this process that of its instance.

The shipped vocabulary, the files of the instance's folder and the labels of curators make it. Web
process, worker and commands look whether anything changed: a few ``stat`` calls and one count.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from index.vocabulary import (
    AddedLabel,
    Additions,
    Unsound,
    Vocabulary,
    assemble,
    load,
    put_in_force,
    shipped,
)
from index.vocabulary.instance_folder import Stamp, additions_in, stamp_of
from repo_app.db import Database, is_there
from repo_app.models import CuratorLabel

FOLDER = "vocabulary"
EVERY = 1.0
"""Seconds between looks: a change made elsewhere is in force here no later."""

log = logging.getLogger(__name__)


class VocabularyWatch:
    """Of one instance; a process serves one at a time. ``unsound``: what was left out at the last
    change, which never stops anything."""

    def __init__(self, instance: Path, database: Database) -> None:
        self._folder = instance / FOLDER
        self._database = database
        self._lock = threading.Lock()
        self._next_look = 0.0
        self._seen: tuple[Stamp, tuple[int, int]] | None = None
        self._vocabulary = shipped()
        self._has_table = False
        self.unsound: tuple[Unsound, ...] = ()

    def look(self, *, now: bool = False) -> bool:
        """Put what holds today in force; True where that is another vocabulary than before.

        Not more often than EVERY, but ``now``. Where the database cannot be asked, what was in
        force stays so.
        """
        if not now and time.monotonic() < self._next_look:
            return False
        if not self._lock.acquire(blocking=now):
            return False  # another thread is at it
        try:
            self._next_look = time.monotonic() + EVERY
            return self._look()
        except SQLAlchemyError:
            return False
        finally:
            self._lock.release()

    def _look(self) -> bool:
        seen = stamp_of(self._folder), self._label_counts()
        if seen != self._seen:
            self._vocabulary, self.unsound = self._read()
            self._seen = seen
        if load() is self._vocabulary:
            return False
        put_in_force(self._vocabulary)
        return True

    def _read(self) -> tuple[Vocabulary, tuple[Unsound, ...]]:
        found, unreadable = additions_in(self._folder)
        additions = Additions(found.plans, found.label_files, self._labels())
        assembled = assemble(additions)
        unsound = (*unreadable, *assembled.unsound)
        for one in unsound:
            log.info("left out of the vocabulary: %s", one)
        same = assembled.vocabulary.version == self._vocabulary.version
        # The same words: whatever is kept by the old value stays good.
        return self._vocabulary if same else assembled.vocabulary, unsound

    def _label_counts(self) -> tuple[int, int]:
        """How many labels were ever added and withdrawn: neither number ever stays the same when
        one is."""
        if not self._is_ready():
            return 0, 0
        with self._database.reading() as session:
            counted = select(func.count(), func.count(CuratorLabel.withdrawn_on))
            added, withdrawn = session.execute(counted.select_from(CuratorLabel)).one()
            return added, withdrawn

    def _labels(self) -> tuple[AddedLabel, ...]:
        if not self._is_ready():
            return ()
        with self._database.reading() as session:
            rows = session.scalars(
                select(CuratorLabel)
                .where(CuratorLabel.withdrawn_on.is_(None))
                .order_by(CuratorLabel.id)
            )
            return tuple(
                AddedLabel(row.concept, row.language, row.label, row.kind, row.weak) for row in rows
            )

    def _is_ready(self) -> bool:
        """An instance that is being made, or is older than this program, has no such labels."""
        if not self._has_table and is_there(self._database):
            self._has_table = inspect(self._database.engine).has_table(CuratorLabel.__tablename__)
        return self._has_table

    def close(self) -> None:
        """What an instance added goes with it."""
        if load() is self._vocabulary:
            put_in_force(shipped())
