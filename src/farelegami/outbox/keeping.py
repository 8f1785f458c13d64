"""Messages on their way, and those that left."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Basis, Declaration, Erase, Kept

KEEPING: Final[dict[str, Declaration]] = {
    "outbox.Event": Kept(
        what=_("I messaggi in partenza e partiti"),
        why=_("Per consegnarli una volta sola, anche dopo un guasto."),
        until="message",
        basis=Basis.TASK,
        erase=Erase.OWN,
        others={"payload": _("che cosa dice e a chi"), "last_error": _("perché non è partito")},
        plain=(
            "id",
            "topic",
            "key",
            "district_id",
            "created_at",
            "due_at",
            "attempts",
            "delivered_at",
            "gave_up_at",
        ),
    ),
}
