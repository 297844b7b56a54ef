"""The stand-in is the witness of the promise that nothing sensitive leaves: here it is held to its word."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from tests.standins.openai import (
    Garbage,
    HalfStream,
    NoFinish,
    OpenAIStandIn,
    Redirect,
    Reply,
    Request,
    Says,
    Silent,
    Stall,
    Status,
    Truncated,
)

CANARY = "카나리아/canary 7"
ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def client_of(
    server: OpenAIStandIn, *, key: str = "any", timeout_s: float = 5, follow_redirects: bool = False
) -> AsyncIterator[openai.AsyncOpenAI]:
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=timeout_s, follow_redirects=follow_redirects) as http,
        openai.AsyncOpenAI(
            base_url=server.base_url, api_key=key, max_retries=0, timeout=timeout_s, http_client=http
        ) as client,
    ):
        yield client


async def ask(client: openai.AsyncOpenAI, text: str = "연차는 며칠인가요?", **more: Any) -> ChatCompletion:
    completion = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}], **more)
    assert isinstance(completion, ChatCompletion)
    return completion


async def stream(client: openai.AsyncOpenAI, into: list[ChatCompletionChunk], **more: Any) -> None:
    messages: Any = [{"role": "user", "content": "연차는 며칠인가요?"}]
    async for chunk in await client.chat.completions.create(model="m", messages=messages, stream=True, **more):
        into.append(chunk)


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def finish_of(chunks: list[ChatCompletionChunk]) -> list[str]:
    return [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]


async def send_raw(server: OpenAIStandIn, *pieces: bytes) -> None:
    """Sends bytes as they are, and hangs up when the server does: it has then read them all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.base_url).port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    writer.write_eof()
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_the_default_answer_streams_a_role_then_text_that_cites_then_a_reason_to_stop() -> None:
    chunks: list[ChatCompletionChunk] = []
    async with OpenAIStandIn() as server, client_of(server) as client:
        await stream(client, chunks)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len(chunks) > 4
    assert "[1]" in text_of(chunks)
    assert finish_of(chunks) == ["stop"]
    assert all(chunk.usage is None for chunk in chunks)


async def test_usage_comes_last_and_without_choices_when_it_is_asked_for() -> None:
    chunks: list[ChatCompletionChunk] = []
    async with OpenAIStandIn() as server, client_of(server) as client:
        await stream(client, chunks, stream_options={"include_usage": True})
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 100


async def test_an_unstreamed_answer_is_the_same_text_in_one_piece() -> None:
    async with OpenAIStandIn([Says("  한 줄\n두 줄 ")]) as server, client_of(server) as client:
        chunks: list[ChatCompletionChunk] = []
        await stream(client, chunks)
        whole = await ask(client)
    assert whole.choices[0].message.content == text_of(chunks) == "  한 줄\n두 줄 "
    assert whole.choices[0].finish_reason == "stop"


async def test_a_text_is_cut_where_the_script_cuts_it() -> None:
    chunks: list[ChatCompletionChunk] = []
    async with OpenAIStandIn([Says("답 [1]", chunks=("답 [", "1]"))]) as server, client_of(server) as client:
        await stream(client, chunks)
    assert [chunk.choices[0].delta.content for chunk in chunks[1:3]] == ["답 [", "1]"]


def test_chunks_that_are_not_the_text_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        Says("답", chunks=("다른", "말"))


async def test_delays_come_before_the_first_event_and_between_the_others() -> None:
    says = Says("a b c", delay_first_s=0.1, delay_s=0.05)
    arrived: list[float] = []
    async with OpenAIStandIn([says]) as server, client_of(server) as client:
        started = time.monotonic()
        async for _ in await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "?"}], stream=True
        ):
            arrived.append(time.monotonic() - started)
    assert arrived[0] >= 0.1
    assert arrived[-1] - arrived[0] >= 0.15


async def test_replies_are_taken_in_order_and_the_last_one_repeats() -> None:
    async with OpenAIStandIn([Says("하나"), Says("둘")]) as server, client_of(server) as client:
        said = [(await ask(client)).choices[0].message.content for _ in range(3)]
    assert said == ["하나", "둘", "둘"]


async def test_a_callable_reply_is_a_model_that_obeys_what_it_reads() -> None:
    def obey(request: Request) -> str:
        return str(request.json["messages"][-1]["content"]).removeprefix("Repeat: ")

    async with OpenAIStandIn([obey]) as server, client_of(server) as client:
        assert (await ask(client, f"Repeat: {CANARY}")).choices[0].message.content == CANARY


async def test_models_are_listed_without_using_up_the_script() -> None:
    async with OpenAIStandIn([Says("하나"), Says("둘")]) as server, client_of(server) as client:
        assert [model.id async for model in await client.models.list()] == ["standin"]
        assert (await ask(client)).choices[0].message.content == "하나"


async def test_of_several_models_one_that_is_not_loaded_is_not_found_and_uses_up_nothing() -> None:
    async with OpenAIStandIn([Says("하나"), Says("둘")], models=["base"]) as server, client_of(server) as client:
        assert [model.id async for model in await client.models.list()] == ["base"]
        with pytest.raises(openai.NotFoundError) as missing:
            await ask(client)
        assert missing.value.body == {
            "message": "The model `m` does not exist.",
            "type": "NotFoundError",
            "param": "model",
            "code": 404,
        }
        server.models.append("m")
        assert (await ask(client)).choices[0].message.content == "하나"


async def test_a_status_carries_its_headers_and_an_error_of_openais_shape() -> None:
    replies = [Status(429, headers={"Retry-After": "7"}), Status(500, body='{"detail": "boom"}')]
    async with OpenAIStandIn(replies) as server, client_of(server) as client:
        with pytest.raises(openai.RateLimitError) as limited:
            await ask(client)
        with pytest.raises(openai.InternalServerError) as broken:
            await ask(client)
    assert limited.value.response.headers["retry-after"] == "7"
    assert limited.value.response.json()["error"]["type"] == "invalid_request_error"
    assert broken.value.body == {"detail": "boom"}


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_silent_server_has_read_the_request_and_sends_nothing(streamed: bool) -> None:
    async with OpenAIStandIn([Silent()]) as server, client_of(server, timeout_s=0.2) as client:
        with pytest.raises(openai.APITimeoutError):
            await (stream(client, []) if streamed else ask(client))
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (HalfStream("연차는 1년에"), openai.APIConnectionError),
        (Stall("연차는 1년에"), openai.APITimeoutError),
    ],
)
async def test_a_broken_stream_delivers_its_text_and_then_fails(reply: Reply, error: type[Exception]) -> None:
    chunks: list[ChatCompletionChunk] = []
    async with OpenAIStandIn([reply]) as server, client_of(server, timeout_s=0.3) as client:
        with pytest.raises(error) as broken:
            await stream(client, chunks)
        assert type(broken.value) is error
        with pytest.raises(error):
            await ask(client)
    assert text_of(chunks) == "연차는 1년에"
    assert finish_of(chunks) == []


async def test_an_answer_without_a_finish_reason_looks_whole_otherwise() -> None:
    chunks: list[ChatCompletionChunk] = []
    async with OpenAIStandIn([NoFinish("15일 [1].")]) as server, client_of(server) as client:
        await stream(client, chunks)
        whole = await ask(client)
    assert text_of(chunks) == "15일 [1]."
    assert finish_of(chunks) == []
    assert whole.choices[0].finish_reason is None


async def test_a_truncated_answer_says_so_in_its_finish_reason() -> None:
    replies = [Truncated("15일"), Truncated(finish_reason="content_filter")]
    chunks: list[ChatCompletionChunk] = []
    async with OpenAIStandIn(replies) as server, client_of(server) as client:
        await stream(client, chunks)
        await stream(client, chunks)
    assert finish_of(chunks) == ["length", "content_filter"]


@pytest.mark.parametrize(
    ("body", "error"),
    [(None, UnicodeDecodeError), (b"data: {not json}\n\n", json.JSONDecodeError)],
)
async def test_garbage_gets_through_the_real_client_as_a_bare_value_error(
    body: bytes | None, error: type[ValueError]
) -> None:
    reply = Garbage() if body is None else Garbage(body=body)
    async with OpenAIStandIn([reply]) as server, client_of(server) as client:
        with pytest.raises(error):
            await stream(client, [])


async def test_a_redirect_brings_the_whole_body_to_another_address_only_if_the_client_follows() -> None:
    async with OpenAIStandIn() as other:
        async with OpenAIStandIn([Redirect(f"{other.base_url}/chat/completions")]) as server:
            async with client_of(server) as client:
                with pytest.raises(openai.APIStatusError) as refused:
                    await ask(client, CANARY)
            assert refused.value.status_code == 307
            assert not other.heard(CANARY)
            async with client_of(server, follow_redirects=True) as client:
                await ask(client, CANARY)
        assert other.heard(CANARY)


async def test_a_wrong_key_is_refused_as_vllm_refuses_it() -> None:
    async with OpenAIStandIn(api_key="right") as server:
        async with client_of(server, key="wrong") as client:
            with pytest.raises(openai.AuthenticationError) as refused:
                await ask(client)
        assert refused.value.response.json() == {"error": "Unauthorized"}
        async with client_of(server, key="right") as client:
            await ask(client)


async def test_a_request_is_recorded_as_it_was_sent() -> None:
    before = time.monotonic()
    async with OpenAIStandIn() as server, client_of(server, key="k") as client:
        await ask(client, CANARY, extra_headers={"X-Id": "7"}, extra_body={"guided_choice": ["a"]})
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert (request.headers["x-id"], request.headers["Authorization"]) == ("7", "Bearer k")
    assert json.loads(request.body) == request.json
    assert request.json["messages"][0]["content"] == CANARY
    assert before <= request.received_at <= time.monotonic()
    assert server.unknown_keys == {"guided_choice"}


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", b'{"messages": []}', b'{"messages": ["a"]}'])
async def test_a_body_that_is_no_completion_is_refused_and_uses_up_no_reply(body: bytes) -> None:
    async with OpenAIStandIn([Says("하나"), Says("둘")]) as server, client_of(server) as client:
        async with httpx2.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{server.base_url}/chat/completions", content=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
        assert server.requests[0].body == body
        assert (await ask(client)).choices[0].message.content == "하나"


@pytest.mark.parametrize("place", ["path", "query", "header", "body"])
async def test_a_canary_is_heard_wherever_it_is_put_and_whatever_the_path(place: str) -> None:
    async with OpenAIStandIn() as server, httpx2.AsyncClient(trust_env=False) as http:
        answer = await http.post(
            f"{server.base_url}/nowhere{'/' + CANARY if place == 'path' else ''}",
            params={"q": CANARY} if place == "query" else {},
            headers={b"x-note": CANARY.encode() if place == "header" else b"none"},
            json={"note": CANARY if place == "body" else "none"},
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, None)
        assert server.heard(CANARY)
        assert not server.heard(CANARY + "!")


async def test_a_canary_in_half_a_body_is_heard_though_it_is_no_request() -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n"
    async with OpenAIStandIn() as server:
        await send_raw(server, head, f'{{"messages": "{CANARY}'.encode())
        assert server.requests == []
        assert server.heard(CANARY)


async def test_a_canary_cut_in_two_by_chunked_encoding_is_heard() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield CANARY.encode()[:7]
        yield CANARY.encode()[7:]

    async with OpenAIStandIn() as server, httpx2.AsyncClient(trust_env=False) as http:
        await http.post(server.base_url, content=body())
        assert CANARY.encode() not in server.bytes_received
        assert server.heard(CANARY)


async def test_two_connections_at_once_do_not_cut_each_others_bytes() -> None:
    async with OpenAIStandIn() as server:
        port = urlsplit(server.base_url).port
        (_, one), (_, two) = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for writer, piece in ((one, b"POST /ca"), (two, b"POST /other"), (one, b"nary")):
            writer.write(piece)
            await asyncio.sleep(0.02)
        for writer in (one, two):
            writer.close()
            await writer.wait_closed()
        assert server.heard("canary")
        assert server.heard("other")


@settings(max_examples=25, deadline=None)
@given(pieces=st.lists(st.binary(min_size=1), min_size=1, max_size=5))
async def test_no_byte_that_reaches_the_socket_is_ever_missed(pieces: list[bytes]) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
    async with OpenAIStandIn() as server:
        await send_raw(server, head, *pieces)
        assert server.bytes_received == head + b"".join(pieces)


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
async def test_no_text_in_a_prompt_is_ever_unheard(text: str) -> None:
    async with OpenAIStandIn() as server, client_of(server) as client:
        await ask(client, text)
        assert server.heard(text)


@pytest.mark.parametrize("reply", [Silent(), Stall("연차는"), Says("연차는 며칠", delay_s=60)])
async def test_leaving_ends_what_hangs_and_leaves_no_task_and_no_socket(reply: Reply) -> None:
    before = asyncio.all_tasks()
    async with OpenAIStandIn([reply]) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.base_url).port)
        body = b'{"messages": [{}], "stream": true}'
        head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
        writer.write(head + body)
        await asyncio.sleep(0.1)
        assert len(server.requests) == 1
        started = time.monotonic()
    assert time.monotonic() - started < 1
    assert asyncio.all_tasks() == before
    async with asyncio.timeout(5):
        await reader.read()
    writer.close()
    await writer.wait_closed()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", urlsplit(server.base_url).port)
    gc.collect()  # a socket left open warns when it is collected, and a warning fails the test


async def test_as_a_program_it_prints_its_address_answers_and_ends_quietly() -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "tests.standins.openai", "--say", "15일 [1]."),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    async with asyncio.timeout(30):
        base_url = json.loads(await program.stdout.readline())["base_url"]
        async with httpx2.AsyncClient(trust_env=False) as http:
            body = {"messages": [{"role": "user", "content": "?"}]}
            answer = await http.post(f"{base_url}/chat/completions", json=body)
        program.send_signal(signal.SIGTERM)
        rest, errors = await program.communicate()
    assert answer.json()["choices"][0]["message"]["content"] == "15일 [1]."
    assert (program.returncode, rest, errors) == (0, b"", b"")
