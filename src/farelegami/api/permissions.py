"""The doors of the API: one row an operation, enforced at every request as those of the pages."""

from dataclasses import dataclass
from typing import Final

from farelegami.access.doors import DESK, STAFF, Door, Sight
from farelegami.api.rules import Scope
from farelegami.cases.permissions import SENDERS
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

_TEAM: Final = DESK | {Role.COMMUNITY_MAKER, Role.HOST}
_SENDERS: Final = frozenset(SENDERS)
_MONEY: Final = DESK | {Role.CLERK}
_COORDINATOR: Final = frozenset({Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Operation(Door):
    """A door opened by a token: its account needs the role, the token the scope."""

    scope: str = ""


def _op(
    name: str, does: str, roles: frozenset[Role], scope: Scope, sight: Sight = Sight.OWN
) -> Operation:
    return Operation(f"api:{name}", does, roles, by_token=True, sight=sight, scope=str(scope))


_PEOPLE, _CASES, _PACTS = Scope.PEOPLE_READ, Scope.CASES_READ, Scope.PACTS_READ
_REFERRALS, _DOCUMENTS = Scope.REFERRALS_READ, Scope.DOCUMENTS_READ
_WRITE, _SPENDS, _SPEND = Scope.PACTS_WRITE, Scope.SPENDS_READ, Scope.SPENDS_WRITE
_HERE: Final = Sight.DISTRICT

OPERATIONS: Final = (
    _op("list_people", _("elencare o cercare persone"), DESK, _PEOPLE, _HERE),
    _op("read_person", _("leggere la scheda di una persona"), DESK, _PEOPLE, _HERE),
    _op("list_households", _("elencare i nuclei"), DESK, _PEOPLE, _HERE),
    _op("read_household", _("leggere un nucleo"), DESK, _PEOPLE, _HERE),
    _op("list_referrals", _("elencare le segnalazioni"), DESK, _REFERRALS, _HERE),
    _op("read_referral", _("leggere una segnalazione"), DESK, _REFERRALS, _HERE),
    _op("write_referral", _("scrivere una segnalazione"), DESK, Scope.REFERRALS_WRITE, _HERE),
    _op("list_sent_referrals", _("seguire le proprie segnalazioni"), _SENDERS, _REFERRALS),
    _op("send_referral", _("segnalare per un ente"), _SENDERS, Scope.REFERRALS_WRITE),
    _op("list_cases", _("elencare i percorsi"), _TEAM, _CASES),
    _op("read_case", _("leggere un percorso"), _TEAM, _CASES),
    _op("list_offers", _("sapere con che cosa si può aprire un patto"), DESK, _PACTS),
    _op("open_pact", _("aprire un patto"), DESK, _WRITE),
    _op("list_pacts", _("elencare i patti"), _TEAM, _PACTS),
    _op("read_pact", _("leggere un patto"), _TEAM, _PACTS),
    _op("list_goals", _("leggere gli obiettivi in vigore"), _TEAM, _PACTS),
    _op("list_commitments", _("leggere gli impegni in vigore"), _TEAM, _PACTS),
    _op("read_balances", _("leggere i saldi di un patto"), _TEAM, _PACTS),
    _op("read_draft", _("leggere il testo che si sta scrivendo"), _TEAM, _PACTS),
    _op("add_goal", _("aggiungere un obiettivo al testo"), DESK, _WRITE),
    _op("add_support", _("aggiungere un sostegno al testo"), DESK, _WRITE),
    _op("add_commitment", _("aggiungere un impegno al testo"), DESK, _WRITE),
    _op("list_hours", _("elencare le ore di un patto"), _TEAM, _PACTS),
    _op("report_hours", _("segnare ore restituite"), DESK, _WRITE),
    _op("list_meetings", _("elencare gli incontri di un patto"), _TEAM, _PACTS),
    _op("plan_meeting", _("fissare un incontro"), DESK, _WRITE),
    _op("read_meeting", _("leggere un incontro"), _TEAM, _PACTS),
    _op("hold_meeting", _("segnare che un incontro c’è stato"), DESK, _WRITE),
    _op("list_spends", _("elencare le spese"), _MONEY, _SPENDS),
    _op("read_spend", _("leggere una spesa"), _MONEY, _SPENDS),
    _op("list_pact_spends", _("elencare le spese di un patto"), _TEAM, _SPENDS),
    _op("ask_spend", _("chiedere una spesa"), DESK, _SPEND),
    _op("approve_spend", _("approvare una spesa"), _COORDINATOR, _SPEND, _HERE),
    _op("reject_spend", _("non approvare una spesa"), _COORDINATOR, _SPEND, _HERE),
    _op("list_documents", _("elencare i documenti di un patto"), _TEAM, _DOCUMENTS),
    _op("read_document", _("leggere che documento è"), STAFF, _DOCUMENTS),
    _op("download_document", _("scaricare un documento"), STAFF, _DOCUMENTS),
    Operation(
        "api:list_municipalities", _("elencare i Comuni dei propri ambiti"), STAFF, by_token=True
    ),
    Operation("api:who_am_i", _("sapere per chi agisce un token"), by_token=True),
)
OPERATION_OF: Final = {each.name.partition(":")[2]: each for each in OPERATIONS}


def may_manage_tokens(actor: Actor) -> bool:
    """Return whether the actor makes and revokes tokens: who governs the system, or its commands."""
    return actor.system or actor.holds(Role.SYSTEM_ADMIN)


def _managing(name: str, does: str, *, fresh: bool = False) -> Door:
    administrators = frozenset({Role.SYSTEM_ADMIN})
    return Door(f"tokens:{name}", does, administrators, sight=Sight.ALL, fresh=fresh)


DOORS = (
    *OPERATIONS,
    Door("api:openapi", _("leggere lo schema dell’API"), public=True),
    Door("api:docs", _("leggere la guida dell’API"), public=True),
    _managing("list", _("vedere i token dell’API")),
    _managing("new", _("creare un token dell’API"), fresh=True),
    _managing("revoke", _("revocare un token dell’API"), fresh=True),
)
