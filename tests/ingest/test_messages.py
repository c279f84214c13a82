"""A reader may write anything at all; nothing but a true draft ever comes of it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.draft import Draft, Evidence, PageText, Proposal, Reason, Remark
from ingest.limits import Limits
from ingest.messages import (
    Garbled,
    Transcript,
    cleaned,
    described,
    line_of,
    pictured,
    proposed,
    read_request,
    request_line,
)

LIMITS = Limits(page_chars=100, text_chars=250, pages=9)
WEBP = b"RIFF\x04\x00\x00\x00WEBP"
WHOLE = Draft(
    Path("/x"),
    page_total=2,
    pages=(PageText(1, "uno", "es"), PageText(2, "", None)),
    language="es",
    title="Título «con» comillas",
    authors=("Ana López",),
    year=2024,
    doi="10.1000/xyz",
    isbn="9789280000000",
    abstract="Resumen.",
    proposals=(Proposal("country", "HN", 2.5, (Evidence("Honduras", 3, "title"),)),),
    remarks=(Remark.ATTACHMENTS, Remark.PARTLY_READ),
    thumbnail=WEBP,
    copy_bytes=700,
)
DESCRIPTION = json.loads(described(WHOLE))


def opened(pages: object = 2) -> bytes:
    return line_of({"kind": "opened", "pages": pages})


def page(number: object, text: object = "uno") -> bytes:
    return line_of({"kind": "page", "number": number, "text": text})


def description(**changes: object) -> bytes:
    return line_of({**DESCRIPTION, **changes})


def heard(*lines: bytes) -> Transcript:
    transcript = Transcript(Draft(Path("/x")), LIMITS)
    for line in lines:
        transcript.take(line)
    return transcript


def test_what_an_honest_reader_says_arrives_unchanged() -> None:
    transcript = heard(
        opened(), page(1), page(2, ""), described(WHOLE), pictured(WEBP), cleaned(700)
    )
    assert transcript.draft == WHOLE
    assert transcript.described


def test_the_request_for_a_second_reader_carries_the_pages() -> None:
    request = read_request(request_line(WHOLE, reopen=False))
    assert [(p.number, p.text) for p in request[0].pages] == [(1, "uno"), (2, "")]
    assert request[0].remarks == WHOLE.remarks
    assert request[1] is False
    assert read_request(request_line(WHOLE, reopen=True)) == (
        Draft(Path("/x"), page_total=2, remarks=WHOLE.remarks),
        True,
    )


def test_a_refusal_comes_with_its_numbers() -> None:
    refused = heard(
        line_of({"kind": "refused", "reason": "too-large", "detail": {"bytes": 9, "limit": 5}})
    ).refused
    assert refused is not None
    assert (refused.reason, refused.detail) == (Reason.TOO_LARGE, {"bytes": 9, "limit": 5})


@pytest.mark.parametrize(
    "lines",
    [
        [b"\xff\xfe"],
        [b"[" * 5_000],
        [b"[]"],
        [b"{}"],
        [line_of({"kind": "launch"})],
        [opened(0)],
        [opened(10)],
        [opened(True)],
        [opened("2")],
        [page(1)],
        [opened(), page(2)],
        [opened(), page(1), page(1)],
        [opened(), page(1), page(2), page(3)],
        [opened(), page(True)],
        [opened(), page(1, None)],
        [opened(), page(1, "x" * 101)],
        [opened(), page(1, "nul \x00")],
        [opened(), b'{"kind": "page", "number": 1, "text": "half \\ud800"}'],
        [opened(5), *(page(n, "x" * 100) for n in (1, 2, 3, 4))],
        [opened(), description()],
        [opened(), page(1), description()],
        [opened(), page(1), page(2), description(), description()],
        [opened(), page(1), page(2), description(), page(2)],
        [opened(), page(1), pictured(WEBP)],
        [opened(), page(1), cleaned(9)],
        [opened(), page(1), page(2), description(), cleaned(0)],
        [opened(), page(1), page(2), description(), cleaned(LIMITS.written_bytes + 1)],
        [line_of({"kind": "refused", "reason": "dislike", "detail": {}})],
        [line_of({"kind": "refused", "reason": "empty", "detail": {"name": 1}})],
        [line_of({"kind": "failed", "error": "Error\nin the log"})],
        [line_of({"kind": "done", "cpu": {"gate": float("inf")}})],
    ],
)
def test_no_line_out_of_shape_or_order_is_believed(lines: list[bytes]) -> None:
    with pytest.raises(Garbled):
        heard(*lines)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": 7},
        {"title": "x" * 1_001},
        {"title": "nul\x00"},
        {"language": "de"},
        {"languages": ["es", "xx"]},
        {"authors": "Ana"},
        {"authors": [None]},
        {"authors": ["x"] * 101},
        {"year": 2024.5},
        {"year": 10**40},
        {"remarks": ["all-is-well"]},
        {"proposals": [7]},
        {"proposals": [{"facet": "country", "value": "HN", "score": "1", "evidence": []}]},
        {"proposals": [{"facet": "country", "value": "HN", "score": 1, "evidence": [{}]}]},
        {"personal_data": ["ana@example.org"]},
        {"personal_data": [{"kind": "shoe", "page": 1, "count": 1}]},
        {"personal_data": [{"kind": "email", "page": 0, "count": 1}]},
        {"personal_data": [{"kind": "email", "page": 1, "count": "ana@example.org"}]},
        {"personal_data": [{"kind": "email", "page": 1, "count": 1}] * 9},
    ],
)
def test_no_part_of_a_description_is_believed_unchecked(changes: dict[str, object]) -> None:
    with pytest.raises(Garbled):
        heard(opened(), page(1), page(2), description(**changes))


@pytest.mark.parametrize("picture", ["", "AAAA", "!", "é", "R" * 2_000_000, 7])
def test_only_a_small_webp_is_taken_for_a_picture(picture: object) -> None:
    lines = [opened(), page(1), page(2), description()]
    with pytest.raises(Garbled):
        heard(*lines, line_of({"kind": "pictured", "webp": picture}))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(DESCRIPTION)), inner)
    ),
    max_leaves=8,
)
KINDS = st.sampled_from(
    ["opened", "page", "described", "pictured", "cleaned", "refused", "failed", "done"]
)


@given(KINDS, st.dictionaries(st.sampled_from([*DESCRIPTION, "pages", "cpu", "webp"]), ANY_JSON))
def test_whatever_is_said_is_either_taken_or_garbled(kind: str, said: dict[str, object]) -> None:
    transcript = heard(opened(), page(1), page(2))
    with suppress(Garbled):
        transcript.take(json.dumps({**said, "kind": kind}).encode())


KNOWN = Draft(
    WHOLE.source,
    page_total=2,
    pages=(PageText(1, "uno", "es"), PageText(2, "dos", "ht")),
    language="ht",
    title=WHOLE.title,
    abstract=WHOLE.abstract,
    is_known=True,
)


def test_what_is_known_of_a_draft_reaches_its_reader_whole() -> None:
    assert read_request(request_line(KNOWN, reopen=False)) == (KNOWN, False)


def test_of_a_known_draft_only_its_proposals_are_believed() -> None:
    transcript = Transcript(KNOWN, LIMITS)
    transcript.take(proposed(WHOLE))
    assert transcript.described
    assert transcript.draft == replace(KNOWN, proposals=WHOLE.proposals)
    with pytest.raises(Garbled):
        transcript.take(proposed(WHOLE))  # once is enough
    with pytest.raises(Garbled):
        Transcript(KNOWN, LIMITS).take(description())


def test_proposals_alone_are_no_answer_where_a_description_was_asked_for() -> None:
    with pytest.raises(Garbled):
        heard(opened(1), page(1), proposed(WHOLE))
