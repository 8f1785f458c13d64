"""A note corrected by another: what is read now, what was read before."""

from datetime import date, timedelta

import pytest

from farelegami.audit.models import Entry
from farelegami.cases.queries.diaries import notes_of
from farelegami.cases.rules.phases import NoteBeforeTheReferral, NoteInTheFuture
from farelegami.cases.rules.teamwork import AlreadyCorrected, DiaryKind
from farelegami.cases.services.diaries import open_diary, read_diary, write_diary
from farelegami.cases.tests.builders import A_MORNING, a_case, a_coordinator, a_worker
from farelegami.cases.tests.pages import desk_of, url
from farelegami.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_morning():
    with clock.at(A_MORNING):
        yield


def a_note(actor, case, text="Sara è stanca.", corrects_id=None):
    return write_diary(
        actor,
        case.pk,
        kind=DiaryKind.TALK,
        happened_on=clock.today(),
        text=text,
        corrects_id=corrects_id,
    )


def test_a_corrected_note_is_read_once_with_all_it_said_before():
    anna = a_worker()
    case = a_case(anna)
    other = a_note(anna, case, "Telefonata.")
    first = a_note(anna, case)
    second = a_note(anna, case, "Sara è stanca e sola.", first.pk)
    third = a_note(anna, case, "Sara è stanca, non sola.", second.pk)
    notes = notes_of(read_diary(anna, case.pk)[1])
    assert [(note.entry, note.earlier) for note in notes] == [
        (third, (second, first)),
        (other, ()),
    ]


def test_a_note_is_corrected_where_it_stands_now():
    anna = a_worker()
    case = a_case(anna)
    first = a_note(anna, case)
    a_note(anna, case, "Sara è riposata.", first.pk)
    with pytest.raises(AlreadyCorrected):
        a_note(anna, case, "Sara è serena.", first.pk)


def test_a_correction_too_is_about_what_happened():
    anna = a_worker()
    case = a_case(anna)
    with pytest.raises(NoteInTheFuture):
        write_diary(
            anna,
            case.pk,
            kind=DiaryKind.NOTE,
            happened_on=clock.today().replace(year=2027),
            text="x",
            corrects_id=a_note(anna, case).pk,
        )


def test_a_note_is_corrected_on_its_page_and_the_old_words_stay():
    anna = a_worker()
    case, desk = a_case(anna), desk_of(anna)
    first = a_note(anna, case, "Era lunedì.")
    address = url("correct_diary", case.pk, first.pk)
    assert address in desk.get(url("diary", case.pk)).content.decode()
    page = desk.get(address)
    assert page.content.decode().count("Era lunedì.") == 2
    assert "no-store" in page["Cache-Control"]
    fixed = {"kind": "talk", "happened_on": "2026-03-02", "text": "Era martedì."}
    assert desk.post(address, fixed | {"text": ""}).status_code == 422
    assert desk.post(address, fixed)["Location"] == url("diary", case.pk)
    page = desk.get(url("diary", case.pk)).content.decode()
    assert page.index("Era martedì.") < page.index("Com’era prima") < page.index("Era lunedì.")
    assert address not in page
    assert desk.post(address, fixed).status_code == 422
    # Its page would show words that are no longer the diary's as "how it is now".
    assert desk.get(address).status_code == 409
    assert not any("martedì" in str(entry.facts) for entry in Entry.objects.all())


def test_who_only_reads_a_diary_corrects_nothing():
    anna, carla = a_worker(), a_coordinator()
    case, other = a_case(anna), a_case(anna)
    first = a_note(anna, case)
    open_diary(carla, case.pk, reason="verifica")
    coordination = desk_of(carla)
    assert "Correggi" not in coordination.get(url("diary", case.pk)).content.decode()
    assert coordination.get(url("correct_diary", case.pk, first.pk)).status_code == 403
    assert desk_of(anna).get(url("correct_diary", other.pk, first.pk)).status_code == 404


def test_a_note_is_not_older_than_the_referral():
    anna = a_worker()
    case = a_case(anna)
    since = case.opened_on

    def noted(day):
        return write_diary(anna, case.pk, kind=DiaryKind.CALL, happened_on=day, text="Chiamata.")

    for day in (date(1900, 1, 1), since - timedelta(days=1)):
        with pytest.raises(NoteBeforeTheReferral):
            noted(day)
    assert noted(since).pk
