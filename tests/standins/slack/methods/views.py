"""views.open, update and publish."""

from __future__ import annotations

import uuid
from typing import Any

from tests.standins.slack import blocks, render
from tests.standins.slack.calls import Arguments
from tests.standins.slack.limits import ApiError
from tests.standins.slack.methods.method import Method
from tests.standins.slack.rates import TIER_4
from tests.standins.slack.state import State
from tests.standins.slack.workspace import Json, View


def checked(state: State, body: Any, *, kind: str) -> Json:
    view = blocks.check_view(body, state.strictness, kind=kind)
    return view | {"blocks": blocks.with_ids(view["blocks"])}


def replace(view: View, body: Json) -> None:
    view.body, view.hash, view.errors = body, uuid.uuid4().hex, {}


def _open(state: State, args: Arguments) -> Json:
    body = checked(state, args.json("view"), kind="modal")
    external = body.get("external_id")
    if external and any(view.body.get("external_id") == external for view in state.workspace.views.values()):
        raise ApiError("duplicate_external_id")
    trigger = state.use_trigger(args.text("trigger_id"))
    view = View(state.workspace.new_id("V"), trigger.user, body, uuid.uuid4().hex)
    state.workspace.views[view.id] = view
    return {"view": render.view(view)}


def _update(state: State, args: Arguments) -> Json:
    wanted, external = args.text("view_id", ""), args.text("external_id", "")
    if not wanted and not external:
        raise ApiError.of("invalid_arguments", "missing required field: view_id")
    found = (v for v in state.workspace.views.values() if wanted == v.id or (external or None) == _external(v))
    view = next(found, None)
    if view is None or not view.is_open:
        raise ApiError("not_found")
    if "hash" in args and args.text("hash") != view.hash:
        raise ApiError("hash_conflict")
    replace(view, checked(state, args.json("view"), kind="modal"))
    return {"view": render.view(view)}


def _publish(state: State, args: Arguments) -> Json:
    user = args.text("user_id")
    if user not in state.workspace.users:
        raise ApiError("user_not_found")
    body = checked(state, args.json("view"), kind="home")
    home = state.workspace.homes.get(user)
    if home and "hash" in args and args.text("hash") != home.hash:
        raise ApiError("hash_conflict")
    if home is None:
        home = state.workspace.homes[user] = View(state.workspace.new_id("V"), user, body, "")
    replace(home, body)
    return {"view": render.view(home)}


def _external(view: View) -> str | None:
    external: str | None = view.body.get("external_id")
    return external


METHODS = {
    "views.open": Method(_open, TIER_4),
    "views.update": Method(_update, TIER_4),
    "views.publish": Method(_publish, TIER_4),
}
