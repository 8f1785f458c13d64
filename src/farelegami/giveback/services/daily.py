"""What the worker does once a day: turns planned, silences settled, hosts and managers asked."""

from collections.abc import Callable
from typing import Final

from farelegami.giveback.models import HostLink, Opportunity
from farelegami.giveback.rules.opportunities import ASK_AGAIN_AFTER, OpportunityStage
from farelegami.giveback.services.going_on import tell_managers
from farelegami.giveback.services.leaving import leave_second_seats, let_erased_go
from farelegami.giveback.services.letters import ask_still_needed
from farelegami.giveback.services.planning import plan_ahead
from farelegami.giveback.services.sessions import settle_silence
from farelegami.kernel import clock

_AT_ONCE: Final = 500


def each_day() -> None:
    """Do what falls due today; done twice, the second time finds nothing."""
    for job in JOBS:
        job()


def settle_silences() -> None:
    """Let stand, or hand on, every turn of which one side has been silent for two weeks."""
    while settle_silence(most=_AT_ONCE) == _AT_ONCE:
        pass


def ask_hosts() -> int:
    """Ask the hosts of opportunities nobody spoke of for two months; return how many were asked.

    Each is asked once for each silence.
    """
    before = clock.today() - ASK_AGAIN_AFTER
    links = HostLink.objects.filter(
        opportunity__stage=OpportunityStage.OPEN.value,
        opportunity__confirmed_on__lte=before,
        revoked_at=None,
        expires_on__gte=clock.today(),
    ).exclude(email="")
    asked: set[Opportunity] = set()
    for link in links.select_related("opportunity").order_by("id"):
        ask_still_needed(link)
        asked.add(link.opportunity)
    return len(asked)


# In this order; the worker does each by itself, so that one that fails stops no other.
JOBS: Final[tuple[Callable[[], object], ...]] = (
    let_erased_go,
    leave_second_seats,
    plan_ahead,
    settle_silences,
    ask_hosts,
    tell_managers,
)
