"""What families said from their own phones: a question, an absence, a text that is not yet right."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from farelegami.demo.rights import HOME
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.pacts.queries import members_of, open_version
from farelegami.pacts.queries.lists import caseload_page
from farelegami.pacts.rules.family import MessageKind
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.services.family import answer_message, dispute_proposal, write_to_manager

if TYPE_CHECKING:
    from farelegami.demo.services import Ground

_SAID: Final = (
    (MessageKind.WORDS, 9, "Il corso di cucina continua anche a dicembre?", "Sì, fino al 19."),
    (MessageKind.ABSENCE, 2, "Il bambino ha la febbre: non posso venire.", ""),
)
_DISPUTED: Final = "Il martedì lavoro: posso dare due ore, ma il sabato mattina."


def tell_of_families(ground: "Ground", pact_id: UUID, person_id: UUID) -> None:
    """Let one person write, and one family of each worker who signs in dispute its text."""
    workers = ground.staff.offices[HOME].workers[:2]
    for kind, days, text, answer in _SAID:
        with clock.at(clock.now() - timedelta(days=days)):
            sent = write_to_manager(_person(person_id), pact_id, kind=kind, text=text)
            if answer:
                answer_message(workers[0], sent.pk, text=answer)
    for each in workers:
        _dispute(each)


def _dispute(worker: Actor) -> None:
    for pact in caseload_page(worker, stage=str(Stage.AUTHORISED), mine=True, size=1).rows:
        version = open_version(pact.id)
        holder = next(each for each in members_of([pact.id])[pact.id] if each.is_holder)
        if version is not None:
            dispute_proposal(
                _person(holder.person_id), pact.id, text_hash=version.text_hash, text=_DISPUTED
            )


def _person(person_id: UUID) -> Actor:
    return Actor(account_id=None, name="", person_id=person_id)
