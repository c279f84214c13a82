"""Files come in one piece or many: whole, once, and nothing of an earlier one stays."""

from __future__ import annotations

import io
import stat
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest import Reason, Refused, Sandbox
from repo_app import jobs
from repo_app.models import Document, FileRole, Job, Page, State
from repo_app.runtime import Runtime
from repo_app.services import arrivals, contributions
from repo_app.services.answers import Field
from repo_app.services.arrivals import Announced, Damaged, WrongOffset
from repo_app.services.contributions import Agreed, Closed, NotFound
from tests.accounts import an_account
from tests.pdfs import a_pdf
from tests.reading import read_all

pytestmark = pytest.mark.usefixtures("cheap_passwords")

FIRST = a_pdf(["Informe sobre el retorno a Honduras", "Las personas retornadas piden trabajo."])
SECOND = a_pdf(["Estudio sobre el asilo en Panamá", "El sistema de asilo en Panamá."])
LIMIT = 10_000_000


@pytest.fixture
def me(runtime: Runtime) -> int:
    return an_account(runtime).id


@pytest.fixture
def draft(runtime: Runtime, me: int) -> str:
    with runtime.database.writing() as session:
        return contributions.begin(session, me).public_id


def attach(runtime: Runtime, me: int, draft: str, content: bytes) -> None:
    arrivals.attach(runtime, me, draft, io.BytesIO(content))


def row(runtime: Runtime, me: int, draft: str) -> Document:
    with runtime.database.reading() as session:
        found = contributions.own(session, me, draft)
        assert isinstance(found.files, list)  # loaded while the session lives
        assert isinstance(found.tags, list)
        return found


def waiting(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.query(Job).filter_by(kind=jobs.READ_DOCUMENT).count()


def announced(content: bytes, draft: str = "abc") -> Announced:
    return Announced(draft, len(content), f"{zlib.crc32(content):08x}")


def test_a_file_is_held_and_read(runtime: Runtime, me: int, draft: str, sandbox: Sandbox) -> None:
    attach(runtime, me, draft, FIRST)
    assert waiting(runtime) == 1
    read_all(runtime, sandbox)
    found = row(runtime, me, draft)
    assert found.state is State.DRAFT
    assert found.page_total == 2
    assert {file.role for file in found.files} == set(FileRole)
    assert "retorno" in found.title


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"<html><body>%PD</body></html>", Reason.NOT_A_PDF),
        (b"x" * 1024 + b"%PDF-1.7", Reason.NOT_A_PDF),
    ],
)
def test_what_is_no_pdf_is_refused_before_anything_is_kept(
    runtime: Runtime, me: int, draft: str, content: bytes, reason: Reason
) -> None:
    attach(runtime, me, draft, FIRST)
    kept = set(runtime.blobs.stored())
    with pytest.raises(Refused) as refused:
        attach(runtime, me, draft, content)
    assert refused.value.reason is reason
    assert set(runtime.blobs.stored()) == kept
    assert waiting(runtime) == 1


def test_another_file_takes_everything_along_that_nobody_confirmed(
    runtime: Runtime, me: int, draft: str, sandbox: Sandbox
) -> None:
    attach(runtime, me, draft, FIRST)
    read_all(runtime, sandbox)
    before = row(runtime, me, draft)
    with runtime.database.writing() as session:
        mine = contributions.changeable(session, me, draft)
        contributions.answer(session, runtime.vocabulary, mine, Field.YEAR, 2021)
        chosen = ("country=HN",)
        contributions.answer(session, runtime.vocabulary, mine, Field.COUNTRIES, chosen)
    attach(runtime, me, draft, SECOND)
    between = row(runtime, me, draft)
    assert (between.title, between.language, between.page_total) == ("", None, 0)
    assert between.year == 2021
    assert {(tag.facet, tag.value) for tag in between.tags} == {("country", "HN")}
    assert {file.role for file in between.files} == {FileRole.ORIGINAL}
    with runtime.database.reading() as session:
        assert session.query(Page).count() == 0
    for file in before.files:
        assert not runtime.blobs.exists(file.sha256)
    read_all(runtime, sandbox)
    after = row(runtime, me, draft)
    assert "asilo" in after.title
    assert ("country", "PA") in {(tag.facet, tag.value) for tag in after.tags}


def test_a_file_another_document_uses_as_well_is_not_deleted(
    runtime: Runtime, me: int, draft: str
) -> None:
    attach(runtime, me, draft, FIRST)
    with runtime.database.writing() as session:
        other = contributions.begin(session, me).public_id
    assert other != draft
    attach(runtime, me, other, FIRST)
    attach(runtime, me, draft, SECOND)
    kept = row(runtime, me, other).files[0].sha256
    assert runtime.blobs.exists(kept)


def test_of_two_files_sent_in_a_row_only_the_last_is_read(
    runtime: Runtime, me: int, draft: str, sandbox: Sandbox
) -> None:
    attach(runtime, me, draft, FIRST)
    attach(runtime, me, draft, SECOND)
    assert waiting(runtime) == 1
    read_all(runtime, sandbox)
    assert "asilo" in row(runtime, me, draft).title


def test_the_same_file_again_changes_nothing(
    runtime: Runtime, me: int, draft: str, sandbox: Sandbox
) -> None:
    attach(runtime, me, draft, FIRST)
    read_all(runtime, sandbox)
    before = row(runtime, me, draft)
    attach(runtime, me, draft, FIRST)
    after = row(runtime, me, draft)
    assert (after.revision, after.page_total) == (before.revision, 2)
    assert waiting(runtime) == 0


def test_the_same_file_is_tried_again_where_reading_gave_up(
    runtime: Runtime, me: int, draft: str
) -> None:
    attach(runtime, me, draft, FIRST)
    with runtime.database.writing() as session:
        session.query(Job).delete()
    attach(runtime, me, draft, FIRST)
    assert waiting(runtime) == 1


def test_a_file_can_be_taken_away_again(
    runtime: Runtime, me: int, draft: str, sandbox: Sandbox
) -> None:
    attach(runtime, me, draft, FIRST)
    read_all(runtime, sandbox)
    arrivals.detach(runtime, me, draft)
    left = row(runtime, me, draft)
    assert (left.files, left.title, left.text_sha256) == ([], "", None)
    assert list(runtime.blobs.stored()) == []


def test_nobody_else_and_nobody_after_sending_changes_the_file(
    runtime: Runtime, me: int, draft: str, sandbox: Sandbox
) -> None:
    stranger = an_account(runtime, email="other@example.org").id
    with pytest.raises(NotFound):
        attach(runtime, stranger, draft, FIRST)
    attach(runtime, me, draft, FIRST)
    with runtime.database.writing() as session:
        mine = contributions.changeable(session, me, draft)
        for field, value in (
            (Field.TITLE, "T"),
            (Field.LANGUAGE, "es"),
            (Field.SOURCE_KIND, "academic"),
            (Field.DOCUMENT_KIND, "thesis"),
            (Field.COUNTRIES, ("country=HN",)),
        ):
            contributions.answer(session, runtime.vocabulary, mine, field, value)
        contributions.send(session, mine, "es", set(Agreed))
    with pytest.raises(Closed):
        attach(runtime, me, draft, SECOND)
    read_all(runtime, sandbox)
    assert row(runtime, me, draft).state is State.IN_REVIEW


def test_an_unreadable_file_leaves_everything_that_was_said(
    runtime: Runtime, me: int, draft: str, sandbox: Sandbox
) -> None:
    with runtime.database.writing() as session:
        mine = contributions.changeable(session, me, draft)
        contributions.answer(session, runtime.vocabulary, mine, Field.TITLE, "Mío")
    attach(runtime, me, draft, b"%PDF-1.7\nnothing more")
    read_all(runtime, sandbox)
    found = row(runtime, me, draft)
    assert (found.state, found.title, found.files) == (State.DRAFT, "Mío", [])
    assert found.refusal in set(Reason)
    attach(runtime, me, draft, FIRST)
    assert row(runtime, me, draft).refusal is None


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_pieces_in_any_order_make_the_file_or_nothing(tmp_path: Path, data: st.DataObject) -> None:
    """Repeated, late and out of their place: only the one that follows is taken."""
    content = data.draw(st.binary(min_size=1, max_size=400))
    arrivals.discard(tmp_path, "abc")
    file = announced(content)
    held = 0
    for _ in range(60):
        offset = data.draw(st.one_of(st.just(held), st.integers(0, len(content) - 1)))
        end = data.draw(st.integers(offset + 1, len(content)))
        piece = content[offset:end]
        if offset == held:
            held = arrivals.accept(tmp_path, file, offset, piece, limit=LIMIT)
            assert held == end
        else:
            with pytest.raises(WrongOffset) as wrong:
                arrivals.accept(tmp_path, file, offset, piece, limit=LIMIT)
            assert wrong.value.held == held
        assert arrivals.held(tmp_path, file) == held
        if held == len(content):
            break
    if held == len(content):
        with arrivals.whole(tmp_path, file) as stream:
            assert stream.read() == content
        assert arrivals.held(tmp_path, file) == 0


def test_what_is_not_what_was_announced_has_to_come_again(tmp_path: Path) -> None:
    file = Announced("abc", 4, f"{zlib.crc32(b'good'):08x}")
    arrivals.accept(tmp_path, file, 0, b"evil", limit=LIMIT)
    with pytest.raises(Damaged), arrivals.whole(tmp_path, file):
        pytest.fail("a damaged file was handed on")
    assert arrivals.held(tmp_path, file) == 0
    with pytest.raises(Damaged), arrivals.whole(tmp_path, file):
        pytest.fail("a file that is not there was handed on")


@pytest.mark.parametrize("piece", [b"", b"12345", b"x" * (arrivals.PIECE + 1)])
def test_a_piece_that_does_not_fit_is_not_taken(tmp_path: Path, piece: bytes) -> None:
    with pytest.raises(Damaged):
        arrivals.accept(tmp_path, announced(b"1234"), 0, piece, limit=LIMIT)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_announced_as_too_large_is_refused_before_it_comes(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        arrivals.accept(tmp_path, Announced("abc", LIMIT + 1, "0" * 8), 0, b"x", limit=LIMIT)
    assert list(tmp_path.iterdir()) == []


def test_another_file_for_the_same_draft_takes_the_place_of_the_first(tmp_path: Path) -> None:
    arrivals.accept(tmp_path, announced(b"one"), 0, b"o", limit=LIMIT)
    arrivals.accept(tmp_path, announced(b"one", "other"), 0, b"on", limit=LIMIT)
    arrivals.accept(tmp_path, announced(b"three"), 0, b"t", limit=LIMIT)
    assert arrivals.held(tmp_path, announced(b"one")) == 0
    assert arrivals.held(tmp_path, announced(b"three")) == 1
    assert arrivals.held(tmp_path, announced(b"one", "other")) == 2


def test_only_its_owner_reads_what_is_arriving(tmp_path: Path) -> None:
    arrivals.accept(tmp_path, announced(b"one"), 0, b"o", limit=LIMIT)
    folder = tmp_path / arrivals.FOLDER
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_what_never_arrives_whole_is_swept_after_its_time(tmp_path: Path) -> None:
    assert arrivals.sweep(tmp_path, time.time()) == 0
    arrivals.accept(tmp_path, announced(b"one"), 0, b"o", limit=LIMIT)
    assert arrivals.sweep(tmp_path, time.time() - arrivals.KEPT) == 0
    assert arrivals.sweep(tmp_path, time.time() + 1) == 1
    assert arrivals.held(tmp_path, announced(b"one")) == 0


@pytest.mark.parametrize(
    ("public_id", "checksum"),
    [("../../etc", "0" * 8), ("abc", "../x"), ("", "0" * 8), ("a/b", "0" * 8), ("abc", "0" * 9)],
)
def test_an_announcement_never_names_a_path(public_id: str, checksum: str) -> None:
    with pytest.raises(ValueError, match="announcement"):
        Announced(public_id, 1, checksum)
    arrivals.discard(Path("/nowhere"), public_id)


def test_a_file_already_attached_is_recognised(runtime: Runtime, me: int, draft: str) -> None:
    attach(runtime, me, draft, FIRST)
    with runtime.database.reading() as session:
        mine = contributions.own(session, me, draft)
        assert arrivals.is_attached(runtime, mine, announced(FIRST, draft))
        same_size = bytes(len(FIRST))
        assert not arrivals.is_attached(runtime, mine, announced(same_size, draft))
        assert not arrivals.is_attached(runtime, mine, announced(SECOND, draft))


def test_a_file_removed_from_another_window_is_not_attached(
    runtime: Runtime, me: int, draft: str
) -> None:
    attach(runtime, me, draft, FIRST)
    announced = Announced(draft, len(FIRST), f"{zlib.crc32(FIRST):08x}")
    with runtime.database.reading() as session:
        row = contributions.own(session, me, draft)
        assert arrivals.is_attached(runtime, row, announced)
        for key in list(runtime.blobs.stored()):
            runtime.blobs.delete(key)
        assert not arrivals.is_attached(runtime, row, announced)


@pytest.mark.parametrize("size", [0, -1, 10**15, 10**300])
def test_no_file_is_announced_whose_size_none_can_have(size: int) -> None:
    with pytest.raises(ValueError):
        Announced("abcdefghjk", size, "00000000")
