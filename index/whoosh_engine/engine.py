"""The embedded engine: reads from any thread, writes from one process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from pickle import UnpicklingError
from typing import NamedTuple

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


class Opened(NamedTuple):
    """One commit of a generation."""

    name: str
    storage: Storage
    snapshot: Snapshot


class WhooshIndex:
    """A SearchIndex over generations of Whoosh indexes. All threads may share one."""

    def __init__(self, generations: Generations, resolve: ranking.Resolver | None = None) -> None:
        self._generations = generations
        self._resolve = resolve
        self._refreshing = threading.Lock()
        self._open: Opened | None = None
        self._unchanged: Stamp | None = None

    # Reading --------------------------------------------------------------------------

    def search(self, query: Query) -> Results:
        """Answer a question from the newest commit."""
        with self._reading() as snapshot:
            return ranking.search(snapshot, query, self._resolve)

    def similar(
        self, document: IndexDocument, audience: frozenset[str], most: int = 5
    ) -> tuple[Hit, ...]:
        """Other documents of the audience that are like this one, which need not be held."""
        with self._reading() as snapshot:
            return similar(snapshot, document, audience, most)

    def corrections(self, query: Query) -> Mapping[str, str]:
        """What words that stand nowhere may have been meant to be."""
        with self._reading() as snapshot:
            return corrections(snapshot, query)

    def revisions(self) -> Mapping[str, int]:
        """The revision of every document held, whoever may see it."""
        with self._reading() as snapshot:
            return snapshot.revisions()

    def status(self) -> IndexStatus:
        """Which generation is open and how big it is, once all of it has been read through."""
        opened = self._read_through()
        snapshot = opened.snapshot
        return IndexStatus(
            generation=opened.name,
            documents=int(snapshot.alive.sum()),
            entries=int(snapshot.sizes[snapshot.alive].sum()),
            segments=len(snapshot.segments),
            bytes=opened.storage.bytes(),
        )

    def close(self) -> None:
        """Let go of the files; the index may be used again."""
        with self._refreshing:
            if self._open is not None:
                self._open.storage.verification.stop()
            self._open = self._unchanged = None

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        """The newest commit, to answer from. Where arrays that have not been read through bring
        an answer down, they are read first: what is damaged is said to be so."""
        opened = self._newest()
        try:
            yield opened.snapshot
        except Exception:
            opened.storage.verification.finish()
            raise

    def _read_through(self) -> Opened:
        """The newest commit, no byte of which is altered."""
        opened = self._newest()
        opened.storage.verification.finish()
        return opened

    def _newest(self) -> Opened:
        """The newest commit of the current generation; two stat calls where nothing changed."""
        held = self._open
        if held is None or held.storage.verification.is_damaged:
            with self._refreshing:
                return self._refresh()
        stamp = self._generations.stamp(held.name)
        if stamp is not None and stamp == self._unchanged:
            return held
        same = held.name == self._generations.current()
        if same and held.storage.latest_commit() == held.snapshot.commit:
            if stamp is not None and stamp.is_settled():
                self._unchanged = stamp
            return held
        with self._refreshing:
            return self._refresh()

    def _refresh(self) -> Opened:
        for attempt in range(1, _ATTEMPTS + 1):
            name = self._generations.current()
            held = self._open if self._open and self._open.name == name else None
            if held and held.storage.verification.is_damaged:
                raise SearchUnavailable(Unusable.DAMAGED)
            storage, commit = held.storage if held else None, -1
            try:
                storage = storage or self._generations.open(name)
                commit = storage.latest_commit()
                if held and held.snapshot.commit == commit:
                    return held
                snapshot = open_snapshot(storage, commit, held.snapshot if held else None)
            except SearchUnavailable:
                # A writer may have replaced the files between looking and opening.
                moved = self._generations.current() != name
                moved = moved or (storage is not None and storage.latest_commit() != commit)
                if attempt == _ATTEMPTS or not moved:
                    raise
                continue
            return self._use(Opened(name, storage, snapshot))
        raise SearchUnavailable(Unusable.DAMAGED)

    def _use(self, opened: Opened) -> Opened:
        if self._open is not None and self._open.storage is not opened.storage:
            self._open.storage.verification.stop()
        self._open = opened
        opened.storage.verification.begin()
        return opened

    # Writing --------------------------------------------------------------------------

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace documents, in commits of bounded size."""
        with self._changing() as (storage, held):
            for batch in writing.batches(documents):
                writing.write(storage, batch.values(), gone=held & batch.keys())
                held.update(batch)

    def remove(self, ids: Iterable[str]) -> None:
        """Take documents out; ids that are not held are ignored."""
        with self._changing() as (storage, held):
            gone = held.intersection(ids)
            if gone:
                writing.write(storage, (), gone=sorted(gone))

    def purge(self) -> None:
        """Remove the words of removed and replaced documents from every file."""
        with self._generations.writing():
            name, storage, _ = self._read_through()
            writing.purge(storage)
            self._generations.discard_older(name)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[tuple[Storage, set[str]]]:
        """What is written to, and the documents held there."""
        with self._generations.writing():
            name, storage, snapshot = self._read_through()
            self._generations.discard_unfinished(name)
            yield storage, set(snapshot.revisions())

    def create(self) -> None:
        """Make an empty index unless there is a usable one."""
        try:
            self._newest()
        except SearchUnavailable:
            self.rebuild(())

    def rebuild(self, documents: Iterable[IndexDocument]) -> None:
        """Build a new generation and switch to it once it is whole and answers. One that was
        killed or interrupted goes on with the documents whose revision it does not hold yet;
        one that failed leaves nothing."""
        with self._generations.writing():
            name, storage, done = self._begin()
            try:
                self._generations.switch(name, _fill(storage, documents, done))
            except Exception:
                self._generations.abandon(name)
                raise

    def _begin(self) -> tuple[str, Storage, dict[str, int]]:
        """An index to fill, with the revisions it holds already."""
        while True:
            name, storage = self._generations.begin()
            if storage.latest_commit() < 0:
                writing.create(storage)
                return name, storage, {}
            try:
                snapshot = open_snapshot(storage, storage.latest_commit())
                storage.verification.finish()
                return name, storage, dict(snapshot.revisions())
            except SearchUnavailable:
                self._generations.discard(name)


def _fill(storage: Storage, documents: Iterable[IndexDocument], done: dict[str, int]) -> int:
    """Bring a new index to hold ``documents`` and no others; how many there are. Whatever stands
    in ``done`` with its revision need not be written again."""
    held, wanted = set(done), set[str]()
    canaries: dict[str, str] = {}
    for batch in writing.batches(documents):
        new = {id_: one for id_, one in batch.items() if done.pop(id_, None) != one.revision}
        if new:
            writing.write(storage, new.values(), gone=held & new.keys(), in_bulk=True)
        held |= new.keys()
        wanted |= batch.keys()
        canaries.update(_canaries(batch.values()))
    if held - wanted:
        writing.write(storage, (), gone=sorted(held - wanted))
    writing.consolidate(storage)
    _check(open_snapshot(storage, storage.latest_commit()), len(wanted), canaries)
    return len(wanted)


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
    except SearchUnavailable:
        raise
    except (
        OSError,
        WhooshIndexError,
        NotFlat,
        UnpicklingError,
        EOFError,
        NameError,
    ) as error:
        raise SearchUnavailable(Unusable.DAMAGED) from error
    except Exception:
        storage.verification.finish()  # arrays that have not been read through may be to blame
        raise
