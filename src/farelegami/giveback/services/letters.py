"""Letters to who gives and to who receives; a host's never says more than a name and a time."""

from typing import Final

from django.conf import settings
from django.urls import reverse

from farelegami.giveback.models import HostLink, Match
from farelegami.giveback.queries.sight import token_of
from farelegami.giveback.rules.letters import TO_PERSON
from farelegami.kernel import clock
from farelegami.kernel.errors import gettext_noop
from farelegami.outbox.services import queue_mail
from farelegami.web.formats import dmy

_TO_HOST: Final = {
    "proposed": (
        gettext_noop("Una persona per voi"),
        gettext_noop(
            "Buongiorno %(name)s,\n\nper «%(title)s» c’è una persona disponibile. Qui si vede chi e"
            " quando, e si risponde senza password: %(address)s"
        ),
    ),
    "started": (
        gettext_noop("Si comincia"),
        gettext_noop(
            "Buongiorno %(name)s,\n\nper «%(title)s» i giorni sono fissati. Dopo ogni turno basta"
            " confermarlo qui: %(address)s"
        ),
    ),
    "ended": (
        gettext_noop("Un posto torna libero"),
        gettext_noop(
            "Buongiorno %(name)s,\n\nper «%(title)s» un posto torna libero. Se serve ancora"
            " qualcuno, ditecelo qui: %(address)s"
        ),
    ),
}


def tell_person(match: Match, what: str) -> None:
    """Queue a letter to who gives, in their language; nothing where there is no address."""
    person = match.offer.person
    if not person.email:
        return
    subject, body = TO_PERSON[what]
    facts = {
        "name": person.given_name,
        "title": match.opportunity.title,
        "address": _site(reverse("portal:home")),
    }
    queue_mail(
        person.email,
        subject,
        body,
        key=f"giveback:{what}:{match.pk}:person",
        facts=facts,
        language=person.preferred_language or "it",
    )


def tell_host(match: Match, what: str) -> None:
    """Queue a letter to each who receives people there, with the address that opens it for them."""
    subject, body = _TO_HOST[what]
    links = HostLink.objects.filter(
        opportunity_id=match.opportunity_id, revoked_at=None, expires_on__gte=clock.today()
    )
    for link in links.exclude(email=""):
        facts = {
            "name": link.name,
            "title": match.opportunity.title,
            "address": address_of(link),
        }
        queue_mail(
            link.email, subject, body, key=f"giveback:{what}:{match.pk}:{link.pk}", facts=facts
        )


def tell_link(link: HostLink) -> None:
    """Queue a letter with the address just given to who receives people, where they have e-mail."""
    if not link.email:
        return
    facts = {
        "name": link.name,
        "title": link.opportunity.title,
        "until": dmy(link.expires_on),
        "address": address_of(link),
    }
    queue_mail(
        link.email,
        gettext_noop("Da qui rispondete e confermate"),
        gettext_noop(
            "Buongiorno %(name)s,\n\nper «%(title)s» questo è il vostro indirizzo: si vede chi viene"
            " e quando, e si confermano i turni senza password. Vale fino al %(until)s ed è solo"
            " vostro, non giratelo ad altri: %(address)s"
        ),
        key=f"giveback:link:{link.pk}",
        facts=facts,
    )


def ask_still_needed(link: HostLink) -> None:
    """Queue the question whether the need is still there, once for each silence."""
    place = link.opportunity
    facts = {"name": link.name, "title": place.title, "address": address_of(link)}
    queue_mail(
        link.email,
        gettext_noop("Serve ancora?"),
        gettext_noop(
            "Buongiorno %(name)s,\n\nda un po’ non ci sentiamo. Per «%(title)s» serve ancora"
            " qualcuno? Basta un tocco, sì o no: %(address)s"
        ),
        key=f"giveback:needed:{link.pk}:{place.confirmed_on.isoformat()}",
        facts=facts,
    )


def address_of(link: HostLink) -> str:
    """Return the whole address that opens a link."""
    return _site(reverse("giveback:host", args=[token_of(link)]))


def _site(path: str) -> str:
    return f"{settings.SITE_ADDRESS}{path}"
