"""What was wrong with a form: a sentence beside the field it is about."""

from __future__ import annotations

from collections.abc import Mapping

from repo_app.i18n import N_
from repo_app.sentences import ACCOUNTS, ORGANIZATIONS
from repo_app.services.organizations import Missing, OrganizationRefused
from repo_app.services.people import AccountRefused, Refusal
from repo_app.web.words import gettext as _

REFUSED = 422
"""The status of a form that comes back: understood, but something in it cannot be taken."""

FIELDS: Mapping[Refusal, str] = {
    Refusal.EMAIL_INVALID: "email",
    Refusal.EMAIL_TAKEN: "email",
    Refusal.NAME_MISSING: "name",
    Refusal.PASSWORD_SHORT: "password",
    Refusal.PASSWORD_LONG: "password",
    Refusal.PASSWORD_COMMON: "password",
    Refusal.PASSWORD_HOLDS_EMAIL: "password",
    Refusal.PASSWORD_WRONG: "present_password",
}
ORGANIZATION_FIELDS: Mapping[Missing, str] = {
    Missing.NAME: "name",
    Missing.NAME_TAKEN: "name",
    Missing.ALIAS: "alias",
    Missing.KIND: "source_kind",
}
DIFFERS = N_("The two passwords are not the same. Please type both again.")

Faults = Mapping[str, str]
"""Field to sentence; the field is '' where the whole form is meant."""

NONE: Faults = {}


def of(refused: AccountRefused) -> Faults:
    return {FIELDS.get(refused.reason, ""): _(ACCOUNTS[refused.reason])}


def of_organization(refused: OrganizationRefused) -> Faults:
    return {ORGANIZATION_FIELDS[refused.reason]: _(ORGANIZATIONS[refused.reason])}


def of_differing_passwords() -> Faults:
    return {"password_again": _(DIFFERS)}
