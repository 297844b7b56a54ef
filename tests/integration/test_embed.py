"""The embedding server's door over real sockets: what reaches it, and what a question does without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import httpx2
import pytest

from bot.domain import Route
from bot.models import embed
from bot.models.door import Guard
from bot.models.embed import EndpointEmbedder, Wishes
from bot.models.embed_door import EMBEDDING, EmbedDoor
from bot.models.faults import ModelFault
from bot.policy.decide import decide_embedding
from bot.policy.parts import Prompt, embedded_part
from bot.policy.permit import Permit, PermitFault, embedding_permit, permit
from bot.policy.rules import Rules, Sink
from retrieval.embed import UNKNOWN, Embeddable, EmbedFault
from retrieval.label import NOTHING_SENSITIVE, Label, Level
from tests.builders import rrn, shipped_rules
from tests.standins.openai import Garbage, OpenAIStandIn, Redirect, Status, Vectors, of_letters

BOTH = Wishes(frozenset({"ko", "en"}))
HARMLESS = Label.of(Level.INTERNAL, "source", "source handbook")


def stricter(ceiling: Level = Level.INTERNAL, *refuse: str) -> Rules:
    rules = shipped_rules()
    on_prem = Sink("on_prem", ceiling, frozenset(refuse))
    return replace(rules, sinks={**rules.sinks, "on_prem": on_prem})


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def embedder(
    *vectors: Vectors | Status | Redirect, wishes: Wishes = BOTH, rules: Rules | None = None, clock: Clock | None = None
) -> AsyncIterator[tuple[EndpointEmbedder, OpenAIStandIn]]:
    async with OpenAIStandIn(vectors=vectors or (Vectors(),)) as server:
        door = EmbedDoor(base_url=server.base_url, api_key="key", model="m", dimensions=wishes.dimensions, total_s=5)
        try:
            yield EndpointEmbedder(door, wishes, lambda: rules or shipped_rules(), clock or Clock()), server
        finally:
            await door.aclose()


def texts(*said: str, label: Label = HARMLESS) -> list[Embeddable]:
    return [Embeddable(each, label) for each in said]


def inputs(server: OpenAIStandIn) -> list[list[str]]:
    return [request.json["input"] for request in server.requests]


# -- what comes back -------------------------------------------------------------------------------------------


async def test_each_text_gets_its_vector() -> None:
    said = [f"text number {n}" for n in range(70)]
    async with embedder() as (model, server):
        found = await model.passages(texts(*said))
        assert await model.query(texts("a question")[0]) == pytest.approx(of_letters("a question"))
    assert [tuple(vector or ()) for vector in found] == [pytest.approx(of_letters(each)) for each in said]
    assert [len(batch) for batch in inputs(server)] == [32, 32, 6, 1]


async def test_a_request_holds_the_texts_and_what_the_model_needs() -> None:
    wishes = Wishes(frozenset({"en"}), dimensions=8, query="query: ", passage="passage: ")
    async with embedder(Vectors(of=lambda text: of_letters(text, 8)), wishes=wishes) as (model, server):
        await model.passages(texts("a"))
        await model.query(texts("b")[0])
    bodies = [request.json for request in server.requests]
    assert bodies[0] == {"input": ["passage: a"], "model": "m", "dimensions": 8, "encoding_format": "float"}
    assert bodies[1]["input"] == ["query: b"]
    (first, _) = server.requests
    assert (first.method, first.path) == ("POST", "/v1/embeddings")
    names = {name.lower() for name in first.headers}
    assert names <= {"host", "authorization", "content-type", "content-length", "accept"}


def test_other_prefixes_or_dimensions_are_another_revision() -> None:
    class Door:
        model = "m"

        async def vectors(self, prompt: Prompt, permit: Permit) -> list[list[float]]:
            return []

    wishes = (
        BOTH,
        Wishes(BOTH.languages, query="q: "),
        Wishes(BOTH.languages, passage="q: "),
        Wishes(BOTH.languages, 8),
    )
    assert len({EndpointEmbedder(Door(), each, shipped_rules).revision for each in wishes}) == 4


async def test_a_text_that_the_model_finds_too_long_is_cut_and_its_neighbours_are_not() -> None:
    async with embedder(Vectors(longest=400)) as (model, _):
        found = await model.passages(texts("short", "x" * 1000, "also short"))
    assert [vector is not None for vector in found] == [True, True, True]
    assert found[1] == pytest.approx(of_letters("x" * 250))
    assert found[0] == pytest.approx(of_letters("short"))


async def test_a_server_that_refuses_everything_gives_no_vector_and_no_end() -> None:
    async with embedder(Status(400)) as (model, _):
        assert list(await model.passages(texts("x" * 300, "y"))) == [None, None]


@pytest.mark.parametrize(
    "reply",
    [
        Garbage(),
        Status(200, '{"data": []}'),
        Status(200, '{"data": [{"index": 0, "embedding": []}]}'),
        Status(200, '{"data": [{"index": 1, "embedding": [1.0]}]}'),
        Status(200, '{"data": [{"index": 0, "embedding": [NaN]}]}'),
        Status(200, '{"data": [{"index": 0, "embedding": [0.0, 0.0]}]}'),
        Status(200, '{"data": [{"index": 0, "embedding": ["a"]}]}'),
        Status(200, '{"data": [{"index": 0, "embedding": null}]}'),
        Status(401),
        Status(500, headers={"Retry-After": "600"}),
    ],
)
async def test_what_is_no_vector_is_a_fault_without_a_text(reply: Status) -> None:
    async with embedder(reply) as (model, _):
        with pytest.raises(EmbedFault, match="embedding model") as caught:
            await model.passages(texts("the lavender plan"))
        assert "lavender" not in str(caught.value)
        assert await model.query(texts("q")[0]) is None


@pytest.mark.parametrize(
    "reply", [Status(503, headers={"Retry-After": "0"}), Status(429), Status(429, headers={"Retry-After": "0"})]
)
async def test_a_server_that_comes_back_is_asked_again(reply: Status) -> None:
    async with embedder(reply, Vectors()) as (model, server):
        assert (await model.passages(texts("a")))[0] is not None
    assert len(server.requests) == 2


# -- a question does not wait ----------------------------------------------------------------------------------


async def test_a_dead_embedder_is_not_asked_again_for_a_while() -> None:
    clock = Clock()
    async with embedder(Status(500), Status(500), Vectors(), clock=clock) as (model, server):
        question = texts("a question")[0]
        assert await model.query(question) is None
        assert await model.query(question) is None
        assert len(server.requests) == 1
        clock.now += embed.AWAY_S
        assert await model.query(question) is None
        clock.now += embed.AWAY_S
        assert await model.query(question) is not None


async def test_a_question_that_the_model_finds_too_long_is_cut_and_keeps_no_other_from_its_vector() -> None:
    async with embedder(Vectors(longest=400)) as (model, server):
        assert await model.query(texts("x" * 100_000)[0]) == pytest.approx(of_letters("x" * 390))
        assert await model.query(texts("a question")[0]) is not None
    assert len(server.requests) == 10


async def test_a_slow_embedder_is_not_waited_for() -> None:
    async with embedder(Vectors(delay_s=30)) as (model, _):
        assert await model.query(texts("a question")[0]) is None


async def test_an_embedder_that_nobody_listens_at_gives_none() -> None:
    door = EmbedDoor(base_url="http://127.0.0.1:1/v1", api_key=None, model="m", dimensions=None, total_s=1)
    model = EndpointEmbedder(door, BOTH, shipped_rules)
    assert await model.query(texts("a question")[0]) is None
    await door.aclose()


# -- the boundary ----------------------------------------------------------------------------------------------

SECRET = "the lavender plan"


@pytest.mark.parametrize(
    ("said", "label", "rules"),
    [
        (SECRET, Label.of(Level.CONFIDENTIAL, "source", "source hr"), stricter()),
        (SECRET, UNKNOWN, stricter(Level.CONFIDENTIAL)),
        (f"{SECRET} {rrn()}", NOTHING_SENSITIVE, stricter(Level.RESTRICTED, "kr_rrn")),
        (f"{SECRET} {rrn()}", NOTHING_SENSITIVE, stricter(Level.CONFIDENTIAL)),
    ],
)
async def test_what_the_on_prem_sink_refuses_never_reaches_the_embedder(said: str, label: Label, rules: Rules) -> None:
    async with embedder(rules=rules) as (model, server):
        found = await model.passages([*texts("harmless"), Embeddable(said, label), *texts("also harmless")])
        assert await model.query(Embeddable(said, label)) is None
    assert [vector is not None for vector in found] == [True, False, True]
    assert not server.heard("lavender")
    assert inputs(server) == [["harmless", "also harmless"]]


async def test_neighbours_that_are_an_identifier_together_go_one_by_one() -> None:
    one, other = rrn()[:7], rrn()[7:]
    async with embedder(rules=stricter(Level.RESTRICTED, "kr_rrn")) as (model, server):
        found = await model.passages(texts(one, other))
    assert None not in found
    assert inputs(server) == [[one], [other]]


def prompt(*said: str, rules: Rules) -> Prompt:
    return tuple(embedded_part(each, HARMLESS, rules) for each in said)


@asynccontextmanager
async def guarded() -> AsyncIterator[tuple[httpx2.AsyncClient, Guard, OpenAIStandIn]]:
    async with OpenAIStandIn() as server:
        url = httpx2.URL(f"{server.base_url}/embeddings")
        guard = Guard(Route.ON_PREM, url, httpx2.AsyncHTTPTransport(trust_env=False), body=EMBEDDING)
        async with httpx2.AsyncClient(transport=guard, trust_env=False) as client:
            yield client, guard, server


def issued(*said: str) -> Permit:
    rules = shipped_rules()
    parts = prompt(*said, rules=rules)
    return embedding_permit(decide_embedding(parts, rules, UUID(int=1)), parts, "m", rules)


@pytest.mark.parametrize(
    "body",
    [
        {"input": ["other"], "model": "m"},
        {"input": ["a", "b"], "model": "m"},
        {"input": "a", "model": "m"},
        {"input": ["a"], "model": "another"},
        {"input": ["a"], "model": "m", "user": "U1"},
        {"input": ["a"], "model": "m", "encoding_format": "a text"},
        {"messages": [{"role": "user", "content": "a"}], "model": "m"},
    ],
)
async def test_a_body_that_its_permit_does_not_cover_does_not_leave(body: dict[str, object]) -> None:
    async with guarded() as (client, guard, server):
        with pytest.raises(PermitFault):
            await client.post(f"{server.base_url}/embeddings", json=body, headers=guard.admit(issued("a")))
        assert server.bytes_received == b""


@pytest.mark.parametrize("path", ["/chat/completions", "/embeddings/", "/embeddings?to=x", "/models"])
async def test_no_other_address_is_reached(path: str) -> None:
    async with guarded() as (client, guard, server):
        with pytest.raises(PermitFault):
            await client.post(
                server.base_url + path, json={"input": ["a"], "model": "m"}, headers=guard.admit(issued("a"))
            )
        assert server.bytes_received == b""


async def test_embeddings_need_a_permit_and_each_opens_the_door_once() -> None:
    async with OpenAIStandIn() as server:
        door = EmbedDoor(base_url=server.base_url, api_key=None, model="m", dimensions=None, total_s=5)
        parts, once = prompt("a", rules=shipped_rules()), issued("a")
        assert len(await door.vectors(parts, once)) == 1
        with pytest.raises(PermitFault, match="second time"):
            await door.vectors(parts, once)
        with pytest.raises(PermitFault):
            await door.vectors(parts, issued("another text"))
        assert inputs(server) == [["a"]]
        assert "Authorization" not in server.requests[0].headers
        await door.aclose()


async def test_no_redirect_is_followed() -> None:
    async with OpenAIStandIn() as elsewhere:
        async with embedder(Redirect(f"{elsewhere.base_url}/embeddings")) as (model, _):
            with pytest.raises(EmbedFault):
                await model.passages(texts(SECRET))
        assert elsewhere.bytes_received == b""


def test_a_decision_to_embed_allows_on_prem_or_nothing() -> None:
    rules = stricter()
    harmless, secret = prompt("a", rules=rules), (embedded_part("a", UNKNOWN, rules),)
    assert decide_embedding(harmless, rules, UUID(int=1)).routes == (Route.ON_PREM,)
    refused = decide_embedding(secret, rules, UUID(int=1))
    assert refused.routes == (Route.REFUSE,)
    with pytest.raises(PermitFault):
        embedding_permit(refused, secret, "m", rules)
    with pytest.raises(PermitFault):
        permit(decide_embedding(harmless, rules, UUID(int=1)), harmless, Route.CLOUD, "m", rules)
    with pytest.raises(PermitFault, match="policy has changed"):
        embedding_permit(decide_embedding(harmless, rules, UUID(int=1)), harmless, "m", shipped_rules())


async def test_a_door_that_fails_says_how() -> None:
    async with OpenAIStandIn(vectors=[Status(500)]) as server:
        door = EmbedDoor(base_url=server.base_url, api_key=None, model="m", dimensions=None, total_s=5)
        with pytest.raises(ModelFault, match="status 500"):
            await door.vectors(prompt("a", rules=shipped_rules()), issued("a"))
        await door.aclose()
