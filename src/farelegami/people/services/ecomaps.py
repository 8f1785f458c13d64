"""Drawing the ties of a person together with them; each drawing is a snapshot and stays."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.people.models import EcomapSnapshot, Tie
from farelegami.people.queries.persons import person_to_change, visible_people
from farelegami.people.rules.ecomap import DrawnInTheFuture, TieDraft, check_ties
from farelegami.people.services.entries import note
from farelegami.storage.once import written_once


@transaction.atomic
def draw_ecomap(
    actor: Actor,
    person_id: UUID,
    ties: Sequence[TieDraft],
    *,
    day: date,
    drawn_with: str = "",
    once: UUID | None = None,
) -> EcomapSnapshot:
    """Return a new drawing made on `day`; `once` names the act: the same twice draws one.

    Raises:
        NotFound: the person, or one a tie names, is none whom the actor may see.
        SentAlready: sent before with other data.
        DrawnInTheFuture, Restricted: as they say.
        Refusal: those of `check_ties`.
    """
    check_ties(ties)
    if day > clock.today():
        raise DrawnInTheFuture
    person = person_to_change(actor, person_id)
    named = {tie.other_person_id for tie in ties if tie.other_person_id}
    if named and visible_people(actor).filter(pk__in=named).count() != len(named):
        raise NotFound
    drawing = EcomapSnapshot(
        id=once or new_id(),
        district_id=person.district_id,
        person=person,
        drawn_on=day,
        drawn_with=drawn_with.strip(),
        drawn_by_id=actor.account_id,
        drawn_by_name=actor.name,
    )
    drawing, is_new = written_once(drawing, of="person_id", sent=("drawn_on", "drawn_with"))
    lines = [_tie(drawing, position, tie) for position, tie in enumerate(ties)]
    if not is_new:
        if [line.draft() for line in drawing.ties.all()] != [line.draft() for line in lines]:
            raise SentAlready
        return drawing
    Tie.objects.bulk_create(lines)
    facts = {"day": str(day), "ties": len(ties)}
    note(actor, Verb.CREATED, person, facts, kind="people.ecomap", object_id=drawing.pk)
    return drawing


def _tie(drawing: EcomapSnapshot, position: int, tie: TieDraft) -> Tie:
    return Tie(
        snapshot=drawing,
        position=position,
        label=tie.label.strip(),
        detail=tie.detail.strip(),
        other_person_id=tie.other_person_id,
        organisation_id=tie.organisation_id,
        circle=tie.circle.value,
        strength=tie.strength.value,
        direction=tie.direction.value,
    )
