"""bots.info, users.info and list, usergroups.list and usergroups.users.list, dnd.info."""

from __future__ import annotations

from tests.standins.slack import render
from tests.standins.slack.calls import Arguments
from tests.standins.slack.limits import ApiError
from tests.standins.slack.methods.method import Method, page
from tests.standins.slack.rates import TIER_2, TIER_3, TIER_4
from tests.standins.slack.state import State
from tests.standins.slack.workspace import APP, BOT_ID, TEAM, Json, User


def _user(state: State, args: Arguments) -> User:
    user = state.workspace.users.get(args.text("user"))
    if user is None:
        raise ApiError("user_not_found")
    return user


def _info(state: State, args: Arguments) -> Json:
    user = _user(state, args)
    locale = {"locale": user.locale} if args.flag("include_locale") and user.locale else {}
    return {"user": render.user(user, state.scopes) | locale}


def _list(state: State, args: Arguments) -> Json:
    """The team's own people, those who have left too."""
    own = [user for user in state.workspace.users.values() if user.team_id == TEAM]
    found, after = page(own, args, default=100, most=1000)
    return {"members": [render.user(user, state.scopes) for user in found], "cache_ts": 1} | after


def _groups(state: State, args: Arguments) -> Json:
    shown = [g for g in state.workspace.usergroups.values() if args.flag("include_disabled") or not g.disabled]
    bodies = []
    for group in shown:
        body: Json = {"id": group.id, "team_id": TEAM, "is_usergroup": True, "handle": group.handle}
        body |= {"name": group.handle, "date_delete": int(group.disabled), "prefs": {"channels": [], "groups": []}}
        if args.flag("include_users"):
            body["users"] = [*group.users]
        if args.flag("include_count"):
            body["user_count"] = len(group.users)
        bodies.append(body)
    return {"usergroups": bodies}


def _group_members(state: State, args: Arguments) -> Json:
    group = state.workspace.usergroups.get(args.text("usergroup"))
    if group is None or (group.disabled and not args.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": [*group.users]}


def _dnd(state: State, args: Arguments) -> Json:
    _user(state, args)
    return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}


def _bot(state: State, args: Arguments) -> Json:
    if args.text("bot") != BOT_ID:
        raise ApiError("bot_not_found")
    return {"bot": {"id": BOT_ID, "app_id": APP, "user_id": state.workspace.bot.id, "deleted": False}}


METHODS = {
    "bots.info": Method(_bot, TIER_3, scope="users:read"),
    "users.info": Method(_info, TIER_4, scope="users:read"),
    "users.list": Method(_list, TIER_2, scope="users:read"),
    "usergroups.list": Method(_groups, TIER_2, scope="usergroups:read"),
    "usergroups.users.list": Method(_group_members, TIER_2, scope="usergroups:read"),
    "dnd.info": Method(_dnd, TIER_3, scope="dnd:read"),
}
