"""Every setting, in one place. The only module that reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

PREFIX = "REPO_"
LANGUAGES = ("es", "en")
"""Interface languages, the default first."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    return message


@dataclass(frozen=True, slots=True)
class SettingFault:
    """A wrong setting: a sentence with placeholders, and what belongs into them."""

    sentence: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return self.sentence % self.values


class SettingsError(Exception):
    """One or more settings cannot be used; ``faults`` says each in a sentence."""

    def __init__(self, faults: tuple[SettingFault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"help": sentence})


@dataclass(frozen=True, slots=True)
class Settings:
    """Four URLs choose the deployment; nothing else in the code asks which one it is.

    Empty URLs mean the embedded default inside ``instance`` (see ``load``).
    """

    instance: Path = setting(Path("instance"), "folder of database, search index and secret key")
    database_url: str = setting("", "sqlite:///FILE (default: repository.db in the instance)")
    blobs_url: str = setting("", "file:FOLDER (default: uploads)")
    search_url: str = setting("", "whoosh:FOLDER (default: search in the instance)")
    queue_url: str = setting("db:", "db: (the worker polls the jobs table)")
    host: str = setting("127.0.0.1", "address the service listens on")
    port: int = setting(8000, "port the service listens on")
    public_url: str = setting("", "address people reach the site at, such as https://example.org")
    trusted_proxies: int = setting(0, "how many proxies of yours stand before the service")
    max_upload_mib: int = setting(50, "largest accepted file, in MiB")
    smtp_url: str = setting("", "smtps://USER:PASSWORD@HOST:PORT or smtp://…, to send invitations")
    mail_from: str = setting("", "e-mail address that invitations come from")

    @property
    def max_upload_bytes(self) -> int:
        return self.max_upload_mib * 1024 * 1024

    @property
    def secret_key_file(self) -> Path:
        return self.instance / "secret.key"

    @property
    def worker_lock_file(self) -> Path:
        return self.instance / "worker.lock"

    @classmethod
    def load(cls, instance: Path | None = None, env: Mapping[str, str] = os.environ) -> Settings:
        """Settings from ``env``; ``instance`` (the command line's word) wins over REPO_INSTANCE.

        Raises SettingsError naming every wrong setting at once.
        """
        given: dict[str, Any] = {}
        faults: list[SettingFault] = []
        for known in fields(cls):
            raw = env.get(PREFIX + known.name.upper(), "").strip()
            if not raw:
                continue  # an empty variable says nothing: the default holds
            try:
                given[known.name] = _parsed(raw, like=known.default)
            except ValueError:
                faults.append(
                    _fault(N_("%(name)s: “%(value)s” is not a whole number."), known.name, raw)
                )
        faults += _unknown_names(cls, env)
        if instance is not None:
            given["instance"] = instance
        settings = _with_defaults(cls(**given), own_folder="instance" in given)
        faults += _faults(settings)
        if faults:
            raise SettingsError(tuple(faults))
        return settings


def _parsed(raw: str, *, like: object) -> object:
    if isinstance(like, int):
        return int(raw)
    if isinstance(like, Path):
        return Path(raw)
    return raw


def _with_defaults(settings: Settings, *, own_folder: bool) -> Settings:
    """Fill the empty URLs. An instance named by the operator holds its files too."""
    instance = settings.instance.expanduser().absolute()
    uploads = instance / "uploads" if own_folder else Path("uploads").absolute()
    return replace(
        settings,
        instance=instance,
        database_url=settings.database_url or f"sqlite:///{instance / 'repository.db'}",
        blobs_url=settings.blobs_url or f"file:{uploads}",
        search_url=settings.search_url or f"whoosh:{instance / 'search'}",
        public_url=settings.public_url.rstrip("/"),
    )


def _fault(sentence: str, name: str, value: object, hint: str = "") -> SettingFault:
    return SettingFault(
        sentence, {"name": PREFIX + name.upper(), "value": str(value), "hint": hint}
    )


def _unknown_names(cls: type[Settings], env: Mapping[str, str]) -> list[SettingFault]:
    known = {PREFIX + f.name.upper() for f in fields(cls)}
    sentence = N_("%(name)s is no setting of this program. Known are: %(hint)s.")
    return [
        _fault(sentence, name.removeprefix(PREFIX), "", ", ".join(sorted(known)))
        for name in sorted(env)
        if name.startswith(PREFIX) and name not in known
    ]


SHAPES = {
    "database_url": (r"sqlite:///.+", "sqlite:///FILE"),
    "blobs_url": (r"file:.+", "file:FOLDER"),
    "search_url": (r"whoosh:.+", "whoosh:FOLDER"),
    "queue_url": (r"db:", "db:"),
    "public_url": (r"(https?://[^/\s\[\]]+)?", "https://example.org"),
}
"""The settings that are addresses: what each may be, and how it is written."""


def _faults(settings: Settings) -> list[SettingFault]:
    shape = N_("%(name)s: “%(value)s” should be written like %(hint)s.")
    faults = [
        _fault(shape, name, getattr(settings, name), example)
        for name, (pattern, example) in SHAPES.items()
        if not re.fullmatch(pattern, getattr(settings, name))
    ]
    if not 1 <= settings.port <= 65535:
        faults.append(_fault(N_("%(name)s: use a port from 1 to 65535."), "port", ""))
    if not 1 <= settings.max_upload_mib <= 1024:
        faults.append(
            _fault(N_("%(name)s: use a number of MiB from 1 to 1024."), "max_upload_mib", "")
        )
    if settings.trusted_proxies < 0:
        faults.append(_fault(N_("%(name)s cannot be below zero."), "trusted_proxies", ""))
    faults += _mail_faults(settings)
    if settings.instance.exists() and not settings.instance.is_dir():
        sentence = N_("%(name)s: “%(value)s” is a file, not a folder.")
        faults.append(_fault(sentence, "instance", settings.instance))
    return faults


def _mail_faults(settings: Settings) -> list[SettingFault]:
    """The mail server's address holds a password, so no sentence repeats it."""
    if not settings.smtp_url:
        return []
    faults = []
    if not re.fullmatch(r"smtps?://([^@/\s]+@)?[^@:/\s]+(:[1-9]\d{0,4})?/?", settings.smtp_url):
        example = "smtps://USER:PASSWORD@mail.example.org"
        faults.append(
            _fault(N_("%(name)s should be written like %(hint)s."), "smtp_url", "", example)
        )
    needed = N_("%(name)s is needed as well where mail is sent (%(hint)s).")
    if "@" not in settings.mail_from:
        faults.append(_fault(needed, "mail_from", "", PREFIX + "SMTP_URL"))
    if not settings.public_url:
        faults.append(_fault(needed, "public_url", "", PREFIX + "SMTP_URL"))
    return faults


def operator_language(env: Mapping[str, str] = os.environ) -> str:
    """Language of the command line: that of the operator's locale, English where unknown."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := env.get(name):
            return "es" if value.lower().startswith("es") else "en"
    return "en"
