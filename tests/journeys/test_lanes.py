"""A crowd of forms keeps no reader waiting, and no form of it is lost."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from flask import Flask
from waitress.server import create_server

from repo_app.cli.lanes import FORMS, Lanes, work_of

PATIENCE = 10.0


@contextmanager
def served(app: Flask, is_work: Callable[[str, str], bool]) -> Iterator[int]:
    over = threading.Event()
    sockets: dict[int, object] = {}
    lanes = Lanes(is_work)
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, _dispatcher=lanes)

    def run() -> None:
        while not over.is_set():
            server.asyncore.loop(timeout=0.02, map=sockets, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        over.set()
        thread.join(PATIENCE)
        server.close()
        server.asyncore.close_all(sockets)


def ask(port: int, method: str, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_while_every_thread_for_forms_is_busy_readers_are_answered_and_no_form_is_lost() -> None:
    app, go_on, busy = Flask("site"), threading.Event(), threading.Semaphore(0)

    @app.post("/form")
    def form() -> str:
        busy.release()
        assert go_on.wait(PATIENCE)
        return "taken"

    @app.get("/search")
    def search() -> str:
        return "found"

    crowd = 3 * FORMS
    with (
        served(app, lambda method, _path: method == "POST") as port,
        ThreadPoolExecutor(crowd) as pool,
    ):
        sent = [pool.submit(ask, port, "POST", "/form") for _ in range(crowd)]
        try:
            assert all(busy.acquire(timeout=PATIENCE) for _ in range(FORMS))
            assert [ask(port, "GET", "/search") for _ in range(20)] == [200] * 20
            assert not busy.acquire(blocking=False), "more forms at once than were meant to be"
        finally:
            go_on.set()
        assert [one.result() for one in sent] == [200] * crowd


def test_what_is_no_request_is_answered_as_before() -> None:
    with served(Flask("site"), lambda _method, _path: True) as port:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
            line.sendall(b"get / nonsense\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.0 400 ")
        assert ask(port, "GET", "/") == 404


@pytest.mark.parametrize(
    ("method", "path", "works"),
    [
        ("GET", "/", False),
        ("GET", "/es/", False),
        ("HEAD", "/en/search", False),
        ("GET", "/search", False),
        ("GET", "/es/completions", False),
        ("GET", "/documents/abc/file.pdf", False),
        ("GET", "/es/log-in", False),
        ("GET", "/health", False),
        ("GET", "/static/site.css", False),
        ("GET", "/es/never-was", False),
        ("GET", "", False),
        ("POST", "/es/log-in", True),
        ("POST", "/es/search", True),
        ("GET", "/es/contributions/abc/title", True),
        ("POST", "/es/contributions/abc/title", True),
        ("GET", "/en/review/", True),
        ("GET", "/en/curate/collection", True),
        ("GET", "/es/operations", True),
    ],
)
def test_whoever_reads_takes_the_lane_of_readers(
    app: Flask, method: str, path: str, works: bool
) -> None:
    assert work_of(app)(method, path) is works
