"""Who may do what with a pact, and the doors of its pages."""

from uuid import UUID

from farelegami.access.doors import DESK, Door, Sight
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

# Whoever may be invited to a case reads its pact; which pacts, `visible_pacts` says.
_READERS = frozenset({Role.SOCIAL_WORKER, Role.COORDINATOR, Role.COMMUNITY_MAKER, Role.HOST})
_COORDINATOR = frozenset({Role.COORDINATOR})
_CLERK = frozenset({Role.CLERK})
_PANEL = frozenset({Role.PANEL})
_PLANS = DESK | _PANEL
_MONEY = frozenset({Role.CLERK, Role.SOCIAL_WORKER, Role.COORDINATOR})


def may_write_pact(actor: Actor, *, manager_id: UUID | None) -> bool:
    """The case manager writes; everyone else who sees the pact reads."""
    return actor.account_id is not None and actor.account_id == manager_id


def may_authorise(
    actor: Actor, *, district_id: int, written_by_id: UUID | None, manager_id: UUID | None
) -> bool:
    """A coordinator of the district, never who wrote the text or follows the case (R2)."""
    return actor.holds(Role.COORDINATOR, district_id=district_id) and actor.account_id not in {
        written_by_id,
        manager_id,
    }


def may_approve_spend(actor: Actor, *, district_id: int, asked_by_id: UUID | None) -> bool:
    """A coordinator of the district, never the one who asked (R2)."""
    return (
        actor.holds(Role.COORDINATOR, district_id=district_id) and actor.account_id != asked_by_id
    )


def may_pay(
    actor: Actor, *, district_id: int, asked_by_id: UUID | None, approved_by_id: UUID | None
) -> bool:
    """A clerk of the district, never who asked or approved (R2)."""
    return actor.holds(Role.CLERK, district_id=district_id) and actor.account_id not in {
        asked_by_id,
        approved_by_id,
    }


def may_document(actor: Actor, *, district_id: int, manager_id: UUID | None) -> bool:
    """The case manager hands in the receipt, or the clerk who received the invoice."""
    return may_write_pact(actor, manager_id=manager_id) or actor.holds(
        Role.CLERK, district_id=district_id
    )


def may_judge_plan(actor: Actor, *, district_id: int) -> bool:
    """The panel of the Chamber of Commerce in that district."""
    return actor.holds(Role.PANEL, district_id=district_id)


def _door(name: str, does: str, roles: frozenset[Role], sight: Sight = Sight.OWN) -> Door:
    return Door(f"pacts:{name}", does, roles, sight=sight)


DOORS = (
    _door("pacts", _("vedere i patti che si possono vedere"), _READERS),
    _door("pact", _("leggere un patto"), _READERS),
    _door("version", _("leggere il testo di un patto"), _READERS),
    _door("compare", _("confrontare due testi"), _READERS),
    _door("print", _("stampare un patto"), _READERS),
    _door("messages", _("leggere i messaggi della famiglia"), _READERS),
    _door("read_message", _("segnare letto un messaggio della famiglia"), DESK),
    _door("answer_message", _("rispondere a un messaggio della famiglia"), DESK),
    _door("papers", _("vedere i documenti di un patto"), DESK),
    _door("paper", _("avere un documento di un patto"), DESK),
    _door("attestation", _("avere l’attestazione delle ore di una persona"), DESK),
    _door("attendance", _("avere il foglio delle presenze di un impegno"), DESK),
    _door("letter", _("avere la lettera a un fornitore"), DESK | _CLERK),
    _door("new", _("aprire un patto"), DESK),
    _door("wizard", _("scrivere un patto con la famiglia"), DESK),
    _door("goal", _("scrivere un obiettivo"), DESK),
    _door("edit_goal", _("cambiare un obiettivo"), DESK),
    _door("goal_template", _("usare un obiettivo già pronto"), DESK),
    _door("result", _("scrivere un risultato atteso"), DESK),
    _door("edit_result", _("cambiare un risultato atteso"), DESK),
    _door("support", _("scrivere un sostegno"), DESK),
    _door("edit_support", _("cambiare un sostegno"), DESK),
    _door("commitment", _("scrivere un impegno"), DESK),
    _door("edit_commitment", _("cambiare un impegno"), DESK),
    _door("giveback_note", _("dire che della restituzione si è parlato"), DESK),
    _door("dates", _("dire quando vale il patto"), DESK),
    _door("members", _("dire chi c’è nel patto"), DESK),
    _door("unemployed", _("confermare che qualcuno è senza lavoro"), DESK),
    _door("remove_line", _("togliere una riga dal testo"), DESK),
    _door("agree", _("dire concordato un testo"), DESK),
    _door("reopen", _("riaprire un testo"), DESK),
    _door("amend", _("cominciare una modifica"), DESK),
    _door("drop_amendment", _("lasciare una modifica"), DESK),
    _door("withdraw", _("ritirare un patto mai firmato"), DESK),
    _door("sign", _("raccogliere le firme"), DESK),
    _door("start", _("cominciare un patto firmato"), DESK),
    _door("decisions", _("vedere che cosa c’è da decidere"), _COORDINATOR, Sight.DISTRICT),
    _door("decide_text", _("leggere un testo da autorizzare"), _COORDINATOR, Sight.DISTRICT),
    _door("authorise", _("autorizzare un patto"), _COORDINATOR, Sight.DISTRICT),
    _door("send_back", _("rimandare un testo"), _COORDINATOR, Sight.DISTRICT),
    _door("cap", _("alzare il tetto di un patto"), _COORDINATOR, Sight.DISTRICT),
    _door("ask_spend", _("chiedere una spesa"), DESK),
    _door("spend", _("vedere una spesa"), _MONEY),
    _door("approve_spend", _("approvare una spesa"), _COORDINATOR, Sight.DISTRICT),
    _door("reject_spend", _("non approvare una spesa"), _COORDINATOR, Sight.DISTRICT),
    _door("document_spend", _("caricare fattura o scontrino"), _MONEY),
    _door("release_spend", _("svincolare una spesa"), DESK),
    _door("payments", _("vedere i pagamenti"), _CLERK, Sight.DISTRICT),
    _door("pay", _("segnare un pagamento"), _CLERK, Sight.DISTRICT),
    _door("reconcile", _("riconciliare un pagamento"), _CLERK, Sight.DISTRICT),
    _door("plan_meeting", _("fissare un incontro"), DESK),
    _door("note_meeting", _("segnare un incontro non fissato"), DESK),
    _door("hold_meeting", _("segnare un incontro"), DESK),
    _door("miss_meeting", _("segnare un incontro saltato"), DESK),
    _door("set_result", _("aggiornare un risultato"), DESK),
    _door("report_hours", _("segnare ore restituite"), DESK),
    _door("confirm_hours", _("confermare ore"), DESK),
    _door("cancel_hours", _("togliere ore"), DESK),
    _door("suspend", _("sospendere un patto"), DESK),
    _door("resume", _("riprendere un patto"), DESK),
    _door("interrupt", _("interrompere un patto"), DESK),
    _door("start_review", _("cominciare la verifica finale"), DESK),
    _door("close", _("chiudere un patto"), DESK),
    _door("follow_up", _("scrivere come va dopo la chiusura"), DESK),
    _door("present_plan", _("presentare un piano d’impresa"), DESK),
    _door("plans", _("vedere i piani d’impresa"), _PLANS),
    _door("plan", _("leggere un piano d’impresa"), _PLANS),
    _door("accompany_plan", _("accompagnare un piano d’impresa"), _PLANS),
    _door("judge_plan", _("decidere su un piano d’impresa"), _PANEL, Sight.DISTRICT),
)
