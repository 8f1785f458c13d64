"""What the database itself refuses: a signed text that changes, a signature that goes."""

from typing import Final

from farelegami.storage.guards import Guard, append_only

_SIGNED: Final = "OLD.signed_on IS NOT NULL"
_FROZEN: Final = "pacts: a signed version never changes"

GUARDS: Final = (
    Guard("pacts_version_frozen", "pacts_pactversion", "UPDATE", _FROZEN, when=_SIGNED),
    Guard("pacts_version_kept", "pacts_pactversion", "DELETE", _FROZEN, when=_SIGNED),
    *append_only("pacts_signature", "pacts signatures"),
    *append_only("pacts_capact", "pacts cap acts"),
)
