"""A small collection, and a visitor in front of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

from config import Settings
from tests.factories import a_document, a_pdf, indexed, with_file
from tests.instances import copied

STUDY = "Integración local en la frontera"
PAGES = (
    "La integración local de personas refugiadas.",
    "",
    "Tercera página: la integración local depende del empleo formal.",
)


@dataclass(frozen=True, slots=True)
class Collection:
    """An instance with a Spanish study (that has the file ``pdf``), an English brief and twelve
    bulletins."""

    instance: Path
    study: str
    english: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Place:
    client: FlaskClient
    study: str
    english: str
    pdf: bytes


def a_collection(empty_instance: Path, folder: Path) -> Collection:
    pdf = a_pdf("Uno", "Dos", "Tres")
    settings = Settings.load(folder, env={})
    with copied(empty_instance, settings) as runtime:
        with runtime.database.writing() as session:
            study = a_document(
                session,
                STUDY,
                PAGES,
                authors=["María Ruiz", "José Menjívar"],
                organization="Universidad de la Frontera",
                year=2024,
                document_kind="research-report",
                abstract="Qué facilita la integración.",
                planning_use="Qué servicios hacen falta.",
                licence="CC-BY-4.0",
                doi="10.5555/1234",
                remarks=["pages-without-text", "unheard-of"],
                tags={
                    "country": ["HN", "GT"],
                    "theme": ["local-integration"],
                    "priority": ["2026:P2"],
                    "activity": ["2026:P2-R2-A1"],
                },
            )
            with_file(runtime, session, study, pdf)
            english = a_document(
                session,
                "Counting displacement",
                ["Local integration needs land & rent."],
                language="en",
                source_kind="international-org",
                tags={"country": ["SV"]},
            )
            for n in range(12):
                a_document(session, f"Boletín {n:02}", ["Datos de retorno."], year=2010 + n)
            ids = study.public_id, english.public_id
        indexed(runtime)
    return Collection(settings.instance, *ids, pdf)
