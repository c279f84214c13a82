"""What is to be known of a file, in the reader's language, for those who contribute and review."""

from __future__ import annotations

from collections.abc import Iterable

from ingest import Remark
from repo_app.sentences import PERSONAL_DATA, REMARKS, WHY_LOOK
from repo_app.services import warnings
from repo_app.services.warnings import Warned
from repo_app.web import formats
from repo_app.web.words import gettext as _


def in_words(remarks: Iterable[str]) -> tuple[str, ...]:
    """Sentences, personal data first. A remark of a later version is passed over.

    Never for readers: where personal data stands is nobody else's business.
    """
    remarks = tuple(remarks)
    personal = [_personal(warned) for warned in warnings.warned(remarks)]
    others = [_(REMARKS[Remark(value)]) for value in remarks if value in set(Remark)]
    return (*personal, *([_(WHY_LOOK)] if personal else ()), *others)


def _personal(warned: Warned) -> str:
    pages = ", ".join(map(formats.number, warned.pages)) + (" …" if warned.more else "")
    return _(PERSONAL_DATA[warned.kind], count=formats.number(warned.count), pages=pages)
