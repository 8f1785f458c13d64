"""Who a token is, what it opens, and when it opens nothing."""

from datetime import timedelta

import pytest

from farelegami.access.models import Account, RoleGrant
from farelegami.access.services import end_role
from farelegami.access.tests.builders import SYSTEM, an_actor
from farelegami.api.models import Token
from farelegami.api.rules import TokenTooLong, UnknownScope, digest
from farelegami.api.services.tokens import create_token, revoke_token
from farelegami.api.tests.builders import a_program
from farelegami.audit.models import Entry
from farelegami.cases.tests.builders import CREMONA
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.programmes.tests.builders import some_territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    some_territory()
    return an_actor(Role.SOCIAL_WORKER, district_id=CREMONA)


def test_a_token_says_whose_hands_it_is(anna) -> None:
    told = a_program(anna, "pacts:read").get("/me").json()
    assert told["account_id"] == str(anna.account_id)
    assert told["scopes"] == ["pacts:read"]
    assert [(each["role"], each["district_id"]) for each in told["roles"]] == [
        ("social_worker", CREMONA)
    ]


def test_only_the_digest_of_a_token_is_kept_and_making_it_is_in_the_log(anna) -> None:
    program = a_program(anna)
    token = Token.objects.get()
    assert token.digest == digest(program.secret)
    assert program.secret not in str(vars(token))
    entry = Entry.objects.get(kind="api.token")
    assert entry.object_id == token.pk
    assert program.secret not in str(entry.facts)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer fl_\u00e8"])
def test_without_a_token_that_holds_nothing_opens(client, header: str) -> None:
    answer = client.get("/api/v1/pacts", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "unauthorised"


def test_a_token_expired_revoked_or_of_a_closed_account_opens_nothing(anna) -> None:
    program = a_program(anna, days=2)
    assert program.get("/pacts").status_code == 200
    with clock.at(clock.today() + timedelta(days=3)):
        assert program.get("/pacts").status_code == 401
    Account.objects.filter(pk=anna.account_id).update(is_active=False)
    assert program.get("/pacts").status_code == 401
    Account.objects.filter(pk=anna.account_id).update(is_active=True)
    assert program.get("/pacts").status_code == 200
    revoke_token(SYSTEM, Token.objects.get().pk)
    assert program.get("/pacts").status_code == 401


def test_a_token_never_has_more_than_its_account_has_now(anna) -> None:
    program = a_program(anna)
    assert program.get("/pacts").status_code == 200
    admin = an_actor(Role.SYSTEM_ADMIN)
    end_role(admin, RoleGrant.objects.get(account_id=anna.account_id).pk)
    assert program.get("/pacts").status_code == 404
    assert program.get("/me").json()["roles"] == []


def test_out_of_its_scope_a_token_is_told_which_one_it_lacks(anna) -> None:
    answer = a_program(anna, "people:read").get("/pacts")
    assert answer.status_code == 403
    assert answer.json()["code"] == "api.scope_missing"
    assert answer.json()["facts"] == {"scope": "pacts:read"}


def test_scopes_and_lengths_that_are_not_ours_are_refused(anna) -> None:
    username = Account.objects.get(pk=anna.account_id).username
    for scopes in (["all"], []):
        with pytest.raises(UnknownScope):
            create_token(SYSTEM, username, name="x", scopes=scopes, days=1)
    for days in (0, 367):
        with pytest.raises(TokenTooLong):
            create_token(SYSTEM, username, name="x", scopes=["pacts:read"], days=days)


def test_a_program_that_asks_too_often_is_told_when_to_come_back(anna, settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    program = a_program(anna)
    answers = [program.get("/me") for _n in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert answers[3].json()["code"] == "too_many"


def test_a_no_is_told_in_the_language_asked_for(anna) -> None:
    program = a_program(anna)
    for language, says in (("it", "Non c’è"), ("en", "not")):
        headers = program.headers({"Accept-Language": language})
        told = program.client.get("/api/v1/nothing/here", headers=headers)
        assert told.status_code == 404
        assert told["Content-Type"] == "application/problem+json"
        assert says in told.json()["detail"], told.json()
