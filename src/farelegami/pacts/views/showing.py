"""How a pact is shown: its wheel, its stage line, what it receives and gives, what is missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farelegami.kernel import clock
from farelegami.kernel.errors import gettext_noop
from farelegami.pacts.models import HoursEntry, Meeting, Pact, PactMember, SpendRequest
from farelegami.pacts.queries import Hours, Listed, Mark, Money, PactFile
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.readiness import Missing
from farelegami.pacts.rules.signing import Needed
from farelegami.pacts.rules.stages import OVER, STAGE_LABELS, STAGE_LINE, Stage
from farelegami.pacts.rules.terms import Basis, Commitment, Goal
from farelegami.web.formats import amount, dmy, euro, hours
from farelegami.web.links import link
from farelegami.web.parts import Stage as Stop

STEPS: Final[Mapping[str, str]] = {
    "risorse": gettext_noop("Risorse e legami"),
    "obiettivi": gettext_noop("Obiettivi"),
    "sostegni": gettext_noop("Sostegni e budget"),
    "restituzione": gettext_noop("Restituzione"),
    "rilettura": gettext_noop("Rilettura e firma"),
}
_STEP_OF: Final = {
    "goals": "obiettivi",
    "resources": "risorse",
    "supports": "sostegni",
    "giveback": "restituzione",
}
_TO_CHANGE: Final = frozenset({"cap", "category_limit", "weekly"})
# What is written in a person's file, and not in the words of the pact.
_IN_THE_FILE: Final = {"notice": "desk:give_notice", "birth": "desk:change_person"}
BASIS_LABELS: Final = {
    Basis.VOLUNTARY: gettext_noop("volontario"),
    Basis.PUC: gettext_noop("progetto utile (PUC)"),
}
MARK_LABELS: Final = {
    "to_start": gettext_noop("da iniziare"),
    "under_way": gettext_noop("in corso"),
    "reached": gettext_noop("raggiunto"),
    "not_reached": gettext_noop("non raggiunto"),
}
_MARK_CLASS: Final = {"reached": "on", "under_way": "go"}
_SOON: Final = timedelta(days=14)


# ---- the stage line


def stage_stops(pact: Pact) -> list[Stop]:
    """Return the stage line; a pact that stands still or broke off says so at its stop."""
    now = pact.stage_now
    if now in {Stage.WITHDRAWN, Stage.INTERRUPTED}:
        facts = pact.facts()
        reached = [stage for stage in STAGE_LINE if stage == Stage.DRAFT or facts.get(_fact(stage))]
        return [
            *(Stop(_(STAGE_LABELS[s]), "done") for s in reached),
            Stop(_(STAGE_LABELS[now]), "now"),
        ]
    here = Stage.ACTIVE if now == Stage.SUSPENDED else now
    at = STAGE_LINE.index(here)
    return [
        Stop(
            _(STAGE_LABELS[now if stage == here else stage]),
            "done" if index < at else "now" if index == at else "todo",
        )
        for index, stage in enumerate(STAGE_LINE)
    ]


def _fact(stage: Stage) -> str:
    return {
        Stage.AGREED: "agreed_on",
        Stage.AUTHORISED: "authorised_on",
        Stage.SIGNED: "signed_on",
        Stage.ACTIVE: "started_on",
        Stage.FINAL_REVIEW: "final_review_on",
    }.get(stage, "closed_on")


def family_title(pact: Pact, members: Sequence[PactMember]) -> str:
    """Return whose pact it is, by the names its people use."""
    holders = [member.person.given_name for member in members if member.is_holder]
    if not holders:
        return pact.title
    if len(members) > len(holders):
        family = ngettext(
            "Il patto di %(names)s e della sua famiglia",
            "Il patto di %(names)s e della loro famiglia",
            len(holders),
        )
        return family % {"names": ", ".join(holders)}
    names = _(" e ").join(holders)
    return _("Il patto di %(names)s") % {"names": names}


# ---- what is missing


@dataclass(frozen=True, slots=True)
class Line:
    """One missing thing, and where it can be put right."""

    text: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands between a pact and its next stage, and the act that takes it there."""

    title: str
    lines: Sequence[Line] = ()
    url: str = ""
    action: str = ""


def missing_lines(missing: Iterable[Missing], pact: Pact, *, may_write: bool) -> list[Line]:
    """Return missing things as sentences; who may write also gets the way to each."""
    return [
        Line(_(each.text) % each.facts, *(_way(each, pact) if may_write else ()))
        for each in missing
    ]


_WAYS: Final = {
    "results": ("pacts:pact", "#obiettivi", gettext_noop("Aggiorna")),
    "hours": ("pacts:pact", "#ore", gettext_noop("Conferma")),
    "spends": ("pacts:pact", "#spese", gettext_noop("Vedi")),
    "map": ("cases:case", "", gettext_noop("Apri il percorso")),
    "close": ("pacts:close", "", gettext_noop("Scrivi")),
}


def _way(missing: Missing, pact: Pact) -> tuple[str, str]:
    if missing.person_id is not None and missing.code in _IN_THE_FILE:
        page = link(_IN_THE_FILE[missing.code], missing.person_id)
        again = reverse("pacts:wizard", args=[pact.pk, "rilettura"])
        return f"{page}?{urlencode({'torna': again})}", _("Segna")
    if missing.step in _STEP_OF:
        step = _STEP_OF[missing.step]
        word = _("Cambia") if missing.code in _TO_CHANGE else _("Aggiungi")
        return reverse("pacts:wizard", args=[pact.pk, step]), word
    if missing.step == "amendment":
        return reverse("pacts:wizard", args=[pact.pk, "rilettura"]), _("Apri")
    page, part, word = _WAYS.get(missing.step, ("", "", ""))
    where = pact.case_id if page == "cases:case" else pact.pk
    return (f"{link(page, where)}{part}", _(word)) if page else ("", "")


def counted(singular: str, plural: str, lines: Sequence[object]) -> str:
    """Return the title of a panel, with how many things are missing."""
    return singular if len(lines) == 1 else plural % {"count": len(lines)}


def signature_lines(needed: Iterable[Needed], pact: Pact, *, may_record: bool) -> list[Line]:
    """Return the signatures that are not there yet."""
    way = (reverse("pacts:sign", args=[pact.pk]), _("Firma")) if may_record else ()
    return [Line(_("la firma di %(name)s") % {"name": each.name}, *way) for each in needed]


def meeting_line(pact: Pact, meetings: Iterable[Meeting], *, may_write: bool) -> Line | None:
    """Return the next meeting as a missing thing, while the pact is active (R7)."""
    if pact.stage_now != Stage.ACTIVE or pact.next_meeting_by is None:
        return None
    planned = next_meeting(meetings)
    if planned is not None:
        day = planned.planned_at.astimezone(clock.ROME).date()
        way = (reverse("pacts:hold_meeting", args=[pact.pk, planned.pk]), _("Segna"))
        return Line(
            _("l’incontro fissato per il %(day)s") % {"day": dmy(day)}, *(way if may_write else ())
        )
    way = (reverse("pacts:plan_meeting", args=[pact.pk]), _("Fissa"))
    text = _("un incontro entro il %(day)s") % {"day": dmy(pact.next_meeting_by)}
    return Line(text, *(way if may_write else ()))


def next_meeting(meetings: Iterable[Meeting]) -> Meeting | None:
    """Return the planned meeting nobody has told of yet, the earliest."""
    open_ones = [each for each in meetings if each.held_on is None and each.missed_on is None]
    return min(open_ones, key=lambda each: each.planned_at, default=None)


# ---- receives and gives back


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a column: what, how much, and beneath who and how far."""

    title: str
    figure: str
    detail: str
    standing: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One side of the reciprocity; both have the same five rows."""

    items: Sequence[Item]
    extra: Sequence[Item]
    quote: str
    quote_source: str
    bar_text: str


def receives(file: PactFile, money: Money) -> Column:
    """Return the left column: supports that cost, then those that do not, then the family's words."""
    by_support: dict[str, list[SpendRequest]] = {}
    for spend in file.spends:
        by_support.setdefault(spend.support_key, []).append(spend)
    supports = file.terms.supports if file.terms else ()
    keys = {support.key for support in supports}
    items = [
        Item(
            support.title,
            euro(support.amount_cents),
            _joined(support.provider, support.detail),
            _spends_standing(by_support.get(support.key, ())),
        )
        for support in supports
        if support.amount_cents
    ]
    items += [
        Item(spend.title, euro(spend.document_cents or spend.amount_cents), spend.supplier,
             _(spend.stage_label))
        for spend in file.spends
        if spend.support_key not in keys and Spend(spend.stage) not in _GONE
    ]  # fmt: skip
    free = [
        Item(each.title, _("senza spesa"), _joined(each.provider, each.detail), "")
        for each in supports
        if not each.amount_cents
    ]
    told = next((each for each in file.meetings if each.changed_for_family), None)
    source = _("Incontro del %(day)s") % {"day": dmy(told.held_on)} if told and told.held_on else ""
    text = _("Pagati %(paid)s, documentati %(documented)s, impegnati %(committed)s, restano %(left)s"
             " su %(all)s") % {
        "paid": euro(money.paid), "documented": euro(money.documented),
        "committed": euro(money.committed), "left": euro(money.left),
        "all": euro(money.authorised),
    }  # fmt: skip
    return Column(items, free, told.changed_for_family if told else "", source, text)


_GONE: Final = frozenset({Spend.REJECTED, Spend.RELEASED})


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _spends_standing(spends: Iterable[SpendRequest]) -> str:
    live = [spend for spend in spends if Spend(spend.stage) not in _GONE]
    papers = sum(spend.document_cents or 0 for spend in live)
    waiting = sum(spend.amount_cents for spend in live if spend.document_cents is None)
    if papers:
        return _("%(cents)s documentati") % {"cents": euro(papers)}
    if waiting:
        return _("%(cents)s chiesti") % {"cents": euro(waiting)}
    return _("ancora da chiedere")


def gives(file: PactFile, given: Hours) -> Column:
    """Return the right column: commitments, their basis, what changed for others."""
    done: dict[str, int] = {}
    for entry in file.hours_told:
        done[entry.commitment_key] = done.get(entry.commitment_key, 0) + entry.minutes
    commitments = file.terms.commitments if file.terms else ()
    items = [_commitment_item(each, done.get(each.key, 0)) for each in commitments]
    told = next((each for each in file.hours_told if each.changed_for_others), None)
    text = _("Confermate %(confirmed)s, da confermare %(waiting)s, restano %(left)s su %(all)s") % {
        "confirmed": hours(given.confirmed),
        "waiting": hours(given.to_confirm),
        "left": hours(given.left),
        "all": hours(given.agreed),
    }
    source = _joined(told.confirmed_name, dmy(told.done_on)) if told else ""
    return Column(
        items, _basis_items(commitments), told.changed_for_others if told else "", source, text
    )


def _commitment_item(each: Commitment, done: int) -> Item:
    return Item(
        f"{each.person_name}: {each.title}",
        hours(each.minutes),
        _joined(each.host, each.when, each.helpers and _("con %(who)s") % {"who": each.helpers}),
        _("%(hours)s fatte") % {"hours": hours(done)} if done else
        _("fino al %(day)s") % {"day": dmy(each.ends_on)},
        each.key,
    )  # fmt: skip


def _basis_items(commitments: Sequence[Commitment]) -> list[Item]:
    bases = list(dict.fromkeys(each.basis for each in commitments)) or [Basis.VOLUNTARY]
    return [
        Item(
            _("Base dell’impegno"),
            _(" e ").join(_(BASIS_LABELS[basis]) for basis in bases),
            _("Si può sospendere senza perdere i sostegni"),
            "",
        )
    ]


# ---- goals, meetings, hours


@dataclass(frozen=True, slots=True)
class ResultShown:
    key: str
    text: str
    mark: str
    label: str
    when: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class GoalShown:
    number: int
    title: str
    results: Sequence[ResultShown]
    outcome: str
    outcome_reason: str

    @property
    def reached(self) -> int:
        return sum(result.mark == "on" for result in self.results)

    @property
    def full(self) -> bool:
        return bool(self.results) and self.reached == len(self.results)


def goals_shown(file: PactFile, outcome_labels: Mapping[str, str]) -> list[GoalShown]:
    """Return the goals with how far their results are, and how they ended if they did."""
    results, outcomes = file.marked("result"), file.marked("goal")
    return [
        _goal_shown(number, goal, results, outcomes.get(goal.key), outcome_labels)
        for number, goal in enumerate(file.terms.goals if file.terms else (), start=1)
    ]


def _goal_shown(
    number: int,
    goal: Goal,
    marks: Mapping[str, Mark],
    outcome: Mark | None,
    outcome_labels: Mapping[str, str],
) -> GoalShown:
    shown = []
    for result in goal.results:
        mark = marks.get(result.key)
        status = mark.status if mark else "to_start"
        label = _(MARK_LABELS[status])
        when = (
            f"{label} {dmy(mark.on)}" if mark and mark.on
            else _("entro il %(day)s") % {"day": dmy(result.due_on)}
        )  # fmt: skip
        shown.append(
            ResultShown(
                result.key, result.text, _MARK_CLASS.get(status, ""), label, when, status,
                mark.note if mark else "",
            )
        )  # fmt: skip
    return GoalShown(
        number,
        goal.title,
        shown,
        _(outcome_labels.get(outcome.status, "")) if outcome else "",
        outcome.note if outcome else "",
    )


@dataclass(frozen=True, slots=True)
class HoursShown:
    """Hours told and not yet confirmed, with the commitment they belong to."""

    entry: HoursEntry
    title: str


def hours_waiting(file: PactFile) -> list[HoursShown]:
    """Return the hours that wait for the host's word, oldest first."""
    titles = {
        each.key: f"{each.person_name}: {each.title}, {each.host}"
        for version in file.versions
        for each in version.terms.commitments
    }
    return [
        HoursShown(entry, titles.get(entry.commitment_key, ""))
        for entry in reversed(file.hours_told)
        if entry.confirmed_at is None
    ]


# ---- differences and alerts


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    tone: str
    icon: str = ""


_STAGE_CHIPS: Final = {
    Stage.AGREED: (gettext_noop("aspetta l’autorizzazione"), "note"),
    Stage.AUTHORISED: (gettext_noop("in attesa di firma"), "note"),
    Stage.FINAL_REVIEW: (gettext_noop("da chiudere"), "note"),
}


def alert_chips(pact: Listed) -> Iterator[Chip]:
    """Yield what a row of the list should not let pass."""
    now = pact.stage_now
    if now in OVER:
        return
    if now in _STAGE_CHIPS:
        text, tone = _STAGE_CHIPS[now]
        yield Chip(_(text), tone, "it-clock")
    if now == Stage.ACTIVE and pact.words_open:
        yield Chip(_("modifica aperta"), "blue", "it-pencil")
    if now != Stage.ACTIVE or pact.next_meeting_by is None or pact.meeting_planned:
        return
    if pact.next_meeting_by < clock.today():
        yield Chip(_("incontro da fissare"), "no", "it-calendar")
    elif pact.next_meeting_by <= clock.today() + _SOON:
        yield Chip(
            _("incontro entro il %(day)s") % {"day": dmy(pact.next_meeting_by)}, "note",
            "it-calendar",
        )  # fmt: skip


def short_amount(cents: int) -> str:
    """Return an amount without its cents where they are zero, for the legend of the wheel."""
    return amount(cents).removesuffix(",00")


def crumbs(*links: tuple[str, str]) -> list[dict[str, str]]:
    """Return the links of a breadcrumb as its template reads them."""
    return [{"url": url, "label": label} for url, label in links]


def pact_url(pact_id: UUID) -> str:
    return link("pacts:pact", pact_id)
