"""The embedded engine: reads from any thread, writes from one process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from pickle import UnpicklingError

from whoosh.index import IndexError as WhooshIndexError

from index import analysis
from index.contract import (
    Hit,
    IndexDocument,
    IndexStatus,
    Query,
    Results,
    SearchUnavailable,
    Unusable,
)
from index.whoosh_engine import ranking, writing
from index.whoosh_engine.corrections import corrections
from index.whoosh_engine.flat import NotFlat
from index.whoosh_engine.generations import Generations, Stamp
from index.whoosh_engine.lists import Lists
from index.whoosh_engine.similar import similar
from index.whoosh_engine.snapshot import Snapshot
from index.whoosh_engine.storage import Storage

_ATTEMPTS = 5
_CANARIES = 20


class WhooshIndex:
    """A SearchIndex over generations of Whoosh indexes. All threads may share one."""

    def __init__(self, generations: Generations, resolve: ranking.Resolver | None = None) -> None:
        self._generations = generations
        self._resolve = resolve
        self._refreshing = threading.Lock()
        self._open: tuple[str, Storage, Snapshot] | None = None
        self._unchanged: Stamp | None = None

    # Reading --------------------------------------------------------------------------

    def search(self, query: Query) -> Results:
        """Answer a question from the newest commit."""
        return ranking.search(self._snapshot(), query, self._resolve)

    def similar(
        self, document: IndexDocument, audience: frozenset[str], most: int = 5
    ) -> tuple[Hit, ...]:
        """Other documents of the audience that are like this one, which need not be held."""
        return similar(self._snapshot(), document, audience, most)

    def corrections(self, query: Query) -> Mapping[str, str]:
        """What words that stand nowhere may have been meant to be."""
        return corrections(self._snapshot(), query)

    def revisions(self) -> Mapping[str, int]:
        """The revision of every document held, whoever may see it."""
        return self._snapshot().revisions()

    def status(self) -> IndexStatus:
        """Which generation is open and how big it is."""
        snapshot = self._snapshot()
        name, storage, _ = self._opened()
        return IndexStatus(
            generation=name,
            documents=int(snapshot.alive.sum()),
            entries=int(snapshot.sizes[snapshot.alive].sum()),
            segments=len(snapshot.segments),
            bytes=storage.bytes(),
        )

    def close(self) -> None:
        """Let go of the files; the index may be used again."""
        with self._refreshing:
            self._open = self._unchanged = None

    def _opened(self) -> tuple[str, Storage, Snapshot]:
        with self._refreshing:
            assert self._open is not None
            return self._open

    def _snapshot(self) -> Snapshot:
        """The newest commit of the current generation; two stat calls where nothing changed."""
        held = self._open
        stamp = self._generations.stamp(held[0]) if held is not None else None
        if held is not None and stamp is not None and stamp == self._unchanged:
            return held[2]
        name = self._generations.current()
        if held is not None and held[0] == name and held[1].latest_commit() == held[2].commit:
            if stamp is not None and stamp.is_settled():
                self._unchanged = stamp
            return held[2]
        with self._refreshing:
            return self._refresh()

    def _refresh(self) -> Snapshot:
        for attempt in range(1, _ATTEMPTS + 1):
            name = self._generations.current()
            held = self._open if self._open and self._open[0] == name else None
            storage, commit = held[1] if held else None, -1
            try:
                storage = storage or self._generations.open(name)
                commit = storage.latest_commit()
                if held and held[2].commit == commit:
                    return held[2]
                snapshot = open_snapshot(storage, commit, held[2] if held else None)
            except SearchUnavailable:
                # A writer may have replaced the files between looking and opening.
                moved = self._generations.current() != name
                moved = moved or (storage is not None and storage.latest_commit() != commit)
                if attempt == _ATTEMPTS or not moved:
                    raise
                continue
            self._open = (name, storage, snapshot)
            return snapshot
        raise SearchUnavailable(Unusable.DAMAGED)

    # Writing --------------------------------------------------------------------------

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace documents, in commits of bounded size."""
        with self._generations.writing():
            held = set(self._snapshot().revisions())
            _, storage, _ = self._opened()
            for batch in writing.batches(documents):
                writing.write(storage, batch.values(), gone=held & batch.keys())
                held |= batch.keys()

    def remove(self, ids: Iterable[str]) -> None:
        """Take documents out; ids that are not held are ignored."""
        with self._generations.writing():
            gone = set(ids) & self._snapshot().revisions().keys()
            _, storage, _ = self._opened()
            if gone:
                writing.write(storage, (), gone=sorted(gone))

    def purge(self) -> None:
        """Remove the words of removed and replaced documents from every file."""
        with self._generations.writing():
            self._snapshot()
            name, storage, _ = self._opened()
            writing.purge(storage)
            self._generations.discard_older(name)

    def create(self) -> None:
        """Make an empty index unless there is a usable one."""
        try:
            self._snapshot()
        except SearchUnavailable:
            self.rebuild(())

    def rebuild(self, documents: Iterable[IndexDocument]) -> None:
        """Build a new generation and switch to it once it is whole and answers."""
        with self._generations.writing():
            name, storage = self._generations.begin()
            try:
                count = _fill(storage, documents)
            except BaseException:
                self._generations.discard(name)
                raise
            self._generations.switch(name, count)


def _fill(storage: Storage, documents: Iterable[IndexDocument]) -> int:
    writing.create(storage)
    held: set[str] = set()
    canaries: dict[str, str] = {}
    for batch in writing.batches(documents):
        writing.write(storage, batch.values(), gone=held & batch.keys())
        held |= batch.keys()
        canaries.update(_canaries(batch.values()))
    writing.consolidate(storage)
    _check(open_snapshot(storage, storage.latest_commit()), len(held), canaries)
    return len(held)


def _canaries(documents: Iterable[IndexDocument]) -> Iterator[tuple[str, str]]:
    """A word of each of a few documents, to look for before the index is used."""
    for document, _ in zip(documents, range(_CANARIES), strict=False):
        text = document.pages[-1].text if document.pages else document.title
        language = document.pages[-1].language if document.pages else document.language
        exact = next((t.exact for t in reversed(analysis.analyse(text, language)) if t.exact), "")
        yield document.id, exact


def _check(snapshot: Snapshot, documents: int, canaries: Mapping[str, str]) -> None:
    if int(snapshot.alive.sum()) != documents:
        raise SearchUnavailable(Unusable.DAMAGED)
    for id_, word in canaries.items():
        lists = Lists(snapshot.fields)
        found = snapshot.document_of[lists.term("exact", word).entries]
        if word and not any(snapshot.ids[at] == id_ for at in found.tolist()):
            raise SearchUnavailable(Unusable.DAMAGED)


def open_snapshot(storage: Storage, commit: int, earlier: Snapshot | None = None) -> Snapshot:
    """A commit as arrays. Whatever is wrong with its files is SearchUnavailable."""
    if commit < 0:
        raise SearchUnavailable(Unusable.DAMAGED)
    try:
        return Snapshot(storage, commit, earlier)
    except (
        OSError,
        WhooshIndexError,
        NotFlat,
        UnpicklingError,
        EOFError,
        NameError,
    ) as error:
        raise SearchUnavailable(Unusable.DAMAGED) from error
