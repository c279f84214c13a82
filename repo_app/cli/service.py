"""Commands that run the service: init, serve, work, migrate, reindex, check."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

import click

from repo_app import jobs, schema
from repo_app.cli.handing_over import rebuild_index, work_until
from repo_app.cli.instance import fail, opened, prepared
from repo_app.cli.words import _, ngettext
from repo_app.locking import WorkerRunning, worker_lock
from repo_app.runtime import Runtime
from repo_app.sentences import unsound_in_words
from repo_app.services import checking, indexing
from repo_app.worker import Worker


@click.command(help=_("Make an empty instance, or bring an existing one up to date."))
@click.pass_obj
def init(instance: Path | None) -> None:
    with prepared(instance) as runtime:
        click.echo(_("Ready: %(path)s") % {"path": runtime.settings.instance})
        click.echo(_("Take documents in with “mirps-repo ingest”, start with “mirps-repo serve”."))


@click.command(help=_("Bring the database to this version's schema."))
@click.pass_obj
def migrate(instance: Path | None) -> None:
    with prepared(instance) as runtime:
        click.echo(_("The schema is %(name)s.") % {"name": schema.current(runtime.database)})


@click.command(help=_("Serve the site, with the worker beside it."))
@click.option("--host", help=_("Address to listen on."))
@click.option("--port", type=click.IntRange(1, 65535), help=_("Port to listen on."))
@click.option("--no-worker", is_flag=True, help=_("Leave the worker to another process."))
@click.pass_obj
def serve(instance: Path | None, host: str | None, port: int | None, no_worker: bool) -> None:
    from repo_app.cli.serving import WorkerProcess, serve_site

    _log_to_stderr()
    with opened(instance) as runtime:
        settings = runtime.settings
        worker = None if no_worker else WorkerProcess(instance)
        serve_site(runtime, host or settings.host, port or settings.port, worker)


GIVES_WAY = 10
"""How much the worker and its readers give way to whoever reads a page, as ``nice`` counts: they
get a tenth of a processor that both want, and all of one that nobody else wants."""


@click.command(help=_("Read waiting files and keep the index, until stopped."))
@click.option("--workers", default=2, type=click.IntRange(1, 32), show_default=True)
@click.option("--parent", type=int, hidden=True)
@click.pass_obj
def work(instance: Path | None, workers: int, parent: int | None) -> None:
    _log_to_stderr()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    os.nice(GIVES_WAY)
    with opened(instance) as runtime:
        _work_when_alone(runtime, workers, stop, parent)


def _work_when_alone(
    runtime: Runtime, workers: int, stop: threading.Event, parent: int | None
) -> None:
    """Wait for the lock, then work. A worker whose service died must not live on."""

    def over() -> bool:
        return stop.is_set() or (parent is not None and os.getppid() != parent)

    told = False
    while not over():
        try:
            with worker_lock(runtime.settings.worker_lock_file):
                Worker(runtime, workers).run(until=over)
                return
        except WorkerRunning:
            if not told:
                click.echo(_("Another worker is running; this one waits its turn."), err=True)
            told = True
            stop.wait(0.5)


@click.command(help=_("Build the search index anew from the database."))
@click.pass_obj
def reindex(instance: Path | None) -> None:
    with opened(instance) as runtime:
        start = time.monotonic()
        if not rebuild_index(runtime):
            fail(_("The index could not be built. “mirps-repo check” says what is wrong."))
        count, seconds = indexing.published_total(runtime), time.monotonic() - start
        sentence = ngettext(
            "%(n)d document indexed in %(seconds).1f s.",
            "%(n)d documents indexed in %(seconds).1f s.",
            count,
        )
        click.echo(sentence % {"n": count, "seconds": seconds})


ROUNDS = 3  # of repair: mending one thing can show the next


@click.command(help=_("Check every invariant between database, files and index."))
@click.option("--repair", is_flag=True, help=_("Mend what can be mended."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON document on standard output."))
@click.pass_obj
def check(instance: Path | None, repair: bool, as_json: bool) -> None:
    with opened(instance) as runtime:
        findings = checking.examine(runtime)
        for _round in range(ROUNDS if repair else 0):
            if not findings:
                break
            checking.repair(runtime, findings)
            _work_off(runtime)
            findings = checking.examine(runtime)
    if as_json:
        click.echo(json.dumps({"findings": [f.as_dict() for f in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            what = unsound_in_words(finding.unsound, _) if finding.unsound else finding.what
            click.echo(_(checking.SENTENCES[finding.kind]) % {"what": what})
        if not findings:
            click.echo(_("Everything agrees: database, files and index."))
    sys.exit(1 if findings else 0)


def _work_off(runtime: Runtime) -> None:
    """Have the queued repairs done."""

    def done() -> bool:
        with runtime.database.reading() as session:
            return not jobs.waiting(session, *checking.REPAIRING)

    work_until(runtime, done)


def _log_to_stderr() -> None:
    """Times, levels and places; never an address, a query or a name (see the log sites)."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
