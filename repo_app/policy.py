"""Who may see what and do what: one function for SQL, one set for search, one table of actions.

Nobody is a viewer by default, and an action that no table names does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, type_coerce

from repo_app.models import AudienceGroup, Document, Role, State

PUBLIC = "public"
REGISTERED = "registered"
CURATORS = "curators"
EVERY_GROUP = frozenset({PUBLIC, REGISTERED, "ntt", "rtt", "ppt", CURATORS})

AUDIENCES: Mapping[Role, frozenset[str]] = {
    Role.CONTRIBUTOR: frozenset({PUBLIC, REGISTERED}),
    # Groups of planners (ntt, rtt, ppt) come with an account that says so, never with the role.
    Role.PLANNER: frozenset({PUBLIC, REGISTERED}),
    Role.CURATOR: EVERY_GROUP,
    Role.ADMINISTRATOR: EVERY_GROUP,
}

EVERYBODY = frozenset(Role)
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
REVIEWERS = frozenset({Role.CURATOR})

MAY: Mapping[str, frozenset[Role]] = {
    "account.delete": EVERYBODY,
    "account.log_out_everywhere": EVERYBODY,
    "account.mine": EVERYBODY,
    "account.password": EVERYBODY,
    "contributions.copy": EVERYBODY,
    "contributions.index": EVERYBODY,
    "contributions.new": EVERYBODY,
    "contributions.question": EVERYBODY,
    "contributions.second_look": EVERYBODY,
    "contributions.send": EVERYBODY,
    "contributions.show": EVERYBODY,
    "contributions.take_back": EVERYBODY,
    "collection.index": REVIEWERS,
    "collection.tag": REVIEWERS,
    "curation.edit": REVIEWERS,
    "curation.new": REVIEWERS,
    "curation.new_version": EVERYBODY,  # of what they contributed themselves
    "curation.withdraw": REVIEWERS,
    "deposits.index": REVIEWERS,
    "deposits.template": REVIEWERS,
    "duplicates.index": REVIEWERS,
    "duplicates.merge": REVIEWERS,
    "operations.comparison": ADMINISTRATORS,
    "operations.index": ADMINISTRATORS,
    "operations.rebuild": ADMINISTRATORS,
    "operations.retry": ADMINISTRATORS,
    "operations.retry_all": ADMINISTRATORS,
    "organizations.change": ADMINISTRATORS,
    "organizations.index": ADMINISTRATORS,
    "organizations.new": ADMINISTRATORS,
    "people.change": ADMINISTRATORS,
    "people.delete": ADMINISTRATORS,
    "people.disable": ADMINISTRATORS,
    "people.enable": ADMINISTRATORS,
    "people.index": ADMINISTRATORS,
    "people.invite": ADMINISTRATORS,
    "people.reset_link": ADMINISTRATORS,
    "people.show": ADMINISTRATORS,
    "people.withdraw": ADMINISTRATORS,
    "review.confirm_tags": REVIEWERS,
    "review.decide": REVIEWERS,
    "review.file": REVIEWERS,
    "review.index": REVIEWERS,
    "review.show": REVIEWERS,
    "review.thumbnail": REVIEWERS,
    "uploads.arrived": EVERYBODY,
    "uploads.arriving": EVERYBODY,
    "uploads.file": EVERYBODY,
    "vocabulary.acceptance": REVIEWERS,
    "vocabulary.index": REVIEWERS,
    "vocabulary.label": REVIEWERS,
    "vocabulary.proposals": REVIEWERS,
    "vocabulary.withdraw": REVIEWERS,
}
"""Which roles may use which page or action that is not for everyone (see web.security.PUBLIC).
For a role that is not named an action does not exist, and what stands in neither list does not
exist for anybody."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the groups whose documents this person may find, and for people with an account
    its number and role. No name, no address."""

    audience: frozenset[str]
    person_id: int | None = None
    role: Role | None = None

    @property
    def signature(self) -> str:
        """As the audit log names whoever acts: ``curator:7``."""
        return f"{self.role.value}:{self.person_id}" if self.role else "visitor"


ANYONE = Viewer(frozenset({PUBLIC}))


def viewer_with_account(person_id: int, role: Role) -> Viewer:
    return Viewer(AUDIENCES[role], person_id, role)


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The SQL condition on Document for everything ``viewer`` may see."""
    granted = Document.audience.any(AudienceGroup.name.in_(sorted(viewer.audience)))
    # As a value, so that its index stays unused: nearly every document is published, and SQLite,
    # which does not know that, would go through them all instead of the ten that were asked for.
    state = type_coerce(Document.state, String).concat("")
    return and_(state == State.PUBLISHED.value, granted)
