"""Indexes in folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.contract import SearchIndex
from tests.index_folders import at, some_documents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "search"
    index = at(folder)
    index.rebuild(some_documents())
    index.close()
    return folder


@pytest.fixture
def index(folder: Path) -> Iterator[SearchIndex]:
    index = at(folder)
    yield index
    index.close()
