"""Drawing the ties of a person together with them; each drawing is a snapshot and stays."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.people.models import EcomapSnapshot, Tie
from farelegami.people.queries.persons import person_for, visible_people
from farelegami.people.rules.ecomap import TieDraft, check_ties
from farelegami.people.services.entries import note


@transaction.atomic
def draw_ecomap(
    actor: Actor, person_id: UUID, ties: Sequence[TieDraft], *, day: date, drawn_with: str = ""
) -> EcomapSnapshot:
    """Return a new drawing made on `day`.

    Raises:
        NotFound: the person, or one a tie names, is none whom the actor may see.
        Refusal: those of `check_ties`.
    """
    check_ties(ties)
    person = person_for(actor, person_id)
    named = {tie.other_person_id for tie in ties if tie.other_person_id}
    if named and visible_people(actor).filter(pk__in=named).count() != len(named):
        raise NotFound
    drawing = EcomapSnapshot.objects.create(
        district_id=person.district_id,
        person=person,
        drawn_on=day,
        drawn_with=drawn_with.strip(),
        drawn_by_id=actor.account_id,
        drawn_by_name=actor.name,
    )
    Tie.objects.bulk_create([_tie(drawing, position, tie) for position, tie in enumerate(ties)])
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
