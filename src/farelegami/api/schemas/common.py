"""Parts that many rows share: words without what no text holds, whole numbers, days, pages."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import StringConstraints as Chars

RowT = TypeVar("RowT")
MOST_ROWS: Final = 100
MOST_CENTS: Final = 1_000_000_000
MOST_MINUTES: Final = 1_000_000
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_YEARS: Final = (1900, 2199)
# Neither a NUL, which PostgreSQL does not keep, nor other signs that no keyboard has.
_NO_CONTROLS: Final = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f]*$"


def _as_text(value: Any) -> Any:
    if isinstance(value, date) or not isinstance(value, str):
        return value
    return date.fromisoformat(value) if len(value) == len("2026-01-01") else "?"


def _livable(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        message = "a day between 1900 and 2199"
        raise ValueError(message)
    return day


def _livable_moment(moment: Any) -> Any:
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        message = "a moment between 1900 and 2199"
        raise ValueError(message)
    return moment


def _in_utc(moment: datetime) -> datetime:
    # One moment is written one way, or its object would seem to have changed.
    return moment.astimezone(UTC)


def _mail(text: str) -> str:
    if text:
        try:
            validate_email(text)
        except ValidationError as error:
            message = "an e-mail address"
            raise ValueError(message) from error
    return text


def words(most: int, *, least: int = 0) -> Chars:
    """Return what a text of at most `most` signs must be; it is trimmed."""
    return Chars(strip_whitespace=True, min_length=least, max_length=most, pattern=_NO_CONTROLS)


Mail = Annotated[str, Chars(strip_whitespace=True, max_length=254), AfterValidator(_mail)]
Day = Annotated[date, BeforeValidator(_as_text), AfterValidator(_livable)]
Moment = Annotated[AwareDatetime, AfterValidator(_livable_moment)]
At = Annotated[datetime, AfterValidator(_in_utc)]
Cents = Annotated[int, Field(strict=True, ge=0, le=MOST_CENTS)]
SomeCents = Annotated[int, Field(strict=True, ge=1, le=MOST_CENTS)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=MOST_MINUTES)]
SomeMinutes = Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES)]
MinutesInADay = Annotated[int, Field(strict=True, ge=1, le=24 * 60)]
Flag = Annotated[bool, Field(strict=True)]
Key = Annotated[str, Chars(max_length=32, pattern=r"^[0-9a-f]*$")]


class Body(BaseModel):
    """What is sent: a name we do not know is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid")


class PageOf(BaseModel, Generic[RowT]):
    """Some rows, and the cursor of those after; empty at the end."""

    rows: list[RowT]
    next: str


class Fault(BaseModel):
    at: list[str]
    says: str
    code: str


class Problem(BaseModel):
    """Why not (RFC 9457): `code` is for programs, `detail` for people, `facts` for both."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    facts: dict[str, Any] = {}
    errors: list[Fault] = []


class Named(BaseModel):
    id: UUID
    name: str


class Paging(BaseModel):
    cursor: Annotated[str, Field(max_length=1000)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 25


District = Annotated[int, Field(ge=1, le=99_999)]
Asked = Annotated[str, Chars(strip_whitespace=True, max_length=80, pattern=_NO_CONTROLS)]
