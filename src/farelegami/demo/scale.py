"""The demonstration province many times over: people by the hundred thousand, to measure with.

Each copy has ids, names, codes and a district of its own. What the partners share (programmes,
organisations that are partners, the content of papers) stays one; agreed texts stay word for word
as they were signed. docs/performance.md says what is measured on it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet, Sum

from farelegami.audit.rules import CHAIN_STARTS_WITH, link_hash
from farelegami.demo.bulk import Table, read, statement, unhindered, write
from farelegami.demo.forms import Form, gap, line
from farelegami.demo.names import Names
from farelegami.documents.services import share_content
from farelegami.kernel import clock
from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.people.rules.duplicates import sound_key
from farelegami.people.rules.persons import phone_key
from farelegami.search.rules import folded, sort_key

PEOPLE_A_DISTRICT: Final = 10_000
PEOPLE_A_PACT: Final = 5
Tell = Callable[[str, int, int], None]

# A copy has all of these; one of people alone has the last of them.
_WHOLE: Final = (
    "network.Organisation", "access.Account", "access.RoleGrant", "documents.Document",
    "ledger.Account", "ledger.Transfer", "cases.Referral", "cases.ContactAttempt", "cases.Case",
    "cases.ManagerPeriod", "cases.Finding", "cases.Assessment", "cases.DiaryEntry",
    "cases.TeamMember", "pacts.Pact", "pacts.PactMember", "pacts.PactVersion", "pacts.Signature",
    "pacts.CapAct", "pacts.ResultProgress", "pacts.GoalOutcome", "pacts.SpendRequest",
    "pacts.HoursEntry", "pacts.Meeting", "pacts.Suspension", "pacts.FollowUp",
    "pacts.BusinessPlan", "pacts.FamilyMessage", "people.NoticeGiven", "people.Consent",
    "people.EcomapSnapshot", "people.Tie", "people.PersonSkill",
)  # fmt: skip
_PEOPLE: Final = (
    "people.Household", "people.Person", "people.HouseholdMember", "people.PersonLanguage",
)  # fmt: skip
COPIED: Final = (*_PEOPLE, *_WHOLE)
# Reference data and rows of the programmes are shared; of the rest a copy can do without.
ALONE: Final = frozenset({
    "access.Invitation", "api.Hook", "api.Idempotent", "api.Token", "cases.DiaryOpening",
    "cases.Handover", "documents.IssuedPaper", "network.Contact", "network.DataRole",
    "network.OrganisationLink", "outbox.Event", "people.MergeRecord", "portal.EntryCard",
    "privacy.Anomaly", "privacy.DataRequest", "privacy.Erasure", "privacy.RetentionItem",
    "privacy.RetentionList", "programmes.Action", "programmes.BudgetLine",
    "programmes.CoDesignStep", "programmes.FundingSource", "programmes.GoalTemplate",
    "programmes.PactType", "programmes.Partner", "programmes.PartnerShare",
    "programmes.Programme", "programmes.ProgrammeDistrict", "programmes.SupportCategory",
    "programmes.Target", "territory.Place", "territory.Quarter", "audit.Entry", "volunteering.Cover",
    "volunteering.PaidLink", "volunteering.Policy", "volunteering.PucExport",
    "volunteering.PucPosition", "volunteering.Refund", "volunteering.RefundDay",
    "volunteering.RefundRule", "volunteering.Register", "volunteering.RegisterEntry", "volunteering.ServiceDay",
    "volunteering.Volunteer",
    "giveback.HeldRequirement", "giveback.Offer",
    "giveback.OfferSlot", "giveback.Opportunity", "giveback.OpportunitySlot",
    "giveback.OpportunityNeed", "giveback.HostLink", "giveback.Match", "giveback.Session",
    "matching.DistrictWeights", "matching.Exclusion", "matching.Pin", "matching.Plan",
    "matching.PlanItem",
})  # fmt: skip
_WORKERS_A_COPY: Final = 5
_TOWNS_A_DISTRICT: Final = 20
_HERE: Final = "*here*"
_DISTRICT: Final = "Ambito dimostrativo di"


class AlreadyMultiplied(Refusal):
    """The province was copied before."""

    code = "already_multiplied"
    text = gettext_noop("La provincia è già stata moltiplicata: si riparte con --rebuild.")


_ENTRIES_KEPT: Final = 6
_WHOLE_ID: Final = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A district of the copies, and how the codes of its pacts begin."""

    id: int
    letters: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What the search knows of a copied object: its words still have gaps."""

    kind: str
    object_id: Form
    title: Form
    subtitle: str
    town: str = ""


@dataclass(slots=True)
class _Template:
    """One province as forms, and what fills them."""

    ids: frozenset[str]
    prefixes: Sequence[int]
    districts: Mapping[str, int]
    merged_workers: Mapping[str, str]
    people: Sequence[Mapping[str, str]] = ()
    whole: list[tuple[Table, Form]] = field(default_factory=list)
    alone: list[tuple[Table, Form]] = field(default_factory=list)
    entries: Form = field(default_factory=lambda: Form([]))
    contents: Form = field(default_factory=lambda: Form([]))
    entry_ids: Form = field(default_factory=lambda: Form([]))
    found: list[_Found] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)

    @property
    def span(self) -> int:
        """How far apart copies must be so that no two ids meet."""
        return self.prefixes[-1] - self.prefixes[0] + 1


def multiply(people: int, progress: Tell | None = None) -> None:
    """Copy the province that is there until about `people` people are.

    Runs in one transaction. A million people take some minutes on PostgreSQL.

    Raises:
        AlreadyMultiplied: copies are there: they would be copied with the rest.
    """
    if _rows("territory.District").filter(name__startswith=_DISTRICT).exists():
        raise AlreadyMultiplied
    tell = progress or (lambda _what, _done, _total: None)
    here = _rows("people.Person").count()
    pacts = _rows("pacts.Pact").count()
    passes = max(1, round(people / here) - 1)
    whole = max(1, min(passes, round(people / PEOPLE_A_PACT / pacts) - 1))
    with transaction.atomic():
        places = _found_districts(max(1, people // PEOPLE_A_DISTRICT))
        template = _template()
        tables = [_table(label).name for label in COPIED]
        with unhindered([*tables, "audit_entry", "audit_link", "search_entry"]):
            _copy_all(template, places, passes, whole, tell)
            tell("Indici e vincoli", 0, 1)
        tell("Indici e vincoli", 1, 1)
    statement("ANALYZE")


def _copy_all(
    template: _Template, places: Sequence[_Place], passes: int, whole: int, tell: Tell
) -> None:
    random = Random(passes)
    pools = _pools(random)
    chain = _Chain()
    # Spread evenly: whole copies among those of people alone, each district with its share.
    wholes = {round(number * passes / whole) for number in range(1, whole + 1)}
    for number in range(passes, 0, -1):
        # The oldest first: ids of a later copy are later.
        values = _values(template, pools, random, number, places)
        is_whole = number in wholes
        for table, form in template.whole + template.alone if is_whole else template.alone:
            write(table, form.filled(values))
        if is_whole:
            _write_entries(template, values, chain)
            _link_papers(template, values["copy"])
        _write_found(template, values, is_whole=is_whole)
        tell("Copie della provincia", passes - number + 1, passes)
    chain.close()
    _add_up()
    _number_pacts(places, highest=(passes // len(places) + 2) * 10_000)


def _rows(label: str) -> QuerySet[Any]:
    return QuerySet(apps.get_model(label))


def _new(label: str, **values: object) -> Any:
    return apps.get_model(label)(**values)


def _table(label: str) -> Table:
    """Return a table, its primary key first."""
    meta = apps.get_model(label)._meta
    fields = sorted(meta.concrete_fields, key=lambda field: not field.primary_key)
    return Table(meta.db_table, tuple(f.column for f in fields if not f.generated and f.column))


def _found_districts(how_many: int) -> list[_Place]:
    """Found one district in each of as many provinces, for every programme that is there."""
    provinces = list(_rows("territory.Province").order_by("code")[:how_many])
    places = []
    for number in range(how_many):
        province = provinces[number % len(provinces)]
        within = 50 + number // len(provinces)
        place = _Place(int(province.code) * 100 + within, f"{province.sigla}{within}")
        _rows("territory.District").create(
            pk=place.id,
            name=f"{_DISTRICT} {province.name}",
            short_name=f"Ambito di {province.name}",
            lead_body=f"Ente capofila dimostrativo di {province.name}",
            province=province,
        )
        towns = _rows("territory.Municipality").filter(
            province=province, district=None, closed_on=None
        )
        first = towns.order_by("pk").values_list("pk", flat=True)[:_TOWNS_A_DISTRICT]
        _rows("territory.Municipality").filter(pk__in=list(first)).update(district_id=place.id)
        places.append(place)
    for programme in _rows("programmes.Programme"):
        _rows("programmes.ProgrammeDistrict").bulk_create(
            [
                _new("programmes.ProgrammeDistrict", programme=programme, district_id=place.id)
                for place in places
            ]
        )
    return places


# The province that is there, as forms


def _template() -> _Template:
    rows = {label: read(_table(label), *_which(label)) for label in COPIED}
    workers = _workers()
    merged = {gone: workers[index % _WORKERS_A_COPY] for index, gone in enumerate(workers)}
    gone = {worker for worker in workers if merged[worker] != worker}
    rows["access.Account"] = [row for row in rows["access.Account"] if _bare(row[0]) not in gone]
    at = _table("access.RoleGrant").columns.index("account_id")
    rows["access.RoleGrant"] = [
        row for row in rows["access.RoleGrant"] if _bare(row[at]) not in gone
    ]
    owners = frozenset(_bare(row[0]) for label in COPIED for row in rows[label])
    at = _table("ledger.Account").columns.index("owner_id")
    rows["ledger.Account"] = [row for row in rows["ledger.Account"] if _bare(row[at]) in owners]
    accounts = {_bare(row[0]) for row in rows["ledger.Account"]}
    columns = _table("ledger.Transfer").columns
    sides = columns.index("debit_id"), columns.index("credit_id")
    # Between accounts that are not copied, such as those of offers without a pact, nothing moved.
    rows["ledger.Transfer"] = [
        row
        for row in rows["ledger.Transfer"]
        if accounts.intersection(_bare(row[side]) for side in sides)
    ]
    entries = frozenset(
        each.hex
        for each in _rows("audit.Entry")
        .order_by("id")
        .values_list("id", flat=True)[::_ENTRIES_KEPT]
    )
    ids = entries.union(_bare(row[0]) for label in COPIED for row in rows[label])
    template = _Template(
        ids=ids,
        prefixes=sorted({int(each[:8], 16) for each in ids}),
        districts={str(pk): index for index, pk in enumerate(_home_districts())},
        merged_workers=merged,
    )
    marks = _Marks(template, rows)
    template.people = marks.people
    for label in COPIED:
        form = Form(line(marks.cells(label, row)) for row in rows[label])
        if form:
            (template.alone if label in _PEOPLE else template.whole).append((_table(label), form))
    _entry_forms(template, marks, entries)
    _search_forms(template, marks)
    at = _table("documents.Document").columns.index("path")
    template.papers = [row[at] or "" for row in rows["documents.Document"]]
    return template


def _which(label: str) -> tuple[str, Sequence[Any]]:
    """Return which rows are copied: of accounts and bodies those of one district alone."""
    of_one_place = (
        "SELECT account_id FROM access_rolegrant GROUP BY account_id"
        " HAVING count(*) = 1 AND min(district_id) IS NOT NULL"
    )
    match label:
        case "access.Account":
            return f"id IN ({of_one_place})", ()
        case "access.RoleGrant":
            return f"account_id IN ({of_one_place})", ()
        case "network.Organisation":
            return (
                "district_id IS NOT NULL AND id NOT IN"
                " (SELECT organisation_id FROM programmes_partner)"
            ), ()
        case _:
            return "", ()


def _workers() -> list[str]:
    grants = _rows("access.RoleGrant").filter(role="social_worker")
    return [each.hex for each in grants.order_by("id").values_list("account_id", flat=True)]


def _home_districts() -> list[int]:
    return list(
        _rows("pacts.Pact").order_by("district_id").values_list("district_id", flat=True)
        .distinct()
    )  # fmt: skip


def _bare(cell: str | None) -> str:
    return (cell or "").replace("-", "")


class _Marks:
    """Puts gaps where copies differ: ids, districts, names, and what is unique."""

    def __init__(
        self, template: _Template, rows: Mapping[str, Sequence[Sequence[str | None]]]
    ) -> None:
        self._template = template
        self._columns = {label: _table(label).columns for label in COPIED}
        self.people: list[dict[str, str]] = []
        self._number: dict[str, int] = {}
        for row in rows["people.Person"]:
            cells = dict(zip(self._columns["people.Person"], row, strict=True))
            self._number[_bare(cells["id"])] = len(self.people)
            self.people.append({name: value or "" for name, value in cells.items()})
        self._families = self._family_of(rows)

    def _family_of(self, rows: Mapping[str, Sequence[Sequence[str | None]]]) -> Mapping[str, int]:
        """Return for each household the number of its first person; its others take that name."""
        found: dict[str, int] = {}
        columns = self._columns["people.HouseholdMember"]
        for row in rows["people.HouseholdMember"]:
            cells = dict(zip(columns, row, strict=True))
            number = self._number[_bare(cells["person_id"])]
            first = found.setdefault(_bare(cells["household_id"]), number)
            same = self.people[first]["family_name"] == self.people[number]["family_name"]
            self.people[number]["named_as"] = str(first if same else number)
        return found

    def cells(self, label: str, row: Sequence[str | None]) -> list[str | None]:
        """Return a row with gaps."""
        cells = dict(zip(self._columns[label], row, strict=True))
        self._unique(label, cells)
        self._named(label, cells)
        for name, cell in cells.items():
            if cell is None or name in {"text", "terms_json", "text_hash"}:
                continue
            if name == "district_id":
                cells[name] = gap("district") if cell in self._template.districts else cell
            else:
                cells[name] = self.ids(cell)
        return list(cells.values())

    def ids(self, cell: str) -> str:
        """Return a text in which the ids of what is copied have gaps."""
        return _WHOLE_ID.sub(self._id, cell) if len(cell) >= 32 else cell

    def _id(self, found: re.Match[str]) -> str:
        bare = found[0].replace("-", "")
        other = self._template.merged_workers.get(bare, bare)
        if other not in self._template.ids:
            return found[0]
        whole = other
        if "-" in found[0]:
            whole = "-".join((whole[:8], whole[8:12], whole[12:16], whole[16:20], whole[20:]))
        return gap(f"i{int(other[:8], 16) - self._template.prefixes[0]}") + whole[8:]

    def _unique(self, label: str, cells: dict[str, str | None]) -> None:
        match label:
            case "access.Account":
                cells["username"] = f"{cells['username']}.{gap('copy')}"
                cells["tax_code"] = cells["tax_code_index"] = cells["person_id"] = None
            case "people.Person":
                cells["tax_code"] = cells["tax_code_index"] = None
            case "cases.Referral":
                cells["code"] = f"F{gap('copy')}-{(cells['code'] or '')[3:7]}"
            case "documents.Document":
                cells["path"] = f"{cells['path']}-{gap('copy')}"
            case "network.Organisation":
                cells["tax_code"] = ""
            case "pacts.Pact":
                cells["code"] = self.code(cells["code"] or "", cells["district_id"] or "")
            case "pacts.SpendRequest" if cells["document_number"]:
                cells["document_number"] = f"{cells['document_number']}-{gap('copy')}"
                # One paper lies under all copies: what is unique is that it is used once in each.
                cells["document_sha256"] = f"{gap('copy8')}{(cells['document_sha256'] or '')[8:]}"

    def code(self, code: str, district_id: str) -> str:
        """Return a pact's code with gaps: the district's own letters, a number of its own."""
        _letters, year, number = code.split("-")
        which = self._template.districts[district_id]
        return f"{gap('letters')}-{year}-{gap('thousand')}{which}{number[-3:]}"

    def _named(self, label: str, cells: dict[str, str | None]) -> None:
        number = self._number.get(_bare(cells.get("person_id")), -1)
        match label:
            case "people.Person":
                self._person(self._number[_bare(cells["id"])], cells)
            case "people.Household":
                first = self._families.get(_bare(cells["id"]))
                if first is not None:
                    family = self.people[first]["family_name"]
                    cells["name"] = (cells["name"] or "").replace(family, gap(f"f{first}"))
            case "cases.Referral" if number >= 0:
                self._own(number, cells)
                if cells["phone"]:
                    cells["phone"] = gap(f"p{number}")
            case "pacts.Signature" if number >= 0:
                cells["name"] = self.name_of(cells["person_id"] or "")

    def name_of(self, person_id: str) -> str:
        """Return a person's name as gaps."""
        number = self._number[_bare(person_id)]
        return f"{gap(f'g{number}')} {gap(f'f{self._named_as(number)}')}"

    def _named_as(self, number: int) -> str:
        return self.people[number].get("named_as", str(number))

    def _own(self, number: int, cells: dict[str, str | None]) -> None:
        cells["given_name"] = gap(f"g{number}")
        cells["family_name"] = gap(f"f{self._named_as(number)}")

    def _person(self, number: int, cells: dict[str, str | None]) -> None:
        self._own(number, cells)
        cells["sort_name"] = gap(f"s{number}")
        cells["sound_key"] = gap(f"k{number}")
        cells["email"] = ""
        if cells["phone"]:
            cells["phone"], cells["phone_key"] = gap(f"p{number}"), gap(f"q{number}")


def _entry_forms(template: _Template, marks: _Marks, wanted: frozenset[str]) -> None:
    """Make the forms of a part of the log: each entry, and the content its digest covers."""
    table = _table("audit.Entry")
    at_digest = table.columns.index("digest")
    lines: list[str] = []
    contents: list[str] = []
    ids: list[str] = []
    by_id = {entry.pk.hex: entry for entry in _rows("audit.Entry").filter(pk__in=list(wanted))}
    for row in read(table):
        if _bare(row[0]) not in wanted:
            continue
        cells = [marks.ids(cell) if cell else cell for cell in _with_district(row, table, template)]
        cells[at_digest] = gap(f"d{len(lines)}")
        lines.append(line(cells))
        ids.append(cells[0] or "")
        content = by_id[_bare(row[0])].content()
        if str(content["district"]) in template.districts:
            content["district"] = _HERE
        plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        contents.append(marks.ids(plain.replace(f'"{_HERE}"', gap("district"))))
    template.entries, template.contents = Form(lines), Form(contents)
    template.entry_ids = Form(ids)


def _search_forms(template: _Template, marks: _Marks) -> None:
    """Say under which words copied people, pacts and bodies are found."""
    table = Table("search_entry", ("object_id", "kind", "district_id", "title", "subtitle"))
    for object_id, kind, district_id, title, subtitle in read(table):
        if object_id is None or _bare(object_id) not in template.ids:
            continue
        words = title or ""
        town = ""
        if kind == "people.person":
            words = marks.name_of(object_id)
            town = (subtitle or "").rpartition(", ")[0]
        elif kind == "pacts.pact":
            code, _, rest = words.partition(" ")
            words = f"{marks.code(code, district_id or '')} {rest}"
        template.found.append(
            _Found(kind or "", Form([marks.ids(object_id)]), Form([words]), subtitle or "", town)
        )


def _with_district(
    row: Sequence[str | None], table: Table, template: _Template
) -> list[str | None]:
    at = table.columns.index("district_id")
    return [
        gap("district") if index == at and cell in template.districts else cell
        for index, cell in enumerate(row)
    ]


# One copy of it


def _pools(random: Random) -> Mapping[str, tuple[list[str], list[str], list[str]]]:
    """Return surnames, women's and men's names by the language of who bears them."""
    names = Names(random)
    origins = {"it": "italy", "ro": "romania", "ar": "morocco", "pa": "punjab_india"}
    origins["sq"] = "albania"
    return {
        language: (
            sorted({names.surname(origin) for _ in range(4_000)}),
            sorted({names.given(origin, "F") for _ in range(3_000)}),
            sorted({names.given(origin, "M") for _ in range(3_000)}),
        )
        for language, origin in origins.items()
    }


def _values(
    template: _Template,
    pools: Mapping[str, tuple[list[str], list[str], list[str]]],
    random: Random,
    number: int,
    places: Sequence[_Place],
) -> dict[str, str]:
    """Return what fills the gaps of copy `number`."""
    place = places[number % len(places)]
    values = {
        "copy": f"{number:04x}",
        "copy8": f"{number:08x}",
        "district": str(place.id),
        "letters": place.letters,
        "thousand": str(number // len(places) + 1),
    }
    low = template.prefixes[0]
    for prefix in template.prefixes:
        values[f"i{prefix - low}"] = f"{prefix - number * template.span:08x}"
    for index, person in enumerate(template.people):
        surnames, women, men = pools.get(person["preferred_language"], pools["it"])
        given = random.choice(women if person["sex"] == "F" else men)
        named_as = int(person.get("named_as", index))
        own = random.choice(surnames)
        values[f"f{index}"] = own
        family = values.get(f"f{named_as}", own)
        phone = f"000 {random.randrange(1000000, 9999999)}"
        values[f"g{index}"] = given
        values[f"s{index}"] = sort_key(family, given)
        values[f"k{index}"] = sound_key(given, family)
        values[f"p{index}"], values[f"q{index}"] = phone, phone_key(phone)
    return values


class _Chain:
    """The log's chain, made anew over copies and originals, the oldest first."""

    def __init__(self) -> None:
        self._originals = read(Table("audit_entry", ("id", "digest")))
        statement("DELETE FROM audit_link")
        self._table = Table("audit_link", ("number", "entry_id", "hash", "sealed_at"))
        self._number, self._hash = 0, CHAIN_STARTS_WITH
        self._now = clock.now().isoformat(sep=" ")

    def add(self, entries: Iterator[tuple[str, str]]) -> None:
        """Chain entries, each an id and a digest."""
        lines: list[str] = []
        for entry_id, digest in entries:
            self._number, self._hash = self._number + 1, link_hash(self._hash, digest)
            lines.append(f"{self._number}\t{entry_id}\t{self._hash}\t{self._now}")
        write(self._table, "\n".join(lines))

    def close(self) -> None:
        """Chain the originals, who are the youngest."""
        self.add((row[0] or "", row[1] or "") for row in self._originals)


def _write_entries(template: _Template, values: dict[str, str], chain: _Chain) -> None:
    digests = [
        hashlib.sha256(each.encode()).hexdigest()
        for each in template.contents.filled(values).split("\n")
    ]
    values.update((f"d{index}", digest) for index, digest in enumerate(digests))
    write(_table("audit.Entry"), template.entries.filled(values))
    ids = template.entry_ids.filled(values).split("\n")
    chain.add(zip(ids, digests, strict=True))


def _write_found(template: _Template, values: Mapping[str, str], *, is_whole: bool) -> None:
    table = Table(
        "search_entry", ("object_id", "kind", "district_id", "title", "subtitle", "folded")
    )
    lines: list[str] = []
    for each in template.found:
        if not is_whole and each.kind != "people.person":
            continue
        title = each.title.filled(values)
        words = folded(f"{title} {each.town}" if each.town else title)
        object_id = each.object_id.filled(values)
        cells = (object_id, each.kind, values["district"], title, each.subtitle, words)
        lines.append(line(cells))
    write(table, "\n".join(lines))


def _link_papers(template: _Template, copy: str) -> None:
    """Give each copied paper a name of its own for the one content on the disk."""
    for path in template.papers:
        share_content(path, f"{path}-{copy}")


# What is kept beside the rows


def _add_up() -> None:
    """Bring the accounts that all copies share to what their transfers add up to."""
    shared = _rows("ledger.Account").filter(kind="funds")
    for account in shared:
        given = (
            _rows("ledger.Transfer").filter(debit=account).aggregate(sum=Sum("amount"))["sum"] or 0
        )
        received = (
            _rows("ledger.Transfer").filter(credit=account).aggregate(sum=Sum("amount"))["sum"] or 0
        )
        _rows("ledger.Account").filter(pk=account.pk).update(balance=received - given)


def _number_pacts(places: Sequence[_Place], *, highest: int) -> None:
    """Let each district count on from above the numbers of its copies."""
    numbers = _rows("pacts.PactNumber")
    years = {number.year for number in numbers}
    numbers.bulk_create(
        [
            _new("pacts.PactNumber", district_id=place.id, year=year, last=highest)
            for place in places
            for year in sorted(years)
        ]
    )
