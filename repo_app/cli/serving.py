"""The service as a process: waitress in the main thread, the worker as a child beside it."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from errno import EACCES, EADDRINUSE
from pathlib import Path

import click
from waitress.server import create_server

from repo_app.cli.words import _
from repo_app.i18n import N_
from repo_app.runtime import Runtime

LISTENING = {
    EADDRINUSE: N_("Port %(port)d is in use. Please stop the other program or choose --port."),
    EACCES: N_("Port %(port)d needs more rights. Please choose one above 1023 with --port."),
}
NO_SUCH_HOST = N_("“%(host)s” is no address of this machine. Please choose another --host.")

log = logging.getLogger(__name__)
LONGEST_PAUSE = 30.0


BEYOND = 4
"""Times the limit for uploads that a request may be before the line is cut: up to there a page
of ours says that the file is too large."""


def readers() -> int:
    """Files read at the same time beside the site: one processor stays free for its pages, which
    else take twice as long while a folder is taken in."""
    if sys.platform == "linux":
        return max(1, len(os.sched_getaffinity(0)) - 1)
    return max(1, (os.cpu_count() or 1) - 1)


class WorkerProcess:
    """Keeps one worker child alive; a child that dies is started again after a pause."""

    def __init__(self, instance: Path | None) -> None:
        # The default instance is not named: naming one moves the uploads into it as well.
        own = ["--instance", str(instance)] if instance else []
        # -P: whatever lies in the folder we were started in is no part of this program.
        self._command = [sys.executable, "-P", "-m", "repo_app.cli.command", *own]
        self._command += ["work", "--parent", str(os.getpid()), "--workers", str(readers())]
        self._stopping = threading.Event()
        self._spawning = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._supervise, name="worker-supervisor")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._spawning:
            self._stopping.set()
            if self._child is not None:
                self._child.terminate()
        if self._thread.is_alive():
            self._thread.join()

    def _supervise(self) -> None:
        pause = 1.0
        while True:
            started = time.monotonic()
            with self._spawning:
                if self._stopping.is_set():
                    return
                # A session of its own: Ctrl-C reaches the service, which stops it in order.
                self._child = child = subprocess.Popen(self._command, start_new_session=True)
            status = child.wait()
            if self._stopping.is_set():
                return
            pause = 1.0 if time.monotonic() - started > 60 else min(2 * pause, LONGEST_PAUSE)
            log.warning("the worker ended with status %s; a new one starts", status)
            self._stopping.wait(pause)


COLLECT_AT = (20_000, 10, 50)
"""Objects, and times of the generation before, after which garbage is looked for."""

KEPT = 16 << 20
"""Bytes of memory freed that the process keeps for the next request."""


def warm_up(runtime: Runtime) -> None:
    """Read what the first questions would have to wait for, and leave it out of every later search
    for garbage: one that goes through the vocabulary's labels takes a reader 150 ms, and one
    through the words remembered since 15 ms. Requests leave hardly anything for it."""
    from repo_app.services import searching

    searching.warm(runtime)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AT)
    # The C library returns whatever is larger than the largest block ever freed; else every
    # search is given its arrays anew, a page of memory at a time.
    bytearray(KEPT)


def _warm_up_beside(runtime: Runtime) -> None:
    """Beside the first pages: nobody waits for it."""
    threading.Thread(target=warm_up, args=(runtime,), name="warm", daemon=True).start()


def serve_site(runtime: Runtime, host: str, port: int, worker: WorkerProcess | None) -> None:
    """Blocks until SIGINT or SIGTERM, then stops the worker in order."""
    from repo_app.cli.lanes import Lanes, work_of
    from repo_app.web import build_app

    # SIGINT as well: whatever starts us in the background may have told us to ignore it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _as_interrupt)
    app = build_app(runtime)
    # What is too large for memory while it arrives: unnamed files, and nowhere but here.
    tempfile.tempdir = str(runtime.settings.instance)
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            _dispatcher=Lanes(work_of(app)),
            connection_limit=2000,  # slow readers must not use the places up
            asyncore_use_poll=True,
            max_request_body_size=BEYOND * runtime.settings.max_upload_bytes,
            ident=None,
            # ProxyFix reads them where the operator trusts a proxy; from anybody else they go.
            clear_untrusted_proxy_headers=not runtime.settings.trusted_proxies,
        )
    except (OSError, ValueError) as error:
        fault = LISTENING.get(getattr(error, "errno", 0), NO_SUCH_HOST)
        click.echo(_(fault) % {"port": port, "host": host}, err=True)
        sys.exit(1)
    click.echo(
        _("Serving on http://%(host)s:%(port)d — Ctrl-C stops it.") % {"host": host, "port": port}
    )
    try:
        if worker:
            worker.start()
        _warm_up_beside(runtime)
        server.run()
    finally:
        if worker:
            worker.stop()
        server.close()


def _as_interrupt(*_args: object) -> None:
    raise KeyboardInterrupt
