"""Links and the outline of a rebuilt PDF: ways within the document and to web addresses, no more.

Where a link leads by a name ("OLE_LINK1", "nota de María"), the place itself is put there, so
that the names can go. All objects here come from strangers: any may have the wrong type. Call
these functions under ``pikepdf.explicit_conversion``, in which every value is an Object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Integer, Name, Object, ObjectSet, Pdf, Real, String

from ingest import pdf_entries as entries

_NEIGHBOURS = ("/First", "/Next", "/Last", "/Prev", "/Parent")
_MOVES = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
_SCHEME = re.compile(rb"[\s\x00]*([A-Za-z][A-Za-z0-9+.-]*):")
_WEB = frozenset({b"http", b"https", b"mailto", b"ftp", b"tel"})


class Places:
    """Where links may lead: the document's own pages, by themselves or by a name."""

    def __init__(self, pdf: Pdf, pages: frozenset[tuple[int, int]]) -> None:
        self._pages = pages
        self._named = dict(_named_places(pdf))

    def resolve(self, target: Object | None) -> Array | None:
        """``[page /XYZ …]`` on a page that is there, or None."""
        if isinstance(target, String):
            target = self._named.get(bytes(target)) or self._named.get(f"/{target}")
        elif isinstance(target, Name):
            target = self._named.get(str(target))
        if isinstance(target, Dictionary):
            target = target.get("/D")
        if not isinstance(target, Array) or not 2 <= len(target) <= 6:
            return None
        page, *view = target
        if not isinstance(page, Dictionary) or page.objgen not in self._pages:
            return None
        if not all(isinstance(part, (Name, Integer, Real)) or part is None for part in view):
            return None
        return Array([page, *view])


def plain_link(annotation: Object, places: Places) -> bool:
    """Leave a link what it needs to lead somewhere harmless; False where it cannot.

    An author, a comment, a date and a second action are gone from it.
    """
    target = places.resolve(annotation.get("/Dest"))
    action = None if target is not None else _plain_action(annotation.get("/A"), places)
    if target is None and action is None:
        return False
    for key in annotation.keys() - entries.LINK | {"/A", "/Dest"}:
        if key in annotation:
            del annotation[key]
    if target is not None:
        annotation["/Dest"] = target
    else:
        annotation["/A"] = action
    return True


def _plain_action(action: Object | None, places: Places) -> Dictionary | None:
    if not isinstance(action, Dictionary):
        return None
    kind = action.get("/S")
    if kind == Name.GoTo:
        target = places.resolve(action.get("/D"))
        return None if target is None else Dictionary(S=Name.GoTo, D=target)
    if kind == Name.URI:
        address = action.get("/URI")
        if isinstance(address, String) and leads_to_the_web(bytes(address)):
            return Dictionary(S=Name.URI, URI=address)
    if kind == Name.Named and str(action.get("/N")) in _MOVES:
        return Dictionary(S=Name.Named, N=action.get("/N"))
    return None


def leads_to_the_web(address: bytes) -> bool:
    """Not to a script, a program or a folder on somebody's own computer."""
    scheme = _SCHEME.match(address)
    if scheme is None:
        return b"\\" not in address and not address.startswith(b"/")
    return scheme[1].lower() in _WEB


def plain_outline(pdf: Pdf, places: Places) -> None:
    """Keep the outline's titles and the pages they lead to; drop every other action."""
    top = pdf.Root.get("/Outlines")
    if not isinstance(top, Dictionary):
        return
    waiting: list[Object] = [top]
    seen = ObjectSet()
    while waiting:
        item = waiting.pop()
        if seen.add(item):
            _plain_item(item, places)
            waiting += [item[key] for key in _NEIGHBOURS if key in item]


def _plain_item(item: Object, places: Places) -> None:
    action = item.get("/A")
    target = places.resolve(item.get("/Dest"))
    if target is None and isinstance(action, Dictionary) and action.get("/S") == Name.GoTo:
        target = places.resolve(action.get("/D"))
    for key in item.keys() - entries.OUTLINE_ITEM | {"/Dest"}:
        if key in item:
            del item[key]
    if target is not None:
        item["/Dest"] = target
    for key in _NEIGHBOURS:
        if key in item and not isinstance(item[key], Dictionary):
            del item[key]


def _named_places(pdf: Pdf) -> Iterator[tuple[bytes | str, Object]]:
    """By strings in a tree, or, in old files, by names in a dictionary."""
    old = pdf.Root.get("/Dests")
    if isinstance(old, Dictionary):
        for key in old.keys():  # noqa: SIM118
            yield key, old[key]
    names = pdf.Root.get("/Names")
    tree = names.get("/Dests") if isinstance(names, Dictionary) else None
    waiting, seen = [tree], ObjectSet()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Dictionary) or not seen.add(node):
            continue
        pairs, kids = node.get("/Names"), node.get("/Kids")
        if isinstance(pairs, Array):
            listed = list(pairs)
            for name, place in zip(listed[::2], listed[1::2], strict=False):
                if isinstance(name, String):
                    yield bytes(name), place
        if isinstance(kids, Array):
            waiting.extend(kids)
