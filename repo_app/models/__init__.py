"""Every table, so that one import is enough for metadata and migrations."""

from __future__ import annotations

from repo_app.db import Base
from repo_app.models.documents import AudienceGroup, Document, File, FileRole, Page
from repo_app.models.organizations import Organization
from repo_app.models.tags import Origin, Tag
from repo_app.models.workflow import AuditEvent, Job, JobState, State

__all__ = [
    "AudienceGroup",
    "AuditEvent",
    "Base",
    "Document",
    "File",
    "FileRole",
    "Job",
    "JobState",
    "Organization",
    "Origin",
    "Page",
    "State",
    "Tag",
]
