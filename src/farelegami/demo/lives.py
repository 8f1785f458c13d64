"""One pact's life, lived day by day through the services."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.cases.models import Case
from farelegami.demo.papers import a_receipt
from farelegami.demo.staff import Office
from farelegami.demo.stories import (
    CHANGED_FOR_FAMILY,
    CHANGED_FOR_OTHERS,
    PROGRESS,
    Story,
    SupportIdea,
)
from farelegami.documents.services import store_content
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.units import Cents, Minutes, euros, hours
from farelegami.ledger.queries import balances
from farelegami.pacts.models import HoursEntry, Pact, SpendRequest
from farelegami.pacts.queries import money_of, open_version, spends_of
from farelegami.pacts.rules.money import Route, Spend
from farelegami.pacts.rules.signing import Signer
from farelegami.pacts.rules.stages import Outcome
from farelegami.pacts.rules.terms import Commitment, Support, Terms
from farelegami.pacts.services import (
    agreeing,
    deciding,
    drafting,
    giving,
    living,
    opening,
    planning,
    signing,
    spending,
)
from farelegami.people.models import Person

DRAWING: Final = "M20 60 L40 20 L60 70 L80 30 L100 65 L120 25 L150 60 L190 40"


class Fate(StrEnum):
    """Where a pact's life is today."""

    DRAFT = "draft"
    AGREED = "agreed"
    AUTHORISED = "authorised"
    SIGNED = "signed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVIEW = "review"
    CLOSED = "closed"
    INTERRUPTED = "interrupted"
    WITHDRAWN = "withdrawn"


@dataclass(slots=True)
class Life:
    """Everything one life needs."""

    random: Random
    office: Office
    worker: Actor
    panel: Actor | None
    case: Case
    holders: Sequence[Person]
    others: Sequence[Person]
    story: Story
    pact_type_id: UUID
    body_id: UUID
    hosts: dict[str, UUID]
    begins_on: date
    fate: Fate
    today: date


@contextmanager
def _on(day: date, today: date) -> Iterator[None]:
    """Live a day between nine and six, never after today."""
    moment = datetime.combine(min(day, today), time(11), tzinfo=clock.ROME)
    with clock.at(moment):
        yield


def live(life: Life) -> Pact:
    """Live a pact from its first words to where its fate has brought it today. One transaction."""
    with transaction.atomic():
        pact = _write(life)
        if life.fate == Fate.DRAFT:
            return pact
        day = life.begins_on
        with _on(day, life.today):
            if life.fate == Fate.WITHDRAWN:
                return agreeing.withdraw(
                    life.worker, pact.pk, reason="La famiglia preferisce aspettare."
                )
            agreeing.agree(life.worker, pact.pk)
        if life.fate == Fate.AGREED:
            return pact
        with _on(day + timedelta(days=4), life.today):
            deciding.authorise(life.office.coordinator, pact.pk)
        if life.fate == Fate.AUTHORISED:
            return pact
        sign_all(life.worker, life.holders, pact, day + timedelta(days=8), life.today)
        if life.fate == Fate.SIGNED:
            return pact
        _live_on(life, pact)
        return pact


def _write(life: Life) -> Pact:
    random, story = life.random, life.story
    opened = life.begins_on - timedelta(days=random.randint(10, 30))
    # A pact that is signed and not begun starts in some weeks.
    ahead = 40 if life.fate == Fate.SIGNED else 8
    with _on(opened, life.today):
        pact = opening.open_pact(
            life.worker,
            case_id=life.case.pk,
            pact_type_id=life.pact_type_id,
            body_id=life.body_id,
            title=story.title,
            starts_on=life.begins_on + timedelta(days=ahead),
            holder_ids=[person.pk for person in life.holders],
            member_ids=[person.pk for person in life.others],
            template_codes=story.templates,
        )
        if story.pact_type == "autonomia":
            for person in life.holders:
                opening.confirm_unemployed(life.worker, pact.pk, person.pk)
        if life.fate == Fate.DRAFT and random.random() < 0.5:
            return pact
        for idea in story.supports:
            _add_support(life, pact, idea)
        if not story.giving or random.random() < 0.15:
            drafting.discuss_giveback(
                life.worker, pact.pk, note="Se ne riparla all’incontro dei tre mesi."
            )
        for gift in story.giving:
            person = random.choice(life.holders)
            drafting.save_commitment(
                life.worker,
                pact.pk,
                Commitment(
                    key="",
                    person_id=person.pk,
                    person_name=person.given_name,
                    title=gift.title,
                    host=gift.host,
                    host_id=life.hosts.get(gift.host),
                    minutes=hours(gift.hours),
                    ends_on=pact.ends_on,
                    weekly_minutes=hours(2),
                    when=gift.when,
                ),
            )
    return pact


def _add_support(life: Life, pact: Pact, idea: SupportIdea) -> None:
    cost = life.random.randrange(idea.least, idea.most + 1, 10) if idea.most else 0
    drafting.save_support(
        life.worker,
        pact.pk,
        category=idea.category,
        title=idea.title,
        provider=idea.provider,
        amount_cents=euros(cost),
    )


def sign_all(worker: Actor, holders: Sequence[Person], pact: Pact, day: date, today: date) -> None:
    """Put every signature under the authorised text on one day."""
    with _on(day, today):
        version = open_version(pact.pk)
        text_hash = version.text_hash if version else ""
        for person in holders:
            signing.sign(
                worker,
                pact.pk,
                signer=Signer.HOLDER,
                person_id=person.pk,
                text_hash=text_hash,
                drawing=DRAWING,
            )
        signing.sign(
            worker, pact.pk, signer=Signer.CASE_MANAGER, text_hash=text_hash, drawing=DRAWING
        )
        signing.sign(
            worker,
            pact.pk,
            signer=Signer.BODY,
            text_hash=text_hash,
            drawing=DRAWING,
            name="Per l’ente, la responsabile",
        )


def terms_of(pact: Pact) -> Terms:
    """Return the words in force."""
    pact.refresh_from_db()
    version = living.terms_in_force(pact)
    if version is None:
        message = f"{pact.code} has no words in force"
        raise ValueError(message)
    return version.terms


def _live_on(life: Life, pact: Pact) -> None:
    random = life.random
    start = life.begins_on + timedelta(days=8)
    end = {
        Fate.CLOSED: start + timedelta(days=random.randint(280, 355)),
        Fate.INTERRUPTED: start + timedelta(days=random.randint(60, 200)),
    }.get(life.fate, life.today)
    end = min(end, life.today)
    terms = terms_of(pact)
    share = min(1.0, (end - start).days / 330)
    _meet(life, pact, start, end)
    _spend(life, pact, terms, start, end, share)
    _give(life, pact, terms, start, end, share)
    _progress(life, pact, terms, start, end, share)
    if life.story.plan and share > 0.3:
        _plan(life, pact, start, share)
    _end(life, pact, terms, end)


def _meet(life: Life, pact: Pact, start: date, end: date) -> None:
    day = start + timedelta(days=life.random.randint(30, 70))
    while day < end:
        with _on(day, life.today):
            living.hold_meeting(
                life.worker,
                pact.pk,
                held_on=day,
                progress=life.random.choice(PROGRESS),
                changed_for_family=life.random.choice(CHANGED_FOR_FAMILY),
                worked_minutes=Minutes(life.random.choice((60, 75, 90, 120))),
            )
        day += timedelta(days=life.random.randint(55, 95))
    if life.fate == Fate.ACTIVE and life.random.random() < 0.6:
        ahead = datetime.combine(
            life.today + timedelta(days=life.random.randint(0, 20)),
            time(life.random.choice((9, 11, 15, 17))),
            tzinfo=clock.ROME,
        )
        with _on(life.today, life.today):
            living.plan_meeting(
                life.worker,
                pact.pk,
                planned_at=ahead,
                place=life.random.choice(("A casa loro", "In ufficio", "Al civic center")),
            )


def _spend(life: Life, pact: Pact, terms: Terms, start: date, end: date, share: float) -> None:
    paid_for = [support for support in terms.supports if support.amount_cents]
    for support in paid_for:
        parts = 2 if support.amount_cents > euros(250) else 1
        for part in range(parts):
            amount = Cents(support.amount_cents // parts)
            when = start + timedelta(days=int(life.random.uniform(0.05, 0.9) * 330))
            if when + timedelta(days=2) > end:
                continue
            _one_spend(life, pact, support, amount, when, end, part)
    if life.fate == Fate.ACTIVE and paid_for and life.random.random() < 0.12 and share < 0.9:
        _ask_today(life, pact, paid_for[0])


def _ask_today(life: Life, pact: Pact, support: Support) -> None:
    left = _left(pact)
    asked = Cents(min(left, euros(45)))
    if asked > 0:
        with _on(life.today, life.today):
            spending.request_spend(
                life.worker,
                pact.pk,
                category=support.category,
                title=f"{support.title}, in più",
                amount_cents=asked,
                route=Route.REIMBURSEMENT,
                supplier=support.provider,
                reason="Una spesa in più, detta insieme all’ultimo incontro.",
            )


def _left(pact: Pact) -> Cents:
    return money_of(balances([pact.pk])[pact.pk]).left


def _one_spend(
    life: Life, pact: Pact, support: Support, amount: Cents, when: date, end: date, part: int
) -> None:
    random, office = life.random, life.office
    with _on(when, life.today):
        spend = spending.request_spend(
            life.worker,
            pact.pk,
            category=support.category,
            support_key=support.key,
            title=support.title,
            amount_cents=amount,
            supplier=support.provider,
            route=random.choice((Route.SUPPLIER, Route.SUPPLIER, Route.REIMBURSEMENT)),
        )
    if random.random() < 0.04:
        with _on(when + timedelta(days=2), life.today):
            spending.reject_spend(
                office.coordinator,
                spend.pk,
                reason="C’è già un contributo scolastico: si usa quello.",
            )
        return
    with _on(when + timedelta(days=2), life.today):
        spending.approve_spend(office.coordinator, spend.pk)
    if when + timedelta(days=12) <= end:
        _document(life, pact, spend, when + timedelta(days=12), part)
        if when + timedelta(days=25) <= end:
            with _on(when + timedelta(days=25), life.today):
                spending.pay_spend(
                    office.clerk,
                    spend.pk,
                    paid_on=when + timedelta(days=25),
                    payment_reference=f"Mandato {random.randrange(1000, 9999)}",
                )
            if when + timedelta(days=40) <= end:
                with _on(when + timedelta(days=40), life.today):
                    spending.reconcile_spend(
                        office.clerk, spend.pk, statement_reference=f"EC {when:%m/%Y}"
                    )


def _document(life: Life, pact: Pact, spend: SpendRequest, day: date, part: int) -> None:
    cents = spend.amount_cents
    if life.random.random() < 0.25:
        cents = int(cents * 0.95)
    number = f"{pact.code[-4:]}{part}/{life.random.randrange(100, 999)}"
    with _on(day, life.today):
        paper = store_content(
            life.worker,
            content=a_receipt(f"{spend.supplier} {number} {pact.code}"),
            name="ricevuta.pdf",
            kind="receipt",
            district_id=pact.district_id,
            title=f"Ricevuta {number}",
            owner_kind="pacts.spend",
            owner_id=spend.pk,
        )
        spending.document_spend(
            life.worker,
            spend.pk,
            document=paper,
            document_number=number,
            document_date=day,
            document_cents=Cents(cents),
        )


def _give(life: Life, pact: Pact, terms: Terms, start: date, end: date, share: float) -> None:
    for commitment in terms.commitments:
        given = commitment.minutes * share * life.random.uniform(0.7, 1)
        times = max(1, min(10, round(given / 180)))
        each = Minutes(max(60, min(240, int(given / times / 30) * 30)))
        step = max(1, (end - start).days // (times + 1))
        for index in range(times):
            day = start + timedelta(days=step * (index + 1))
            if not start <= day <= end or day > life.today:
                continue
            with _on(day, life.today):
                entry = giving.report_hours(
                    life.worker, pact.pk, commitment_key=commitment.key, done_on=day, minutes=each
                )
            told = index < times - 1 or life.random.random() < 0.7
            if life.fate != Fate.ACTIVE or told:
                _confirm(life, pact, entry, min(day + timedelta(days=3), end), commitment.host)


def _confirm(life: Life, pact: Pact, entry: HoursEntry, day: date, host: str) -> None:
    with _on(day, life.today):
        giving.confirm_hours(
            life.worker,
            pact.pk,
            entry.pk,
            confirmed_name=host,
            changed_for_others=life.random.choice(CHANGED_FOR_OTHERS),
        )


def _progress(life: Life, pact: Pact, terms: Terms, start: date, end: date, share: float) -> None:
    results = [result for goal in terms.goals for result in goal.results]
    for result in results:
        over = life.fate in {Fate.CLOSED, Fate.REVIEW}
        chance = 0.85 if over else share * 0.8
        if life.random.random() < chance:
            status = "reached" if life.random.random() < 0.85 or not over else "not_reached"
        elif over:
            status = "not_reached"
        else:
            status = life.random.choice(("under_way", "to_start"))
        if status == "to_start":
            continue
        day = min(
            end, start + timedelta(days=int((end - start).days * life.random.uniform(0.3, 1)))
        )
        with _on(day, life.today):
            living.set_result(life.worker, pact.pk, result.key, status=status)


def _plan(life: Life, pact: Pact, start: date, share: float) -> None:
    with _on(start + timedelta(days=60), life.today):
        plan = planning.present_plan(
            life.worker,
            pact.pk,
            title=life.story.plan,
            summary="Piccole riparazioni a casa delle persone anziane del quartiere, su appuntamento.",
        )
    if share > 0.5:
        with _on(start + timedelta(days=120), life.today):
            planning.accompany_plan(life.worker, plan.pk, accompanied_by="Sportello Impresa")
    if share > 0.7 and life.panel is not None:
        with _on(start + timedelta(days=200), life.today):
            planning.judge_plan(
                life.panel,
                plan.pk,
                is_valid=life.random.random() < 0.75,
                reason="Conti semplici e sostenibili; domanda presente nel quartiere.",
            )


def _end(life: Life, pact: Pact, terms: Terms, end: date) -> None:
    with _on(end, life.today):
        if life.fate == Fate.SUSPENDED:
            living.suspend(
                life.worker,
                pact.pk,
                reason="Un familiare è in ospedale.",
                expected_until=life.today + timedelta(days=30),
            )
        elif life.fate == Fate.REVIEW:
            living.start_review(life.worker, pact.pk)
        elif life.fate == Fate.INTERRUPTED:
            living.interrupt(
                life.worker,
                pact.pk,
                by=life.random.choice(("family", "body", "both")),
                reason="La famiglia si trasferisce fuori provincia.",
            )
        elif life.fate == Fate.CLOSED:
            _close(life, pact, terms)


def _close(life: Life, pact: Pact, terms: Terms) -> None:
    for spend in spends_of(pact.pk):
        stage = spend.stage
        if stage == Spend.COMMITTED:
            spending.release_spend(life.worker, spend.pk, reason="Non è più servita.")
        if stage == Spend.DOCUMENTED:
            spending.pay_spend(
                life.office.clerk,
                spend.pk,
                paid_on=clock.today(),
                payment_reference="Mandato finale",
            )
        if stage in {Spend.DOCUMENTED, Spend.PAID}:
            spending.reconcile_spend(life.office.clerk, spend.pk, statement_reference="EC finale")
    living.start_review(life.worker, pact.pk)
    outcomes = {
        goal.key: (_outcome(life), "Detto insieme nell’ultimo incontro.") for goal in terms.goals
    }
    living.close(
        life.worker,
        pact.pk,
        outcomes=outcomes,
        t2_declined=True,
        reason="Il percorso è arrivato alla sua fine naturale.",
        next_steps="Resta nel gruppo del quartiere; ci si risente fra tre mesi.",
    )
    pact.refresh_from_db()
    for follow_up in pact.follow_ups.filter(due_on__lt=life.today - timedelta(days=10)):
        with _on(follow_up.due_on + timedelta(days=5), life.today):
            living.record_follow_up(
                life.worker,
                pact.pk,
                months=follow_up.months,
                is_still_active=life.random.random() < 0.7,
            )


def _outcome(life: Life) -> Outcome:
    return life.random.choices(
        (Outcome.REACHED, Outcome.PARTIAL, Outcome.NOT_REACHED), weights=(60, 28, 12)
    )[0]
