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


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    return message


class VocabularyError(Exception):
    """A data file cannot be used; the message names the file, the line and what is wrong.

    ``sentence`` has placeholders for ``values``, so that it can be said in other languages.
    """

    def __init__(
        self, file: Path, line: int, sentence: str, values: Mapping[str, object] | None = None
    ) -> None:
        self.file = file
        self.line = line
        self.sentence = sentence
        self.values = dict(values or {})
        self.what = sentence % self.values if self.values else sentence
        super().__init__(f"{file.name}, line {line}: {self.what}")


@dataclass(frozen=True, slots=True)
class Source:
    """A data file as it was read: whatever is written into the file later is not looked at."""

    file: Path
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping of a data file and where it stands, so that every complaint can say so.

    Each reading method raises VocabularyError where the value is missing or of another kind.
    """

    source: Source
    keys: tuple[str | int, ...]
    fields: Mapping[str, object]

    def wrong(self, sentence: str, *keys: str | int, **values: object) -> VocabularyError:
        """The error for this record, or for what ``keys`` lead to inside it; ``values`` belong
        into the placeholders of ``sentence``."""
        line = _line(self.source, (*self.keys, *keys))
        return VocabularyError(self.source.file, line, sentence, values)

    def only(self, *known: str) -> Record:
        """This record, if it has no field but the ``known`` ones: a mistyped key is no silence."""
        for key in self.fields:
            if key not in known:
                raise self.wrong(N_("unknown key '%(key)s'"), key, key=key)
        return self

    def text(self, key: str) -> str:
        value = self.fields.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(N_("%(key)s must be a text"), key, key=key)
        return value

    def text_or_empty(self, key: str) -> str:
        return self.text(key) if key in self.fields else ""

    def identifier(self, key: str = "id") -> str:
        value = self.text(key)
        if not _ID.fullmatch(value):
            sentence = N_("%(key)s '%(value)s' is not well-formed (small letters, hyphens)")
            raise self.wrong(sentence, key, key=key, value=value)
        return value

    def code(self, key: str, pattern: str) -> str:
        value = self.text(key)
        if not re.fullmatch(pattern, value):
            sentence = N_("%(key)s '%(value)s' is not well-formed")
            raise self.wrong(sentence, key, key=key, value=value)
        return value

    def number(self, key: str) -> int:
        value = self.fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(N_("%(key)s must be a whole number"), key, key=key)
        return value

    def flag(self, key: str) -> bool:
        value = self.fields.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(N_("%(key)s must be true or false"), key, key=key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is missing."""
        value = self.fields.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(x, str) and x for x in value):
            raise self.wrong(N_("%(key)s must be a list of texts"), key, key=key)
        if len(set(value)) < len(value):
            raise self.wrong(N_("%(key)s says the same thing twice"), key, key=key)
        return tuple(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; empty where the key is missing."""
        value = self.fields.get(key, [])
        if not isinstance(value, list) or not all(type(x) is int for x in value):
            raise self.wrong(N_("%(key)s must be a list of whole numbers"), key, key=key)
        return tuple(value)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts; empty where the key is missing."""
        value = self.fields.get(key, [])
        if not isinstance(value, list) or not all(isinstance(x, list) for x in value):
            raise self.wrong(N_("%(key)s must be a list of lists"), key, key=key)
        return tuple(tuple(str(x) for x in group) for group in value)

    def labels(self, key: str = "labels") -> Labels:
        """One wording per language; Spanish and English must be there and not be empty."""
        record = self.record(key).only(*LANGUAGES)
        for language in LANGUAGES[:2]:
            if not str(record.fields.get(language) or "").strip():
                sentence = N_("%(key)s needs a wording in '%(language)s'")
                raise record.wrong(sentence, language, key=key, language=language)
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
            raise self.wrong(N_("%(key)s must be a mapping"), key, key=key)
        return Record(self.source, (*self.keys, key), value)

    def records(self, key: str) -> tuple[Record, ...]:
        """The mappings of a list; empty where the key is missing."""
        value = self.fields.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
            raise self.wrong(N_("%(key)s must be a list of mappings"), key, key=key)
        return tuple(Record(self.source, (*self.keys, key, i), x) for i, x in enumerate(value))


def read(file: Path) -> Record:
    """The mapping a data file holds; see ``read_source``."""
    return read_source(source_of(file))


def source_of(file: Path) -> Source:
    """The file as it is now. Raises VocabularyError where there is no text to read."""
    try:
        return Source(file, file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise VocabularyError(file, 1, N_("the file is missing")) from error
    except OSError as error:
        raise VocabularyError(file, 1, N_("the file cannot be read")) from error
    except UnicodeDecodeError as error:
        raise VocabularyError(file, 1, N_("the file is not UTF-8")) from error


def read_source(source: Source) -> Record:
    """The mapping a data file holds. Raises VocabularyError for anything but plain YAML data:
    texts, whole numbers, true, false, null, lists and mappings without a repeated key.
    """
    try:
        data = _plain(_compose(source), source.file)
    except RecursionError as error:
        raise VocabularyError(source.file, 1, N_("the data contain themselves")) from error
    if not isinstance(data, dict):
        raise VocabularyError(source.file, 1, N_("the file must hold a mapping"))
    return Record(source, (), data)


def _compose(source: Source) -> yaml.Node:
    try:
        node = yaml.compose(source.text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        sentence = N_("not YAML: %(problem)s")
        raise VocabularyError(source.file, line, sentence, {"problem": error.problem}) from error
    except yaml.YAMLError as error:  # a sign that no text holds
        raise VocabularyError(source.file, 1, N_("the file is not plain text")) from error
    if node is None:
        raise VocabularyError(source.file, 1, N_("the file is empty"))
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
        key, line = _plain(key_node, file), key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise VocabularyError(file, line, N_("key '%(key)s' is no text"), {"key": key})
        if key in mapping:
            raise VocabularyError(file, line, N_("key '%(key)s' is repeated"), {"key": key})
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
    sentence = N_("'%(text)s' needs quotes (%(kind)s)")
    raise VocabularyError(file, node.start_mark.line + 1, sentence, {"text": text, "kind": kind})


def _line(source: Source, keys: tuple[str | int, ...]) -> int:
    """The line ``keys`` lead to, or the nearest line on the way: composed again, because this
    runs only when something is wrong.
    """
    node = _compose(source)
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
