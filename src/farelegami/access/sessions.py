"""Sessions in the database, read by a query that is compiled once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from farelegami.kernel import clock
from farelegami.storage.prepared import prepared


@prepared
def _in_force(session_key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=session_key, expire_date__gt=clock.now())


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = _in_force(self.session_key) if self.session_key else []
        if not found:
            self._session_key = None
            return None
        return found[0]
