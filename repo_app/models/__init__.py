"""Every table, so that one import is enough for metadata and migrations."""

from __future__ import annotations

from repo_app.db import Base
from repo_app.models.documents import (
    AudienceGroup,
    Consent,
    Contribution,
    Document,
    File,
    FileRole,
    Page,
)
from repo_app.models.organizations import Naming, Organization
from repo_app.models.people import AccessLink, LinkPurpose, Membership, Person, Role
from repo_app.models.tags import Origin, Tag
from repo_app.models.vocabulary import CuratorLabel, ProposalDecision, VocabularyMark
from repo_app.models.workflow import AuditEvent, Edit, Job, JobState, Party, ReviewNote, State

__all__ = [
    "AccessLink",
    "AudienceGroup",
    "AuditEvent",
    "Base",
    "Consent",
    "Contribution",
    "CuratorLabel",
    "Document",
    "Edit",
    "File",
    "FileRole",
    "Job",
    "JobState",
    "LinkPurpose",
    "Membership",
    "Naming",
    "Organization",
    "Origin",
    "Page",
    "Party",
    "Person",
    "ProposalDecision",
    "ReviewNote",
    "Role",
    "State",
    "Tag",
    "VocabularyMark",
]
