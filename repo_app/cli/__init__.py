"""The command line: ``mirps-repo``. Each command reads its words, calls a service, reports."""

from __future__ import annotations

import os
from pathlib import Path

import click

from repo_app.cli.copies import copies
from repo_app.cli.documents import search, suggest, take_in
from repo_app.cli.people import user
from repo_app.cli.service import check, init, migrate, reindex, serve, work
from repo_app.cli.vocabulary import group as vocabulary_group
from repo_app.cli.warnings import warn
from repo_app.cli.words import _


@click.group(help=_("The knowledge repository of activity P4-R4-A5 of the MIRPS plan."))
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Folder that holds database, search index, files and secret key."),
)
@click.version_option(package_name="mirps-repository")
@click.pass_context
def main(context: click.Context, instance: Path | None) -> None:
    os.umask(0o077)  # whatever a command makes is readable by its owner alone
    context.obj = instance


for command in (
    *(init, serve, work, migrate, take_in, search, suggest, reindex, check, copies, user),
    *(warn, vocabulary_group),
):
    main.add_command(command)
