"""The papers of a pact: whole, tagged, read aloud in the right order, checked by anyone."""

import io
import re
from collections.abc import Iterator

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from farelegami.audit.models import Entry
from farelegami.audit.rules import Verb
from farelegami.documents import shelf
from farelegami.documents.models import IssuedPaper
from farelegami.documents.queries import paper_by_code, standing_of
from farelegami.documents.rules.codes import written_code
from farelegami.kernel.errors import NotFound
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.papers import LANGUAGES, PaperKind, PaperTooEarly
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.services.agreeing import agree
from farelegami.pacts.services.deciding import authorise
from farelegami.pacts.services.papers import Asked, pact_paper, spend_letter
from farelegami.pacts.tests.builders import (
    Crew,
    a_crew,
    a_pact,
    a_spend,
    an_amendment,
    sign_all,
    some_hours,
)
from farelegami.pacts.tests.test_pages import as_

pytestmark = pytest.mark.django_db


def address(code: str) -> str:
    return f"https://esempio.test/verifica/{written_code(code)}/"


def content_of(paper: IssuedPaper) -> bytes:
    return shelf.get(paper.document.path)


def text_of(paper: IssuedPaper) -> str:
    pdf = pypdfium2.PdfDocument(content_of(paper))
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def flat(text: str) -> str:
    """The words without the breaks of lines and columns, so that order alone is compared."""
    return re.sub(r"[\s\ufffe]+", "", text)


def tags(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """The tags of a paper, in the order in which they are read aloud."""
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if "/S" in node:
            yield str(node.S).lstrip("/"), node
        below = node.get("/K", [])
        if isinstance(below, pikepdf.Dictionary):
            below = [below]
        if isinstance(below, pikepdf.Array | list):
            waiting += [
                each for each in reversed(list(below)) if isinstance(each, pikepdf.Dictionary)
            ]


def a_lived_pact() -> tuple[Pact, Crew]:
    """A closed pact with a spend paid and hours confirmed, all that papers tell."""
    crew = a_crew()
    pact, _crew = a_pact(crew=crew)
    a_spend(crew, pact, Spend.PAID, cents=500)
    some_hours(crew, pact, 90, confirmed=True)
    return pact, crew


def paper_of(kind: PaperKind) -> IssuedPaper:
    if kind is PaperKind.CLOSING:
        pact, crew = a_pact(Stage.CLOSED)
    else:
        pact, crew = a_lived_pact()
    if kind is PaperKind.LETTER:
        spend = a_spend(crew, pact, Spend.COMMITTED)
        return spend_letter(crew.clerk, spend.pk, address=address)
    return pact_paper(crew.worker, pact.pk, Asked(kind), address=address)


@pytest.mark.parametrize("kind", list(PaperKind))
def test_every_kind_of_paper_is_archived_and_read_aloud(kind: PaperKind) -> None:
    paper = paper_of(kind)
    with pikepdf.open(io.BytesIO(content_of(paper))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("it")
        assert str(pdf.docinfo.Title) == paper.title
        told = pdf.open_metadata()
        assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "A")
        assert told["pdfuaid:part"] == "1"
        read = list(tags(pdf))
        kinds = [kind for kind, _node in read]
        assert kinds.count("H1") == 1
        assert kinds.index("H1") < len(kinds) - 1
        assert all(node.get("/Alt") for kind, node in read if kind == "Figure")
        assert kinds.count("Table") == 0 or "TH" in kinds or kind in {PaperKind.LETTER}
    words = text_of(paper)
    assert written_code(paper.code) in words
    assert "Pagina 1 di" in words


def test_the_paper_of_a_text_says_it_to_the_letter_and_in_its_order() -> None:
    pact, crew = a_lived_pact()
    paper = pact_paper(crew.worker, pact.pk, Asked(PaperKind.TEXT), address=address)
    words = flat(text_of(paper))
    version = PactVersion.objects.get(pact=pact, number=1)
    at = 0
    for line in version.text.split("\n")[1:]:
        bare = flat(line.strip().removeprefix("- "))
        assert bare in words[at:], line
        at = words.index(bare, at)
    assert version.text_hash in words


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_text_stands_beside_the_language_of_the_family(language: str) -> None:
    pact, crew = a_lived_pact()
    asked = Asked(PaperKind.TEXT, language=language)
    paper = pact_paper(crew.worker, pact.pk, asked, address=address)
    with pikepdf.open(io.BytesIO(content_of(paper))) as pdf:
        spoken = {str(node.get("/Lang")) for _kind, node in tags(pdf) if node.get("/Lang")}
        assert any(each.startswith(language) for each in spoken), spoken
    assert paper.read_beside == language


def test_an_unknown_language_or_version_is_not_found() -> None:
    pact, crew = a_pact()
    for asked in (
        Asked(PaperKind.TEXT, language="xx"),
        Asked(PaperKind.TEXT, version_number=9),
        Asked(PaperKind.AUTHORISATION, language="a very long one"),
    ):
        with pytest.raises(NotFound):
            pact_paper(crew.worker, pact.pk, asked, address=address)


def test_a_text_agreed_under_other_wording_stands_alone() -> None:
    pact, crew = a_pact(Stage.AUTHORISED)
    version = PactVersion.objects.get(pact=pact)
    PactVersion.objects.filter(pk=version.pk).update(text=f"{version.text}\nUna riga di allora.")
    paper = pact_paper(crew.worker, pact.pk, Asked(PaperKind.TEXT, language="fr"), address=address)
    words = text_of(paper)
    assert "Una riga di allora." in words
    assert "OBJECTIFS" not in words


def test_an_amendment_opens_with_what_changes() -> None:
    pact, crew = a_pact()
    an_amendment(crew, pact)
    paper = pact_paper(
        crew.worker, pact.pk, Asked(PaperKind.TEXT, version_number=2), address=address
    )
    words = text_of(paper)
    assert words.index("Che cosa cambia") < words.index("OBIETTIVI")
    assert "Babysitter al sabato" in words


def test_the_same_facts_are_the_same_paper_and_each_time_is_logged() -> None:
    pact, crew = a_pact()
    first = pact_paper(crew.worker, pact.pk, Asked(PaperKind.TEXT), address=address)
    again = pact_paper(crew.worker, pact.pk, Asked(PaperKind.TEXT), address=address)
    assert first == again
    assert IssuedPaper.objects.count() == 1
    assert Entry.objects.filter(verb=Verb.EXPORTED, object_id=pact.pk).exists()


@pytest.mark.parametrize("kind", [PaperKind.ATTESTATION, PaperKind.ATTENDANCE, PaperKind.LETTER])
def test_what_others_read_does_not_tell_of_a_pact(kind: PaperKind) -> None:
    paper = paper_of(kind)
    words = text_of(paper).casefold()
    assert not re.search(r"\bpatto\b|gener-attiv|inclusione|fragil", words)
    assert "obiettiv" not in words


def test_a_host_s_sheet_names_no_other_host() -> None:
    pact, crew = a_lived_pact()
    first, second = PactVersion.objects.get(pact=pact, number=1).terms.commitments
    asked = Asked(PaperKind.ATTENDANCE, commitment_key=second.key)
    words = text_of(pact_paper(crew.worker, pact.pk, asked, address=address))
    assert second.host in words
    assert first.host not in words
    with pytest.raises(NotFound):
        pact_paper(
            crew.worker, pact.pk, Asked(PaperKind.ATTENDANCE, commitment_key="x"), address=address
        )


def test_a_supplier_reads_nothing_of_the_family() -> None:
    paper = paper_of(PaperKind.LETTER)
    words = text_of(paper)
    pact = Pact.objects.get(code=re.search(r"[A-Z]{2}\d+-\d{4}-\d{4}", words)[0])
    for member in pact.members.select_related("person"):
        assert member.person.family_name not in words
        assert member.person.given_name not in words


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        (PaperKind.AUTHORISATION, Stage.DRAFT),
        (PaperKind.REVIEW, Stage.DRAFT),
        (PaperKind.CLOSING, Stage.ACTIVE),
        (PaperKind.ATTESTATION, Stage.ACTIVE),
        (PaperKind.ATTENDANCE, Stage.DRAFT),
    ],
)
def test_a_paper_is_not_made_before_its_facts(kind: PaperKind, stage: Stage) -> None:
    pact, crew = a_pact(stage)
    with pytest.raises(PaperTooEarly):
        pact_paper(crew.worker, pact.pk, Asked(kind), address=address)


def test_a_request_not_approved_has_no_letter() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.REQUESTED)
    with pytest.raises(PaperTooEarly):
        spend_letter(crew.clerk, spend.pk, address=address)


# ---- checking a copy


def checked(client: Client, code: str) -> str:
    return client.get(reverse("documents:checked", args=[code])).content.decode()


def test_anyone_checks_a_paper_and_learns_no_name(client: Client) -> None:
    pact, crew = a_pact()
    paper = pact_paper(crew.worker, pact.pk, Asked(PaperKind.TEXT), address=address)
    page = checked(client, written_code(paper.code).lower())
    assert pact.code in page
    assert paper.text_hash in page
    assert "ed è quello che vale" in page
    for member in pact.members.select_related("person"):
        assert member.person.family_name not in page


def test_an_unknown_code_says_so_kindly(client: Client) -> None:
    answer = client.get(reverse("documents:checked", args=["AAAA-BBBB-CCCC"]))
    assert answer.status_code == 404
    assert "Nessun documento ha questo codice" in answer.content.decode()


def test_a_copy_is_the_same_file_or_it_is_not(client: Client) -> None:
    pact, crew = a_pact()
    paper = pact_paper(crew.worker, pact.pk, Asked(PaperKind.TEXT), address=address)
    url = reverse("documents:checked", args=[paper.code])
    same = SimpleUploadedFile("patto.pdf", content_of(paper))
    assert "è identico" in client.post(url, {"copy": same}).content.decode()
    other = SimpleUploadedFile("patto.pdf", content_of(paper)[:-1] + b"x")
    assert "è diverso" in client.post(url, {"copy": other}).content.decode()


def test_the_standing_of_a_text_follows_its_fate() -> None:
    pact, crew = a_pact()
    paper = pact_paper(crew.worker, pact.pk, Asked(PaperKind.TEXT), address=address)
    assert "è quello che vale" in standing_of(paper)
    an_amendment(crew, pact)
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    waiting = pact_paper(
        crew.worker, pact.pk, Asked(PaperKind.TEXT, version_number=2), address=address
    )
    assert "aspetta le firme" in standing_of(waiting)
    sign_all(crew, pact)
    assert "oggi vale il testo numero 2" in standing_of(paper_by_code(paper.code))


def test_a_code_is_typed_by_hand(client: Client) -> None:
    pact, crew = a_pact()
    paper = pact_paper(crew.worker, pact.pk, Asked(PaperKind.TEXT), address=address)
    typed = paper.code.lower().replace("0", "o").replace("1", "l")
    answer = client.post(reverse("documents:check"), {"code": f" {typed} "})
    assert answer["Location"] == reverse("documents:checked", args=[written_code(paper.code)])
    assert client.post(reverse("documents:check"), {"code": "corto"}).status_code == 422


# ---- the pages


def test_the_page_offers_what_can_be_made_and_leads_to_the_file() -> None:
    pact, crew = a_lived_pact()
    client = as_(crew.worker)
    page = client.get(reverse("pacts:papers", args=[pact.pk])).content.decode()
    assert "Non ancora: il patto non è finito." in page
    answer = client.get(
        reverse("pacts:paper", args=[pact.pk, "testo"]), {"lingua": "ar"}, follow=True
    )
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    early = client.get(reverse("pacts:paper", args=[pact.pk, "chiusura"]))
    assert early.status_code == 409
    for wrong in ("nessuno", "lettera"):
        assert client.get(reverse("pacts:paper", args=[pact.pk, wrong])).status_code == 404
    odd = {"testo": "9" * 30, "persona": "x", "lingua": "zz"}
    assert client.get(reverse("pacts:paper", args=[pact.pk, "testo"]), odd).status_code == 404
    for number in ("-1", "0", "2", "x", "9" * 30):
        answer = client.get(reverse("pacts:paper", args=[pact.pk, "testo"]), {"testo": number})
        assert answer.status_code == 404, number


def test_a_clerk_has_the_letter_and_not_the_pact() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.COMMITTED)
    clerk = as_(crew.clerk)
    answer = clerk.get(reverse("pacts:letter", args=[spend.pk]), follow=True)
    assert answer["Content-Type"] == "application/pdf"
    assert clerk.get(reverse("pacts:papers", args=[pact.pk])).status_code == 404
