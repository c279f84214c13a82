"""A manifest and its files from a browser: each file under its own line, no name kept."""

from __future__ import annotations

import io

import pytest

from ingest import Reason, Refused
from repo_app.models import AuditEvent, Document, Job, State
from repo_app.runtime import Runtime
from repo_app.services import deposits
from repo_app.services.deposits import Report, Upload
from repo_app.services.manifests import Fault, Problem
from tests.pdfs import a_pdf


def sent(runtime: Runtime, manifest: str | None, *files: tuple[str, bytes]) -> Report:
    uploads = [Upload(name, io.BytesIO(content)) for name, content in files]
    told = None if manifest is None else io.BytesIO(manifest.encode())
    return deposits.deposit(runtime, told, uploads, "curator:3")


def problems(report: Report) -> list[tuple[int, object]]:
    return [
        (one.line, one.reason.problem if isinstance(one.reason, Fault) else one.reason.reason)
        for one in report.not_taken
    ]


def test_each_file_comes_under_its_own_line_and_waits_in_review(runtime: Runtime) -> None:
    report = sent(
        runtime,
        "file,title,url\ncanario-b.pdf,Dos,\ncanario-a.pdf,Uno,\n,Tres,https://example.org/x\n",
        ("canario-a.pdf", a_pdf(["A"])),
        ("canario-b.pdf", a_pdf(["B"])),
    )
    assert [(one.line, one.name, one.title) for one in report.taken] == [
        (2, "canario-b.pdf", "Dos"),
        (3, "canario-a.pdf", "Uno"),
        (4, "", "Tres"),
    ]
    assert (report.not_taken, report.unused) == ((), ())
    with runtime.database.reading() as session:
        states = {row.title: row.state for row in session.query(Document)}
        assert states == {
            "Uno": State.RECEIVED, "Dos": State.RECEIVED, "Tres": State.IN_REVIEW,
        }  # fmt: skip
        assert not any(row.publish_when_read for row in session.query(Document))
        assert session.query(Job).count() == 2
        acted = [e.actor for e in session.query(AuditEvent).filter_by(action="deposited")]
        assert acted == ["curator:3"] * 3
    stored = (runtime.settings.instance / "repository.db").read_bytes()
    assert b"canario" not in stored


def test_one_bad_line_stops_no_other(runtime: Runtime) -> None:
    report = sent(
        runtime,
        "file,title,year\na.pdf,Uno,2024\nb.pdf,Dos,24\nc.pdf,Tres,\nd.pdf,Cuatro,\ne.pdf,Cinco,\n",
        ("a.pdf", a_pdf(["A"])),
        ("b.pdf", a_pdf(["B"])),
        ("d.pdf", b"<html>"),
        ("e.pdf", b""),
        ("f.pdf", a_pdf(["F"])),
    )
    assert [one.title for one in report.taken] == ["Uno"]
    assert problems(report) == [
        (3, Problem.BAD_YEAR),
        (4, Problem.MISSING_FILE),
        (5, Reason.NOT_A_PDF),
        (6, Reason.EMPTY),
    ]
    assert report.unused == ("b.pdf", "f.pdf")


def test_sent_twice_it_is_held_once(runtime: Runtime) -> None:
    for already in (False, True):
        report = sent(runtime, "file,title\na.pdf,Uno\n", ("a.pdf", a_pdf(["A"])))
        assert [one.already_held for one in report.taken] == [already]
    with runtime.database.reading() as session:
        assert session.query(Document).count() == 1
        assert session.query(AuditEvent).filter_by(action="deposited").count() == 1


def test_folders_in_the_manifest_and_the_way_letters_are_written_do_not_matter(
    runtime: Runtime,
) -> None:
    report = sent(
        runtime,
        "file,title\nfichas/2024/situacio\u0301n.pdf,Uno\nC:\\datos\\dos.pdf,Dos\n",
        ("situaci\u00f3n.pdf", a_pdf(["A"])),
        ("dos.pdf", a_pdf(["B"])),
    )
    assert [one.title for one in report.taken] == ["Uno", "Dos"]


def test_no_file_comes_under_a_description_that_may_not_be_its_own(runtime: Runtime) -> None:
    report = sent(runtime, "file,title\na/x.pdf,Uno\nb/x.pdf,Dos\n", ("x.pdf", a_pdf(["A"])))
    assert problems(report) == [(2, Problem.SAME_NAME), (3, Problem.SAME_NAME)]
    report = sent(
        runtime, "file,title\nx.pdf,Uno\n", ("x.pdf", a_pdf(["A"])), ("x.pdf", a_pdf(["B"]))
    )
    assert problems(report) == [(2, Problem.MISSING_FILE)]
    with runtime.database.reading() as session:
        assert session.query(Document).count() == 0


def test_no_name_in_a_manifest_reaches_the_disk(runtime: Runtime) -> None:
    report = sent(runtime, "file,title\n/etc/passwd,Uno\n../secret.key,Dos\n")
    assert problems(report) == [(2, Problem.MISSING_FILE), (3, Problem.MISSING_FILE)]


def test_files_without_a_manifest_are_taken_as_they_are(runtime: Runtime) -> None:
    report = sent(runtime, None, ("a.pdf", a_pdf(["A"])), ("b.pdf", b"no"))
    assert [one.name for one in report.taken] == ["a.pdf"]
    assert [one.name for one in report.not_taken] == ["b.pdf"]


def test_a_manifest_beyond_measure_is_not_read(runtime: Runtime) -> None:
    report = sent(runtime, "x" * (deposits.LARGEST_MANIFEST + 1), ("a.pdf", a_pdf(["A"])))
    assert problems(report) == [(0, Problem.TOO_LARGE)]
    assert report.unused == ("a.pdf",)


def test_a_file_beyond_the_limit_is_refused_and_the_others_go_on(runtime: Runtime) -> None:
    large = a_pdf(["A"]) + b"\0" * runtime.settings.max_upload_bytes
    report = sent(runtime, None, ("a.pdf", large), ("b.pdf", a_pdf(["B"])))
    assert [one.name for one in report.taken] == ["b.pdf"]
    (refused,) = report.not_taken
    assert isinstance(refused.reason, Refused)
    assert refused.reason.reason is Reason.TOO_LARGE


def test_of_more_than_can_be_waited_for_nothing_is_taken(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deposits, "MOST_DOCUMENTS", 2)
    lines = [f"Estudio {n},https://example.org/{n}" for n in range(3)]
    report = sent(runtime, "\n".join(["title,url", *lines]))
    assert problems(report) == [(0, Problem.TOO_MANY)]
    files = [(f"{n}.pdf", a_pdf(str(n))) for n in range(3)]
    assert problems(sent(runtime, None, *files)) == [(0, Problem.TOO_MANY)]
    with runtime.database.reading() as session:
        assert session.query(Document).count() == 0
    assert len(sent(runtime, "\n".join(["title,url", *lines[:2]])).taken) == 2
