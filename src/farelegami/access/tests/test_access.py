"""Who may come in, as what, where, and who lets them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from farelegami.access.backends import AccountBackend
from farelegami.access.models import Account, RoleGrant
from farelegami.access.queries import actor_for, grants_page, waiting_invitations
from farelegami.access.rules import PlaceMissing, UserNameTaken
from farelegami.access.services import (
    accept_invitation,
    create_account,
    end_role,
    grant_role,
    invite,
    withdraw_invitation,
)
from farelegami.access.tests.builders import SYSTEM, an_account, an_actor
from farelegami.audit.models import Entry
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.outbox.services import deliver_one
from farelegami.territory.tests.builders import a_district

pytestmark = pytest.mark.django_db
ADDRESS = "http://localhost/accounts/invito/TOKEN/"


def an_invitation(actor, role=Role.SOCIAL_WORKER, district_id=None):
    _invitation, link = invite(
        actor,
        email="nuova@example.org",
        name="Nuova Persona",
        role=role,
        accept_url=ADDRESS,
        district_id=district_id,
    )
    return link.rstrip("/").rsplit("/", 1)[1]


def test_an_invitation_makes_an_account_with_the_role_it_offers() -> None:
    district = a_district()
    coordinator = an_actor(Role.COORDINATOR, district_id=district.pk)
    token = an_invitation(coordinator, district_id=district.pk)
    account = accept_invitation(token, username="nuova", password="una frase molto lunga")
    actor = actor_for(account.pk)
    assert actor.districts(Role.SOCIAL_WORKER) == {district.pk}
    deliver_one()
    assert token in mail.outbox[0].body


def test_an_invitation_works_once_and_for_two_weeks() -> None:
    district = a_district()
    coordinator = an_actor(Role.COORDINATOR, district_id=district.pk)
    late = an_invitation(coordinator, district_id=district.pk)
    used = an_invitation(coordinator, district_id=district.pk)
    accept_invitation(used, username="uno", password="una frase molto lunga")
    with pytest.raises(NotFound):
        accept_invitation(used, username="due", password="una frase molto lunga")
    with clock.at(clock.now() + timedelta(days=15)), pytest.raises(NotFound):
        accept_invitation(late, username="tre", password="una frase molto lunga")


def test_a_withdrawn_invitation_no_longer_works() -> None:
    district = a_district()
    coordinator = an_actor(Role.COORDINATOR, district_id=district.pk)
    token = an_invitation(coordinator, district_id=district.pk)
    invitation = waiting_invitations(coordinator)[0].pk
    for _ in range(2):
        withdraw_invitation(coordinator, invitation)
    assert Entry.objects.filter(kind="access.invitation", facts__withdrawn=True).count() == 1
    with pytest.raises(NotFound):
        accept_invitation(token, username="uno", password="una frase molto lunga")


def test_a_coordinator_invites_only_to_their_district_and_not_upwards() -> None:
    here, there = a_district(), a_district(1901, "Cremonese")
    coordinator = an_actor(Role.COORDINATOR, district_id=here.pk)
    for role, district_id in [
        (Role.SOCIAL_WORKER, there.pk),
        (Role.COORDINATOR, here.pk),
        (Role.SYSTEM_ADMIN, None),
    ]:
        with pytest.raises(NotAllowed):
            an_invitation(coordinator, role, district_id)


def test_a_social_worker_invites_nobody() -> None:
    district = a_district()
    worker = an_actor(Role.SOCIAL_WORKER, district_id=district.pk)
    with pytest.raises(NotAllowed):
        an_invitation(worker, district_id=district.pk)


def test_a_role_of_a_district_needs_the_district() -> None:
    with pytest.raises(PlaceMissing):
        grant_role(SYSTEM, an_account().pk, Role.CLERK)


def test_a_role_given_twice_is_one_role() -> None:
    district, account = a_district(), an_account()
    for _ in range(2):
        grant_role(SYSTEM, account.pk, Role.CLERK, district_id=district.pk)
    assert RoleGrant.objects.filter(account=account).count() == 1


def test_a_role_that_ended_no_longer_holds_that_very_day() -> None:
    district = a_district()
    coordinator = an_actor(Role.COORDINATOR, district_id=district.pk)
    worker = an_actor(Role.SOCIAL_WORKER, district_id=district.pk)
    grant = RoleGrant.objects.get(account_id=worker.account_id)
    end_role(coordinator, grant.pk)
    assert actor_for(worker.account_id).roles() == frozenset()


def test_a_role_ended_twice_is_written_once() -> None:
    district = a_district()
    coordinator = an_actor(Role.COORDINATOR, district_id=district.pk)
    worker = an_actor(Role.SOCIAL_WORKER, district_id=district.pk)
    grant = RoleGrant.objects.get(account_id=worker.account_id)
    end_role(coordinator, grant.pk)
    ended_on = RoleGrant.objects.get(pk=grant.pk).ends_on
    with clock.at(clock.now() + timedelta(days=3)):
        end_role(coordinator, grant.pk)
    assert RoleGrant.objects.get(pk=grant.pk).ends_on == ended_on
    entries = Entry.objects.filter(object_id=grant.pk, facts__has_key="ended")
    assert entries.count() == 1


def test_a_coordinator_of_elsewhere_does_not_see_the_role() -> None:
    here, there = a_district(), a_district(1901, "Cremonese")
    stranger = an_actor(Role.COORDINATOR, district_id=there.pk)
    worker = an_actor(Role.SOCIAL_WORKER, district_id=here.pk)
    grant = RoleGrant.objects.get(account_id=worker.account_id)
    with pytest.raises(NotFound):
        end_role(stranger, grant.pk)
    assert grant.pk not in {row.pk for row in grants_page(stranger).rows}


def test_two_people_never_share_a_user_name_whatever_its_case() -> None:
    create_account(SYSTEM, username="Anna", name="Anna")
    with pytest.raises(UserNameTaken):
        create_account(SYSTEM, username="anna", name="Altra Anna")


def test_an_account_and_its_roles_are_read_in_one_query(django_assert_num_queries) -> None:
    district = a_district()
    worker = an_actor(Role.SOCIAL_WORKER, Role.CLERK, district_id=district.pk)
    with django_assert_num_queries(1):
        account = AccountBackend().get_user(worker.account_id)
        assert len(account.grants_now) == 2


def test_a_page_made_for_somebody_is_kept_by_nobody(client) -> None:
    district = a_district()
    worker = an_actor(Role.SOCIAL_WORKER, district_id=district.pk)
    client.force_login(
        Account.objects.get(pk=worker.account_id), "farelegami.access.backends.AccountBackend"
    )
    assert "no-store" in client.get("/lavoro/")["Cache-Control"]


@pytest.mark.parametrize("charset", ["utf-7", "latin-1"])
def test_a_body_in_another_alphabet_is_refused_plainly(client, charset: str) -> None:
    answer = client.post(
        "/accounts/login/", b"login=a", f"application/x-www-form-urlencoded; charset={charset}"
    )
    assert answer.status_code == 400


def test_an_invitation_without_its_place_stays_on_the_form(client) -> None:
    here, there = a_district(), a_district(1901, "Cremonese")
    account = Account.objects.get(pk=an_actor(Role.COORDINATOR, district_id=here.pk).account_id)
    grant_role(SYSTEM, account.pk, Role.COORDINATOR, district_id=there.pk)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    answer = client.post(
        "/accounts/persone/invita/",
        {"name": "Nuova", "email": "n@example.org", "role": "social_worker", "district_id": ""},
    )
    assert answer.status_code == 422
    assert "Nuova" in answer.content.decode()


@pytest.mark.parametrize("address", ["/lavoro/registro/?chi=a%00", "/accounts/invito/a%00b/"])
def test_an_address_with_a_nul_is_refused_plainly(client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_language_chosen_is_kept_with_the_account_and_followed_on_every_browser() -> None:
    actor = an_actor(Role.SOCIAL_WORKER, district_id=a_district().pk, name="Anna Pioppi")
    account = Account.objects.get(pk=actor.account_id)
    first, second = Client(), Client()
    for browser in (first, second):
        browser.force_login(account, "farelegami.access.backends.AccountBackend")
    where = reverse("access:own_security")
    assert 'lang="it"' in first.get(where).content.decode()
    first.post(reverse("set_language"), {"language": "en", "next": where})
    assert 'lang="en"' in second.get(where).content.decode()
    second.post(reverse("set_language"), {"language": "klingon"})
    assert 'lang="en"' in first.get(where).content.decode()
    # The desk is whole in two languages: a third is kept, and not spoken there.
    first.post(reverse("set_language"), {"language": "ar"})
    assert 'lang="it"' in first.get(where).content.decode()
