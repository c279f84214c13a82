"""The command that makes the clean copies that documents of earlier versions lack."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from ingest import Sandbox, SandboxDied
from repo_app.cli.instance import opened
from repo_app.cli.words import _, ngettext
from repo_app.runtime import Runtime
from repo_app.services.copies import Outcome, lacking, make


@click.command(help=_("Make the clean copies for readers that documents of earlier times lack."))
@click.pass_obj
def copies(instance: Path | None) -> None:
    with opened(instance) as runtime:
        with runtime.database.reading() as session:
            wanted = lacking(session)
        with click.progressbar(wanted, label=_("Making clean copies"), file=sys.stderr) as bar:
            outcomes = _made(runtime, bar)
    for line in _report(outcomes):
        click.echo(line)
    sys.exit(1 if outcomes[None] else 0)


def _made(runtime: Runtime, wanted: Iterable[int]) -> Counter[Outcome | None]:
    """How many came out in which way; None for what failed and may be tried again."""
    outcomes: Counter[Outcome | None] = Counter()
    with Sandbox() as sandbox:
        for document_id in wanted:
            try:
                outcomes[make(runtime, sandbox, document_id)] += 1
            except (SandboxDied, FileNotFoundError):
                outcomes[None] += 1
    return outcomes


def _report(outcomes: Counter[Outcome | None]) -> list[str]:
    made, impossible, failed = (
        outcomes[which] for which in (Outcome.MADE, Outcome.IMPOSSIBLE, None)
    )
    lines = [
        (made, ngettext("%(n)d clean copy made.", "%(n)d clean copies made.", made)),
        (
            impossible,
            ngettext(
                "Of %(n)d file none can be made: its text is read on the site.",
                "Of %(n)d files none can be made: their text is read on the site.",
                impossible,
            ),
        ),
        (
            failed,
            ngettext(
                "%(n)d file could not be read just now. “mirps-repo check” says what is wrong.",
                "%(n)d files could not be read just now. “mirps-repo check” says what is wrong.",
                failed,
            ),
        ),
    ]
    said = [sentence % {"n": number} for number, sentence in lines if number]
    return said or [_("No document lacks its clean copy.")]
