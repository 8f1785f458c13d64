"""Kinds of organisations, their written roles, and which numbers fit them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stdnum.it import codicefiscale, iva

from farelegami.kernel.errors import Refusal, gettext_noop


class OrganisationKind(StrEnum):
    MUNICIPALITY = "municipality"
    PROVINCE = "province"
    CHAMBER = "chamber"
    SOCIAL_COMPANY = "social_company"
    CONSORTIUM = "consortium"
    COOPERATIVE = "cooperative"
    FOUNDATION = "foundation"
    VOLUNTEER_CENTRE = "volunteer_centre"
    ASSOCIATION = "association"
    INFORMAL_GROUP = "informal_group"
    COMPANY = "company"
    SCHOOL = "school"
    PARISH = "parish"
    OTHER = "other"


KIND_LABELS: Final[Mapping[OrganisationKind, str]] = {
    OrganisationKind.MUNICIPALITY: gettext_noop("Comune"),
    OrganisationKind.PROVINCE: gettext_noop("Provincia"),
    OrganisationKind.CHAMBER: gettext_noop("Camera di Commercio"),
    OrganisationKind.SOCIAL_COMPANY: gettext_noop("azienda sociale"),
    OrganisationKind.CONSORTIUM: gettext_noop("consorzio"),
    OrganisationKind.COOPERATIVE: gettext_noop("cooperativa o centrale cooperativa"),
    OrganisationKind.FOUNDATION: gettext_noop("fondazione"),
    OrganisationKind.VOLUNTEER_CENTRE: gettext_noop("centro di servizio per il volontariato"),
    OrganisationKind.ASSOCIATION: gettext_noop("associazione"),
    OrganisationKind.INFORMAL_GROUP: gettext_noop("gruppo informale"),
    OrganisationKind.COMPANY: gettext_noop("impresa"),
    OrganisationKind.SCHOOL: gettext_noop("scuola"),
    OrganisationKind.PARISH: gettext_noop("parrocchia"),
    OrganisationKind.OTHER: gettext_noop("altro ente"),
}


class LegalType(StrEnum):
    """The third-sector sections of D.Lgs. 117/2017 that matter here, and the rest."""

    ODV = "odv"
    APS = "aps"
    ETS = "ets"
    SOCIAL_ENTERPRISE = "social_ent"
    RELIGIOUS = "religious"
    PUBLIC = "public"
    PRIVATE = "private"


LEGAL_LABELS: Final[Mapping[LegalType, str]] = {
    LegalType.ODV: gettext_noop("organizzazione di volontariato (ODV)"),
    LegalType.APS: gettext_noop("associazione di promozione sociale (APS)"),
    LegalType.ETS: gettext_noop("altro ente del Terzo settore (ETS)"),
    LegalType.SOCIAL_ENTERPRISE: gettext_noop("impresa sociale"),
    LegalType.RELIGIOUS: gettext_noop("ente religioso"),
    LegalType.PUBLIC: gettext_noop("ente pubblico"),
    LegalType.PRIVATE: gettext_noop("soggetto privato"),
}
IN_THE_REGISTER: Final = frozenset(
    {LegalType.ODV, LegalType.APS, LegalType.ETS, LegalType.SOCIAL_ENTERPRISE}
)


class DataCapacity(StrEnum):
    """What an organisation is in a processing of personal data."""

    CONTROLLER = "controller"
    JOINT = "joint"
    PROCESSOR = "processor"
    AUTONOMOUS = "autonomous"


CAPACITY_LABELS: Final[Mapping[DataCapacity, str]] = {
    DataCapacity.CONTROLLER: gettext_noop("titolare"),
    DataCapacity.JOINT: gettext_noop("contitolare (art. 26)"),
    DataCapacity.PROCESSOR: gettext_noop("responsabile (art. 28)"),
    DataCapacity.AUTONOMOUS: gettext_noop("titolare autonomo"),
}


class LinkKind(StrEnum):
    MEMBER_OF = "member_of"
    PART_OF = "part_of"
    WORKS_WITH = "works_with"


LINK_LABELS: Final[Mapping[LinkKind, str]] = {
    LinkKind.MEMBER_OF: gettext_noop("aderisce a"),
    LinkKind.PART_OF: gettext_noop("fa parte di"),
    LinkKind.WORKS_WITH: gettext_noop("collabora con"),
}


# One is within the other: these do not hold both ways at once.
ONE_WAY: Final = frozenset({LinkKind.PART_OF, LinkKind.MEMBER_OF})


@dataclass(eq=False)
class LinkNotYet(Refusal):
    code = "network.link_not_yet"
    text = gettext_noop(
        "Un collegamento si scrive quando è cominciato: il giorno non può essere futuro."
    )
    field = "day"


@dataclass(eq=False)
class LinkedTheOtherWay(Refusal):
    code = "network.linked_the_other_way"
    text = gettext_noop("%(name)s risulta già dentro questo ente: non può anche contenerlo.")
    field = "other"
    name: str


@dataclass(eq=False)
class NameMissing(Refusal):
    code = "network.name_missing"
    text = gettext_noop("Serve un nome.")
    field = "name"


@dataclass(eq=False)
class TaxCodeMalformed(Refusal):
    code = "network.tax_code_malformed"
    text = gettext_noop(
        "Il codice fiscale dell’ente non torna: sono 11 cifre (o 16 caratteri per una ditta"
        " individuale) e l’ultimo carattere controlla gli altri."
    )
    field = "tax_code"


@dataclass(eq=False)
class AlreadyRegistered(Refusal):
    code = "network.already_registered"
    text = gettext_noop("C’è già un ente con questo codice fiscale: %(name)s.")
    field = "tax_code"
    name: str


@dataclass(eq=False)
class GroupWithTaxCode(Refusal):
    code = "network.group_with_tax_code"
    text = gettext_noop("Un gruppo informale non ha codice fiscale: se lo ha, è un’associazione.")
    field = "tax_code"


@dataclass(eq=False)
class NotInTheRegister(Refusal):
    code = "network.not_in_the_register"
    text = gettext_noop("Solo un ente del Terzo settore ha un numero RUNTS: scegli la sua natura.")
    field = "runts_number"


@dataclass(eq=False)
class RoleNotWritten(Refusal):
    code = "network.role_not_written"
    text = gettext_noop("Un ruolo privacy vale per iscritto: indica l’atto o l’accordo.")
    field = "document_reference"


@dataclass(eq=False)
class EndsBeforeItStarts(Refusal):
    code = "network.ends_before_it_starts"
    text = gettext_noop("La fine viene prima dell’inizio.")
    field = "ends_on"


@dataclass(eq=False)
class ClosesInTheFuture(Refusal):
    code = "network.closes_in_the_future"
    text = gettext_noop(
        "Questo giorno non è ancora arrivato: finché lavora, l’ente resta fra quelli proposti."
    )
    field = "day"


@dataclass(eq=False)
class LinkedToItself(Refusal):
    code = "network.linked_to_itself"
    text = gettext_noop("Un ente non si collega a sé stesso.")
    field = "other"


@dataclass(eq=False)
class AlreadyLinked(Refusal):
    code = "network.already_linked"
    text = gettext_noop("Questo collegamento c’è già.")
    field = "other"


def tidy_tax_code(text: str) -> str:
    """Return the tax code of a body without spaces and in capitals; empty stays empty.

    Raises:
        TaxCodeMalformed: neither 11 digits nor a personal code whose last character is right.
    """
    code = "".join(text.split()).upper()
    if code and not (iva.is_valid(code) or codicefiscale.is_valid(code)):
        raise TaxCodeMalformed
    return code


def check_nature(kind: OrganisationKind, legal_type: str, *, tax_code: str, runts: str) -> None:
    """Check that what an organisation is fits the numbers it gives.

    Raises:
        GroupWithTaxCode: an informal group has no code of its own.
        NotInTheRegister: a RUNTS number without a third-sector legal type.
    """
    if kind is OrganisationKind.INFORMAL_GROUP and tax_code:
        raise GroupWithTaxCode
    if runts and legal_type not in IN_THE_REGISTER:
        raise NotInTheRegister
