"""The figures of `naru stats` for the Home tab of an admin: the last thirty days in lines with bars."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta

from admin.reports.asked import Stats
from admin.reports.period import Period
from admin.reports.satisfaction import Rated

DAYS = 30
KEPT_S = 600.0
"""How long they stay as they were: a tab is opened more often than they change."""
_MOST = 5
_WIDE = 10
Ask = Callable[[], Awaitable[Stats]]


def last_days(today: date) -> Period:
    return Period(today - timedelta(days=DAYS - 1), today)


class Pictured:
    """ask: for the figures, which takes a while where much was asked."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._kept: tuple[float, str] | None = None

    async def __call__(self) -> str:
        """Raises DatabaseFault."""
        if self._kept is None or self._clock() - self._kept[0] >= KEPT_S:
            self._kept = self._clock(), "\n".join(lines(await self._ask()))
        return self._kept[1]


def lines(found: Stats) -> Iterator[str]:
    """In Korean and English. Words that people used are of five of them at least, see satisfaction.py."""
    yield f"**{found.period}**"
    if not found.ways:
        yield "물은 것이 없습니다 · nothing was asked"
        return
    for one in (*found.rated["all"], *found.rated["source"][:_MOST]):
        yield _rated(one)
    for way in found.ways:
        yield f"`{bar(way.share, _WIDE)}` {way.share:.0%} **{way.route}** · 질문 {way.questions:,} questions"
    for cluster in found.clusters[:_MOST]:
        words = " ".join(cluster.words)
        yield f"답이 없던 물음 · asked in vain: {words} ({cluster.people}명 people)"


def _rated(one: Rated) -> str:
    share, between = one.satisfaction, one.interval
    if share is None or between is None:
        said = "의견이 아직 적음 · too few votes"
    else:
        said = f"`{bar(share, _WIDE)}` 👍 {share:.0%} ({between[0]:.0%} – {between[1]:.0%})"
    response = "" if one.response is None else f" · 의견 {one.response:.0%} with a vote"
    return f"**{one.what}** {said} · 답 {one.answers:,} answers{response}"


def bar(share: float, width: int) -> str:
    full = round(share * width)
    return "█" * full + "░" * (width - full)
