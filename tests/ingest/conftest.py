"""One real sandbox for all tests here: its start, not its reading, is what takes time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import Draft, Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


@pytest.fixture
def read(sandbox: Sandbox, tmp_path: Path) -> Callable[..., Draft]:
    """Reads bytes as if they had been uploaded."""

    def read_bytes(pdf: bytes, **given: str) -> Draft:
        path = tmp_path / "upload"
        path.write_bytes(pdf)
        return sandbox.read(path, **given).draft

    return read_bytes
