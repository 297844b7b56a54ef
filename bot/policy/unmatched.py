"""Lines of policy.toml that nothing can match, so that somebody believes a room, a folder or a role to be closed that
is open. Pure.

`never_...` says what cannot be meant, whatever a company has; `odd`, what only looks so, or matches nothing that is
there today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.policy.rules import Rules, matches, one_spelling
from retrieval.label import Level
from retrieval.passage import principal

Line = tuple[str, str]
"""A key of policy.toml, and the rest of a sentence about it."""

_ROOM_ID = re.compile(r"[CDG](?:[A-Z0-9]|-(?=[A-Z0-9]))+")
"""Slack's conversation ids; those of a people.toml look alike (C1), its direct messages are D- and a person."""
_LONG_ID = re.compile(r"#?[CDGUW](?=[A-Z]*[0-9])[A-Z0-9]{7,}")
_PATTERN = re.compile(r"[*?\[\]<>|]")
_LONGEST_NAME = 80
"""Characters of a channel's name (Slack's conversations.create)."""
_PERSON = re.compile(r"user:[uw](?=[a-z]*[0-9])[a-z0-9]+")
_GLOB = re.compile(r"[*?\[]")
_LONG_DESIGNATION = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class There:
    """What exists, as far as it can be told; None: nobody knows. rooms: ids of those in which somebody asked, or that
    the directory lists. uris: of the documents that are searched. principals: what at least one person reads by."""

    rooms: frozenset[str] | None = None
    uris: frozenset[str] | None = None
    principals: frozenset[str] | None = None


NOT_KNOWN = There()


def never_an_id(id: str) -> str:
    """Why no room has that id, as the rest of a sentence; empty: one may."""
    if _ROOM_ID.fullmatch(id):
        return ""
    return (
        "is no room's id, so it matches no room: ids begin with C, D or G and have capitals and digits only, as "
        "C012AB3CD; a name belongs under names"
    )


def never_a_name(name: str) -> str:
    """The same for the name of a room, and for how one begins."""
    if _LONG_ID.fullmatch(name.strip()):
        return "is a room's id and no name, so it matches no room: it belongs under ids"
    if _PATTERN.search(name):
        return "matches no room: names are compared as they are, without * or brackets; under prefixes write hr- alone"
    if len(one_spelling(name)) > _LONGEST_NAME:
        return f"matches no room: no name has more than {_LONGEST_NAME} characters"
    return ""


def never_a_room(said: str) -> str:
    """The same where either an id or a name may stand."""
    return "" if _ROOM_ID.fullmatch(said) else never_a_name(said).replace("it belongs under ids", "write it as it is")


def never_a_uri(glob: str) -> str:
    """The same for a pattern of documents' paths."""
    if not glob.strip() or glob != glob.strip():
        return "matches no document: it is empty, or has a space at an end"
    if "\\" in glob:
        return "matches no document: the folders of a path are parted by / and not by a backslash"
    if glob.startswith("/"):
        return f'matches no document: paths begin without /; write "{glob.lstrip("/")}"'
    if glob.endswith("/") and "://" not in glob:
        return f'matches no document, for it is a folder: write "{glob}*"'
    return ""


def never_a_role(name: str) -> str:
    """The same for a principal of whoever asks."""
    try:
        principal(name)
    except ValueError as error:
        return str(error)
    if name.startswith("channel:"):
        return "matches nobody: whoever asks is looked at alone, and a channel is no one's role; [rooms.ids] is for it"
    if _PERSON.fullmatch(name):
        return f'matches nobody: ids are written in capitals, "user:{name.removeprefix("user:").upper()}"'
    return ""


def odd(rules: Rules, there: There) -> Iterator[Line]:
    """Lines that change nothing as things are, or that look as if something else was meant."""
    yield from _unheard(rules, there)
    yield from _idle(rules)
    for glob in rules.uris:
        if there.uris is not None:
            if not any(matches(uri, glob) for uri in there.uris):
                yield f'sources.uris."{glob}"', "matches no document that is indexed"
        elif not _GLOB.search(glob) and "." not in glob.rpartition("/")[2]:
            yield f'sources.uris."{glob}"', "matches the document of exactly that path, and no folder"
    one = rules.designation
    if one is not None and one.until - one.on > _LONG_DESIGNATION:
        yield "designation.until", "is more than five years after it begins"


def _unheard(rules: Rules, there: There) -> Iterator[Line]:
    """Names of what is not there."""
    if there.rooms is not None:
        tables = {"rooms.ids": rules.room_ids, "sinks.slack.rooms.ids": rules.ceiling_ids}
        by_id = {name: route for name, route in rules.prefer_rooms.items() if _ROOM_ID.fullmatch(name)}
        for key, table in {**tables, "routes.rooms": by_id}.items():
            for id in sorted(table.keys() - there.rooms):
                yield f"{key}.{id}", "names a room in which nobody has asked yet"
    if there.principals is not None:
        for name in sorted(rules.roles.keys() - there.principals):
            yield f'roles."{name}"', "is nobody's, says the directory"


def _idle(rules: Rules) -> Iterator[Line]:
    """Names can only raise a room, or lower its ceiling: these do neither in any room."""
    lowest = min((*rules.rooms.values(), *rules.room_ids.values()), default=Level.PUBLIC)
    for key, lines in (("rooms.names", rules.room_names), ("rooms.prefixes", rules.room_prefixes)):
        for name in (name for name, level in lines.items() if level <= lowest):
            yield f'{key}."{name}"', "changes nothing: a name can only raise what a room has anyway"
    slack = rules.sinks["slack"].ceiling
    highest = max(slack, *rules.ceilings.values(), *rules.ceiling_ids.values())
    shown = (("names", rules.ceiling_names), ("prefixes", rules.ceiling_prefixes))
    for key, lines in shown:
        for name in (name for name, level in lines.items() if level >= highest):
            yield f'sinks.slack.rooms.{key}."{name}"', "changes nothing: a name can only lower what a room is shown"
