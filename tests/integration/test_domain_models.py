"""A domain model in a whole Naru, over real sockets: chosen by the policy, replaced by its base in plain sight."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from admin.watch import problems
from bot.domain import Answer, Route
from bot.why import explained
from tests.builders import ROOT, rrn
from tests.integration.company import Company, company
from tests.standins.openai import Says, Status

ASKED = "연차는 며칠인가요?"
PAY = "급여일은 언제인가요?"
DOCUMENTS = {
    "public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n",
    "hr/pay.md": "# 급여\n\n## 급여일\n\n급여일은 매월 25일입니다.\n",
}
NAMED = '\n[domain_models.rooms]\nhr = "desk"\n[domain_models.sources]\nhandbook = "hr-small"\n'


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text((ROOT / "policy.toml").read_text(encoding="utf-8") + NAMED, encoding="utf-8")
    return path


async def why(naru: Company, answered: Answer) -> Mapping[str, str]:
    row: Mapping[str, Any] | None = await naru.app.records.decision_of(answered.decision)
    assert row is not None
    return dict(explained(row, answered.route.value, answered.model, ()))


@pytest.mark.usefixtures("policy")
async def test_the_model_of_the_room_or_else_of_the_source_answers_and_it_is_recorded(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem_models=["near", "hr-small", "desk"]) as naru:
        for room, model in ((None, "hr-small"), ("C3", "desk")):
            answered = await naru.ask(PAY, "U2", room, thread=f"in {room}")
            assert (answered.route, answered.model) == (Route.ON_PREM, model)
            assert naru.on_prem.requests[-1].json["model"] == model
            assert "기본 모델" not in answered.text
            assert (await why(naru, answered))["on-prem model"] == model
        assert naru.cloud.bytes_received == b""


@pytest.mark.usefixtures("policy")
async def test_the_cloud_answers_what_it_may_as_before_and_never_hears_the_name(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem_models=["near", "hr-small"]) as naru:
        answered = await naru.ask(ASKED)
        assert (answered.route, answered.model) == (Route.CLOUD, "far")
        assert naru.cloud.heard("15일입니다")
        assert not naru.cloud.heard("hr-small")
        assert naru.on_prem.requests == []


@pytest.mark.usefixtures("policy")
async def test_where_the_server_does_not_have_it_the_base_answers_and_everybody_can_see_that(
    tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem_models=["near"]) as naru:
        with caplog.at_level(logging.WARNING):
            answered = await naru.ask(PAY, "U2")
        assert (answered.route, answered.model, answered.tried) == (Route.ON_PREM, "near", ())
        assert [request.json["model"] for request in naru.on_prem.requests] == ["hr-small", "near"]
        assert "hr-small 모델이 사내 서버에 올라와 있지 않아 기본 모델이 답했습니다." in answered.text
        assert (await why(naru, answered))["on-prem model"] == "hr-small, which is not loaded"
        assert "the on-prem server does not have hr-small" in caplog.text
        admins_hear = problems(naru.app)["models"]
        assert "기본 모델이 대신 답합니다: hr-small." in (admins_hear() or "")
        assert "its base model answers for them: hr-small." in (admins_hear() or "")
        english = await naru.ask("When is payday (급여일)? Please tell me the day of the month.", "U2", thread="en")
        assert "The base model answered, because hr-small is not loaded" in english.text
        naru.on_prem.models.append("hr-small")
        again = await naru.ask(PAY, "U2", thread="later")
        assert (again.model, "기본 모델" in again.text) == ("hr-small", False)
        assert admins_hear() is None


@pytest.mark.usefixtures("policy")
async def test_what_a_domain_model_says_is_checked_like_any_other_answer(tmp_path: Path, fresh_url: str) -> None:
    evil = Says(f"급여일은 25일 [1]. {rrn()} https://evil.example <!channel>")
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=(evil,), on_prem_models=["near", "hr-small"]) as naru:
        answered = await naru.ask(PAY, "U2")
        assert answered.model == "hr-small"
        for forbidden in (rrn(), "evil.example", "<!channel>"):
            assert forbidden not in answered.text
        assert "25일" in answered.text


@pytest.mark.usefixtures("policy")
async def test_a_domain_model_that_fails_opens_nothing(tmp_path: Path, fresh_url: str) -> None:
    models = ["near", "hr-small"]
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=(Status(500),), on_prem_models=models) as naru:
        answered = await naru.ask(PAY, "U2")
        assert answered.route is Route.QUOTE
        assert {request.json["model"] for request in naru.on_prem.requests} == {"hr-small"}
        assert naru.cloud.bytes_received == b""
