"""What people do in the workspace, and what the app is told of it."""

from __future__ import annotations

import uuid
from typing import Any

from tests.standins.slack import events, render
from tests.standins.slack.deliveries import Courier, Delivery
from tests.standins.slack.interactions import (
    action,
    block_actions,
    command,
    message_action,
    view_closed,
    view_submission,
)
from tests.standins.slack.state import State
from tests.standins.slack.workspace import OTHER_TEAM, Channel, File, Json, Kind, Message, User, Usergroup, View


class Acts:
    """One method for each thing that people do. They return at once; deliveries go their own way.

    What an app may answer (clicks, commands, forms) comes back as its Delivery: `await delivery.ended()`.
    """

    state: State
    courier: Courier

    async def says(
        self,
        user: User,
        channel: Channel,
        text: str,
        thread_ts: str | None = None,
        *,
        files: tuple[File, ...] = (),
        broadcast: bool = False,
    ) -> Message:
        """A message event, and app_mention as well when the bot is named outside a direct message.

        `text` is what the person types; mentions are written as Slack writes them, <@U..>. Raises ValueError where
        Slack's own app would not let them write.
        """
        if user.id not in channel.members or channel.is_archived:
            raise ValueError(f"{user.name} cannot write in {channel.name or channel.id}: not a member, or archived")
        message = Message(channel.id, self.state.clock.stamp(), render.typed(text), user.id, thread_ts)
        message.client_msg_id, message.blocks = str(uuid.uuid4()), render.rich_text(message.text)
        message.is_broadcast = broadcast
        if files:
            message.subtype, message.files = "file_share", [file.id for file in files]
        elif broadcast:
            message.subtype = "thread_broadcast"
        for file in files:
            file.channels.append(channel.id)
        channel.messages[message.ts] = message
        self._publish(events.posted(message, self.state.workspace), channel)
        if self._names_bot(message.text) and channel.kind != "im":
            self._publish(events.mentioned(message, self.state.workspace), channel)
        return message

    async def integration_says(self, channel: Channel, text: str, *, name: str = "CI") -> Message:
        """Another app, in the old way: subtype bot_message, and no user."""
        message = Message(channel.id, self.state.clock.stamp(), text, bot_id="B0OTHER", subtype="bot_message")
        message.username = name
        channel.messages[message.ts] = message
        self._publish(events.posted(message, self.state.workspace), channel)
        return message

    async def edits(self, message: Message, text: str) -> None:
        """message_changed; a mention that comes in by an edit brings no app_mention of its own."""
        before = render.message(message, self.state.workspace)
        message.text = render.typed(text)
        message.blocks = render.rich_text(message.text)
        stamp = self.state.clock.stamp()
        message.edited = {"user": message.user, "ts": stamp}
        self._publish(events.changed(message, before, self.state.workspace, stamp), self._home(message))

    async def deletes_file(self, message: Message, file: File) -> None:
        """message_changed without a word of it changed, and no `edited`: a tombstone is left."""
        before = render.message(message, self.state.workspace)
        del self.state.workspace.files[file.id]
        stamp = self.state.clock.stamp()
        self._publish(events.changed(message, before, self.state.workspace, stamp), self._home(message))

    async def unfurls(self, message: Message) -> None:
        """Slack adds a link's preview: message_changed, though nobody changed a word, and no `edited`."""
        before = render.message(message, self.state.workspace)
        stamp = self.state.clock.stamp()
        self._publish(events.changed(message, before, self.state.workspace, stamp), self._home(message))

    async def deletes(self, message: Message) -> None:
        before = render.message(message, self.state.workspace)
        message.deleted = True
        event = events.deleted(message, before, self.state.workspace, self.state.clock.stamp())
        self._publish(event, self._home(message))

    async def reacts(self, user: User, message: Message, name: str) -> None:
        message.reactions.setdefault(name, []).append(user.id)
        stamp = self.state.clock.stamp()
        self._publish(events.reaction("reaction_added", user, name, message, stamp), self._home(message))

    async def clicks(self, user: User, shown: Message | View, action_id: str, *, value: str | None = None) -> Delivery:
        """Uses an element; `value` picks one side of feedback buttons, or one option of a menu.

        Works on messages that are gone, too: somebody else's screen may be behind. Raises LookupError when the
        element is not there.
        """
        blocks = shown.blocks if isinstance(shown, Message) else shown.body["blocks"]
        done = action(blocks, action_id, value, self.state.clock.stamp())
        return self.courier.send("interactive", block_actions(self.state, user, shown, done))

    async def slash(self, user: User, channel: Channel, name: str, text: str = "") -> Delivery:
        """A command, e.g. "/naru"; Slack has none inside threads, so there is no thread to give."""
        self.state.need("commands")
        return self.courier.send("slash_commands", command(self.state, user, channel, name, text))

    async def uses_shortcut(self, user: User, on: Message, callback_id: str) -> Delivery:
        """A message shortcut, from the menu of a message that the person can see."""
        self.state.need("commands")
        done = message_action(self.state, user, on, callback_id, self.state.clock.stamp())
        return self.courier.send("interactive", done)

    async def submits(self, view: View, values: dict[tuple[str, str], Any] | None = None) -> Delivery:
        """`values` by (block_id, action_id): a string, or the state that an element other than a text field has."""
        return self.courier.send("interactive", view_submission(self.state, view, values or {}))

    async def closes(self, view: View) -> Delivery | None:
        """Tells the app only when the view asked for it."""
        view.is_open = False
        if not view.body.get("notify_on_close"):
            return None
        return self.courier.send("interactive", view_closed(self.state, view))

    async def opens_home(self, user: User, tab: str = "home") -> None:
        """app_home_opened comes for the Messages tab too."""
        self._publish(events.home_opened(user, self.state.workspace.im(user), self.state.clock.stamp(), tab), None)

    async def joins(self, user: User, channel: Channel) -> None:
        """member_joined_channel, and the line in the channel that says so."""
        channel.members.append(user.id)
        self._line(user, channel, "join", f"<@{user.id}> has joined the channel")
        self._publish(events.member("member_joined_channel", user, channel, self.state.clock.stamp()), channel)

    async def leaves(self, user: User, channel: Channel) -> None:
        """The bot itself is told of its own leaving by channel_left or group_left."""
        if user is self.state.workspace.bot:
            kind = "channel_left" if channel.kind == "public" else "group_left"
            self._publish(events.of_channel(kind, channel, self.state.clock.stamp()), channel)
            channel.members.remove(user.id)
            return
        channel.members.remove(user.id)
        self._line(user, channel, "leave", f"<@{user.id}> has left the channel")
        self._publish(events.member("member_left_channel", user, channel, self.state.clock.stamp()), channel)

    async def archives(self, channel: Channel) -> None:
        channel.is_archived = True
        self._publish(events.of_channel("channel_archive", channel, self.state.clock.stamp()), channel)

    async def renames(self, channel: Channel, name: str) -> None:
        channel.name = name

    async def converts(self, channel: Channel, kind: Kind) -> None:
        """A public channel becomes private, or the other way round; its id stays."""
        channel.kind = kind

    async def shares(self, channel: Channel, team: str = OTHER_TEAM) -> None:
        channel.other_teams.append(team)
        self._publish(events.shared(channel, self.state.clock.stamp(), team), channel)

    async def changes(self, user: User, **fields: Any) -> None:
        """Sets fields of User and sends user_change, e.g. is_restricted=True."""
        for name, value in fields.items():
            if not hasattr(user, name):
                raise AttributeError(f"a user has no {name}")
            setattr(user, name, value)
        self._publish(events.user_changed(user, self.state.scopes, self.state.clock.stamp()), None)

    async def changes_group(self, group: Usergroup, users: list[User]) -> None:
        """Sets its members and sends subteam_members_changed."""
        before, after = group.users, [user.id for user in users]
        group.users = after
        added, removed = [id for id in after if id not in before], [id for id in before if id not in after]
        self._publish(events.group_changed(group, added, removed, self.state.clock.stamp()), None)

    def _line(self, user: User, channel: Channel, kind: str, text: str) -> None:
        """What Slack itself writes into a channel."""
        if channel.kind in ("public", "private"):
            subtype = f"{'channel' if channel.kind == 'public' else 'group'}_{kind}"
            message = Message(channel.id, self.state.clock.stamp(), text, user.id, subtype=subtype)
            channel.messages[message.ts] = message
            self._publish(events.posted(message, self.state.workspace), channel)

    def _names_bot(self, text: str) -> bool:
        bot = self.state.workspace.bot.id
        return f"<@{bot}>" in text or f"<@{bot}|" in text

    def _home(self, message: Message) -> Channel:
        return self.state.workspace.channels[message.channel]

    def _publish(self, event: Json, channel: Channel | None) -> None:
        self.state.publish(event, channel)
