"""Finding unusual readings, and noting that somebody has looked at them."""

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.privacy.models import Anomaly
from farelegami.privacy.queries.anomalies import anomaly_for, unusual_on
from farelegami.privacy.rules.retention import ReasonMissing

KIND: Final = "privacy.anomaly"


def find_anomalies(district_ids: Collection[int], day: date) -> int:
    """Write down the unusual readings of a day, each once however often it is run; return how many."""
    found = 0
    for district_id in sorted(district_ids):
        rows = [
            Anomaly(
                district_id=district_id, day=day, account_id=each.reader.account_id,
                account_name=each.reader.name, rule=each.rule.value, facts=dict(each.facts),
                found_at=clock.now(),
                mark=f"{district_id}/{each.reader.account_id}/{day}/{each.rule}",
            )
            for each in unusual_on(district_id, day)
        ]  # fmt: skip
        Anomaly.objects.bulk_create(rows, ignore_conflicts=True)
        found += len(rows)
    return found


@transaction.atomic
def note_seen(actor: Actor, anomaly_id: UUID, *, note: str) -> Anomaly:
    """Note that somebody has looked at an unusual reading, and what it was, and return it.

    Raises:
        NotFound: none that the actor may see.
        ReasonMissing: nothing said of it.
    """
    anomaly = anomaly_for(actor, anomaly_id, for_update=True)
    if not note.strip():
        raise ReasonMissing
    anomaly.note, anomaly.seen_at = note.strip()[:500], clock.now()
    anomaly.seen_by_id, anomaly.seen_by_name = actor.account_id, actor.name
    anomaly.save(update_fields=["note", "seen_at", "seen_by_id", "seen_by_name"])
    record(
        actor, Verb.DECIDED, kind=KIND, object_id=anomaly.pk, district_id=anomaly.district_id,
        facts={"rule": anomaly.rule, "of": str(anomaly.account_id)},
    )  # fmt: skip
    return anomaly
