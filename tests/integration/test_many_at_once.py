"""Many questions at once at a model with few places: each is answered, the oldest first."""

from __future__ import annotations

from pathlib import Path

from benchmarks.slots import WatchedLine, asked_at_once, questions_of, watched
from bot.domain import Answer, Route
from tests.integration.company import company
from tests.integration.in_slack import ASKED, DOCUMENTS
from tests.standins.openai import Says


async def test_forty_at_four_places_are_answered_by_the_model_the_oldest_first(tmp_path: Path, fresh_url: str) -> None:
    slow = Says("연차는 15일입니다. [1]", delay_first_s=0.2)
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=(slow,)) as naru:
        line = WatchedLine(4)
        deps = watched(naru.app, line)
        answers = await asked_at_once(questions_of(naru.app, 40, ASKED, "U1"), deps)
        assert [one for one in answers if not isinstance(one, Answer) or one.route is not Route.CLOUD] == []
        assert line.most == 4
        assert line.out_of_order() == 0
        assert len(naru.cloud.requests) == 40
