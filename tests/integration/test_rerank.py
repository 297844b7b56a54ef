"""The re-ranking server's door over real sockets: what reaches it, and what a question does without it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import httpx2
import pytest

from bot.domain import Route
from bot.models.breaker import Breaker
from bot.models.door import Body, Guard
from bot.models.faults import ModelFault
from bot.models.rerank import EndpointReranker
from bot.models.rerank_door import Api, RerankDoor
from bot.policy.decide import decide_reranking
from bot.policy.parts import Prompt, reranked_part
from bot.policy.permit import Permit, PermitFault, embedding_permit, permit, reranking_permit
from bot.policy.rules import Rules
from retrieval.embed import UNKNOWN, Embeddable
from retrieval.label import NOTHING_SENSITIVE, Label, Level
from tests.builders import rrn, shipped_rules
from tests.integration.test_embed import HARMLESS, Clock, stricter, texts
from tests.standins.openai import Garbage, OpenAIStandIn, Redirect, Scores, Status, of_shared_pairs

QUESTION = Embeddable("when is the lavender harvest", HARMLESS)
PASSAGES = texts("nothing of the kind", "the lavender harvest is in June", "harvest time")


@asynccontextmanager
async def reranker(
    *scores: Scores | Status | Redirect, api: Api = "score", rules: Rules | None = None, timeout_s: float = 5.0,
    clock: Clock | None = None,
) -> AsyncIterator[tuple[EndpointReranker, OpenAIStandIn]]:  # fmt: skip
    async with OpenAIStandIn(scores=scores or (Scores(),)) as server:
        door = RerankDoor(base_url=server.base_url, api_key="key", model="m", api=api, total_s=timeout_s)
        breaker = Breaker(clock=clock or Clock())
        try:
            yield (
                EndpointReranker(
                    door, lambda: rules or shipped_rules(), depth=20, timeout_s=timeout_s, breaker=breaker
                ),
                server,
            )
        finally:
            await door.aclose()


def sent(server: OpenAIStandIn) -> list[list[str]]:
    return [request.json["text_2"] for request in server.requests]


# -- what comes back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("api", "path", "keys"),
    [("score", "/v1/score", ("text_1", "text_2")), ("rerank", "/v1/rerank", ("query", "documents"))],
)
async def test_each_passage_gets_its_score_by_either_api(api: Api, path: str, keys: tuple[str, str]) -> None:
    async with reranker(api=api) as (model, server):
        found = await model.scores(QUESTION, PASSAGES)
    assert list(found or ()) == pytest.approx([of_shared_pairs(QUESTION.text, each.text) for each in PASSAGES])
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", path)
    question, passages = keys
    assert request.json == {
        "model": "m",
        question: QUESTION.text,
        passages: [each.text for each in PASSAGES],
        "truncate_prompt_tokens": -1,
    }
    assert {name.lower() for name in request.headers} <= {
        "host", "authorization", "content-type", "content-length", "accept",
    }  # fmt: skip


@pytest.mark.parametrize(
    "reply",
    [
        Garbage(),
        Scores(short=1),
        Scores(of=lambda question, passage: float("nan")),
        Scores(of=lambda question, passage: float("inf")),
        Status(200, '{"data": [{"index": 0, "score": 1.0}, {"index": 0, "score": 2.0}, {"index": 1, "score": 2.0}]}'),
        Status(200, '{"data": [{"index": 0, "score": "1"}, {"index": 1, "score": 1}, {"index": 2, "score": 1}]}'),
        Status(200, '{"data": null}'),
        Status(200, '[1, 2, 3]'),
        Status(401),
        Status(429),
        Status(429, headers={"Retry-After": "600"}),
        Status(400),
        Status(500, headers={"Retry-After": "600"}),
    ],
)  # fmt: skip
async def test_what_is_no_list_of_scores_leaves_the_order_and_a_sentence_without_a_text(
    reply: Scores | Status, caplog: pytest.LogCaptureFixture
) -> None:
    async with reranker(reply) as (model, server):
        assert await model.scores(QUESTION, PASSAGES) is None
    assert len(server.requests) == 1
    (said,) = [record.getMessage() for record in caplog.records if record.name == "bot.models.rerank"]
    assert said.startswith("the order of the search stays as it is: The re-ranking model answered with")
    assert "lavender" not in caplog.text


async def test_a_slow_server_costs_its_timeout_and_no_more() -> None:
    loop = asyncio.get_running_loop()
    async with reranker(Scores(delay_s=60), timeout_s=0.5) as (model, _):
        began = loop.time()
        assert await model.scores(QUESTION, PASSAGES) is None
        assert loop.time() - began < 10


async def test_a_dead_server_is_left_alone_for_a_while_and_then_asked_again() -> None:
    clock = Clock()
    async with reranker(Status(500), Status(500), Scores(), clock=clock) as (model, server):
        for _ in range(5):
            assert await model.scores(QUESTION, PASSAGES) is None
        assert len(server.requests) == 2
        clock.now += 11
        assert await model.scores(QUESTION, PASSAGES) is not None


async def test_a_server_that_nobody_listens_at_gives_none() -> None:
    door = RerankDoor(base_url="http://127.0.0.1:1/v1", api_key=None, model="m", api="score", total_s=1)
    model = EndpointReranker(door, shipped_rules, depth=20, timeout_s=1)
    assert await model.scores(QUESTION, PASSAGES) is None
    assert "cannot be reached" in (await model.trouble() or "")
    await door.aclose()


async def test_the_doctor_hears_whether_it_gives_scores_for_words_of_our_own() -> None:
    async with reranker(Scores(), Scores(short=1)) as (model, server):
        assert await model.trouble() is None
        assert "no list of scores" in (await model.trouble() or "")
    assert sent(server) == [["Naru"], ["Naru"]]


# -- the boundary ----------------------------------------------------------------------------------------------

SECRET = "the lavender plan"


@pytest.mark.parametrize(
    ("said", "label", "rules"),
    [
        (SECRET, Label.of(Level.CONFIDENTIAL, "source", "source hr"), stricter()),
        (SECRET, UNKNOWN, stricter(Level.CONFIDENTIAL)),
        (f"{SECRET} {rrn()}", NOTHING_SENSITIVE, stricter(Level.RESTRICTED, "kr_rrn")),
    ],
)
async def test_what_the_on_prem_sink_refuses_never_reaches_the_re_ranker(said: str, label: Label, rules: Rules) -> None:
    secret, question = Embeddable(said, label), texts("a question")[0]
    async with reranker(rules=rules) as (model, server):
        found = await model.scores(question, [*texts("harmless"), secret, *texts("also harmless")])
        assert await model.scores(secret, texts("harmless", "also harmless")) is None
    assert found is not None
    assert [score is not None for score in found] == [True, False, True]
    assert not server.heard("lavender")
    assert sent(server) == [["harmless", "also harmless"]]


async def test_passages_that_are_an_identifier_together_are_not_sent_together() -> None:
    one, other = rrn()[:7], rrn()[7:]
    async with reranker(rules=stricter(Level.RESTRICTED, "kr_rrn")) as (model, server):
        assert await model.scores(texts("a question")[0], texts(one, other)) is None
    assert server.bytes_received == b""


async def test_in_shadow_mode_nothing_is_sent() -> None:
    async with reranker(rules=replace(shipped_rules(), shadow=True)) as (model, server):
        assert await model.scores(QUESTION, PASSAGES) is None
        assert "lets nothing go" in (await model.trouble() or "")
    assert server.bytes_received == b""


def prompt(*said: str, rules: Rules) -> Prompt:
    return tuple(reranked_part(each, HARMLESS, rules) for each in said)


def issued(*said: str) -> Permit:
    rules = shipped_rules()
    parts = prompt(*said, rules=rules)
    return reranking_permit(decide_reranking(parts, rules, UUID(int=1)), parts, "m", rules)


@pytest.mark.parametrize(
    "body",
    [
        {"text_1": "q", "text_2": ["other"], "model": "m"},
        {"text_1": "other", "text_2": ["a"], "model": "m"},
        {"text_1": "q", "text_2": ["a", "b"], "model": "m"},
        {"text_1": "q", "text_2": "a", "model": "m"},
        {"text_1": ["q"], "text_2": ["a"], "model": "m"},
        {"text_1": "q", "text_2": ["a"], "model": "another"},
        {"text_1": "q", "text_2": ["a"], "model": "m", "user": "U1"},
        {"text_1": "q", "text_2": ["a"], "model": "m", "truncate_prompt_tokens": "a text"},
        {"query": "q", "documents": ["a"], "model": "m"},
        {"input": ["q", "a"], "model": "m"},
    ],
)
async def test_a_body_that_its_permit_does_not_cover_does_not_leave(body: dict[str, object]) -> None:
    async with OpenAIStandIn() as server:
        covers = Body(("text_1", "text_2"), lambda key, value: key == "truncate_prompt_tokens" and value == -1)
        url = httpx2.URL(f"{server.base_url}/score")
        guard = Guard(Route.ON_PREM, url, httpx2.AsyncHTTPTransport(trust_env=False), body=covers)
        async with httpx2.AsyncClient(transport=guard, trust_env=False) as client:
            with pytest.raises(PermitFault):
                await client.post(str(url), json=body, headers=guard.admit(issued("q", "a")))
        assert server.bytes_received == b""


async def test_re_ranking_needs_a_permit_and_each_opens_the_door_once() -> None:
    async with OpenAIStandIn() as server:
        door = RerankDoor(base_url=server.base_url, api_key=None, model="m", api="score", total_s=5)
        rules = shipped_rules()
        parts, once = prompt("q", "a", "b", rules=rules), issued("q", "a", "b")
        assert len(await door.scores(parts, once)) == 2
        with pytest.raises(PermitFault, match="second time"):
            await door.scores(parts, once)
        as_texts = embedding_permit(decide_reranking(parts, rules, UUID(int=1)), parts, "m", rules)
        for other in (issued("q", "b", "a"), issued("a", "q", "b"), as_texts):
            with pytest.raises(PermitFault):
                await door.scores(parts, other)
        assert sent(server) == [["a", "b"]]
        assert "Authorization" not in server.requests[0].headers
        await door.aclose()


async def test_no_redirect_is_followed() -> None:
    async with OpenAIStandIn() as elsewhere:
        async with reranker(Redirect(f"{elsewhere.base_url}/score")) as (model, _):
            assert await model.scores(QUESTION, PASSAGES) is None
        assert elsewhere.bytes_received == b""


def test_a_decision_to_re_rank_allows_on_prem_or_nothing() -> None:
    rules = stricter()
    harmless, secret = prompt("q", "a", rules=rules), (reranked_part("q", UNKNOWN, rules),)
    decision = decide_reranking(harmless, rules, UUID(int=1))
    assert decision.routes == (Route.ON_PREM,)
    with pytest.raises(PermitFault):
        reranking_permit(decide_reranking(secret, rules, UUID(int=1)), secret, "m", rules)
    with pytest.raises(PermitFault):
        permit(decision, harmless, Route.CLOUD, "m", rules)
    with pytest.raises(PermitFault, match="policy has changed"):
        reranking_permit(decision, harmless, "m", shipped_rules())


async def test_a_policy_that_changes_on_the_way_is_no_reason_to_leave_the_server_alone() -> None:
    """What the door stops says nothing of the server behind it."""

    class Stops:
        model = "m"

        async def scores(self, prompt: Prompt, permit: Permit) -> list[float]:
            raise PermitFault("stopped")

    class Fails(Stops):
        async def scores(self, prompt: Prompt, permit: Permit) -> list[float]:
            raise ModelFault("failed", again=True)

    for door, lets_through in ((Stops(), True), (Fails(), False)):
        breaker = Breaker(clock=Clock())
        model = EndpointReranker(door, shipped_rules, depth=20, timeout_s=5, breaker=breaker)
        for _ in range(3):
            assert await model.scores(QUESTION, PASSAGES) is None
        assert breaker.lets_through() is lets_through
