"""What every sample says about itself, in the language of the document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The fixed words of a document; `warning` is reportlab mark-up, the others plain text."""

    footer: str
    warning: str
    page: str
    abstract: str
    contents: str
    licence: str


WORDS = {
    "es": Words(
        footer="Documento de muestra: contenido inventado",
        warning="<b>Documento de muestra: contenido inventado.</b> La organización, las "
        "personas autoras, las cifras y las citas no existen. No lo cite como evidencia.",
        page="Página",
        abstract="Resumen",
        contents="Contenido",
        licence="Licencia",
    ),
    "en": Words(
        footer="Sample document: invented content",
        warning="<b>Sample document: invented content.</b> The organization, the authors, the "
        "figures and the quotations do not exist. Do not cite it as evidence.",
        page="Page",
        abstract="Abstract",
        contents="Contents",
        licence="Licence",
    ),
    "pt": Words(
        footer="Documento de amostra: conteúdo inventado",
        warning="<b>Documento de amostra: conteúdo inventado.</b> A organização, os autores, os "
        "números e as citações não existem. Não o cite como evidência.",
        page="Página",
        abstract="Resumo",
        contents="Sumário",
        licence="Licença",
    ),
    "fr": Words(
        footer="Document d’exemple : contenu inventé",
        warning="<b>Document d’exemple : contenu inventé.</b> L’organisation, les auteurs, les "
        "chiffres et les citations n’existent pas. Ne le citez pas comme une preuve.",
        page="Page",
        abstract="Résumé",
        contents="Sommaire",
        licence="Licence",
    ),
}
