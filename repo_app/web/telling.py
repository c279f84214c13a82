"""What stands in a document, in words for people who work on it."""

from __future__ import annotations

from repo_app.services.answers import Field, Value
from repo_app.web import labels

CODED = (Field.LANGUAGE, Field.SOURCE_KIND, Field.DOCUMENT_KIND)


def in_words(field: Field, value: Value) -> tuple[str, ...]:
    """An answer as one or several pieces of text; none where nothing stands there.

    An organization's answer must have become its name already: numbers say nothing.
    """
    if isinstance(value, tuple):
        return value if field is Field.AUTHORS else tuple(tag_in_words(tag) for tag in value)
    if not value:
        return ()
    if field.value in labels.LISTS:
        return (labels.listed_value(labels.LISTS[field.value], str(value)),)
    if field in CODED:
        return (labels.label(field.value, str(value)),)
    return (str(value),)


def tag_in_words(tag: str) -> str:
    """``theme=asylum-systems`` by its label."""
    facet, _, value = tag.partition("=")
    return labels.label(facet, value)
