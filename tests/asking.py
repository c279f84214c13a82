"""Questions as they are typed, for tests of what becomes of them."""

from __future__ import annotations

from index.grammar import parse
from index.wanted import Wanted, wanted_by


def wanted_of(question: str, language: str) -> Wanted:
    """What a question looks for on pages, nothing added."""
    return wanted_by(parse(question), language)
