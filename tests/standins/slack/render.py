"""How Slack writes users, conversations and messages in JSON [pure]."""

from __future__ import annotations

import re
from collections.abc import Collection

from tests.standins.slack.workspace import APP, BOT_ID, TEAM, Channel, File, Json, Message, User, View, Workspace

CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_TOKEN = re.compile(r"(<(?:[@#!][^<>\s]+|(?:https?://|mailto:)[^<>\s]+)>)")
_ADDRESS = re.compile(r"(?P<url>https?://[^\s<>]+)|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def user(one: User, scopes: Collection[str]) -> Json:
    """As users.info; the address needs a scope of its own, and its absence is no error."""
    body: Json = {
        "id": one.id,
        "team_id": one.team_id,
        "name": one.name,
        "deleted": one.deleted,
        "is_admin": one.is_admin,
        "is_owner": one.is_owner,
        "is_primary_owner": False,
        "is_restricted": one.is_restricted,
        "is_ultra_restricted": one.is_ultra_restricted,
        "is_bot": one.is_bot,
        "is_app_user": False,
        "updated": 1,
    }
    if one.is_stranger or one.team_id != TEAM:
        body["is_stranger"] = one.is_stranger
        # Of another organisation's people Slack shows no rank.
        for rank in ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted"):
            del body[rank]
    if one.profile is not None:
        profile = {"display_name": one.name, "real_name": one.name, "team": one.team_id} | one.profile
        if one.email and "users:read.email" in scopes:
            profile["email"] = one.email
        body |= {"real_name": one.name, "profile": profile}
    return body


def channel(one: Channel, workspace: Workspace) -> Json:
    body: Json = {
        "id": one.id,
        "created": 1,
        "is_archived": one.is_archived,
        "is_im": one.kind == "im",
        "is_org_shared": False,
        "context_team_id": TEAM,
    }
    if one.kind == "im":
        return body | {"user": next(m for m in one.members if m != workspace.bot.id), "is_user_deleted": False}
    return body | {
        "name": one.name,
        "name_normalized": one.name,
        "is_channel": one.kind != "mpim",
        "is_group": one.kind == "mpim",
        "is_mpim": one.kind == "mpim",
        "is_private": one.kind != "public",
        "is_general": False,
        "is_member": workspace.bot.id in one.members,
        "is_shared": one.is_shared,
        "is_ext_shared": one.is_shared,
        "is_pending_ext_shared": False,
        "shared_team_ids": [TEAM, *one.other_teams],
        "internal_team_ids": [],
        "connected_team_ids": [*one.other_teams],
        "creator": one.creator or workspace.bot.id,
        "topic": {"value": one.topic[0], "creator": one.topic[1], "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message(one: Message, workspace: Workspace, *, with_metadata: bool = False) -> Json:
    body: Json = {"type": "message", "ts": one.ts, "text": one.text}
    optional = {
        "subtype": one.subtype,
        "user": one.user,
        "username": one.username,
        "bot_id": one.bot_id,
        "thread_ts": one.thread_ts,
        "client_msg_id": one.client_msg_id,
        "blocks": one.blocks or None,
        "edited": one.edited,
        "metadata": one.metadata if with_metadata else None,
    }
    body |= {key: value for key, value in optional.items() if value is not None}
    if one.user:
        body["team"] = workspace.users[one.user].team_id
    if one.bot_id == BOT_ID:
        body |= {"app_id": APP, "bot_profile": {"id": BOT_ID, "app_id": APP, "name": "naru", "team_id": TEAM}}
    if one.streaming_since is not None:
        body["streaming_state"] = "in_progress"
    if one.files:
        body["files"] = [_attached(id, workspace) for id in one.files]
    if one.reactions:
        body["reactions"] = [{"name": n, "users": [*u], "count": len(u)} for n, u in one.reactions.items()]
    return body | _thread(one, workspace)


def tombstone(one: Message, workspace: Workspace) -> Json:
    """What is left of a deleted message that has replies."""
    said = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted."}
    return said | {"ts": one.ts, "thread_ts": one.ts, "hidden": True} | _thread(one, workspace)


def _thread(one: Message, workspace: Workspace) -> Json:
    home = workspace.channels[one.channel]
    if one.thread_ts and one.thread_ts != one.ts:
        parent = home.messages.get(one.thread_ts)
        return {"parent_user_id": parent.user} if parent and parent.user else {}
    replies = [reply for reply in home.replies(one.ts) if not reply.deleted]
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies if reply.user))
    return {
        "thread_ts": one.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
    }


def view(one: View) -> Json:
    return one.body | {
        "id": one.id,
        "team_id": TEAM,
        "hash": one.hash,
        "root_view_id": one.id,
        "previous_view_id": None,
        "app_id": APP,
        "bot_id": BOT_ID,
        "state": {"values": {}},
        "private_metadata": one.body.get("private_metadata", ""),
        "callback_id": one.body.get("callback_id", ""),
    }


def file(one: File, base: str) -> Json:
    address = f"{base}/files/{one.id}/{one.name}"
    return {
        "id": one.id,
        "name": one.name,
        "title": one.name,
        "mimetype": one.mimetype,
        "filetype": one.name.rpartition(".")[2],
        "size": len(one.content),
        "user": one.user,
        "channels": [*one.channels],
        "mode": "hosted",
        "url_private": address,
        "url_private_download": address,
        "permalink": f"https://team.slack.example/files/{one.user}/{one.id}/{one.name}",
    }


def _attached(id: str, workspace: Workspace) -> Json:
    """As a message shows it: of a deleted one its tombstone."""
    one = workspace.files.get(id)
    if one is None:
        return {"id": id, "mode": "tombstone"}
    if one.over_connect:
        return {"id": id, "file_access": "check_file_info"}
    return file(one, workspace.base_url) | {"file_access": "visible"}


def typed(text: str) -> str:
    """What a person types, as Slack passes it on: escaped, addresses made links; <@U..> and the like stay."""
    return "".join(piece if _TOKEN.fullmatch(piece) else _linked(piece) for piece in _TOKEN.split(text))


def _linked(text: str) -> str:
    def link(found: re.Match[str]) -> str:
        address = found.group()
        return f"<{address}>" if found.lastgroup == "url" else f"<mailto:{address}|{address}>"

    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ADDRESS.sub(link, escaped)


def rich_text(text: str) -> list[Json]:
    """The block that Slack adds to what a person types."""
    elements: list[Json] = []
    for piece in filter(None, _TOKEN.split(text)):
        if _TOKEN.fullmatch(piece) and piece.startswith("<@"):
            elements.append({"type": "user", "user_id": piece[2:-1].partition("|")[0]})
        else:
            elements.append({"type": "text", "text": piece})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]
