"""Instances made once; each test has a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import Settings
from repo_app.runtime import Runtime, running


@contextmanager
def copied(original: Path, settings: Settings) -> Iterator[Runtime]:
    """``original`` as it was left, opened in another place."""
    shutil.copytree(original, settings.instance)
    with running(settings) as opened:
        yield opened
