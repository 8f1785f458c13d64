"""The life of a pact: meetings planned and held, hours given back."""

from typing import Final
from uuid import UUID

from django.urls import reverse
from ninja import Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.pacts import (
    Held,
    HoursEntriesOut,
    HoursEntryOut,
    MeetingOut,
    MeetingsOut,
    NewHours,
    NewMeeting,
)
from farelegami.api.services.reading import read_part
from farelegami.api.views.doorway import TokenRequest, check_match, reads, shown, writes
from farelegami.api.views.telling import entry_told, meeting_told
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.kernel.units import Minutes
from farelegami.pacts.models import Meeting
from farelegami.pacts.queries import hours_entries_of, meetings_of, pact_for
from farelegami.pacts.services import giving, living

router: Final = Router(tags=[gettext_noop("vita del patto")])


@reads(router, "/pacts/{uuid:pact_id}/hours", HoursEntriesOut)
def list_hours(request: TokenRequest, pact_id: UUID) -> Answer:
    read_part(request.actor, pact_id)
    return shown(HoursEntriesOut(rows=[entry_told(each) for each in hours_entries_of(pact_id)]))


@writes(router, "/pacts/{uuid:pact_id}/hours", HoursEntryOut)
def report_hours(request: TokenRequest, pact_id: UUID, sent: NewHours) -> Answer:
    told = sent.model_dump() | {"minutes": Minutes(sent.minutes)}
    return shown(entry_told(giving.report_hours(request.actor, pact_id, **told)), status=201)


@reads(router, "/pacts/{uuid:pact_id}/meetings", MeetingsOut)
def list_meetings(request: TokenRequest, pact_id: UUID) -> Answer:
    read_part(request.actor, pact_id)
    return shown(MeetingsOut(rows=[meeting_told(each) for each in meetings_of(pact_id)]))


@writes(router, "/pacts/{uuid:pact_id}/meetings", MeetingOut)
def plan_meeting(request: TokenRequest, pact_id: UUID, sent: NewMeeting) -> Answer:
    meeting = living.plan_meeting(request.actor, pact_id, **sent.model_dump())
    location = reverse("api:read_meeting", args=[pact_id, meeting.pk])
    return shown(meeting_told(meeting), status=201, location=location)


@reads(router, "/pacts/{uuid:pact_id}/meetings/{uuid:meeting_id}", MeetingOut)
def read_meeting(request: TokenRequest, pact_id: UUID, meeting_id: UUID) -> Answer:
    read_part(request.actor, pact_id)
    return shown(meeting_told(_meeting(pact_id, meeting_id)))


def _meeting(pact_id: UUID, meeting_id: UUID) -> Meeting:
    for meeting in meetings_of(pact_id):
        if meeting.pk == meeting_id:
            return meeting
    raise NotFound


@writes(
    router,
    "/pacts/{uuid:pact_id}/meetings/{uuid:meeting_id}/held",
    MeetingOut,
    status=200,
    changes=True,
)
def hold_meeting(request: TokenRequest, pact_id: UUID, meeting_id: UUID, sent: Held) -> Answer:
    pact_for(request.actor, pact_id, for_update=True)
    check_match(request, meeting_told(_meeting(pact_id, meeting_id)))
    held = living.hold_meeting(request.actor, pact_id, meeting_id=meeting_id, **sent.model_dump())
    return shown(meeting_told(held))
