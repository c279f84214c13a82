"""A form that was filled in, turned into page: its text stays where it stood, its fields go."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, Object, Pdf

_ANCESTORS = 32


def flatten_fields(pdf: Pdf) -> None:
    """Draw what fields show into their pages. Hidden fields and signatures are not drawn."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, Dictionary):
        return
    if form.get("/NeedAppearances"):
        pdf.generate_appearance_streams()
        form["/NeedAppearances"] = False
    others: list[tuple[Object, Array]] = []
    for page in pdf.pages:
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, Array):
            fields = [a for a in annotations if _is_drawn(a)]
            others.append((page.obj, Array(a for a in annotations if not _is_field(a))))
            page.obj["/Annots"] = Array(fields)
    pdf.flatten_annotations("screen")
    for page_object, kept in others:
        page_object["/Annots"] = kept


def _is_field(annotation: Object) -> bool:
    return isinstance(annotation, Dictionary) and annotation.get("/Subtype") == Name.Widget


def _is_drawn(annotation: Object) -> bool:
    return _is_field(annotation) and not _is_signature(annotation)


def _is_signature(field: Object) -> bool:
    """Its kind may be said by a field above it."""
    above: Object | None = field
    for _ in range(_ANCESTORS):
        if not isinstance(above, Dictionary):
            return False
        if "/FT" in above:
            return bool(above["/FT"] == Name.Sig)
        above = above.get("/Parent")
    return True
