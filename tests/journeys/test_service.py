"""The service as a process: what happens when parts of it die, and that stopping stops all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pdfs import a_pdf

PATIENCE = 30.0
FILES = 6  # fewer than make a bulk load, which would gather documents for some seconds


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    base: str
    instance: Path

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.base + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError):
            return 0, ""

    def processes(self) -> list[int]:
        """Living processes of this instance and the sandboxes below them."""
        parents: dict[int, int] = {}
        mine: set[int] = set()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
                state, parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
                if str(self.instance) in line:
                    mine.add(int(entry.name))
        grown = True
        while grown:
            below = {pid for pid, parent in parents.items() if parent in mine}
            grown = not below <= mine
            mine |= below
        return sorted(mine)

    def worker(self) -> int:
        running: list[int] = []

        def there_is_one() -> bool:
            running[:] = [pid for pid in self.processes() if b"\0work\0" in _command(pid)]
            return len(running) == 1

        eventually(there_is_one)
        return running[0]


@dataclass
class Lasting:
    """One service for many tests: starting it takes longer than most of them."""

    start: Callable[[], Service]
    held: Service | None = None

    def sound(self) -> Service:
        if self.held is None or self.held.get("/health")[0] != 200:
            self.held = self.start()
        return self.held


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def eventually(promise: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not promise():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def mirps(instance: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance), *words]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with one published document, made once; each test serves a copy."""
    base = tmp_path_factory.mktemp("prepared")
    (base / "a.pdf").write_bytes(a_pdf(["Una ventanilla para personas refugiadas."]))
    ingest = mirps(base / "instance", "ingest", "--publish", str(base / "a.pdf"))
    subprocess.run(ingest, check=True, capture_output=True)
    return base / "instance"


@pytest.fixture
def instance(prepared: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "instance"
    shutil.copytree(prepared, copy)
    return copy


@pytest.fixture
def service(instance: Path) -> Iterator[Service]:
    """For tests that end it: a service of their own."""
    with serving(instance) as running:
        yield running


@pytest.fixture(scope="module")
def shared(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lasting]:
    """The service that tests borrow from each other; every one that was started ends here."""
    with ExitStack() as stack:

        def start() -> Service:
            instance = tmp_path_factory.mktemp("lasting") / "instance"
            shutil.copytree(prepared, instance)
            return stack.enter_context(serving(instance))

        yield Lasting(start)


@pytest.fixture
def lasting(shared: Lasting) -> Service:
    """For tests after which it goes on as before; should one have broken it, it is a new one."""
    return shared.sound()


@contextmanager
def serving(instance: Path, *options: str, **env: str) -> Iterator[Service]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        mirps(instance, "serve", "--port", str(port), *options),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | env,
    )
    running = Service(process, f"http://127.0.0.1:{port}", instance)
    try:
        eventually(lambda: running.get("/health")[0] == 200)
        yield running
    finally:
        for pid in running.processes():
            os.kill(pid, signal.SIGKILL)
        process.wait()


def test_an_index_deleted_while_serving_is_back_by_itself(lasting: Service) -> None:
    assert "ventanilla" in lasting.get("/es/search?q=refugiadas")[1]
    lasting.worker()
    shutil.rmtree(lasting.instance / "search")
    eventually(lambda: "ventanilla" in lasting.get("/es/search?q=refugiadas")[1])


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_what_a_proxy_says_counts_where_it_is_trusted_only(instance: Path, proxies: str) -> None:
    with serving(instance, "--no-worker", REPO_TRUSTED_PROXIES=proxies) as service:
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        question = urllib.request.Request(service.base + "/es/log-in", headers=forwarded)
        with urllib.request.urlopen(question, timeout=10) as answer:
            assert ("Secure" in answer.headers["Set-Cookie"]) is (proxies == "1")


def test_searches_say_that_the_index_is_being_rebuilt_until_it_is(instance: Path) -> None:
    with serving(instance, "--no-worker") as service:
        shutil.rmtree(instance / "search")
        status, page = service.get("/es/search?q=refugiadas")
        assert status == 503
        assert "índice" in page
        assert "</html>" in page
        assert service.get("/health")[0] == 503
        with subprocess.Popen(mirps(instance, "work"), stderr=subprocess.DEVNULL) as worker:
            try:
                eventually(lambda: "ventanilla" in service.get("/es/search?q=refugiadas")[1])
            finally:
                worker.terminate()
        assert service.get("/health")[0] == 200


def test_documents_taken_in_beside_a_running_service_are_found_by_it(
    lasting: Service, tmp_path: Path
) -> None:
    new = tmp_path / "new.pdf"
    new.write_bytes(a_pdf(["Guarderías comunitarias junto al albergue."]))
    lasting.worker()
    taken = subprocess.run(
        mirps(lasting.instance, "ingest", "--publish", "--json", str(new)),
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(taken.stdout)["documents"][0]["state"] == "published"
    assert "albergue" in lasting.get("/es/search?q=guarder%C3%ADas")[1]


def test_a_killed_worker_is_started_again(lasting: Service) -> None:
    first = lasting.worker()
    os.kill(first, signal.SIGKILL)
    eventually(lambda: lasting.worker() != first)
    assert lasting.get("/health")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_the_service_stops_everything(service: Service, number: int) -> None:
    service.worker()
    service.process.send_signal(number)
    service.process.wait(timeout=PATIENCE)
    eventually(lambda: service.processes() == [])


@pytest.fixture
def heeding_ctrl_c() -> Iterator[None]:
    """What a shell starts in the background ignores Ctrl-C, and so would its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding_ctrl_c")
def test_ctrl_c_in_the_middle_of_taking_in_ends_at_once_and_the_next_run_goes_on(
    tmp_path: Path,
) -> None:
    folder, instance = tmp_path / "pdfs", tmp_path / "instance"
    folder.mkdir()
    for n in range(FILES):
        text = f"Informe {n} sobre integración local. " * 40
        (folder / f"{n}.pdf").write_bytes(a_pdf([text] * 60))
    words = mirps(instance, "ingest", "--publish", str(folder))
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    eventually(lambda: 0 < _read_already(instance) < FILES)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=8)
    assert child.returncode == 130
    assert "same command again" in said
    assert "Traceback" not in said
    eventually(lambda: Service(child, "", instance).processes() == [])  # type: ignore[arg-type]
    again = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert again.returncode == 0
    assert f"{FILES} document" in again.stdout or "already held" in again.stdout


def _read_already(instance: Path) -> int:
    """How many documents the worker has read; none while there is no database yet."""
    with suppress(sqlite3.OperationalError):
        address = f"file:{instance / 'repository.db'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            counted = "SELECT count(*) FROM document WHERE state = 'published'"
            return int(database.execute(counted).fetchone()[0])
    return 0


def test_a_killed_service_leaves_no_worker_behind(service: Service) -> None:
    service.worker()
    service.process.kill()
    service.process.wait()
    eventually(lambda: service.processes() == [])


def test_a_second_service_on_the_same_port_is_told_in_a_sentence(lasting: Service) -> None:
    port = lasting.base.rsplit(":", 1)[1]
    second = subprocess.run(
        mirps(lasting.instance, "serve", "--no-worker", "--port", port),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert second.returncode == 1
    assert port in second.stderr
    assert "Traceback" not in second.stderr
