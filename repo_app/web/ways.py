"""Where to go on after logging in: only within this site, whatever an address says."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 2000


def within_site(address: str) -> str | None:
    """``address`` if it is a path of this site, else None.

    Browsers read a backslash as a slash and skip tabs and line ends, so that ``/\\evil.org``
    and ``/<tab>/evil.org`` lead away; anything of that kind is refused, not repaired.
    """
    if not address.startswith("/") or address.startswith("//") or len(address) > LONGEST:
        return None
    if not address.isascii() or any(c <= " " or c in "\\\x7f" for c in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else address
