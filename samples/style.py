"""Colours, fonts and paragraph styles: what makes one sample look unlike the next."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle

from samples.source import Source

_ACCENTS = ("#1f4e79", "#7a2e1d", "#2f5d3a", "#5b3a73", "#8a5a00", "#0f5c63", "#9a4a12", "#8c1c3f")
_SERIF = ("Times-Roman", "Times-Bold", "Times-Italic")
_SANS = ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique")
# layout: fonts, size of the text, alignment, space after a paragraph
_LAYOUTS = {
    "report": (_SANS, 10.5, TA_LEFT, 7),
    "paper": (_SERIF, 9.6, TA_JUSTIFY, 5),
    "letter": (_SERIF, 11.2, TA_LEFT, 7),
    "brief": (_SANS, 10, TA_LEFT, 6),
    "slides": (_SANS, 17, TA_LEFT, 8),
    "ordinance": (_SERIF, 11.5, TA_JUSTIFY, 8),
    "form": (_SANS, 9.6, TA_LEFT, 5),
}


@dataclass(frozen=True, slots=True)
class Look:
    """One document's appearance."""

    accent: Color
    tint: Color
    bold: str
    italic: str
    styles: dict[str, ParagraphStyle]


def look_of(source: Source) -> Look:
    """The look of a document: its layout sets type, its organization the colour."""
    fonts, size, alignment, space = _LAYOUTS[source.about["layout"]]
    regular, bold, italic = fonts
    # crc32 and not hash(): the colour must be the same on every run.
    accent = HexColor(_ACCENTS[crc32(source.text("organization").encode()) % len(_ACCENTS)])
    tint = Color(*(1 - (1 - part) * 0.12 for part in accent.rgb()))
    body = ParagraphStyle(
        "body", fontName=regular, fontSize=size, leading=size * 1.36,
        alignment=alignment, spaceAfter=space, splitLongWords=0,
    )  # fmt: skip
    styles = {
        "body": body,
        "quote": ParagraphStyle(
            "quote", body, fontName=italic, leftIndent=14, rightIndent=10, spaceAfter=space + 2,
            borderColor=accent, textColor=HexColor("#333333"),
        ),
        "item": ParagraphStyle("item", body, alignment=TA_LEFT, spaceAfter=space * 0.45),
        "cell": ParagraphStyle(
            "cell", body, fontSize=size * 0.86, leading=size * 1.08, spaceAfter=0, alignment=TA_LEFT
        ),
        "caption": ParagraphStyle(
            "caption", body, fontName=italic, alignment=TA_LEFT, spaceAfter=3, keepWithNext=1
        ),
        "warning": ParagraphStyle(
            "warning", body, fontSize=max(9.2, size * 0.7), leading=max(12, size * 0.9),
            alignment=TA_LEFT, spaceAfter=0,
        ),
        "small": ParagraphStyle("small", body, fontSize=8.2, leading=10.6, spaceAfter=3),
    }  # fmt: skip
    styles["head"] = ParagraphStyle(
        "head", styles["cell"], fontName=bold, textColor=HexColor("#ffffff")
    )
    styles["label"] = ParagraphStyle("label", styles["cell"], fontName=bold)
    styles |= _headings(source.about["layout"], bold, italic, size, accent)
    return Look(accent, tint, bold, italic, styles)


def _headings(
    layout: str, bold: str, italic: str, size: float, accent: Color
) -> dict[str, ParagraphStyle]:
    alignment = TA_CENTER if layout == "ordinance" else TA_LEFT
    grow = {"paper": (1.25, 1.12, 1.0), "slides": (1.5, 1.4, 1.05)}.get(layout, (1.7, 1.28, 1.08))
    made = {}
    for level, factor in enumerate(grow, start=1):
        made[f"h{level}"] = ParagraphStyle(
            f"h{level}",
            fontName=italic if layout == "paper" and level == 3 else bold,
            fontSize=size * factor,
            leading=size * factor * 1.22,
            textColor=accent,
            alignment=TA_LEFT if level == 3 else alignment,
            spaceBefore=size * (1.3 - 0.25 * level),
            spaceAfter=size * 0.45,
            keepWithNext=1,
        )
    made["title"] = ParagraphStyle(
        "title", made["h1"], fontSize=size * 2, leading=size * 2.35, spaceAfter=6, keepWithNext=0
    )
    return made
