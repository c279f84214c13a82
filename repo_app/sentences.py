"""What people read for each reason, remark and notice; translated where it is shown."""

from __future__ import annotations

from ingest import Reason, Remark
from repo_app.i18n import N_

REFUSALS: dict[Reason, str] = {
    Reason.EMPTY: N_("The file is empty. Please choose the document again and send it once more."),
    Reason.NOT_A_PDF: N_("This is not a PDF file. Please save the document as PDF and send that."),
    Reason.TOO_LARGE: N_(
        "The file is larger than we can accept. Please reduce its images or split it in parts."
    ),
    Reason.TOO_MANY_PAGES: N_(
        "The document has more than 2,000 pages. Please split it in parts and send each one."
    ),
    Reason.ENCRYPTED: N_(
        "The document is locked with a password. Please send a copy that opens without one."
    ),
    Reason.DAMAGED: N_(
        "The file is damaged and cannot be opened. Please export the document as PDF again."
    ),
    Reason.NO_PAGES: N_("The document has no pages. Please check the file and send it again."),
    Reason.TOO_COSTLY: N_(
        "The file needs far more memory or time than a document should. Please print it to a "
        "new PDF and send that."
    ),
}

REMARKS: dict[Remark, str] = {
    Remark.PAGES_WITHOUT_TEXT: N_(
        "Some pages are images without text: the search cannot find their words yet."
    ),
    Remark.PARTLY_READ: N_("The document was too heavy to read whole: the last pages are missing."),
    Remark.DAMAGED_PAGES: N_("Some pages are damaged and could not be read."),
    Remark.ACTIVE_CONTENT: N_("The file holds scripts, forms or actions."),
    Remark.ATTACHMENTS: N_("Other files are attached inside the document."),
    Remark.MIXED_LANGUAGES: N_("The document is written in more than one language."),
}
