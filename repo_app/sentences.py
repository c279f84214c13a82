"""What people read for each reason, remark and notice; translated where it is shown."""

from __future__ import annotations

from collections.abc import Callable

from index.vocabulary import Unsound
from ingest import PersonalDataKind, Reason, Remark
from repo_app.i18n import N_
from repo_app.models import Role, State
from repo_app.services import curator_labels
from repo_app.services.answers import Fault, Field
from repo_app.services.bulk import Obstacle
from repo_app.services.manifests import Problem
from repo_app.services.organizations import Missing
from repo_app.services.people import Refusal
from repo_app.services.reviews import Ask, Gap, RefusedFor

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

PROBLEMS: dict[Problem, str] = {
    Problem.NOT_READABLE: N_("The manifest cannot be read. Please check its path and permissions."),
    Problem.NO_COLUMNS: N_(
        "The first line names none of the known columns. Please save the manifest as CSV with "
        "commas between the columns; found: %(value)s"
    ),
    Problem.UNKNOWN_COLUMN: N_(
        "“%(value)s” is no known column, so nothing of this manifest was taken. Please correct or "
        "remove it."
    ),
    Problem.DOUBLE_COLUMN: N_("The column “%(value)s” stands there twice. Please keep one."),
    Problem.ENCODING: N_(
        "The text is not UTF-8: “%(value)s”. Please save the manifest as CSV UTF-8."
    ),
    Problem.TOO_MANY_CELLS: N_(
        "The line has %(value)s cells, more than the first line. Text with commas needs quotes."
    ),
    Problem.UNKNOWN_CODE: N_("“%(value)s” is no known code."),
    Problem.BAD_YEAR: N_("“%(value)s” is no year. Please write four digits, such as 2024."),
    Problem.BAD_URL: N_("“%(value)s” is no web address. It should begin with https://."),
    Problem.MISSING_FILE: N_(
        "There is no file “%(value)s”. Names count from the folder of the manifest."
    ),
    Problem.NOTHING_HELD: N_("A record needs a file, a text, an address or an abstract."),
    Problem.TOO_LONG: N_("The title is longer than %(value)s characters. Please shorten it."),
    Problem.NO_LINES: N_(
        "The manifest describes no document: there is nothing below its first line."
    ),
    Problem.NO_TITLE: N_("A record without a file needs a title."),
    Problem.MALFORMED: N_(
        "The line is no valid CSV: a quotation mark is open or misplaced. Nothing after it was "
        "read."
    ),
    Problem.TOO_LARGE: N_("The manifest is larger than 5 MB. Please split it in parts."),
    Problem.TOO_MANY: N_(
        "These are more than %(value)s documents, the most that are taken at once here. Please "
        "split the manifest in parts, or have whoever runs the service take it in with "
        "“mirps-repo ingest --manifest”. Nothing of it was taken."
    ),
    Problem.SAME_NAME: N_(
        "Several lines name a file “%(value)s” in different folders. Please give each its own name."
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

PERSONAL_DATA: dict[PersonalDataKind, str] = {
    PersonalDataKind.EMAIL: N_(
        "It may hold e-mail addresses of persons (%(count)s found; pages: %(pages)s)."
    ),
    PersonalDataKind.PHONE: N_(
        "It may hold telephone numbers of persons (%(count)s found; pages: %(pages)s)."
    ),
    PersonalDataKind.IDENTITY_DOCUMENT: N_(
        "It may hold numbers of identity documents or of asylum cases (%(count)s found; pages: "
        "%(pages)s)."
    ),
    PersonalDataKind.COORDINATES: N_(
        "It may hold coordinates that lead to a house or a person (%(count)s found; pages: "
        "%(pages)s)."
    ),
}
WHY_LOOK = N_(
    "Please look at these pages before others can read them: what leads to a person can put that "
    "person in danger."
)

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

ASKS: dict[Ask, str] = {
    Ask.TITLE_UNCLEAR: N_(
        "Please write the title as it stands on the document, so that people who know it find it."
    ),
    Ask.LANGUAGE_WRONG: N_("Please choose the language in which most of the document is written."),
    Ask.YEAR_MISSING: N_("Please say in which year the document was finished or published."),
    Ask.YEAR_WRONG: N_("The year does not seem to be that of the document. Please look again."),
    Ask.AUTHORS_WRONG: N_(
        "Please check the authors: one a line, as they sign the document. Nobody has to be named."
    ),
    Ask.AUTHORS_AT_RISK: N_(
        "Could being named put one of the authors at risk? If so, please leave that name out, "
        "here and in the file: an organization can be named instead, or nobody."
    ),
    Ask.ORGANIZATION_UNCLEAR: N_(
        "Please say for which organization you contribute this, or that it is for none."
    ),
    Ask.KIND_WRONG: N_("Another choice seems to fit the document better. Please look again."),
    Ask.RIGHTS_UNCLEAR: N_(
        "Please say on which terms the document may be shared. If you do not know, please ask "
        "whoever published it."
    ),
    Ask.COUNTRIES_WRONG: N_(
        "Please choose the countries that the document really speaks of, and no others."
    ),
    Ask.TAGS_TOO_MANY: N_(
        "These are more than people can search by. Please keep the three or four that matter most."
    ),
    Ask.TAGS_MISSING: N_(
        "Please choose at least one theme, so that those who look for it find the document."
    ),
    Ask.ABSTRACT_MISSING: N_(
        "Please say in a few sentences what the document is about and what it found."
    ),
    Ask.ABSTRACT_UNCLEAR: N_(
        "Please write the summary anew in a few plain sentences: what it is about, how one knows, "
        "and what was found."
    ),
    Ask.USE_UNCLEAR: N_(
        "Please say in a sentence or two what somebody who plans could decide or do with this."
    ),
    Ask.ADDRESS_BROKEN: N_(
        "This address does not lead to the document. Please copy it again from your browser."
    ),
    Ask.NAMES_SOMEBODY: N_(
        "What is written here could show who somebody is. Please leave out names and everything "
        "that points at one person."
    ),
    Ask.FILE_UNREADABLE: N_(
        "Parts of the file cannot be read. Please export the document as PDF again and send that."
    ),
    Ask.FILE_IS_A_SCAN: N_(
        "The pages are images, so nobody can search their words. If you have the document it was "
        "printed from, please send that as PDF."
    ),
    Ask.FILE_HOLDS_PERSONAL_DATA: N_(
        "The file holds data of persons: names, telephone or identity numbers, or addresses. "
        "Please delete them (a black box over them is not enough) and send the new file. The "
        "present one is destroyed then."
    ),
    Ask.FACES_OR_SIGNATURES: N_(
        "The file shows faces or signatures. Please take them out, or use pictures in which "
        "nobody can be recognised, and send the new file. The present one is destroyed then."
    ),
    Ask.PLACES_TOO_EXACT: N_(
        "Please name no place smaller than a municipality: who lives there could be found."
    ),
    Ask.ONE_PERSONS_STORY: N_(
        "This tells what happened to one person, who could be recognised. Please tell it as what "
        "five or more people lived through, without their words and without the order of events."
    ),
    Ask.OTHER_VERSION_WANTED: N_(
        "This does not seem to be the final version. Please send the one that should be cited."
    ),
}

REFUSED_FOR: dict[RefusedFor, str] = {
    RefusedFor.OUT_OF_SCOPE: N_(
        "It is not about forced displacement, protection or solutions in the region, which is "
        "what this repository is for."
    ),
    RefusedFor.INDIVIDUAL_TESTIMONY: N_(
        "It is the story of one person, who could be recognised and harmed. You are welcome to "
        "send a collective testimony: of five or more people, without the order of events."
    ),
    RefusedFor.PERSONAL_DATA: N_(
        "It holds data of persons that cannot be taken out without losing what it says. You are "
        "welcome to send a summary without them."
    ),
    RefusedFor.NO_RIGHTS: N_(
        "We may not share it: whoever holds the rights has not agreed. You are welcome to "
        "contribute the address where it is published."
    ),
    RefusedFor.ALREADY_HELD: N_(
        "The repository holds this document already. If yours is newer, you are welcome to send "
        "it as its new version."
    ),
    RefusedFor.CALLS_FOR_VIOLENCE: N_("It calls for violence or hatred against people."),
    RefusedFor.ADVERTISING_OR_EMPTY: N_(
        "It is advertising, or says nothing that others could learn from."
    ),
    RefusedFor.UNREADABLE: N_(
        "It cannot be read. You are welcome to contribute it again from a better copy."
    ),
}


def why_refused(value: str | None) -> str | None:
    """The sentence, to be translated, for what stands in ``Document.refusal``: a curator's reason
    or one why the file could not be read; None for nothing, or what a later version wrote."""
    if value in set(RefusedFor):
        return REFUSED_FOR[RefusedFor(value)]
    return REFUSALS[Reason(value)] if value in set(Reason) else None


CHECK_LIST: tuple[str, ...] = (
    N_("No names, telephone or identity numbers of people who could be at risk."),
    N_("No faces, signatures or tattoos by which somebody could be recognised."),
    N_("No places smaller than a municipality where people at risk live or meet."),
    N_("No dates, letterheads or unusual details that point at one person."),
    N_("No child who could be recognised."),
    N_("Nothing that shows who suffered, reported or is threatened with violence."),
)
"""What a curator looks for, in the document and in what is said of it, before it is public."""

REVIEW_GAPS: dict[Gap, str] = {
    Gap.NO_DECISION: N_("Please choose what is to happen."),
    Gap.NOT_CHECKED: N_(
        "Please go through the list and confirm it: without that nothing is published."
    ),
    Gap.NOTHING_ASKED: N_("Please say what is asked: tick a sentence or write your own words."),
    Gap.NO_REASON: N_("Please choose the reason, which the contributor will read."),
    Gap.TOO_LONG: N_("Please shorten this: at most %(longest)s characters fit."),
    Gap.WOULD_GO_UNREAD: N_(
        "You have also written what should change, but only what is returned brings that to its "
        "contributor. Choose to return it, or confirm that nobody is to read it."
    ),
}


QUESTIONS: dict[Field, str] = {
    Field.TITLE: N_("Title"),
    Field.LANGUAGE: N_("Language"),
    Field.YEAR: N_("Year"),
    Field.AUTHORS: N_("Authors"),
    Field.ORGANIZATION: N_("Organization"),
    Field.SOURCE_KIND: N_("Who speaks"),
    Field.DOCUMENT_KIND: N_("Kind of document"),
    Field.EVIDENCE_TYPE: N_("Kind of knowledge"),
    Field.LICENCE: N_("Licence"),
    Field.COUNTRIES: N_("Countries"),
    Field.SCOPE: N_("Reach"),
    Field.TAGS: N_("Themes, people and activities"),
    Field.ABSTRACT: N_("Summary"),
    Field.PLANNING_USE: N_("What planners can take from it"),
    Field.URL: N_("Published at"),
}
"""What each question is called in lists, notes and history."""

ANSWER_MISSING: dict[Field, str] = {
    Field.TITLE: N_("Please write the title."),
    Field.LANGUAGE: N_("Please choose the language of the document."),
    Field.SOURCE_KIND: N_("Please choose who speaks."),
    Field.DOCUMENT_KIND: N_("Please choose what kind of document it is."),
    Field.COUNTRIES: N_("Please choose at least one country."),
}

ANSWER_FAULTS: dict[Fault, str] = {
    Fault.TOO_LONG: N_("Please shorten this: at most %(longest)s characters fit."),
    Fault.TOO_MANY: N_(
        "These are more than %(longest)s authors, the most that fit. Please keep those who matter "
        "most, or name the organization instead."
    ),
    Fault.NOT_OFFERED: N_("Please choose from what is offered here."),
    Fault.YEAR: N_(
        "Please write the year with four digits, such as 2024; not before 1900, and none to come."
    ),
    Fault.ADDRESS: N_("Please write the whole address, such as https://example.org/study."),
}

STATES: dict[State, str] = {
    State.DRAFT: N_("being written"),
    State.RECEIVED: N_("being read"),
    State.IN_REVIEW: N_("in review"),
    State.RETURNED: N_("returned"),
    State.REFUSED: N_("refused"),
    State.PUBLISHED: N_("published"),
    State.WITHDRAWN: N_("withdrawn"),
}

OBSTACLES: dict[Obstacle, str] = {
    Obstacle.GONE: N_("It has been withdrawn meanwhile."),
    Obstacle.NOT_EDITABLE: N_("It is neither in review nor published: it stays as it is for now."),
    Obstacle.OWN: N_("You contributed this. While it is in review another curator looks after it."),
    Obstacle.IMPLIED: N_(
        "One of its activities belongs to this priority. Please remove the activity first."
    ),
}

LABEL_FAULTS: dict[curator_labels.Fault, str] = {
    curator_labels.Fault.NO_CONCEPT: N_("Please choose the concept that the words stand for."),
    curator_labels.Fault.NO_LANGUAGE: N_("Please choose the language of the words."),
    curator_labels.Fault.NO_KIND: N_("Please choose how the words are to be used."),
    curator_labels.Fault.NO_WORD: N_("Please write the words as they stand in documents."),
    curator_labels.Fault.TOO_LONG: N_(
        "Please write at most %(longest)s characters: a term, not a sentence."
    ),
    curator_labels.Fault.ITS_OWN: N_(
        "“%(owner)s” has this label already, perhaps in another form (singular, plural, gender)."
    ),
    curator_labels.Fault.ANOTHERS: N_(
        "These words are already a label of “%(owner)s”, perhaps in another form. Words can stand "
        "for one concept only; please choose a more precise term."
    ),
}


def unsound_in_words(one: Unsound, translate: Callable[[str], str]) -> str:
    """What was left out of the vocabulary, where it stands, and why."""
    what = translate(one.sentence)
    if one.values:
        what %= one.values
    if not one.file:
        return translate(N_("a curator's label: %(what)s")) % {"what": what}
    place = {"file": one.file, "line": one.line, "what": what}
    return translate(N_("%(file)s, line %(line)s: %(what)s")) % place
