"""Days that a report is about. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from retrieval.errors import Fault

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DAYS = re.compile(rf"({_DAY})(?:\.\.({_DAY}))?")


class PeriodFault(Fault):
    """What was written names no days."""


@dataclass(frozen=True, slots=True)
class Period:
    """first, last: both included."""

    first: date
    last: date

    @classmethod
    def of(cls, text: str | None, today: date) -> Period:
        """`2026-10`, `2026-10-05`, `2026-10-01..2026-10-31`; None: the month of today. Raises PeriodFault."""
        wanted = f"{today:%Y-%m}" if text is None else text.strip()
        try:
            if month := _MONTH.fullmatch(wanted):
                first = date(int(month[1]), int(month[2]), 1)
                return cls(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
            if days := _DAYS.fullmatch(wanted):
                period = cls(date.fromisoformat(days[1]), date.fromisoformat(days[2] or days[1]))
                if period.first <= period.last < date.max:
                    return period
        except (ValueError, OverflowError):
            pass  # a month 13, a 30th of February
        raise PeriodFault(f"'{wanted}' is no period: write 2026-10, 2026-10-05 or 2026-10-01..2026-10-31.")

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first moment of the first day until before the second."""
        begin = datetime.combine(self.first, time(), zone)
        return begin, datetime.combine(self.last + timedelta(days=1), time(), zone)

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"
