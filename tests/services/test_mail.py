"""Letters: sent to a real mail server on this machine, saying no more than that there is a link."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from repo_app import jobs
from repo_app.models import AccessLink, Job, JobState, LinkPurpose, Organization, Role
from repo_app.runtime import Runtime
from repo_app.services import links, mail, people
from repo_app.services.links import Invitation
from repo_app.services.mail import TlsMissing
from repo_app.web import build_app
from repo_app.worker import Worker
from tests.accounts import PASSWORD, an_account, send

pytestmark = pytest.mark.usefixtures("cheap_passwords")

SITE = "https://repositorio.example"
NEW = "cuatro perros azules"


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs, written down in ``server.post``."""

    server: PostOffice

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            self.server.heard.append(line)
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.say("354 go on")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.post.append(message_from_bytes(letter, policy=policy.default))
                self.say(self.server.verdict)
            elif word == b"EHLO":
                self.say("250-here\r\n250-AUTH PLAIN\r\n250 8BITMIME")
            elif word == b"AUTH":
                self.say("235 welcome")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class PostOffice(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Conversation)
        self.post: list[EmailMessage] = []
        self.heard: list[bytes] = []
        self.verdict = "250 taken"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    yield from _open("127.0.0.1")


@pytest.fixture
def far_office() -> Iterator[PostOffice]:
    """Another address, as if it were another machine."""
    yield from _open("127.0.0.2")


def _open(host: str) -> Iterator[PostOffice]:
    with PostOffice(host) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def mailing(runtime: Runtime, office: PostOffice, user: str = "") -> Runtime:
    host, port = office.server_address[:2]
    settings = replace(
        runtime.settings,
        smtp_url=f"smtp://{user}{host}:{port}",
        mail_from="Repositorio <equipo@repositorio.example>",
        public_url=SITE,
    )
    return replace(runtime, settings=settings)


def work_off(runtime: Runtime) -> None:
    """Have the worker send what waits."""

    def done() -> bool:
        with runtime.database.reading() as session:
            return session.query(Job).filter(Job.state != JobState.DEAD).count() == 0

    Worker(runtime, 1).run(until=done, look_every=0.05)


def invite(runtime: Runtime, language: str = "es") -> None:
    with runtime.database.writing() as session:
        session.add(Organization(name="Canariense"))
        session.flush()
        invitation = Invitation("ana@example.org", Role.CURATOR, language, 1)
        assert links.invite(session, "administrator:1", invitation, by_mail=True) is None


def link_in(letter: EmailMessage) -> str:
    found = re.search(rf"{SITE}(/\S+)", letter.get_content())
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("language", "words"), [("es", "Recibió una invitación"), ("en", "you are invited")]
)
def test_an_invitation_arrives_and_its_link_works(
    runtime: Runtime, office: PostOffice, language: str, words: str
) -> None:
    served = mailing(runtime, office)
    invite(served, language)
    work_off(served)
    (letter,) = office.post
    assert letter["To"] == "ana@example.org"
    assert letter["From"] == "Repositorio <equipo@repositorio.example>"
    assert words in letter.get_content()
    path = link_in(letter)
    assert path.startswith(f"/{language}/invitation/")
    client = build_app(served, limited=False).test_client()
    done = send(client, path, name="Ana", language=language, password=NEW, password_again=NEW)
    assert done.status_code == 303


def test_a_letter_says_no_more_than_that_there_is_a_link(
    runtime: Runtime, office: PostOffice
) -> None:
    served = mailing(runtime, office)
    invite(served)
    work_off(served)
    whole = office.post[0].as_string() + office.post[0].get_content()
    for word in ("Canariense", "Curaduría", "curator", "administrator", "MIRPS"):
        assert word not in whole
    assert set(office.post[0].keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip
    assert office.heard[0].strip().lower() == b"ehlo localhost"


def test_the_token_lies_neither_in_the_queue_nor_in_the_database(
    runtime: Runtime, office: PostOffice
) -> None:
    served = mailing(runtime, office)
    invite(served)
    with runtime.database.reading() as session:
        assert session.query(AccessLink).one().token_hash is None
        job = session.query(Job).one()
        assert (job.kind, job.document_id) == (jobs.SEND_MAIL, None)
    work_off(served)
    token = link_in(office.post[0]).rpartition("/")[2]
    runtime.database.engine.dispose()
    held = b"".join(p.read_bytes() for p in runtime.settings.instance.rglob("*") if p.is_file())
    assert token.encode() not in held
    with runtime.database.reading() as session:
        assert session.query(Job).count() == 0


def test_a_forgotten_password_goes_to_its_owner_and_the_page_tells_nobody(
    runtime: Runtime, office: PostOffice
) -> None:
    served = mailing(runtime, office)
    account = an_account(served)
    client = build_app(served, limited=False).test_client()
    pages = [
        send(client, "/es/forgotten", email=email).text
        for email in (account.email, "nobody@example.org", "no address")
    ]
    assert pages[0] == pages[1] == pages[2]
    assert account.email not in pages[0]
    work_off(served)
    (letter,) = office.post
    assert letter["To"] == account.email
    done = send(client, link_in(letter), password=NEW, password_again=NEW)
    assert done.status_code == 303
    assert people.authenticate(served.database, account.email, NEW)


def test_administrators_are_not_shown_what_goes_by_mail(
    runtime: Runtime, office: PostOffice
) -> None:
    served = mailing(runtime, office)
    boss = an_account(served, Role.ADMINISTRATOR)
    client = build_app(served, limited=False).test_client()
    send(client, "/es/log-in", email=boss.email, password=PASSWORD)
    asked = send(client, "/es/people/invite", email="new@example.org", role="planner")
    assert asked.headers["Location"] == "/es/people/?done=mailed"
    page = f"/es/people/{boss.id}"
    asked = send(client, f"{page}/reset-link", seen=page)
    assert asked.headers["Location"] == f"{page}?done=mailed"
    work_off(served)
    assert {letter["To"] for letter in office.post} == {"new@example.org", boss.email}


def test_a_server_that_refuses_is_asked_again_with_a_link_that_works(
    runtime: Runtime, office: PostOffice
) -> None:
    served = mailing(runtime, office)
    invite(served)
    office.verdict = "451 later"

    def tried() -> bool:
        with runtime.database.reading() as session:
            return session.query(Job).one().error is not None

    Worker(served, 1).run(until=tried, look_every=0.05)
    with runtime.database.writing() as session:
        job = session.query(Job).one()
        assert "@" not in str(job.error)
        assert "SMTPDataError" in str(job.error)
        job.run_at = job.run_at.replace(year=2020)
    office.verdict = "250 taken"
    work_off(served)
    with runtime.database.reading() as session:
        tokens = [link_in(letter).rpartition("/")[2] for letter in office.post]
        assert links.opened(session, LinkPurpose.INVITATION, tokens[0]) is None
        assert links.opened(session, LinkPurpose.INVITATION, tokens[-1]) is not None


def test_a_withdrawn_or_disabled_recipient_gets_nothing(
    runtime: Runtime, office: PostOffice
) -> None:
    served = mailing(runtime, office)
    an_account(served, Role.ADMINISTRATOR)
    account = an_account(served)
    with runtime.database.writing() as session:
        links.make_reset(session, "administrator:1", account.id, by_mail=True)
        people.disable(session, "administrator:1", account.id)
    work_off(served)
    assert office.post == []


def test_the_password_of_the_mail_server_is_used_as_it_was_meant(
    runtime: Runtime, office: PostOffice
) -> None:
    served = mailing(runtime, office, user="post:p%40ss@")
    invite(served)
    work_off(served)
    assert any(line.startswith(b"AUTH PLAIN AHBvc3QAcEBzcw==") for line in office.heard)


def test_nothing_is_sent_in_the_clear_to_another_machine(
    runtime: Runtime, far_office: PostOffice
) -> None:
    served = mailing(runtime, far_office, user="post:secret@")
    letter = mail.Letter("ana@example.org", "Su enlace", "x")
    with pytest.raises(TlsMissing):
        mail.send(served.settings, letter)
    assert far_office.post == []
    assert not any(b"AUTH " in line for line in far_office.heard)


def test_without_a_mail_server_letters_wait(runtime: Runtime) -> None:
    invite(runtime)
    looks: list[int] = []

    def twice() -> bool:
        looks.append(1)
        return len(looks) > 2

    Worker(runtime, 1).run(until=twice, look_every=0.05)
    with runtime.database.reading() as session:
        assert session.query(Job).one().state is JobState.READY
