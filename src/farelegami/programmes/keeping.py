"""What programmes say: rules and sums, nobody's data."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Declaration, NothingPersonal

KEEPING: Final[dict[str, Declaration]] = {
    "programmes.Programme": NothingPersonal(
        why=_("Un programma: nome, durata, valore."),
        plain=(
            "id",
            "code",
            "name",
            "summary",
            "lead",
            "starts_on",
            "ends_on",
            "currency",
            "value_cents",
            "days_to_present_documents",
            "meeting_interval_days",
            "first_meeting_within_days",
            "first_meeting_target_days",
        ),
    ),
    "programmes.ProgrammeDistrict": NothingPersonal(
        why=_("In quali ambiti vale un programma."),
        plain=(
            "id",
            "programme",
            "district",
        ),
    ),
    "programmes.Action": NothingPersonal(
        why=_("Le azioni di un programma."),
        plain=(
            "id",
            "code",
            "position",
            "programme",
            "name",
            "summary",
        ),
    ),
    "programmes.FundingSource": NothingPersonal(
        why=_("Chi finanzia e quanto."),
        plain=(
            "id",
            "code",
            "position",
            "programme",
            "funder",
            "organisation",
            "amount_cents",
            "account_id",
        ),
    ),
    "programmes.BudgetLine": NothingPersonal(
        why=_("Le voci di spesa."),
        plain=(
            "id",
            "code",
            "position",
            "programme",
            "label",
            "depreciable",
        ),
    ),
    "programmes.Partner": NothingPersonal(
        why=_("Gli enti che fanno il programma."),
        plain=(
            "id",
            "programme",
            "organisation",
            "is_lead",
            "position",
        ),
    ),
    "programmes.PartnerShare": NothingPersonal(
        why=_("La parte di ogni ente."),
        plain=(
            "id",
            "partner",
            "line",
            "source",
            "amount_cents",
        ),
    ),
    "programmes.CoDesignStep": NothingPersonal(
        why=_("I passi della co-progettazione: atti fra enti."),
        plain=(
            "id",
            "programme",
            "kind",
            "happened_on",
            "title",
            "outcome",
            "document_id",
        ),
    ),
    "programmes.Target": NothingPersonal(
        why=_("Gli indicatori."),
        plain=(
            "id",
            "code",
            "position",
            "programme",
            "label",
            "value",
            "unit",
            "counting_rule",
            "source",
            "is_result",
        ),
    ),
    "programmes.PactType": NothingPersonal(
        why=_("I tipi di patto."),
        plain=(
            "id",
            "code",
            "position",
            "programme",
            "name",
            "audience",
            "cap_cents",
            "validity_months",
            "min_age",
            "max_age",
            "requires_unemployed",
            "allows_business_plan",
            "is_open",
        ),
    ),
    "programmes.SupportCategory": NothingPersonal(
        why=_("Le categorie dei sostegni."),
        plain=(
            "id",
            "code",
            "position",
            "programme",
            "label",
            "limit_cents",
            "needs_reason",
            "line",
            "is_open",
        ),
    ),
    "programmes.GoalTemplate": NothingPersonal(
        why=_("Gli obiettivi suggeriti."),
        plain=(
            "id",
            "code",
            "position",
            "pact_type",
            "area",
            "title",
            "results",
            "supports",
            "is_open",
        ),
    ),
}
