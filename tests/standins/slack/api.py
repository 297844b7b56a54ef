"""The HTTP side of Slack: /api/METHOD, response addresses, file downloads and uploads."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import hdrs, web

from tests.standins.slack import events, limits, render
from tests.standins.slack.calls import Answers, Arguments, Call, Delayed, Dropped, LostReply, Script
from tests.standins.slack.limits import ApiError, Limit
from tests.standins.slack.methods import METHODS, chat
from tests.standins.slack.methods.files import is_visible
from tests.standins.slack.methods.method import Method
from tests.standins.slack.state import ResponseUrl, State
from tests.standins.slack.workspace import BOT_ID, Json, Message

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in to Stand-in | Slack</title></head></html>"
_NOT_AN_ARGUMENT = ("token",)


class Api:
    """Answers the app's calls and keeps them in `calls`."""

    def __init__(self, state: State, script: Script, tokens: dict[str, str], app_scopes: frozenset[str]) -> None:
        self.calls: list[Call] = []
        self.revoked: str | None = None
        self.downloads: list[tuple[str, str | None]] = []
        self._state = state
        self._script = script
        self._tokens = tokens
        self._app_scopes = app_scopes

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self._serve),
            web.post("/respond/{id}", self._respond),
            web.get("/files/{id}/{name}", self._download),
            web.post("/upload/{id}", self._upload),
        ]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        values = await _arguments(request)
        token = _token(request, values)
        given = {name: value for name, value in values.items() if name not in _NOT_AN_ARGUMENT}
        call = Call(request.match_info["method"], given, token, time.monotonic())
        self.calls.append(call)
        match self._script.take(call):
            case Dropped():
                return _hang_up(request)
            case Answers(status, body, headers):
                call.answer = body if isinstance(body, dict) else None
                return _page(status, body, dict(headers))
            case LostReply():
                self._answer(call)
                return _hang_up(request)
            case Delayed(seconds):
                await asyncio.sleep(seconds)
        return self._answer(call)

    def _answer(self, call: Call) -> web.Response:
        status, headers = 200, {"x-slack-req-id": f"{len(self.calls):032x}"}
        try:
            method = self._allowed(call, headers)
            limited = self._state.is_limited and call.method in ("conversations.history", "conversations.replies")
            per_minute = limits.CALLS_OF_A_LIMITED_APP if limited else method.per_minute
            self._state.rates.count_call(call.method, per_minute)
            call.answer = {"ok": True} | method.run(self._state, Arguments(call.arguments))
        except ApiError as refusal:
            status, call.answer = refusal.status, refusal.body
            headers |= refusal.headers
        return _page(status, call.answer, headers)

    def _allowed(self, call: Call, headers: dict[str, str]) -> Method:
        """Raises unknown_method, not_authed, invalid_auth, token_revoked, not_allowed_token_type, missing_scope."""
        method = METHODS.get(call.method)
        if method is None:
            raise ApiError("unknown_method", req_method=call.method)
        if not call.token:
            raise ApiError("not_authed")
        kind = self._tokens.get(call.token)
        if kind is None:
            raise ApiError("invalid_auth")
        if self.revoked:
            raise ApiError(self.revoked)
        if kind != method.token and call.method != "auth.test":
            raise ApiError("not_allowed_token_type")
        scopes = self._app_scopes if kind == "xapp" else self._state.scopes
        headers["x-oauth-scopes"] = ",".join(sorted(scopes))
        if method.scope:
            headers["x-accepted-oauth-scopes"] = method.scope
            if self._state.strictness.holds(Limit.SCOPES) and method.scope not in scopes:
                raise ApiError("missing_scope", needed=method.scope, provided=",".join(sorted(scopes)))
        return method

    async def _respond(self, request: web.Request) -> web.Response:
        """A response_url: no token, 5 uses in 30 minutes, and only its person sees it unless it says in_channel."""
        address = self._state.response_urls.get(request.match_info["id"])
        values = await _arguments(request)
        self.calls.append(Call("response_url", values, None, time.monotonic()))
        if address is None:
            return web.Response(status=404, text="no_service")
        if self._state.strictness.holds(Limit.RESPONSE_URL):
            if self._state.clock.now() - address.given_at > limits.RESPONSE_URL_AGE:
                return web.Response(status=404, text="expired_url")
            if address.uses >= limits.RESPONSE_URL_USES:
                return web.Response(status=404, text="used_url")
        try:
            _respond_to(self._state, address, Arguments(values))
        except ApiError as refusal:
            return web.Response(status=400, text=refusal.error)
        address.uses += 1
        return web.Response(text="ok")

    async def _download(self, request: web.Request) -> web.Response:
        """Without a right to the file Slack answers 200, with the page that asks to sign in."""
        file = self._state.workspace.files.get(request.match_info["id"])
        self.downloads.append((request.match_info["id"], _token(request, {})))
        allowed = self._tokens.get(_token(request, {}) or "") == "xoxb" and "files:read" in self._state.scopes
        if file is None:
            return web.Response(status=404, text="not found")
        if not allowed or self.revoked or not is_visible(self._state, file):
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if file.moved is not None:
            return web.Response(status=302, headers={"Location": file.moved})
        return web.Response(body=file.content, content_type=file.mimetype)

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self._state.uploads.get(request.match_info["id"])
        if upload is None:
            return web.Response(status=404, text="not found")
        upload["content"] = await _uploaded(request)
        return web.Response(text=f"OK - {len(upload['content'])}", content_type="text/plain")


def show_response(state: State, address: ResponseUrl, args: Arguments) -> Message:
    """A new message by a response_url, or by the ack of a command: ephemeral by default."""
    fields = chat.content(state, args)
    channel = state.workspace.channels[address.channel]
    original = address.message
    thread_ts = args.text("thread_ts", "") or (original.thread_ts if original else None)
    if args.text("response_type", "ephemeral") == "in_channel":
        return chat.bots_message(state, channel, **fields, thread_ts=thread_ts)
    message = Message(channel.id, state.clock.stamp(), **fields, user=state.workspace.bot.id, bot_id=BOT_ID)
    message.seen_only_by, message.thread_ts = address.user, thread_ts
    state.workspace.ephemerals.append(message)
    return message


def _respond_to(state: State, address: ResponseUrl, args: Arguments) -> None:
    original = address.message
    if original and args.flag("delete_original"):
        before = render.message(original, state.workspace)
        original.deleted = True
        _tell(state, original, events.deleted(original, before, state.workspace, state.clock.stamp()))
    elif original and args.flag("replace_original"):
        before = render.message(original, state.workspace)
        fields = chat.content(state, args)
        original.text, original.blocks = fields["text"], fields["blocks"]
        _tell(state, original, events.changed(original, before, state.workspace, state.clock.stamp()))
    else:
        show_response(state, address, args)


def _tell(state: State, message: Message, event: Json) -> None:
    if message.seen_only_by is None:
        state.publish(event, state.workspace.channels[message.channel])


async def _arguments(request: web.Request) -> Json:
    """Query, then form or JSON; a body that is no JSON object counts as empty, and Slack says so by its refusals."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read())
        except ValueError:
            body = None
        return values | (body if isinstance(body, dict) else {})
    form = await request.post()
    return values | {name: value for name, value in form.items() if isinstance(value, str)}


async def _uploaded(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def _token(request: web.Request, values: Json) -> str | None:
    """From the header, or a body's argument; never from the address, which ends up in logs."""
    header = request.headers.get(hdrs.AUTHORIZATION, "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ")
    return None if "token" in request.query else values.get("token")


def _page(status: int, body: Json | bytes | None, headers: dict[str, str]) -> web.Response:
    if isinstance(body, dict):
        return web.json_response(body, status=status, headers=headers)
    return web.Response(status=status, body=body, headers=headers)


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # goes nowhere
