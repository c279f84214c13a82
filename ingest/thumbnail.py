"""A small picture of the first page, so that a list of documents can be recognised."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from io import BytesIO

import pypdfium2 as pdfium
from PIL import Image

from ingest.draft import Draft

WIDTH = 320
TALLEST = 640
QUALITY = 70


def draw_thumbnail(draft: Draft) -> Draft:
    """Page one, 320 pixels wide, as WebP; None where pdfium cannot open or draw it."""
    try:
        with (
            closing(pdfium.PdfDocument(draft.source)) as document,
            closing(document[0]) as page,
        ):
            picture = _draw(page)
    except pdfium.PdfiumError:
        return draft
    written = BytesIO()
    picture.save(written, "WEBP", quality=QUALITY)
    return replace(draft, thumbnail=written.getvalue())


def _draw(page: pdfium.PdfPage) -> Image.Image:
    width, height = page.get_size()
    # A page may claim to be a kilometre tall or a hair wide: neither side passes its bound.
    scale = min(WIDTH / max(width, 1), TALLEST / max(height, 1))
    with closing(page.render(scale=scale, may_draw_forms=False)) as bitmap:
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        return picture.copy()  # the bitmap's memory goes with it
