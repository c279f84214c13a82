"""Accounts from the command line: the first administrator, handing links over, samples."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config import Settings
from repo_app.cli import main
from repo_app.models import LinkPurpose
from repo_app.runtime import Runtime, running
from repo_app.services import links, people
from tests.factories import a_document, indexed

pytestmark = pytest.mark.usefixtures("cheap_passwords")

ADDRESS = "ana@example.org"
SECRET = "tres gatos sin paraguas"

Run = Callable[..., Result]


@pytest.fixture
def run(runtime: Runtime) -> Run:
    def call(*words: str, input: str | None = None) -> Result:
        arguments = ["--instance", str(runtime.settings.instance), *words]
        return CliRunner().invoke(main, arguments, input=input, catch_exceptions=False)

    return call


def listed(run: Run) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("user", "list", "--json").stdout)
    return found


def test_the_first_administrator_comes_from_the_command_line(run: Run, runtime: Runtime) -> None:
    words = ("user", "add", ADDRESS, "--role", "administrator", "--name", "Ana")
    assert run(*words, "--password-stdin", input=f"{SECRET}\n").exit_code == 0
    assert people.authenticate(runtime.database, ADDRESS, SECRET)
    (account,) = listed(run)
    assert (account["email"], account["name"], account["role"]) == (ADDRESS, "Ana", "administrator")
    assert "password" not in str(account)
    again = run(*words, "--password-stdin", input=f"{SECRET}\n")
    assert again.exit_code == 1
    assert "already" in again.stderr


def test_without_a_password_an_invitation_is_printed_once(run: Run, runtime: Runtime) -> None:
    result = run("user", "add", ADDRESS, "--role", "curator", "--language", "es")
    assert result.exit_code == 0
    link = result.stdout.strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/es/invitation/[\w-]{43}", link)
    made = links.accept(runtime.database, link.rpartition("/")[2], "Ana", "es", SECRET)
    assert made.role.value == "curator"


def test_a_new_password_is_a_link_too(run: Run, runtime: Runtime) -> None:
    run("user", "add", ADDRESS, "--role", "planner", "--password-stdin", input=SECRET)
    link = run("user", "reset", ADDRESS).stdout.strip()
    token = link.rpartition("/")[2]
    with runtime.database.reading() as session:
        assert links.opened(session, LinkPurpose.RESET, token)


def test_disabling_and_enabling(run: Run, runtime: Runtime) -> None:
    run("user", "add", ADDRESS, "--role", "planner", "--password-stdin", input=SECRET)
    assert run("user", "disable", ADDRESS.upper()).exit_code == 0
    assert listed(run)[0]["disabled"] is True
    assert "(disabled)" in run("user", "list").stdout
    assert people.authenticate(runtime.database, ADDRESS, SECRET) is None
    assert run("user", "enable", ADDRESS).exit_code == 0
    assert people.authenticate(runtime.database, ADDRESS, SECRET)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("add", "ana", "--role", "curator"), 1, "name@example.org"),
        (("add", ADDRESS, "--role", "king"), 2, "king"),
        (("add", ADDRESS, "--role", "curator", "--name", "Ana"), 2, "--name"),
        (("add", ADDRESS, "--role", "curator", "--password-stdin"), 1, "too short"),
        (("disable", ADDRESS), 1, "no such account"),
        (("enable", ADDRESS), 1, "no such account"),
        (("reset", ADDRESS), 1, "no such account"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, words: tuple[str, ...], status: int, sentence: str
) -> None:
    result = run("user", *words, input="short\n")
    assert result.exit_code == status
    assert sentence in result.stderr
    assert listed(run) == []


def test_the_only_administrator_cannot_be_disabled(run: Run) -> None:
    run("user", "add", ADDRESS, "--role", "administrator", "--password-stdin", input=SECRET)
    result = run("user", "disable", ADDRESS)
    assert result.exit_code == 1
    assert "only administrator" in result.stderr


def test_samples_are_shown_once_and_open_every_role(run: Run, runtime: Runtime) -> None:
    shown = dict(re.findall(r"(\S+@example\.org)\s+(\S+)", run("user", "samples").stdout))
    assert len(shown) == 4
    for email, password in shown.items():
        account = people.authenticate(runtime.database, email, password)
        assert account is not None
        assert email == f"{account.role.value}@example.org"
    again = run("user", "samples")
    assert (again.exit_code, again.output) == (0, "")
    assert "samples" not in run("user", "--help").output


def test_a_search_sees_what_the_account_may_see(run: Run, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Abierto", ["ventanilla"])
        a_document(session, "Interno", ["ventanilla"], audience=["curators"])
    indexed(runtime)
    for role in ("curator", "planner"):
        words = ("user", "add", f"{role}@example.org", "--role", role, "--password-stdin")
        run(*words, input=SECRET)
    totals = {
        who: json.loads(run("search", "ventanilla", "--as", who, "--json").stdout)["total"]
        for who in ("public", "planner@example.org", "curator@example.org")
    }
    assert totals == {"public": 1, "planner@example.org": 1, "curator@example.org": 2}
    run("user", "disable", "curator@example.org")
    for who in ("curator@example.org", "nobody@example.org"):
        refused = run("search", "ventanilla", "--as", who, "--json")
        assert refused.exit_code == 2
        assert refused.stdout == ""


def test_a_link_names_the_public_address_where_there_is_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REPO_PUBLIC_URL", "https://r.example")
    link = run("user", "add", ADDRESS, "--role", "curator").stdout
    assert link.startswith("https://r.example/")


def test_a_mail_server_needs_an_address_of_ours_and_its_password_is_never_shown(
    tmp_path: Path,
) -> None:
    from config import SettingsError

    with pytest.raises(SettingsError) as raised:
        Settings.load(tmp_path, env={"REPO_SMTP_URL": "http://u:canary@mail.example.org"})
    assert {fault.values["name"] for fault in raised.value.faults} == {
        "REPO_SMTP_URL",
        "REPO_MAIL_FROM",
        "REPO_PUBLIC_URL",
    }
    assert "canary" not in str(raised.value)
    env = {"REPO_MAIL_FROM": "a@example.org", "REPO_PUBLIC_URL": "https://r.example"}
    for url in ("smtp://mail.example.org", "smtps://u:p%40@mail.example.org:465"):
        with running(Settings.load(tmp_path, env=env | {"REPO_SMTP_URL": url})):
            pass
