"""What the Scrivania says in the morning: who waits for a decision, what falls due, today's agenda.

For a worker with sixty families it costs fourteen queries, session and roles included.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from farelegami.cases.queries.terms import Due, DueRow, due_and_new
from farelegami.giveback.permissions import PLACERS
from farelegami.giveback.queries.opportunities import turn_count_waiting
from farelegami.giveback.queries.people import Asked, asked_of
from farelegami.giveback.queries.sight import host_of
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop
from farelegami.kernel.units import Cents, Minutes
from farelegami.ledger.queries import balances
from farelegami.pacts.models import PactVersion, SpendRequest
from farelegami.pacts.queries import (
    FollowUpDue,
    Money,
    OwnPact,
    PactRow,
    Planned,
    ToConfirm,
    agenda,
    money_of,
    own_follow_ups,
    own_hours,
    own_pacts,
    pact_rows,
    payments_waiting,
    waiting_spends,
    waiting_versions,
)
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import IN_FORCE, Stage
from farelegami.web.links import link

AHEAD_DAYS: Final = 14
CARDS: Final = 9


@dataclass(frozen=True, slots=True)
class Term:
    """One line of what falls due."""

    who: str
    what: str
    url: str
    on: date
    late_days: int
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """The actor's pacts in three figures."""

    active: int
    committed: Cents
    given_this_month: Minutes


@dataclass(slots=True)
class Morning:
    """The whole page, as plain values."""

    versions: Sequence[PactVersion] = ()
    disputed: Sequence[OwnPact] = ()
    spends: Sequence[tuple[SpendRequest, Money]] = ()
    hours: Sequence[ToConfirm] = ()
    asked: Sequence[Asked] = ()
    turns_to_confirm: int = 0
    terms: Sequence[Term] = ()
    meetings: Sequence[Planned] = ()
    cards: Sequence[PactRow[OwnPact]] = ()
    brief: Brief | None = None
    open_pacts: int = 0
    payments: list[tuple[str, int]] = field(default_factory=list)
    new_referrals: int | None = None

    @property
    def waiting(self) -> int:
        """How many things ask for the actor today."""
        late = sum(term.late_days > 0 for term in self.terms)
        payments = sum(count for _stage, count in self.payments)
        asked = self.to_decide + self.to_check
        hosted = int(self.turns_to_confirm > 0)
        return asked + late + payments + hosted + len(self.disputed) + (self.new_referrals or 0)

    @property
    def to_check(self) -> int:
        """How many hours, turns and places wait for a look."""
        return len(self.hours) + len(self.asked)

    @property
    def to_decide(self) -> int:
        """How many texts and spends wait for a coordinator."""
        return len(self.versions) + len(self.spends)


def morning(actor: Actor) -> Morning:
    """Return what waits for the actor today; only the parts their roles have are asked for."""
    page = Morning()
    if actor.holds(Role.SOCIAL_WORKER, Role.COORDINATOR):
        _fill_worker(page, actor)
    if actor.holds(*PLACERS):
        page.asked = asked_of(actor)
    if actor.holds(Role.HOST):
        page.turns_to_confirm = turn_count_waiting(host_of(actor))
    if actor.holds(Role.COORDINATOR):
        page.versions, page.spends = waiting_versions(actor), waiting_spends(actor)
    if actor.holds(Role.CLERK):
        waiting = payments_waiting(actor)
        page.payments = [
            (_("da documentare"), waiting.get(Spend.COMMITTED, 0)),
            (_("da pagare"), waiting.get(Spend.DOCUMENTED, 0)),
            (_("da riconciliare"), waiting.get(Spend.PAID, 0)),
        ]
    return page


def _fill_worker(page: Morning, actor: Actor) -> None:
    today = clock.today()
    pacts = own_pacts(actor)
    purses = balances([pact.id for pact in pacts]) if pacts else {}
    page.cards = pact_rows(pacts[:CARDS], purses) if pacts else []
    page.open_pacts = len(pacts)
    page.disputed = [pact for pact in pacts if pact.is_disputed]
    due, page.new_referrals = due_and_new(actor, AHEAD_DAYS)
    page.terms = _terms(actor, pacts, due, today)
    if not pacts:
        return
    hours = own_hours(actor)
    page.meetings, page.hours = agenda(actor, today), hours.to_confirm
    page.brief = Brief(
        active=sum(pact.stage_now in IN_FORCE for pact in pacts),
        committed=Cents(sum(money_of(purses[pact.id]).committed for pact in pacts)),
        given_this_month=hours.this_month,
    )


def _terms(
    actor: Actor, pacts: Sequence[OwnPact], due: Sequence[DueRow], today: date
) -> Sequence[Term]:
    horizon = today + timedelta(days=AHEAD_DAYS)
    found = [_case_term(row, today) for row in due]
    for pact in pacts:
        if pact.stage_now != Stage.ACTIVE:
            continue
        if pact.next_meeting_by and pact.next_meeting_by <= horizon:
            words = _meeting_words(pact.planned_at)
            found.append(
                _pact_term(pact, words, pact.next_meeting_by, today, planned=pact.planned_at)
            )
        if pact.ends_on <= horizon:
            found.append(_pact_term(pact, _("Fine del patto"), pact.ends_on, today))
    if pacts:
        found += [
            _pact_term(each, _("Come va, a %(n)s mesi") % {"n": each.months}, each.due_on, today)
            for each in own_follow_ups(actor, within_days=AHEAD_DAYS)
        ]
    return sorted(found, key=lambda term: (term.on, term.who))[:20]


def _meeting_words(planned: datetime | None) -> str:
    if planned is None:
        return _("Incontro periodico, da fissare")
    day = planned.astimezone(clock.ROME)
    return _("Incontro periodico, fissato per il %(day)s") % {"day": f"{day:%d/%m}"}


def _pact_term(
    of: OwnPact | FollowUpDue, what: str, on: date, today: date, *, planned: datetime | None = None
) -> Term:
    pact_id = of.id if isinstance(of, OwnPact) else of.pact_id
    late = (today - on).days if planned is None else 0
    return Term(
        who=of.household,
        what=what,
        url=link("pacts:pact", pact_id),
        on=on,
        late_days=max(0, late),
        is_planned=planned is not None,
    )


_CASE_WORDS: Final = {
    Due.CONTACT: gettext_noop("Primo contatto dopo la segnalazione"),
    Due.FIRST_MEETING: gettext_noop("Primo incontro con la famiglia"),
    Due.TEAM: gettext_noop("Finisce un invito in équipe"),
    Due.HANDOVER: gettext_noop("Un passaggio aspetta risposta"),
    Due.TRANSFER: gettext_noop("L’altro ambito non ha ancora risposto"),
}
_CASE_PAGES: Final = {Due.CONTACT: "cases:referral", Due.HANDOVER: "cases:answer_handover"}


def _case_term(row: DueRow, today: date) -> Term:
    page = _CASE_PAGES.get(row.kind, "cases:case")
    object_id: UUID = row.object_id
    return Term(
        who=row.title,
        what=_(_CASE_WORDS[row.kind]),
        url=link(page, object_id),
        on=row.on,
        late_days=max(0, (today - row.on).days),
    )
