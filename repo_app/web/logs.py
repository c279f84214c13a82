"""Errors are logged by kind and place. Their text may quote an address, a search or a file."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

from flask import Flask

logger = logging.getLogger("repo_app.web")


class Site(Flask):
    """Flask writes the address and the whole trace of an unexpected error; we do not."""

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> None:
        kind, _error, trace = exc_info
        logger.error("%s at %s", kind.__name__ if kind else "error", _places(trace))


def _places(trace: Any) -> str:
    """The last few calls as ``module.py:42``, innermost first."""
    calls = traceback.extract_tb(trace)[-4:] if trace else []
    return " < ".join(f"{call.filename.rpartition('/')[2]}:{call.lineno}" for call in calls[::-1])
