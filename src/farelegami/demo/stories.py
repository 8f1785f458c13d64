"""What the invented pacts are about: supports, places to give, words said at meetings."""

from dataclasses import dataclass
from typing import Final

from farelegami.network.rules import OrganisationKind


@dataclass(frozen=True, slots=True)
class SupportIdea:
    """A support as a pact may hold it: cost between two bounds, in euro."""

    category: str
    title: str
    provider: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class GivingIdea:
    """Something a member may do for others, at a place, for some hours."""

    title: str
    host: str
    when: str
    hours: int


@dataclass(frozen=True, slots=True)
class Story:
    """A kind of pact: goal templates by code, supports, give-back."""

    title: str
    pact_type: str
    templates: tuple[str, ...]
    supports: tuple[SupportIdea, ...]
    giving: tuple[GivingIdea, ...]
    plan: str = ""


HOSTS: Final = (
    ("Scuola Il Mulino", OrganisationKind.SCHOOL),
    ("Cooperativa La Filanda", OrganisationKind.COOPERATIVE),
    ("Ciclofficina di quartiere", OrganisationKind.INFORMAL_GROUP),
    ("Parrocchia di Santa Maria del Prato", OrganisationKind.PARISH),
    ("Associazione Orti sul Serio", OrganisationKind.ASSOCIATION),
    ("Scuola dei Mestieri", OrganisationKind.SCHOOL),
    ("Biblioteca dei Portici", OrganisationKind.OTHER),
    ("Mensa Pane Quotidiano", OrganisationKind.ASSOCIATION),
    ("Consultorio Arcipelago", OrganisationKind.OTHER),
    ("Officina Bertana", OrganisationKind.COMPANY),
)

_COURSE = SupportIdea("formazione", "Corso professionale", "Scuola dei Mestieri", 300, 700)
_BUS = SupportIdea("trasporto", "Abbonamento autobus", "Azienda dei trasporti", 80, 240)
_BABY = SupportIdea(
    "cura-minori", "Babysitter nelle ore di lezione", "Cooperativa La Filanda", 200, 500
)
_TALK = SupportIdea("salute", "Sostegno psicologico", "Consultorio Arcipelago", 0, 0)
_GUIDE = SupportIdea("lavoro", "Orientamento al lavoro", "Sportello Lavoro", 0, 150)
_BILLS = SupportIdea("abitare", "Utenze arretrate", "Gestore delle utenze", 150, 600)
_CARE = SupportIdea(
    "cura-anziani", "Ore di sollievo a domicilio", "Cooperativa La Filanda", 250, 800
)
_CLUB = SupportIdea("socialita", "Quota del gruppo cammino", "Associazione Orti sul Serio", 30, 120)
_TOOLS = SupportIdea("impresa", "Prima attrezzatura", "Officina Bertana", 200, 600)
_LICENCE = SupportIdea("formazione", "Patente B", "Autoscuola Il Semaforo", 400, 750)

STORIES: Final[tuple[Story, ...]] = (
    Story(
        "Un mestiere in cucina", "inclusione", ("mestiere", "figli"), (_COURSE, _BABY, _BUS, _TALK),
        (GivingIdea("traduce al corso di italiano", "Scuola Il Mulino", "martedì 15–17", 40),),
    ),
    Story(
        "Respirare accanto alla nonna", "inclusione", ("respiro", "legami"), (_CARE, _CLUB, _TALK),
        (GivingIdea("legge ad alta voce in biblioteca", "Biblioteca dei Portici", "giovedì 16–18", 24),),
    ),
    Story(
        "La casa in ordine con i conti", "inclusione", ("casa",), (_BILLS, _GUIDE),
        (GivingIdea("cura l’orto comune", "Associazione Orti sul Serio", "sabato 9–11", 30),),
    ),
    Story(
        "I pomeriggi dei ragazzi", "inclusione", ("figli", "legami"), (_BABY, _CLUB, _BUS),
        (GivingIdea("accompagna il piedibus", "Scuola Il Mulino", "ogni mattina, a turno", 36),),
    ),
    Story(
        "Conoscere il quartiere", "inclusione", ("legami",), (_CLUB, _BUS, _TALK), (),
    ),
    Story(
        "Lavorare con le mani", "autonomia", ("lavoro", "patente"), (_LICENCE, _GUIDE),
        (GivingIdea("ripara biciclette", "Ciclofficina di quartiere", "mercoledì 17–19", 40),),
    ),
    Story(
        "Competenze nuove", "autonomia", ("competenze",), (_COURSE, _BUS),
        (GivingIdea("aiuta con i computer", "Biblioteca dei Portici", "venerdì 15–17", 20),),
    ),
    Story(
        "Un’idea d’impresa", "autonomia", ("impresa", "competenze"), (_TOOLS, _COURSE),
        (GivingIdea("insegna cucito", "Parrocchia di Santa Maria del Prato", "lunedì 20–22", 30),),
        plan="Laboratorio di riparazioni a domicilio",
    ),
)  # fmt: skip

PAVIA_STORIES: Final[tuple[Story, ...]] = (
    Story(
        "Una famiglia accanto", "percorso-famiglia", ("tutoring", "figli"),
        (
            SupportIdea("scuola", "Doposcuola", "Doposcuola del Ticino", 100, 400),
            SupportIdea("genitorialita", "Gruppo genitori", "Consultorio del Borgo", 0, 120),
        ),
        (GivingIdea("prepara la merenda del gruppo", "Oratorio del Borgo", "venerdì 16–18", 20),),
    ),
    Story(
        "Parlarsi di nuovo", "percorso-famiglia", ("conflitti",),
        (SupportIdea("mediazione", "Mediazione familiare", "Centro di mediazione", 200, 450),),
        (),
    ),
)  # fmt: skip
PAVIA_HOSTS: Final = (
    ("Oratorio del Borgo", OrganisationKind.PARISH),
    ("Doposcuola del Ticino", OrganisationKind.ASSOCIATION),
    ("Consultorio del Borgo", OrganisationKind.OTHER),
    ("Centro di mediazione", OrganisationKind.OTHER),
)

PROGRESS: Final = (
    "Il corso procede, le assenze sono state due e avvisate.",
    "Si è parlato dei turni in casa: ora il martedì è libero.",
    "Primo colloquio fatto insieme, il secondo da sola.",
    "I bambini vanno volentieri; resta da sistemare il sabato.",
    "Mese faticoso: si rivede il calendario senza cambiare gli obiettivi.",
    "Conosciute due famiglie del cortile.",
)
CHANGED_FOR_FAMILY: Final = (
    "Il giovedì esco di casa e non devo spiegare a nessuno perché.",
    "Adesso so a chi chiedere.",
    "Mio figlio mi ha vista studiare.",
    "",
    "",
)
CHANGED_FOR_OTHERS: Final = (
    "Da quando c’è lei, sei persone su undici non hanno più saltato una lezione.",
    "Il banco delle biciclette resta aperto un giorno in più.",
    "",
    "",
    "",
)
NEEDS: Final = (
    "Da qualche mese il lavoro è diminuito e le spese della casa pesano.",
    "Vorrebbe riprendere a studiare ma non sa a chi lasciare i bambini.",
    "Assiste un familiare e non esce quasi più.",
    "È arrivata da poco nel quartiere e non conosce nessuno.",
    "Cerca un lavoro stabile, ha poca esperienza.",
)
