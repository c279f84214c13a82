"""The vocabulary in force in this process: the shipped one until another is put in its place."""

from __future__ import annotations

from index.vocabulary.assembly import shipped
from index.vocabulary.vocabulary import Vocabulary


class _Process:
    """One reference, exchanged as a whole: who reads in another thread sees old or new."""

    vocabulary: Vocabulary | None = None


def load() -> Vocabulary:
    """The vocabulary in force. Raises VocabularyError where the packaged data are not sound."""
    return _Process.vocabulary or shipped()


def put_in_force(vocabulary: Vocabulary) -> None:
    """From now on ``load`` gives this one, which ``assemble`` or ``read_folder`` has checked.

    Lexicons are kept by vocabulary (see lexicon.py), so nothing has to be forgotten by hand.
    """
    _Process.vocabulary = vocabulary
