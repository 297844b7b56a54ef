"""What Slack's objects say of people, groups and channels, and what the company's directory adds to it or takes away.
Pure. What is missing counts as the stricter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.directory import Directory, Grounds, Person, address
from bot.domain import Room, RoomKind
from retrieval.passage import EVERYONE, Principal

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    """ours: of our own team. here: an account that can read, so neither a bot nor closed."""

    id: str
    ours: bool
    here: bool
    guest: bool
    admin: bool = False
    email: str | None = None

    @property
    def full(self) -> bool:
        return self.ours and self.here and not self.guest


def unknown_user(id: str) -> User:
    return User(id, ours=False, here=True, guest=True)


def user_of(body: Json, team: str) -> User:
    """A user object (docs.slack.dev/reference/objects/user-object), as users.info and user_change have it."""
    ours = body.get("team_id") == team and not body.get("is_stranger")
    # Slackbot says of itself that it is no bot.
    bot = bool(body.get("is_bot") or body.get("is_workflow_bot")) or body["id"] == "USLACKBOT"
    # A single-channel guest is "restricted" too; of people elsewhere Slack gives no rank at all.
    guest = body.get("is_restricted") is not False or bool(body.get("is_ultra_restricted"))
    profile = body.get("profile")
    email = profile.get("email") if isinstance(profile, Mapping) else None
    vouched_for = ours and body.get("is_email_confirmed", True) and isinstance(email, str)
    return User(
        id=body["id"],
        ours=ours,
        # Whoever is not ours counts as present, bot or not: their organisation reads along.
        here=not ours or not (bot or body.get("deleted")),
        guest=guest,
        admin=ours and any(body.get(rank) for rank in ("is_admin", "is_owner", "is_primary_owner")),
        email=address(str(email)) if vouched_for else None,
    )


@dataclass(frozen=True, slots=True)
class Groups:
    """The usergroups of a workspace, by id and by handle; both name them in the readers of a document."""

    members: Mapping[str, frozenset[str]]

    def of(self, user: str) -> frozenset[str]:
        return frozenset(name for name, members in self.members.items() if user in members)


NO_GROUPS = Groups({})


def groups_of(bodies: Sequence[Json]) -> Groups:
    """Usergroup objects with their users. Those of another organisation and those that are closed are left out."""
    members: dict[str, frozenset[str]] = {}
    for body in bodies:
        if body.get("date_delete") or body.get("is_external"):
            continue
        for name in (body["id"], body.get("handle")):
            if name:
                # Should two ever have one name, whoever is in one of them only does not have it.
                found = _strings(body.get("users"))
                members[name] = members[name] & found if name in members else found
    return Groups(members)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of Slack, and who that is in the directory; None: nobody that it knows. left: the company, though the
    account may still be open. guest: to Slack or to the directory."""

    user: User
    person: Person | None
    left: bool
    guest: bool

    @classmethod
    def of(cls, user: User, directory: Directory) -> Member:
        """By the Slack id, else by an address that our own workspace has confirmed, never by name."""
        person = directory.who(user.id, user.email)
        left = person is not None and directory.has_left(person)
        return cls(user, person, left, user.guest or (person is not None and person.guest))

    @property
    def full(self) -> bool:
        return self.user.full and not self.left and not self.guest

    @property
    def ours_as_guest(self) -> bool:
        """Somebody whom our own workspace or directory knows as a guest, and not one of another organisation."""
        return self.user.ours and self.guest and not self.left


def grounds(member: Member, groups: Groups, everyone: str | None, directory: Directory) -> Grounds:
    """What one person can read by, and why. everyone: the usergroup (id or handle) that stands for the whole company;
    None: all full members. Guests are never everyone, and the directory gives them nothing: anybody in Slack who may
    edit usergroups could make them so. So a company may reserve the names of its own groups."""
    if member.left:
        return {}
    user, own = member.user, groups.of(member.user.id)
    found = {Principal(f"user:{user.id}"): "their Slack id"}
    found |= {Principal(f"group:{name}"): "a usergroup of Slack" for name in own - directory.reserved}
    if user.email:
        found[Principal(f"email:{user.email}")] = "their address, confirmed by Slack"
    if not member.full:
        return found
    if member.person is not None:
        found |= directory.given(member.person)
    if _is_everyone(member.person, everyone is None or everyone in own, directory):
        found[EVERYONE] = "a full member of the workspace who is everyone in naru.toml"
    return directory.mapped(found)


def _is_everyone(person: Person | None, slack_says: bool, directory: Directory) -> bool:
    """Whom the directory knows must be everyone there too; `alone`, nobody else is, and Slack is not asked."""
    known = person is not None and directory.is_everyone(person)
    return known if directory.terms.alone else slack_says and (known or person is None)


def principals(member: Member, groups: Groups, everyone: str | None, directory: Directory) -> frozenset[Principal]:
    return frozenset(grounds(member, groups, everyone, directory))


@dataclass(frozen=True, slots=True)
class Channel:
    """with_: the person on the other side of a direct message. connected: shared with another organisation or
    workspace, or about to be. creator: who made it."""

    id: str
    name: str
    kind: RoomKind
    connected: bool
    with_: str | None = None
    creator: str | None = None

    def room(self, people: Collection[Member]) -> Room:
        outsiders = [member for member in people if not member.full]
        others = self.connected or not people or not all(member.ours_as_guest for member in outsiders)
        return Room(self.id, self.name, self.kind, others or bool(outsiders), not others and bool(outsiders))


def channel_of(id: str, body: Json, team: str) -> Channel:
    """A conversation object (docs.slack.dev/reference/objects/conversation-object)."""
    flags = ("is_shared", "is_ext_shared", "is_org_shared", "is_global_shared", "is_pending_ext_shared")
    lists = ("pending_shared", "pending_connected_team_ids", "connected_team_ids")
    elsewhere = _strings(body.get("shared_team_ids")) - {team}
    connected = any(body.get(key) for key in (*flags, *lists)) or bool(elsewhere)
    kind = _kind(body)
    name = "DM" if kind == "dm" else str(body.get("name") or id)
    return Channel(id, name, kind, connected, body.get("user") if kind == "dm" else None, body.get("creator"))


def _strings(value: object) -> frozenset[str]:
    return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()


def _kind(body: Json) -> RoomKind:
    # Private channels made since 2021 have an id with a C too: the id's first letter says nothing.
    if body.get("is_im"):
        return "dm"
    if body.get("is_mpim") or body.get("is_private") or body.get("is_group"):
        return "private"
    return "public" if body.get("is_private") is False else "unknown"
