"""Search by Whoosh. Nothing outside this package imports Whoosh."""

from __future__ import annotations

from pathlib import Path

from index.whoosh_engine.engine import WhooshIndex
from index.whoosh_engine.generations import FolderGenerations, MemoryGenerations
from index.whoosh_engine.ranking import Resolver


def folder_index(folder: Path, resolve: Resolver | None = None) -> WhooshIndex:
    """The index in a folder, which need not exist yet."""
    return WhooshIndex(FolderGenerations(folder), resolve)


def memory_index(resolve: Resolver | None = None) -> WhooshIndex:
    """An empty index in memory."""
    index = WhooshIndex(MemoryGenerations(), resolve)
    index.create()
    return index
