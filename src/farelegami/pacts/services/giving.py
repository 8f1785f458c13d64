"""Hours given back: told, then confirmed by the word of who received them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Minutes
from farelegami.ledger.services import hold, post
from farelegami.pacts.models import HoursEntry, Pact, PactVersion
from farelegami.pacts.queries import pact_to_write
from farelegami.pacts.rules.giving import HoursInFuture, HoursOutsidePact, HoursSettled
from farelegami.pacts.rules.money import Purse
from farelegami.storage.acts import one_act
from farelegami.storage.once import written_once
from farelegami.storage.prepared import prepared


def _move(actor: Actor, entry: HoursEntry, giver: Purse, taker: Purse, step: str) -> None:
    accounts = hold(entry.pact_id, giver, taker)
    post(
        actor,
        debit_id=accounts[giver].pk,
        credit_id=accounts[taker].pk,
        amount=entry.minutes,
        happened_on=entry.done_on,
        memo=f"Ore del {entry.done_on:%d/%m/%Y}",
        key=f"hours:{entry.pk}:{step}",
        held={account.pk: account for account in accounts.values()},
    )


@one_act
def report_hours(
    actor: Actor,
    pact_id: UUID,
    *,
    commitment_key: str,
    done_on: date,
    minutes: Minutes,
    note: str = "",
    once: UUID | None = None,
) -> HoursEntry:
    """Return the hours told for a commitment; more than was promised is welcome.

    `once` names the act: the same twice is told once.

    Raises:
        NotFound, NotAllowed: not visible, not the actor's to write, or no such commitment.
        HoursInFuture, HoursOutsidePact: the day cannot be.
        SentAlready: sent before with other data.
    """
    pact = pact_to_write(actor, pact_id)
    entry = Telling(commitment_key, done_on, minutes, note, once)
    return tell_hours(actor, pact, entry)


@dataclass(frozen=True, slots=True)
class Telling:
    """Hours as somebody tells them; `once` names the act."""

    commitment_key: str
    done_on: date
    minutes: Minutes
    note: str = ""
    once: UUID | None = None


def tell_hours(actor: Actor, pact: Pact, told: Telling) -> HoursEntry:
    """Return the hours written on a locked pact, by who follows it or by the family itself.

    Raises:
        NotFound, HoursInFuture, HoursOutsidePact, SentAlready: as `report_hours`.
    """
    in_force = _words(pact.pk, pact.version_number)
    known = {each.key for version in in_force for each in version.terms.commitments}
    if told.commitment_key not in known:
        raise NotFound
    if told.done_on > clock.today():
        raise HoursInFuture
    if pact.started_on is None or not pact.started_on <= told.done_on <= pact.last_day:
        raise HoursOutsidePact(starts=pact.started_on or pact.starts_on, ends=pact.last_day)
    entry = HoursEntry(
        id=told.once or new_id(),
        pact=pact,
        commitment_key=told.commitment_key,
        done_on=told.done_on,
        minutes=told.minutes,
        note=told.note,
        reported_by_id=actor.account_id,
        reported_at=clock.now(),
    )
    sent = ("commitment_key", "done_on", "minutes", "note")
    named = told.once is not None
    entry, is_new = written_once(entry, of="pact_id", sent=sent, named=named)
    if not is_new:
        return entry
    _move(actor, entry, Purse.GIVING, Purse.DONE, "done")
    record(
        actor,
        Verb.CREATED,
        kind="pacts.hours",
        object_id=entry.pk,
        district_id=pact.district_id,
        facts={"pact": str(pact.pk), "minutes": entry.minutes},
    )
    return entry


@prepared
def _words(pact_id: UUID, number: int) -> QuerySet[PactVersion]:
    return PactVersion.objects.filter(pact_id=pact_id, number=number).only("terms_json")


def _open_entry(pact: Pact, entry_id: UUID) -> HoursEntry:
    entry = HoursEntry.objects.filter(pact=pact, pk=entry_id).first()
    if entry is None:
        raise NotFound
    if entry.confirmed_at is not None or entry.cancelled_at is not None:
        raise HoursSettled
    return entry


def lock_for_hours(pact_id: UUID) -> Pact:
    """Return a pact locked, for the rooms above that write hours on it and have asked who may.

    Raises:
        NotFound: there is none.
    """
    locked = Pact.objects.filter(pk=pact_id).select_for_update(of=("self",), no_key=True)
    pact = locked.first()
    if pact is None:
        raise NotFound
    return pact


@transaction.atomic
def confirm_hours(
    actor: Actor,
    pact_id: UUID,
    entry_id: UUID,
    *,
    confirmed_name: str,
    changed_for_others: str = "",
) -> HoursEntry:
    """Note that the host confirmed the hours, and who said so. Returns them.

    Raises:
        NotFound, NotAllowed, HoursSettled: nothing is written.
    """
    pact = pact_to_write(actor, pact_id)
    return confirm_told(
        actor, pact, entry_id, confirmed_name=confirmed_name, changed_for_others=changed_for_others
    )


def confirm_told(
    actor: Actor, pact: Pact, entry_id: UUID, *, confirmed_name: str, changed_for_others: str = ""
) -> HoursEntry:
    """Return the hours of a locked pact, confirmed by the word of who received them.

    Raises:
        NotFound, HoursSettled: no such hours, or confirmed or taken back already.
    """
    entry = _open_entry(pact, entry_id)
    entry.confirmed_at, entry.confirmed_by_id = clock.now(), actor.account_id
    entry.confirmed_name, entry.changed_for_others = confirmed_name, changed_for_others
    entry.save()
    _move(actor, entry, Purse.DONE, Purse.CONFIRMED, "confirmed")
    record(
        actor,
        Verb.DECIDED,
        kind="pacts.hours",
        object_id=entry.pk,
        district_id=pact.district_id,
        facts={"pact": str(pact.pk), "confirmed_minutes": entry.minutes},
    )
    return entry


@transaction.atomic
def cancel_hours(actor: Actor, pact_id: UUID, entry_id: UUID, *, reason: str) -> HoursEntry:
    """Take back hours told by mistake, before they are confirmed. Returns them.

    Raises:
        NotFound, NotAllowed, HoursSettled: nothing is written.
    """
    return cancel_told(actor, pact_to_write(actor, pact_id), entry_id, reason=reason)


def note_change_for_others(pact: Pact, entry_id: UUID, words: str) -> None:
    """Keep what the host said later of hours of a locked pact; what was said first stays."""
    rows = HoursEntry.objects.filter(pact=pact, pk=entry_id, changed_for_others="")
    rows.update(changed_for_others=words)


def cancel_told(actor: Actor, pact: Pact, entry_id: UUID, *, reason: str) -> HoursEntry:
    """Return the hours of a locked pact, taken back before anyone confirmed them.

    Raises:
        NotFound, HoursSettled: no such hours, or confirmed or taken back already.
    """
    entry = _open_entry(pact, entry_id)
    entry.cancelled_at, entry.cancel_reason = clock.now(), reason
    entry.save()
    _move(actor, entry, Purse.DONE, Purse.GIVING, "cancelled")
    record(
        actor,
        Verb.CHANGED,
        kind="pacts.hours",
        object_id=entry.pk,
        district_id=pact.district_id,
        facts={"pact": str(pact.pk), "cancelled_minutes": entry.minutes},
    )
    return entry
