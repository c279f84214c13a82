"""What people type into the forms about accounts, read and nothing more."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from config import LANGUAGES
from repo_app.models import Naming, Role
from repo_app.services.organizations import Profile
from repo_app.typed import one_line
from repo_app.web.numbers import row_number

LONGEST_LINE = 300
LONGEST_SECRET = 1000

Typed = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class LogIn:
    email: str
    password: str
    after: str

    @classmethod
    def read(cls, form: Typed, args: Typed) -> LogIn:
        after = form.get("next") or args.get("next", "")
        return cls(line(form, "email"), secret(form, "password"), after)


@dataclass(frozen=True, slots=True)
class Oneself:
    name: str
    language: str

    @classmethod
    def read(cls, form: Typed, language: str) -> Oneself:
        return cls(line(form, "name"), one_of(LANGUAGES, form.get("language"), language))


@dataclass(frozen=True, slots=True)
class NewPassword:
    password: str
    again: str
    present: str

    @classmethod
    def read(cls, form: Typed) -> NewPassword:
        return cls(
            secret(form, "password"),
            secret(form, "password_again"),
            secret(form, "present_password"),
        )

    @property
    def differs(self) -> bool:
        return self.password != self.again


@dataclass(frozen=True, slots=True)
class Invite:
    email: str
    role: Role
    organization_id: int | None
    language: str

    @classmethod
    def read(cls, form: Typed, language: str) -> Invite:
        return cls(
            line(form, "email"),
            role(form) or Role.CONTRIBUTOR,
            form.get("organization", type=row_number),
            one_of(LANGUAGES, form.get("language"), language),
        )


def role(form: Typed) -> Role | None:
    return Role(form["role"]) if form.get("role") in set(Role) else None


def organization_profile(form: Typed, kinds: frozenset[str], countries: frozenset[str]) -> Profile:
    kind, country, naming = form.get("source_kind"), form.get("country"), form.get("naming")
    return Profile(
        name=line(form, "name"),
        source_kind=kind if kind in kinds else None,
        country=country if country in countries else None,
        naming=Naming(naming) if naming in set(Naming) else Naming.SHOWN,
        alias=line(form, "alias"),
    )


def line(form: Typed, name: str) -> str:
    return one_line(form.get(name, ""), LONGEST_LINE)


def secret(form: Typed, name: str) -> str:
    """As it was typed, every space of it."""
    return form.get(name, "")[:LONGEST_SECRET]


def one_of(known: tuple[str, ...], said: str | None, otherwise: str) -> str:
    return said if said in known else otherwise
