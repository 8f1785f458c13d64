"""The family's own pages: coming in, reading, telling, signing; and what nobody else may do."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor
from farelegami.audit.models import Entry
from farelegami.documents.tests.builders import a_picture
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Minutes
from farelegami.pacts.models import FamilyMessage, HoursEntry, Pact, PactMember, PactVersion
from farelegami.pacts.rules.drafts import WordsAgreed
from farelegami.pacts.rules.family import (
    DisputeOpen,
    MessageKind,
    NoReceipt,
    NothingSaid,
    SignedInPart,
    SigningWaits,
)
from farelegami.pacts.rules.signing import NotASigner, NothingToSign, OtherText
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.services.agreeing import agree, reopen
from farelegami.pacts.services.deciding import authorise, send_back
from farelegami.pacts.services.family import (
    accept_proposal,
    answer_message,
    dispute_proposal,
    read_message,
    tell_own_hours,
    write_to_manager,
)
from farelegami.pacts.services.giving import Telling
from farelegami.pacts.services.signing import sign_own
from farelegami.pacts.tests.builders import A_DRAWING, Crew, a_pact, an_amendment, terms_of
from farelegami.people.models import NoticeGiven
from farelegami.portal.models import EntryCard
from farelegami.portal.rules import (
    CardLocked,
    CardUnknown,
    HasAnEntranceAlready,
    PinTooEasy,
    PinWrong,
)
from farelegami.portal.services import card_by_code, choose_pin, issue_card, revoke_card, try_pin

pytestmark = pytest.mark.django_db
PIN = "481927"


def the_holder(pact: Pact) -> Actor:
    """The account of who signs for the family, made by giving the card."""
    member = PactMember.objects.get(pact=pact, is_holder=True)
    account = Account.objects.get(person_id=member.person_id)
    return account.as_actor([])


def let_in(crew: Crew, pact: Pact) -> Actor:
    member = PactMember.objects.get(pact=pact, is_holder=True)
    card, _code = issue_card(crew.worker, pact.pk, member.person_id)
    choose_pin(card.pk, PIN)
    return the_holder(pact)


def browser_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(
        Account.objects.get(pk=actor.account_id), "farelegami.access.backends.AccountBackend"
    )
    return client


# ---- coming in


def test_a_person_comes_in_with_the_paper_and_a_pin_of_their_own(client: Client) -> None:
    pact, crew = a_pact()
    member = PactMember.objects.get(pact=pact, is_holder=True)
    page = Client()
    page.force_login(
        Account.objects.get(pk=crew.worker.account_id), "farelegami.access.backends.AccountBackend"
    )
    url = reverse("portal:card", args=[pact.pk])
    data = {"person": str(member.person_id), "once": str(new_id())}
    for _ in range(2):
        assert page.post(url, data)["Location"] == url
    given = page.get(url)
    code = given.context["given"]["code"]
    assert code in given.content.decode()
    assert code not in page.get(url).content.decode()
    assert EntryCard.objects.count() == 1
    step = client.post(reverse("portal:enter"), {"code": f" {code} "})
    assert step["Location"].startswith(reverse("portal:pin"))
    assert (
        client.post(reverse("portal:pin"), {"pin": "111111", "again": "111111"}).status_code == 422
    )
    assert client.post(reverse("portal:pin"), {"pin": PIN, "again": "481928"}).status_code == 422
    inside = client.post(reverse("portal:pin"), {"pin": PIN, "again": PIN})
    assert inside["Location"] == reverse("portal:home")
    assert "Cosa ricevo" in client.get(reverse("portal:home")).content.decode()
    client.post(reverse("portal:leave"))
    assert client.get(reverse("portal:home"))["Location"].startswith(reverse("portal:enter"))
    client.post(reverse("portal:enter"), {"code": code})
    assert client.post(reverse("portal:pin"), {"pin": "٤٨١٩٢٧"})["Location"] == reverse(
        "portal:home"
    )


def test_a_wrong_code_says_the_same_whatever_is_wrong(client: Client) -> None:
    for code in ("", "1234", "000000000000", "x" * 40):
        answer = client.post(reverse("portal:enter"), {"code": code})
        assert answer.status_code == 422


def test_five_wrong_pins_close_the_card_for_a_while() -> None:
    pact, crew = a_pact()
    let_in(crew, pact)
    card = EntryCard.objects.get()
    for _ in range(5):
        with pytest.raises(PinWrong):
            try_pin(card.pk, "999111")
    with pytest.raises(CardLocked):
        try_pin(card.pk, PIN)
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert try_pin(card.pk, PIN).pk == card.account_id


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "12345", "abcdef", ""])
def test_a_pin_anybody_would_try_is_refused(pin: str) -> None:
    pact, crew = a_pact()
    member = PactMember.objects.get(pact=pact, is_holder=True)
    card, _code = issue_card(crew.worker, pact.pk, member.person_id)
    with pytest.raises(PinTooEasy):
        choose_pin(card.pk, pin)


def test_a_new_card_closes_the_old_one_and_whoever_is_inside() -> None:
    pact, crew = a_pact()
    member = PactMember.objects.get(pact=pact, is_holder=True)
    _card, code = issue_card(crew.worker, pact.pk, member.person_id)
    browser = browser_of(let_in(crew, pact))
    assert browser.get(reverse("portal:home")).status_code == 200
    with pytest.raises(CardUnknown):
        card_by_code(code)
    revoke_card(crew.worker, pact.pk, member.person_id)
    assert browser.get(reverse("portal:home")).status_code == 302


def test_a_pin_is_chosen_once() -> None:
    pact, crew = a_pact()
    let_in(crew, pact)
    with pytest.raises(CardUnknown):
        choose_pin(EntryCard.objects.get().pk, "739104")


def test_only_who_follows_the_pact_gives_cards() -> None:
    pact, crew = a_pact()
    member = PactMember.objects.get(pact=pact, is_holder=True)
    with pytest.raises(NotAllowed):
        issue_card(crew.coordinator, pact.pk, member.person_id)
    with pytest.raises(NotFound):
        issue_card(crew.worker, pact.pk, new_id())


def test_a_paper_never_opens_the_account_of_who_works_here() -> None:
    pact, crew = a_pact()
    member = PactMember.objects.get(pact=pact, is_holder=True)
    account = Account.objects.get(pk=crew.coordinator.account_id)
    account.person_id = member.person_id
    account.set_password("una frase molto lunga")
    account.save()
    with pytest.raises(HasAnEntranceAlready):
        issue_card(crew.worker, pact.pk, member.person_id)
    account.refresh_from_db()
    assert account.has_usable_password()
    page = browser_of(crew.worker).post(
        reverse("portal:card", args=[pact.pk]), {"person": str(member.person_id)}
    )
    assert page.status_code == 409


def test_after_the_pin_one_stays_on_the_family_s_pages(client: Client) -> None:
    pact, crew = a_pact()
    member = PactMember.objects.get(pact=pact, is_holder=True)
    _card, code = issue_card(crew.worker, pact.pk, member.person_id)
    step = client.post(reverse("portal:enter") + "?next=//altrove.example/mio/", {"code": code})
    inside = client.post(step["Location"], {"pin": PIN, "again": PIN})
    assert inside["Location"] == reverse("portal:home")


# ---- reading


def test_a_family_reads_its_own_pact_and_no_other() -> None:
    pact, crew = a_pact()
    other, _crew = a_pact(crew=crew)
    own = let_in(crew, pact)
    browser = browser_of(own)
    for name in ("hours", "receipt", "absence", "words", "text"):
        assert browser.get(reverse(f"portal:{name}", args=[pact.pk])).status_code == 200, name
        assert browser.get(reverse(f"portal:{name}", args=[other.pk])).status_code == 404, name
    for name in ("pacts:pact", "pacts:print", "pacts:papers"):
        assert browser.get(reverse(name, args=[pact.pk])).status_code == 404, name


def test_words_being_written_are_not_the_family_s_to_read_yet() -> None:
    pact, crew = a_pact(Stage.DRAFT)
    own = let_in(crew, pact)
    assert "quando è pronto" in browser_of(own).get(reverse("portal:home")).content.decode()


def test_a_worker_without_a_pact_of_their_own_reads_nothing_here() -> None:
    _pact, crew = a_pact()
    page = browser_of(crew.worker).get(reverse("portal:home"))
    assert "quando è pronto" in page.content.decode()


def test_who_read_my_file_is_said_in_plain_words() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    browser_of(crew.worker).get(reverse("pacts:pact", args=[pact.pk]))
    page = browser_of(own).get(reverse("portal:readers")).content.decode()
    assert crew.worker.name in page
    assert "ha letto" in page


def test_my_data_come_as_a_file_and_that_is_logged() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    answer = browser_of(own).get(reverse("portal:data"))
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        told = json.loads(archive.read("dati.json"))
    rows = {section["table"]: section["rows"] for section in told["sections"]}
    assert pact.code in rows["pacts.Pact"][0].values()
    assert "attachment" in answer["Content-Disposition"]
    assert Entry.objects.filter(verb="exported", account_id=own.account_id).exists()


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("ro", "ltr"), ("pa", "ltr")])
def test_the_pages_speak_the_family_s_language_and_the_desk_does_not(
    language: str, direction: str
) -> None:
    pact, crew = a_pact()
    browser = browser_of(let_in(crew, pact))
    browser.post(reverse("set_language"), {"language": language})
    assert Account.objects.get(person_id__isnull=False).language == language
    browser.cookies.pop("django_language")
    page = browser.get(reverse("portal:home")).content.decode()
    assert f'lang="{language}" dir="{direction}"' in page
    text = browser.get(reverse("portal:text", args=[pact.pk])).content.decode()
    assert "OBIETTIVI" in text
    assert 'lang="it"' in browser.get("/").content.decode()


def test_a_paper_is_taken_back_after_asking_and_taken_back_twice_is_no_fault() -> None:
    pact, crew = a_pact()
    let_in(crew, pact)
    page = browser_of(crew.worker)
    url = reverse("portal:card", args=[pact.pk])
    assert "non entra più" in page.get(url).content.decode()
    data = {"person": str(EntryCard.objects.get().person_id), "act": "revoke"}
    for _ in range(2):
        assert page.post(url, data)["Location"] == url
    assert EntryCard.objects.get().revoked_at is not None
    assert page.post(url, {"person": "nobody"}).status_code == 404


# ---- telling


def a_telling(pact: Pact, **changes: Any) -> Telling:
    told = {
        "commitment_key": terms_of(pact).commitments[0].key, "done_on": clock.today(),
        "minutes": Minutes(120),
    }  # fmt: skip
    return Telling(**{**told, **changes})


def test_hours_told_by_the_family_wait_for_the_host() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    once = new_id()
    entry = tell_own_hours(own, pact.pk, a_telling(pact, once=once))
    assert tell_own_hours(own, pact.pk, a_telling(pact, once=once)) == entry
    with pytest.raises(SentAlready):
        tell_own_hours(own, pact.pk, a_telling(pact, once=once, minutes=Minutes(60)))
    assert entry.confirmed_at is None
    assert HoursEntry.objects.count() == 1


def test_nobody_tells_hours_on_the_pact_of_others() -> None:
    pact, crew = a_pact()
    other, _crew = a_pact(crew=crew)
    own = let_in(crew, other)
    for stranger in (own, crew.worker, an_actor(Role.DPO, district_id=crew.district_id)):
        with pytest.raises(NotFound):
            tell_own_hours(stranger, pact.pk, a_telling(pact))


def test_a_receipt_s_photo_reaches_who_follows_the_pact() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    photo = SimpleUploadedFile("foto.jpg", a_picture(), content_type="image/jpeg")
    answer = browser_of(own).post(
        reverse("portal:receipt", args=[pact.pk]),
        {"photo": photo, "text": "Divisa", "spend_id": "", "once": str(new_id())},
    )
    assert answer.status_code == 302
    message = FamilyMessage.objects.get()
    assert message.document is not None
    worker = browser_of(crew.worker)
    page = worker.get(reverse("pacts:pact", args=[pact.pk])).content.decode()
    assert "un messaggio della famiglia da leggere" in page
    told = worker.get(reverse("pacts:messages", args=[pact.pk])).content.decode()
    assert "Divisa" in told
    assert worker.get(reverse("documents:open", args=[message.document_id])).status_code == 200
    worker.post(reverse("pacts:read_message", args=[message.pk]))
    message.refresh_from_db()
    assert message.read_by_id == crew.worker.account_id


def test_a_message_says_something() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    with pytest.raises(NothingSaid):
        write_to_manager(own, pact.pk, kind=MessageKind.WORDS, text="  ")
    with pytest.raises(NoReceipt):
        write_to_manager(own, pact.pk, kind=MessageKind.RECEIPT)
    assert write_to_manager(own, pact.pk, kind=MessageKind.ABSENCE).pk


def test_only_who_follows_the_pact_marks_a_message_read() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    message = write_to_manager(own, pact.pk, kind=MessageKind.WORDS, text="Buongiorno")
    with pytest.raises(NotAllowed):
        read_message(crew.coordinator, message.pk)
    with pytest.raises(NotFound):
        read_message(crew.clerk, message.pk)


# ---- signing


def an_authorised_amendment(crew: Crew, pact: Pact) -> Any:
    version = an_amendment(crew, pact)
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    version.refresh_from_db()
    return version


def test_a_holder_signs_on_the_own_phone_the_text_that_was_shown() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    version = an_authorised_amendment(crew, pact)
    browser = browser_of(own)
    url = reverse("portal:sign", args=[pact.pk])
    assert version.text_hash in browser.get(url).content.decode()
    data = {"text_hash": version.text_hash, "drawing": A_DRAWING}
    assert browser.post(url, data).status_code == 422
    assert browser.post(url, {**data, "has_read": "on"}).status_code == 302
    assert version.signatures.get().person_id == own.person_id
    assert "hai già firmato" in browser.get(url).content.decode()


def test_a_member_who_does_not_hold_the_pact_does_not_sign() -> None:
    pact, crew = a_pact()
    child = PactMember.objects.get(pact=pact, is_holder=False)
    card, _code = issue_card(crew.worker, pact.pk, child.person_id)
    choose_pin(card.pk, PIN)
    account = Account.objects.get(person_id=child.person_id)
    version = an_authorised_amendment(crew, pact)
    with pytest.raises(NotASigner):
        sign_own(account.as_actor([]), pact.pk, text_hash=version.text_hash, drawing=A_DRAWING)


# ---- yes and no to a proposed text


def test_a_text_said_yes_to_twice_is_one_yes_and_still_to_be_signed() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    version = an_authorised_amendment(crew, pact)
    browser = browser_of(own)
    page = browser.get(reverse("portal:sign", args=[pact.pk]))
    assert "data-signature" not in page.content.decode()
    once = page.context["accept"]["once"].value()
    data = {"once": once, "text_hash": version.text_hash}
    for _ in range(2):
        answer = browser.post(reverse("portal:accept", args=[pact.pk]), data)
        assert answer["Location"] == reverse("portal:sign", args=[pact.pk])
    assert FamilyMessage.objects.get().kind == MessageKind.ACCEPTED
    assert "data-signature" in browser.get(answer["Location"]).content.decode()
    accept_proposal(own, pact.pk, text_hash=version.text_hash)
    assert FamilyMessage.objects.count() == 1
    assert not version.signatures.exists()


def test_a_text_disputed_in_any_language_waits_for_an_answer_and_nobody_signs_it() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    version = an_authorised_amendment(crew, pact)
    words = "لا أستطيع العمل يوم السبت"
    url = reverse("portal:dispute", args=[pact.pk])
    browser = browser_of(own)
    assert browser.post(url, {"text_hash": version.text_hash, "text": " "}).status_code == 422
    assert browser.post(url, {"text_hash": version.text_hash, "text": words}).status_code == 302
    with pytest.raises(DisputeOpen):
        sign_own(own, pact.pk, text_hash=version.text_hash, drawing=A_DRAWING)
    desk = browser_of(crew.worker)
    home = desk.get(reverse("desk:home")).content.decode()
    assert "Da rispondere" in home
    assert "la risposta alla famiglia" not in home
    told = desk.get(reverse("pacts:messages", args=[pact.pk])).content.decode()
    assert words in told
    message = FamilyMessage.objects.get()
    answer_url = reverse("pacts:answer_message", args=[message.pk])
    assert desk.post(answer_url, {"text": "Togliamo il sabato."}).status_code == 302
    assert "Da rispondere" not in desk.get(reverse("desk:home")).content.decode()
    assert "Togliamo il sabato." in browser.get(reverse("portal:home")).content.decode()
    assert "Togliamo il sabato." in browser.get(
        reverse("portal:sign", args=[pact.pk])
    ).content.decode()  # fmt: skip
    sign_own(own, pact.pk, text_hash=version.text_hash, drawing=A_DRAWING)
    assert version.signatures.count() == 1


def test_a_first_text_that_is_disputed_says_so_on_the_page_of_the_pact() -> None:
    pact, crew = a_pact(Stage.AUTHORISED)
    version = PactVersion.objects.get(pact=pact)
    own = let_in(crew, pact)
    dispute_proposal(own, pact.pk, text_hash=version.text_hash, text="Il sabato no.")
    page = browser_of(crew.worker).get(reverse("pacts:pact", args=[pact.pk])).content.decode()
    assert "la risposta alla famiglia" in page
    assert "un messaggio della famiglia da leggere" in page


def test_who_disputed_and_then_accepts_needs_no_answer() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    version = an_authorised_amendment(crew, pact)
    dispute_proposal(own, pact.pk, text_hash=version.text_hash, text="Non ho capito.")
    accept_proposal(own, pact.pk, text_hash=version.text_hash)
    sign_own(own, pact.pk, text_hash=version.text_hash, drawing=A_DRAWING)
    assert version.signatures.count() == 1


def test_disputed_words_go_back_to_who_writes_them_unless_somebody_signed() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    version = an_authorised_amendment(crew, pact)
    with pytest.raises(WordsAgreed):
        reopen(crew.worker, pact.pk)
    dispute_proposal(own, pact.pk, text_hash=version.text_hash, text="Il sabato no.")
    assert reopen(crew.worker, pact.pk).authorised_on is None
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    version.refresh_from_db()
    accept_proposal(own, pact.pk, text_hash=version.text_hash)
    sign_own(own, pact.pk, text_hash=version.text_hash, drawing=A_DRAWING)
    for act in (
        lambda: reopen(crew.worker, pact.pk),
        lambda: send_back(crew.coordinator, pact.pk, reason="Un refuso."),
    ):
        with pytest.raises(SignedInPart):
            act()


def test_another_text_than_the_one_shown_is_neither_accepted_nor_disputed() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    with pytest.raises(NothingToSign):
        accept_proposal(own, pact.pk, text_hash="")
    an_authorised_amendment(crew, pact)
    for act in (accept_proposal, lambda *a, **k: dispute_proposal(*a, text="No.", **k)):
        with pytest.raises(OtherText):
            act(own, pact.pk, text_hash="0" * 64)
    other, _crew = a_pact(crew=crew)
    with pytest.raises(NotFound):
        accept_proposal(own, other.pk, text_hash="")


def test_only_who_follows_the_pact_answers_and_the_same_answer_is_one() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    message = write_to_manager(own, pact.pk, kind=MessageKind.WORDS, text="A che ora?")
    with pytest.raises(NotAllowed):
        answer_message(crew.coordinator, message.pk, text="Alle tre.")
    with pytest.raises(NothingSaid):
        answer_message(crew.worker, message.pk, text="  ")
    first = answer_message(crew.worker, message.pk, text="Alle tre.")
    again = answer_message(crew.worker, message.pk, text="Alle tre.")
    assert first.answered_at == again.answered_at
    assert "Alle tre." in browser_of(own).get(reverse("portal:home")).content.decode()


def test_a_family_is_not_told_what_is_missing_at_the_desk() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    version = an_authorised_amendment(crew, pact)
    NoticeGiven.objects.filter(person_id=own.person_id).delete()
    with pytest.raises(SigningWaits):
        sign_own(own, pact.pk, text_hash=version.text_hash, drawing=A_DRAWING)


def test_why_a_file_was_read_is_kept_in_italian_and_told_in_the_reader_s_language() -> None:
    pact, crew = a_pact()
    own = let_in(crew, pact)
    worker = browser_of(crew.worker)
    worker.post(reverse("set_language"), {"language": "en"})
    worker.get(reverse("pacts:pact", args=[pact.pk]))
    assert Entry.objects.filter(purpose="pagina del patto").exists()
    family = browser_of(own)
    family.post(reverse("set_language"), {"language": "fr"})
    assert "page du pacte" in family.get(reverse("portal:readers")).content.decode()


# ---- the telephone


def test_the_page_can_be_kept_on_a_phone_and_keeps_nobody_s_data(client: Client) -> None:
    manifest = json.loads(client.get(reverse("portal:manifest")).content)
    assert manifest["start_url"] == "/mio/"
    worker = client.get(reverse("portal:worker"))
    assert worker["Service-Worker-Allowed"] == "/mio/"
    kept = worker.content.decode()
    assert reverse("portal:offline") in kept
    assert f'"{reverse("portal:home")}"' not in kept
