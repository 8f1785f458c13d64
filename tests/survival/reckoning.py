"""What must hold after any crash, asked of the database past the application."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from tests.survival.installation import Installation
from tests.survival.writers import Noted


def losses(place: Installation, noted: Noted) -> list[str]:
    """Return, in words, every acknowledged act that is not there exactly once."""
    found = [
        *_once("spesa", noted.spends, place.rows("SELECT title, id FROM pacts_spendrequest")),
        *_once("ore", noted.hours, place.rows("SELECT note, id FROM pacts_hoursentry")),
    ]
    stages = {
        str(UUID(str(key))): stage
        for key, stage in place.rows("SELECT id, stage FROM pacts_spendrequest")
    }
    found += [
        f"approvazione di {spend}: {stages.get(spend)}"
        for spend in sorted(noted.approved)
        if stages.get(spend) != "committed"
    ]
    return found


def _once(what: str, noted: dict[str, str], rows: Iterable[tuple[str, object]]) -> Iterable[str]:
    there: dict[str, list[str]] = {}
    for name, key in rows:
        there.setdefault(name, []).append(str(UUID(str(key))))
    for name, key in noted.items():
        if there.get(name) != [key]:
            yield f"{what} {name}: {there.get(name)} invece di {key}"
    for name, keys in there.items():
        if len(keys) > 1:
            yield f"{what} {name}: {len(keys)} volte"


def contradictions(place: Installation) -> list[str]:
    """Return what does not agree: money against spends, the log against acts, keys against acts."""
    found = []
    ((committed,),) = place.rows(
        "SELECT coalesce(sum(amount_cents), 0) FROM pacts_spendrequest WHERE stage = 'committed'"
    )
    ((held,),) = place.rows(
        "SELECT coalesce(sum(balance), 0) FROM ledger_account WHERE kind = 'committed'"
    )
    if committed != held:
        found.append(f"impegnati {held} centesimi per {committed} di spese")
    for table, kind in (("pacts_spendrequest", "pacts.spend"), ("pacts_hoursentry", "pacts.hours")):
        written = Counter(str(key) for (key,) in place.rows(f"SELECT id FROM {table}"))
        told = Counter(
            str(key)
            for (key,) in place.rows(
                f"SELECT object_id FROM audit_entry WHERE kind = '{kind}' AND verb = 'created'"
            )
        )
        if set(written) - set(told):
            found.append(f"{table}: {len(set(written) - set(told))} atti non nel registro")
    if place.is_sqlite:
        found += [fault for (fault,) in place.rows("PRAGMA integrity_check") if fault != "ok"]
    checked = place.run("check")
    if checked.returncode:
        found.append(checked.stdout + checked.stderr)
    return found
