"""Read one source file: YAML front matter and a small Markdown body (format in README.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

COLUMNS = (
    "title", "language", "source_kind", "document_kind", "year", "authors", "organization",
    "countries", "mentioned", "themes", "populations", "priorities", "activities",
    "evidence_type", "scope", "abstract", "planning_use", "licence", "audience", "url",
)  # fmt: skip
OPTIONAL = {
    "subtitle", "pdf_title", "doi", "isbn", "contents", "second_abstract",
    "second_abstract_title",
}  # fmt: skip

_CHART = re.compile(r"!\[chart:\s*(?P<title>[^\]]*)\]\((?P<bars>.*)\)$")
_STARTS = (
    ("###", "h3"), ("##", "h2"), ("#", "h1"), ("!>", "box"), (">", "quote"), ("-", "item"),
)  # fmt: skip


class SourceError(ValueError):
    """A source file does not follow the format; the message names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the body: `kind` says which of the other fields are filled."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    bars: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One document before it is drawn: its name (NN-slug), description and body."""

    name: str
    about: dict[str, Any]
    blocks: tuple[Block, ...]

    def text(self, key: str) -> str:
        """The value of a front matter key as text; lists joined with "; "."""
        value = self.about.get(key, "")
        return "; ".join(value) if isinstance(value, list) else str(value)


def read(path: Path) -> Source:
    """Read a source file. Raises SourceError."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise SourceError(f"{path.name}: begin with front matter between two lines of ---")
    try:
        about = yaml.safe_load(parts[1])
    except yaml.YAMLError as error:
        raise SourceError(f"{path.name}: the front matter is no YAML: {error}") from error
    _check_keys(path.name, set(about))
    _check_characters(path.name, parts[1] + parts[2])
    return Source(path.stem, about, tuple(parse(parts[2])))


def _check_keys(name: str, keys: set[str]) -> None:
    missing = {*COLUMNS, "layout"} - keys
    unknown = keys - {*COLUMNS, *OPTIONAL, "layout"}
    if missing or unknown:
        raise SourceError(f"{name}: missing keys {sorted(missing)}, unknown keys {sorted(unknown)}")


def _check_characters(name: str, text: str) -> None:
    """The standard fonts of PDF hold Windows-1252 and nothing else."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError as error:
        letter = text[error.start]
        around = text[max(0, error.start - 20) : error.start + 10]
        raise SourceError(f"{name}: the fonts lack {letter!r} near {around!r}") from error


def parse(body: str) -> list[Block]:
    """Split a body into blocks, in order."""
    lines = [_classify(line.rstrip()) for line in body.splitlines()]
    blocks: list[Block] = []
    for kind, group in groupby(lines, key=lambda line: line[0]):
        texts = [text for _, text in group]
        blocks += _GATHER.get(kind, _each)(kind, texts)
    return blocks


def _classify(line: str) -> tuple[str, str]:
    text = line.strip()
    if not text:
        return "blank", ""
    if text == "---":
        return "break", ""
    if _CHART.match(text):
        return "chart", text
    if text.startswith("|"):
        return "table", text
    for mark, kind in _STARTS:
        if text.startswith(mark + " "):
            return kind, text[len(mark) :].strip()
    if re.match(r"\d+\. ", text):
        return "number", text.split(". ", 1)[1]
    if " :: " in text:
        return "row", text
    return "paragraph", text


def _each(kind: str, texts: list[str]) -> list[Block]:
    return [Block(kind, text=text) for text in texts]


def _nothing(_kind: str, _texts: list[str]) -> list[Block]:
    return []


def _joined(kind: str, texts: list[str]) -> list[Block]:
    return [Block(kind, text=" ".join(texts))]


def _list(kind: str, texts: list[str]) -> list[Block]:
    return [Block(kind, items=tuple(texts))]


def _table(kind: str, texts: list[str]) -> list[Block]:
    rows = [tuple(cell.strip() for cell in text.strip("|").split("|")) for text in texts]
    rows = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise SourceError(f"table rows differ in length, near {rows[0]}")
    return [Block(kind, rows=tuple(rows))]


def _labelled(kind: str, texts: list[str]) -> list[Block]:
    pairs = [tuple(text.split(" :: ", 1)) for text in texts]
    return [Block(kind, rows=tuple(pairs))]


def _charts(kind: str, texts: list[str]) -> list[Block]:
    return [_chart(kind, text) for text in texts]


def _chart(kind: str, text: str) -> Block:
    match = _CHART.match(text)
    if match is None:
        raise SourceError(f"not a chart: {text}")
    bars = (bar.rsplit("=", 1) for bar in match["bars"].split(";"))
    return Block(
        kind,
        text=match["title"].strip(),
        bars=tuple((label.strip(), float(number)) for label, number in bars),
    )


_GATHER = {
    "blank": _nothing,
    "paragraph": _joined,
    "quote": _joined,
    "box": _joined,
    "item": _list,
    "number": _list,
    "table": _table,
    "row": _labelled,
    "chart": _charts,
}
