"""Two lanes through the service: readers in one, whoever fills in forms in the other.

One Python process does one thing at a time. Where twenty people send a form in the same moment,
whoever searches would otherwise come after all twenty; here a form waits for other forms, and a
reader meets at most FORMS of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress.task import ThreadedTaskDispatcher

from config import LANGUAGES
from repo_app.web.languages import PREFIX, SPOKEN
from repo_app.web.security import PUBLIC, SAFE_METHODS

READERS, FORMS = 6, 3
"""Threads of each lane. More for forms would let a crowd of them slow a search down; fewer, and
one that takes long (a table of a thousand records) would keep the others waiting."""


class Lanes:
    """A task dispatcher for waitress. ``is_work`` says of method and path whether a request
    belongs to the lane of forms."""

    def __init__(self, is_work: Callable[[str, str], bool]) -> None:
        self._is_work = is_work
        self._readers, self._forms = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        self._readers.set_thread_count(READERS)
        self._forms.set_thread_count(FORMS)

    def add_task(self, channel: Any) -> None:
        request = channel.requests[0]
        # What could not be read as a request has no path; its answer costs nothing.
        works = request.error is None and self._is_work(request.command, request.path)
        (self._forms if works else self._readers).add_task(channel)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Waits for what is being answered, and drops what waits, as waitress's own does."""
        for lane in (self._readers, self._forms):
            lane.set_thread_count(0)
        stopped = [lane.shutdown(cancel_pending, timeout) for lane in (self._readers, self._forms)]
        return all(stopped)


def work_of(app: Flask) -> Callable[[str, str], bool]:
    """Everything but looking at the public pages of ``app``."""
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint not in PUBLIC)
    places = {_place(rule.rule.replace(PREFIX, "/" + LANGUAGES[0])) for rule in rules}

    def is_work(method: str, path: str) -> bool:
        return method not in SAFE_METHODS or _place(path) in places

    return is_work


def _place(path: str) -> str:
    """The first part of an address after its language: ``contributions``, ``search``."""
    return SPOKEN.sub("", path, count=1).lstrip("/").partition("/")[0]
