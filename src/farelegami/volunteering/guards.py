"""What the database itself refuses: an entry that changes or skips, a service without cover."""

from typing import Final

from farelegami.storage.guards import Guard, append_only
from farelegami.volunteering.rules.registers import CHAIN_STARTS_WITH

_ENTRY: Final = "volunteering_registerentry"
_SERVICE: Final = "volunteering_serviceday"
_COVER: Final = "volunteering_cover"

_UNBOUND: Final = "volunteering: an entry follows the last one of its register"
_FOLLOWS: Final = f"""(NEW.number = 1 AND NEW.previous = '{CHAIN_STARTS_WITH}') OR EXISTS (
    SELECT 1 FROM {_ENTRY} e WHERE e.register_id = NEW.register_id
        AND e.number = NEW.number - 1 AND e.hash = NEW.previous)"""  # noqa: S608

_UNCOVERED: Final = "volunteering: no service without a cover of that day, person and body"
_COVERED: Final = f"""SELECT 1 FROM {_COVER} c WHERE c.id = NEW.cover_id
    AND c.person_id = NEW.person_id AND c.organisation_id = NEW.organisation_id
    AND c.basis = NEW.basis AND NOT c.void AND NEW.day BETWEEN c.starts_on AND c.ends_on"""  # noqa: S608

_SERVED: Final = "volunteering: a cover holds the days served under it"
_SERVED_OUTSIDE: Final = f"""EXISTS (SELECT 1 FROM {_SERVICE} s WHERE s.cover_id = NEW.id
    AND s.taken_back_at IS NULL
    AND (NEW.void OR NOT s.day BETWEEN NEW.starts_on AND NEW.ends_on))"""  # noqa: S608

# A merge of two registrations moves the person; taking back adds a day and a reason.
_TOUCHED: Final = (
    "NEW.id <> OLD.id OR NEW.organisation_id <> OLD.organisation_id OR NEW.day <> OLD.day"
    " OR NEW.minutes <> OLD.minutes OR NEW.basis <> OLD.basis OR NEW.cover_id <> OLD.cover_id"
    " OR NEW.source_id <> OLD.source_id OR NEW.noted_at <> OLD.noted_at"
    " OR OLD.taken_back_at IS NOT NULL AND NEW.taken_back_at IS NULL"
)


def _refused_unless(condition: str, message: str, *, first: str = "") -> str:
    return (
        f"{first} IF NOT ({condition}) THEN RAISE EXCEPTION '{message}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
    )


def _aborted_unless(condition: str, message: str) -> str:
    return f"SELECT RAISE(ABORT, '{message}') WHERE NOT ({condition});"


def _held(
    name: str, table: str, event: str, condition: str, message: str, *, first: str = ""
) -> Guard:
    return Guard(
        name, table, event, message,
        sqlite_body=_aborted_unless(condition, message),
        postgres_body=_refused_unless(condition, message, first=first),
    )  # fmt: skip


GUARDS: Final = (
    *append_only(_ENTRY, "volunteering register"),
    _held("volunteering_entry_bound", _ENTRY, "INSERT", _FOLLOWS, _UNBOUND),
    # Locked against a policy or a stay that is being shortened in the same moment.
    _held(
        "volunteering_service_covered", _SERVICE, "INSERT", f"EXISTS ({_COVERED})", _UNCOVERED,
        first=f"PERFORM 1 FROM {_COVER} WHERE id = NEW.cover_id FOR SHARE;",
    ),
    Guard(
        "volunteering_service_kept", _SERVICE, "UPDATE",
        "volunteering: a service is taken back, never changed", when=_TOUCHED,
    ),
    Guard(
        "volunteering_service_no_delete", _SERVICE, "DELETE",
        "volunteering: a service is taken back, never deleted",
    ),
    Guard(
        "volunteering_cover_no_delete", _COVER, "DELETE",
        "volunteering: a cover that never ran is marked void, never deleted",
    ),
    _held(
        "volunteering_cover_served", _COVER, "UPDATE",
        f"NEW.organisation_id = OLD.organisation_id AND NOT {_SERVED_OUTSIDE}", _SERVED,
    ),
)  # fmt: skip
