"""`naru stats`: what people think, which way questions took, and what nothing answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from admin.cli.stats import _data
from admin.reports.asked import stats
from admin.reports.period import Period
from bot.answer import answer
from bot.domain import Answer, Feedback, Question, Room, Verdict
from tests.builders import rrn
from tests.integration.company import Company, company

ROOM = Room("C1", "general", "public")
LEAVE = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일이고 3영업일 전에 올립니다.\n"}
PARKING = [
    "주차권은 어디서 받나요?",
    "주차권 어디서 받아요",
    "주차권을 받을 수 있나요?",
    "주차권 받는 곳",
    "방문객 주차권은 어디서 받나요?",
]


async def asks(naru: Company, asker: str, text: str) -> Answer:
    question = Question.asked(text, asker=asker, room=ROOM, thread=uuid4().hex, longest=8000)
    return await answer(question, naru.app.deps)


async def votes(naru: Company, one: Answer, asker: str, verdict: Verdict) -> None:
    assert await naru.app.records.give(Feedback(one.id, asker, verdict), naru.app.rules())


async def found(naru: Company) -> Mapping[str, Any]:
    app, now = naru.app, datetime.now(UTC).date()
    period = Period(now - timedelta(days=1), now + timedelta(days=1))
    return _data(await stats(app.database, app.seal, period, app.settings.timezone))


async def test_what_people_asked_in_vain_is_said_in_shared_words_and_nothing_sensitive_is(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, LEAVE) as naru:
        for n, text in enumerate(PARKING):
            await asks(naru, f"U{n}", text)
            await asks(naru, f"U{n}", "우울증 진단을 받았는데 상담실은 어디인가요?")
            await asks(naru, f"U{n}", f"사내 대출 담당자 번호가 {rrn()} 맞나요?")
            await asks(naru, f"U{n % 4}", "옥상 정원은 언제 여나요?")
        said = (await found(naru))["unanswered"]
        assert said == {
            "questions": 20,
            "not_read": 10,
            "clusters": [{"questions": 5, "people": 5, "words": ("주차권",)}],
        }


async def test_satisfaction_is_of_votes_and_says_how_many_answers_have_any(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, LEAVE) as naru:
        answers = [await asks(naru, "U1", "연차는 며칠인가요?") for _ in range(4)]
        for n, verdict in enumerate(("good", "good", "good", "bad", "bad")):
            await votes(naru, answers[0], f"U{n}", "bad")
            await votes(naru, answers[0], f"U{n}", "good" if verdict == "good" else "bad")
        data = await found(naru)
        (every,), (of_source,), (of_model,) = (data["satisfaction"][by] for by in ("all", "source", "model"))
        assert (every["answers"], every["response"], every["votes"], every["satisfaction"]) == (4, 0.25, 5, 0.6)
        assert (of_source["what"], of_source["satisfaction"]) == ("handbook", 0.6)
        assert of_model["what"] == "far"
        (way,) = data["routes"]
        assert (way["route"], way["share"]) == ("cloud", 1.0)
        assert set(way["reasons"]) <= {"channel", "source"}


async def test_what_few_think_is_not_said_and_of_an_empty_time_nothing(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, LEAVE) as naru:
        empty = await found(naru)
        assert empty["routes"] == []
        assert empty["satisfaction"]["all"] == []
        one = await asks(naru, "U1", "연차는 며칠인가요?")
        await votes(naru, one, "U1", "bad")
        (every,) = (await found(naru))["satisfaction"]["all"]
        assert (every["response"], every["satisfaction"], every["votes"]) == (1.0, None, None)
