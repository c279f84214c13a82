"""Reads a data file and says, by file and line, what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from index.vocabulary.values import LANGUAGES, Labels, Terms

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class VocabularyError(Exception):
    """A data file cannot be used; the message names the file, the line and what is wrong."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        super().__init__(f"{file.name}, line {line}: {what}")
        self.file = file
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping of a data file and where it stands, so that every complaint can say so.

    Each reading method raises VocabularyError where the value is missing or of another kind.
    """

    file: Path
    keys: tuple[str | int, ...]
    fields: Mapping[str, object]

    def wrong(self, what: str, *keys: str | int) -> VocabularyError:
        """The error for this record, or for what ``keys`` lead to inside it."""
        return VocabularyError(self.file, _line(self.file, (*self.keys, *keys)), what)

    def only(self, *known: str) -> Record:
        """This record, if it has no field but the ``known`` ones: a mistyped key is no silence."""
        for key in self.fields:
            if key not in known:
                raise self.wrong(f"unknown key {key!r}", key)
        return self

    def text(self, key: str) -> str:
        value = self.fields.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key} must be a text", key)
        return value

    def text_or_empty(self, key: str) -> str:
        return self.text(key) if key in self.fields else ""

    def identifier(self, key: str = "id") -> str:
        value = self.text(key)
        if not _ID.fullmatch(value):
            raise self.wrong(f"{key} {value!r} is not well-formed (small letters, hyphens)", key)
        return value

    def code(self, key: str, pattern: str) -> str:
        value = self.text(key)
        if not re.fullmatch(pattern, value):
            raise self.wrong(f"{key} {value!r} is not well-formed", key)
        return value

    def number(self, key: str) -> int:
        value = self.fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(f"{key} must be a whole number", key)
        return value

    def flag(self, key: str) -> bool:
        value = self.fields.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{key} must be true or false", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is missing."""
        value = self.fields.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(x, str) and x for x in value):
            raise self.wrong(f"{key} must be a list of texts", key)
        if len(set(value)) < len(value):
            raise self.wrong(f"{key} says the same thing twice", key)
        return tuple(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; empty where the key is missing."""
        value = self.fields.get(key, [])
        if not isinstance(value, list) or not all(type(x) is int for x in value):
            raise self.wrong(f"{key} must be a list of whole numbers", key)
        return tuple(value)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts; empty where the key is missing."""
        value = self.fields.get(key, [])
        if not isinstance(value, list) or not all(isinstance(x, list) for x in value):
            raise self.wrong(f"{key} must be a list of lists", key)
        return tuple(tuple(str(x) for x in group) for group in value)

    def labels(self, key: str = "labels") -> Labels:
        """One wording per language; Spanish and English must be there and not be empty."""
        record = self.record(key).only(*LANGUAGES)
        for language in LANGUAGES[:2]:
            if not str(record.fields.get(language) or "").strip():
                raise record.wrong(f"{key} needs a wording in {language!r}", language)
        return Labels(**{language: record.text(language) for language in record.fields})

    def labels_or_none(self, key: str) -> Labels | None:
        return self.labels(key) if key in self.fields else None

    def terms(self, key: str) -> Terms:
        """Wordings per language; empty where the key is missing."""
        if key not in self.fields:
            return Terms()
        record = self.record(key).only(*LANGUAGES)
        return Terms(**{language: record.texts(language) for language in record.fields})

    def record(self, key: str) -> Record:
        value = self.fields.get(key)
        if not isinstance(value, dict):
            raise self.wrong(f"{key} must be a mapping", key)
        return Record(self.file, (*self.keys, key), value)

    def records(self, key: str) -> tuple[Record, ...]:
        """The mappings of a list; empty where the key is missing."""
        value = self.fields.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
            raise self.wrong(f"{key} must be a list of mappings", key)
        return tuple(Record(self.file, (*self.keys, key, i), x) for i, x in enumerate(value))


def read(file: Path) -> Record:
    """The mapping a data file holds. Raises VocabularyError for anything but plain YAML data:
    texts, whole numbers, true, false, null, lists and mappings without a repeated key.
    """
    try:
        data = _plain(_compose(file), file)
    except RecursionError as error:
        raise VocabularyError(file, 1, "the data contain themselves") from error
    if not isinstance(data, dict):
        raise VocabularyError(file, 1, "the file must hold a mapping")
    return Record(file, (), data)


def _compose(file: Path) -> yaml.Node:
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except FileNotFoundError as error:
        raise VocabularyError(file, 1, "the file is missing") from error
    except UnicodeDecodeError as error:
        raise VocabularyError(file, 1, "the file is not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise VocabularyError(file, line, f"not YAML: {error.problem}") from error
    if node is None:
        raise VocabularyError(file, 1, "the file is empty")
    return node


# Built from the nodes by hand: three times as fast as the library's constructor, and the nodes
# know their lines, so a repeated key costs nothing to find.
def _plain(node: yaml.Node, file: Path) -> object:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, file)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, file) for child in node.value]
    mapping: dict[object, object] = {}
    for key_node, value_node in node.value:
        key = _plain(key_node, file)
        if not isinstance(key, str):
            raise VocabularyError(file, key_node.start_mark.line + 1, f"key {key!r} is no text")
        if key in mapping:
            raise VocabularyError(file, key_node.start_mark.line + 1, f"key {key!r} is repeated")
        mapping[key] = _plain(value_node, file)
    return mapping


def _scalar(node: yaml.ScalarNode, file: Path) -> str | int | bool | None:
    kind = node.tag.removeprefix(_TAG)
    text: str = node.value
    if kind == "str":
        return text
    if kind == "int" and text.isdigit():
        return int(text)
    if kind == "bool":
        return text.lower() in {"true", "yes", "on"}
    if kind == "null":
        return None
    raise VocabularyError(file, node.start_mark.line + 1, f"{text!r} needs quotes ({kind})")


def _line(file: Path, keys: tuple[str | int, ...]) -> int:
    """The line ``keys`` lead to, or the nearest line on the way: composed again, because this
    runs only when something is wrong.
    """
    node = _compose(file)
    line = 1
    for key in keys:
        found = _child(node, key)
        if found is None:
            break
        line, node = found
    return line


def _child(node: yaml.Node, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        child = node.value[key]
        return child.start_mark.line + 1, child
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == key:
                return key_node.start_mark.line + 1, value_node
    return None
