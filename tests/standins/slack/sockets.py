"""Socket Mode: docs.slack.dev/apis/events-api/using-socket-mode. Envelopes go to one of the open connections."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import WSMsgType, web

from tests.standins.slack import limits
from tests.standins.slack.deliveries import Attempt, Delivery, Stopwatch
from tests.standins.slack.limits import Limit, Strictness
from tests.standins.slack.timing import Timings
from tests.standins.slack.workspace import APP, Json

Health = Literal["well", "leaving", "deaf", "frozen"]
"""leaving: told to disconnect, so nothing new comes; deaf: Slack believes that it delivers, pings are answered,
nothing arrives; frozen: pings are not answered either."""


@dataclass(eq=False)
class Socket:
    id: str
    ws: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    health: Health = "well"
    waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)

    def cut(self) -> None:
        """The network is gone: no close frame, no goodbye."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


class Sockets:
    """The open connections, newest last, and every ack that nobody waited for any more."""

    def __init__(self, timings: Timings, strictness: Strictness) -> None:
        self.open: list[Socket] = []
        self.opened = 0
        self.late_acks: list[str] = []
        self._timings = timings
        self._strictness = strictness
        self._tickets: set[str] = set()
        self._turn = 0
        self._goodbyes: set[asyncio.Task[None]] = set()

    def ticket(self) -> str:
        """The part of a wss address that makes it good for one connection."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="this address was used before, or never given")
        self._tickets.remove(ticket)
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        if len(self.open) >= limits.CONNECTIONS and self._strictness.holds(Limit.CONNECTIONS):
            await ws.send_json(_goodbye("too_many_websockets"))
            await ws.close()
            return ws
        self.opened += 1
        socket = Socket(f"s{self.opened}", ws, request.transport)
        self.open.append(socket)
        pings = asyncio.create_task(self._ping(socket))
        try:
            await self._greet(socket)
            await self._listen(socket)
        except ConnectionError:
            pass  # cut off while we spoke: the end of this connection, as any other
        finally:
            self.open.remove(socket)
            pings.cancel()
            await asyncio.gather(pings, return_exceptions=True)
            for ack in socket.waiting.values():
                if not ack.done():
                    ack.set_exception(ConnectionResetError())
        return ws

    async def carry(self, delivery: Delivery, retry: int, reason: str) -> Attempt:
        candidates = [socket for socket in self.open if socket.health != "leaving"]
        if not candidates:
            return Stopwatch(retry, "no socket").attempt("connection_failed")
        self._turn += 1
        socket = candidates[self._turn % len(candidates)]
        watch = Stopwatch(retry, socket.id)
        envelope = _envelope(delivery, retry, reason)
        ack = socket.waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._timings.ack):
                if socket.health == "well":
                    await socket.ws.send_json(envelope)
                return watch.attempt(None, await ack)
        except TimeoutError:
            return watch.attempt("timeout")
        except ConnectionError:
            return watch.attempt("connection_failed")
        finally:
            del socket.waiting[envelope["envelope_id"]]
            if ack.done() and not ack.cancelled():
                ack.exception()  # looked at, so that asyncio does not complain of it later

    async def disconnect(self, reason: str = "refresh_requested", *, socket: Socket | None = None) -> None:
        """Asks one connection (all, unless told) to go, and ends it when it has not gone after the grace."""
        for one in [socket] if socket else list(self.open):
            one.health = "leaving"
            await one.ws.send_json(_goodbye(reason))
            task = asyncio.create_task(self._end(one))
            self._goodbyes.add(task)
            task.add_done_callback(self._goodbyes.discard)

    def cut(self, *, socket: Socket | None = None) -> None:
        for one in [socket] if socket else list(self.open):
            one.cut()

    def set_health(self, health: Health) -> None:
        """Of every connection that is open now; those opened later are well."""
        for one in self.open:
            one.health = health

    async def close(self) -> None:
        for task in list(self._goodbyes):
            task.cancel()
        await asyncio.gather(*self._goodbyes, return_exceptions=True)
        self.cut()

    async def _greet(self, socket: Socket) -> None:
        debug = {"host": "applink-standin", "build_number": 1, "approximate_connection_time": 18060}
        hello = {"type": "hello", "num_connections": len(self.open), "debug_info": debug}
        await socket.ws.send_json(hello | {"connection_info": {"app_id": APP}})

    async def _listen(self, socket: Socket) -> None:
        async for frame in socket.ws:
            if frame.type is WSMsgType.PING and socket.health != "frozen":
                await socket.ws.pong(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._acked(socket, json.loads(frame.data))

    def _acked(self, socket: Socket, message: Json) -> None:
        id = message.get("envelope_id", "")
        ack = socket.waiting.get(id)
        if ack is None or ack.done():
            self.late_acks.append(id)
        else:
            ack.set_result(message.get("payload"))

    async def _ping(self, socket: Socket) -> None:
        while True:
            await asyncio.sleep(self._timings.ping)
            if socket.health != "frozen":
                await socket.ws.ping(b"Ping from applink-standin")

    async def _end(self, socket: Socket) -> None:
        await asyncio.sleep(self._timings.goodbye)
        await socket.ws.close()


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-standin"}}


def _envelope(delivery: Delivery, retry: int, reason: str) -> Json:
    envelope = {
        "envelope_id": str(uuid.uuid4()),
        "type": delivery.kind,
        "payload": delivery.payload,
        "accepts_response_payload": delivery.kind != "events_api",
    }
    # Only events are retried, and their first delivery counts as attempt 0 and says so.
    return envelope | ({"retry_attempt": retry, "retry_reason": reason} if delivery.kind == "events_api" else {})
