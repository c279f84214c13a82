"""Which of the repository's four languages a page and a document are written in.

lingua decides, restricted to the four; where it is unsure, or where the page holds hardly a word
of prose, langdetect (seeded, restricted, lower-cased) is asked too, and a page on which the two
disagree takes the document's language. Neither can say "none of these", so a page of prose
without the little words of any of the four is set apart first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.draft import Draft, PageText, Remark

if TYPE_CHECKING:
    from lingua import LanguageDetector

LANGUAGES = ("es", "en", "pt", "fr")

SAMPLE_LETTERS = 1_500
ENOUGH_LETTERS = 40
# Measured on 2,417 pages: below .99 lingua is wrong as often as right, above it once in 600.
SURE = 0.99
# Running prose of the four holds .25 to .50 function words, lists and forms .05 to .20.
PROSE_SHARE = 0.13
# Prose in other languages (16 tried, from German to K'iche') holds at most .13 of them.
FOREIGN_SHARE = 0.15
FOREIGN_WORDS = 20
SECOND_LANGUAGE_SHARE = 0.15

_WORD = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPT = re.compile(r"[^\W\d_A-Za-zªºÀ-ɏ]")

_FUNCTION_WORDS = {
    "es": """a al ante antes así aunque cada como con cuando de del desde donde dos durante e el
        ella ellos en entre era es esta estas este estos fue fueron ha han hasta hay la las le les
        lo los más mi muy ni no nos o para pero por porque que quien se según ser si sin sobre son
        su sus también tiene todo todos tres un una uno y ya""",
    "en": """a about after all also an and any are as at be been before between but by can could
        did do does each for from had has have he her his how if in into is it its may more most
        must no not of on only or other our out over shall she should so some such than that the
        their them then there these they this those through to under up was we were what when
        where which who will with would you your""",
    "pt": """a ainda além ao aos após as até cada com como da das de dela dele deve do dos e ela
        elas ele eles em entre era essa esse esta este está foi foram há isso já lhe mais mas me
        mesmo muito na nas nem no nos não o onde os ou para pela pelas pelo pelos por porque quais
        qual quando que quem se sem ser seu seus sobre sua suas são também tem um uma à às é""",
    "fr": """a afin ainsi alors après au aussi autres aux avant avec avoir bien car ce ces cette
        chaque comme d dans de depuis des deux dont du elle elles en entre est et eux fait il ils
        je l la le les leur leurs lors lui mais même n ne non nos notre nous on ont ou où par pas
        peut plus pour qu que qui s sa sans se selon ses si son sont sous sur tous tout toute très
        un une vers vous à être""",
}
FUNCTION_WORDS = {code: frozenset(words.split()) for code, words in _FUNCTION_WORDS.items()}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one text says of its own language: a code, or none of the four, or nothing sure."""

    language: str | None = None
    foreign: bool = False


UNSURE = Verdict()
FOREIGN = Verdict(foreign=True)


def tell_languages(draft: Draft) -> Draft:
    """Language of each page and of the document; people's word wins over every guess."""
    letters = [_count_letters(page.text) for page in draft.pages]
    verdicts = [
        judge(page.text) if count >= ENOUGH_LETTERS else UNSURE
        for page, count in zip(draft.pages, letters, strict=True)
    ]
    language = draft.given_language or _vote(verdicts, letters) or _judge_together(draft, verdicts)
    inherited = language if language in LANGUAGES else None
    pages = tuple(
        replace(page, language=_settle(verdict, inherited))
        for page, verdict in zip(draft.pages, verdicts, strict=True)
    )
    draft = replace(draft, pages=pages, language=language)
    if _is_mixed(pages, inherited):
        draft = replace(draft, remarks=(*draft.remarks, Remark.MIXED_LANGUAGES))
    return draft


def judge(text: str) -> Verdict:
    """The language of one text of at least ``ENOUGH_LETTERS`` letters, as far as it is clear."""
    sample = _sample(text)
    if len(_OTHER_SCRIPT.findall(sample)) * 2 > _count_letters(sample):
        return FOREIGN
    language, confidence = _ask_lingua(sample)
    words = _WORD.findall(sample)
    if _is_foreign_prose(words, language):
        return FOREIGN
    share = _share((word.lower() for word in words), language)
    if not share:
        return UNSURE  # names and codes: not one word says which language it is
    if confidence >= SURE and share >= PROSE_SHARE:
        return Verdict(language)
    return Verdict(language) if _ask_langdetect(sample) == language else UNSURE


def warm() -> None:
    """Load both detectors' models by one detection each, which starts no thread."""
    text = "La protección de las personas refugiadas y desplazadas en la región"
    _ask_lingua(text)
    _ask_langdetect(text)


def _count_letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _sample(text: str) -> str:
    """About the first 1,500 letters (as if they were spread evenly), on one line."""
    letters = _count_letters(text)
    if letters > SAMPLE_LETTERS:
        text = text[: len(text) * SAMPLE_LETTERS // letters]
    return " ".join(text.split())


def _is_foreign_prose(words: Sequence[str], language: str) -> bool:
    """Whether these are sentences, and not of the language that seems nearest.

    Only words in small letters count: names, tables and headings have no function words either,
    and must not make a Spanish annex foreign.
    """
    small = [word for word in words if word.islower()]
    if len(small) < FOREIGN_WORDS or len(small) * 2 < len(words):
        return False
    return _share(small, language) < FOREIGN_SHARE


def _share(words: Iterable[str], language: str) -> float:
    known = FUNCTION_WORDS[language]
    hits = [word in known for word in words]
    return sum(hits) / len(hits) if hits else 0.0


def _vote(verdicts: Sequence[Verdict], letters: Sequence[int]) -> str | None:
    """The language most letters are in; None without one, or where most are foreign."""
    votes: Counter[Verdict] = Counter()
    for verdict, count in zip(verdicts, letters, strict=True):
        if verdict != UNSURE:
            votes[verdict] += count
    return votes.most_common(1)[0][0].language if votes else None


def _judge_together(draft: Draft, verdicts: Sequence[Verdict]) -> str | None:
    """For documents of slides and captions, no page of which says enough by itself."""
    if any(verdict != UNSURE for verdict in verdicts):
        return None
    text = " ".join(page.text[:SAMPLE_LETTERS] for page in draft.pages[:200])
    if _count_letters(text) < ENOUGH_LETTERS:
        return None
    return judge(text).language


def _settle(verdict: Verdict, inherited: str | None) -> str | None:
    if verdict.foreign:
        return None
    return verdict.language or inherited


def _is_mixed(pages: Sequence[PageText], main: str | None) -> bool:
    others = Counter(page.language for page in pages if page.language not in {None, main})
    return any(count >= SECOND_LANGUAGE_SHARE * len(pages) for count in others.values())


@cache
def _lingua() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(
        Language.SPANISH, Language.ENGLISH, Language.PORTUGUESE, Language.FRENCH
    ).build()


def _ask_lingua(text: str) -> tuple[str, float]:
    best = _lingua().compute_language_confidence_values(text)[0]
    return best.language.iso_code_639_1.name.lower(), best.value


@cache
def _langdetect() -> Any:
    """A factory of our own: langdetect's public one reads all 55 profiles and no seed."""
    import langdetect
    from langdetect.detector_factory import DetectorFactory

    profiles = Path(langdetect.__file__).parent / "profiles"
    DetectorFactory.seed = 0
    factory = DetectorFactory()
    factory.load_json_profile([(profiles / code).read_text("utf-8") for code in LANGUAGES])
    return factory


def _ask_langdetect(text: str) -> str | None:
    """Its first guess, or None where it finds nothing to go by."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _langdetect().create()
    detector.append(text.lower())  # it reads ALL CAPS as German or English
    try:
        guesses = detector.get_probabilities()
    except LangDetectException:
        return None
    return str(guesses[0].lang) if guesses else None
