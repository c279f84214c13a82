"""Personal data is found where it stands, offices are left alone, and nothing found is kept."""

from __future__ import annotations

import time
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.draft import Draft, PageText, PersonalData, PersonalDataKind
from ingest.personal_data import warn_of_personal_data

EMAIL, PHONE = PersonalDataKind.EMAIL, PersonalDataKind.PHONE
IDENTITY, PLACE = PersonalDataKind.IDENTITY_DOCUMENT, PersonalDataKind.COORDINATES

HELD: dict[PersonalDataKind, tuple[str, ...]] = {
    EMAIL: (
        "Escriba a rosa.perez@example.org para saber más.",
        "juan_88@example.com",
        "e-mail: m.keller@uni.example.org;",
        "(ana-lopez+mirps@example.org)",
        "Correo:marta@example.com.",
        "autor: l.arosemena@example.org, 2024",
        "contactarme en yeny2003@example.com",
        "MARIO@EXAMPLE.ORG",
    ),
    PHONE: (
        "Tel. +504 5550-1147",
        "+503 5550 4471",
        "WhatsApp 5550-2291",
        "llámenos al 5550 1234",
        "Call me at +501 555-0123.",
        "teléfono: (502) 5550-1020",
        "cel. 55501020",
        "+52 55 5550 4471",
        "+52 1 961 555 0123",
        "00506 5550 1147",
        "celular 961 555 0123",
        "Phone: 555-0147-22",
        "Telefone: +55 95 5550-4471",
        "téléphone : +509 55 50 44 71",
        "mi número de celular es 5550-9012",
        "+507-5550-8812",
        "móvil 5550.4471",
    ),
    IDENTITY: (
        "DUI 01234567-8",
        "con 01234567-8 a su nombre",
        "DPI 1234 56789 0101",
        "1234-56789-0101",
        "CUI 1234567890101",
        "DNI 0801-1990-12345",
        "identidad número 0801199012345",
        "DNI: 0000-0000-00000",
        "CURP ABCD900101HDFRRN09",
        "XEXX010101MNEXXXA4",
        "cédula 1-1234-5678",
        "cédula 8-765-4321",
        "cédula E-8-123456",
        "Cédula: PE-12-345",
        "DIMEX 155812345678",
        "documento DIMEX número 15581234567",
        "pasaporte C01234567",
        "passport no. AB1234567",
        "passeport 12AB34567 n° X1234567",
        "A 123-456-789",
        "alien number A012345678",
        "A-12345678",
        "registro 123-45C12345",
        "registration 567-21C00012 of the family",
        "expediente n.º COMAR/TAP/1234/2023 de la solicitante",
        "solicitud de refugio, expediente 2023-00456",
        "asylum claim no. 2022-118/4",
        "caso ONPAR 45/2021-3 en elegibilidad",
        "Social Security 123-45-6789",
        "carné 155800012345",
    ),
    PLACE: (
        "14.63490, -90.50690",
        "la casa (15.5038,-88.0250)",
        "13°41'56\"N 89°11'29\"O",
        "14° 04′ 12″ N, 87° 11′ W",
        "9.9281 ; -84.0907",
    ),
}
NOTHING_HELD = (
    "Escriba a info@example.org.",
    "contacto@example.org",
    "prensa@example.org / press@example.com",
    "comunicaciones.sv@example.org",
    "oficina-regional@example.org",
    "secretaria@example.org",
    "@mirps en las redes",
    "una sala @ el centro",
    "El 12-05-2024 se reunieron 1.200 personas.",
    "1990-2020",
    "entre 2015-2019 hubo 15 000 casos",
    "pp. 1234-1256",
    "ISSN 1234-5678",
    "ISBN 978-99961-0-123-4",
    "ISBN 978-0-306-40615-7",
    "doi:10.1234/5678-9012",
    "https://doi.org/10.1000/01234567",
    "Decreto 154-2022",
    "Decreto Legislativo 539 de 2020",
    "AG/DEC. 111 (LIII-O/23)",
    "P4-R4-A5 del plan 2026",
    "USD 1.250.000,00",
    "Q 12,500.50 por familia",
    "el 37,5 % de 4.870 personas",
    "12 000 000",
    "Resolución 2198 (XXI)",
    "Ley 81 de 2019",
    "llame a la línea gratuita 1800 5550 000",
    "Prensa: +503 5550 0000",
    "conmutador +502 5550-0000",
    "hotline +501 5550000",
    "emergencias: teléfono 911",
    "Teléfonos móviles para 200 familias en 2023",
    "la llamada duró 45 minutos y costó 120 lempiras",
    "tel. 911",
    "1.870 hogares en 2 años",
    "Cuadro 14. Nacionalidades 388 / 702 / 1204",
    "cédula de ciudadanía para 12 personas",
    "el pasaporte cuesta 35 dólares",
    "sin documento de identidad en el 40 % de los casos",
    "documentos de 2019 a 2024",
    "Expediente digital: 3 etapas",
    "Caso 12.475, Corte IDH",
    "caso 3 de asilo",
    "Informe A/77/189",
    "documento A/RES/73/151",
    "CP/RES. 1206 (2312/22)",
    "S1:102 y S2:85",
    "temperatura de 14.6 a 15.2 grados",
    "a 14° bajo cero",
    "Figura 3.14159",
    "IPC 102.4531 puntos",
    "km 14 de la ruta CA-9",
    "Ruta CA-4, Nueva Ocotepeque",
    "Código postal 01010-2",
    "cohorte 2021-2 del diplomado",
    "el 3 de mayo de 2024 a las 10:30-11:45",
    "JEL J15, J61",
    "versión 2.7.5",
    "residencia por 24 meses en 2022 y 2023",
    "",
)


def kinds(text: str) -> set[PersonalDataKind]:
    draft = warn_of_personal_data(Draft(Path("x.pdf"), pages=(PageText(1, text),)))
    return {warning.kind for warning in draft.personal_data}


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, texts in HELD.items() for t in texts])
def test_what_stands_there_is_told_by_kind(kind: PersonalDataKind, text: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize("text", NOTHING_HELD)
def test_numbers_and_offices_are_nobody(text: str) -> None:
    assert kinds(text) == set()


def test_there_are_enough_examples_of_both_kinds() -> None:
    assert sum(map(len, HELD.values())) >= 60 <= len(NOTHING_HELD)


def test_pages_and_counts_are_told_and_nothing_else() -> None:
    pages = (
        PageText(1, "Nada."),
        PageText(2, "ana@example.org, luis@example.org; DNI 0000-0000-00000"),
        PageText(5, "ana@example.org"),
    )
    found = warn_of_personal_data(Draft(Path("x.pdf"), pages=pages)).personal_data
    assert [(w.kind, w.page, w.count) for w in found] == [
        (EMAIL, 2, 2),
        (IDENTITY, 2, 1),
        (EMAIL, 5, 1),
    ]
    assert {field.name for field in fields(PersonalData)} == {"kind", "page", "count"}
    assert "ana" not in repr([asdict(warning) for warning in found])


@given(st.text())
def test_no_text_brings_it_down(text: str) -> None:
    for warning in warn_of_personal_data(
        Draft(Path("x.pdf"), pages=(PageText(1, text),))
    ).personal_data:
        assert warning.page == 1
        assert warning.count >= 1


@given(st.text("0123456789- .+@()/A\n", max_size=300))
def test_digits_and_signs_are_read_in_no_time(text: str) -> None:
    kinds(text * 10)


@pytest.mark.parametrize(
    "after", ["de la convivencia entre vecinos ", " ", "1-", "AB/", "AB CD 1-"]
)
@pytest.mark.parametrize("word", ["caso ", "expediente n.º ", "pasaporte ", "tel. "])
def test_whatever_follows_a_word_is_read_once(word: str, after: str) -> None:
    start = time.process_time()
    kinds(f"12345 {word}{after * 100} 12345")
    assert time.process_time() - start < 0.2
