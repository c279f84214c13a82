"""The rebuilt PDF that readers get: its pages, links and outline, and nothing of its history.

What a file says of whoever wrote, sent, reviewed or signed it stays behind: metadata wherever it
hangs, earlier revisions, comments, attachments, scripts, names of layers and places, previews,
private data of programs, what cameras wrote into pictures. Lists say what may stay, so that an
entry nobody thought of goes. Text, pictures and fonts of the pages are as they were.

Run it only inside the sandbox's child.
"""

from __future__ import annotations

import os
import re
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, ObjectSet, Pdf, Stream, String

from ingest import pdf_entries as entries
from ingest.form_fields import flatten_fields
from ingest.navigation import Places, plain_link, plain_outline
from ingest.pictures import plain_picture
from ingest.same_text import can_be_opened, reads_alike

_OF_A_COMPUTER = re.compile(
    r"[a-z]:[\\/]|\\\\|file:|/(users|home)/|\.(jpe?g|png|gif|tiff?|bmp|[ew]mf|svg|webp|heic)\b",
    re.IGNORECASE,
)
_CONTAINERS = (Dictionary, Array, Stream)
_FONT_NAMES = frozenset({"/BaseFont", "/FontName"})
_SUBSET = re.compile(r"/[A-Z]{6}\+")

Reference = tuple[int, int]


class NoCleanCopy(Exception):
    """The file cannot be rebuilt as it was read: it has pages for readers, but no copy."""


def write_clean_copy(source: Path, target: BinaryIO, *, page_total: int) -> None:
    """Write the rebuilt PDF of ``source`` to ``target``: linearised, without a password.

    ``target`` is empty and can be read again; it is left at its end. The same file gives the same
    bytes. Raises NoCleanCopy where qpdf cannot rewrite it, sees other than ``page_total`` pages,
    or the result passes the sandbox's limit or does not read like the source.
    """
    try:
        with closing(pikepdf.open(source)) as pdf, pikepdf.explicit_conversion():
            if len(pdf.pages) != page_total:
                raise NoCleanCopy("other pages than were read")
            _clean(pdf)
            pdf.save(
                target,
                linearize=True,
                deterministic_id=True,
                encryption=False,
                fix_metadata_version=False,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
            )
            mended = bool(pdf.get_warnings())
    except (pikepdf.PdfError, UnicodeError, OSError) as error:
        raise NoCleanCopy("not to be rewritten") from error
    # Reading takes longer than rebuilding: only what qpdf had to mend is read twice.
    if not can_be_opened(target, page_total) or (mended and not reads_alike(source, target)):
        raise NoCleanCopy("pages or words were lost")
    target.seek(0, os.SEEK_END)


def _clean(pdf: Pdf) -> None:
    flatten_fields(pdf)
    pages = frozenset(page.obj.objgen for page in pdf.pages)
    places = Places(pdf, pages)
    links = ObjectSet()
    for page in pdf.pages:
        _keep_links(page.obj, places, links)
    plain_outline(pdf, places)
    for key in pdf.trailer.keys() - {"/Root", "/Size"}:
        del pdf.trailer[key]
    _keep(pdf.Root, entries.CATALOGUE)
    _tidy_layers(pdf.Root)
    _Walk(pages, links).through(pdf.Root)


def _keep(dictionary: Object, allowed: frozenset[str]) -> None:
    for key in dictionary.keys() - allowed:
        del dictionary[key]


def _keep_links(page: Object, places: Places, links: ObjectSet) -> None:
    annotations = page.get("/Annots")
    if annotations is None:
        return
    kept = Array()
    for annotation in annotations if isinstance(annotations, Array) else ():
        if (
            isinstance(annotation, Dictionary)
            and annotation.get("/Subtype") == Name.Link
            and (annotation in links or plain_link(annotation, places))
        ):
            links.add(annotation)
            kept.append(annotation)
    if len(kept):
        page["/Annots"] = kept
    else:
        del page["/Annots"]


def _tidy_layers(catalogue: Object) -> None:
    """Layers hide and show as before, under numbers: their names are notes to oneself."""
    properties = catalogue.get("/OCProperties")
    if not isinstance(properties, Dictionary):
        return
    _keep(properties, entries.LAYERS)
    default, layers = properties.get("/D"), properties.get("/OCGs")
    if isinstance(default, Dictionary):
        _keep(default, entries.LAYERS_DEFAULT)
    for number, layer in enumerate(layers if isinstance(layers, Array) else (), 1):
        if isinstance(layer, Dictionary):
            layer["/Type"], layer["/Name"] = Name.OCG, String(str(number))
            usage = layer.get("/Usage")
            if isinstance(usage, Dictionary):
                _keep(usage, entries.LAYER_USAGE)


class _Walk:
    """Every object that can be reached from the catalogue, direct ones too, each once."""

    def __init__(self, pages: frozenset[Reference], links: ObjectSet) -> None:
        self._pages = pages
        self._links = links
        self._seen = ObjectSet()
        self._waiting: list[tuple[Object, str, str]] = []  # with the key above, and /Type
        self._subsets: dict[str, str] = {}

    def through(self, catalogue: Object) -> None:
        self._waiting.append((catalogue, "", "/Catalog"))
        while self._waiting:
            item, under, kind = self._waiting.pop()
            if isinstance(item, Array):
                self._array(item, under)
            else:
                self._dictionary(item, under, kind)

    def _array(self, array: Object, under: str) -> None:
        for place, value in enumerate(array):
            if isinstance(value, _CONTAINERS) and not self._may_stay(value, under):
                array[place] = None

    def _dictionary(self, item: Object, under: str, kind: str) -> None:
        chosen_names = under in entries.NAME_MAPS and not kind
        keys = item.keys() if chosen_names else _drop_entries(item, under, kind)
        # Sorted, because a set of strings has another order in every process.
        for key in sorted(keys):
            value = item.get(key)
            if isinstance(value, _CONTAINERS):
                below = key if not chosen_names else "/Property" if under == "/Properties" else ""
                if not self._may_stay(value, below):
                    del item[key]
        if isinstance(item, Stream):
            plain_picture(item)
        for key in keys & _FONT_NAMES:
            self._rename_subset(item, key)

    def _may_stay(self, value: Object, under: str) -> bool:
        """Whether it may; if so, it will be looked into."""
        if value in self._seen:
            return True
        if isinstance(value, Array):
            kind = ""
        else:
            kind = str(value.get("/Type", ""))
            if self._is_unwanted(value, kind):
                return False
        self._seen.add(value)
        self._waiting.append((value, under, kind))
        return True

    def _is_unwanted(self, item: Object, kind: str) -> bool:
        if kind in entries.UNWANTED_TYPES:
            return item not in self._links
        if kind == "/Page" or (not kind and "/Contents" in item and "/Resources" in item):
            return item.objgen not in self._pages  # a page somebody deleted
        if kind == "/Annot" or (not kind and "/Rect" in item and "/Subtype" in item):
            return item not in self._links
        if kind == "/OBJR":
            return item.get("/Obj") not in self._links
        action = item.get("/S")
        if isinstance(action, Name):
            return str(action) in entries.ACTIONS and "/P" not in item
        return not kind and item.get("/O") == Name.UserProperties

    def _rename_subset(self, font: Object, key: str) -> None:
        """A font subset's six letters may come from its maker's data: others take their place."""
        name = font.get(key)
        if isinstance(name, Name) and (found := _SUBSET.match(str(name))):
            prefix = self._subsets.setdefault(found[0], _letters(len(self._subsets)))
            font[key] = Name(prefix + str(name)[found.end() :])


def _drop_entries(item: Object, under: str, kind: str) -> set[str]:
    """Drop what may not stay of a dictionary; the keys of what is worth looking into."""
    keys = item.keys()
    allowed = entries.BY_TYPE.get(kind)
    if not kind and "/S" in keys and "/P" in keys:
        allowed = entries.ELEMENT
    if under == "/Property" and kind not in ("/OCG", "/OCMD"):
        allowed = entries.MARKED_CONTENT
    for key in keys - allowed if allowed is not None else keys & entries.NOWHERE:
        del item[key]
        keys.remove(key)
    if allowed is entries.ELEMENT and _OF_A_COMPUTER.search(str(item.get("/Alt", ""))):
        del item["/Alt"]  # a program named the picture by its file
    return keys - entries.NUMBERS


def _letters(number: int) -> str:
    """0 is /AAAAAA+, 1 is /AAAAAB+."""
    letters = []
    for _ in range(6):
        number, letter = divmod(number, 26)
        letters.append(chr(ord("A") + letter))
    return "/" + "".join(reversed(letters)) + "+"
