"""A PDF that tells on its author wherever a PDF can, each time with a word that is easy to find."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Pdf, Stream, String
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from tests.pdfs import SENTENCE

CANARY = "zorzal"
LINK = "https://example.org/informe"
_PATH = f"C:\\Users\\{CANARY}-alt\\foto.jpg"


def canary(place: str) -> str:
    return f"{CANARY}-{place}"


def telling_pdf() -> bytes:
    """Two pages of ordinary text, one with pictures and links, with a canary in every PLACE."""
    with pikepdf.open(io.BytesIO(_ordinary())) as pdf:
        for plant in PLACES.values():
            plant(pdf)
        first = io.BytesIO()
        pdf.trailer["/ID"] = Array([String(canary("id")), String(canary("id"))])
        pdf.save(
            first,
            compress_streams=False,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return _revised(first.getvalue())


def _ordinary() -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, invariant=True)
    for number in (1, 2):
        canvas.drawString(50, 700, f"{SENTENCE} {number}")
        canvas.bookmarkPage(str(number))
        canvas.addOutlineEntry(f"Capítulo {number}", str(number))
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _revised(pdf: bytes) -> bytes:
    """The same with its first page's first words changed by an update; the old ones stay."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        contents = opened.pages[0].obj["/Contents"]
        number, old = contents.objgen[0], contents.read_bytes()
    new = old.replace(canary("revision").encode(), b"")
    table = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    trailer = re.findall(rb"trailer\s*<<(.*)>>\s*startxref", pdf, re.DOTALL)[-1]
    body = b"%d 0 obj\n<</Length %d>>stream\n%b\nendstream\nendobj\n" % (number, len(new), new)
    start = len(pdf) + len(body)
    return (
        pdf
        + body
        + b"xref\n%d 1\n%010d 00000 n \n" % (number, len(pdf))
        + b"trailer<<%b/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, table, start)
    )


def a_jpeg(*segments: bytes) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(written, "JPEG")
    plain = written.getvalue()
    return plain[:2] + b"".join(segments) + plain[2:]


def a_segment(mark: int, data: bytes) -> bytes:
    return bytes([0xFF, mark]) + (len(data) + 2).to_bytes(2, "big") + data


def a_jpeg2000(*boxes: bytes) -> bytes:
    """Not a picture that any reader draws: signature, the given boxes, a codestream's head."""
    comment = b"\xff\x64" + (4 + len(canary("jp2"))).to_bytes(2, "big") + b"\0\1"
    codestream = b"\xff\x4f" + comment + canary("jp2").encode() + b"\xff\x90\x00\x04ab"
    return b"".join(
        [b"\x00\x00\x00\x0cjP  \r\n\x87\n", *boxes, a_box(b"jp2c", codestream)],
    )


def a_box(kind: bytes, data: bytes) -> bytes:
    return (8 + len(data)).to_bytes(4, "big") + kind + data


def _info(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = canary("info")
    pdf.trailer["/Unheard"] = String(canary("trailer"))


def _xmp(pdf: Pdf) -> None:
    pdf.Root["/Metadata"] = _xml(pdf, "xmp")
    properties = Dictionary(MC0=Dictionary(Metadata=_xml(pdf, "nested-xmp")))
    pdf.pages[0].obj["/Resources"]["/Properties"] = properties
    pdf.pages[1].obj["/Metadata"] = _xml(pdf, "page-xmp")


def _xml(pdf: Pdf, place: str) -> Object:
    text = f"<x:xmpmeta><dc:creator>{canary(place)}</dc:creator></x:xmpmeta>"
    return pdf.make_indirect(Stream(pdf, text.encode(), Type=Name.Metadata, Subtype=Name.XML))


def _annotations(pdf: Pdf) -> None:
    rect, page = [40, 40, 90, 60], pdf.pages[0].obj
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=rect)
    note.T, note.Contents = String(canary("note-author")), String(canary("note"))
    note = pdf.make_indirect(note)
    popup = Dictionary(Type=Name.Annot, Subtype=Name.Popup, Rect=rect, Parent=note)
    popup.Contents = String(canary("popup"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rect)
    link.T, link.NM, link.Contents = (String(canary(f"link-{n}")) for n in (1, 2, 3))
    link.A = Dictionary(S=Name.URI, URI=String(LINK), Next=_script("next"))
    inside = Dictionary(Subtype=Name.Link, Rect=rect, Dest=String(canary("name")))
    program = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rect)
    program.A = Dictionary(S=Name.Launch, F=String(canary("launch")))
    folder = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rect)
    folder.A = Dictionary(S=Name.URI, URI=String(f"file:///home/{canary('folder')}"))
    page["/Annots"] = Array([note, popup, link, inside, program, folder])


def _script(place: str) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{canary(place)}')"))


def _actions(pdf: Pdf) -> None:
    pdf.Root["/OpenAction"] = _script("open-action")
    pdf.Root["/URI"] = Dictionary(Base=String(canary("base")))
    pdf.pages[0].obj["/AA"] = Dictionary(O=_script("page-action"))
    place = Dictionary(D=Array([pdf.pages[1].obj, Name.Fit]))
    pdf.Root["/Names"] = Dictionary(
        Dests=Dictionary(Names=Array([String(canary("name")), place])),
        JavaScript=Dictionary(Names=Array([String("a"), _script("javascript")])),
    )


def _attachments(pdf: Pdf) -> None:
    pdf.attachments[canary("attachment-name") + ".txt"] = canary("attachment").encode()
    held = Stream(pdf, canary("attached-note").encode(), Type=Name.EmbeddedFile)
    spec = Dictionary(Type=Name.Filespec, F=String(canary("spec")), EF=Dictionary(F=held))
    pdf.Root["/AF"] = Array([pdf.make_indirect(spec)])
    pdf.Root["/Collection"] = Dictionary(D=String(canary("collection")))


def _form(pdf: Pdf) -> None:
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=[9, 9, 90, 30], FT=Name.Tx)
    field.T, field.TU, field.V = String(canary("field")), String(canary("tip")), String("Sí")
    signature = Dictionary(Type=Name.Sig, Name=String(canary("signature")))
    signed = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=[9, 9, 90, 30], FT=Name.Sig)
    signed.T, signed.V = String("s"), pdf.make_indirect(signature)
    drawn = Stream(pdf, f"BT ({canary('signed')}) Tj ET".encode(), BBox=[0, 0, 81, 21])
    drawn.Type, drawn.Subtype = Name.XObject, Name.Form
    signed.AP = Dictionary(N=drawn)
    fields = [pdf.make_indirect(field), pdf.make_indirect(signed)]
    pdf.pages[1].obj["/Annots"] = Array(fields)
    field.DA = String("/Helv 10 Tf 0 g")
    xfa = Stream(pdf, canary("xfa").encode())
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array(fields), XFA=xfa, NeedAppearances=True)
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    helvetica.Encoding = Name.WinAnsiEncoding
    pdf.Root["/AcroForm"].DR = Dictionary(Font=Dictionary(Helv=helvetica))
    pdf.Root["/Perms"] = Dictionary(DocMDP=signature)


def _private(pdf: Pdf) -> None:
    for place, holder in (("piece", pdf.Root), ("page-piece", pdf.pages[0].obj)):
        private = Dictionary(Private=String(canary(place)), LastModified=String("D:2024"))
        holder["/PieceInfo"] = Dictionary(Illustrator=private)
    pdf.pages[0].obj["/LastModified"] = String(canary("modified"))
    thumbnail = Stream(pdf, canary("thumbnail").encode().ljust(27))
    thumbnail.Width, thumbnail.Height, thumbnail.BitsPerComponent = 3, 3, 8
    thumbnail.ColorSpace = Name.DeviceRGB
    pdf.pages[0].obj["/Thumb"] = pdf.make_indirect(thumbnail)


def _pictures(pdf: Pdf) -> None:
    jpeg = a_jpeg(
        a_segment(0xE1, b"Exif\0\0" + canary("exif").encode()),
        a_segment(0xED, b"Photoshop 3.0\0" + canary("photoshop").encode()),
        a_segment(0xFE, canary("comment").encode()),
    )
    camera = Stream(pdf, jpeg + canary("after").encode(), Filter=Name.DCTDecode)
    camera.Type, camera.Subtype, camera.ColorSpace = Name.XObject, Name.Image, Name.DeviceRGB
    camera.Width, camera.Height, camera.BitsPerComponent = 8, 8, 8
    camera.Metadata = _xml(pdf, "picture-xmp")
    jpeg2000 = a_jpeg2000(a_box(b"xml ", canary("jp2-xml").encode()))
    scan = Stream(pdf, jpeg2000, Filter=Name.JPXDecode, Type=Name.XObject, Subtype=Name.Image)
    scan.Width, scan.Height = 8, 8
    pdf.pages[1].obj["/Resources"]["/XObject"] = Dictionary(Im0=camera, Im1=scan)


def _outline(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        item = OutlineItem("Anexo")
        item.action = _script("outline")
        outline.root.append(item)


def _names(pdf: Pdf) -> None:
    label = Dictionary(P=String(canary("label")), S=Name.D)
    pdf.Root["/PageLabels"] = Dictionary(Nums=Array([0, label]))
    layer = Dictionary(Type=Name.OCG, Name=String(canary("layer")))
    layer.Usage = Dictionary(CreatorInfo=Dictionary(Creator=String(canary("layer-maker"))))
    layer = pdf.make_indirect(layer)
    default = Dictionary(ON=Array([layer]), Creator=String(canary("layers")))
    default.Order = Array([String(canary("order")), layer])
    pdf.Root["/OCProperties"] = Dictionary(OCGs=Array([layer]), D=default)
    font = next(iter(pdf.pages[0].obj["/Resources"]["/Font"].as_dict().values()))
    font["/BaseFont"] = Name(f"/{CANARY.upper()}+Helvetica")


def _structure(pdf: Pdf) -> None:
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    element = Dictionary(Type=Name.StructElem, S=Name.Figure, P=root, Pg=pdf.pages[0].obj)
    element.T, element.ID = String(canary("element")), String(canary("element-id"))
    element.ActualText, element.Alt = String(canary("actual")), String(_PATH)
    told = Dictionary(S=Name.Figure, P=root, Alt=String("Mapa de la frontera"))
    note = pdf.pages[0].obj["/Annots"][0]
    element.K = Array([Dictionary(Type=Name.OBJR, Obj=note)])
    root.K = Array([pdf.make_indirect(element), pdf.make_indirect(told)])
    pdf.Root["/StructTreeRoot"] = root


def _deleted_page(pdf: Pdf) -> None:
    """A page that is in no list of pages any more, but that a link still leads to."""
    drawn = Stream(pdf, f"BT /F1 9 Tf ({canary('deleted')}) Tj ET".encode())
    gone = Dictionary(Type=Name.Page, MediaBox=[0, 0, 9, 9], Contents=drawn)
    gone = pdf.make_indirect(gone)
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
    link.Dest = Array([gone, Name.Fit])
    pdf.pages[0].obj["/Annots"].append(link)


def _earlier(pdf: Pdf) -> None:
    old = pdf.pages[0].obj["/Contents"].read_bytes()
    comment = f"% {canary('revision')}\n".encode()
    pdf.pages[0].obj["/Contents"] = pdf.make_indirect(Stream(pdf, comment + old))


PLACES: dict[str, Callable[[Pdf], None]] = {
    plant.__name__.lstrip("_"): plant
    for plant in (
        _info,
        _xmp,
        _annotations,
        _actions,
        _attachments,
        _form,
        _private,
        _pictures,
        _outline,
        _names,
        _structure,
        _deleted_page,
        _earlier,
    )
}


def everything_in(pdf: bytes) -> Iterator[bytes]:
    """The file itself, and of every object in it each name, string and decompressed stream."""
    yield pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        yield from _inside(opened.trailer)
        for item in opened.objects:
            yield from _inside(item)


def _inside(item: object) -> Iterator[bytes]:
    if isinstance(item, (String, Name)):
        yield str(item).encode()
        yield bytes(item)
    elif isinstance(item, Array):
        for value in item:
            yield from _unless_elsewhere(value)
    elif isinstance(item, (Dictionary, Stream)):
        for key, value in item.items():
            yield key.encode()
            yield from _unless_elsewhere(value)
    if isinstance(item, Stream):
        yield item.read_raw_bytes()
        if item.get("/Filter") == Name.FlateDecode:
            yield item.read_bytes()


def _unless_elsewhere(value: object) -> Iterator[bytes]:
    if not isinstance(value, Object) or not value.is_indirect:
        yield from _inside(value)
