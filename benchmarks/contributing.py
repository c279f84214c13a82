"""Contributing, reviewing and searching at once, through the forms of a running service.

``python -m benchmarks.contributing``: a service with its worker on loopback over the sample
documents; four questions: (a) from a file of 60 pages to the review, (b) from publishing to
being found, (c) twenty uploads at once beside twenty searches a second, (d) the web process's
memory while ten files of 50 MB come in. The visitors share the machine with the service.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import select

from benchmarks.long_files import TEXTS, a_long_pdf
from benchmarks.measuring import machine, median, percentile, resident_mb, run, table
from benchmarks.serving import served, until
from benchmarks.visitors import Visitor
from config import Settings
from repo_app.models import Document, File, FileRole, Role, State
from repo_app.runtime import running
from repo_app.services import people

SAMPLES = Path(__file__).parents[1] / "samples" / "pdf"
PASSWORD = "tres gatos sin paraguas"
CONTRIBUTORS = 20
PUBLISHED = 5
UPLOADS = 20
SEARCHES_A_SECOND = 20
SECONDS = 20
THINKING = 2.0  # seconds a quick contributor spends on a question
BIG_FILES = 10
BIG = 50_000_000
LATE = 600.0
QUESTIONS = ("integración local", "refugiadas empleo", "frontera", "asylum", '"retorno voluntario"')
REVISION = re.compile(r'name="revision" value="(\d+)"')
ANSWERS = {
    "title": "Documento de prueba",
    "language": "es",
    "source_kind": "academic",
    "document_kind": "research-report",
    "countries": "HN",
}
AGREED = ("publish", "nobody-singled-out", "no-child-recognised")

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Site:
    """A running service; ``pid`` is its web process, the worker is a child of that."""

    instance: Path
    port: int
    pid: int
    words: list[str]

    def visitor(self, number: int) -> Visitor:
        return Visitor(self.port, f"127.0.0.{number + 1}")

    def contributor(self, number: int) -> Visitor:
        found = self.visitor(number)
        found.log_in(f"c{number}@example.org", PASSWORD)
        return found

    def curator(self) -> Visitor:
        found = self.visitor(200)
        found.log_in("curator@example.org", PASSWORD)
        return found


def report() -> None:
    print(f"\n## Contributing\n\n{machine()}\n")
    with tempfile.TemporaryDirectory() as folder, _service(Path(folder)) as site:
        rows: list[Row] = []
        for measure in (_to_review, _to_readers, _at_once, _memory):
            rows += measure(site, Path(folder))
        print(table(("what", "measured", "bar"), rows))


@contextmanager
def _service(folder: Path) -> Iterator[Site]:
    """The sample documents and an account for everybody, served with a worker."""
    instance = folder / "instance"
    base = [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance)]
    run([*base, "ingest", "--publish", str(SAMPLES)])
    _accounts(instance)
    with served(instance) as (port, pid):
        texts = (text.read_text(encoding="utf-8") for text in sorted(TEXTS.rglob("*.md")))
        yield Site(instance, port, pid, " ".join(texts).split())


def _accounts(instance: Path) -> None:
    with running(Settings.load(instance, env={})) as runtime:
        everybody = [(f"c{number}@example.org", Role.CONTRIBUTOR) for number in range(CONTRIBUTORS)]
        for email, role in [*everybody, ("curator@example.org", Role.CURATOR)]:
            people.add(runtime.database, "operator", email, "Prueba", role, "es", PASSWORD)


def _to_review(site: Site, folder: Path) -> list[Row]:
    """From the first byte of a file of 60 pages until a curator can decide on it."""
    contributor, curator = site.contributor(0), site.curator()
    file = _a_file(site, folder, pages=60, mark="sesenta")
    start = time.perf_counter()
    public_id = _contribute(contributor, file)
    answered = time.perf_counter() - start
    until(partial(_is_in_review, curator, public_id))
    took = time.perf_counter() - start
    return [
        (
            "(a) 60 pages: upload to in review",
            f"{took:.1f} s (of these {answered:.1f} s for the forms)",
            "20 s",
        )
    ]


def _to_readers(site: Site, folder: Path) -> list[Row]:
    """From pressing “publish” until a search finds a word that stands in no other document."""
    contributor, curator = site.contributor(0), site.curator()
    took = []
    for number in range(PUBLISHED):
        word = f"zarzaparrilla{'abcdefghij'[number]}"
        public_id = _contribute(contributor, _a_file(site, folder, pages=10, mark=word))
        until(partial(_is_in_review, curator, public_id))
        decide = f"/es/review/{public_id}/decide"
        revision = REVISION.search(curator.get(decide).text)
        assert revision
        typed = ("decision", "publish"), ("checked", "1"), ("revision", revision.group(1))
        start = time.perf_counter()
        answer = curator.post(decide, *typed)
        assert answer.status == 303, answer.status
        until(partial(_is_found, site.visitor(201 + number), public_id, word), pause=0.05)
        took.append(time.perf_counter() - start)
    shown = f"{median(took):.2f} s (the slowest of {PUBLISHED}: {max(took):.2f} s)"
    return [("(b) publish to found", shown, "3 s")]


def _at_once(site: Site, folder: Path) -> list[Row]:
    """Uploads that all begin together, two seconds into a steady stream of searches."""
    quiet = _searches(site, SECONDS // 4)
    contributors = [site.contributor(number) for number in range(UPLOADS)]
    files = [_a_file(site, folder, pages=20, mark=f"junto{number}") for number in range(UPLOADS)]
    together = threading.Barrier(UPLOADS + 1)

    def contribute(contributor: Visitor, file: Path) -> tuple[str, float]:
        together.wait()
        start = time.perf_counter()
        return _contribute(contributor, file, THINKING), time.perf_counter() - start

    with ThreadPoolExecutor(UPLOADS + 1) as pool:
        searching = pool.submit(_searches, site, SECONDS)
        sent = [pool.submit(contribute, *pair) for pair in zip(contributors, files, strict=True)]
        time.sleep(2)
        start, spent = time.perf_counter(), _cpu_seconds(site.pid)
        together.wait()
        contributed = [future.result() for future in sent]
        kept = _until_all_in_review(site, [public_id for public_id, _ in contributed], files)
        everything = time.perf_counter() - start
        busy = searching.result()
        spent = _cpu_seconds(site.pid) - spent
        took = time.perf_counter() - start
    return [
        (f"(c) {UPLOADS} uploads at once: kept and in review", f"{kept}", f"{UPLOADS}"),
        (
            "    the slowest through its forms; all in review",
            f"{max(seconds for _, seconds in contributed):.1f} s; {everything:.1f} s",
            "",
        ),
        (f"    searches beside, {SEARCHES_A_SECOND}/s: p95", _figures(busy), "150 ms"),
        ("    the same searches alone: p95", _figures(quiet), ""),
        ("    CPU of the web process meanwhile", f"{spent:.1f} s in {took:.1f} s", ""),
    ]


def _memory(site: Site, folder: Path) -> list[Row]:
    """The web process alone; the worker reads in processes of its own."""
    contributors = [site.contributor(number) for number in range(BIG_FILES)]
    drafts = [_begin(contributor) for contributor in contributors]
    files = [_a_big_file(site, folder, number) for number in range(BIG_FILES)]
    before = peak = resident_mb(site.pid)
    with ThreadPoolExecutor(BIG_FILES) as pool:
        sent = [pool.submit(_upload, *one) for one in zip(contributors, drafts, files, strict=True)]
        while not all(future.done() for future in sent):
            peak = max(peak, resident_mb(site.pid))
            time.sleep(0.02)
        for future in sent:
            future.result()
    shown = f"{before:.0f} MB before, {peak:.0f} MB at most (+{peak - before:.0f})"
    return [(f"(d) web process while {BIG_FILES} × 50 MB come in", shown, "flat")]


def _contribute(contributor: Visitor, file: Path, thinking: float = 0.0) -> str:
    """Through every form, with a pause before each, of whoever answers it; the public id."""
    public_id = _begin(contributor)
    at = f"/es/contributions/{public_id}"
    _upload(contributor, public_id, file)
    for name, value in ANSWERS.items():
        time.sleep(thinking)
        answer = contributor.post(f"{at}/{name}", (name, value))
        assert answer.status == 303, (name, answer.status)
    answer = contributor.post(f"{at}/send", *(("agreed", one) for one in AGREED))
    assert answer.status == 303, answer.status
    return public_id


def _begin(contributor: Visitor) -> str:
    answer = contributor.post("/es/contributions/new")
    assert answer.status == 303, answer.status
    return answer.location.split("/")[3]


def _upload(contributor: Visitor, public_id: str, file: Path) -> None:
    form = f"/es/contributions/{public_id}/file"
    answer = contributor.send_file(form, contributor.get(form).token, file)
    assert answer.status == 303, answer.status


def _is_in_review(curator: Visitor, public_id: str) -> bool:
    """While it is read the page is there, but offers no decision."""
    return 'value="publish"' in curator.get(f"/es/review/{public_id}/decide").text


def _is_found(reader: Visitor, public_id: str, word: str) -> bool:
    return public_id in reader.get("/es/search", q=word).text


def _searches(site: Site, seconds: int) -> list[float]:
    """Milliseconds of each, from the moment it was due: one that comes late has waited."""
    begin = time.perf_counter()

    def ask(number: int) -> float:
        due = begin + number / SEARCHES_A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        visitor = site.visitor(100 + number % SEARCHES_A_SECOND)
        answer = visitor.get("/es/search", q=QUESTIONS[number % len(QUESTIONS)])
        assert answer.status == 200, answer.status
        return 1000 * (time.perf_counter() - due)

    with ThreadPoolExecutor(SEARCHES_A_SECOND) as pool:
        return list(pool.map(ask, range(seconds * SEARCHES_A_SECOND)))


def _until_all_in_review(site: Site, public_ids: Sequence[str], files: Sequence[Path]) -> int:
    """How many of the contributions are in review with the very bytes that were sent."""
    sent = {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    found = (
        select(File.sha256)
        .join(Document)
        .where(
            Document.public_id.in_(public_ids),
            Document.state == State.IN_REVIEW,
            File.role == FileRole.ORIGINAL,
        )
    )
    with running(Settings.load(site.instance, env={})) as runtime:

        def kept() -> int:
            with runtime.database.reading() as session:
                return len(sent & set(session.scalars(found)))

        with suppress(TimeoutError):
            until(lambda: kept() == len(sent), patience=LATE)
        return kept()


def _a_file(site: Site, folder: Path, *, pages: int, mark: str) -> Path:
    """A PDF of words of the samples, ``mark`` among them and nowhere else."""
    at = sum(map(ord, mark)) % len(site.words)
    pdf = a_long_pdf([mark, *site.words[at:], *site.words[:at]], pages)
    file = folder / f"{mark}.pdf"
    file.write_bytes(pdf)
    return file


def _a_big_file(site: Site, folder: Path, number: int) -> Path:
    """Sound, but with a very long comment between its last object and its table."""
    pdf = _a_file(site, folder, pages=2, mark=f"grande{number}").read_bytes()
    table_at = pdf.rindex(b"\nxref\n") + 1
    padding = b"%" + b"x" * (BIG - len(pdf) - 20) + b"\n"
    end = re.sub(rb"startxref\s+\d+", b"startxref\n%d" % (table_at + len(padding)), pdf[table_at:])
    file = folder / f"grande{number}.pdf"
    file.write_bytes(pdf[:table_at] + padding + end)
    return file


def _figures(milliseconds: Sequence[float]) -> str:
    p95 = percentile(milliseconds, 0.95)
    return f"{p95:.0f} ms (p50 {median(milliseconds):.0f}, slowest {max(milliseconds):.0f})"


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    report()
