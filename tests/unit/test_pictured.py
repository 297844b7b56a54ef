"""What an admin's Home tab shows of what people think and ask."""

from __future__ import annotations

from datetime import date

from admin.reports.asked import Stats
from admin.reports.period import Period
from admin.reports.pictured import KEPT_S, Pictured, lines
from admin.reports.satisfaction import Cluster, Rated, Way

PERIOD = Period(date(2026, 10, 25), date(2026, 11, 23))
FOUND = Stats(
    PERIOD,
    {"all": (Rated("all", 200, 20, 9, 15, 5),), "source": (Rated("handbook", 120, 2, 2, 2, 0),)},
    (Way("cloud", 150, 0.75), Way("quote", 50, 0.25)),
    unanswered=30,
    unread=4,
    clusters=(Cluster(8, 6, ("주차권",)),),
)


def test_shares_are_bars_and_what_few_people_think_is_not_said() -> None:
    assert list(lines(FOUND)) == [
        "**2026-10-25..2026-11-23**",
        "**all** `████████░░` 👍 75% (53% – 89%) · 답 200 answers · 의견 10% with a vote",
        "**handbook** 의견이 아직 적음 · too few votes · 답 120 answers · 의견 2% with a vote",
        "`████████░░` 75% **cloud** · 질문 150 questions",
        "`██░░░░░░░░` 25% **quote** · 질문 50 questions",
        "답이 없던 물음 · asked in vain: 주차권 (6명 people)",
    ]


def test_where_nothing_was_asked_that_is_said() -> None:
    nothing = Stats(PERIOD, {"all": (), "source": ()}, (), 0, 0, ())
    assert list(lines(nothing))[1] == "물은 것이 없습니다 · nothing was asked"


async def test_figures_are_asked_for_once_in_ten_minutes() -> None:
    times, asked = iter((0.0, KEPT_S - 1, KEPT_S, KEPT_S, KEPT_S + 1)), 0

    async def ask() -> Stats:
        nonlocal asked
        asked += 1
        return FOUND

    pictured = Pictured(ask, lambda: next(times))
    for _ in range(3):
        assert "주차권" in await pictured()
    assert asked == 2
