"""Which entries of which dictionaries of a PDF (ISO 32000-2) a rebuilt one keeps."""

from __future__ import annotations


def keys(names: str) -> frozenset[str]:
    """'Type Pages' → {'/Type', '/Pages'}."""
    return frozenset(f"/{name}" for name in names.split())


CATALOGUE = keys("Type Pages Outlines Lang MarkInfo StructTreeRoot OCProperties Version")
PAGE = keys(
    "Type Parent Resources MediaBox CropBox BleedBox TrimBox ArtBox Rotate Contents Group Annots "
    "StructParents Tabs UserUnit"
)
PAGES = keys("Type Parent Kids Count Resources MediaBox CropBox Rotate")
LINK = keys("Type Subtype Rect Border C H F QuadPoints BS A Dest StructParent")
OUTLINE_ITEM = keys("Title Parent Prev Next First Last Count Dest C F")

# Of a structure element, screen readers need its kind, its description and its language; /T, /ID
# and a replacement text that nobody sees on the page tell readers nothing and may tell on people.
ELEMENT = keys("Type S P Pg K A C Lang Alt E NS")
STRUCTURE = keys("Type K ParentTree ParentTreeNextKey RoleMap ClassMap")

LAYERS = keys("OCGs D")
LAYERS_DEFAULT = keys("BaseState ON OFF Intent AS RBGroups Locked ListMode")
LAYER = keys("Type Name Intent Usage")
LAYER_USAGE = keys("View Print Export Zoom")

MARKED_CONTENT = keys("ActualText Alt E Lang MCID Type Subtype Attached BBox")

BY_TYPE = {
    "/Page": PAGE,
    "/Pages": PAGES,
    "/StructElem": ELEMENT,
    "/StructTreeRoot": STRUCTURE,
    "/OCG": LAYER,
}

# In every other dictionary all but these stays.
NOWHERE = keys(
    "Metadata PieceInfo LastModified AA OpenAction JS EF RF AF OPI ID Thumb Ref Measure PtData PZ "
    "SeparationInfo UserProperties IDTree"
)
UNWANTED_TYPES = keys("Action Filespec F Sig EmbeddedFile Metadata")
ACTIONS = keys(
    "JavaScript Launch ImportData SubmitForm ResetForm GoToR GoToE GoToDp Rendition Movie Sound "
    "Thread Hide Trans SetOCGState GoTo3DView RichMediaExecute"
)

# Dictionaries whose keys are names somebody chose: none of them means what it says.
NAME_MAPS = keys(
    "Font XObject ExtGState ColorSpace Pattern Shading Properties CharProcs Colorants RoleMap "
    "ClassMap"
)
# Names, numbers and long lists of numbers, which need no looking into.
NUMBERS = keys(
    "Type Subtype Length Rect BBox Matrix Widths W W2 MediaBox CropBox Decode Domain Range C0 C1 "
    "Count Width Height BitsPerComponent MCID Filter FontBBox Flags N S QuadPoints StructParent "
    "StructParents FontMatrix FirstChar LastChar"
)
