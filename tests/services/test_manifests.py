"""A manifest's wrong lines are named by line and column; its right ones go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.vocabulary import load
from repo_app.services.manifests import Fault, Manifest, Problem, parse_manifest, read_manifest

VOCABULARY = load()


def parse(text: str | bytes, folder: Path = Path("/nowhere")) -> Manifest:
    raw = text if isinstance(text, bytes) else text.encode()
    return parse_manifest(raw, folder, VOCABULARY)


def fault(text: str | bytes) -> Fault:
    manifest = parse(text)
    assert len(manifest.faults) == 1, manifest
    return manifest.faults[0]


def test_a_full_line_becomes_an_entry_with_its_tags() -> None:
    manifest = parse(
        "title,url,countries,activities,year,authors,audience,licence,language\n"
        "Una nota,https://example.org/a,SV;gt,2026:P2-R2-A5,2024,Ana Uno; Luz Dos,"
        "public,CC-BY-4.0,es\n"
    )
    assert manifest.faults == ()
    description = manifest.entries[0].description
    assert description.authors == ("Ana Uno", "Luz Dos")
    assert description.year == 2024
    assert ("country", "GT") in description.tags
    assert ("activity", "2026:P2-R2-A5") in description.tags


def test_files_are_named_from_the_manifests_folder(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-")
    manifest = parse("file,title\na.pdf,A\nb.pdf,B\n", tmp_path)
    assert [entry.file for entry in manifest.entries] == [tmp_path / "a.pdf"]
    assert manifest.faults == (Fault(3, "file", Problem.MISSING_FILE, "b.pdf"),)


def test_an_unknown_column_takes_nothing_and_suggests_the_right_name() -> None:
    manifest = parse("title,contries,url\nA,SV,https://example.org\n")
    assert manifest.entries == ()
    assert manifest.faults == (
        Fault(1, "contries", Problem.UNKNOWN_COLUMN, "contries", "countries"),
    )


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        ("countries\nA,https://e.org,ZZ", "countries", Problem.UNKNOWN_CODE),
        ("themes\nA,https://e.org,no-such-theme", "themes", Problem.UNKNOWN_CODE),
        ("activities\nA,https://e.org,P9-R9-A9", "activities", Problem.UNKNOWN_CODE),
        ("source_kind\nA,https://e.org,acadmic", "source_kind", Problem.UNKNOWN_CODE),
        ("year\nA,https://e.org,20x4", "year", Problem.BAD_YEAR),
        ("language\nA,https://e.org,Klingon", "language", Problem.UNKNOWN_CODE),
        ("audience\nA,https://e.org,everyone", "audience", Problem.UNKNOWN_CODE),
        ("licence\nA,https://e.org,CC BY 4.0", "licence", Problem.UNKNOWN_CODE),
        ("scope\nA,https://e.org,galactic", "scope", Problem.UNKNOWN_CODE),
        ("year\nA,ftp://e.org,2024", "url", Problem.BAD_URL),
    ],
)
def test_a_wrong_value_names_line_and_column(line: str, column: str, problem: Problem) -> None:
    found = fault(f"title,url,{line}\n")
    assert (found.line, found.column, found.problem) == (2, column, problem)


def test_a_close_code_is_suggested() -> None:
    found = fault("title,url,source_kind\nA,https://e.org,acadmic\n")
    assert found.suggestion == "academic"


def test_bytes_that_are_no_utf8_refuse_their_own_line_only() -> None:
    manifest = parse(
        b"title,url\nbien,https://e.org/1\nni\xf1ez,https://e.org/2\nbien,https://e.org/3\n"
    )
    assert [entry.line for entry in manifest.entries] == [2, 4]
    assert [(f.line, f.column, f.problem) for f in manifest.faults] == [
        (3, "title", Problem.ENCODING)
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert parse("\ufefftitle,url\nA,https://e.org\n").faults == ()


def test_line_numbers_count_lines_of_the_file_even_after_quoted_breaks() -> None:
    found = fault('title,url,abstract,year\nA,https://e.org,"one\ntwo\nthree",2024\nB,x,,\n')
    assert (found.line, found.column) == (5, "url")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.NO_COLUMNS),
        ("título;archivo\nA;b.pdf\n", Problem.NO_COLUMNS),
        ("title,title,url\n", Problem.DOUBLE_COLUMN),
        ("title,url\nA,https://e.org,extra\n", Problem.TOO_MANY_CELLS),
        ('title,url\n"A,https://e.org\n', Problem.MALFORMED),
        ("title,url\n,https://e.org\n", Problem.NO_TITLE),
        ("title,url\nA,\n", Problem.NOTHING_HELD),
        ("title,url\n", Problem.NO_LINES),
        ("title,url\n" + "A" * 501 + ",https://e.org\n", Problem.TOO_LONG),
        ("title,url\nA,https://e.org\n".encode("utf-16"), Problem.ENCODING),
        ("file,title\n" + "x" * 300 + ".pdf,A\n", Problem.MISSING_FILE),
    ],
)
def test_every_malformed_manifest_gets_its_reason(text: str | bytes, problem: Problem) -> None:
    assert fault(text).problem is problem


def test_signs_that_terminals_obey_never_get_into_a_title() -> None:
    found = parse("title,url\nA\x1b[31m\x00B,https://e.org\n").entries[0].description
    assert found.title == "A[31mB"


def test_empty_lines_are_no_documents() -> None:
    assert parse("title,url\n\n,\nA,https://e.org\n").entries[0].line == 4


def test_a_manifest_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    manifest = read_manifest(tmp_path / "none.csv", VOCABULARY)
    assert manifest.faults[0].problem is Problem.NOT_READABLE


@given(st.binary(max_size=400))
def test_no_bytes_whatever_make_reading_fail(raw: bytes) -> None:
    parse(b"title,url,year\n" + raw)
    parse(raw)
