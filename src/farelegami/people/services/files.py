"""Opening the file of a person: whoever does is written down."""

from uuid import UUID

from farelegami.audit.services import record_read
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.people.queries.files import PersonFile, contents_of
from farelegami.people.queries.persons import PERSON, visible_people


def person_file(actor: Actor, person_id: UUID, *, purpose: str) -> PersonFile:
    """Return the file of a person and write down who read it and why (R22).

    Eleven queries at most, the entry in the log included, however long the file.

    Raises:
        NotFound: none whom the actor may see.
    """
    person = (
        visible_people(actor)
        .defer(None)
        .select_related("municipality", "quarter", "district")
        .filter(pk=person_id)
        .first()
    )
    if person is None:
        raise NotFound
    record_read(
        actor,
        kind=PERSON,
        object_id=person.pk,
        district_id=person.district_id,
        person_ids=(person.pk,),
        purpose=purpose,
    )
    return contents_of(person)
