"""Who is invited to a case: colleagues, referents of organisations, organisations."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from farelegami.access.models import RoleGrant
from farelegami.access.queries import actor_for
from farelegami.access.services import end_role
from farelegami.audit.models import Entry
from farelegami.cases import queries
from farelegami.cases.models import TeamMember
from farelegami.cases.queries.terms import Due
from farelegami.cases.rules.phases import FindingKind, PhaseMove
from farelegami.cases.rules.teamwork import (
    AlreadyInTheTeam,
    DiaryIsForWorkers,
    DiaryKind,
    NotInTheNetwork,
    NoWrittenDataRole,
)
from farelegami.cases.services.cases import add_finding, move_case, read_case
from farelegami.cases.services.diaries import read_diary, write_diary
from farelegami.cases.services.teams import (
    Invitation,
    end_invitation,
    invite,
)
from farelegami.cases.tests.builders import (
    A_MORNING,
    CREMA,
    a_body,
    a_case,
    a_coordinator,
    a_referent,
    a_worker,
)
from farelegami.cases.tests.pages import desk_of, url
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.network.models import DataRole
from farelegami.network.services import close_organisation
from farelegami.outbox.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_morning():
    with clock.at(A_MORNING):
        yield


def in_days(days):
    return clock.today() + timedelta(days=days)


def sees(actor, case):
    found = queries.visible_cases(actor).filter(pk=case.pk).exists()
    listed = [row.id for row in queries.caseload_page(actor, scope="team").rows]
    assert found == (case.pk in listed)
    return found


def ask(lead, case, body, *, referent=None, **more):
    account_id = referent.account_id if referent else None
    return invite(
        lead,
        case.pk,
        Invitation(account_id, "doposcuola", in_days(30), organisation_id=body.pk, **more),
    )


# ---- sight


def test_an_invited_organisation_sees_until_the_end_and_not_before():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    ines, second, far = a_referent(body), a_referent(body), a_referent(a_body())
    assert not sees(ines, case)
    ask(anna, case, body)
    assert sees(ines, case)
    assert sees(second, case)
    assert not sees(far, case)
    with clock.at(A_MORNING + timedelta(days=30)):
        assert sees(ines, case)
    with clock.at(A_MORNING + timedelta(days=31)):
        assert not sees(ines, case)


def test_an_invitation_that_has_not_begun_shows_nothing():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    ines = a_referent(body)
    member = ask(anna, case, body)
    TeamMember.objects.filter(pk=member.pk).update(starts_on=in_days(2))
    assert not sees(ines, case)


def test_a_withdrawn_invitation_shows_nothing_from_that_moment():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    ines = a_referent(body)
    for member in (ask(anna, case, body), ask(anna, case, body, referent=ines)):
        assert sees(ines, case)
        end_invitation(anna, member.pk)
    assert not sees(ines, case)


def test_a_referent_sees_alone_and_while_being_one():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    ines, other = a_referent(body), a_referent(body)
    ask(anna, case, body, referent=ines)
    assert sees(ines, case)
    assert not sees(other, case)
    end_role(a_coordinator(), RoleGrant.objects.get(account_id=ines.account_id).pk)
    assert not sees(actor_for(ines.account_id), case)


def test_an_organisation_reads_what_a_colleague_reads_and_writes_nothing():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case, body = a_case(anna), a_body()
    ines = a_referent(body)
    add_finding(anna, case.pk, kind=FindingKind.NEED, area="casa", text="muffa")
    ask(anna, case, body)
    invite(anna, case.pk, Invitation(marta.account_id, "educatrice", in_days(30)))
    marta = actor_for(marta.account_id)
    assert read_case(ines, case.pk) == read_case(marta, case.pk)
    with pytest.raises(NotAllowed):
        read_diary(ines, case.pk)
    for act in (
        lambda: add_finding(ines, case.pk, kind=FindingKind.NEED, area="casa", text="x"),
        lambda: move_case(ines, case.pk, PhaseMove.CLOSE, reason="x"),
        lambda: write_diary(
            ines, case.pk, kind=DiaryKind.NOTE, happened_on=clock.today(), text="x"
        ),
        lambda: ask(ines, case, body),
    ):
        with pytest.raises(NotAllowed):
            act()
    reads = Entry.objects.filter(object_id=case.pk, verb="read", account_id=ines.account_id)
    assert reads.count() == 1


def test_sight_is_one_condition_without_a_join():
    anna, body = a_worker(), a_body()
    for actor in (anna, a_referent(body)):
        sql = str(queries.visible_cases(actor).query)
        assert "JOIN" not in sql
        # Who was never called into a team, by name or for a body, is not looked for in any.
        assert sql.count("EXISTS") == bool(actor.organisations(*Role))


def test_a_page_of_cases_costs_a_referent_one_query(django_assert_num_queries):
    anna, body = a_worker(), a_body()
    ines = a_referent(body)
    for _ in range(5):
        ask(anna, a_case(anna), body)
    with django_assert_num_queries(1):
        assert len(queries.caseload_page(ines, scope="team").rows) == 5


# ---- what is refused


def test_only_organisations_of_the_network_with_somebody_there_are_invited():
    anna = a_worker()
    case = a_case(anna)
    far, empty, closed = a_body(CREMA), a_body(), a_body()
    for body in (far, closed):
        a_referent(body)
    close_organisation(a_coordinator(), closed.pk, day=clock.today())
    for body in (far, empty, closed):
        with pytest.raises(NotInTheNetwork):
            ask(anna, case, body)
    body = a_body()
    with pytest.raises(NotInTheNetwork):
        ask(anna, case, body, referent=a_referent(a_body()))


def test_the_diary_is_never_offered_to_an_organisation():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    ines = a_referent(body)
    for referent in (None, ines):
        with pytest.raises(DiaryIsForWorkers):
            ask(anna, case, body, referent=referent, reads_diary=True)
    member = ask(anna, case, body, referent=ines)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamMember.objects.filter(pk=member.pk).update(reads_diary=True)


def test_nobody_is_invited_twice_at_once():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    ines = a_referent(body)
    for referent in (None, ines):
        ask(anna, case, body, referent=referent)
        with pytest.raises(AlreadyInTheTeam):
            ask(anna, case, body, referent=referent)
    for member in TeamMember.objects.all():
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMember.objects.create(
                district_id=member.district_id,
                case=case,
                account_id=member.account_id,
                organisation_id=member.organisation_id,
                task="x",
                starts_on=clock.today(),
                ends_on=in_days(1),
            )


def test_who_was_invited_before_may_be_invited_again():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    ines = a_referent(body)
    ask(anna, case, body)
    ask(anna, case, body, referent=ines)
    with clock.at(A_MORNING + timedelta(days=40)):
        ask(anna, case, body)
        ask(anna, case, body, referent=ines)
        assert sees(ines, case)
    assert TeamMember.objects.filter(withdrawn_at=None).count() == 2


def test_whoever_is_let_in_is_told_without_names():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    for name in ("ines", "ugo"):
        a_referent(body, email=f"{name}@example.org")
    ask(anna, case, body)
    sent = [event.payload for event in Event.objects.filter(topic="mail")]
    assert {one["to"] for one in sent} == {"ines@example.org", "ugo@example.org"}
    assert not any("Prova" in one["body"] + one["subject"] for one in sent)


def test_an_invitation_of_an_organisation_falls_due_with_its_name():
    anna = a_worker()
    body = a_body()
    a_referent(body)
    ask(anna, a_case(anna), body)
    (due,) = [row for row in queries.due_soon(anna, 30) if row.kind is Due.TEAM]
    assert due.title.startswith(body.name)


# ---- the page


def test_the_team_page_tells_people_and_organisations_apart():
    anna = a_worker()
    case, body, school = a_case(anna), a_body(), a_body(name="Scuola di prova")
    ines, ugo = a_referent(body, name="Ines Prova"), a_referent(school, name="Ugo Prova")
    desk = desk_of(anna)
    page = desk.get(url("team", case.pk)).content.decode()
    assert "Ines Prova, Cooperativa di prova" in page
    asked = {"task": "doposcuola", "ends_on": "2026-05-01"}
    for who in (f"@{body.pk}", f"{ugo.account_id}@{school.pk}"):
        answer = desk.post(url("team", case.pk), asked | {"who": who})
        assert answer.status_code == 302
        assert desk.post(url("team", case.pk), asked | {"who": who}).status_code == 422
    page = desk.get(url("team", case.pk)).content.decode()
    people, _sep, bodies = page.partition('<h2 class="mb-3">Enti</h2>')
    assert "per Scuola di prova" in people
    assert "oggi vi ha accesso: Ines Prova" in bodies
    hers = desk_of(ines)
    assert "Cooperativa di prova" in hers.get(url("case", case.pk)).content.decode()
    assert case.household.name in hers.get(url("cases")).content.decode()
    assert url("team", case.pk) not in hers.get(url("case", case.pk)).content.decode()
    assert hers.get(url("team", case.pk)).status_code == 404
    assert hers.get(url("diary", case.pk)).status_code == 404


def test_who_reads_a_case_does_not_invite():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    invite(anna, case.pk, Invitation(marta.account_id, "educatrice", in_days(30)))
    hers = desk_of(marta)
    assert "Invita nell’équipe" not in hers.get(url("team", case.pk)).content.decode()
    invited = {"who": str(a_worker().account_id), "task": "x", "ends_on": "2026-05-01"}
    assert hers.post(url("team", case.pk), invited).status_code == 403
    with pytest.raises(NotFound):
        end_invitation(a_worker(CREMA), TeamMember.objects.get().pk)


def test_the_role_of_a_referent_is_needed_to_be_offered_as_one():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    ines = a_referent(body)
    RoleGrant.objects.filter(account_id=ines.account_id).update(role=Role.EVALUATOR)
    page = desk_of(anna).get(url("team", case.pk)).content.decode()
    assert f"@{body.pk}" in page
    assert f"{ines.account_id}@" not in page


def test_an_organisation_without_a_written_part_in_the_data_is_not_asked():
    anna = a_worker()
    case, body = a_case(anna), a_body()
    a_referent(body)
    DataRole.objects.filter(organisation=body).update(ends_on=in_days(-1), starts_on=in_days(-9))
    with pytest.raises(NoWrittenDataRole):
        ask(anna, case, body)
