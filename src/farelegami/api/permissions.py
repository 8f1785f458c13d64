"""The doors of the API: one row an operation, enforced at every request as those of the pages."""

from dataclasses import dataclass
from typing import Final

from farelegami.access.doors import DESK, STAFF, Door, Sight
from farelegami.api.rules import Scope
from farelegami.cases.permissions import SENDERS
from farelegami.giveback.permissions import PLACERS
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

_TEAM: Final = DESK | {Role.COMMUNITY_MAKER, Role.HOST}
_SENDERS: Final = frozenset(SENDERS)
_MONEY: Final = DESK | {Role.CLERK}
_PLACERS: Final = frozenset(PLACERS)
_HOSTS: Final = frozenset({Role.HOST})
_POSTERS: Final = _PLACERS | _HOSTS
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
_GIVING, _GIVE = Scope.GIVING_READ, Scope.GIVING_WRITE
_HOSTING, _HOST = Scope.HOSTING_READ, Scope.HOSTING_WRITE
_PLANS, _PLAN = Scope.PLANS_READ, Scope.PLANS_WRITE

_GIVING_BACK: Final = (
    _op("list_time_offers", _("elencare che cosa offrono le persone"), _PLACERS, _GIVING, _HERE),
    _op("read_time_offer", _("leggere che cosa offre una persona"), _PLACERS, _GIVING),
    _op("offer_time", _("scrivere che cosa offre una persona"), DESK, _GIVE, _HERE),
    _op("offer_for_commitment", _("cercare un posto per un impegno di un patto"), DESK, _GIVE),
    _op("change_time_offer", _("cambiare che cosa offre una persona"), _PLACERS, _GIVE),
    _op("pause_time_offer", _("mettere in pausa una disponibilità"), _PLACERS, _GIVE),
    _op("resume_time_offer", _("riaprire una disponibilità"), _PLACERS, _GIVE),
    _op("close_time_offer", _("chiudere una disponibilità"), _PLACERS, _GIVE),
    _op("list_opportunities", _("elencare le opportunità"), _POSTERS, _GIVING, _HERE),
    _op("read_opportunity", _("leggere un’opportunità"), _POSTERS, _GIVING, _HERE),
    _op("post_opportunity", _("scrivere un’opportunità"), _POSTERS, _GIVE, _HERE),
    _op("change_opportunity", _("cambiare un’opportunità"), _POSTERS, _GIVE, _HERE),
    _op("pause_opportunity", _("mettere in pausa un’opportunità"), _POSTERS, _GIVE, _HERE),
    _op("resume_opportunity", _("riaprire un’opportunità"), _POSTERS, _GIVE, _HERE),
    _op("close_opportunity", _("chiudere un’opportunità"), _POSTERS, _GIVE, _HERE),
    _op("confirm_opportunity", _("dire che serve ancora qualcuno"), _POSTERS, _GIVE, _HERE),
    _op("list_matches", _("elencare posti e proposte"), _PLACERS, _GIVING),
    _op("read_match", _("leggere un posto"), _PLACERS, _GIVING),
    _op("propose_match", _("proporre un posto a una persona"), _PLACERS, _GIVE),
    _op("accept_match", _("scrivere il sì di una persona"), _PLACERS, _GIVE),
    _op("decline_match", _("scrivere il no di una persona"), _PLACERS, _GIVE),
    _op("start_match", _("far cominciare un posto accettato da entrambi"), _PLACERS, _GIVE),
    _op("complete_match", _("segnare completato un posto"), _PLACERS, _GIVE),
    _op("interrupt_match", _("interrompere un posto"), _PLACERS, _GIVE),
    _op("list_sessions", _("elencare i turni di un posto"), _PLACERS, _GIVING),
    _op("read_session", _("leggere un turno"), _PLACERS, _GIVING),
    _op("say_session", _("scrivere che cosa dice una persona di un turno"), _PLACERS, _GIVE),
    _op("settle_session", _("chiarire un turno su cui ci sono due parole"), _PLACERS, _GIVE),
    _op("cancel_session", _("annullare un turno che deve venire"), _PLACERS, _GIVE),
    _op("list_hosted", _("vedere chi viene al proprio ente"), _HOSTS, _HOSTING),
    _op("accept_hosted", _("dire di sì a una persona proposta"), _HOSTS, _HOST),
    _op("decline_hosted", _("dire di no a una persona proposta"), _HOSTS, _HOST),
    _op("list_hosted_turns", _("vedere i turni al proprio ente"), _HOSTS, _HOSTING),
    _op("say_hosted_turn", _("dire com’è andato un turno"), _HOSTS, _HOST),
    _op("cancel_hosted_turn", _("annullare un turno al proprio ente"), _HOSTS, _HOST),
    _op("make_plan", _("calcolare il piano della restituzione"), DESK, _PLAN, _HERE),
    _op("read_plan", _("leggere l’ultimo piano"), DESK, _PLANS, _HERE),
    _op("list_proposals", _("elencare le proposte dell’ultimo piano"), _PLACERS, _PLANS, _HERE),
    _op("take_up_proposal", _("proporre un posto del piano"), _PLACERS, _PLAN),
    _op("pin_proposal", _("fissare una proposta del piano"), _PLACERS, _PLAN),
    _op("unpin_proposal", _("lasciare libera una proposta fissata"), _PLACERS, _PLAN),
    _op("exclude_proposal", _("escludere una proposta, con il motivo"), _PLACERS, _PLAN),
    _op("read_weights", _("leggere che cosa pesa nel piano"), _PLACERS, _PLANS, _HERE),
    _op("set_weights", _("cambiare che cosa pesa nel piano"), _COORDINATOR, _PLAN, _HERE),
)

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
    *_GIVING_BACK,
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
