"""Which concepts words already stand for, in whatever form."""

from __future__ import annotations

from index.vocabulary.lexicon import concept_lexicon
from index.vocabulary.values import LANGUAGES
from index.vocabulary.words import label_words


def concepts_named(words: str, language: str) -> tuple[str, ...]:
    """The concepts of which ``words`` are a label in ``language``, a form of one (*una persona
    desplazada*) or an acronym, which counts in every language. None for words that are masked."""
    found: dict[str, None] = {}
    node = concept_lexicon(language if language in LANGUAGES else None)
    for word in label_words(words, language):
        following = node.following.get(word)
        if following is None:
            return ()
        node = following
    for sense in node.senses:
        if sense.exact and sense.exact != words.strip():
            continue
        if sense.readings is not None:
            found |= dict.fromkeys(reading.means for reading in sense.readings)
        elif sense.kind == "concept":
            found[sense.id] = None
    return tuple(found)
