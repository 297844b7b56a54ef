"""An OpenAI-compatible server that says what its script says: real sockets, no model.

    async with OpenAIStandIn(replies=[Status(429), Says("15일입니다 [1].")]) as server:
        ...  # point a client without proxies at server.base_url

It keeps every byte that reaches its sockets, so that a test can assert what never did. As a program it
prints {"base_url": ...} as one line and serves until SIGINT or SIGTERM:
`python -m tests.standins.openai --port 0 --say "15일입니다 [1]."`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote, quote_plus
from zlib import crc32

from aiohttp import web
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming

KNOWN_KEYS = CompletionCreateParamsStreaming.__annotations__.keys()
JSON = {"Content-Type": "application/json"}
EVENT_STREAM = {"Content-Type": "text/event-stream"}


@dataclass(frozen=True)
class Request:
    """One whole request; `json` is None when the body is not JSON, `received_at` is time.monotonic()."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    json: Any
    received_at: float


@dataclass(frozen=True)
class Says:
    """Answers `text`: its first event comes after `delay_first_s`, each further one after `delay_s`.

    An `ending` other than "done" comes after the text, or halfway through the body of an unstreamed answer.
    `chunks` cuts the text where a test wants it cut. `tokens` of prompt and answer are what it says that it took; None:
    it says nothing.
    """

    text: str = "연차는 1년에 15일입니다 [1]."
    delay_first_s: float = 0.0
    delay_s: float = 0.0
    chunks: tuple[str, ...] = ()
    finish_reason: str | None = "stop"
    ending: Literal["done", "close", "hang"] = "done"
    tokens: tuple[int, int] | None = (90, 10)

    def __post_init__(self) -> None:
        if not self.chunks:
            object.__setattr__(self, "chunks", tuple(re.findall(r"\s*\S+\s*$|\s*\S+|\s+", self.text)))
        if "".join(self.chunks) != self.text:
            raise ValueError("chunks must add up to text: give the same text, cut where you want it cut")


Truncated = partial(Says, finish_reason="length")
NoFinish = partial(Says, finish_reason=None)  # the rest, [DONE] too, as if all were well
HalfStream = partial(Says, ending="close")
Stall = partial(Says, ending="hang")
Silent = partial(Says, delay_first_s=inf)


@dataclass(frozen=True)
class Status:
    """Answers `code`; without a `body`, an error of OpenAI's shape."""

    code: int
    body: str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


# Neither events nor JSON nor, unless another body is given, UTF-8.
Garbage = partial(Status, code=200, body=b"\x00\xff\xfe<html>\n\n\x80\n\n", headers=EVENT_STREAM)


@dataclass(frozen=True)
class Redirect:
    """Sends the client to another address; 307 and 308 ask it to send the body there too."""

    location: str
    status: int = 307


def of_letters(text: str, dimensions: int = 16) -> tuple[float, ...]:
    """Texts that share pairs of letters are near each other; the same text gives the same vector everywhere."""
    found = [0.01] * dimensions
    for pair in zip(text.lower(), text.lower()[1:], strict=False):
        found[crc32("".join(pair).encode()) % dimensions] += 1.0
    return tuple(found)


@dataclass(frozen=True)
class Vectors:
    """Answers a vector for each text after `delay_s`; 400 where one has more than `longest` characters."""

    of: Callable[[str], Sequence[float]] = of_letters
    delay_s: float = 0.0
    longest: float = inf


def of_shared_pairs(question: str, passage: str) -> float:
    """The share of the question's pairs of letters that stand in the passage, too."""
    pairs = {question[n : n + 2].lower() for n in range(len(question) - 1)}
    return sum(pair in passage.lower() for pair in pairs) / max(1, len(pairs))


@dataclass(frozen=True)
class Scores:
    """Answers a score for each passage after `delay_s`, in any order; the last `short` are left out."""

    of: Callable[[str, str], float] = of_shared_pairs
    delay_s: float = 0.0
    short: int = 0


T = TypeVar("T")
Reply = Says | Status | Redirect | Callable[[Request], str | Says]


class OpenAIStandIn:
    """POST /v1/chat/completions, streamed or not, /v1/embeddings, vLLM's /v1/score and /v1/rerank, GET /v1/models, and
    OpenAI's 404 for the rest.

    Each well-formed completion takes the next reply; the last one repeats. A callable reply is given the
    request and returns the text: a model that obeys what it reads. An `api_key` is asked for as vLLM does or, with
    `azure`, in the header `api-key` and in no other.
    `models` are the names it serves: given, any other is a 404 as vLLM has it, and uses up no reply. They may change
    while it runs, as adapters are loaded.
    """

    def __init__(
        self,
        replies: Sequence[Reply] = (Says(),),
        *,
        vectors: Sequence[Vectors | Status | Redirect] = (Vectors(),),
        scores: Sequence[Scores | Status | Redirect] = (Scores(),),
        models: Sequence[str] = (),
        api_key: str | None = None,
        azure: bool = False,
        port: int = 0,
    ) -> None:
        if not replies or not vectors or not scores:
            raise ValueError("a script needs at least one reply")
        self.requests: list[Request] = []
        self.unknown_keys: set[str] = set()
        self.base_url = ""
        self.models = list(models)
        self._replies = list(replies)
        self._vectors = list(vectors)
        self._scores = list(scores)
        self._api_key = api_key
        self._azure = azure
        self._port = port
        self._connections: list[_Connection] = []
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def bytes_received(self) -> bytes:
        """Every raw byte, one connection after the other: bytes of two connections never interleave."""
        return b"".join(connection.received for connection in self._connections)

    async def hung_up(self) -> None:
        """Returns once nobody of those who came is connected any more."""
        await asyncio.gather(*(connection.closed.wait() for connection in self._connections))

    def heard(self, text: str) -> bool:
        """Whether `text` came in, in any case: as UTF-8, JSON-escaped, percent-encoded or chunked."""
        heard = b"\n".join([self.bytes_received, *(request.body for request in self.requests)]).lower()
        escaped = (json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
        forms = (text, *escaped, quote(text), quote(text, safe=""), quote_plus(text))
        return any(form.encode().lower() in heard for form in forms)

    async def __aenter__(self) -> Self:
        self._server = web.Server(self._handle, handler_cancellation=True)
        connect = partial(_Connection, self._server, self._connections)
        self._listener = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", self._port)
        self.base_url = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        self._server.pre_shutdown()
        # Replies that hang never end by themselves, so there is nothing to wait for.
        await self._server.shutdown(timeout=0.01)
        await asyncio.gather(*(connection.closed.wait() for connection in self._connections))
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _handle(self, raw: web.BaseRequest) -> web.StreamResponse:
        self._serving.add(raw.task)
        body = await raw.content.read()
        received_at = time.monotonic()
        parsed = None
        with contextlib.suppress(ValueError):
            parsed = json.loads(body)
        request = Request(raw.method, raw.path, raw.headers, body, parsed, received_at)
        self.requests.append(request)
        if self._api_key is not None and not self._knows(request):
            return web.json_response({"error": "Unauthorized"}, status=401)
        match request.method, request.path:
            case "POST", "/v1/chat/completions" if self._lacks(request):
                return _no_model(request.json["model"])
            case "POST", "/v1/chat/completions":
                return await self._complete(raw, request)
            case "POST", "/v1/embeddings":
                return await self._embed(raw, request)
            case "POST", "/v1/score" | "/v1/rerank":
                return await self._score(request)
            case "GET", "/v1/models":
                names = self.models or ["standin"]
                listed = [{"id": one, "object": "model", "created": 0, "owned_by": "standin"} for one in names]
                return web.json_response({"object": "list", "data": listed})
        return _error(404, f"Invalid URL ({request.method} {request.path})")

    def _knows(self, request: Request) -> bool:
        bearer, key = request.headers.get("Authorization"), request.headers.get("api-key")
        return (bearer, key) == ((None, self._api_key) if self._azure else (f"Bearer {self._api_key}", None))

    def _lacks(self, request: Request) -> bool:
        asked = request.json.get("model") if isinstance(request.json, dict) else None
        return bool(self.models) and isinstance(asked, str) and asked not in self.models

    async def _embed(self, raw: web.BaseRequest, request: Request) -> web.StreamResponse:
        """With a script of its own: a Vectors reply, or trouble as in any other."""
        match request.json:
            case {"input": [_, *_] as texts} if all(isinstance(text, str) for text in texts):
                reply = _following(self._vectors)
            case _:
                return _error(400, "The body must be a JSON object with a list of texts as 'input'.")
        if isinstance(reply, Redirect | Status):
            return _scripted(reply)
        await asyncio.sleep(reply.delay_s)
        if any(len(text) > reply.longest for text in texts):
            return _error(400, "The input is longer than the model's maximum.")
        data = [{"object": "embedding", "index": n, "embedding": list(reply.of(text))} for n, text in enumerate(texts)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return web.json_response({"object": "list", "data": data, "model": request.json.get("model"), "usage": usage})

    async def _score(self, request: Request) -> web.StreamResponse:
        """Each with a script of its own, as the vectors; last first, since no order is promised."""
        match request.path, request.json:
            case "/v1/score", {"text_1": str(question), "text_2": [_, *_] as passages}:
                reply = _following(self._scores)
            case "/v1/rerank", {"query": str(question), "documents": [_, *_] as passages}:
                reply = _following(self._scores)
            case _:
                return _error(400, "The body must be a JSON object with a question and a list of passages.")
        if isinstance(reply, Redirect | Status):
            return _scripted(reply)
        await asyncio.sleep(reply.delay_s)
        listed, name = ("data", "score") if request.path == "/v1/score" else ("results", "relevance_score")
        given = [{"index": n, name: reply.of(question, text)} for n, text in enumerate(passages)]
        rows = given[: len(given) - reply.short][::-1]
        return web.json_response({"id": "score-standin", "model": request.json.get("model"), listed: rows})

    async def _complete(self, raw: web.BaseRequest, request: Request) -> web.StreamResponse:
        if isinstance(request.json, dict):
            self.unknown_keys |= request.json.keys() - KNOWN_KEYS
        match request.json:
            case {"messages": [_, *_] as messages} if all(isinstance(message, dict) for message in messages):
                reply = _following(self._replies)
            case _:
                return _error(400, "The body must be a JSON object with a list of 'messages'.")
        if isinstance(reply, Redirect | Status):
            return _scripted(reply)
        said = reply if isinstance(reply, Says) else reply(request)
        return await _speak(raw, request.json, said if isinstance(said, Says) else Says(said))


def _following(script: list[T]) -> T:
    """The last one repeats."""
    return script.pop(0) if len(script) > 1 else script[0]


def _scripted(trouble: Redirect | Status) -> web.Response:
    match trouble:
        case Redirect(location, status):
            return web.Response(status=status, headers={"Location": location})
        case Status(code, None, headers):
            return _error(code, f"Scripted status {code}.", headers)
        case Status(code, body, headers):
            return web.Response(status=code, body=body, headers=JSON | dict(headers))


class _Connection(web.RequestHandler):
    """Keeps the bytes before aiohttp parses them: also a body that never ends, and what is not HTTP."""

    def __init__(self, server: web.Server, connections: list[_Connection]) -> None:
        # Without decompression a packed body is an error (it is not JSON) and not a blind spot.
        super().__init__(server, loop=asyncio.get_running_loop(), auto_decompress=False)
        self.received = bytearray()
        self.closed = asyncio.Event()
        connections.append(self)

    def data_received(self, data: bytes) -> None:
        self.received += data
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self.closed.set()


async def _speak(raw: web.BaseRequest, asked: dict[str, Any], says: Says) -> web.StreamResponse:
    await asyncio.sleep(says.delay_first_s)
    if asked.get("stream") is True:
        response = web.StreamResponse(headers=EVENT_STREAM)
        writes = _events(asked, says)
    else:
        message = {"role": "assistant", "content": says.text}
        choice = {"index": 0, "message": message, "finish_reason": says.finish_reason}
        body = _object(asked, "chat.completion", choices=[choice], usage=_usage(says))
        response = web.StreamResponse(headers=JSON | {"Content-Length": str(len(body))})
        writes = iter([body if says.ending == "done" else body[: len(body) // 2]])
    # A caller that hangs up is no error: aiohttp ends the connection when it gets the response back.
    with contextlib.suppress(ConnectionError):
        await response.prepare(raw)
        await response.write(next(writes))
        for event in writes:
            await asyncio.sleep(says.delay_s)
            await response.write(event)
    if says.ending == "hang":
        await asyncio.sleep(inf)
    if says.ending == "close" and raw.transport is not None:
        raw.transport.close()
    return response


def _events(asked: dict[str, Any], says: Says) -> Iterator[bytes]:
    def event(choices: list[dict[str, Any]], **fields: object) -> bytes:
        return b"data: %b\n\n" % _object(asked, "chat.completion.chunk", choices=choices, **fields)

    def chunk(finish_reason: str | None = None, **delta: str) -> bytes:
        return event([{"index": 0, "delta": delta, "finish_reason": finish_reason}])

    yield chunk(role="assistant", content="")
    for piece in says.chunks:
        yield chunk(content=piece)
    if says.ending == "done":
        if says.finish_reason is not None:
            yield chunk(says.finish_reason)
        if (asked.get("stream_options") or {}).get("include_usage") and says.tokens:
            yield event([], usage=_usage(says))
        yield b"data: [DONE]\n\n"


def _usage(says: Says) -> dict[str, int] | None:
    if says.tokens is None:
        return None
    prompt, completion = says.tokens
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _object(asked: dict[str, Any], kind: str, **fields: object) -> bytes:
    head = {"id": "chatcmpl-standin", "object": kind, "created": 0, "model": asked.get("model")}
    return json.dumps(head | fields, ensure_ascii=False).encode()


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    kind = "invalid_request_error" if status < 500 else "server_error"
    body = {"error": {"message": message, "type": kind, "param": None, "code": None}}
    return web.json_response(body, status=status, headers=headers)


def _no_model(name: str) -> web.Response:
    """vLLM's own, which is not quite OpenAI's."""
    told = f"The model `{name}` does not exist."
    error = {"message": told, "type": "NotFoundError", "param": "model", "code": 404}
    return web.json_response({"error": error}, status=404)


async def _serve(port: int, says: Says, models: Sequence[str]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with OpenAIStandIn([says], models=models, port=port) as server:
        sys.stdout.write(json.dumps({"base_url": server.base_url}) + "\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="An OpenAI-compatible server that always says the same.")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--say", default=Says.text, metavar="TEXT", help="the answer to every completion")
    parser.add_argument("--model", action="append", default=[], help="a name that it serves; none given: any")
    options = parser.parse_args()
    asyncio.run(_serve(options.port, Says(options.say), options.model))
