"""What people read for each reason, remark and notice; translated where it is shown."""

from __future__ import annotations

from ingest import Reason, Remark
from repo_app.i18n import N_
from repo_app.models import Role
from repo_app.services.organizations import Missing
from repo_app.services.people import Refusal

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
    Remark.NO_CLEAN_COPY: N_(
        "We could not free the file from hidden data about its authors, so we do not offer it for "
        "download, to protect them. Its text can be read here, page by page."
    ),
}

ROLES: dict[Role, str] = {
    Role.CONTRIBUTOR: N_("Contributor"),
    Role.PLANNER: N_("Planner"),
    Role.CURATOR: N_("Curator"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

ACCOUNTS: dict[Refusal, str] = {
    Refusal.EMAIL_INVALID: N_("Please write an e-mail address such as name@example.org."),
    Refusal.EMAIL_TAKEN: N_("There is an account with this e-mail address already."),
    Refusal.NAME_MISSING: N_("Please write a name. It need not be the one in your papers."),
    Refusal.PASSWORD_SHORT: N_(
        "The password is too short. Please use at least 12 characters: three or four words that "
        "do not belong together are good."
    ),
    Refusal.PASSWORD_LONG: N_("The password is too long. Please use at most 200 characters."),
    Refusal.PASSWORD_COMMON: N_(
        "Many people use this password, so it is guessed first. Please choose another."
    ),
    Refusal.PASSWORD_HOLDS_EMAIL: N_(
        "The password holds your e-mail address, so it is guessed first. Please choose another."
    ),
    Refusal.PASSWORD_WRONG: N_("That is not your present password. Please try again."),
    Refusal.LINK_INVALID: N_(
        "This link does not work any more. Links work once and for a short time only. Please ask "
        "for a new one."
    ),
    Refusal.NO_SUCH_ACCOUNT: N_("There is no such account. Please check the e-mail address."),
    Refusal.LAST_ADMINISTRATOR: N_(
        "This is the only administrator. Please make somebody else administrator first."
    ),
}

ORGANIZATIONS: dict[Missing, str] = {
    Missing.NAME: N_("Please write the organization's name."),
    Missing.NAME_TAKEN: N_("There is an organization of this name already."),
    Missing.ALIAS: N_("Please write the alias under which it is to be named."),
    Missing.KIND: N_("Please choose who speaks."),
}
