"""What readers get tells nothing of whoever made it, and reads like what was sent."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from ingest.clean_copy import NoCleanCopy, write_clean_copy
from ingest.image_metadata import plain_jpeg, plain_jpeg2000
from ingest.navigation import leads_to_the_web
from tests.pdfs import SENTENCE, a_pdf, a_raw_pdf, many_pages, pages_of_streams, text_stream
from tests.telling_pdfs import (
    CANARY,
    LINK,
    a_jpeg,
    a_jpeg2000,
    a_segment,
    everything_in,
    telling_pdf,
)

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples" / "pdf").glob("*.pdf"))
EXIFTOOL = "exiftool"
TELLING_TAGS = re.compile(
    r"author|creator|producer|company|manager|title|subject|keywords|create.?date|modify.?date|"
    r"documentid|instanceid|history|gps|serial|ownername|artist|comment|annotation|software|"
    r"lastmodified|modifier|xmp|host|camera|by-?line",
    re.IGNORECASE,
)

Clean = Callable[[bytes], bytes]


@pytest.fixture
def clean(tmp_path: Path) -> Clean:
    def cleaned(pdf: bytes) -> bytes:
        source, written = tmp_path / "source.pdf", io.BytesIO()
        source.write_bytes(pdf)
        write_clean_copy(source, written, page_total=len(texts(pdf)))
        return written.getvalue()

    return cleaned


def texts(pdf: bytes) -> list[str]:
    document = PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def canaries(pdf: bytes) -> set[str]:
    words = re.compile(rb"(?i)%b[a-z0-9-]*" % CANARY.encode())
    return {word.decode().lower() for part in everything_in(pdf) for word in words.findall(part)}


def plainly(pdf: bytes) -> bytes:
    """Uncompressed, objects in order of their first use, without /ID."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(written, qdf=True, static_id=True)
    return re.sub(rb"/ID \[.*?\]", b"", written.getvalue())


def link_targets(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [
            str(link.A.URI) if "/A" in link else f"page {_number(opened, link.Dest[0])}"
            for page in opened.pages
            for link in page.obj.get("/Annots", [])
        ]


def _number(pdf: pikepdf.Pdf, page: pikepdf.Object) -> int:
    return [other.obj.objgen for other in pdf.pages].index(page.objgen) + 1


def test_a_file_that_tells_everything_is_served_telling_nothing(clean: Clean) -> None:
    telling = telling_pdf()
    assert len(canaries(telling)) == 54  # all that were planted can be found in the first place
    assert canaries(clean(telling)) == set()


def test_the_served_file_reads_as_it_did(clean: Clean) -> None:
    telling = telling_pdf()
    served = clean(telling)
    first, second = texts(served)
    assert first == texts(telling)[0]
    assert second.startswith(texts(telling)[1])
    assert link_targets(served) == [LINK, "page 2"]
    with pikepdf.open(io.BytesIO(served)) as pdf:
        assert pdf.is_linearized
        assert not pdf.is_encrypted
        chapters = [item.title for item in pdf.open_outline().root]
        assert chapters == ["Capítulo 1", "Capítulo 2", "Anexo"]
        _, figure = pdf.Root.StructTreeRoot.K
        assert str(figure.Alt) == "Mapa de la frontera"


def test_what_was_typed_into_a_form_stays_on_its_page(clean: Clean) -> None:
    served = clean(telling_pdf())
    assert "Sí" in texts(served)[1]
    with pikepdf.open(io.BytesIO(served)) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert "/Annots" not in pdf.pages[1].obj


def test_a_file_cleaned_twice_is_the_file_cleaned_once(clean: Clean) -> None:
    once = clean(telling_pdf())
    twice = clean(once)
    assert plainly(twice) == plainly(once)
    assert len(twice) == len(once)


def test_the_same_file_gives_the_same_bytes_in_every_process(clean: Clean, tmp_path: Path) -> None:
    served = clean(telling_pdf())
    program = """
import sys; from pathlib import Path; from ingest.clean_copy import write_clean_copy
with open(sys.argv[2], "w+b") as target:
    write_clean_copy(Path(sys.argv[1]), target, page_total=2)
"""
    for seed in ("1", "2"):
        target = tmp_path / seed
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", program, str(tmp_path / "source.pdf"), str(target)]
        subprocess.run(command, check=True, env=environment)
        assert target.read_bytes() == served


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_samples_pages_read_alike_and_lead_alike(sample: Path, clean: Clean) -> None:
    pdf = sample.read_bytes()
    served = clean(pdf)
    assert texts(served) == texts(pdf)
    assert len(link_targets(served)) == len(link_targets(pdf))
    with pikepdf.open(io.BytesIO(served)) as opened:
        assert "/Info" not in opened.trailer
        assert "/Metadata" not in opened.Root


@pytest.mark.parametrize("password", [None, ""])
def test_a_file_anybody_can_open_is_served_without_its_lock(
    password: str | None, clean: Clean
) -> None:
    served = clean(a_pdf([SENTENCE, "dos"], author="Ana", password=password))
    assert texts(served) == texts(a_pdf([SENTENCE, "dos"]))
    assert b"/Encrypt" not in served


def test_a_layer_that_is_hidden_stays_hidden(clean: Clean) -> None:
    layers = b"/OCProperties<</OCGs[9 0 R]/D<</OFF[9 0 R]/BaseState/ON/Name(x)>>>>"
    page = b"/Resources<</Properties<</L 9 0 R>>/Font<</F 3 0 R>>>>"
    drawn = text_stream(SENTENCE).replace(b"BT", b"/OC /L BDC BT").replace(b"ET", b"ET EMC")
    drawn = re.sub(rb"/Length \d+", b"/Length %d" % (len(SENTENCE.encode("latin-1")) + 47), drawn)
    pdf = pages_of_streams(drawn, text_stream("dos"), catalogue=layers, page=page)
    pdf = pdf.replace(b"xref\n0 8", b"9 0 obj\n<</Type/OCG/Name(nota)>>\nendobj\nxref\n0 8")
    with pikepdf.open(io.BytesIO(clean(pdf))) as served:
        layer = served.pages[0].Resources.Properties.L
        assert served.Root.OCProperties.D.OFF[0].objgen == layer.objgen
        assert str(layer.Name) == "1"


@pytest.mark.parametrize(
    "pdf",
    [
        many_pages(3),
        b"%PDF-1.7\nnothing",
        a_raw_pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R>>",
        ),
    ],
    ids=["other pages", "no document", "a page tree that returns"],
)
def test_what_cannot_be_rebuilt_has_no_copy(pdf: bytes, tmp_path: Path) -> None:
    source = tmp_path / "source.pdf"
    source.write_bytes(pdf)
    with pytest.raises(NoCleanCopy):
        write_clean_copy(source, io.BytesIO(), page_total=1)


def test_a_file_that_was_mended_and_lost_words_on_the_way_has_no_copy(tmp_path: Path) -> None:
    sound = pages_of_streams(text_stream(SENTENCE), text_stream("dos"))
    cut_short = sound.replace(b"endstream\nendobj", b"enxstream\nenxobj", 1)
    source = tmp_path / "source.pdf"
    source.write_bytes(cut_short)
    assert SENTENCE in texts(cut_short)[0]
    with pytest.raises(NoCleanCopy):
        write_clean_copy(source, io.BytesIO(), page_total=2)


def test_a_file_that_was_mended_without_loss_has_a_copy(clean: Clean) -> None:
    sound = a_pdf([SENTENCE, "dos"])
    torn = sound[: sound.index(b"xref\n0")] + sound[sound.index(b"trailer") :]
    assert texts(clean(torn)) == texts(sound)


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        (b"https://example.org/a", True),
        (b"HTTP://example.org", True),
        (b"mailto:contacto@example.org", True),
        (b"www.example.org/a", True),
        (b"#page=3", True),
        (b"javascript:alert(1)", False),
        (b" \tjavascript:alert(1)", False),
        (b"file:///home/ana/a.pdf", False),
        (b"C:\\Users\\ana\\a.pdf", False),
        (b"\\\\servidor\\ana", False),
        (b"/home/ana/a.pdf", False),
    ],
)
def test_a_link_leads_to_the_web_and_to_nobodys_computer(address: bytes, leads: bool) -> None:
    assert leads_to_the_web(address) is leads


def test_a_jpeg_keeps_its_colours_and_nothing_else() -> None:
    colours = a_segment(0xE2, b"ICC_PROFILE\0\1\1") + a_segment(0xEE, b"Adobe" + bytes(7))
    telling = a_segment(0xE1, b"Exif\0\0x") + a_segment(0xE2, b"MPF\0") + a_segment(0xFE, b"x")
    assert plain_jpeg(a_jpeg(telling, colours)) == a_jpeg(colours)
    assert plain_jpeg(a_jpeg() + b"\xff\xd8 another picture") == a_jpeg()


def test_a_jpeg_2000_keeps_its_picture_and_nothing_else() -> None:
    plain = plain_jpeg2000(a_jpeg2000())
    assert CANARY.encode() not in plain
    assert plain.endswith(b"jp2c\xff\x4f\xff\x90\x00\x04ab")
    assert int.from_bytes(plain[12:16], "big") == len(plain) - 12


@given(st.binary(max_size=300))
def test_no_bytes_at_all_upset_the_cleaning_of_a_picture(data: bytes) -> None:
    for start in (b"", b"\xff\xd8", b"\xff\x4f", b"\x00\x00\x00\x0cjP  \r\n\x87\n"):
        for plain in (plain_jpeg, plain_jpeg2000):
            once = plain(start + data)
            assert len(once) <= len(start + data) + 18
            assert plain(once) == once


@pytest.fixture
def exiftool(request: pytest.FixtureRequest) -> str:
    found = shutil.which(EXIFTOOL)
    if found is None:
        if request.config.getoption("--require-everything"):
            pytest.fail("exiftool is missing (Debian: libimage-exiftool-perl)")
        pytest.skip("exiftool is not installed")
    return found


@pytest.mark.campaign
def test_exiftool_finds_nobody_in_what_is_served(
    exiftool: str, clean: Clean, tmp_path: Path
) -> None:
    def tags(name: str, pdf: bytes) -> set[str]:
        path = tmp_path / name
        path.write_bytes(pdf)
        command = [exiftool, "-ee3", "-a", "-s", "-G1", str(path)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        lines = (line for line in said.splitlines() if line.startswith("["))
        groups = ("[System]", "[ExifTool]", "[ICC")
        named = {line.partition(":")[0].strip() for line in lines if not line.startswith(groups)}
        return {tag for tag in named if TELLING_TAGS.search(tag)}

    assert tags("telling.pdf", telling_pdf()) >= {"[PDF]           Author"}
    assert tags("served.pdf", clean(telling_pdf())) == set()
    for sample in SAMPLES:
        assert tags("served.pdf", clean(sample.read_bytes())) == set(), sample.stem
