"""The words of a page as a reader would write them down."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.repair import repair


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        # a hyphen at the line's end: pdfium's sign, a soft one, pypdf's plain one
        ("desplaza\ufffe\r\nmiento forzado", "desplazamiento forzado"),
        ("desplaza\ufffemiento", "desplazamiento"),
        ("protec\u00adción", "protección"),
        ("pala-\nbra", "palabra"),
        ("inte-\r\ngração", "integração"),
        ("PROTEC-\nCIÓN", "PROTECCIÓN"),
        ("Centro-\nAmérica", "Centro-\nAmérica"),
        ("2020-\n2030", "2020-\n2030"),
        ("- uno\n- dos", "- uno\n- dos"),
        # marks that typesetting parted from their letters, before or after them
        ("L´opez", "López"),
        ("Lo´pez", "López"),
        ("Garc´ıa", "García"),
        ("Garc´ia", "García"),
        ("a´", "á"),
        ("a˜no de la ni˜nez", "año de la niñez"),
        ("informa¸c˜ao", "informação"),
        ("ping¨uino", "pingüino"),
        ("probl`eme", "problème"),
        ("Ageˆncia", "Agência"),
        ("Laszl ´ o", "Laszló"),
        ("educaci´on y pol´ıticas", "educación y políticas"),
        ("poblacio´n y ma´s me´todos", "población y más métodos"),
        # apostrophes typed with the accent key are no accents
        ("l´action", "l'action"),
        ("it´s, we´ll and don´t", "it's, we'll and don't"),
        ("O´Donnell", "O'Donnell"),
        ("``quoted'' and `code`", "``quoted'' and `code`"),
        # compatibility forms, except the ordinals people read
        ("ﬁnanciación de la oﬁcina", "financiación de la oficina"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("el 1.º de la M.ª", "el 1.º de la M.ª"),
        ("cafe\u0301", "café"),
        # what nobody sees, or must not act on
        ("a\u200bb\ufeffc", "abc"),
        ("nul\x00 y campana\x07", "nul y campana"),
        ("\u202edesver\u202c", "desver"),
        ("\uf0b7 punto\ue000fin", "• punto fin"),
        ("media \ud800 letra", "media letra"),
        # blanks
        ("  uno \t dos\u00a0tres  \r\n\r\n\r\n\r\nfin ", "uno dos tres\n\nfin"),
        ("", ""),
    ],
)
def test_text_is_repaired(broken: str, whole: str) -> None:
    assert repair(broken) == whole


TRICKY = "aeiounclsdtLOÉñ´`¨˜ˆ¸ı- \n\r\t\ufffe\u00adﬁº½\u0301\u0303\u1ffd\u1fef…\u2010\u2011\u00a0"


@settings(max_examples=300)
@given(st.text(TRICKY, max_size=14) | st.text(max_size=30))
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    once = repair(text)
    assert repair(once) == once


@given(st.text(st.characters(categories=["Cs", "Cc", "Co", "Cn", "Ll"]), max_size=20))
def test_repaired_text_can_always_be_stored(text: str) -> None:
    whole = repair(text)
    assert whole.encode().decode() == whole
    assert "\x00" not in whole
    assert "\ufffe" not in whole
