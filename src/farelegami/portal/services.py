"""Giving a person a card, letting them in with it, taking it back."""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.db import transaction

from farelegami.access.models import Account
from farelegami.access.queries import account_of, roles_ever
from farelegami.access.services import create_account
from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.kernel.periods import months_later
from farelegami.pacts.models import Pact
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, pact_for
from farelegami.portal.models import EntryCard
from farelegami.portal.rules import (
    CARD_MONTHS,
    LOCKED,
    MOST_WRONG_PINS,
    CardLocked,
    CardUnknown,
    HasAnEntranceAlready,
    PinWrong,
    check_pin,
    holds,
    is_locked,
    new_code,
    plain_digits,
)

_CARD = "portal.card"


def _hash(code: str) -> str:
    # Keyed: forty bits of digits could be tried one by one on a stolen table.
    return hmac.new(settings.SECRET_KEY.encode(), code.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def issue_card(
    actor: Actor, pact_id: UUID, person_id: UUID, *, once: UUID | None = None
) -> tuple[EntryCard, str]:
    """Return a new card of a person named in a pact, and its code, which is shown this once.

    The card before it no longer opens; the PIN is chosen anew. `once` names the act: the same twice
    is one card, the second time without its code.

    Raises:
        NotFound, NotAllowed: not visible; not the one who follows the pact; not named in it.
        HasAnEntranceAlready: the person has an account with roles.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    named = {each.person_id: each.person for each in members_of([pact.pk])[pact.pk]}
    if person_id not in named:
        raise NotFound
    # The pact is locked: the second of two comes after the first.
    if once is not None and (made := EntryCard.objects.filter(pk=once).first()) is not None:
        if made.person_id != person_id:
            raise NotFound
        return made, ""
    _revoke(actor, pact, person_id)
    code = new_code()
    card = EntryCard.objects.create(
        id=once or new_id(),
        district_id=pact.district_id,
        person_id=person_id,
        account=_account_of(
            actor, person_id, str(named[person_id]), named[person_id].preferred_language
        ),
        code_hash=_hash(code),
        issued_by_id=actor.account_id,
        issued_at=clock.now(),
        expires_on=months_later(clock.today(), CARD_MONTHS),
    )
    _note(actor, Verb.ACCESS, card, {"given": True})
    return card, code


def _account_of(actor: Actor, person_id: UUID, name: str, language: str) -> Account:
    account = account_of(person_id)
    if account is None:
        account = create_account(
            actor, username=f"mio-{new_id().hex[-12:]}", name=name, person_id=person_id
        )
    elif roles_ever(account.pk):
        raise HasAnEntranceAlready
    account.language = language
    # A new card is a new PIN: whoever had the old ones is out.
    account.set_unusable_password()
    account.save(update_fields=["language", "password"])
    return account


@transaction.atomic
def revoke_card(actor: Actor, pact_id: UUID, person_id: UUID) -> None:
    """Let a person's card open no more.

    Raises:
        NotFound, NotAllowed: as `issue_card`.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    if person_id not in {each.person_id for each in members_of([pact.pk])[pact.pk]}:
        raise NotFound
    _revoke(actor, pact, person_id)


def _revoke(actor: Actor, pact: Pact, person_id: UUID) -> None:
    rows = EntryCard.objects.select_for_update(of=("self",)).select_related("account")
    for card in rows.filter(person_id=person_id, revoked_at=None):
        card.revoked_at = clock.now()
        card.save(update_fields=["revoked_at"])
        if card.account is not None:
            # Sessions carry a hash of the password: they end with it.
            card.account.set_unusable_password()
            card.account.save(update_fields=["password"])
        _note(actor, Verb.ACCESS, card, {"revoked": True, "pact": str(pact.pk)})


def card_by_code(typed: str) -> EntryCard:
    """Return the card whose code was typed, its account joined.

    Raises:
        CardUnknown: none opens with it, or no longer.
    """
    card = (
        EntryCard.objects.select_related("account")
        .filter(code_hash=_hash(plain_digits(typed)))
        .first()
    )
    if card is None or not holds(
        expires_on=card.expires_on, revoked=card.revoked_at is not None, today=clock.today()
    ):
        raise CardUnknown
    return card


def needs_pin(card_id: UUID) -> bool:
    """Return whether a person has still to choose the PIN of a card. One query."""
    card = EntryCard.objects.select_related("account").filter(pk=card_id).first()
    return card is not None and card.account is not None and not card.account.has_usable_password()


@transaction.atomic
def choose_pin(card_id: UUID, pin: str) -> Account:
    """Set the PIN of a card never used and return the account that may now come in.

    Raises:
        PinTooEasy: as its name says.
        CardUnknown: the card has a PIN already, or opens no more.
    """
    card = _locked_card(card_id)
    if card.account is None or card.account.has_usable_password():
        raise CardUnknown
    check_pin(pin)
    card.account.set_password(pin)
    card.account.save(update_fields=["password"])
    card.first_used_at = clock.now()
    card.save(update_fields=["first_used_at"])
    _note(_self(card.account), Verb.ACCESS, card, {"pin": "chosen"})
    return card.account


def try_pin(card_id: UUID, pin: str) -> Account:
    """Return the account a PIN opens; five mistakes close the card for a quarter of an hour.

    Raises:
        CardLocked, PinWrong, CardUnknown: as their names say. A mistake is counted all the same.
    """
    with transaction.atomic():
        card = _locked_card(card_id)
        if is_locked(card.locked_until, now=clock.now()):
            raise CardLocked
        account = card.account
        right = account is not None and account.check_password(plain_digits(pin))
        card.wrong_pins = 0 if right else card.wrong_pins + 1
        card.locked_until = None
        if card.wrong_pins >= MOST_WRONG_PINS:
            card.wrong_pins, card.locked_until = 0, clock.now() + LOCKED
        card.save(update_fields=["wrong_pins", "locked_until"])
        if right and account is not None:
            _note(_self(account), Verb.ACCESS, card, {"entered": True})
    if not right or account is None:
        raise PinWrong
    return account


def _locked_card(card_id: UUID) -> EntryCard:
    card = (
        EntryCard.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(pk=card_id)
        .first()
    )
    if card is None or not holds(
        expires_on=card.expires_on, revoked=card.revoked_at is not None, today=clock.today()
    ):
        raise CardUnknown
    return card


def _self(account: Account) -> Actor:
    return account.as_actor([])


def _note(actor: Actor, verb: Verb, card: EntryCard, facts: Facts) -> None:
    record(
        actor,
        verb,
        kind=_CARD,
        object_id=card.pk,
        district_id=card.district_id,
        person_ids=[card.person_id],
        facts=facts,
    )
