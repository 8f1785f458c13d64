"""What a family reads of itself, from its own pact and its own log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from farelegami.audit.models import Entry
from farelegami.audit.queries import who_opened
from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.pacts.models import FamilyMessage, Pact, PactVersion
from farelegami.pacts.queries.file import PactFile, own_pact_file
from farelegami.pacts.queries.parts import own_words_of
from farelegami.pacts.queries.sight import own_family_pacts
from farelegami.pacts.queries.wheels import wheel_facts
from farelegami.pacts.rules.money import Spend
from farelegami.portal.models import EntryCard
from farelegami.web.drawings.wheel import WheelFacts

_ANSWERS_SHOWN = 3
_OVER = frozenset({Spend.REJECTED, Spend.RELEASED})


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is coming: a meeting, a result, an end."""

    on: date
    at: datetime | None
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnPact:
    """A family's pact as its page tells it."""

    file: PactFile
    wheel: WheelFacts
    steps: Sequence[Step]
    words: Sequence[FamilyMessage]

    @property
    def pact(self) -> Pact:
        return self.file.pact

    @property
    def waits_for_signature(self) -> bool:
        """Whether an authorised text waits for signatures."""
        version = self.file.open_version
        return version is not None and version.authorised_on is not None

    @property
    def answers(self) -> Sequence[FamilyMessage]:
        """What the person wrote that has an answer, the latest first."""
        return [each for each in self.words if each.answer][:_ANSWERS_SHOWN]

    def words_on(self, version: PactVersion) -> Sequence[FamilyMessage]:
        """Return the person's yes and no to a proposed text, the latest first."""
        return [each for each in self.words if each.version_id == version.pk]


def own_pacts(actor: Actor) -> Sequence[Pact]:
    """Return the actor's own family's pacts, the newest first. One query."""
    return list(own_family_pacts(actor).order_by("-id")[:10])


def own_pact(actor: Actor, pact_id: UUID | None = None) -> OwnPact:
    """Return a family's pact, the newest if none is named.

    Raises:
        NotFound: there is none, or it is of others.
    """
    if pact_id is None:
        pacts = own_pacts(actor)
        if not pacts:
            raise NotFound
        pact_id = pacts[0].pk
    file = own_pact_file(actor, pact_id)
    statuses = {key: mark.status for key, mark in file.marked("result").items()}
    wheel = wheel_facts(file.terms, statuses, file.money, file.hours)
    words = own_words_of(pact_id, actor.person_id) if actor.person_id else ()
    return OwnPact(file, wheel, _steps(file), words)


def _steps(file: PactFile) -> list[Step]:
    today = clock.today()
    marks = file.marked("result")
    steps = [
        Step(
            meeting.planned_at.astimezone(clock.ROME).date(),
            meeting.planned_at,
            "meeting",
            meeting.place,
        )
        for meeting in file.meetings
        if meeting.held_on is None
        and meeting.missed_on is None
        and meeting.planned_at >= clock.now()
    ]
    steps += [
        Step(result.due_on, None, "result", result.text)
        for goal in (file.terms.goals if file.terms else ())
        for result in goal.results
        if result.due_on >= today
        and (result.key not in marks or marks[result.key].status not in {"reached", "not_reached"})
    ]
    if file.pact.ends_on >= today:
        steps.append(Step(file.pact.ends_on, None, "end", ""))
    return sorted(steps, key=lambda step: (step.on, step.at is None))[:6]


def readers_of(actor: Actor, *, cursor: str = "") -> tuple[Sequence[Entry], str]:
    """Return who opened or changed the actor's own file, newest first, and the next cursor.

    What the person did is left out. Two queries.
    """
    if actor.person_id is None:
        return [], ""
    objects = [pact.pk for pact in own_pacts(actor)]
    page = who_opened(actor.person_id, objects, cursor=cursor)
    return [entry for entry in page.rows if entry.account_id != actor.account_id], page.next_cursor


def is_reading(entry: Entry) -> bool:
    """Return whether an entry tells of reading rather than of writing."""
    return entry.verb in {Verb.READ, Verb.EXPORTED}


def cards_of(person_ids: Collection[UUID]) -> Mapping[UUID, EntryCard]:
    """Return the card each person has now, for who follows their pact. One query."""
    rows = EntryCard.objects.filter(person_id__in=person_ids, revoked_at=None)
    return {card.person_id: card for card in rows}
