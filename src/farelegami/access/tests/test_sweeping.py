"""Sessions that are over go; those that are not stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from farelegami.access.models import Account
from farelegami.access.sweeping import forget_ended_sessions
from farelegami.access.tests.builders import an_account
from farelegami.kernel import clock

pytestmark = pytest.mark.django_db


def a_session(key: str, account: Account, ends: timedelta) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=clock.now() + ends)
    UserSession.objects.create(
        user=account, session_key=key, ip="127.0.0.1", user_agent="prova", data={}
    )


def test_sessions_that_are_over_go_with_what_was_kept_beside_them() -> None:
    account = an_account()
    a_session("finita", account, timedelta(seconds=-1))
    a_session("viva", account, timedelta(hours=1))
    assert forget_ended_sessions() == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["viva"]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["viva"]
