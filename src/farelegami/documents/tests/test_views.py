from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from farelegami.documents.services import store_content
from farelegami.documents.tests.builders import A_PDF, A_STRANGER, ANNA, a_district, a_picture
from farelegami.documents.views import open_page
from farelegami.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def asked(actor, content, name, query=""):
    document = store_content(
        ANNA, content=content, name=name, kind="x", district_id=a_district().pk, title="x"
    )
    request = RequestFactory().get(f"/{query}")
    request.actor = actor
    return SimpleNamespace(answer=lambda: open_page(request, document.pk))


def test_a_file_is_handed_out_to_be_saved_and_runs_nothing():
    response = asked(ANNA, A_PDF, "Ricevuta à.pdf", "?vista=1").answer()
    assert response.content == A_PDF
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''Ricevuta%20%C3%A0.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


def test_a_picture_may_be_looked_at_in_the_page():
    response = asked(ANNA, a_picture(), "foto.jpg", "?vista=1").answer()
    assert response["Content-Disposition"].startswith("inline")
    assert response["Content-Type"] == "image/jpeg"


def test_to_a_stranger_the_file_does_not_exist():
    with pytest.raises(NotFound):
        asked(A_STRANGER, A_PDF, "x.pdf").answer()
