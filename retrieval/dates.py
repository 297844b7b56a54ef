"""Calendar dates as Korean and English business texts write them. Pure.

Only what can be read in one way: 01/02/2026 is a day in January for some and in February for others, so it is none.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_NAME = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    rf"(?<![0-9.,/-])(?:(?P<y>{_YEAR}|['’‘][0-9]{{2}})"
    rf"(?:-(?P<m1>{_MONTH})-(?P<d1>{_DAY})"
    rf"|/(?P<m2>{_MONTH})/(?P<d2>{_DAY})"
    rf"|\s?\.\s?(?P<m3>{_MONTH})\s?\.\s?(?P<d3>{_DAY})(?:\s?\.(?![0-9]))?"
    rf"|\s?년\s?(?P<m4>{_MONTH})\s?월(?:\s?(?P<d4>{_DAY})\s?일)?)"
    rf"|(?P<compact>{_YEAR}(?:1[0-2]|0[1-9])(?:3[01]|[12][0-9]|0[1-9]))(?![0-9])"
    rf"|(?P<d5>{_DAY})(?:st|nd|rd|th)?(?: of)?[ -](?P<n5>{_NAME}),?[ -](?P<y5>{_YEAR})(?![0-9])"
    rf"|(?P<n6>{_NAME}) (?:(?P<d6>[0-9]{{1,2}})(?:st|nd|rd|th)?,? )?(?P<y6>{_YEAR})(?![0-9]))"
    r"(?:\s?\([월화수목금토일]\))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text, at [start, end). first, last: the same day, or the first and last of a month without day."""

    start: int
    end: int
    first: date
    last: date


def find_dates(text: str) -> Iterator[Dated]:
    """The dates of a text, in order; what is no day of the calendar (2026-02-30) is left out."""
    for match in _DATE.finditer(text):
        found = _days(match)
        if found is not None:
            yield Dated(match.start(), match.end(), *found)


def _days(match: re.Match[str]) -> tuple[date, date] | None:
    if compact := match["compact"]:
        year, month, day = int(compact[:4]), int(compact[4:6]), int(compact[6:])
    elif name := match["n5"] or match["n6"]:
        year = int(match["y5"] or match["y6"])
        month = _MONTHS.index(name[:3].lower()) + 1
        day = int(match["d5"] or match["d6"] or 0)
    else:
        year = int(match["y"]) if match["y"].isdigit() else 2000 + int(match["y"][1:])
        month = int(match["m1"] or match["m2"] or match["m3"] or match["m4"])
        day = int(match["d1"] or match["d2"] or match["d3"] or match["d4"] or 0)
    longest = monthrange(year, month)[1]
    if day > longest:
        return None
    return date(year, month, day or 1), date(year, month, day or longest)
