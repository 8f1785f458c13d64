"""Who may invite whom, and the doors of sign-in and accounts."""

from uuid import UUID

from farelegami.access.doors import STAFF, Door, Sight
from farelegami.access.rules import INVITED_BY_COORDINATOR
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

_INVITERS = frozenset({Role.SYSTEM_ADMIN, Role.COORDINATOR})


def may_invite(
    actor: Actor, role: Role, *, district_id: int | None, organisation_id: UUID | None
) -> bool:
    """The system administrator invites to any role; a coordinator to those of their district."""
    del organisation_id
    if actor.holds(Role.SYSTEM_ADMIN):
        return True
    return (
        role in INVITED_BY_COORDINATOR
        and district_id is not None
        and actor.holds(Role.COORDINATOR, district_id=district_id)
    )


DOORS = (
    Door("set_language", _("scegliere la lingua"), public=True),
    Door("account_login", _("entrare"), public=True),
    Door("account_logout", _("uscire"), public=True),
    Door("account_reset_password", _("chiedere una nuova password"), public=True),
    Door("account_reset_password_done", _("sapere che il messaggio è partito"), public=True),
    Door("account_reset_password_from_key", _("scegliere una nuova password"), public=True),
    Door("account_reset_password_from_key_done", _("sapere che è cambiata"), public=True),
    Door("account_change_password", _("cambiare la propria password")),
    Door("account_inactive", _("sapere che l’accesso è chiuso"), public=True),
    Door("access:accept_invitation", _("accettare un invito"), public=True),
    Door("access:accounts", _("vedere chi può entrare"), _INVITERS, sight=Sight.DISTRICT),
    Door("access:invite", _("invitare qualcuno"), _INVITERS, sight=Sight.DISTRICT),
    Door("access:withdraw_invitation", _("ritirare un invito"), _INVITERS, sight=Sight.DISTRICT),
    Door("access:end_role", _("togliere un ruolo"), _INVITERS, sight=Sight.DISTRICT),
    Door("access:who_may", _("leggere chi può fare cosa"), STAFF),
)
