"""Who does what with referrals, cases and diaries, and the doors of the room."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from farelegami.access.doors import DESK, Door, Sight
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

STAFF: Final = (Role.SOCIAL_WORKER, Role.COORDINATOR)
SENDERS: Final = (Role.HOST, Role.COMMUNITY_MAKER)
_TEAM_DOORS: Final = frozenset(
    {Role.SOCIAL_WORKER, Role.COORDINATOR, Role.COMMUNITY_MAKER, Role.HOST}
)


def may_answer_referral(actor: Actor, *, district_id: int) -> bool:
    """Social workers and coordinators of the district."""
    return actor.holds(*STAFF, district_id=district_id)


def may_refer_for(actor: Actor, *, organisation_id: UUID | None, district_id: int) -> bool:
    """A referent for their own organisation, a community maker in their own district."""
    if organisation_id is not None and organisation_id in actor.organisations(*SENDERS):
        return True
    return actor.holds(Role.COMMUNITY_MAKER, district_id=district_id)


def may_open_case(actor: Actor, *, district_id: int) -> bool:
    """A social worker of the district, who becomes its case manager."""
    return actor.holds(Role.SOCIAL_WORKER, district_id=district_id)


def may_write_case(actor: Actor, *, manager_id: UUID, substitutes: Collection[UUID]) -> bool:
    """The case manager, and who substitutes them; everyone else who sees the case reads."""
    return actor.account_id == manager_id or actor.account_id in substitutes


def may_lead_case(actor: Actor, *, manager_id: UUID, district_id: int) -> bool:
    """The case manager, or the coordinator of the district: invitations and handovers."""
    return actor.account_id == manager_id or actor.holds(Role.COORDINATOR, district_id=district_id)


def may_open_diary_by_act(actor: Actor, *, district_id: int) -> bool:
    """The coordinator of the district, with a reason that stays written."""
    return actor.holds(Role.COORDINATOR, district_id=district_id)


def _door(name: str, does: str, roles: frozenset[Role], sight: Sight) -> Door:
    return Door(f"cases:{name}", does, roles, sight=sight)


DOORS = (
    Door("cases:public_referral", _("chiedere un incontro"), public=True, limit="public_form"),
    Door("cases:public_receipt", _("leggere il codice di ricevuta"), public=True),
    _door("referrals", _("vedere le segnalazioni"), DESK, Sight.DISTRICT),
    _door("referral", _("leggere una segnalazione e rispondere"), DESK, Sight.DISTRICT),
    _door("new_referral", _("scrivere una segnalazione arrivata a voce"), DESK, Sight.DISTRICT),
    _door("note_attempt", _("segnare un tentativo di contatto"), DESK, Sight.DISTRICT),
    _door("answer_referral", _("chiudere una segnalazione"), DESK, Sight.DISTRICT),
    _door("intake", _("accogliere una famiglia"), frozenset({Role.SOCIAL_WORKER}), Sight.DISTRICT),
    _door("sent_referrals", _("seguire le proprie segnalazioni"), frozenset(SENDERS), Sight.OWN),
    _door("send_referral", _("segnalare per un ente"), frozenset(SENDERS), Sight.OWN),
    _door("cases", _("vedere i percorsi"), _TEAM_DOORS, Sight.OWN),
    _door("case", _("leggere un percorso"), _TEAM_DOORS, Sight.OWN),
    _door("move_case", _("cambiare fase"), DESK, Sight.OWN),
    _door("note_meeting", _("segnare il primo incontro"), DESK, Sight.OWN),
    _door("add_finding", _("scrivere bisogni e risorse"), DESK, Sight.OWN),
    _door("remove_finding", _("togliere un bisogno o una risorsa"), DESK, Sight.OWN),
    _door("assess", _("compilare una rilevazione"), DESK, Sight.OWN),
    _door("confirm_assessment", _("confermare una rilevazione"), DESK, Sight.OWN),
    _door("diary", _("leggere e scrivere il diario"), DESK, Sight.OWN),
    _door("correct_diary", _("correggere una nota del diario"), DESK, Sight.OWN),
    Door(
        "cases:open_diary",
        _("aprire un diario con un motivo"),
        DESK,
        sight=Sight.DISTRICT,
        fresh=True,
    ),
    _door("team", _("invitare nell’équipe"), DESK, Sight.OWN),
    _door("end_invitation", _("chiudere un invito"), DESK, Sight.OWN),
    _door("hand_over", _("proporre un passaggio"), DESK, Sight.OWN),
    _door("withdraw_handover", _("ritirare un passaggio proposto"), DESK, Sight.OWN),
    _door("answer_handover", _("rispondere a un passaggio"), _TEAM_DOORS, Sight.OWN),
)
