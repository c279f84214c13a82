"""Named arrays in one immutable file, mapped into memory: nothing is parsed, copied or unpickled.

    magic (8 bytes) | n (8 bytes, little-endian) | directory (n bytes of JSON) | arrays

The directory says of each array its type, length and place; every array begins at a multiple of
64 bytes from the end of the directory, which is padded likewise. ``crc`` is that of the arrays'
bytes in the directory's order, ``size`` that of the whole file.
"""

from __future__ import annotations

import json
import mmap
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

MAGIC = b"flat\x00\x01\r\n"
ALIGNED = 64
_HEAD = len(MAGIC) + 8

Array = NDArray[Any]


class NotFlat(ValueError):
    """The file is not what ``write`` wrote: cut, altered or of another kind."""


def write(file: BinaryIO, arrays: Mapping[str, Array]) -> None:
    """Write one-dimensional arrays; the caller flushes, fsyncs and closes."""
    blocks = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    entries: dict[str, list[Any]] = {}
    place = checksum = 0
    for name, array in blocks.items():
        entries[name] = [array.dtype.str, len(array), place]
        checksum = zlib.crc32(_bytes(array), checksum)
        place += array.nbytes + -array.nbytes % ALIGNED
    directory = _directory(entries, checksum, place)
    file.write(MAGIC + len(directory).to_bytes(8, "little") + directory)
    for array in blocks.values():
        file.write(_bytes(array))
        file.write(bytes(-array.nbytes % ALIGNED))


def _directory(entries: Mapping[str, list[Any]], checksum: int, length: int) -> bytes:
    """JSON, padded so that the arrays begin aligned."""
    known = {"arrays": entries, "crc": checksum, "length": length}
    text = json.dumps(known, separators=(",", ":")).encode()
    text += b" " * (-(_HEAD + 8 + len(text)) % ALIGNED)
    return zlib.crc32(text).to_bytes(8, "little") + text


def _bytes(array: Array) -> memoryview:
    return array.view(np.uint8).data if array.size else memoryview(b"")


def ranges(starts: Array, sizes: Array) -> NDArray[np.intp]:
    """The numbers of every range ``start … start + size``, one after the other."""
    before = np.cumsum(sizes) - sizes
    every: NDArray[np.intp] = np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)
    return every


class FlatFile:
    """A mapped file: ``self[name]`` is a read-only array over the map."""

    def __init__(self, file: BinaryIO) -> None:
        """Checks the directory and the length; raises NotFlat. ``file`` may be closed after."""
        self.buffer = _mapped(file)
        head = bytes(self.buffer[:_HEAD])
        length = int.from_bytes(head[len(MAGIC) :], "little")
        raw = bytes(self.buffer[_HEAD : _HEAD + length])
        if head[: len(MAGIC)] != MAGIC or len(raw) != length or len(raw) < 8:
            raise NotFlat("no file of flat arrays")
        if zlib.crc32(raw[8:]) != int.from_bytes(raw[:8], "little"):
            raise NotFlat("the directory is damaged")
        directory = json.loads(raw[8:])
        self._entries: dict[str, tuple[str, int, int]] = directory["arrays"]
        self._checksum = int(directory["crc"])
        self._begin = _HEAD + length
        self._opened: dict[str, Array] = {}
        if len(self.buffer) != self._begin + int(directory["length"]):
            raise NotFlat("the file is cut or too long")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __getitem__(self, name: str) -> Array:
        array = self._opened.get(name)
        if array is None:
            kind, length, _ = self._entries[name]
            array = np.frombuffer(self.buffer, np.dtype(kind), length, self.place(name))
            self._opened[name] = array
        return array

    def get(self, name: str) -> Array | None:
        return self[name] if name in self._entries else None

    def place(self, name: str) -> int:
        """Where in ``buffer`` an array begins, in bytes."""
        return self._begin + self._entries[name][2]

    def names(self) -> list[str]:
        return list(self._entries)

    def is_sound(self) -> bool:
        """Whether every array still has the bytes that were written; reads the whole file."""
        checksum = 0
        for name in self._entries:
            checksum = zlib.crc32(_bytes(self[name]), checksum)
        return checksum == self._checksum


def _mapped(file: BinaryIO) -> Any:
    """The file as bytes: mapped where it lies on a disk, read where it lies in memory."""
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (AttributeError, OSError, ValueError):
        file.seek(0)
        return file.read()
