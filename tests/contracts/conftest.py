"""One text, every adapter: each test runs on every engine there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.contract import SearchIndex
from tests.indexes import ENGINES, new_index


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    index = new_index(request.param, tmp_path)
    yield index
    index.close()
