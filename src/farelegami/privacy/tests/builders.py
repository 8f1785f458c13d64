"""A family that is over, with a word of its own in everything it left; lists and requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from farelegami.access.tests.builders import an_actor
from farelegami.cases.models import Case, Referral
from farelegami.cases.rules.phases import PhaseMove
from farelegami.cases.rules.teamwork import DiaryKind
from farelegami.cases.services.cases import move_case
from farelegami.cases.services.diaries import write_diary
from farelegami.cases.tests.builders import a_referral
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.periods import months_later
from farelegami.pacts.models import Pact
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.services.living import interrupt
from farelegami.pacts.tests.builders import (
    Crew,
    a_crew,
    a_pact,
    a_reached_result,
    a_spend,
    some_hours,
)  # fmt: skip
from farelegami.people.models import Person
from farelegami.people.rules.ecomap import Circle, Strength, TieDraft
from farelegami.people.services.ecomaps import draw_ecomap
from farelegami.people.services.households import rename_household
from farelegami.people.services.persons import PersonDraft, change_person
from farelegami.privacy.models import RetentionList
from farelegami.privacy.services.erasing import erase_next
from farelegami.privacy.services.retention import approve, draw_up_lists, propose

# In no other text of the program: where it is found, something of the family is left.
MARK: Final = "Zizzania"


@dataclass(frozen=True)
class Family:
    """A family whose path is closed, and who worked with it."""

    crew: Crew
    pact: Pact
    case: Case
    dpo: Actor

    @property
    def person(self) -> Person:
        return Person.objects.get(pk=self.case.contact_id)


def a_dpo(district_id: int) -> Actor:
    return an_actor(Role.DPO, district_id=district_id, name="Dora Lucchetti")


def a_family_that_is_over() -> Family:
    """Return a family with a pact, money, hours, papers and a diary, whose path closes today."""
    crew = a_crew()
    pact, crew = a_pact(Stage.ACTIVE, crew=crew, title=f"Il patto di {MARK}")
    spend = a_spend(crew, pact, Spend.RECONCILED, title=f"Corso di {MARK}")
    assert spend.document_id
    some_hours(crew, pact, confirmed=True)
    a_reached_result(crew, pact)
    case = Case.objects.get(pk=pact.case_id)
    today = clock.today()
    write_diary(
        crew.worker, case.pk, kind=DiaryKind.VISIT, happened_on=today, text=f"{MARK} racconta."
    )
    ties = [TieDraft(f"Teresa {MARK}", Circle.FRIENDS, Strength.GOOD)]
    draw_ecomap(crew.worker, case.contact_id, ties, day=today, drawn_with=MARK)
    interrupt(crew.worker, pact.pk, by="family", reason=f"{MARK} si trasferisce.")
    _rename(crew, case)
    case = move_case(crew.worker, case.pk, PhaseMove.CLOSE, reason=f"{MARK} è lontana.")
    return Family(crew, Pact.objects.get(pk=pact.pk), case, a_dpo(crew.district_id))


def _rename(crew: Crew, case: Case) -> None:
    """Give everybody of the household the surname that marks them."""
    for person in Person.objects.filter(memberships__household=case.household_id):
        draft = PersonDraft(
            person.given_name, MARK, person.birth_date, address=f"via {MARK} 1",
            email=f"{MARK.lower()}@example.org",
        )  # fmt: skip
        change_person(crew.worker, person.pk, draft)
    rename_household(crew.worker, case.household_id, f"Famiglia {MARK}")


def an_old_referral(crew: Crew, *, months: int = 14) -> Referral:
    """Return a referral nobody took up, received that many months ago."""
    with clock.at(months_later(clock.today(), -months)):
        return a_referral(crew.worker, given_name=MARK, family_name=MARK, reason=f"{MARK} aspetta")


@contextmanager
def eleven_years_later() -> Iterator[None]:
    with clock.at(months_later(clock.today(), 132)):
        yield


def an_approved_list(dpo: Actor, crew: Crew, root: str) -> RetentionList:
    """Return the list of a root, drawn up, proposed and approved by two people in eleven years."""
    with eleven_years_later():
        draw_up_lists(dpo, [crew.district_id])
        found = RetentionList.objects.get(root=root, approved_at=None, dropped_at=None)
        propose(dpo, found.pk)
        return approve(crew.coordinator, found.pk)


def erase_all() -> int:
    """Erase what approved lists name and return how many steps it took."""
    steps = 0
    with eleven_years_later():
        while erase_next():
            steps += 1
            assert steps < 500
    return steps
