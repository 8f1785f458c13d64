"""What two districts tell each other about a case that passes, through the outbox.

A message names the transfer (the id of the handover there, of the referral here), the moment of the
fact and two districts; what it says of people is sealed. The same message twice is the same message.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from farelegami.kernel.errors import gettext_noop
from farelegami.outbox.services import emit, queue_mail
from farelegami.storage.fields import seal, unseal

if TYPE_CHECKING:
    from farelegami.access.models import Account

PROPOSED: Final = "cases.transfer_proposed"
ANSWERED: Final = "cases.transfer_answered"
WITHDRAWN: Final = "cases.transfer_withdrawn"


@dataclass(frozen=True, slots=True)
class Message:
    """One fact of a transfer, told by the district where it was written."""

    transfer_id: UUID
    from_district: int
    to_district: int
    at: datetime
    told: Mapping[str, str]


def send(topic: str, message: Message) -> None:
    """Write a message with the act it tells; of a transfer each topic goes out once."""
    payload = {
        "transfer": str(message.transfer_id),
        "from_district": message.from_district,
        "to_district": message.to_district,
        "at": message.at.isoformat(),
        "sealed": seal(json.dumps(dict(message.told)), _bound_to(message.transfer_id)),
    }
    key = f"{topic}.{message.transfer_id}"
    emit(topic, payload, key=key, district_id=message.to_district)


def opened(payload: Mapping[str, Any]) -> Message:
    """Return the message of an event."""
    transfer_id = UUID(payload["transfer"])
    return Message(
        transfer_id=transfer_id,
        from_district=payload["from_district"],
        to_district=payload["to_district"],
        at=datetime.fromisoformat(payload["at"]),
        told=json.loads(unseal(payload["sealed"], _bound_to(transfer_id))),
    )


def _bound_to(transfer_id: UUID) -> str:
    return f"cases.transfer.{transfer_id}"


def tell(account: "Account", subject: str, *, key: str) -> None:
    """Write to somebody that there is news; a mailbox is no place for names."""
    if account.email:
        body = gettext_noop("C’è una novità sulla Scrivania, fra i percorsi.")
        queue_mail(account.email, subject, body, key=key, language=account.language)
