"""Whether a file carries more than pages: scripts, launch actions, forms, attached files.

Nothing here is run or followed. The copy that readers get is rebuilt without any of it; the
curator is told because such a file may be a trap for whoever opens the original.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from pypdf.generic import IndirectObject

from ingest.draft import Draft, Refused, Remark
from ingest.extract import PYPDF_ERRORS, open_with_pypdf

# Names as they stand in an uncompressed file; a few files hide them in object streams, which the
# readers' own answers cover for the places that act on opening.
_ACTIVE_NAMES = (b"/JavaScript", b"/Launch", b"/SubmitForm", b"/RichMedia", b"/ImportData", b"/XFA")
_ATTACHED_NAMES = (b"/EmbeddedFile", b"/FileAttachment")
_HARMLESS_OPENING = ("/GoTo", "/Named", "/URI")
_CHUNK = 1 << 20
_OVERLAP = 32


def remark_active_content(draft: Draft) -> Draft:
    """Add ACTIVE_CONTENT and ATTACHMENTS where the file has them."""
    found = _found_in_bytes(draft.source) | _found_by_pdfium(draft.source)
    if len(found) < 2:
        found |= _found_in_catalogue(draft.source)
    remarks = (Remark.ACTIVE_CONTENT, Remark.ATTACHMENTS)
    return replace(
        draft, remarks=(*draft.remarks, *(remark for remark in remarks if remark in found))
    )


def _found_in_bytes(path: Path) -> set[Remark]:
    found = set()
    for chunk in _chunks(path):
        if any(name in chunk for name in _ACTIVE_NAMES):
            found.add(Remark.ACTIVE_CONTENT)
        if any(name in chunk for name in _ATTACHED_NAMES):
            found.add(Remark.ATTACHMENTS)
    return found


def _chunks(path: Path) -> Iterator[bytes]:
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_OVERLAP:]


def _found_by_pdfium(path: Path) -> set[Remark]:
    found = set()
    with suppress(pdfium.PdfiumError), closing(pdfium.PdfDocument(path)) as document:
        if (
            pdfium_raw.FPDFDoc_GetJavaScriptActionCount(document) > 0
            or document.get_formtype() != pdfium_raw.FORMTYPE_NONE
        ):
            found.add(Remark.ACTIVE_CONTENT)
        if document.count_attachments() > 0:
            found.add(Remark.ATTACHMENTS)
    return found


def _found_in_catalogue(path: Path) -> set[Remark]:
    """What acts on opening, as pypdf sees it; a catalogue it cannot read says nothing."""
    found = set()
    with suppress(Refused, *PYPDF_ERRORS), closing(open_with_pypdf(path)) as reader:
        catalogue = _dictionary(reader.trailer["/Root"])
        names = _dictionary(catalogue.get("/Names"))
        opening = _dictionary(catalogue.get("/OpenAction"))
        acts = opening.get("/S") not in (None, *_HARMLESS_OPENING)
        if acts or "/AA" in catalogue or "/AcroForm" in catalogue or "/JavaScript" in names:
            found.add(Remark.ACTIVE_CONTENT)
        if "/EmbeddedFiles" in names:
            found.add(Remark.ATTACHMENTS)
    return found


def _dictionary(value: Any) -> Mapping[str, Any]:
    resolved = value.get_object() if isinstance(value, IndirectObject) else value
    return resolved if isinstance(resolved, dict) else {}
