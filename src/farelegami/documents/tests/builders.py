"""Files for the tests, good and bad."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.ids import new_id
from farelegami.territory.models import District, Province

A_PDF = (
    b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    b"2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n"
    b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>\nendobj\n"
    b"trailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
)
ANNA = Actor(
    account_id=new_id(), name="Anna", grants=(Grant(Role.SOCIAL_WORKER, district_id=1901),)
)
A_STRANGER = Actor(
    account_id=new_id(), name="Bruno", grants=(Grant(Role.SOCIAL_WORKER, district_id=1902),)
)


def a_district(number: int = 1901) -> District:
    """Return the district of this number."""
    province, _ = Province.objects.get_or_create(
        code="019",
        defaults={
            "name": "Cremona",
            "sigla": "CR",
            "region_code": "03",
            "region_name": "Lombardia",
        },
    )
    district, _ = District.objects.get_or_create(
        pk=number,
        defaults={"name": f"Ambito {number}", "short_name": str(number), "province": province},
    )
    return district


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """Return the bytes of a small picture."""
    file = io.BytesIO()
    Image.new("RGB", size, "green").save(file, kind, **options)
    return file.getvalue()


def an_upload(content: bytes = A_PDF, name: str = "scontrino.pdf") -> SimpleUploadedFile:
    """Return a file as a form receives it; what the browser says about it is not believed."""
    return SimpleUploadedFile(name, content, content_type="application/x-msdownload")
