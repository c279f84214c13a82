"""How a document is cited: a line for people, Highwire tags for Zotero and Scholar, JSON-LD.

Highwire: one ``citation_author`` each, the year of publication (not of deposit), an absolute
address of the file on this host. A report number or institution keeps Zotero from taking
every record for a journal article.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from repo_app.services.catalogue import DocumentView
from repo_app.web import formats
from repo_app.web.context import absolute
from repo_app.web.words import gettext as _

ARTICLES = frozenset({"journal-article"})
BOOKS = frozenset({"book-or-chapter"})
THESES = frozenset({"thesis"})
SCHEMA_TYPES = {
    "journal-article": "ScholarlyArticle",
    "thesis": "Thesis",
    "book-or-chapter": "Book",
    "dataset": "Dataset",
    "legal-instrument": "Legislation",
    "map-infographic": "CreativeWork",
    "awareness-material": "CreativeWork",
    "training-material": "LearningResource",
}
CREATIVE_COMMONS = {
    f"CC-{kind.upper()}-{version}": f"https://creativecommons.org/licenses/{kind}/{version}/"
    for kind in ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
    for version in ("2.0", "2.5", "3.0", "4.0")
} | {"CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/"}


@dataclass(frozen=True, slots=True)
class Citation:
    """``before`` and ``after`` surround the title, which is set in italics."""

    before: str
    after: str
    address: str
    tags: tuple[tuple[str, str], ...]
    json_ld: Markup


def of(document: DocumentView) -> Citation:
    card = document.card
    address = absolute("bare.documents_record", public_id=card.id)
    year = str(card.year) if card.year else _("n.d.")
    who = formats.people(card.authors) or card.organization or ""
    publisher = card.organization if card.organization and card.organization != who else ""
    return Citation(
        before=f"{who} ({year})." if who else f"({year}).",
        after=f"{publisher}." if publisher else "",
        address=address,
        tags=tuple(_highwire(document)),
        json_ld=_json_ld(document, address),
    )


def _highwire(document: DocumentView) -> list[tuple[str, str]]:
    card = document.card
    tags = [("citation_title", card.title)]
    tags += [("citation_author", author) for author in card.authors]
    tags += [("citation_publication_date", str(card.year))] if card.year else []
    tags += [("citation_language", card.language)] if card.language else []
    tags += _highwire_kind(document)
    tags += [("citation_doi", document.doi)] if document.doi else []
    tags += [("citation_isbn", document.isbn)] if document.isbn else []
    if card.size:
        tags.append(("citation_pdf_url", absolute("files.document", public_id=card.id)))
    tags.append(
        ("citation_abstract_html_url", absolute("bare.documents_record", public_id=card.id))
    )
    return tags


def _highwire_kind(document: DocumentView) -> list[tuple[str, str]]:
    card = document.card
    if card.document_kind in ARTICLES:
        return []
    if card.document_kind in BOOKS:
        return [("citation_publisher", card.organization)] if card.organization else []
    if card.document_kind in THESES:
        return [("citation_dissertation_institution", card.organization or "")]
    institution = [("citation_technical_report_institution", card.organization or "")]
    number = [("citation_technical_report_number", card.id)]
    return number + (institution if card.organization else [])


def _json_ld(document: DocumentView, address: str) -> Markup:
    """schema.org, for search engines and reference managers, with nothing empty in it."""
    card = document.card
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": SCHEMA_TYPES.get(card.document_kind or "", "Report"),
        "@id": address,
        "url": address,
        "name": card.title,
        "inLanguage": card.language,
        "abstract": card.abstract,
        "datePublished": str(card.year) if card.year else None,
        "author": [{"@type": "Person", "name": author} for author in card.authors],
        "publisher": _organization(card.organization),
        "license": licence_address(document.licence),
        "identifier": document.doi,
        "isbn": document.isbn,
        "numberOfPages": card.page_total or None,
        "encoding": _encoding(document),
        "spatialCoverage": list(card.countries),
    }
    return for_script({key: value for key, value in described.items() if value})


def _organization(name: str | None) -> dict[str, str] | None:
    return {"@type": "Organization", "name": name} if name else None


def _encoding(document: DocumentView) -> dict[str, str] | None:
    card = document.card
    if not card.size:
        return None
    return {
        "@type": "MediaObject",
        "contentUrl": absolute("files.document", public_id=card.id),
        "encodingFormat": "application/pdf",
        "contentSize": str(card.size),
    }


def licence_address(licence: str | None) -> str | None:
    """The licence's own page: Creative Commons', else SPDX's, which knows every identifier."""
    if not licence:
        return None
    return CREATIVE_COMMONS.get(licence.upper(), f"https://spdx.org/licenses/{licence}.html")


def for_script(value: object) -> Markup:
    """JSON that cannot end the script element it stands in, whatever a title says."""
    text = json.dumps(value, ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 - escaped for a script element just above
