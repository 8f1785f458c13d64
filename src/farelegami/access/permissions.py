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


def _governing(name: str, does: str, *, fresh: bool = False) -> Door:
    return Door(f"access:{name}", does, _INVITERS, sight=Sight.DISTRICT, fresh=fresh)


DOORS = (
    Door("set_language", _("scegliere la lingua"), public=True),
    Door("account_login", _("entrare"), public=True),
    Door("account_logout", _("uscire"), public=True),
    Door("account_reset_password", _("chiedere una nuova password"), public=True),
    Door("account_reset_password_done", _("sapere che il messaggio è partito"), public=True),
    Door("account_reset_password_from_key", _("scegliere una nuova password"), public=True),
    Door("account_reset_password_from_key_done", _("sapere che è cambiata"), public=True),
    Door("account_change_password", _("cambiare la propria password")),
    Door("account_reauthenticate", _("confermare con la password di essere chi si è")),
    Door("mfa_authenticate", _("scrivere il secondo fattore"), public=True),
    Door("mfa_login_webauthn", _("entrare con una passkey"), public=True),
    Door("mfa_reauthenticate", _("confermare con un codice di essere chi si è")),
    Door("mfa_reauthenticate_webauthn", _("confermare con una passkey di essere chi si è")),
    Door("mfa_index", _("vedere i propri secondi fattori")),
    Door("mfa_activate_totp", _("collegare un’app che dà i codici"), fresh=True),
    Door("mfa_deactivate_totp", _("scollegare l’app dei codici"), fresh=True),
    Door("mfa_list_webauthn", _("vedere le proprie passkey")),
    Door("mfa_add_webauthn", _("aggiungere una passkey"), fresh=True),
    Door("mfa_edit_webauthn", _("dare un nome a una propria passkey"), fresh=True),
    Door("mfa_remove_webauthn", _("togliere una propria passkey"), fresh=True),
    Door("mfa_view_recovery_codes", _("leggere i propri codici di riserva"), fresh=True),
    Door("mfa_generate_recovery_codes", _("fare nuovi codici di riserva"), fresh=True),
    Door("mfa_download_recovery_codes", _("scaricare i propri codici di riserva"), fresh=True),
    Door("account_inactive", _("sapere che l’accesso è chiuso"), public=True),
    Door("access:accept_invitation", _("accettare un invito"), public=True, limit="public_form"),
    Door("access:gateway", _("entrare con l’identità digitale"), public=True),
    Door("access:gateway_return", _("tornare da chi ha riconosciuto"), public=True),
    Door("socialaccount_login_cancelled", _("sapere che si è rinunciato"), public=True),
    Door("access:first_factor", _("scegliere il primo secondo fattore")),
    Door("access:own_security", _("vedere il proprio accesso e le proprie sessioni")),
    Door("access:end_own_session", _("chiudere una propria sessione")),
    Door("access:end_own_sessions", _("chiudere le altre proprie sessioni")),
    _governing("account", _("vedere le sessioni di qualcuno")),
    _governing("end_sessions", _("chiudere le sessioni di qualcuno"), fresh=True),
    _governing("set_tax_code", _("dire con quale codice fiscale qualcuno entra"), fresh=True),
    Door(
        "access:reset_factors",
        _("azzerare il secondo fattore di chi lo ha perso"),
        frozenset({Role.SYSTEM_ADMIN}),
        sight=Sight.ALL,
        fresh=True,
    ),
    _governing("accounts", _("vedere chi può entrare")),
    _governing("invite", _("invitare qualcuno"), fresh=True),
    _governing("withdraw_invitation", _("ritirare un invito")),
    _governing("end_role", _("togliere un ruolo"), fresh=True),
    Door("access:who_may", _("leggere chi può fare cosa"), STAFF),
)
