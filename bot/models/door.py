"""The one way to a model: an OpenAI-compatible server, behind a guard that asks for the Permit.

The guard is the client's transport. It sees the body that is about to leave, after everything a library might have
done to it, and lets it pass only if a Permit for this shore covers exactly these messages; each Permit opens the
door once. What the body may hold besides the messages is a short list with plain values, and of the headers only
those that HTTP and the key need: nothing about the person, the machine or the library leaves.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol
from weakref import WeakSet

import httpx2
import openai

from bot.domain import Route, Usage
from bot.models.broken_answers import repeats
from bot.models.faults import ModelFault
from bot.policy.messages import messages
from bot.policy.parts import Prompt
from bot.policy.permit import Permit, PermitFault, digest_of

_PERMIT = "x-naru-permit"
_HEADERS = frozenset({"host", "content-type", "content-length", "accept"})
_CONNECT_S = 3.0
_LONGEST = 100_000
"""Characters of an answer; a model that goes on is broken, whatever `max_tokens` it was given."""
_MOST_TOKENS = 10_000_000
"""Of one call: a server that counts more does not count."""
_ENDS: dict[object, str] = {reason: reason for reason in ("length", "content_filter", "tool_calls")}
"""Why a server may end an answer early. Another word may be anything, and what is said of a fault is kept."""
_LOOK_APART = 64
"""Characters between two looks for an answer that repeats itself."""
_TOO_LONG, _MAYBE_TOO_LONG = 413, (400, 422)
_SAYS_TOO_LONG = re.compile(
    r"context.{0,8}(?:length|size|window)|(?:maximum|max).{0,20}(?:token|length)|too many tokens|prompt is too long",
    re.IGNORECASE,
)
"""How servers say that a prompt is longer than the model reads: OpenAI, vLLM, TGI, llama.cpp."""
_SAYS_STORE = re.compile(r"\bstore\b")
"""How servers name the key of `do_not_store` where they refuse it: Google, DigitalOcean, those that use pydantic."""
_NO_STORE = (
    " and seems to know no `store`: set do_not_store = false under [models.cloud], where its contract says what it "
    "stores"
)
_NOT_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
"""Nothing was sent: there was no connection to send it over."""
_WORTH_ANOTHER_TRY = frozenset({408, 409, 429, 500, 502, 503, 504})


Heard = Callable[[str], None]
"""Told what a model has written so far, from the first character of this try on; it must not wait."""


Auth = Literal["bearer", "api-key"]
KEY_HEADERS: Mapping[Auth, str] = MappingProxyType({"bearer": "authorization", "api-key": "api-key"})
"""The one header that a key leaves in."""
Leaving = Callable[[Permit, bytes], Awaitable[None]]
"""Sees the body of a request that is about to leave, word for word. What it raises keeps the body in the building."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer: the server said that it was finished."""

    text: str
    model: str
    usage: Usage


class Door(Protocol):
    """What an endpoint asks of a shore's door. The real one is OpenAIDoor; tests/standins has a fake beside it. model:
    the one that is asked where the Permit names no other of an on-prem server."""

    model: str

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        """One try. Raises ModelFault when there is no whole answer, PermitFault when nothing was sent."""
        ...


@dataclass(frozen=True, slots=True)
class Body:
    """What a request may hold. covered: the keys whose values the Permit covers; beside them and the model only what
    `known` knows, with plain values."""

    covered: tuple[str, ...]
    known: Callable[[str, object], bool]

    def said(self, content: dict[str, Any]) -> object:
        """What the Permit has to cover: the one key's value, or a list of them in order."""
        said = [content.get(key) for key in self.covered]
        return said[0] if len(said) == 1 else said


def _known_in_chat(key: str, value: object) -> bool:
    match key:
        case "stream":
            return value is True
        case "stream_options":
            return value == {"include_usage": True}
        case "max_tokens" | "max_completion_tokens" | "temperature":
            return isinstance(value, int | float)
        case "store":
            return value is False
        case _:
            return False


CHAT = Body(("messages",), _known_in_chat)


def chat_in(form: dict[str, Any]) -> Body:
    """A chat whose answer is to have this form, word for word (OpenAI's response_format)."""
    return Body(
        ("messages",), lambda key, value: value == form if key == "response_format" else _known_in_chat(key, value)
    )


class Guard(httpx2.AsyncBaseTransport):
    """Lets out what a Permit covers, and nothing else."""

    def __init__(
        self,
        shore: Route,
        url: httpx2.URL,
        inner: httpx2.AsyncBaseTransport,
        *,
        keyed: bool = True,
        auth: Auth = "bearer",
        body: Body = CHAT,
        leaving: Leaving | None = None,
    ) -> None:
        self._body = body
        self._leaving = leaving
        self._headers = _HEADERS | {KEY_HEADERS[auth]} if keyed else _HEADERS
        self._shore = shore
        self._url = url
        self._inner = inner
        self._admitted: dict[str, Permit] = {}
        # Weak: once nobody holds a Permit any more, nobody can show it a second time.
        self._seen: WeakSet[Permit] = WeakSet()

    def admit(self, permit: Permit) -> dict[str, str]:
        """Announce a Permit; the headers by which its request will be known. They do not leave."""
        if permit in self._seen:
            raise PermitFault("A Permit was used a second time.")
        self._seen.add(permit)
        self._admitted[permit.id] = permit
        return {_PERMIT: permit.id}

    def forget(self, permit: Permit) -> None:
        """Take back a Permit that was announced and never used."""
        self._admitted.pop(permit.id, None)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        permit = self._admitted.pop(request.headers.get(_PERMIT, ""), None)
        body = await request.aread()
        self._examine(request, body, permit)
        headers = [(name, value) for name, value in request.headers.multi_items() if name in self._headers]
        if self._leaving is not None and permit is not None:
            await self._leaving(permit, body)
        return await self._inner.handle_async_request(
            httpx2.Request("POST", self._url, headers=headers, content=body, extensions=request.extensions)
        )

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _examine(self, request: httpx2.Request, body: bytes, permit: Permit | None) -> None:
        if permit is None:
            raise PermitFault("A request without a Permit was stopped at the door.")
        if permit.route is not self._shore:
            raise PermitFault(f"A Permit for {permit.route} was shown at the door to {self._shore}.")
        if request.method != "POST" or request.url != self._url:
            raise PermitFault(f"A request to another address than the {self._shore} model's was stopped.")
        content = _parsed(body)
        covered = {"model", *self._body.covered}
        odd = sorted(key for key, value in content.items() if key not in covered and not self._body.known(key, value))
        if odd:
            raise PermitFault(f"The request body holds what no Permit covers: {', '.join(odd)}.")
        if content.get("model") != permit.model or digest_of(self._body.said(content)) != permit.digest:
            raise PermitFault(f"The request body is not what the decision {permit.decision} covers.")


def _parsed(body: bytes) -> dict[str, Any]:
    def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise PermitFault("The request body names a key twice.")
        return dict(pairs)

    try:
        content = json.loads(body, object_pairs_hook=no_key_twice)
    except ValueError as error:
        raise PermitFault("The request body is not JSON.") from error
    if not isinstance(content, dict):
        raise PermitFault("The request body is not a JSON object.")
    return content


class OpenAIDoor:
    """An OpenAI-compatible server as a Door.

    first_token_s: the longest silence, before the first token and between two. proxy: used only if given; the
    process's own proxy settings are never looked at, so that an on-prem question cannot pass through a proxy. form:
    what each answer is to look like. name: in sentences. leaving: shown each body right before it leaves. auth: how the
    key is shown. do_not_store: the server is asked to keep nothing of what it reads and writes.
    """

    def __init__(
        self,
        shore: Route,
        *,
        base_url: str,
        api_key: str | None,
        model: str,
        max_tokens: int,
        first_token_s: float,
        proxy: str | None = None,
        form: dict[str, Any] | None = None,
        name: str | None = None,
        leaving: Leaving | None = None,
        auth: Auth = "bearer",
        do_not_store: bool = False,
    ) -> None:
        self.model = model
        self._shore = shore
        self._name = name or f"{shore.value} model"
        # The cloud's newer models refuse `max_tokens` and any temperature; many on-prem servers know nothing else.
        cloud = shore is Route.CLOUD
        self._sampling: dict[str, Any] = (
            {"max_completion_tokens": max_tokens} if cloud else {"max_tokens": max_tokens, "temperature": 0}
        )
        if form is not None:
            self._sampling["response_format"] = form
        if do_not_store:
            self._sampling["store"] = False
        self._first_token_s = first_token_s
        address = httpx2.URL(base_url.rstrip("/") + "/chat/completions")
        self._guard = Guard(
            shore,
            address,
            httpx2.AsyncHTTPTransport(proxy=proxy, trust_env=False),
            keyed=bool(api_key),
            auth=auth,
            body=CHAT if form is None else chat_in(form),
            leaving=leaving,
        )
        timeout = httpx2.Timeout(first_token_s, connect=_CONNECT_S)
        http = httpx2.AsyncClient(transport=self._guard, trust_env=False, follow_redirects=False, timeout=timeout)
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=0,
            timeout=timeout,
            http_client=http,
            default_headers={KEY_HEADERS[auth]: api_key} if api_key and auth != "bearer" else None,
        )

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        # A server of our own has several models, and the Permit says which; the cloud has the one that it was given.
        model = permit.model if self._shore is Route.ON_PREM else self.model
        headers = self._guard.admit(permit)
        try:
            async with translated(self._fault, "chat completion", do_not_store="store" in self._sampling):
                # Not by chat.completions.create: to make an object of each token takes twice as long as all the rest.
                stream = await self._client.post(
                    "/chat/completions",
                    body={
                        "model": model,
                        "messages": messages(prompt),
                        "stream": True,
                        "stream_options": {"include_usage": True},
                        **self._sampling,
                    },
                    options={"headers": headers},
                    cast_to=object,
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
                async with stream:
                    return await self._collect(stream.__aiter__(), model, heard)
        finally:
            self._guard.forget(permit)

    async def aclose(self) -> None:
        await self._client.close()

    async def _collect(self, chunks: AsyncIterator[object], model: str, heard: Heard | None) -> Completion:
        text, looked_at = "", 0
        finish: object = None
        usage = Usage()
        while True:
            async with asyncio.timeout(self._first_token_s):
                chunk = await anext(chunks, None)
            if chunk is None:
                break
            more, ends, used = _read(chunk)
            text, finish, usage = text + more, ends or finish, used or usage
            if heard is not None and more:
                heard(text)
            if len(text) > _LONGEST:
                raise self._fault("does not stop answering", again=False)
            if len(text) - looked_at >= _LOOK_APART:
                looked_at = len(text)
                if repeats(text):
                    raise self._fault("says the same again and again", again=False)
        if finish is None:
            raise self._fault("stopped in the middle of its answer")
        if finish != "stop":
            raise self._fault(f"did not finish its answer ({_ENDS.get(finish, 'it does not say why')})", again=False)
        said = text.strip()
        if not said:
            raise self._fault("gave an empty answer", again=False)
        return Completion(said, model, usage)

    def _fault(
        self, how: str, *, again: bool = True, after: float | None = None, status: int | None = None
    ) -> ModelFault:
        return ModelFault(f"The {self._name} {how}.", again=again, after=after, status=status)


def _read(chunk: Any) -> tuple[str, object, Usage | None]:
    """What a chunk adds to the answer, why the answer ends, if it does, and what the call took. A chunk of another
    shape raises what `translated` catches."""
    used = chunk.get("usage")
    usage = Usage(_tokens(used.get("prompt_tokens")), _tokens(used.get("completion_tokens"))) if used else None
    for choice in chunk["choices"][:1]:
        return "" + (choice["delta"].get("content") or ""), choice.get("finish_reason"), usage
    return "", None, usage


def _tokens(said: object) -> int | None:
    return said if isinstance(said, int) and 0 <= said <= _MOST_TOKENS else None


@asynccontextmanager
async def translated(
    fault: Callable[..., ModelFault], expected: str, *, do_not_store: bool = False
) -> AsyncIterator[None]:
    """The lower libraries' errors become ours. None of their texts is kept: it may hold ours. fault: makes one of how
    the model failed; expected: what it should have answered. do_not_store: that was asked of the server."""
    try:
        yield
    except openai.APIStatusError as error:
        status, after = error.status_code, _retry_after(error.response.headers)
        again = status in _WORTH_ANOTHER_TRY
        unknown = do_not_store and status in _MAYBE_TOO_LONG and _SAYS_STORE.search(error.response.text)
        how = f"answered with status {status}{_NO_STORE if unknown else ''}"
        made = fault(how, again=again, after=after, status=status)
        made.too_long = _is_too_long(error)
        raise made from None
    except openai.APIConnectionError as error:
        how = "did not answer in time" if isinstance(error, openai.APITimeoutError) else "cannot be reached"
        made = fault(how)
        made.unsent = isinstance(error.__cause__, _NOT_CONNECTED)
        raise made from None
    except (TimeoutError, httpx2.TimeoutException):
        raise fault("did not answer in time") from None
    except (openai.OpenAIError, httpx2.HTTPError, ValueError, LookupError, AttributeError, TypeError):
        # Nothing has looked at a chunk before it is read.
        raise fault(f"answered with something that is no {expected}") from None


def _is_too_long(error: openai.APIStatusError) -> bool:
    """Whether the server says that its model cannot read the whole prompt. Its words are looked at and not kept."""
    if error.status_code == _TOO_LONG:
        return True
    return error.status_code in _MAYBE_TOO_LONG and bool(_SAYS_TOO_LONG.search(error.response.text))


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds of a Retry-After header; its date form is rare with model servers and counts as absent."""
    value = headers.get("retry-after", "")
    return float(value) if value.replace(".", "", 1).isdigit() else None
