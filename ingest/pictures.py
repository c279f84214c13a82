"""The pictures of a PDF, without what cameras and editors wrote into them."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from pikepdf import Array, Dictionary, Name, Object

from ingest.image_metadata import plain_jpeg, plain_jpeg2000

LARGEST = 64 << 20
_PLAIN: dict[str, Callable[[bytes], bytes]] = {
    "/DCTDecode": plain_jpeg,
    "/DCT": plain_jpeg,
    "/JPXDecode": plain_jpeg2000,
}


def plain_picture(stream: Object) -> None:
    """Rewrite a JPEG or JPEG 2000 stream without its messages; leave every other as it is."""
    if "/F" in stream:  # data in a file of the author's computer
        for key in stream.keys() & {"/F", "/FFilter", "/FDecodeParms"}:
            del stream[key]
    filters = stream.get("/Filter")
    names = [filters] if isinstance(filters, Name) else filters
    if names is None or not len(names):
        return
    last = str(names[-1])
    packed = len(names) == 2 and names[0] == Name.FlateDecode
    if last not in _PLAIN or not (len(names) == 1 or packed):
        return
    data = stream.read_raw_bytes()
    if packed:
        data = zlib.decompressobj().decompress(data, LARGEST)
    plain = _PLAIN[last](data)
    if packed or plain != data:
        stream.write(plain, filter=Name(last), decode_parms=_parameters_of_last(stream))


def _parameters_of_last(stream: Object) -> Dictionary | None:
    parameters = stream.get("/DecodeParms")
    if isinstance(parameters, Array):
        parameters = parameters[-1] if len(parameters) else None
    return parameters if isinstance(parameters, Dictionary) else None
