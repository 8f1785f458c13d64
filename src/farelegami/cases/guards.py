"""What the database itself refuses about cases."""

from typing import Final

from farelegami.storage.guards import Guard

# A merge of two registrations may still move the person: the answers stay as they were given.
_ANSWERS_TOUCHED: Final = (
    "OLD.confirmed_at IS NOT NULL AND NOT ("
    "COALESCE(CAST(NEW.confirmed_at AS text), '') = CAST(OLD.confirmed_at AS text)"
    " AND NEW.case_id = OLD.case_id AND NEW.instrument = OLD.instrument"
    " AND NEW.version = OLD.version AND NEW.moment = OLD.moment"
    " AND NEW.respondent = OLD.respondent AND NEW.taken_on = OLD.taken_on"
    " AND CAST(NEW.answers AS text) = CAST(OLD.answers AS text)"
    " AND COALESCE(NEW.score, -1) = COALESCE(OLD.score, -1))"
)

GUARDS: Final = (
    Guard(
        "cases_assessment_confirmed",
        "cases_assessment",
        "UPDATE",
        "cases: a confirmed assessment is never changed",
        when=_ANSWERS_TOUCHED,
    ),
    Guard(
        "cases_assessment_kept",
        "cases_assessment",
        "DELETE",
        "cases: a confirmed assessment is never deleted",
        when="OLD.confirmed_at IS NOT NULL",
    ),
    Guard(
        "cases_diaryentry_no_update",
        "cases_diaryentry",
        "UPDATE",
        "cases: a diary entry is corrected by another, never changed",
    ),
    Guard(
        "cases_diaryopening_no_update",
        "cases_diaryopening",
        "UPDATE",
        "cases: the opening of a diary is never changed",
    ),
)
