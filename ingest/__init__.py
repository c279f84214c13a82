"""From an untrusted file to a Draft. No Flask, no database, no search — and no parser either.

Importing this package loads neither pdfium nor pypdf, Pillow or lingua: they live in the
sandbox's processes only.
"""

from ingest.draft import (
    Draft,
    Evidence,
    PageText,
    PersonalData,
    PersonalDataKind,
    Proposal,
    Reason,
    Refused,
    Remark,
)
from ingest.limits import Limits
from ingest.sandbox import Cost, Reading, Sandbox, SandboxDied

__all__ = [
    "Cost",
    "Draft",
    "Evidence",
    "Limits",
    "PageText",
    "PersonalData",
    "PersonalDataKind",
    "Proposal",
    "Reading",
    "Reason",
    "Refused",
    "Remark",
    "Sandbox",
    "SandboxDied",
]
