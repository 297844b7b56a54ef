"""What stands before vLLM, over real sockets: the requests of a list reach it, with the key, and nothing else."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx2
import pytest
from aiohttp import web
from hypothesis import event, example, given
from hypothesis import strategies as st

from admin.serving.front import ASKED, MOST_BYTES, Inner, opened_front
from bot.domain import Route
from bot.models.door import OpenAIDoor
from bot.models.faults import ModelFault
from tests.integration.test_doors import prompt_and_permit
from tests.standins.openai import HalfStream, OpenAIStandIn, Reply, Says, Silent

KEY, INNER = "outer" + "-" * 3, "inner" + "-" * 3


# -- nothing else gets through --


@dataclass
class Behind:
    """A server that answers everything, as vLLM's open paths would, and keeps what reached it."""

    port: int = 0
    heard: list[tuple[str, str]] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.heard.append((request.method, request.raw_path))
        self.keys.add(request.headers.get("authorization"))
        await request.read()
        return web.json_response({"reached": request.raw_path})


@dataclass(frozen=True)
class Both:
    port: int
    behind: Behind


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    """In a loop of their own, so that a property may ask again and again."""
    ready, ended, found = threading.Event(), asyncio.Event(), []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        behind = Behind()
        runner = web.ServerRunner(web.Server(behind.handle, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with opened_front("127.0.0.1", 0, Inner(runner.addresses[0][1], INNER), KEY) as address:
            found.append(Both(int(address.split(":")[2].split("/")[0]), behind))
            ready.set()
            await ended.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield found[0]
    loop.call_soon_threadsafe(ended.set)
    thread.join(10)
    loop.close()


def said_to(port: int, raw: bytes) -> bytes:
    """Everything that comes back until the front hangs up or has been silent for a second. The end asks it to hang up:
    who hangs up himself is not answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as client, suppress(TimeoutError, ConnectionError):
        found = b""
        client.sendall(raw + b"GET /end HTTP/1.1\r\nHost: naru\r\nConnection: close\r\n\r\n")
        while piece := client.recv(65536):
            found += piece
    return found


def raw(method: str, target: str, *headers: str, key: str | None = KEY, body: bytes = b"{}") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: naru", *headers, f"Content-Length: {len(body)}"]
    if key is not None:
        lines.append(f"Authorization: Bearer {key}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


OPEN = [
    "/invocations",
    "/adapters",
    "/v1/load_lora_adapter",
    "/tokenize",
    "/metrics",
    "/docs",
    "/ping",
    "/v1/completions",
]
LISTED = [path for _, path in sorted(ASKED)]
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE", "get", "PoSt"]
PIECES = ["/", "//", "/.", "/..", "%2f", "%2F", "%2e%2e", "\\", ";", ";a=b", "?", "?a=/v1/models", "#", "%00", "%", "."]


@st.composite
def targets(draw: st.DrawFn) -> str:
    """A listed path or an open one, with tricks before, between and behind."""
    path = draw(st.sampled_from(LISTED + OPEN))
    tricks = st.lists(st.sampled_from([*PIECES, *OPEN, *LISTED]), max_size=2).map("".join)
    cut = draw(st.integers(0, len(path)))
    found = draw(tricks) + path[:cut] + draw(tricks) + path[cut:] + draw(tricks)
    match draw(st.integers(0, 5)):
        case 0:
            return found.upper()
        case 1:
            return f"http://127.0.0.1:9{found}"
        case 2:
            return f"http://naru@evil.example{found}"
        case 3:
            return found.replace("v1", "%761")
    return found


HEADERS = st.lists(
    st.sampled_from(
        [
            "X-HTTP-Method-Override: DELETE",
            "X-Original-URL: /invocations",
            "X-Rewrite-URL: /adapters",
            "X-Forwarded-Prefix: /adapters",
            "Connection: upgrade\r\nUpgrade: websocket",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c",
            "Content-Encoding: gzip",
            "Transfer-Encoding: chunked",
            "Content-Length: 0",
            "Authorization: Bearer " + "x",
            "Host: /invocations",
        ]
    ),
    max_size=2,
)


KEYS = st.sampled_from([KEY, KEY, KEY, None, "", INNER, KEY.upper()])
TARGETS = st.one_of(st.sampled_from(LISTED), targets())


@given(st.sampled_from([*METHODS, "POST", "POST", "POST"]), TARGETS, HEADERS, KEYS, TARGETS)
@example("POST", "/v1/chat/completions", [], KEY, "/invocations")
@example("POST", "/v1/chat/completions?x=/invocations", [], KEY, "/v1/chat/completions/../../invocations")
@example("POST", "/v1/models", ["Transfer-Encoding: chunked"], KEY, "/adapters")
def test_no_trick_reaches_another_path_or_does_without_the_key(
    both: Both, method: str, target: str, headers: list[str], key: str | None, hidden: str
) -> None:
    """A second request stands behind the first, as its body and as a request of its own."""
    both.behind.heard.clear()
    both.behind.keys.clear()
    inside = raw("POST", hidden)
    said_to(both.port, raw(method, target, *headers, key=key, body=inside) + raw("POST", hidden, key=key))
    assert set(both.behind.heard) <= ASKED
    event(f"{len(both.behind.heard)} got through")
    assert both.behind.keys <= {f"Bearer {INNER}"}
    assert key == KEY or both.behind.heard == []


@pytest.mark.parametrize(("method", "path"), sorted(ASKED))
def test_each_request_of_the_list_goes_on_with_the_other_key(both: Both, method: str, path: str) -> None:
    both.behind.heard.clear()
    assert said_to(both.port, raw(method, path)).startswith(b"HTTP/1.1 200")
    assert both.behind.heard == [(method, path)]
    assert both.behind.keys == {f"Bearer {INNER}"}


@pytest.mark.parametrize("path", [*OPEN, *LISTED, "/"])
def test_without_the_key_every_path_says_the_same(both: Both, path: str) -> None:
    both.behind.heard.clear()
    answers = {said_to(both.port, raw(m, path, key=None)).split(b"\r\n")[0] for m in ("GET", "POST")}
    assert answers == {b"HTTP/1.1 401 Unauthorized"}
    assert both.behind.heard == []


@pytest.mark.parametrize("path", OPEN)
def test_what_vllm_leaves_open_is_not_there(both: Both, path: str) -> None:
    both.behind.heard.clear()
    assert said_to(both.port, raw("POST", path)).startswith(b"HTTP/1.1 404")
    assert both.behind.heard == []


def test_what_was_sent_stands_in_no_log_however_broken_it_is(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        said_to(both.port, raw("POST", "/v1/score", "Connection: close", body=b"x") + b"SECRETWORD")
        said_to(both.port, b"SECRETWORD\r\n\r\nSECRETWORD")
        said_to(both.port, raw("POST", "/v1/score", body=b"SECRETWORD"))
        said_to(both.port, raw("POST", "/v1/score", "Content-Length: 0", body=b"SECRETWORD"))
    assert "SECRETWORD" not in caplog.text


def test_too_long_a_body_is_refused_with_its_length_said_and_unsaid(both: Both) -> None:
    both.behind.heard.clear()
    much = b"x" * (MOST_BYTES + 1)
    said = f"http://127.0.0.1:{both.port}/v1/chat/completions"
    headers = {"authorization": f"Bearer {KEY}"}
    with httpx2.Client(trust_env=False) as client:
        assert client.post(said, content=much, headers=headers).status_code == 413
        pieces = (much[start : start + 65536] for start in range(0, len(much), 65536))
        try:
            status = client.post(said, content=pieces, headers=headers).status_code
        except httpx2.WriteError:
            status = 413  # it hung up before all of it was there
        assert status == 413
    assert both.behind.heard == []


# -- and what goes through comes back whole, or is said to be broken --


@asynccontextmanager
async def fronted(*replies: Reply) -> AsyncIterator[tuple[OpenAIDoor, OpenAIStandIn]]:
    async with OpenAIStandIn(replies=replies, api_key=INNER) as server:
        port = int(server.base_url.split(":")[2].split("/")[0])
        async with opened_front("127.0.0.1", 0, Inner(port, INNER), KEY) as address:
            door = OpenAIDoor(Route.ON_PREM, base_url=address, api_key=KEY, model="m", max_tokens=64, first_token_s=2.0)
            try:
                yield door, server
            finally:
                await door.aclose()


async def test_an_answer_comes_through_piece_by_piece() -> None:
    async with fronted(Says("하나 둘 셋.", delay_s=0.2)) as (door, _):
        times: list[float] = []
        began = asyncio.get_running_loop().time()
        completion = await door.complete(
            *prompt_and_permit(Route.ON_PREM), lambda _: times.append(asyncio.get_running_loop().time() - began)
        )
    assert completion.text == "하나 둘 셋."
    assert times[-1] - times[0] > 0.3, "held back until it was whole"


async def test_half_an_answer_does_not_become_a_whole_one() -> None:
    async with fronted(HalfStream("연차는 15일입니다.")) as (door, _):
        with pytest.raises(ModelFault):
            await door.complete(*prompt_and_permit(Route.ON_PREM))


async def test_what_is_not_there_is_said_to_be_started_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    async with (
        opened_front("127.0.0.1", 0, Inner(port, INNER), KEY) as address,
        httpx2.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.get(f"{address}/models", headers={"authorization": f"Bearer {KEY}"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "started again" in json.loads(answer.content)["error"]["message"]


async def test_who_hangs_up_is_not_waited_for() -> None:
    async with fronted(Silent()) as (door, server):
        with pytest.raises(ModelFault, match="in time"):
            await door.complete(*prompt_and_permit(Route.ON_PREM))
        async with asyncio.timeout(5):
            await server.hung_up()
