"""What people type, made plain: no control characters, composed letters, no stray spaces."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BLANK_LINES = re.compile(r"\n{3,}")


def one_line(text: str, longest: int) -> str:
    """At most ``longest`` characters on one line."""
    text = unicodedata.normalize("NFC", text[: 2 * longest])
    kept = (" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text)
    return " ".join("".join(kept).split())[:longest].rstrip()


def lines(text: str, longest: int) -> tuple[str, ...]:
    """Each line that says something, each of at most ``longest`` characters."""
    found = (one_line(line, longest) for line in text.splitlines())
    return tuple(line for line in found if line)


def paragraphs(text: str, longest: int) -> str:
    """Text of several lines, at most one of them empty in a row, of ``longest`` characters."""
    kept = (one_line(line, longest) for line in text[: 2 * longest].splitlines())
    return _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip()[:longest].rstrip()
