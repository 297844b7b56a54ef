"""At its budget the cloud is passed over: the on-prem model answers, or the passages stand there, and it is said why.
Whoever reaches the socket was paid for; nothing about the person goes along."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from admin.costs import facts
from admin.operators import Operator
from admin.person_export import exported
from admin.reports.costs import costs_of, data, row
from admin.watch import watch_over, watched
from bot.cloud_budget import Scope
from bot.cloud_use import Use
from bot.domain import Route
from bot.slack.blocks import answered
from tests.integration.company import CONFIG, Company, company
from tests.integration.events import run
from tests.integration.test_masking import BACK, PHONE
from tests.integration.test_opinion import until
from tests.standins.openai import HalfStream, OpenAIStandIn, Reply, Says, Status

ASKED = "연차는 며칠인가요?"
DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일이고 3영업일 전에 올립니다.\n"}
SAYS = "연차는 15일입니다. [1]"


def settings(**budget: object) -> str:
    """naru.toml with a budget; prices in won, so that a request costs some."""
    lines = "\n".join(f"{name} = {value}" for name, value in budget.items())
    prices = 'price_in = 2000\nprice_out = 8000\ncurrency = "KRW"'
    return CONFIG.replace("[models.cloud]", f"[models.cloud]\n{prices}", 1) + f"\n[models.cloud.budget]\n{lines}\n"


async def used(naru: Company, scope: Scope = "all") -> Use:
    today = naru.app.use.today()
    found = [one for one in await naru.app.use.between(today - timedelta(1), today) if one.scope == scope]
    return found[0] if found else Use(today, "all")


async def test_a_request_is_counted_at_what_the_server_says_that_it_took(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=10**6)) as naru:
        assert (await naru.ask(ASKED)).route is Route.CLOUD
        for scope in ("all", "person", "room"):
            one = await used(naru, scope)
            assert (one.requests, one.estimated, one.prompt_tokens, one.completion_tokens) == (1, 0, 90, 10)
            assert one.micros == 90 * 2000 + 10 * 8000
        assert (await used(naru, "person")).key == naru.app.seal.pseudonym("U1")


@pytest.mark.parametrize(
    ("budget", "says"),
    [
        ({"tokens": 100}, "today's budget"),
        ({"money": 0.5}, "today's budget"),
        ({"person_tokens": 100}, "this person's budget"),
        ({"person_money": 0.5}, "this person's budget"),
        ({"room_tokens": 100}, "this room's budget"),
        ({"room_money": 0.5}, "this room's budget"),
    ],
)
async def test_at_the_budget_the_cloud_is_asked_nothing_and_the_other_shore_answers(
    tmp_path: Path, fresh_url: str, budget: dict[str, float], says: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(**budget)) as naru:
        given = await naru.ask(ASKED)
        assert given.route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""
        ((route, why),) = given.tried
        assert (route, says in why) == (Route.CLOUD, True)
        assert "오늘 예산을 다 써서 사내 모델이 답했습니다" in given.text
        assert given.text.startswith(SAYS)
        assert (await used(naru)).requests == 0


async def test_where_no_other_shore_may_answer_it_is_quoted_and_said_why(tmp_path: Path, fresh_url: str) -> None:
    nowhere = {"NARU_ON_PREM_BASE_URL": "", "NARU_ON_PREM_MODEL": ""}
    documents = DOCUMENTS | {"public/gate.md": "# The main gate\n\nThe main gate closes at 11 pm every day.\n"}
    async with company(tmp_path, fresh_url, documents, config=settings(tokens=1), environment=nowhere) as naru:
        for question, passage, says in (
            (ASKED, "15일", "클라우드 모델(cloud): 오늘 예산을 다 씀"),
            ("When does the main gate close?", "11 pm", "the cloud model (cloud): today's budget is used up"),
        ):
            given = await naru.ask(question, thread=question)
            assert given.route is Route.QUOTE
            assert passage in given.text
            assert says in given.text
        assert naru.cloud.bytes_received == b""


async def test_one_person_at_the_budget_keeps_nobody_else_from_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(person_tokens=100_000)) as naru:
        assert (await naru.ask(ASKED)).route is Route.CLOUD
        await run(naru.app.database, "update cloud_use set prompt_tokens = 100000 where scope = 'person'")
        assert (await naru.ask(ASKED, thread="2")).route is Route.ON_PREM
        assert (await naru.ask(ASKED, person="U2", thread="3")).route is Route.CLOUD
        assert len(naru.cloud.requests) == 2


async def test_tomorrow_the_cloud_is_asked_again(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=100_000)) as naru:
        await naru.ask(ASKED)
        await run(naru.app.database, "update cloud_use set prompt_tokens = 100000")
        assert (await naru.ask(ASKED, thread="2")).route is Route.ON_PREM
        await run(naru.app.database, "update cloud_use set day = day - 1")
        assert (await naru.ask(ASKED, thread="3")).route is Route.CLOUD


async def test_a_budget_that_cannot_be_read_counts_as_used_up(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=10**9)) as naru:
        await run(naru.app.database, "alter table cloud_use rename to cloud_use_gone")
        given = await naru.ask(ASKED)
        assert given.route is Route.ON_PREM
        assert "cannot be read" in given.tried[0][1]
        assert naru.cloud.bytes_received == b""


async def test_without_a_budget_a_count_that_cannot_be_written_keeps_nobody_from_the_cloud(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await run(naru.app.database, "alter table cloud_use rename to cloud_use_gone")
        assert (await naru.ask(ASKED)).route is Route.CLOUD


MOST = 1024
"""Of an answer, as the settings have it."""


@pytest.mark.parametrize(
    ("reply", "requests", "estimated"),
    [
        (Says(SAYS, tokens=None), 1, 1),
        (Says(SAYS, tokens=(0, 0)), 1, 1),
        (Says(SAYS, tokens=(-5, 10)), 1, 1),
        (HalfStream("연차는"), 2, 2),
        (Status(500), 2, 2),
        (Status(429, headers={"Retry-After": "0"}), 0, 0),
        (Status(401), 0, 0),
        (Status(400), 0, 0),
    ],
)
async def test_what_a_server_does_not_say_counts_at_the_most_and_what_it_refuses_counts_nothing(
    tmp_path: Path, fresh_url: str, reply: Reply, requests: int, estimated: int
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=(reply,), config=settings(tokens=10**6)) as naru:
        await naru.ask(ASKED)
        one = await used(naru)
        assert (one.requests, one.estimated) == (requests, estimated)
        assert one.completion_tokens == requests * MOST
        sent = sum(len(message["content"].encode()) for message in naru.cloud.requests[0].json["messages"])
        assert one.prompt_tokens >= requests * sent


async def test_a_cloud_that_cannot_be_reached_costs_nothing(tmp_path: Path, fresh_url: str) -> None:
    away = {"NARU_CLOUD_BASE_URL": "http://127.0.0.1:9/v1"}
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=10**6), environment=away) as naru:
        assert (await naru.ask(ASKED)).route is Route.ON_PREM
        one = await used(naru)
        assert (one.requests, one.tokens, one.refused) == (0, 0, 0)


async def test_what_cannot_be_noted_in_the_audit_costs_nothing(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=10**6)) as naru:
        await run(
            naru.app.database,
            "create function no_sending() returns trigger language plpgsql as"
            " $$ begin raise exception 'full' using errcode = '53100'; end $$",
            "create trigger no_sending before insert on audit for each row"
            " when (new.kind = 'sending') execute function no_sending()",
        )
        assert (await naru.ask(ASKED)).route is Route.ON_PREM
        assert (await used(naru)).tokens == 0


async def test_what_is_sent_with_placeholders_is_paid_for_too(tmp_path: Path, fresh_url: str) -> None:
    documents = {"public/leave.md": DOCUMENTS["public/leave.md"] + f"\n문의 {PHONE}\n"}
    async with company(tmp_path, fresh_url, documents, cloud=(BACK,), config=settings(tokens=100_000)) as naru:
        given = await naru.ask(ASKED)
        assert given.route is Route.CLOUD
        assert PHONE not in naru.cloud.bytes_received.decode()
        assert (await used(naru)).requests == 1
        await run(naru.app.database, "update cloud_use set prompt_tokens = 100000")
        assert (await naru.ask(ASKED, thread="2")).route is Route.ON_PREM
        assert len(naru.cloud.requests) == 1


async def test_many_who_ask_at_once_never_get_more_than_the_budget(tmp_path: Path, fresh_url: str) -> None:
    slow = Says(SAYS, delay_first_s=0.2, tokens=None)
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=(slow,), config=settings(tokens=20_000)) as naru:
        given = await asyncio.gather(*(naru.ask(ASKED, thread=str(number)) for number in range(12)))
        one = await used(naru)
        assert one.tokens <= 20_000
        assert one.requests == len(naru.cloud.requests) == sum(each.route is Route.CLOUD for each in given)
        assert 0 < one.requests < 12
        assert {each.route for each in given} == {Route.CLOUD, Route.ON_PREM}


async def test_the_message_in_slack_says_which_shore_and_why(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=1)) as naru:
        shown = str(answered(await naru.ask(ASKED), "ko"))
        assert "오늘 예산을 다 써서 사내 모델이 답했습니다" in shown
        assert "사내 모델(on_prem), 클라우드 모델(cloud) 대신" in shown


# -- the admins -----------------------------------------------------------------------------------------------


async def heard_of(naru: Company, heard: list[tuple[str, str]]) -> asyncio.Task[Any]:
    async def tell(key: str, sentence: str) -> int:
        heard.append((key, sentence))
        return 1

    looks = [replace(one, every_s=0.01) for one in watched(naru.app) if one.name.startswith("budget of")]

    async def watching() -> None:
        await asyncio.gather(*(watch_over(one, tell) for one in looks))

    return asyncio.create_task(watching())


async def test_the_admins_hear_once_that_it_is_near_and_once_that_it_is_used_up(tmp_path: Path, fresh_url: str) -> None:
    heard: list[tuple[str, str]] = []
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=100_000, person_tokens=10**6)) as naru:
        watching = await heard_of(naru, heard)
        await naru.ask(ASKED)
        await asyncio.sleep(0.2)
        assert heard == []
        await run(naru.app.database, "update cloud_use set prompt_tokens = 80000")
        await until(lambda: len(heard) == 1)
        assert "80%" in heard[0][1]
        await run(naru.app.database, "update cloud_use set prompt_tokens = 99999")
        for thread in ("2", "3"):
            assert (await naru.ask(ASKED, thread=thread)).route is Route.ON_PREM
        await until(lambda: len(heard) == 2)
        await asyncio.sleep(0.2)
        watching.cancel()
        await asyncio.wait({watching})
    assert [("for all" in one, "전체" in one) for _, one in heard] == [(True, True)] * 2
    assert "used up" in heard[1][1]
    assert len({key for key, _ in heard}) == 2
    assert naru.app.seal.pseudonym("U1")[:8] not in str(heard)


async def test_a_look_at_a_budget_that_cannot_be_read_finds_what_it_found_before(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=100_000)) as naru:
        await naru.ask(ASKED)
        await run(naru.app.database, "update cloud_use set prompt_tokens = 90000")
        (look,) = (one.look for one in watched(naru.app) if one.name == "budget of all")
        before = await look()
        await run(naru.app.database, "alter table cloud_use rename to cloud_use_gone")
        assert before is not None
        assert await look() == before


# -- what is shown of it --------------------------------------------------------------------------------------


async def test_status_and_the_report_say_what_was_used_and_name_nobody(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, config=settings(tokens=10**6, money=1000.0)) as naru:
        await naru.ask(ASKED)
        await naru.ask(ASKED, person="U2", room="C1", thread="2")
        said = await facts(naru.app.use)
        assert (said["requests"], said["tokens"], said["money"]) == (2, 200, "0.52 KRW")
        assert said["budget for all"] == "1,000,000 tokens and 1,000.00 KRW a day"
        today, prices = naru.app.use.today(), naru.app.use.prices
        found = costs_of(await naru.app.use.between(today, today))
        assert [(one.what, one.requests) for one in found.days] == [(str(today), 2)]
        assert {one.what for one in found.people} == {naru.app.seal.pseudonym(one) for one in ("U1", "U2")}
        assert "C1" in {one.what for one in found.rooms}
        assert row(found.total, prices) == ("total", "2", "180", "20", "0.52 KRW", "0", "0")
        assert data(found, prices)["total"]["money"] == pytest.approx(0.52)
        assert "U1" not in str(data(found, prices))
        held = await exported(naru.app, "U1", Operator("kim", frozenset({"officer"})), "asked for it")
        assert [(one["requests"], one["prompt_tokens"]) for one in held.sections["costs"]] == [(1, 90)]


# -- the cloud's own terms ------------------------------------------------------------------------------------

ALLOWED = {"messages", "model", "stream", "stream_options", "max_completion_tokens", "store"}


async def test_the_cloud_is_asked_to_store_nothing_and_hears_nothing_of_who_asks(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, environment={"NARU_CLOUD_API_KEY": "a-key"}) as naru:
        person, room = "UASKERWITHALONGID", "CROOMWITHALONGID"
        given = await naru.ask(ASKED, person=person, room=room, thread="THREADWITHALONGID")
        assert given.route is Route.CLOUD
        (request,) = naru.cloud.requests
        assert request.json["store"] is False
        assert set(request.json) == ALLOWED
        assert {name.lower() for name in request.headers} <= {
            "host", "authorization", "content-type", "content-length", "accept"
        }  # fmt: skip
        seal = naru.app.seal
        pseudonyms = [seal.pseudonym(one) for one in (person, room, "THREADWITHALONGID")]
        for said in (person, room, "THREADWITHALONGID", "정도윤", "generalities", *pseudonyms, str(given.question)):
            assert not naru.cloud.heard(said), said


async def test_a_server_that_knows_no_store_is_not_asked_where_the_settings_say_so(
    tmp_path: Path, fresh_url: str
) -> None:
    config = CONFIG.replace("[models.cloud]", "[models.cloud]\ndo_not_store = false", 1)
    async with company(tmp_path, fresh_url, DOCUMENTS, config=config) as naru:
        assert (await naru.ask(ASKED)).route is Route.CLOUD
        assert set(naru.cloud.requests[0].json) == ALLOWED - {"store"}


async def test_a_server_that_refuses_store_is_named_with_the_setting_that_helps(tmp_path: Path, fresh_url: str) -> None:
    refuses = Status(400, '{"error": {"message": "Unknown name \\"store\\": Cannot find field."}}')
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=(refuses,)) as naru:
        given = await naru.ask(ASKED)
        assert given.route is Route.ON_PREM
        assert "do_not_store = false under [models.cloud]" in given.tried[0][1]
        assert len(naru.cloud.requests) == 1, "it is not asked again without it"


async def test_azure_is_shown_the_key_in_its_own_header_and_in_no_other(tmp_path: Path, fresh_url: str) -> None:
    config = CONFIG.replace("[models.cloud]", '[models.cloud]\nauth = "api-key"', 1)
    async with OpenAIStandIn([Says(SAYS)], api_key="azure-key", azure=True) as azure:
        at = {"NARU_CLOUD_BASE_URL": azure.base_url, "NARU_CLOUD_API_KEY": "azure-key"}
        async with company(tmp_path, fresh_url, DOCUMENTS, config=config, environment=at) as naru:
            given = await naru.ask(ASKED)
            assert (given.route, given.tried) == (Route.CLOUD, ())
        (request,) = azure.requests
        assert {name.lower() for name in request.headers} <= {
            "host", "api-key", "content-type", "content-length", "accept"
        }  # fmt: skip
        assert not azure.heard("Bearer")


async def test_a_bearer_is_what_azures_key_is_not(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn([Says(SAYS)], api_key="azure-key", azure=True) as azure:
        at = {"NARU_CLOUD_BASE_URL": azure.base_url, "NARU_CLOUD_API_KEY": "azure-key"}
        async with company(tmp_path, fresh_url, DOCUMENTS, environment=at) as naru:
            given = await naru.ask(ASKED)
            assert given.route is Route.ON_PREM
            assert "status 401" in given.tried[0][1]
