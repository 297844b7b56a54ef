"""files.info and delete, and the two methods around an upload."""

from __future__ import annotations

from tests.standins.slack import render
from tests.standins.slack.calls import Arguments
from tests.standins.slack.limits import ApiError
from tests.standins.slack.methods import chat
from tests.standins.slack.methods.method import Method
from tests.standins.slack.rates import TIER_3, TIER_4
from tests.standins.slack.state import State
from tests.standins.slack.workspace import File, Json


def _file(state: State, args: Arguments) -> File:
    file = state.workspace.files.get(args.text("file"))
    if file is None or not is_visible(state, file):
        raise ApiError("file_not_found")
    return file


def is_visible(state: State, file: File) -> bool:
    """To the bot: its own, and those in channels that it is in."""
    places = [state.workspace.channels[id] for id in file.channels]
    return file.user == state.workspace.bot.id or any(state.is_inside(place) for place in places)


def _info(state: State, args: Arguments) -> Json:
    return {"file": render.file(_file(state, args), state.base_url)}


def _delete(state: State, args: Arguments) -> Json:
    file = _file(state, args)
    if file.user != state.workspace.bot.id:
        raise ApiError("cant_delete_file")
    del state.workspace.files[file.id]
    return {}


def _upload_url(state: State, args: Arguments) -> Json:
    id = state.workspace.new_id("F")
    state.uploads[id] = {"name": args.text("filename"), "length": args.number("length", 0), "content": None}
    return {"upload_url": f"{state.base_url}/upload/{id}", "file_id": id}


def _complete(state: State, args: Arguments) -> Json:
    channel = state.joined_channel(args.text("channel_id")) if "channel_id" in args else None
    bot, files = state.workspace.bot, []
    for asked in args.json("files") or []:
        upload = state.uploads.pop(asked["id"], None)
        if upload is None or upload["content"] is None:
            raise ApiError("file_not_found")
        inside = [channel.id] if channel else []
        file = File(asked["id"], upload["name"], "application/octet-stream", upload["content"], bot.id, inside)
        state.workspace.files[file.id] = file
        files.append(file)
    if channel:
        text, thread_ts = args.text("initial_comment", ""), chat.thread_of(channel, args)
        chat.bots_message(state, channel, text=text, thread_ts=thread_ts, files=[file.id for file in files])
    return {"files": [render.file(file, state.base_url) for file in files]}


METHODS = {
    "files.info": Method(_info, TIER_4, scope="files:read"),
    "files.delete": Method(_delete, TIER_3, scope="files:write"),
    "files.getUploadURLExternal": Method(_upload_url, TIER_4, scope="files:write"),
    "files.completeUploadExternal": Method(_complete, TIER_4, scope="files:write"),
}
