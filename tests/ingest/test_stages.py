"""The pipeline from bytes to draft, with its real parts, outside the sandbox but for the last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdfium2 import PdfDocument, PdfiumError

from ingest import Draft, Limits, PageText, Reason, Refused, Remark
from ingest.active_content import remark_active_content
from ingest.cpu import CpuAccount
from ingest.extract import page_texts
from ingest.pipeline import STAGES, bind, gate, name_of, read_pages, run
from ingest.plain_text import read_text
from ingest.thumbnail import TALLEST, WIDTH, draw_thumbnail
from tests.pdfs import (
    SENTENCE,
    a_pdf,
    a_raw_pdf,
    a_stream,
    many_pages,
    pages_of_streams,
    text_stream,
    with_attachment,
)


@pytest.fixture
def draft_of(tmp_path: Path) -> Callable[[bytes], Draft]:
    def made(pdf: bytes) -> Draft:
        path = tmp_path / "upload"
        path.write_bytes(pdf)
        return Draft(path)

    return made


def refusal(call: Callable[[], object]) -> tuple[Reason, dict[str, int]]:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.reason, refused.value.detail


def test_the_stages_stand_in_the_order_they_are_told_in() -> None:
    assert [name_of(stage) for stage in STAGES] == [
        "gate",
        "read_pages",
        "remark_active_content",
        "tell_languages",
        "warn_of_personal_data",
        "describe",
        "drop_running_lines",
        "propose_tags",
        "draw_thumbnail",
        "clean_copy",
    ]


def test_the_gate_refuses_with_numbers(draft_of: Callable[[bytes], Draft]) -> None:
    limits = Limits(file_bytes=5_000, pages=3)
    assert refusal(lambda: gate(draft_of(b""))) == (Reason.EMPTY, {})
    assert refusal(lambda: gate(draft_of(b"%PDF-" + b"x" * 5_000), limits)) == (
        Reason.TOO_LARGE,
        {"bytes": 5_005, "limit": 5_000},
    )
    assert refusal(lambda: gate(draft_of(many_pages(4)), limits)) == (
        Reason.TOO_MANY_PAGES,
        {"pages": 4, "limit": 3},
    )


def test_the_header_may_stand_anywhere_in_the_first_kilobyte(
    draft_of: Callable[[bytes], Draft],
) -> None:
    assert gate(draft_of(b"x" * 500 + a_pdf())).page_total == 1
    late = draft_of(b"x" * 1_024 + a_pdf())
    assert refusal(lambda: gate(late)) == (Reason.NOT_A_PDF, {})


def test_each_page_is_announced_repaired_as_soon_as_it_is_read(
    draft_of: Callable[[bytes], Draft],
) -> None:
    announced: list[PageText] = []
    account = CpuAccount()
    door, reading, *_ = bind(Limits(), announced.append, account)
    draft = run(draft_of(a_pdf(["desplaza-\nmiento  forzado", "dos"])), (door, reading))
    assert announced == list(draft.pages)
    assert announced[0].text == "desplazamiento forzado"
    assert account.seconds.keys() == {"repair"}


def test_a_file_pdfium_refuses_is_asked_of_pypdf(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"junk " * 600 + a_pdf([SENTENCE]))
    with pytest.raises(PdfiumError):
        PdfDocument(path)
    (page,) = page_texts(path, 1)
    assert SENTENCE in page.text


def test_pages_without_text_are_remarked(draft_of: Callable[[bytes], Draft]) -> None:
    draft = run(draft_of(a_pdf([SENTENCE, ""])))
    assert draft.remarks == (Remark.PAGES_WITHOUT_TEXT,)
    assert [page.text for page in draft.pages] == [SENTENCE, ""]


def test_reading_stops_in_time_for_the_other_stages(draft_of: Callable[[bytes], Draft]) -> None:
    source = draft_of(a_pdf([SENTENCE] * 5))
    slow = read_pages(gate(source), Limits(wall_seconds=0))
    assert len(slow.pages) == 1
    assert slow.remarks == (Remark.PARTLY_READ,)
    long = read_pages(gate(source), Limits(text_chars=2 * len(SENTENCE)))
    assert len(long.pages) == 3


def test_a_page_has_no_more_text_than_its_limit(draft_of: Callable[[bytes], Draft]) -> None:
    draft = read_pages(gate(draft_of(a_pdf([SENTENCE]))), Limits(page_chars=10))
    assert draft.pages[0].text == SENTENCE[:10].strip()


@pytest.mark.parametrize(
    ("catalogue", "page"),
    [
        (b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>", b""),
        (b"/OpenAction<</S/Launch/F(cmd.exe)>>", b""),
        (b"/AcroForm<</Fields[]>>", b""),
        (b"/AA<</WC<</S/URI/URI(http://x)>>>>", b""),
        (b"", b"/Annots[<</Subtype/RichMedia/Rect[0 0 9 9]>>]"),
        (b"", b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/SubmitForm/F(http://x)>>>>]"),
    ],
)
def test_scripts_actions_and_forms_are_remarked(
    catalogue: bytes, page: bytes, draft_of: Callable[[bytes], Draft]
) -> None:
    pdf = pages_of_streams(text_stream(SENTENCE), catalogue=catalogue, page=page)
    assert Remark.ACTIVE_CONTENT in remark_active_content(draft_of(pdf)).remarks


def test_links_and_page_jumps_are_not_remarked(draft_of: Callable[[bytes], Draft]) -> None:
    pdf = pages_of_streams(
        text_stream(SENTENCE),
        catalogue=b"/OpenAction[4 0 R/Fit]",
        page=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://x)>>>>]",
    )
    assert remark_active_content(draft_of(pdf)).remarks == ()


def test_attached_files_are_remarked(draft_of: Callable[[bytes], Draft]) -> None:
    assert remark_active_content(draft_of(with_attachment())).remarks == (Remark.ATTACHMENTS,)


@pytest.mark.parametrize(
    "box", [b"0 0 595 842", b"0 0 2000000000 2000000000", b"0 0 9 90000", b"0 0 0.001 500"]
)
def test_a_thumbnail_is_small_whatever_the_page_claims(
    box: bytes, draft_of: Callable[[bytes], Draft], tmp_path: Path
) -> None:
    pdf = a_raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[%b]>>" % box,
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
        a_stream(b"0 0 5 5 re f"),
    )
    thumbnail = draw_thumbnail(draft_of(pdf)).thumbnail
    assert thumbnail is not None
    stored = tmp_path / "t.webp"
    stored.write_bytes(thumbnail)
    with Image.open(stored) as picture:
        assert picture.format == "WEBP"
        assert picture.width <= WIDTH + 1
        assert picture.height <= TALLEST + 1


def test_a_plain_text_goes_through_the_same_description() -> None:
    draft = read_text(f"Integración local en Honduras\n{SENTENCE}\fSegunda pá-\ngina")
    assert draft.language == "es"
    assert draft.title == "Integración local en Honduras"
    assert [page.text for page in draft.pages][1] == "Segunda página"
    assert ("country", "HN") in {(p.facet, p.value) for p in draft.proposals}
    assert refusal(lambda: read_text(" \f\n")) == (Reason.EMPTY, {})
    with pytest.raises(Refused):
        read_text("x" * 11, limits=Limits(text_chars=10))
    with pytest.raises(Refused):
        read_text("x\f" * 9, limits=Limits(pages=3))


def test_a_file_becomes_a_whole_draft(read: Callable[..., Draft]) -> None:
    pdf = a_pdf(
        [
            f"Tegucigalpa, mayo de 2024\n{SENTENCE}",
            "The people who cross the border are looking for work.",
        ],
        headline="Integración local en Honduras",
    )
    draft = read(pdf)
    assert draft.title == "Integración local en Honduras"
    assert (draft.language, draft.year) == ("es", 2024)
    assert [page.language for page in draft.pages] == ["es", "en"]
    assert ("country", "HN") in {(p.facet, p.value) for p in draft.proposals}
    assert draft.remarks == (Remark.MIXED_LANGUAGES,)
    assert draft.thumbnail is not None
