"""Commands about accounts: user add, list, disable, enable, delete, reset."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config import LANGUAGES
from repo_app.cli.instance import fail, opened
from repo_app.cli.words import LANGUAGE, _
from repo_app.models import LinkPurpose, Role
from repo_app.models.documents import ALPHABET
from repo_app.runtime import Runtime
from repo_app.sentences import ACCOUNTS, ROLES
from repo_app.services import links, people
from repo_app.services.links import Invitation
from repo_app.services.people import Account, AccountRefused
from repo_app.workflow import OPERATOR

ACTOR = OPERATOR.signature

SAMPLE_HOST = "example.org"  # reserved: no mail to it can reach anybody


@click.group(help=_("Accounts: add, list, disable, enable, delete, reset."))
def user() -> None:
    pass


@user.command(help=_("Add an account; without a password, print an invitation once."))
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", help=_("The person's name; invited people write their own."))
@click.option("--language", default=LANGUAGE, type=click.Choice(LANGUAGES), show_default=True)
@click.option("--password-stdin", is_flag=True, help=_("Read the password from standard input."))
@click.pass_obj
def add(
    instance: Path | None,
    email: str,
    role: str,
    name: str | None,
    language: str,
    password_stdin: bool,
) -> None:
    if name and not password_stdin:
        raise click.UsageError(_("Invited people write their own name: leave --name out."))
    with opened(instance) as runtime, _explained():
        if password_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
            own = name or email.partition("@")[0]
            people.add(runtime.database, ACTOR, email, own, Role(role), language, password)
            click.echo(_("The account is ready."))
            return
        invitation = Invitation(email, Role(role), language)
        with runtime.database.writing() as session:
            token = links.invite(session, ACTOR, invitation, by_mail=False)
        _echo_link(runtime, LinkPurpose.INVITATION, language, token)


@user.command("list", help=_("List every account."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON document on standard output."))
@click.pass_obj
def list_all(instance: Path | None, as_json: bool) -> None:
    with opened(instance) as runtime, runtime.database.reading() as session:
        accounts = people.everybody(session)
    if as_json:
        click.echo(json.dumps([_as_json(a) for a in accounts], ensure_ascii=False, indent=1))
        return
    for account in accounts:
        state = f"  ({_('disabled')})" if account.disabled else ""
        click.echo(f"{account.email}  {_(ROLES[account.role])}  {account.name}{state}")


def _as_json(account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "role": account.role.value,
        "language": account.language,
        "disabled": account.disabled,
        "created_on": account.created_on.isoformat(),
        "organizations": [organization.name for organization in account.organizations],
    }


@user.command(help=_("Shut an account, in open sessions too."))
@click.argument("email")
@click.pass_obj
def disable(instance: Path | None, email: str) -> None:
    with opened(instance) as runtime, _explained(), runtime.database.writing() as session:
        people.disable(session, ACTOR, people.named(session, email).id)
    click.echo(_("The account is disabled."))


@user.command(help=_("Open a disabled account again."))
@click.argument("email")
@click.pass_obj
def enable(instance: Path | None, email: str) -> None:
    with opened(instance) as runtime, _explained(), runtime.database.writing() as session:
        people.enable(session, ACTOR, people.named(session, email).id)
    click.echo(_("The account is open again."))


@user.command(help=_("Delete an account for good; what it contributed stays, as nobody's."))
@click.argument("email")
@click.confirmation_option(
    "--yes", prompt=_("Delete it for good?"), help=_("Delete without asking.")
)
@click.pass_obj
def delete(instance: Path | None, email: str) -> None:
    with opened(instance) as runtime, _explained(), runtime.database.writing() as session:
        people.delete(session, ACTOR, people.named(session, email).id)
    click.echo(_("The account is deleted."))


@user.command(help=_("Print a link for a new password, once."))
@click.argument("email")
@click.pass_obj
def reset(instance: Path | None, email: str) -> None:
    with opened(instance) as runtime, _explained():
        with runtime.database.writing() as session:
            found = people.named(session, email)
            token = links.make_reset(session, ACTOR, found.id, by_mail=False)
        _echo_link(runtime, LinkPurpose.RESET, found.language, token)


@user.command(hidden=True, help=_("Make a sample account for each role, with random passwords."))
@click.pass_obj
def samples(instance: Path | None) -> None:
    names = {
        Role.CONTRIBUTOR: _("Sample contributor"),
        Role.PLANNER: _("Sample planner"),
        Role.CURATOR: _("Sample curator"),
        Role.ADMINISTRATOR: _("Sample administrator"),
    }
    made = []
    with opened(instance) as runtime:
        with runtime.database.reading() as session:
            known = {account.email for account in people.everybody(session)}
        for role, name in names.items():
            email = f"{role.value}@{SAMPLE_HOST}"
            if email not in known:
                password = _random_password()
                people.add(runtime.database, ACTOR, email, name, role, LANGUAGE, password)
                made.append(f"  {email:<28}{password}")
    if made:
        click.echo(_("Sample accounts; the passwords are shown only now:"))
        click.echo("\n".join(made))


def _random_password() -> str:
    """Sixteen letters, 78 bits, in groups that can be read aloud."""
    groups = ("".join(secrets.choice(ALPHABET) for _letter in range(4)) for _group in range(4))
    return "-".join(groups)


def _echo_link(runtime: Runtime, purpose: LinkPurpose, language: str, token: str | None) -> None:
    settings = runtime.settings
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    click.echo(_("Hand this link over safely. It works once and is not shown again:"), err=True)
    click.echo(links.address(base, purpose, language, str(token)))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except AccountRefused as refused:
        fail(_(ACCOUNTS[refused.reason]))
