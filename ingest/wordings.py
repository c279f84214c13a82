"""The wordings by which a text says, in passing, what it is not about and where something was.

Patterns by language. They are matched against small letters without accents (ñ stays).
"""

from __future__ import annotations

import re

LANGUAGES = ("es", "en", "pt", "fr")
_Patterns = dict[str, re.Pattern[str]]


def _each(**alternatives: tuple[str, ...]) -> _Patterns:
    return {
        language: re.compile(rf"\b(?:{'|'.join(found)})")
        for language, found in alternatives.items()
    }


NOT_ABOUT_THIS = _each(
    es=(
        r"no (?:se )?(?:abord|ocup|analiz|estudi|examin|contempl|consider|incluy|cubr)"
        r"(?:a|an|e|en|o|amos|imos|aron|ieron|io|aremos|ara|iran?)\b",
        r"no (?:se )?(?:trata|tratan|tratamos|refiere|refieren|referimos|habla|hablamos)\b",
        r"no entra(?:n|mos)? en\b",
    ),
    en=(
        r"(?:does|do|did|will) not (?:address|cover|discuss|deal|concern|include|examine|consider|"
        r"look|study|analy[sz]e|treat|speak)\b",
        r"(?:is|are|was|were) not (?:about|concerned|part of|the subject)\b",
    ),
    pt=(
        r"nao (?:se )?(?:aborda|trata|ocupa|inclui|analisa|examina|cobre|considera|fala|estuda)"
        r"(?:m|mos)?\b",
    ),
    fr=(
        r"(?:n'|ne |ne s'|ne se )(?:abord|trait|couvr|concern|occup|examin|inclu|analys|parl|port)"
        r"\w* (?:pas|ni|point)\b",
    ),
)
"""What follows, to the end of the sentence, is not what the text deals with."""

NOT_ABOUT_THAT = _each(
    es=(
        r"(?:queda|quedan|quedaron|deja|dejan|dejamos) (?:por )?fuera\b",
        r"fuera del? (?:alcance|ambito|objeto|marco)\b",
        r"no (?:es|son|fue|fueron|forman? parte del) (?:(?:el|la|los|las) )?"
        r"(?:tema|objeto|asunto)\b",
    ),
    en=(
        r"(?:beyond|outside|out of) (?:the |our |its )?scope\b",
        r"(?:is|are|was|were) (?:not (?:covered|addressed|discussed|considered|included|examined|"
        r"used|compared)|left (?:out|aside))\b",
        r"(?:is|are|was|were) not (?:the |a )?(?:subject|topic|theme|focus) (?:of|here)\b",
    ),
    pt=(
        *(r"(?:ficam?|ficaram) (?:de )?fora\b", r"fora do (?:escopo|ambito|alcance)\b"),
        r"nao (?:e|sao|foi|foram|faz parte do) (?:[oa] )?(?:tema|objeto|assunto)\b",
    ),
    fr=(
        r"hors du (?:champ|cadre|propos|perimetre)\b",
        r"ne (?:sont|seront|sera|font|fait) (?:pas|point) (?:abord|trait|partie|l'objet)\w*",
        r"(?:n'est|ne sont) (?:pas|point) (?:(?:le|un) |l')?(?:sujet|objet|theme|propos)\b",
    ),
)
"""The whole sentence says what the text leaves out."""

UNLIKE = _each(
    es=(
        *(r"a diferencia del?\b", r"en (?:lugar|vez) del?\b"),
        r"no (?:debe |deben )?confundir(?:se)? con\b",
    ),
    en=(r"unlike\b", r"as opposed to\b", r"instead of\b", r"not to be confused with\b"),
    pt=(r"ao contrario d[aeo]s?\b", r"diferentemente d[aeo]s?\b", r"em vez d[aeo]s?\b"),
    fr=(r"contrairement a(?:ux?)?\b", r"a la difference d", r"au lieu d"),
)
"""What follows, to the next comma, is named for contrast."""

BUT = re.compile(r",?\s(?:sino|pero|but|however|mais|mas|senao|aunque|although)\b")
"""Where a denial ends within its sentence."""


def _venues(meeting: str, summit: str, held: str, gathered: str, at: str) -> tuple[str, ...]:
    return (
        rf"(?:{meeting})\b[^.;!?]{{0,90}}?\b(?:{held})\b(?:\s+[\w'-]+){{0,4}}?\s+(?:{at})\s",
        rf"(?:{summit})(?:\s+[\w'-]+){{0,3}}?\s+(?:{at})\s",
        rf"(?:{gathered}) (?:{at})\s",
    )


_ADDRESS = r"(?:[^.;:,\n]{0,60},(?:[\w ]{3,30},)?)?"
"""Up to the country that an office's address ends with, or the town before it."""

ELSEWHERE = _each(
    es=(
        *_venues(
            "reunion(?:es)?|encuentro|foro|conferencia|cumbre|asamblea|plenaria|congreso|"
            "seminario|taller|sesion|consulta",
            "reunion|cumbre|plenaria",
            "se (?:hizo|celebro|realizo|llevo a cabo|desarrollo|reunio|celebrara|realizara)|"
            "tuvo lugar|tendra lugar|celebrad[ao]|realizad[ao]|organizad[ao]|sera|fue",
            "reunid[ao]s|congregad[ao]s|se reunieron",
            "en",
        ),
        r"con sede en\b",
        rf"oficinas? (?:regiona(?:l|les)|multipais)\b{_ADDRESS}",
        r"partidos? (?:de futbol )?(?:entre|contra)\b",
        r"financiad[ao]s? por\b",
        r"(?:con (?:el )?|gracias al? )(?:apoyo|financiamiento|financiacion|fondos|donaciones) "
        r"(?:financiero )?del? (?:la )?(?:gobierno|embajada|cooperacion|agencia)\b",
        r"(?:publicad|impres|editad)[ao]s? en\b",
    ),
    en=(
        *_venues(
            "meeting|conference|forum|summit|assembly|seminar|workshop|session|consultation",
            "meeting|conference|summit",
            "(?:was |is |be |being )?(?:held|hosted|convened|organi[sz]ed)|took place|takes place",
            "gathered|assembled|met|convened",
            "in|at",
        ),
        *(r"headquartered in\b", r"headquarters in\b", r"funded by\b"),
        rf"(?:regional|multi-?country) office\b{_ADDRESS}",
        r"(?:match|game)(?:es|s)? (?:between|against)\b",
        r"financed by\b",
        r"(?:support|funding|funds|grant) (?:of|from) (?:the )?(?:government|embassy|agency)\b",
        r"(?:published|printed) in\b",
    ),
    pt=(
        *_venues(
            "reuniao|reunioes|encontro|foro|conferencia|cupula|assembleia|plenaria|congresso|"
            "seminario|oficina|sessao|consulta",
            "reuniao|cupula|plenaria",
            "se realizou|realizou-se|aconteceu|ocorreu|teve lugar|realizad[ao]|organizad[ao]|sera|"
            "foi",
            "reunid[ao]s|se reuniram",
            "em|no|na",
        ),
        *(r"com sede (?:em|no|na)\b", r"financiad[ao]s? pel[ao]s?\b"),
        *(rf"escritorio regional\b{_ADDRESS}", r"(?:jogo|partida) (?:entre|contra)\b"),
        r"com (?:o )?(?:apoio|financiamento|recursos) (?:financeiro )?d[aeo] "
        r"(?:governo|embaixada|cooperacao|agencia)\b",
        r"(?:publicad|impress|editad)[ao]s? (?:em|no|na)\b",
    ),
    fr=(
        *_venues(
            "reunion|rencontre|forum|conference|sommet|assemblee|pleniere|congres|seminaire|"
            "atelier|session|consultation|colloque",
            "reunion|sommet|pleniere",
            "s'est tenue?|a eu lieu|tenue?|organisee?|s'est reunie?|aura lieu|se tiendra",
            "reunie?s|se sont reunie?s",
            "a|au|aux|en",
        ),
        *(r"dont le siege\b", r"financee?s? par\b"),
        *(rf"bureau regional\b{_ADDRESS}", r"match (?:entre|contre)\b"),
        r"(?:soutien|appui|financement) (?:financier )?d[eu] (?:la |l')?"
        r"(?:gouvernement|ambassade|cooperation|agence)\b",
        r"(?:publie|imprime)e?s? (?:a|au|en)\b",
    ),
)
"""A place that follows, before the next comma, is a venue, a seat, a donor's or a printer's."""

COMMA = re.compile(r"[,:()]")

MONTHS = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|"
    "diciembre|january|february|march|april|may|june|july|august|september|october|november|"
    "december|janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro|"
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
)
DATED_OR_PRINTED = re.compile(
    r"(?P<dated>\s*,\s+(?:a |el |le )?(?:\d{1,2}(?:er|o)? )?(?:de )?"
    rf"(?:{MONTHS})(?: (?:del? )?\d{{4}}|,? \d{{4}}| \d{{1,2}}, \d{{4}}))"
    r"|\s*:\s[^\n.:;]{3,50},\s(?:19|20)\d\d\b"
)
"""What follows a place in a date line (Tegucigalpa, 3 de mayo de 2024) or before a publisher."""

_LIST = (
    r"(?:(?:el|la|los|las|le|les|the)\s+|l')?"
    r"(?:[\w' %()-]{3,40}(?:,|\by\b|\be\b|\band\b|\bet\b|\bo\b|\bou\b|\bor\b)\s*"
    r"(?:\d[\d.,]*\s?%\s*)?(?:(?:de|from|du|da|do)\s+|al?\s+|en\s+|in\s+|em\s+|d')?(?:(?:el|la|le|the)\s+)?){0,4}"
)


def _coming(people: str, left: str, of: str, since: str, quit_: str) -> re.Pattern[str]:
    """Matches what stands before the name of a place people came from, up to that name."""
    return re.compile(
        rf"\b(?:(?:{people})(?:\s+[\w-]+){{0,2}}?\s+(?:{of})(?:\s+|(?<='))"
        rf"|(?:{left})(?:\s+(?!al?\b|hasta\b|to\b|hacia\b|para\b)[\w-]+)?\s+(?:{of})(?:\s+|(?<='))"
        rf"|(?:{left})(?:\s+[\w-]+){{0,5}}?\s+(?:{since})\s+"
        rf"|(?:{quit_})\s+){_LIST}$"
    )


CAME_FROM = {
    "es": _coming(
        "personas|familias|mujeres|hombres|niñ[oa]s|nin[oa]s|jovenes|adolescentes|gente|"
        "refugiad[oa]s|solicitantes|migrantes|nacionales|ciudadan[oa]s|deportad[oa]s|"
        "persona|familia|mujer|hombre|joven|madres?|padres?|señora?s?|muchach[oa]s?|pareja|"
        "herman[oa]s|maestr[oa]s?|profesor(?:es|as?)?|estudiantes?|periodistas?|"
        "(?:panad|enferm|cost?ur|cocin|carpint|ingeni|barb|zapat|peluqu|jornal|obr)er[oa]s?|"
        "(?:sold|agricult|pesc|vend|trabaj|bord)(?:ad)?or(?:es|as?)?|electricistas?|taxistas?|"
        "medic[oa]s?|mecanic[oa]s?|abogad[oa]s?|artesan[oa]s?|campesin[oa]s?|albañil(?:es)?|"
        "comerciantes?|embajada|consulados?|consul|embajadora?",
        "sal(?:ir|ieron|io|imos|en|ian|ido|iendo)|hu(?:ir|yeron|yo|yen|yendo|imos|ido|ian?)|"
        "lleg(?:ar|aron|o|an|ad[oa]s?|amos|aban)|vino|vinieron|vienen?|venir|venid[oa]s?|venimos|"
        r"proced\w+|proven\w+|provien\w+|originari\w+|oriund\w+|naturales|escap\w+|deportad\w+|"
        r"devuelt\w+|expulsad\w+|retornad\w+|emigr\w+|regres\w+",
        "de|desde",
        "desde",
        "desde|nacid[oa]s? en|abandon(?:ar|aron|o|amos)|dejaron|dejamos|"
        "(?:pas|transit)(?:aron|o|amos|ando|ar) por|escala en|"
        "(?:cruz|atraves)(?:aron|o|amos|ando|ar)|"
        "(?:inspirad|basad)[oa]s? en|(?:se )?inspir(?:o|aron|an?) en|copiad[oa]s? de|gracias a|"
        r"agradec\w+ (?:a|el apoyo de)|(?:era|eran|son|somos) de|español de|"
        r"(?:camiseta|bandera|seleccion) de|universidad (?:\w+ ){1,3}de",
    ),
    "en": _coming(
        "people|persons|families|women|men|children|adolescents|youth|refugees|seekers|migrants|"
        "nationals|citizens|students|workers|returnees|deportees|newcomers|arrivals|person|family|"
        r"woman|man|child|mother|father|girl|boy|couple",
        r"c[ao]me|coming|fled|fleeing|flee|arriv\w+|deport\w+|return\w+|remov\w+|expelled|"
        r"escap\w+|originat\w+|travel\w+|emigrat\w+|displaced",
        "from",
        "from",
        r"born in|left|leaving|fled|fleeing|(?:embassy|consulate(?: general)?|ambassador) of|"
        r"(?:pass(?:ed|ing)|travel(?:led|ed|l?ing)) through|transited|cross(?:ed|ing)|stopover in|"
        r"grew up in|raised in|inspired by(?: (?:[\w-]+ ){1,4}?(?:in|from|of))?|modell?ed on|"
        r"thanks to|grateful to|(?:was|were|are) from|(?:shirt|flag) of|"
        r"(?:an?|another|two|three) (?:[a-z-]+ )?(?!\w*(?:evidence|lesson|stud|report|example|"
        r"finding|experience|stor[yi]|data|letter|messag|note|testimon|case|view|perspective|voice|result|"
        r"initiative|practice|model|law|decree))[a-z]{3,} from",
    ),
    "pt": _coming(
        "pessoas|familias|mulheres|homens|criancas|jovens|adolescentes|refugiad[oa]s|solicitantes|"
        "migrantes|nacionais|cidad[ao]o?s|deportad[oa]s|pessoa|familia|mulher|homem|mae|pai|menin[oa]s?|"
        "padeir[oa]s?|costureiras?|professor(?:es|as?)?|pedreiros?|enfermeir[oa]s?|medic[oa]s?|"
        "advogad[oa]s?|agricultor(?:es|as?)?|estudantes?|embaixada|consulado",
        r"sa(?:iram|iu|imos|ir|em|idos?)|fug\w+|cheg(?:aram|ou|am|amos|ar)|vind[oa]s?|vieram|veio|"
        r"vem|procedent\w+|provenient\w+|originari\w+|deportad\w+|expuls\w+|retornad\w+",
        "de|da|do|dos|das|desde",
        "desde",
        "desde|nascid[oa]s? (?:em|no|na)|deixaram|pass(?:aram|ou|amos|ando) (?:por|pel[oa])|"
        "atravess(?:aram|ou|amos|ando)|escala n[oa]|inspirad[oa]s? (?:em|por|n[oa]|pel[oa])|"
        "gracas a[os]?|eram d[aeo]s?",
    ),
    "fr": _coming(
        "personnes|familles|femmes|hommes|enfants|jeunes|adolescents|refugiee?s|demandeurs|"
        "migrants|ressortissants|citoyens|personne|famille|femme|homme|mere|pere|fille|garcon|"
        "boulang(?:er|ere)s?|couturieres?|enseignante?s?|macons?|infirmi(?:er|ere)s?|medecins?|"
        "avocate?s?|agriculteurs?|agricultrices?|etudiante?s?|ambassade|consulat",
        r"venue?s?|venir|viennent|vient|fui\w*|fuy\w+|arriv\w+|originaires?|sorti\w*|partie?s?|"
        r"natifs|provenan\w+|expuls\w+",
        "de|du|des|depuis|d'",
        "depuis",
        r"depuis|nee?s? (?:en|au|a)|quitt\w+|passee?s? par|travers(?:e|ee?s?|ant|er)|"
        r"escale (?:a|au|en)|inspiree?s? (?:par|de|du)|grace (?:a|au|aux)|etaient d[eu]",
    ),
}
"""By language, what stands right before the name of a place that people came from or through, or
that is named for something else than what happens there."""

INSTITUTE = re.compile(
    r"\b(?:universidad|universidade|university|universite|instituto?|institute|facultad|faculdade|"
    r"faculty|faculte|escuela de|school of|college|centro de (?:investigacion|estudios|pesquisa)|"
    r"catedra|laboratoire|sede|e-?mail|correo|orcid|autora?s?:|authors?:|\w+@\w)"
)
"""What an author's affiliation names."""

BYLINE = re.compile(
    r"\b(?:(?:autor(?:es|as?)?|authors?|auteure?s?)(?:/as)?:|(?:elaborad|preparad)[oa] por\b|"
    r"prepared by\b|redige par\b)"
)
"""How the sentence begins that says who wrote a text."""

CAPTION = re.compile(r"\b(?:foto(?:grafia)?|photo(?:graph)?|imagen|imagem|image|picture)s?:")
"""How a caption begins: what a picture shows may be elsewhere."""

BLANK_LINE = re.compile(r"\n\s*\n")

THREAT = _each(
    es=(
        r"no pued(?:e|en|o|an) (?:volver|regresar|retornar)\b",
        r"no podian? (?:volver|regresar|retornar)\b",
        *(r"amenaza\w*", r"temor(?:es)?\b", r"persegu\w+", r"persecucion\b"),
    ),
    en=(
        r"(?:cannot|can not|could not|unable to) (?:go back|return)\b",
        *(r"threat\w*", r"fear\w*", r"persecut\w+"),
    ),
    pt=(
        r"nao pode(?:m|ria|riam)? (?:voltar|regressar|retornar)\b",
        *(r"ameaca\w*", r"temor\b", r"persegui\w+"),
    ),
    fr=(
        r"ne peu(?:t|vent) (?:pas )?(?:rentrer|retourner|revenir)\b",
        *(r"menac\w+", r"crain\w+", r"persecut\w+"),
    ),
)
"""A danger: of returned people near it, it says that they need protection."""
