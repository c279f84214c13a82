"""How tests here have something read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import Draft, Sandbox
from tests.pdfs import SENTENCE, a_pdf


@pytest.fixture
def read(sandbox: Sandbox, tmp_path: Path) -> Callable[..., Draft]:
    """Reads bytes as if they had been uploaded."""

    def read_bytes(pdf: bytes, **given: str) -> Draft:
        path = tmp_path / "upload"
        path.write_bytes(pdf)
        return sandbox.read(path, **given).draft

    return read_bytes


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(a_pdf([SENTENCE]))
    return path
