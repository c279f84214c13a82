"""What one file may cost. The sandbox enforces these; the pipeline stops politely before them."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, text in characters, times in seconds.

    ``address_space`` counts what every reader maps before it opens a file (about 300 MiB, most
    of it the language models it shares with the helper), so a file has the rest to itself.
    ``reading_share`` is the part of the time after which no further page is begun: the pages
    read so far still get their language, description and tags.
    """

    file_bytes: int = 50 * MIB
    pages: int = 2_000
    page_chars: int = 1_000_000
    text_chars: int = 24_000_000
    address_space: int = 512 * MIB
    cpu_seconds: int = 50
    wall_seconds: float = 55.0
    reading_share: float = 0.7
    open_files: int = 32
    written_bytes: int = 64 * MIB


DEFAULT_LIMITS = Limits()
