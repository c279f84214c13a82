"""The command that looks for personal data in documents held from before there were warnings."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from repo_app.cli.instance import opened
from repo_app.cli.words import _, formats, ngettext
from repo_app.sentences import PERSONAL_DATA
from repo_app.services import later_warnings
from repo_app.services.later_warnings import Looked


@click.command(
    help=_("Look for personal data in the text of the documents held, and note where it may be.")
)
@click.option("--dry-run", is_flag=True, help=_("Only say what would change; write nothing."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON document on standard output."))
@click.pass_obj
def warn(instance: Path | None, dry_run: bool, as_json: bool) -> None:
    with opened(instance) as runtime:
        held, found = later_warnings.held(runtime), []
        with click.progressbar(held, label=_("Looking for personal data"), file=sys.stderr) as bar:
            for key in bar:
                looked = later_warnings.look(runtime, key)
                if looked and (dry_run or later_warnings.note(runtime, looked)):
                    found.append(looked)
    if as_json:
        changes = [_change_json(one) for one in found]
        document = {"looked_at": len(held), "changes": changes}
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for one in found:
        _echo_change(one)
    click.echo(_summary(len(found), len(held), dry_run=dry_run))


def _summary(changed: int, held: int, *, dry_run: bool) -> str:
    figures = {"n": formats.decimal(changed), "all": formats.decimal(held)}
    if dry_run:
        sentence = ngettext(
            "%(n)s of %(all)s documents would get new warnings.",
            "%(n)s of %(all)s documents would get new warnings.",
            changed,
        )
    else:
        sentence = ngettext(
            "%(n)s of %(all)s documents has new warnings.",
            "%(n)s of %(all)s documents have new warnings.",
            changed,
        )
    return sentence % figures


def _change_json(one: Looked) -> dict[str, Any]:
    found = [
        {"kind": w.kind.value, "count": w.count, "pages": list(w.pages), "more": w.more}
        for w in one.found
    ]
    return {"id": one.public_id, "title": one.title, "found": found}


def _echo_change(one: Looked) -> None:
    click.echo(f"{one.public_id}  {one.title}")
    for warned in one.found:
        pages = ", ".join(map(str, warned.pages)) + (" …" if warned.more else "")
        words = {"count": formats.decimal(warned.count), "pages": pages}
        click.echo("  " + _(PERSONAL_DATA[warned.kind]) % words)
