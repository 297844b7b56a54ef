"""When a source is due, as cron says it, in the company's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.schedule import is_schedule, last_time, next_time

SEOUL = ZoneInfo("Asia/Seoul")
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(SEOUL))  # noqa: DTZ001
SCHEDULES = st.sampled_from(["0 3 * * *", "*/15 * * * *", "30 22 * * mon-fri", "0 0 1 * *", "* * * * *"])


def test_three_in_the_morning_is_meant_where_the_company_is() -> None:
    evening = datetime(2026, 11, 22, 17, 59, tzinfo=UTC)  # 02:59 of the next day in Seoul
    assert next_time("0 3 * * *", evening, SEOUL) == datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    assert last_time("0 3 * * *", evening.astimezone(SEOUL)) == datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


def test_the_minute_that_is_named_is_due_at_once() -> None:
    now = datetime(2026, 11, 22, 3, 0, 7, tzinfo=SEOUL)
    assert last_time("0 3 * * *", now) == now.replace(second=0)


@given(SCHEDULES, MOMENTS)
def test_no_time_lies_between_the_last_and_the_next(schedule: str, now: datetime) -> None:
    last, following = last_time(schedule, now), next_time(schedule, now)
    assert following is not None
    assert last <= now < following
    assert next_time(schedule, last) == following


@pytest.mark.parametrize("text", ["0 3 * * *", "*/5 8-18 * * mon-fri", "0 0 1 1,7 *", "15 4 * mar thu"])
def test_what_cron_understands_is_taken(text: str) -> None:
    assert is_schedule(text)


@pytest.mark.parametrize(
    "text",
    ["", "daily", "@daily", "0 3 * *", "0 3 * * * *", "61 * * * *", "0 3 30 2 *", "R * * * *", "H(0-29) * * * *"],
)
def test_what_names_no_time_or_another_in_each_process_is_not(text: str) -> None:
    assert not is_schedule(text)
