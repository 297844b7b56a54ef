"""When a source is re-indexed by itself: cron's five fields, in the company's time zone. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from croniter import CroniterBadCronError, CroniterBadDateError, croniter

FIELDS = 5
_DRAWN = re.compile(r"(?<![a-z])[hr](?![a-z])", re.IGNORECASE)
"""croniter draws a time for H and R: each process would have its own."""


def is_schedule(text: str) -> bool:
    """Whether it is five fields (minute, hour, day, month, weekday) that some time matches."""
    try:
        if len(text.split()) != FIELDS or _DRAWN.search(text):
            return False
        return next_time(text, datetime(2000, 1, 1, tzinfo=UTC)) is not None
    except CroniterBadCronError:
        return False


def last_time(schedule: str, now: datetime) -> datetime:
    """The newest time at or before `now` that it names, in the time zone of `now`."""
    if croniter.match(schedule, now):
        return now.replace(second=0, microsecond=0)
    found: datetime = croniter(schedule, now, ret_type=datetime).get_prev()
    return found


def next_time(schedule: str, now: datetime, zone: tzinfo | None = None) -> datetime | None:
    """The first time after `now` that it names, in `zone` or that of `now`; None: there is none."""
    begins = now.astimezone(zone) if zone else now
    try:
        found: datetime = croniter(schedule, begins, ret_type=datetime).get_next()
    except CroniterBadDateError:
        return None
    return found
