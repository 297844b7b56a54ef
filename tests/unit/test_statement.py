"""The statement of what left: sums that are exact, days as the company counts them, periods as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.reports.egress import Egress
from admin.reports.egress_shown import COLUMNS, rows, sheets
from admin.reports.period import Period, PeriodFault
from admin.reports.statement import Recipient, Sent, Sums, statement
from admin.reports.words import WORDS

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 10, 5, 3, tzinfo=UTC)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


def sent(at: datetime = NOON, **more: object) -> Sent:
    values: dict[str, object] = {
        "at": at,
        "decision": "d1",
        "question": "q1",
        "host": "api.vendor.example",
        "vendor": "Vendor",
        "country": "US",
        "model": "far",
        "characters": 100,
        "prompt_tokens": 50,
        "completion_tokens": 5,
        "sources": ("handbook",),
        "masked": {},
    }
    return Sent(**{**values, **more})  # type: ignore[arg-type]


def printed(*requests: Sent, stayed: int = 0) -> Egress:
    return Egress(OCTOBER, NOON, statement(requests, SEOUL), stayed, None, None)


names = st.sampled_from(["a", "b", "c"])
requests = st.lists(
    st.builds(
        sent,
        at=st.integers(0, 60 * 24 * 40).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        vendor=names,
        model=names,
        characters=st.integers(0, 10_000),
        prompt_tokens=st.none() | st.integers(0, 5_000),
        completion_tokens=st.none() | st.integers(0, 500),
        sources=st.lists(names, max_size=3).map(tuple),
        masked=st.dictionaries(st.sampled_from(["phone", "email"]), st.integers(1, 5)),
        question=names,
    ),
    max_size=30,
)


@given(requests)
def test_no_request_is_lost_or_counted_twice_in_the_lines(every: list[Sent]) -> None:
    found = statement(every, SEOUL)
    assert found.total == Sums.of(every)
    for what in ("requests", "characters", "prompt_tokens", "completion_tokens", "uncounted"):
        total = getattr(found.total, what)
        assert sum(getattr(line.sums, what) for line in found.lines) == total
        assert sum(getattr(sums, what) for sums in found.recipients.values()) == total
    for kind, count in found.total.masked.items():
        assert sum(line.sums.masked.get(kind, 0) for line in found.lines) == count


@given(requests)
def test_what_it_has_come_to_is_the_sum_of_all_lines_so_far(every: list[Sent]) -> None:
    found = statement(every, SEOUL)
    come_to = 0
    for line in found.lines:
        come_to += line.sums.characters
        assert line.characters_so_far == come_to
    assert [line.day for line in found.lines] == sorted(line.day for line in found.lines)
    assert come_to == found.total.characters


def test_a_day_is_the_companys_and_not_greenwichs() -> None:
    late = datetime(2026, 10, 5, 23, 30, tzinfo=UTC)
    assert [line.day for line in statement([sent(late)], SEOUL).lines] == [date(2026, 10, 6)]


def test_a_request_that_rests_on_two_sources_is_one_line_and_counts_with_each_of_them() -> None:
    found = statement([sent(sources=("wiki", "handbook")), sent(sources=("handbook",))], SEOUL)
    assert [(line.sources, line.sums.characters) for line in found.lines] == [
        (("handbook",), 100),
        (("handbook", "wiki"), 100),
    ]
    assert {name: sums.characters for name, sums in found.sources.items()} == {"handbook": 200, "wiki": 100}


def test_the_first_and_the_last_decision_are_those_of_the_times_and_a_question_counts_once() -> None:
    later = NOON + timedelta(days=2)
    found = statement([sent(later, decision="d9"), sent(decision="d1"), sent(later, decision="d8")], SEOUL)
    assert (found.first, found.last, found.questions) == ("d1", "d8", 1)


def test_recipients_are_told_apart_by_country_and_model() -> None:
    found = statement([sent(), sent(country="KR"), sent(model="farther")], SEOUL)
    assert Recipient("Vendor", "KR", "api.vendor.example", "far") in found.recipients
    assert len(found.lines) == 3


def test_tokens_that_nobody_counted_are_said_and_not_taken_for_none() -> None:
    shown = printed(sent(prompt_tokens=None, completion_tokens=None), sent())
    (_, lines, *_, foot) = sheets(shown, "en", SEOUL)
    assert any("50+5 (?)" in row for row in lines.rows)
    assert ("requests of whose tokens the vendor said nothing", "1") in foot.rows


@pytest.mark.parametrize("tongue", ["ko", "en"])
def test_what_nobody_declared_is_said_to_be_not_declared(tongue: str) -> None:
    said = WORDS[tongue]["not_declared"]  # type: ignore[index]
    cells = [
        cell
        for sheet in sheets(printed(sent(vendor="", country="")), tongue, SEOUL)  # type: ignore[arg-type]
        for row in sheet.rows
        for cell in row
    ]
    assert cells.count(said) >= 3, "vendor, country, and the contract"


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["ko"].keys() == WORDS["en"].keys()


def test_a_cell_is_never_a_formula_of_a_spreadsheet() -> None:
    (row,) = rows(printed(sent(vendor='=HYPERLINK("x")', sources=("a", "b"), masked={"phone": 2})))
    told = dict(zip(COLUMNS, row, strict=True))
    assert told["vendor"] == '\'=HYPERLINK("x")'
    assert (told["sources"], told["masked"]) == ("a; b", "phone 2")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-10-05", date(2026, 10, 5), date(2026, 10, 5)),
        (" 2026-10-30..2026-11-02 ", date(2026, 10, 30), date(2026, 11, 2)),
        (None, date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_a_period_is_a_month_a_day_or_from_one_to_another(text: str | None, first: date, last: date) -> None:
    assert Period.of(text, date(2026, 11, 23)) == Period(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-13", "2026-02-30", "2026-10-31..2026-10-01", "10/2026", "9999-12", "0000-01",
        "2026-10-01..", "2026-10..2026-11", "２０２６-10",
    ],
)  # fmt: skip
def test_what_names_no_days_says_how_to_write_them(text: str) -> None:
    with pytest.raises(PeriodFault, match=r"write 2026-10, 2026-10-05 or"):
        Period.of(text, date(2026, 11, 23))


def test_a_period_ends_before_the_first_moment_after_it() -> None:
    first, end = OCTOBER.bounds(SEOUL)
    assert (first, end) == (datetime(2026, 9, 30, 15, tzinfo=UTC), datetime(2026, 10, 31, 15, tzinfo=UTC))
