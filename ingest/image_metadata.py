"""What a camera or a picture editor wrote into a JPEG or JPEG 2000 beside the picture.

Pixels are never touched: only the segments and boxes that carry EXIF, GPS, XMP, Photoshop's
history, embedded previews or comments are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP2, _APP14, _APP15 = 0xE0, 0xE2, 0xEE, 0xEF
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
# In scan data every FF is followed by a zero or a restart mark: the next other mark ends it.
_NEXT_MARK = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])")
_JFIF_FIELDS = 12

_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_TELLING_BOXES = frozenset({b"xml ", b"uuid", b"uinf", b"jp2i", b"asoc", b"lbl "})
_CODESTREAM_START, _TILE, _CODESTREAM_COMMENT = b"\xff\x4f", 0x90, 0x64


def plain_jpeg(data: bytes) -> bytes:
    """The JPEG with its ICC profile and Adobe colour mark, without any other message.

    From the first byte that makes no sense on, the rest is kept as it is.
    """
    if data[:2] != b"\xff\xd8":
        return data
    return b"\xff\xd8" + b"".join(_kept_segments(data))


def _kept_segments(data: bytes) -> Iterator[bytes]:
    at = 2
    while at < len(data) - 1:
        mark = data[at + 1]
        if data[at] != 0xFF:
            yield data[at:]
            return
        if mark == 0xFF:  # filling
            at += 1
        elif mark == _END:  # whatever follows is no part of the picture
            yield data[at : at + 2]
            return
        elif mark in _WITHOUT_LENGTH:
            yield data[at : at + 2]
            at += 2
        else:
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if mark == _SCAN:
                following = _NEXT_MARK.search(data, end)
                end = following.start() if following else len(data)
            yield _kept_segment(mark, data[at:end])
            at = end


def _kept_segment(mark: int, segment: bytes) -> bytes:
    if mark == _APP0 and segment[4:9] == b"JFIF\0":
        fields = segment[4 : 4 + _JFIF_FIELDS]
        return b"\xff\xe0\x00\x10" + fields.ljust(_JFIF_FIELDS, b"\0") + b"\0\0"  # no preview
    if mark == _APP2 and segment[4:16] == b"ICC_PROFILE\0":
        return segment
    if mark == _APP14 and segment[4:9] == b"Adobe":
        return segment
    return b"" if mark == _COMMENT or _APP0 <= mark <= _APP15 else segment


def plain_jpeg2000(data: bytes) -> bytes:
    """The JPEG 2000 file or codestream without its message boxes and comments."""
    if data.startswith(_JP2_SIGNATURE):
        return b"".join(_kept_boxes(data))
    return _plain_codestream(data)


def _kept_boxes(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(data):
        length, head = int.from_bytes(data[at : at + 4], "big"), 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = at + length if length else len(data)
        if end < at + head:
            break
        kind = data[at + 4 : at + 8]
        if kind == b"jp2c":
            codestream = _plain_codestream(data[at + head : end])
            size = len(codestream) + 8
            yield (size.to_bytes(4, "big") if size < 1 << 32 else bytes(4)) + kind + codestream
        elif kind not in _TELLING_BOXES:
            yield data[at:end]
        at = end
    yield data[at:]


def _plain_codestream(data: bytes) -> bytes:
    """Without the comments of the main header; a tile's own stay, for its length is counted."""
    if data[:2] != _CODESTREAM_START:
        return data
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _TILE:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] != _CODESTREAM_COMMENT:
            kept.append(data[at:end])
        at = end
    return b"".join(kept) + data[at:]
