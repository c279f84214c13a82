"""Questions that ask for more, made from one that found nothing, and how they are typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from index import grammar
from index.grammar import (
    FIELD_NAMES,
    And,
    Area,
    Concept,
    Either,
    Filter,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    Word,
    all_of,
    any_of,
)

_OPERATORS = ("AND", "OR", "O", "NOT")


def written(node: Node, language: str = "es") -> str:
    """A text that parses to ``node``, with the names of fields in a language ("es", else "en").

    True for every tree that ``grammar.parse`` gives (of what was added to a question only what
    was typed is written), unless the text is longer or its groups are nested deeper than it reads.
    """
    match node:
        case And(parts):
            return " ".join(written(part, language) for part in parts)
        case Or(parts):
            return " OR ".join(_operand(part, language) for part in parts)
        case Not(part):
            return f"-{_operand(part, language, groups=(And, Or, Not))}"
        case Either(parts):
            return written(parts[0], language)
        case Filter(facet, values):
            text = f'"{values[0]}"' if len(values) == 1 else ",".join(values)
            return f"{_name(facet, language)}:{text}"
        case _:
            return _term(node, language)


def _operand(node: Node, language: str, groups: tuple[type, ...] = (And, Or)) -> str:
    text = written(node, language)
    return f"({text})" if isinstance(node, groups) else text


def _term(term: Term, language: str) -> str:
    name = "" if term.area is Area.ANYWHERE else f"{_name(term.area.value, language)}:"
    match term:
        case Phrase(words, _, within):
            return f'{name}"{" ".join(words)}"' + (f"~{within}" if within else "")
        case Prefix(text):
            return f"{name}{text}*"
        case Fuzzy(text, edits):
            return f"{name}{text}~{edits}"
        case Concept(code):
            return f'{_name("concept", language)}:"{code}"'
        case Word(text):
            if term.quoted:
                return f'{name}"{text}"'
            return f":{text}" if text in _OPERATORS and not name else f"{name}{text}"


def _name(field: str, language: str) -> str:
    spanish, english = FIELD_NAMES[field]
    return spanish if language == "es" else english


# Asking for more ----------------------------------------------------------------------


def without_filters(tree: Node) -> Node:
    """Without country, theme, year and so on that were typed; exclusions stay."""
    return _changed(tree, lambda node: grammar.EVERYTHING if isinstance(node, Filter) else node)


def without_quotes(tree: Node) -> Node:
    """The words of phrases, wherever they stand on a page."""

    def words(node: Node) -> Node:
        if isinstance(node, Word):
            return replace(node, quoted=False)
        if not isinstance(node, Phrase):
            return node
        return all_of([Word(word, node.area) for word in node.words])

    return _changed(tree, words)


def anywhere(tree: Node) -> Node:
    """What was asked of titles and authors, asked of the text as well."""

    def widened(node: Node) -> Node:
        match node:
            case Word(text, Area.TITLE | Area.AUTHORS, quoted):
                return Word(text, quoted=quoted)
            case Phrase(words, Area.TITLE | Area.AUTHORS, within):
                return Phrase(words, within=within)
            case Prefix(text, Area.TITLE | Area.AUTHORS):
                return Prefix(text)
            case Fuzzy(text, edits, Area.TITLE | Area.AUTHORS):
                return Fuzzy(text, edits)
            case _:
                return node

    return _changed(tree, widened)


def spelt_about_so(tree: Node) -> Node:
    """Words, and those that are written nearly like them."""

    def nearly(node: Node) -> Node:
        if not isinstance(node, Word) or node.quoted:
            return node
        return grammar.fuzzy_of(node.text, None, node.area)

    return _changed(tree, nearly)


def any_word(tree: Node) -> Node:
    """Any of the words and phrases; filters and exclusions stay."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    kept: list[Node] = [part for part in parts if isinstance(part, Filter | Not)]
    sought: list[Node] = [part for part in parts if not isinstance(part, Filter | Not)]
    return all_of([any_of(sought), *kept]) if sought else tree


def _changed(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with each part that is looked for changed; what is excluded stays as it is."""
    match node:
        case And(parts) if parts:
            return all_of([_changed(part, change) for part in parts])
        case Or(parts) if parts:
            changed = [_changed(part, change) for part in parts]
            return any_of([part for part in changed if part != grammar.EVERYTHING])
        case And() | Or() | Not():
            return node
        case _:
            return change(node)
