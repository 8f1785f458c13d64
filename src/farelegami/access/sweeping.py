"""Sessions that are over, taken away: nobody asks for them, and they say who was here when."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from farelegami.kernel import clock


def forget_ended_sessions() -> int:
    """Delete the sessions that are over and what was kept beside them; return how many were over."""
    over, _each = Session.objects.filter(expire_date__lt=clock.now()).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive)).delete()
    return over
