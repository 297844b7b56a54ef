"""The stand-in as a whole: one server on a free port, and a way to the app."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Self

from aiohttp import web

from tests.standins.slack import events
from tests.standins.slack.acts import Acts
from tests.standins.slack.api import Api, show_response
from tests.standins.slack.calls import Arguments, Call, Reply, Script
from tests.standins.slack.deliveries import Courier, Delivery
from tests.standins.slack.limits import ApiError, Limit, Strictness
from tests.standins.slack.methods import views
from tests.standins.slack.methods.streams import expire
from tests.standins.slack.rates import Rates
from tests.standins.slack.requests import Requests
from tests.standins.slack.sockets import Sockets
from tests.standins.slack.state import ResponseUrl, State
from tests.standins.slack.timing import Clock, Timings
from tests.standins.slack.workspace import Channel, Json, Message, Workspace

SCOPES = frozenset(
    (
        *("app_mentions:read", "chat:write", "commands", "assistant:write", "dnd:read"),
        *("channels:history", "groups:history", "im:history", "mpim:history"),
        *("channels:read", "groups:read", "im:read", "mpim:read", "im:write", "mpim:write"),
        *("users:read", "users:read.email", "usergroups:read"),
        *("reactions:read", "reactions:write", "files:read", "files:write"),
    )
)
SUBSCRIPTIONS = frozenset(events.SUBSCRIPTIONS)


class SlackStandIn(Acts):
    """Slack for one workspace and one app.

    `target` is where events go by HTTP; without one they go by Socket Mode. `scopes`, `app_scopes` and
    `subscriptions` are what the app's manifest asked for. `relaxed` turns limits off, each with the reason why.
    `disturb` is asked about every call that has no script: returning a Reply makes it so.
    """

    bot_token = "-".join(("xoxb", "stand", "in"))
    app_token = "-".join(("xapp", "stand", "in"))
    signing_secret = "a stand-in's signing secret"

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        target: str | None = None,
        scopes: Collection[str] = SCOPES,
        app_scopes: Collection[str] = ("connections:write",),
        subscriptions: Collection[str] = SUBSCRIPTIONS,
        relaxed: Mapping[Limit, str] | None = None,
        timings: Timings | None = None,
        disturb: Callable[[Call], Reply | None] | None = None,
        port: int = 0,
    ) -> None:
        unknown = set(subscriptions) - SUBSCRIPTIONS
        if unknown:
            raise ValueError(f"no such events: {', '.join(sorted(unknown))}")
        self.workspace = workspace or Workspace()
        self.strictness = Strictness(relaxed)
        self.timings = timings or Timings()
        self.clock = Clock()
        self.sockets = Sockets(self.timings, self.strictness)
        self.state = State(
            self.workspace,
            self.strictness,
            self.clock,
            Rates(self.strictness, self.clock),
            frozenset(scopes),
            self._tell,
            lambda: f"{self.state.base_url.replace('http', 'ws', 1)}/link?ticket={self.sockets.ticket()}",
        )
        self.script = Script(disturb)
        tokens = {self.bot_token: "xoxb", self.app_token: "xapp"}
        self.api = Api(self.state, self.script, tokens, frozenset(app_scopes))
        self._subscriptions = frozenset(subscriptions)
        self._target = target
        self._port = port
        self.requests: Requests | None = None

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL and base_url take."""
        return f"{self.state.base_url}/api/"

    @property
    def calls(self) -> list[Call]:
        return self.api.calls

    @property
    def downloads(self) -> list[tuple[str, str | None]]:
        """The ids of the files that were asked for, each with the token that came along."""
        return self.api.downloads

    def calls_of(self, *methods: str) -> list[Call]:
        return [call for call in self.api.calls if call.method in methods]

    @property
    def deliveries(self) -> list[Delivery]:
        return self.courier.deliveries

    def delivered(self, kind: str) -> list[Delivery]:
        """Deliveries of one kind: an event's type, message.SUBTYPE, block_actions, view_submission, a command."""
        return [one for one in self.courier.deliveries if kind in _kinds(one.payload)]

    def scripts(self, method: str, *replies: Reply | None) -> None:
        """What happens to the next calls of this method, in order; None lets one through."""
        self.script.add(method, *replies)

    def relax(self, limit: Limit, *, reason: str) -> None:
        self.strictness.relax(limit, reason=reason)

    def advance(self, seconds: float) -> None:
        """Moves Slack's clock on: rates recover, streams and triggers expire."""
        self.clock.advance(seconds)

    def revoke(self, error: str = "token_revoked") -> None:
        """From now on every call is refused; also account_inactive, invalid_auth."""
        self.api.revoked = error

    def message(self, channel: Channel, ts: str) -> Message:
        """As it stands now. Raises KeyError when there never was one."""
        message = channel.messages[ts]
        expire(self.state, message)
        return message

    def shown(self, channel: Channel) -> list[Message]:
        """What everybody in the channel sees, oldest first, replies too."""
        return [self.message(channel, ts) for ts, message in channel.messages.items() if not message.deleted]

    def replies(self, first: Message) -> list[Message]:
        """What everybody sees below a message, oldest first."""
        return [
            one for one in self.shown(self.workspace.channels[first.channel]) if one.thread_ts == first.ts != one.ts
        ]

    async def moves_to(self, target: str) -> None:
        """From now on everything goes by HTTP to this address: that of an app which started after us."""
        await self._leave_target()
        self.requests = Requests(target, self.signing_secret, self.timings)
        self.courier.carrier = self.requests

    async def uninstalls(self) -> None:
        """An admin removes the app: it is told so, and its token is good for nothing."""
        stamp = self.clock.stamp()
        self._tell({"type": "tokens_revoked", "tokens": {"bot": [self.workspace.bot.id]}, "event_ts": stamp}, None)
        self._tell({"type": "app_uninstalled", "event_ts": stamp}, None)
        self.revoke("account_inactive")

    async def settled(self, within: float = 10.0) -> None:
        """Waits until every delivery is acked or given up."""
        await self.courier.settled(within)

    async def __aenter__(self) -> Self:
        self.courier = Courier(self.sockets, self.timings, self._heard)
        if self._target is not None:
            await self.moves_to(self._target)
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.add_routes([*self.api.routes(), web.get("/link", self.sockets.serve)])
        # Nobody waits for calls that a script keeps waiting.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.01, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.state.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.workspace.base_url = self.state.base_url
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.courier.close()
        await self.sockets.close()
        await self._leave_target()
        await self._runner.cleanup()

    async def _leave_target(self) -> None:
        if self.requests:
            await self.requests.close()

    def _tell(self, event: Json, channel: Channel | None) -> None:
        name = events.subscription(event, channel)
        scope = events.SUBSCRIPTIONS.get(name)
        allowed = scope is None or scope in self.state.scopes or not self.strictness.holds(Limit.SCOPES)
        inside = channel is None or self.workspace.bot.id in channel.members
        if name in self._subscriptions and allowed and inside:
            self.courier.send("events_api", events.envelope(event, channel, self.workspace, self.clock.now()))

    def _heard(self, delivery: Delivery) -> None:
        """Does what the ack of a command or a form asks for."""
        try:
            if delivery.kind == "slash_commands" and delivery.answer:
                self._show(delivery.payload, delivery.answer)
            elif delivery.payload.get("type") == "view_submission":
                self._submitted(delivery.payload["view"]["id"], delivery.answer)
        except ApiError as refusal:
            delivery.refused = refusal.error

    def _show(self, payload: Json, answer: Json | str) -> None:
        address = ResponseUrl(payload["channel_id"], payload["user_id"], self.clock.now())
        show_response(self.state, address, Arguments(answer if isinstance(answer, dict) else {"text": answer}))

    def _submitted(self, view_id: str, answer: Json | str | None) -> None:
        view = self.workspace.views[view_id]
        asked: Json = answer if isinstance(answer, dict) else {}
        match asked.get("response_action"):
            case None | "clear":
                view.is_open = False
            case "errors":
                view.errors = asked["errors"]
            case "update":
                views.replace(view, views.checked(self.state, asked["view"], kind="modal"))


def _kinds(payload: Json) -> set[Any]:
    event = payload.get("event", {})
    subtype = event.get("subtype")
    return {event.get("type"), f"{event.get('type')}.{subtype}", payload.get("type"), payload.get("command")} - {None}
