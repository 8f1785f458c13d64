"""The pages of single acts of the desk, and the way back from them."""

from functools import partial
from typing import Final

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from farelegami.web import acts

act_page: Final = partial(acts.act_page, template="desk/act.html")


def way_back(request: HttpRequest) -> str:
    """Return the page of ours that sent here and wants people back; empty where none did."""
    asked = request.GET.get("torna", "")
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if ours else ""
