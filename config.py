"""Every setting, in one place. The only module that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "REPO_"
LANGUAGES = ("es", "en")
"""Interface languages, the default first."""


class SettingsError(Exception):
    """One or more settings cannot be used; ``faults`` holds a sentence for each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
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
        faults: list[str] = []
        for known in fields(cls):
            raw = env.get(PREFIX + known.name.upper())
            if raw is None:
                continue
            try:
                given[known.name] = _parsed(raw, like=known.default)
            except ValueError:
                faults.append(f"{PREFIX}{known.name.upper()}: {raw!r} is not a whole number.")
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
    return raw.strip()


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


def _unknown_names(cls: type[Settings], env: Mapping[str, str]) -> list[str]:
    known = {PREFIX + f.name.upper() for f in fields(cls)}
    return [
        f"{name} is no setting of this program. Known: {', '.join(sorted(known))}."
        for name in sorted(env)
        if name.startswith(PREFIX) and name not in known
    ]


SCHEMES = {
    "database_url": ("sqlite:",),
    "blobs_url": ("file:",),
    "search_url": ("whoosh:",),
    "queue_url": ("db:",),
}


def _faults(settings: Settings) -> list[str]:
    faults = [
        f"{PREFIX}{name.upper()}: {getattr(settings, name)!r} should begin with "
        f"{' or '.join(schemes)}."
        for name, schemes in SCHEMES.items()
        if not getattr(settings, name).startswith(schemes)
    ]
    if not 1 <= settings.port <= 65535:
        faults.append(f"{PREFIX}PORT: {settings.port} is no port; use 1 to 65535.")
    if not 1 <= settings.max_upload_mib <= 1024:
        faults.append(f"{PREFIX}MAX_UPLOAD_MIB: {settings.max_upload_mib} is not in 1 to 1024.")
    if settings.trusted_proxies < 0:
        faults.append(f"{PREFIX}TRUSTED_PROXIES: {settings.trusted_proxies} is below zero.")
    if settings.public_url and not _is_web_origin(settings.public_url):
        faults.append(
            f"{PREFIX}PUBLIC_URL: {settings.public_url!r} should look like https://example.org."
        )
    if settings.instance.exists() and not settings.instance.is_dir():
        faults.append(f"{PREFIX}INSTANCE: {settings.instance} is a file, not a folder.")
    return faults


def _is_web_origin(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.path


def operator_language(env: Mapping[str, str] = os.environ) -> str:
    """Language of the command line: that of the operator's locale, English where unknown."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := env.get(name):
            return "es" if value.lower().startswith("es") else "en"
    return "en"
