"""Both shores' doors over real sockets; the contract holds for the fake that the unit tests use as well."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx2
import pytest

from bot.domain import Route
from bot.models.door import Door, Guard, OpenAIDoor
from bot.models.endpoint import Endpoint
from bot.models.faults import ModelFault
from bot.policy.messages import messages
from bot.policy.parts import Prompt
from bot.policy.permit import Permit, PermitFault, permit
from bot.prompt import Template, build
from tests.builders import ask, decision_for, parts_of, passage, shipped_rules
from tests.standins.door import FakeDoor
from tests.standins.openai import (
    Garbage,
    HalfStream,
    NoFinish,
    OpenAIStandIn,
    Redirect,
    Reply,
    Says,
    Silent,
    Stall,
    Status,
    Truncated,
)

PATIENCE_S = 0.4


def prompt_and_permit(
    route: Route = Route.CLOUD, text: str = "연차는 며칠인가요?", model: str = "m"
) -> tuple[Prompt, Permit]:
    parts = parts_of(ask(text), passage())
    prompt = build(Template("Answer."), parts, mark="mark")
    return prompt, permit(decision_for(parts), prompt, route, model, shipped_rules())


def real_door(base_url: str, shore: Route = Route.CLOUD, **more: str) -> OpenAIDoor:
    return OpenAIDoor(
        shore,
        base_url=base_url,
        api_key=more.get("api_key", "key"),
        model="m",
        max_tokens=64,
        first_token_s=PATIENCE_S,
        proxy=more.get("proxy"),
    )


@asynccontextmanager
async def openai_door(*replies: Reply) -> AsyncIterator[tuple[OpenAIDoor, OpenAIStandIn]]:
    async with OpenAIStandIn(replies=replies or (Says(),)) as server:
        door = real_door(server.base_url)
        try:
            yield door, server
        finally:
            await door.aclose()


@asynccontextmanager
async def real(says: str) -> AsyncIterator[Door]:
    async with openai_door(Says(says)) as (door, _):
        yield door


@asynccontextmanager
async def fake(says: str) -> AsyncIterator[Door]:
    yield FakeDoor(Route.CLOUD, says, model="m")


Opens = Callable[[str], AbstractAsyncContextManager[Door]]
either = pytest.mark.parametrize("opened", [real, fake])


@either
async def test_a_door_gives_the_models_whole_answer(opened: Opens) -> None:
    async with opened("연차는 15일입니다. [1]") as door:
        completion = await door.complete(*prompt_and_permit())
        assert completion.text == "연차는 15일입니다. [1]"
        assert completion.model == "m"


@either
async def test_a_door_takes_a_permit_once(opened: Opens) -> None:
    async with opened("ja") as door:
        prompt, issued = prompt_and_permit()
        await door.complete(prompt, issued)
        with pytest.raises(PermitFault, match="used"):
            await door.complete(prompt, issued)


@either
async def test_a_door_refuses_a_prompt_that_its_permit_does_not_cover(opened: Opens) -> None:
    async with opened("ja") as door:
        _, issued = prompt_and_permit()
        other, _ = prompt_and_permit(text="회의실은 어디인가요?")
        with pytest.raises(PermitFault):
            await door.complete(other, issued)


@either
async def test_a_door_refuses_a_permit_for_the_other_shore(opened: Opens) -> None:
    async with opened("ja") as door:
        with pytest.raises(PermitFault):
            await door.complete(*prompt_and_permit(Route.ON_PREM))


@either
async def test_a_door_refuses_a_permit_for_another_model(opened: Opens) -> None:
    async with opened("ja") as door:
        with pytest.raises(PermitFault):
            await door.complete(*prompt_and_permit(model="another"))


async def test_on_prem_the_permit_says_which_of_the_servers_models_is_asked() -> None:
    async with OpenAIStandIn([Says("ja")], models=["m", "hr-small"]) as server:
        door = real_door(server.base_url, Route.ON_PREM)
        for model in ("m", "hr-small"):
            completion = await door.complete(*prompt_and_permit(Route.ON_PREM, model=model))
            assert (completion.model, server.requests[-1].json["model"]) == (model, model)
        with pytest.raises(ModelFault) as gone:
            await door.complete(*prompt_and_permit(Route.ON_PREM, model="gone"))
        assert (gone.value.status, gone.value.again) == (404, False)
        await door.aclose()


async def test_what_leaves_is_the_permitted_messages_and_nothing_about_the_sender() -> None:
    async with openai_door() as (door, server):
        prompt, issued = prompt_and_permit()
        await door.complete(prompt, issued)
        (request,) = server.requests
        assert request.json["messages"] == messages(prompt)
        assert set(request.json) == {"messages", "model", "stream", "stream_options", "max_completion_tokens"}
        assert {name.lower() for name in request.headers} <= {
            "host", "authorization", "content-type", "content-length", "accept"
        }  # fmt: skip


async def test_without_a_key_no_key_is_sent() -> None:
    async with OpenAIStandIn() as server:
        door = real_door(server.base_url, api_key="")
        await door.complete(*prompt_and_permit())
        await door.aclose()
        assert not any(name.lower() == "authorization" for name in server.requests[0].headers)


async def test_nothing_reaches_the_socket_when_the_permit_does_not_cover_it() -> None:
    async with openai_door() as (door, server):
        _, issued = prompt_and_permit()
        other, _ = prompt_and_permit(text="다른 질문")
        for prompt, shown in ((other, issued), prompt_and_permit(Route.ON_PREM)):
            with pytest.raises(PermitFault):
                await door.complete(prompt, shown)
        assert server.bytes_received == b""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with (
        OpenAIStandIn() as elsewhere,
        openai_door(Redirect(f"{elsewhere.base_url}/chat/completions", status)) as (door, _),
    ):
        with pytest.raises(ModelFault, match=str(status)):
            await door.complete(*prompt_and_permit())
        assert elsewhere.bytes_received == b""


async def test_the_proxy_of_the_process_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with openai_door() as (door, server):
        await door.complete(*prompt_and_permit())
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "says", "again"),
    [
        (Status(429), "status 429", True),
        (Status(500), "status 500", True),
        (Status(503), "status 503", True),
        (Status(400), "status 400", False),
        (Status(401), "status 401", False),
        (Status(404), "status 404", False),
        (Silent(), "in time", True),
        (Stall("연차는"), "in time", True),
        (HalfStream("연차는 15일"), "The cloud model", True),
        (NoFinish("연차는 15일"), "middle", True),
        (Truncated("연차는 15일"), "length", False),
        (Garbage(), "no chat completion", True),
        (Status(200, "not json at all", {"Content-Type": "application/json"}), "The cloud model", True),
        (Says(""), "empty", False),
        (Says("가" * 100_001), "does not stop", False),
    ],
    ids=lambda value: getattr(value, "ending", None) or getattr(value, "code", None) or str(value)[:20],
)
async def test_a_half_answer_is_no_answer_and_says_why(reply: Reply, says: str, again: bool) -> None:
    async with openai_door(reply) as (door, _):
        with pytest.raises(ModelFault, match=says) as raised:
            await door.complete(*prompt_and_permit())
        assert raised.value.again is again
        assert "연차" not in str(raised.value)


async def test_a_server_that_is_not_there_is_said_to_be_out_of_reach() -> None:
    async with OpenAIStandIn() as server:
        gone = server.base_url
    door = real_door(gone)
    with pytest.raises(ModelFault, match="cannot be reached"):
        await door.complete(*prompt_and_permit())
    await door.aclose()


async def asked(endpoint: Endpoint) -> str:
    return (await endpoint.complete(prompt_and_permit)).text


@pytest.mark.parametrize(
    "first", [Status(429), Status(500), HalfStream("연차는"), NoFinish("연차는"), Garbage(), Silent()]
)
async def test_another_try_gets_the_answer_with_a_permit_of_its_own(first: Reply) -> None:
    issued: list[Permit] = []

    def issue() -> tuple[Prompt, Permit]:
        prompt, one = prompt_and_permit()
        issued.append(one)
        return prompt, one

    async with openai_door(first, Says("15일입니다 [1].")) as (door, server):
        completion = await Endpoint(door, attempts=2, total_s=10).complete(issue)
        assert completion.text == "15일입니다 [1]."
        assert len(server.requests) == 2
        assert len({one.id for one in issued}) == 2


@pytest.mark.parametrize("reply", [Status(401), Truncated("연차는")])
async def test_no_second_try_where_it_cannot_help(reply: Reply) -> None:
    async with openai_door(reply) as (door, server):
        with pytest.raises(ModelFault):
            await asked(Endpoint(door, attempts=3, total_s=10))
        assert len(server.requests) == 1


async def test_retry_after_is_honoured() -> None:
    async with openai_door(Status(429, headers={"Retry-After": "1"}), Says("ja [1]")) as (door, server):
        await asked(Endpoint(door, attempts=2, total_s=10))
        first, second = server.requests
        assert second.received_at - first.received_at >= 1


@pytest.mark.parametrize("reply", [Silent(), Says("a " * 400, delay_s=0.05)])
async def test_all_tries_together_end_at_the_total_timeout(reply: Reply) -> None:
    async with openai_door(reply) as (door, _):
        with pytest.raises(ModelFault, match="longer than 1 s"):
            await asyncio.wait_for(asked(Endpoint(door, attempts=99, total_s=1)), timeout=5)


async def test_a_server_that_asks_for_more_patience_than_there_is_is_not_waited_for() -> None:
    async with openai_door(Status(429, headers={"Retry-After": "3600"})) as (door, server):
        with pytest.raises(ModelFault, match="429"):
            await asyncio.wait_for(asked(Endpoint(door, attempts=99, total_s=30)), timeout=10)
        assert len(server.requests) == 1


async def test_an_answer_that_repeats_itself_is_not_heard_out() -> None:
    async with openai_door(Says("연차는 15일입니다. " * 2000, delay_s=0.001)) as (door, _):
        heard: list[str] = []
        with pytest.raises(ModelFault, match="again and again") as fault:
            await door.complete(*prompt_and_permit(), heard.append)
        assert not fault.value.again
        assert len(heard[-1]) < 1000


@pytest.mark.parametrize(
    ("code", "says", "too_long"),
    [
        (400, "This model's maximum context length is 512 tokens. However, you requested 900 tokens.", True),
        (400, "Input length exceeds context_length_exceeded", True),
        (400, "the request exceeds the available context size (4096 tokens)", True),
        (422, "`inputs` must have less than 1024 tokens: maximum total tokens", True),
        (413, "Payload Too Large", True),
        (400, "temperature must be a number", False),
        (500, "maximum context length", False),
    ],
)
async def test_a_prompt_that_is_too_long_is_told_from_one_that_is_wrong(code: int, says: str, too_long: bool) -> None:
    async with openai_door(Status(code, json.dumps({"error": {"message": says}}))) as (door, _):
        with pytest.raises(ModelFault) as fault:
            await door.complete(*prompt_and_permit())
        assert fault.value.too_long is too_long
        assert says not in str(fault.value)


class Sent(httpx2.AsyncBaseTransport):
    """What would have left."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return httpx2.Response(200)


ADDRESS = httpx2.URL("https://cloud.example/v1/chat/completions")


def tampered(change: Callable[[dict[str, object]], object]) -> Callable[[dict[str, object]], bytes]:
    def change_body(body: dict[str, object]) -> bytes:
        change(body)
        return json.dumps(body).encode()

    return change_body


@pytest.mark.parametrize(
    "tamper",
    [
        tampered(lambda body: body.update(user="U1")),
        tampered(lambda body: body.update(metadata={"note": "secret"})),
        tampered(lambda body: body.update(safety_identifier="U1")),
        *(tampered(lambda body, store=store: body.update(store=store)) for store in (True, 0, None, "secret")),  # type: ignore[misc]
        tampered(lambda body: body.update(model="another")),
        tampered(lambda body: body.update(max_tokens="secret")),
        tampered(lambda body: body.update(stream_options={"include_usage": True, "note": "secret"})),
        tampered(lambda body: body["messages"].append({"role": "user", "content": "secret"})),  # type: ignore[attr-defined]
        tampered(lambda body: body["messages"][0].update(name="secret")),  # type: ignore[index]
        lambda body: json.dumps(body).encode()[:-1] + b', "model": "m"}',
        lambda body: b"secret",
        lambda body: b'["secret"]',
        lambda body: b"",
    ],
)
async def test_the_guard_stops_a_body_that_is_not_exactly_what_was_permitted(
    tamper: Callable[[dict[str, object]], bytes],
) -> None:
    sent = Sent()
    guard = Guard(Route.CLOUD, ADDRESS, sent)
    prompt, issued = prompt_and_permit()
    body: dict[str, object] = {"model": "m", "messages": messages(prompt), "stream": True}
    request = httpx2.Request("POST", ADDRESS, headers=guard.admit(issued), content=tamper(body))
    with pytest.raises(PermitFault):
        await guard.handle_async_request(request)
    assert sent.requests == []


async def post(guard: Guard, address: httpx2.URL, headers: dict[str, str], prompt: Prompt) -> httpx2.Response:
    body = json.dumps({"model": "m", "messages": messages(prompt), "stream": True}).encode()
    return await guard.handle_async_request(httpx2.Request("POST", address, headers=headers, content=body))


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/v1/chat/completions",
        "https://cloud.example/v1/chat/completions?q=secret",
        "https://cloud.example/v1/embeddings",
        "http://cloud.example/v1/chat/completions",
        "https://cloud.example:8443/v1/chat/completions",
    ],
)
async def test_the_guard_stops_another_address(address: str) -> None:
    sent = Sent()
    guard = Guard(Route.CLOUD, ADDRESS, sent)
    prompt, issued = prompt_and_permit()
    with pytest.raises(PermitFault, match="another address"):
        await post(guard, httpx2.URL(address), guard.admit(issued), prompt)
    assert sent.requests == []


async def test_the_guard_stops_what_comes_without_a_permit_or_with_a_used_one() -> None:
    sent = Sent()
    guard = Guard(Route.CLOUD, ADDRESS, sent)
    prompt, issued = prompt_and_permit()
    with pytest.raises(PermitFault, match="without a Permit"):
        await post(guard, ADDRESS, {}, prompt)
    headers = guard.admit(issued)
    await post(guard, ADDRESS, headers, prompt)
    with pytest.raises(PermitFault, match="without a Permit"):
        await post(guard, ADDRESS, headers, prompt)
    assert len(sent.requests) == 1


async def test_many_questions_at_once_each_use_their_own_permit() -> None:
    async with openai_door() as (door, server):
        answers: list[Awaitable[str]] = [asked(Endpoint(door, attempts=1, total_s=10)) for _ in range(20)]
        assert len(await asyncio.gather(*answers)) == 20
        assert len(server.requests) == 20
