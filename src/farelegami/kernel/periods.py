"""Periods of days, both ends included; an open end is `None`."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    starts_on: date
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            message = f"a period cannot end ({self.ends_on}) before it starts ({self.starts_on})"
            raise ValueError(message)

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def overlaps(self, other: "Period") -> bool:
        """Return whether at least one day belongs to both."""
        return (other.ends_on is None or self.starts_on <= other.ends_on) and (
            self.ends_on is None or other.starts_on <= self.ends_on
        )

    def widened(self, days: int) -> "Period":
        """Return the period with its end moved later by `days`."""
        return Period(self.starts_on, self.ends_on and self.ends_on + timedelta(days=days))


def months_later(day: date, months: int) -> date:
    """Return the same day `months` later, or the last of that month if it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def full_years(born_on: date, day: date) -> int:
    """Return the age in full years on `day`."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
