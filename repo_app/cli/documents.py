"""Commands about documents: ingest, search, suggest."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from index import FACETS, Query, SearchUnavailable
from index.contract import Addition
from index.vocabulary.naming import code
from ingest import Draft, Reason, Refused, Sandbox, SandboxDied
from repo_app.cli import words
from repo_app.cli.handing_over import rebuild_index, work_until
from repo_app.cli.instance import fail, opened, prepared
from repo_app.cli.vocabulary import instance_vocabulary
from repo_app.cli.words import _, ngettext
from repo_app.models import State
from repo_app.policy import ANYONE, PUBLIC, Viewer, viewer_with_account
from repo_app.runtime import Runtime
from repo_app.sentences import ACCOUNTS
from repo_app.services import batches, people, searching
from repo_app.services.batches import Failed, Source
from repo_app.services.people import AccountRefused

INTERRUPTED = 130  # what shells expect of a command that Ctrl-C ended
PATIENCE = 60.0  # seconds a search waits for an index


@dataclass(slots=True)
class Report:
    """What became of every source of one run."""

    labels: dict[int, str] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)


@click.command(
    "ingest", help=_("Take documents in: PDF files, folders, or those a manifest describes.")
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--manifest", "manifests", multiple=True, type=click.Path(path_type=Path), help=_("CSV file.")
)
@click.option("--publish", is_flag=True, help=_("Publish at once instead of waiting in review."))
@click.option("--workers", default=2, type=click.IntRange(1, 32), show_default=True)
@click.option("--json", "as_json", is_flag=True, help=_("One JSON document on standard output."))
@click.pass_obj
def take_in(
    instance: Path | None,
    paths: tuple[Path, ...],
    manifests: tuple[Path, ...],
    publish: bool,
    workers: int,
    as_json: bool,
) -> None:
    if not paths and not manifests:
        raise click.UsageError(_("Name at least one file, folder or manifest."))
    with prepared(instance) as runtime:
        report = Report()
        try:
            sources = _sources(runtime, paths, manifests, report)
            _deposit_all(runtime, sources, publish, report)
            _work_until_done(runtime, frozenset(report.labels), workers)
        except KeyboardInterrupt:
            sentence = _("Stopped. Nothing is lost: run the same command again to go on.")
            click.echo(f"\n{sentence}", err=True)
            sys.exit(INTERRUPTED)
        outcomes = _collect(runtime, report)
        sys.exit(_print_json(report, outcomes) if as_json else _print(report, outcomes))


def _sources(
    runtime: Runtime, paths: tuple[Path, ...], manifests: tuple[Path, ...], report: Report
) -> list[Source]:
    sources: list[Source] = []
    for manifest in manifests:
        found, failed = batches.from_manifest(manifest, runtime.vocabulary)
        sources += found
        report.failed += failed
    found, failed = batches.from_paths(paths)
    report.failed += failed
    return sources + found


def _deposit_all(runtime: Runtime, sources: list[Source], publish: bool, report: Report) -> None:
    with click.progressbar(sources, label=_("Taking in"), file=sys.stderr) as bar:
        for source in bar:
            outcome = batches.deposit(runtime, source, publish=publish)
            if isinstance(outcome, Failed):
                report.failed.append(outcome)
            elif outcome.unfinished and outcome.document_id not in report.labels:
                report.labels[outcome.document_id] = source.label
            else:
                report.held.append(source.label)


def _work_until_done(runtime: Runtime, document_ids: frozenset[int], workers: int) -> None:
    """Do the work here, or watch the running worker do it."""
    if not document_ids:
        return
    label = _("Reading and indexing")
    with click.progressbar(length=2 * len(document_ids), label=label, file=sys.stderr) as bar:

        def done() -> bool:
            reading, indexing = batches.unfinished(runtime, document_ids)
            finished = 2 * len(document_ids) - 2 * reading - indexing
            bar.update(max(0, finished - bar.pos))
            return reading + indexing == 0

        work_until(runtime, done, workers)


def _collect(runtime: Runtime, report: Report) -> dict[str, batches.Outcome]:
    outcomes = batches.outcomes(runtime, report.labels)
    for document_id, outcome in outcomes.items():
        label = report.labels[document_id]
        if outcome.state is State.REFUSED:
            report.failed.append(Failed(label, Refused(Reason(str(outcome.refusal)))))
        elif outcome.stuck:
            report.failed.append(Failed(label, batches.Unreadable.STUCK))
    return {
        report.labels[key]: outcome
        for key, outcome in outcomes.items()
        if outcome.state not in (State.REFUSED, State.RECEIVED)
    }


def _print(report: Report, outcomes: dict[str, batches.Outcome]) -> int:
    for failed in report.failed:
        click.echo(words.failure(failed), err=True)
    published = sum(1 for outcome in outcomes.values() if outcome.state is State.PUBLISHED)
    waiting = len(outcomes) - published
    lines = [
        (published, ngettext("%(n)d document published.", "%(n)d documents published.", published)),
        (waiting, ngettext("%(n)d document in review.", "%(n)d documents in review.", waiting)),
        (
            len(report.held),
            ngettext(
                "%(n)d document was already held and is skipped.",
                "%(n)d documents were already held and are skipped.",
                len(report.held),
            ),
        ),
        (
            len(report.failed),
            ngettext("%(n)d was not taken.", "%(n)d were not taken.", len(report.failed)),
        ),
    ]
    for number, sentence in lines:
        if number:
            click.echo(sentence % {"n": number})
    return 1 if report.failed else 0


def _print_json(report: Report, outcomes: dict[str, batches.Outcome]) -> int:
    documents = [
        {"source": words.shown(label), "id": outcome.public_id, "state": outcome.state.value}
        for label, outcome in outcomes.items()
    ]
    refused = [
        {"source": words.shown(f.label), "reason": words.code(f), "sentence": words.failure(f)}
        for f in report.failed
    ]
    held = [words.shown(label) for label in report.held]
    _echo_json({"documents": documents, "skipped": held, "refused": refused})
    return 1 if refused else 0


@click.command(help=_("Search as a reader would; always answers, whatever is typed."))
@click.argument("text", required=True)
@click.option("--filter", "filters", multiple=True, metavar="FACET=VALUE", help=_("May repeat."))
@click.option("--as", "viewer", default="public", metavar="public|EMAIL", show_default=True)
@click.option("--limit", default=10, type=click.IntRange(1, 100), show_default=True)
@click.option("--no-expand", is_flag=True, help=_("Only the words typed."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON document on standard output."))
@click.pass_obj
def search(
    instance: Path | None,
    text: str,
    filters: tuple[str, ...],
    viewer: str,
    limit: int,
    no_expand: bool,
    as_json: bool,
) -> None:
    with opened(instance) as runtime:
        who = _viewer(runtime, viewer)
        query = Query(text, who.audience, _filters(runtime, filters), words.LANGUAGE, size=limit)
        query = replace(query, expand=not no_expand)
        answer = _answer(runtime, who, query)
        if as_json:
            _echo_json(_answer_json(answer))
        else:
            _echo_answer(answer)


def _viewer(runtime: Runtime, named: str) -> Viewer:
    if named == PUBLIC:
        return ANYONE
    try:
        with runtime.database.reading() as session:
            account = people.named(session, named)
    except AccountRefused as refused:
        raise click.UsageError(_(ACCOUNTS[refused.reason])) from refused
    if account.disabled:
        raise click.UsageError(_("This account is disabled, so it may see nothing."))
    return viewer_with_account(account.id, account.role)


def _filters(runtime: Runtime, given: tuple[str, ...]) -> dict[str, frozenset[str]]:
    filters: dict[str, frozenset[str]] = {}
    for one in given:
        facet, equals, value = one.partition("=")
        if facet not in FACETS or not equals or not value:
            raise click.UsageError(
                _("“%(filter)s” is no filter. Write facet=value with one of: %(facets)s.")
                % {"filter": one, "facets": ", ".join(FACETS)}
            )
        filters[facet] = filters.get(facet, frozenset()) | {code(runtime.vocabulary, facet, value)}
    return filters


def _answer(runtime: Runtime, viewer: Viewer, query: Query) -> searching.Answer:
    """An answer even where the index is missing: it is rebuilt first, by us if nobody else."""
    try:
        return searching.find(runtime, viewer, query)
    except SearchUnavailable:
        click.echo(_("The search index is being rebuilt; this takes a moment."), err=True)
    try:
        if rebuild_index(runtime, patience=PATIENCE):
            return searching.find(runtime, viewer, query)
    except SearchUnavailable:
        pass
    fail(_("The index is not ready yet. Please try again in a while."))


def _answer_json(answer: searching.Answer) -> dict[str, Any]:
    return {
        "total": answer.total,
        "took_ms": round(answer.took_ms, 1),
        "expanded": [_addition_json(one) for one in answer.added],
        "respelt": dict(answer.respelt),
        "relaxation": answer.relaxation.value,
        "hits": [
            {
                "id": found.card.id,
                "title": found.card.title,
                "score": round(found.score, 4),
                "language": found.card.language,
                "source_kind": found.card.source_kind,
                "countries": list(found.card.countries),
                "pages": [{"page": page.number, "snippet": _snippet(page)} for page in found.pages],
            }
            for found in answer.found
        ],
        "facets": {facet: dict(values) for facet, values in answer.facets.items()},
    }


def _addition_json(addition: Addition) -> dict[str, Any]:
    return {
        "typed": addition.typed,
        "kind": addition.kind,
        "ids": list(addition.ids),
        "language": addition.language or None,
    }


def _snippet(page: searching.FoundPage) -> str:
    return " … ".join(passage.text for passage in page.passages)


def _echo_answer(answer: searching.Answer) -> None:
    total = ngettext("%(n)s document", "%(n)s documents", answer.total)
    took = words.formats.decimal(round(answer.took_ms, 1))
    number = words.formats.decimal(answer.total)
    click.echo(f"{total % {'n': number}} ({took} ms)")
    for found in answer.found:
        click.secho(f"\n{found.card.title}", bold=True)
        click.echo(f"  {found.card.id} · {found.card.language or '—'}")
        for page in found.pages:
            click.echo(_("  p. %(page)d: %(text)s") % {"page": page.number, "text": _snippet(page)})


@click.command(help=_("Propose a description for a PDF, or for plain text from “-”."))
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--language", help=_("The text's language, if known."))
@click.option("--title", help=_("The document's title, if known."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON document on standard output."))
@click.pass_obj
def suggest(
    instance: Path | None, file: Path, language: str | None, title: str | None, as_json: bool
) -> None:
    from ingest.plain_text import read_text

    try:
        with instance_vocabulary(instance):
            if str(file) == "-":
                text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
                draft = read_text(text, given_language=language, given_title=title)
            else:
                draft = _draft_of(file, language, title)
    except Refused as refused:
        fail(f"{words.shown(str(file))}: {words.refusal(refused)}")
    except batches.NotReadable as error:
        fail(words.failure(Failed(str(file), error.reason)))
    except SandboxDied:
        fail(words.failure(Failed(str(file), batches.Unreadable.FAILED)))
    if as_json:
        _echo_json(_draft_json(draft))
    else:
        _echo_draft(draft)


def _draft_of(file: Path, language: str | None, title: str | None) -> Draft:
    """Of a copy under a plain name: the sandbox is told a path, and names may be no text."""
    with (
        batches.opened_for_reading(file) as stream,
        tempfile.NamedTemporaryFile(suffix=".pdf") as copy,
        Sandbox() as sandbox,
    ):
        shutil.copyfileobj(stream, copy)
        copy.flush()
        return sandbox.read(Path(copy.name), given_language=language, given_title=title).draft


PLURALS = {
    "country": "countries",
    "theme": "themes",
    "population": "populations",
    "priority": "priorities",
    "activity": "activities",
    "scope": "scopes",
}


def _draft_json(draft: Draft) -> dict[str, Any]:
    proposals: dict[str, list[dict[str, Any]]] = {name: [] for name in PLURALS.values()}
    for proposal in draft.proposals:
        reasons = [
            {"label": e.label, "count": e.count, "where": e.where} for e in proposal.evidence
        ]
        proposals[PLURALS[proposal.facet]].append(
            {"value": proposal.value, "score": round(proposal.score, 3), "reasons": reasons}
        )
    personal = [asdict(warning) for warning in draft.personal_data]
    return {
        "language": draft.language,
        "title": draft.title,
        **proposals,
        "personal_data": personal,
    }


def _echo_draft(draft: Draft) -> None:
    click.echo(f"{draft.title or '—'} ({draft.language or '—'})")
    for proposal in draft.proposals:
        reasons = ", ".join(f"{e.label} ×{e.count}" for e in proposal.evidence)
        click.echo(f"  {proposal.facet}: {proposal.value} ({reasons})")
    for warning in draft.personal_data:
        click.echo(f"  personal data: {warning.kind} ×{warning.count}, page {warning.page}")


def _echo_json(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))
