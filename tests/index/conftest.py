"""Indexes in folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.test_generations import at, some_documents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "search"
    index = at(folder)
    index.rebuild(some_documents())
    index.close()
    return folder
