"""Letters with a link in them, sent by the worker over SMTP.

A letter says nothing but that there is a link and how long it works: no name, no title, no
organization. The token is made here, at the last moment, and its hash is stored before the
letter leaves, so that the link works when it arrives. A letter sent twice holds two links, of
which the later works.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy.orm import Session

from config import Settings
from repo_app import jobs
from repo_app.i18n import N_, translator
from repo_app.models import AccessLink, LinkPurpose
from repo_app.runtime import Runtime
from repo_app.services import links

TIMEOUT = 20.0
PORTS = {"smtp": 587, "smtps": 465}
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})

SUBJECTS = {
    LinkPurpose.INVITATION: N_("Your invitation"),
    LinkPurpose.RESET: N_("Your new password"),
}
BODIES = {
    LinkPurpose.INVITATION: N_(
        "Hello,\n\n"
        "you are invited to make an account. Open this address and choose a password:\n\n"
        "%(address)s\n\n"
        "It works once, for seven days. If you did not expect this, you need do nothing.\n"
    ),
    LinkPurpose.RESET: N_(
        "Hello,\n\n"
        "somebody asked for a new password for your account. Choose it here:\n\n"
        "%(address)s\n\n"
        "It works once, for a day. If it was not you, you need do nothing: your password "
        "stays as it is.\n"
    ),
}


class TlsMissing(Exception):
    """The mail server offers no encryption and is not on this machine: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Letter:
    to: str = field(repr=False)
    subject: str
    body: str = field(repr=False)


def deliver(runtime: Runtime, job: jobs.Claimed) -> None:
    """Send what a job asks for, with no transaction open meanwhile. Raises smtplib's errors,
    OSError, TlsMissing or LeaseLost; the job then comes again."""
    with runtime.database.writing() as session:
        letter = _letter(session, runtime.settings, job.link_id)
    if letter is not None:
        send(runtime.settings, letter)
    with runtime.database.writing() as session:
        jobs.finish(session, job)


def _letter(session: Session, settings: Settings, link_id: int | None) -> Letter | None:
    """None where there is nobody to write to, or no need any more."""
    link = session.get(AccessLink, link_id) if link_id is not None else None
    if link is None or link.used:
        return None
    to = link.email or (link.person.email if link.person and not link.person.disabled_at else None)
    if to is None:
        return None
    address = links.address(
        settings.public_url, link.purpose, link.language, links.give_token(link)
    )
    words = translator(link.language)
    return Letter(
        to, words(SUBJECTS[link.purpose]), words(BODIES[link.purpose]) % {"address": address}
    )


def send(settings: Settings, letter: Letter) -> None:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=parseaddr(settings.mail_from)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    server = urlsplit(settings.smtp_url)
    with _connected(server) as connection:
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def _connected(server: SplitResult) -> smtplib.SMTP:
    """Encrypted, or on this machine. ``local_hostname`` keeps our own name out of headers."""
    host, port = server.hostname or "", server.port or PORTS[server.scheme]
    tls = ssl.create_default_context()
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, "localhost", timeout=TIMEOUT, context=tls)
    connection = smtplib.SMTP(host, port, "localhost", timeout=TIMEOUT)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=tls)
    elif host not in THIS_MACHINE:
        connection.close()
        raise TlsMissing
    return connection
