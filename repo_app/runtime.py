"""The one place that turns settings into working parts. Web, worker and commands start here."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from index import SearchIndex, open_index
from index.vocabulary import Vocabulary
from index.vocabulary import load as load_vocabulary
from index.vocabulary.naming import values_named
from repo_app.blobs import BlobStore, open_blobs
from repo_app.db import Database, open_database
from repo_app.vocabulary_watch import VocabularyWatch


@dataclass(frozen=True, slots=True)
class Runtime:
    settings: Settings
    database: Database
    blobs: BlobStore
    index: SearchIndex
    watch: VocabularyWatch

    @property
    def vocabulary(self) -> Vocabulary:
        """The one in force now; ``watch`` keeps it up to date."""
        return load_vocabulary()

    def close(self) -> None:
        self.watch.close()
        self.index.close()
        self.database.close()


def open_runtime(settings: Settings) -> Runtime:
    database = open_database(settings.database_url)
    watch = VocabularyWatch(settings.instance, database)
    watch.look()
    return Runtime(
        settings,
        database,
        open_blobs(settings.blobs_url),
        open_index(settings.search_url, resolve=_values_named),
        watch,
    )


def _values_named(facet: str, typed: str) -> frozenset[str]:
    return values_named(load_vocabulary(), facet, typed)


@contextmanager
def running(settings: Settings) -> Iterator[Runtime]:
    runtime = open_runtime(settings)
    try:
        yield runtime
    finally:
        runtime.close()


def secret_key(settings: Settings) -> str:
    """The instance's own key, made on first use, readable by its owner alone."""
    path = settings.secret_key_file
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        return _make_secret(path)


def _make_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(partial, path)  # fails where another process was first: theirs counts
    except FileExistsError:
        pass
    finally:
        partial.unlink()
    return path.read_text(encoding="ascii")
