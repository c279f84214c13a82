"""How near two words are to one another as written."""

from __future__ import annotations


def is_near(word: str, other: str, edits: int) -> bool:
    """Whether at most ``edits`` changes turn one folded word into the other: a letter inserted,
    deleted or replaced, or two neighbours swapped (optimal string alignment, as in Lucene).

    Takes at most 4 ** edits comparisons of what is left after the common beginning; for edits
    of 1 or 2.
    """
    if abs(len(word) - len(other)) > edits:
        return False
    same = 0
    for one, two in zip(word, other, strict=False):
        if one != two:
            break
        same += 1
    word, other = word[same:], other[same:]
    if not word or not other:
        return True  # what is left of the longer one is no longer than ``edits``
    if edits == 0:
        return False
    return (
        is_near(word[1:], other[1:], edits - 1)
        or is_near(word[1:], other, edits - 1)
        or is_near(word, other[1:], edits - 1)
        or (word[:2] == other[1::-1] and is_near(word[2:], other[2:], edits - 1))
    )
