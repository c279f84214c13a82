"""Every ambiguous form of the gazetteer is read by what stands around it, and else not at all."""

from __future__ import annotations

import pytest

from index.thesaurus import NAME, recognise
from index.vocabulary import load

# form, a sentence in which it names a place and of which country, a sentence in which it does not
AMBIGUOUS = [
    ("San Salvador", "Trabajan en San Salvador.", "SV", "El puerto de San Salvador, Bahamas."),
    ("Costa Rica", "Viven en Costa Rica.", "CR", "La sindicatura de Costa Rica creció."),
    ("Georgia", "Llegó de Atlanta, en Georgia.", "US", "Georgia declaró ante la oficina."),
    ("San José", "Desde San José, Costa Rica.", "CR", "En San José, California, llueve."),
    ("Colón", "En la provincia de Colón, Panamá.", "PA", "El señor Colón firmó el acta."),
    ("La Paz", "El departamento de La Paz, Honduras.", "HN", "Construir La Paz entre todos."),
    (
        "La Libertad",
        "El departamento de La Libertad, El Salvador.",
        "SV",
        "La Libertad es un derecho.",
    ),
    ("La Unión", "El cantón de La Unión, Cartago.", "CR", "La Unión Europea financió."),
    ("Santa Ana", "En el departamento de Santa Ana.", "SV", "El hospital Santa Ana abrió."),
    ("Santa Rosa", "El departamento de Santa Rosa.", "GT", "El colegio Santa Rosa abrió."),
    ("San Marcos", "El departamento de San Marcos.", "GT", "La Universidad de San Marcos."),
    ("San Miguel", "El departamento de San Miguel.", "SV", "La fiesta de San Miguel pasó."),
    ("San Vicente", "La estación de San Vicente, Darién.", "PA", "La iglesia de San Vicente."),
    ("El Paraíso", "El departamento de El Paraíso.", "HN", "El Paraíso perdido, una novela."),
    ("El Progreso", "En El Progreso, Yoro.", "HN", "El Progreso técnico avanza."),
    ("Cortés", "Las maquilas de Puerto Cortés.", "HN", "El abogado Cortés declaró."),
    ("Valle", "El departamento de Valle.", "HN", "La doctora Valle escribió."),
    ("Gracias a Dios", "El departamento de Gracias a Dios.", "HN", "Gracias a Dios llegamos."),
    ("Morazán", "El departamento de Morazán.", "SV", "El general Morazán murió."),
    (
        "Francisco Morazán",
        "El departamento de Francisco Morazán.",
        "HN",
        "Francisco Morazán nació.",
    ),
    ("Santa Bárbara", "El departamento de Santa Bárbara.", "HN", "El día de Santa Bárbara."),
    ("Atlántida", "El departamento de Atlántida.", "HN", "La Atlántida es un mito."),
    ("Hidalgo", "El estado de Hidalgo.", "MX", "La señora Hidalgo habló."),
    ("Guerrero", "El estado de Guerrero.", "MX", "El ministro Guerrero habló."),
    ("Tabasco", "De Tenosique, Tabasco.", "MX", "Una salsa Tabasco muy fuerte."),
    ("Colima", "El estado de Colima.", "MX", "El distrito Colima es otro."),
    ("Jalapa", "El departamento de Jalapa.", "GT", "El chile Jalapa pica."),
    ("León", "En León, Guanajuato.", "MX", "El señor León llegó."),
    ("Granada", "En Granada, Nicaragua.", "NI", "Una granada: Granada."),
    ("Liberia", "En Liberia, Guanacaste.", "CR", "Liberia y sus lluvias."),
    ("David", "En la ciudad de David.", "PA", "David contó su historia."),
    ("Limón", "La provincia de Limón.", "CR", "Limón con sal."),
    ("Cartago", "La provincia de Cartago.", "CR", "Las guerras de Roma y Cartago."),
    ("Herrera", "La provincia de Herrera.", "PA", "La jueza Herrera falló."),
    ("Los Santos", "La provincia de Los Santos.", "PA", "El día de Los Santos."),
    ("Corozal", "The Corozal District of Belize.", "BZ", "El señor Corozal habló."),
    ("Cayo", "En el distrito de Cayo.", "BZ", "El Cayo tiene palmeras."),
    ("Toledo", "The Toledo District.", "BZ", "La profesora Toledo enseña."),
    ("Armenia", "Armenia, cerca de Belmopan.", "BZ", "La señora Armenia llegó."),
    ("Santiago", "En Santiago de Veraguas.", "PA", "El niño Santiago dibuja."),
    ("Nogales", "El albergue de Nogales.", "MX", "In Nogales, Arizona, they wait."),
    ("Comalapa", "San Juan Comalapa, Chimaltenango.", "GT", "El aeropuerto de Comalapa."),
    ("Victoria", "En Ciudad Victoria.", "MX", "La señora Victoria ganó."),
    ("Flores", "Viven en Flores, Petén.", "GT", "La licenciada Flores firmó."),
    ("La Cruz", "En La Cruz, Guanacaste.", "CR", "La Cruz Roja atendió."),
    ("La Palma", "En La Palma, Chalatenango.", "SV", "La Palma de la mano."),
    ("La Lima", "En La Lima, Cortés.", "HN", "La Lima y el martillo."),
    ("San Ignacio", "San Ignacio, Belize.", "BZ", "El colegio San Ignacio abrió."),
    ("Bella Vista", "Bella Vista, Belize.", "BZ", "El hotel Bella Vista cerró."),
    ("Villa Nueva", "De Mixco y Villa Nueva.", "GT", "Una Villa Nueva se construyó."),
    ("Villanueva", "De Choloma y Villanueva.", "HN", "El señor Villanueva habló."),
    ("Guadalajara", "Viven en Guadalajara.", "MX", "En Guadalajara, España, llueve."),
    ("Desamparados", "Desamparados y Alajuelita.", "CR", "Los Desamparados del mundo."),
    ("Corredores", "Corredores y Paso Canoas.", "CR", "Los Corredores humanitarios."),
    ("Palenque", "En Palenque, Chiapas.", "MX", "El Palenque de gallos."),
    ("Esquipulas", "En Esquipulas, Chiquimula.", "GT", "El Cristo de Esquipulas."),
    ("Durango", "En Durango y Sinaloa.", "MX", "Una camioneta Durango azul."),
    ("Morelos", "El estado de Morelos.", "MX", "La calle Morelos está cerrada."),
    ("Lempira", "El departamento de Lempira.", "HN", "Un dólar en Lempira subió."),
    ("Sonora", "En Hermosillo, Sonora.", "MX", "La banda Sonora gustó."),
    ("Monterrey", "Un taller en Monterrey.", "MX", "In Monterrey, California."),
    ("INA", "El INA de Costa Rica.", "CR", "El INA publicó un plan."),
    ("PDH", "La PDH de Guatemala.", "GT", "La PDH publicó un plan."),
    ("CNE", "La CNE de Costa Rica.", "CR", "El CNE contó los votos."),
    ("IGM", "El IGM de Guatemala.", "GT", "Una prueba de IGM en sangre."),
    ("Refugees Department", "The Refugees Department of Belize.", "BZ", "A Refugees Department."),
    (
        "Secretaría de Derechos Humanos",
        "La Secretaría de Derechos Humanos, en Tegucigalpa.",
        "HN",
        "La Secretaría de Derechos Humanos informó.",
    ),
    (
        "Programa de Integración Local",
        "El Programa de Integración Local en Saltillo.",
        "MX",
        "Un Programa de Integración Local cualquiera.",
    ),
    (
        "Servicio Nacional de Migración",
        "El Servicio Nacional de Migración, en el Darién.",
        "PA",
        "El Servicio Nacional de Migración informó.",
    ),
    ("DGME", "La DGME de Costa Rica.", "CR", "La DGME informó."),
    ("Panama City", "A hotel in Panama City.", "PA", "Panama City in Florida is a beach."),
]
SILENT = ("Trinidad", "INM", "INEC", "UCA", "CONARE")
UNMISTAKABLE = (  # in this field's texts nothing else is called so
    *("Heredia", "Zacapa", "Cuscatlán", "Querétaro", "Guanajuato", "Aguascalientes", "Matamoros"),
    *("NEMO", "Defensoría de los Habitantes"),
)


def countries(text: str, language: str) -> set[str]:
    return {m.id for m in recognise(text, language) if m.kind == "country" and m.weight >= NAME}


def language(text: str) -> str:
    return "en" if {"the", "in", "a", "is"} & set(text.casefold().split()) else "es"


@pytest.mark.parametrize(("form", "text", "country", "other"), AMBIGUOUS)
def test_an_ambiguous_form_is_read_by_what_stands_around_it(
    form: str, text: str, country: str, other: str
) -> None:
    assert form in text
    assert form in other
    assert country in countries(text, language(text))
    assert country not in countries(other, language(other))


@pytest.mark.parametrize("form", SILENT)
def test_a_form_that_could_be_anywhere_says_nothing(form: str) -> None:
    assert countries(f"Según {form}, la cifra subió.", "es") == set()


@pytest.mark.parametrize("form", UNMISTAKABLE)
def test_a_form_that_is_but_one_place_says_so(form: str) -> None:
    assert len(countries(f"Según {form}, la cifra subió.", "es")) == 1


def test_every_ambiguous_form_is_tried_both_ways() -> None:
    tried = {form for form, *_ in AMBIGUOUS} | {*SILENT, *UNMISTAKABLE}
    french_only = {"Salvador"}
    assert {form.form for form in load().places.ambiguous} - french_only == tried


@pytest.mark.parametrize("mask", load().places.masks)
def test_an_instrument_names_no_place_and_leaves_those_beside_it(mask: str) -> None:
    assert countries(f"Según {mask}, de 2014.", "es") == set()
    assert countries(f"En Honduras, según {mask}.", "es") == {"HN"}


@pytest.mark.parametrize("region", load().places.regions, ids=lambda region: region.id)
def test_a_region_is_a_region_and_no_country(region: object) -> None:
    for name in region.names:  # type: ignore[attr-defined]
        found = [m for m in recognise(f"x {name} x", "es") if m.kind != "concept"]
        assert [(m.kind, m.id) for m in found] == [("region", region.id)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Vive en la calle Guatemala, frente al parque."),
        ("es", "La colonia Honduras recibió láminas."),
        ("es", "Las trabajadoras del Hospital México las atienden."),
        ("es", "La Escuela República de Panamá inscribió a 34 niñas."),
        ("es", "Compró pan en Almacenes Honduras."),
        ("en", "They meet at the Guatemala Hotel."),
        ("pt", "No bairro México falta água."),
        ("fr", "Dans la rue du Honduras, une association prête des chambres."),
        ("es", "El albergue de la Avenida Panamá cerró."),
        ("en", "A room of her own on Honduras Street."),
        ("pt", "A sede fica na rua México."),
        ("fr", "Le foyer de la rue du Honduras est plein."),
    ],
)
def test_what_bears_the_name_of_a_country_is_not_in_it(language: str, text: str) -> None:
    assert not [one for one in recognise(text, language) if one.kind == "country"]


def test_streets_of_a_country_are_in_it() -> None:
    found = recognise("En las calles de Guatemala duermen familias.", "es")
    assert [one.id for one in found if one.kind == "country"] == ["GT"]


@pytest.mark.parametrize(
    "text",
    [
        "En el parque, Honduras recuerda a sus muertos.",
        "La República de Honduras firmó.",
        "Los hospitales de Honduras reciben a quien llega.",
    ],
)
def test_a_country_beside_such_a_word_is_a_country(text: str) -> None:
    assert [one.id for one in recognise(text, "es") if one.kind == "country"] == ["HN"]
