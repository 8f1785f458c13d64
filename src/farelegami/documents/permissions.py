"""The doors of documents; whether one opens is asked of the room that owns it."""

from farelegami.access.doors import STAFF, Door, Sight
from farelegami.kernel.errors import gettext_noop as _

DOORS = (
    Door("documents:open", _("aprire un documento"), STAFF, sight=Sight.OWN),
    Door(
        "documents:check",
        _("controllare un documento rilasciato"),
        public=True,
        limit="public_form",
    ),
    Door("documents:checked", _("vedere se un documento è autentico"), public=True),
)
