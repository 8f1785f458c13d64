"""The pages of single acts of this room, and the path above a title."""

from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from farelegami.documents.services import Checked, check
from farelegami.volunteering.models import Register
from farelegami.web import acts

Crumbs: TypeAlias = list[tuple[str, str]]

act_page: Final = partial(acts.act_page, template="volunteering/act.html")


def to(name: str, *args: object) -> str:
    """Return an address of the room."""
    return reverse(f"volunteering:{name}", args=args)


def path_to(register: Register | None = None, *more: tuple[str, str]) -> Crumbs:
    """Return the steps above the title of a page."""
    steps = [(to("registers"), _("Volontari"))]
    if register is not None:
        steps.append((to("register", register.organisation_id), register.organisation.name))
    return [*steps, *more]


def volunteer_step(register: Register, volunteer_id: UUID, name: str) -> tuple[str, str]:
    """Return the step that leads back to a volunteer."""
    return to("volunteer", register.organisation_id, volunteer_id), name


def checked(upload: "UploadedFile[bytes] | None") -> Checked | None:
    """Read an uploaded file before any transaction begins, if one came."""
    return check(upload) if upload else None
