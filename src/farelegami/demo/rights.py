"""What waits for who protects the data: requests, a list past its term, an unusual night."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from farelegami.access.queries import account_by_name, actor_for
from farelegami.cases.rules.referrals import Channel, Source
from farelegami.cases.services.referrals import ReferralDraft, receive_referral
from farelegami.kernel import clock
from farelegami.kernel.periods import months_later
from farelegami.people.queries.persons import people_page
from farelegami.people.services.files import person_file
from farelegami.privacy.rules.requests import Outcome, RequestKind
from farelegami.privacy.services.anomalies import find_anomalies
from farelegami.privacy.services.requests import (
    RequestDraft,
    answer,
    link_person,
    register_request,
)
from farelegami.privacy.services.retention import draw_up_lists, propose

if TYPE_CHECKING:
    from farelegami.demo.services import Ground

HOME: Final = 1902
_ADULT: Final = 18
_OLD: Final = (
    ("Noemi", "Vorrebbe un aiuto con i compiti del figlio."),
    ("Oreste", "La vicina è preoccupata: non esce più."),
    ("Palmira", "Chiede del trasporto per le visite."),
)


def tell_of_rights(ground: "Ground", *, person_id: UUID) -> None:
    """Register requests, let three referrals grow old, and read many files in one night."""
    office = ground.staff.offices[HOME]
    town = ground.towns[HOME][0]
    for given_name, reason in _OLD:
        with clock.at(months_later(ground.today, -14)):
            receive_referral(
                office.workers[0],
                ReferralDraft(
                    given_name=given_name, family_name="", municipality_id=town, reason=reason,
                    source=Source.PARISH, channel=Channel.PHONE, phone="000 7654321",
                    person_informed=True, referrer_name="La parrocchia",
                ),
            )  # fmt: skip
    _requests(ground.today, person_id)
    _restriction(ground)
    _night(ground)


def _requests(today: date, person_id: UUID) -> None:
    dpo = actor_for(account_by_name("dpo").pk)
    told = (
        (RequestKind.ACCESS, "Samira Belprato", 9, "Vorrei sapere tutto quello che avete scritto."),
        (RequestKind.RECTIFICATION, "Renata Aratri", 36, "Il mio indirizzo è cambiato da un anno."),
        (RequestKind.OBJECTION, "Silvio Mulini", 50, "Non voglio comparire nei racconti."),
    )
    for kind, name, days, text in told:
        received = today - timedelta(days=days)
        with clock.at(received + timedelta(days=1)):
            made = register_request(
                dpo, HOME, RequestDraft(kind, name, "via posta, in Comune", received, text)
            )
        if kind is RequestKind.ACCESS:
            link_person(dpo, made.pk, person_id)
        if kind is RequestKind.OBJECTION:
            with clock.at(received + timedelta(days=12)):
                answer(dpo, made.pk, outcome=Outcome.GRANTED,
                       answer="Nessun racconto la nominerà; il consenso alle foto è ritirato.")  # fmt: skip
    for each in draw_up_lists(dpo, [HOME]):
        propose(dpo, each.pk)


def _restriction(ground: "Ground") -> None:
    """One person asks that their file be left as it is, and the DPO grants it."""
    dpo = actor_for(account_by_name("dpo").pk)
    rows = people_page(ground.staff.offices[HOME].workers[-1], size=30).rows
    row = [each for each in rows if each.age is not None and each.age >= _ADULT][-1]
    received = ground.today - timedelta(days=12)
    with clock.at(received):
        made = register_request(
            dpo, HOME,
            RequestDraft(RequestKind.RESTRICTION, row.name, "allo sportello", received,
                         "Quello che avete scritto non è esatto: non usatelo finché non si chiarisce."),
        )  # fmt: skip
        link_person(dpo, made.pk, row.id)
    with clock.at(received + timedelta(days=2)):
        answer(dpo, made.pk, outcome=Outcome.GRANTED,
               answer="La scheda resta com’è finché i dati non sono verificati.")  # fmt: skip


def _night(ground: "Ground") -> None:
    """One worker opens seven files after eleven at night, of families that others follow."""
    reader = ground.staff.offices[HOME].workers[-1]
    yesterday = ground.today - timedelta(days=1)
    with clock.at(datetime.combine(yesterday, time(23, 10), tzinfo=clock.ROME)):
        for row in people_page(reader, size=9).rows:
            person_file(reader, row.id, purpose="sintesi della scheda")
    find_anomalies([HOME], yesterday)
