"""Commands about the vocabulary: check, show, report, retag."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from config import Settings, SettingsError
from index.vocabulary import Unsound, Vocabulary, VocabularyError, assemble, load, read_folder
from index.vocabulary.assembly import unsound
from index.vocabulary.instance_folder import additions_in
from ingest import Sandbox, SandboxDied
from repo_app import jobs
from repo_app.cli.handing_over import work_until
from repo_app.cli.instance import fail, opened
from repo_app.cli.words import LANGUAGE, _, formats, ngettext
from repo_app.i18n import N_
from repo_app.runtime import Runtime, running
from repo_app.sentences import unsound_in_words
from repo_app.services import acceptance, proposing, vocabulary_facts
from repo_app.services.acceptance import Rate
from repo_app.services.proposing import Changes

OPERATOR = "operator"
MOST_LINES = 40
JSON = click.option(
    "--json", "as_json", is_flag=True, help=_("One JSON document on standard output.")
)


@click.group(
    "vocabulary", help=_("The words by which tags are proposed: check, show, report, retag.")
)
def group() -> None:
    pass


@contextmanager
def instance_vocabulary(instance: Path | None) -> Iterator[tuple[Unsound, ...]]:
    """The vocabulary of the instance in force, and what was left out of it; where there is no
    instance, the shipped one."""
    try:
        settings = Settings.load(instance)
    except SettingsError:
        settings = None
    if settings is None or not settings.instance.is_dir():
        yield ()
        return
    with running(settings) as runtime:
        yield runtime.watch.unsound


@group.command(help=_("Check the files and labels that this instance, or FOLDER, adds."))
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@JSON
@click.pass_obj
def check(instance: Path | None, folder: Path | None, as_json: bool) -> None:
    if folder is None:
        with instance_vocabulary(instance) as wrong:
            checked = load()
    else:
        checked, wrong = _checked(folder)
    if as_json:
        found = [
            {"file": one.file, "line": one.line, "what": unsound_in_words(one, _)} for one in wrong
        ]
        _echo_json({"version": checked.version, "unsound": found})
    else:
        for one in wrong:
            click.echo(unsound_in_words(one, _), err=True)
        if not wrong:
            click.echo(
                _("Everything is sound. Version: %(version)s.") % {"version": checked.version}
            )
    sys.exit(1 if wrong else 0)


def _checked(folder: Path) -> tuple[Vocabulary, tuple[Unsound, ...]]:
    """A folder of additions, or one that holds a whole vocabulary."""
    if (folder / "concepts.yaml").exists():
        try:
            return read_folder(folder), ()
        except VocabularyError as error:
            return load(), (unsound(error),)
    additions, unreadable = additions_in(folder)
    assembled = assemble(additions)
    return assembled.vocabulary, (*unreadable, *assembled.unsound)


@group.command(
    help=_("Show a concept, plan, priority, activity, list or country by its ID or words.")
)
@click.argument("asked", required=False, metavar="[ID]")
@JSON
@click.pass_obj
def show(instance: Path | None, asked: str | None, as_json: bool) -> None:
    with instance_vocabulary(instance):
        found = (
            vocabulary_facts.named(load(), asked.strip())
            if asked is not None
            else (vocabulary_facts.overview(load()),)
        )
    if not found:
        fail(
            _(
                "The vocabulary knows no “%(asked)s”. "
                "“mirps-repo vocabulary show” lists what there is."
            )
            % {"asked": asked}
        )
    if as_json:
        _echo_json(found[0] if len(found) == 1 else list(found))
        return
    for facts in found:
        _echo_facts(facts)


FACTS = {
    "version": N_("Version"),
    "plans": N_("Plans"),
    "plan": N_("Plan"),
    "presidency": N_("Presidency"),
    "concepts": N_("Concepts"),
    "concept": N_("Concept"),
    "labels": N_("Labels"),
    "countries": N_("Countries"),
    "country": N_("Country"),
    "member_state": N_("Member state of the MIRPS"),
    "lists": N_("Lists"),
    "list": N_("List"),
    "entries": N_("Entries"),
    "added_plans": N_("Plans of this instance"),
    "added_files": N_("Files of labels"),
    "added_by_curators": N_("Labels added by curators"),
    "type": N_("Type"),
    "theme": N_("Counts for the theme"),
    "themes": N_("Themes"),
    "populations": N_("People concerned"),
    "name": N_("Name"),
    "other_labels": N_("Other labels"),
    "hidden_labels": N_("Recognised, never shown"),
    "acronyms": N_("Acronyms"),
    "weak_labels": N_("Weak: never enough alone"),
    "broader": N_("Broader"),
    "narrower": N_("Narrower"),
    "related": N_("Related"),
    "priorities": N_("Priorities"),
    "priority": N_("Priority"),
    "activities": N_("Activities"),
    "activity": N_("Activity"),
    "carried_over": N_("Carried over from older plans"),
}


def _echo_facts(facts: vocabulary_facts.Facts) -> None:
    for key, value in facts.items():
        if value in ("", [], {}):
            continue
        name = _(FACTS[key])
        if isinstance(value, dict):
            click.echo(f"{name}:")
            for part, words in value.items():
                click.echo(f"  {part}: {_in_one_line(words)}")
        else:
            click.echo(f"{name}: {_in_one_line(value)}")


def _in_one_line(value: Any) -> str:
    if isinstance(value, dict):  # wordings: the operator's language, or English
        return str(value.get(LANGUAGE) or value.get("en"))
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


@group.command(help=_("How often proposals are taken, by words and by value."))
@JSON
@click.pass_obj
def report(instance: Path | None, as_json: bool) -> None:
    with opened(instance) as runtime, runtime.database.reading() as session:
        found = acceptance.report(session)
    if as_json:
        rates = {"labels": found.labels, "values": found.values}
        _echo_json({name: [_rate_json(rate) for rate in some] for name, some in rates.items()})
        return
    if not found.values:
        click.echo(_("Nothing has been proposed yet."))
        return
    click.echo(_("not taken / taken / proposed"))
    for rate in (*found.labels, *found.values):
        label = f"“{rate.label}” → " if rate.label else ""
        figures = f"{rate.rejected:6} {rate.accepted:6} {rate.proposed:6}"
        click.echo(f"{figures}  {label}{rate.facet}={rate.value} [{rate.language or '—'}]")


def _rate_json(rate: Rate) -> dict[str, Any]:
    said = {"facet": rate.facet, "value": rate.value, "language": rate.language}
    if rate.label:
        said["label"] = rate.label
    return {
        **said,
        "proposed": rate.proposed,
        "accepted": rate.accepted,
        "rejected": rate.rejected,
    }


@group.command(help=_("Propose tags anew for the documents held, by the present vocabulary."))
@click.option("--dry-run", is_flag=True, help=_("Only say what would change; write nothing."))
@JSON
@click.pass_obj
def retag(instance: Path | None, dry_run: bool, as_json: bool) -> None:
    with opened(instance) as runtime:
        if dry_run:
            _look_ahead(runtime, as_json)
        else:
            _renew(runtime, as_json)


def _look_ahead(runtime: Runtime, as_json: bool) -> None:
    found: list[Changes] = []
    with runtime.database.reading() as session:
        left = proposing.progress(session, runtime.vocabulary.version).left
    after, label = 0, _("Looking ahead")
    try:
        with (
            Sandbox() as sandbox,
            click.progressbar(length=left, label=label, file=sys.stderr) as bar,
        ):
            while True:
                seen = proposing.look_ahead(runtime, sandbox.propose, after)
                found += seen.changes
                bar.update(seen.looked)
                if not (after := seen.after):
                    break
    except SandboxDied:
        fail(_("The documents could not be read just now. Please try again."))
    if as_json:
        _echo_json({"looked_at": left, "changes": [_changes_json(one) for one in found]})
        return
    for one in found:
        _echo_changes(one)
    sentence = ngettext(
        "%(n)s of %(all)s documents would change.",
        "%(n)s of %(all)s documents would change.",
        len(found),
    )
    click.echo(sentence % {"n": formats.decimal(len(found)), "all": formats.decimal(left)})


def _renew(runtime: Runtime, as_json: bool) -> None:
    version = runtime.vocabulary.version
    with runtime.database.writing() as session:
        before = proposing.progress(session, version)
        if before.left:
            proposing.ask(session, runtime.vocabulary, OPERATOR)
    with click.progressbar(length=before.left, label=_("Proposing anew"), file=sys.stderr) as bar:

        def done() -> bool:
            with runtime.database.reading() as session:
                now = proposing.progress(session, version)
            bar.update(max(0, before.left - now.left - bar.pos))
            return not now.running

        work_until(runtime, done)
    with runtime.database.reading() as session:
        left = proposing.progress(session, version).left
        stuck = jobs.dead(session, jobs.PROPOSE_AGAIN)
    renewed = before.left - left
    if as_json:
        _echo_json({"version": version, "renewed": renewed, "left": left})
    else:
        sentence = ngettext(
            "Tags were proposed anew for %(n)s document.",
            "Tags were proposed anew for %(n)s documents.",
            renewed,
        )
        click.echo(sentence % {"n": formats.decimal(renewed)})
    if left or stuck:
        fail(_("Some documents are left. “mirps-repo check” says what is wrong."))


def _changes_json(one: Changes) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "title": one.title,
        "comes": [
            {"facet": c.facet, "value": c.value, "labels": c.labels, "instead_of": c.instead_of}
            for c in one.comes
        ],
        "goes": [{"facet": facet, "value": value} for facet, value in one.goes],
        "unknown": [
            {"facet": g.facet, "value": g.value, "becomes": g.becomes} for g in one.unknown
        ],
        "unread": one.unread,
    }


def _echo_changes(one: Changes) -> None:
    click.echo(f"{one.public_id}  {one.title}")
    for new in one.comes:
        why = "; ".join([*([new.instead_of] if new.instead_of else []), *new.labels])
        click.echo(f"  + {new.facet}={new.value} ({why})")
    for facet, value in one.goes:
        click.echo(f"  - {facet}={value}")
    for gone in one.unknown:
        becomes = f" → {gone.becomes}" if gone.becomes else ""
        click.echo(f"  ? {gone.facet}={gone.value}{becomes}")
    if one.unread:
        click.echo("  " + _("It takes too long to read: its proposals stay as they are."))


def _echo_json(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))
