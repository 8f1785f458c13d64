"""What can be read about referrals and cases, and by whom."""

from farelegami.cases.queries.assessments import assessed_at, resource_map
from farelegami.cases.queries.cases import (
    case_for,
    case_sight,
    caseload_page,
    cases_of_household,
    present_team,
    substitutes_of,
    visible_cases,
)
from farelegami.cases.queries.diaries import diary_for, may_read_diary
from farelegami.cases.queries.referrals import (
    referral_for,
    referrals_page,
    sent_referrals,
    visible_referrals,
)
from farelegami.cases.queries.terms import due_soon

__all__ = [
    "assessed_at",
    "case_for",
    "case_sight",
    "caseload_page",
    "cases_of_household",
    "diary_for",
    "due_soon",
    "may_read_diary",
    "present_team",
    "referral_for",
    "referrals_page",
    "resource_map",
    "sent_referrals",
    "substitutes_of",
    "visible_cases",
    "visible_referrals",
]
