"""Passwords: which ones are accepted, and argon2id for those that are.

Length is the only demand (NIST SP 800-63B): rules of composition make people write them down.
"""

from __future__ import annotations

import secrets
import unicodedata
from enum import StrEnum
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST = 12
LONGEST = 200
LONGEST_PATTERN = 6
SHORTEST_OWN_NAME = 4

HASHER = PasswordHash((Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1),))
"""OWASP's parameters for small servers: 19 MiB and about 40 ms. Hashes made with others are
renewed at the next log-in."""

COMMON_WORDS = """
password passwords passwort motdepasse contrasena contrasenia micontrasena clave miclave
claveclave administrador administrator admin administracion bienvenido bienvenida
bienvenidos welcome letmein iloveyou teamo tequiero teamomucho tequieromucho princesa
estrella mariposa corazon barcelona realmadrid guatemala honduras elsalvador salvador
nicaragua costarica mexico panama belize belice centroamerica repositorio repository
mirps acnur unhcr refugiado refugiada refugiados qwertyuiop asdfghjkl zxcvbnm qwerty
qwertyasdfgh usuario secreto secreta secret changeme cambiame dragon football futbol
superman monkey sunshine jesus jesucristo diosesamor dios jesusteama prueba test testing
master familia hola abracadabra trustno
"""
COMMON = frozenset(COMMON_WORDS.split())
"""Words that people choose by the thousand, folded; digits and signs around them do not help."""

SEQUENCES = (
    "012345678901234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)


class Weakness(StrEnum):
    SHORT = "password-short"
    LONG = "password-long"
    COMMON = "password-common"
    HOLDS_EMAIL = "password-holds-email"


def weakness(password: str, email: str) -> Weakness | None:
    """Why a password is refused, or None; ``email`` is the account's, folded."""
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    folded = _folded(password)
    own = email.partition("@")[0]
    if email in folded or (len(own) >= SHORTEST_OWN_NAME and _folded(own) in folded):
        return Weakness.HOLDS_EMAIL
    return Weakness.COMMON if _common(folded) else None


def _common(folded: str) -> bool:
    bare = "".join(letter for letter in folded if letter.isalpha())
    return (
        any(_repeats(folded, size) for size in range(1, LONGEST_PATTERN + 1))
        or any(folded in row or folded[::-1] in row for row in SEQUENCES)
        or bare in COMMON
        or any(_repeats(bare, len(word)) and bare.startswith(word) for word in COMMON if bare)
        or (not bare and folded.isdecimal() and folded[:10] in SEQUENCES[0])
    )


def _repeats(text: str, size: int) -> bool:
    return text == (text[:size] * len(text))[: len(text)] and len(text) > size


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def hashed(password: str) -> str:
    return HASHER.hash(_typed(password))


def matches(password: str, held: str | None) -> tuple[bool, str | None]:
    """Whether a password is the one behind ``held``, and a new hash where the old is outdated.

    The same work is done where there is no account or no password, so that the time an answer
    takes does not tell who has one.
    """
    fits, renewed = HASHER.verify_and_update(_typed(password[:LONGEST]), held or _nobodys(HASHER))
    return (fits, renewed) if held else (False, None)


@cache
def _nobodys(hasher: PasswordHash) -> str:
    return hasher.hash(secrets.token_urlsafe())


def _typed(password: str) -> str:
    """Keyboards write accents in two ways; both are the same password."""
    return unicodedata.normalize("NFKC", password)
