"""What operators see of people: who somebody is and what they read by, what a directory file amounts to, and which
readers of documents are nobody. Ids, groups and reasons; never a document."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from admin.app import App, directory_file, directory_now, today
from bot.config_file import Slack
from bot.directory import Directory, Grounds, Person, address
from bot.directory_table import load_directory
from bot.settings import Settings
from bot.slack.app import check_in, http_session, web_client
from bot.slack.fetched import Pace
from bot.slack.lookup import Lookup
from bot.slack.people import PER_MINUTE
from bot.slack.users import Groups, Member, User, grounds
from bot.toml_file import SettingsFault
from bot.unmapped import Unmapped, unmapped
from retrieval.errors import Fault


class PersonFault(Fault):
    """Nobody is known by that name."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody, as the directory and Slack know them; None: unknown there, or Slack is not connected."""

    person: Person | None
    member: Member | None
    left: bool
    grounds: Grounds

    def data(self) -> dict[str, Any]:
        person, user = self.person, self.member.user if self.member else None
        return {
            "directory": person_data(person) if person else None,
            "slack": {"id": user.id, "ours": user.ours, "active": user.here, "guest": user.guest} if user else None,
            "left": self.left,
            "principals": [{"principal": name, "why": why} for name, why in sorted(self.grounds.items())],
        }


def person_data(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "number": person.number,
        "groups": sorted(person.groups),
        "employment": person.employment,
        "leaving": str(person.leaving) if person.leaving else None,
    }


async def shown(settings: Settings, wanted: str) -> Shown:
    """wanted: an id, an address or an employee number. With Slack's token, as Slack's People would have it. Raises
    PersonFault where nobody is known by it, and a Fault where Slack does not say."""
    directory = directory_now(settings, directory_file(settings))
    person = directory.found(wanted)
    if settings.slack.bot_token is not None:
        found = await _in_slack(settings.slack, wanted, person)
        if found is not None:
            user, groups = found
            member = Member.of(user, directory)
            own = grounds(member, groups, settings.slack.everyone, directory) if user.here else {}
            return Shown(member.person, member, member.left, own)
    if person is None:
        raise PersonFault(
            f"Nobody with the id, address or employee number '{wanted}' is in the directory"
            + (" or in Slack." if settings.slack.bot_token else ".")
        )
    return Shown(person, None, directory.has_left(person), directory.grounds(person))


async def _in_slack(slack: Slack, wanted: str, person: Person | None) -> tuple[User, Groups] | None:
    assert slack.bot_token is not None
    async with http_session() as session:
        client = web_client(slack.bot_token.get_secret_value(), session, api_url=slack.api_url)
        lookup = Lookup(client, (await check_in(client, None)).team)
        users, _ = await lookup.users(Pace(PER_MINUTE["users.list"], time.monotonic))
        emails = {address(wanted), person.email if person else None} - {None}
        found = users.get(wanted) or (users.get(person.id) if person else None)
        found = found or next((user for user in users.values() if user.email in emails), None)
        return (found, await lookup.groups()) if found else None


def checked(settings: Settings, path: Path | None) -> dict[str, Any]:
    """What a directory file amounts to. path: None for the one in use. Raises SettingsFault with all its problems."""
    section = settings.directory
    chosen = path or Path(section.file or settings.config.parent / "people.toml")
    directory = load_directory(chosen, today(settings), section.terms, section.dialect)
    here = [person for person in directory.people.values() if not directory.has_left(person)]
    return {
        "file": str(chosen),
        "people": len(here),
        "left": len(directory.people) - len(here),
        "everyone": sum(map(directory.is_everyone, here)),
        "employment": dict(Counter(person.employment or "open" for person in here)),
        "groups": dict(sorted(Counter(group for p in here if not p.guest for group in p.groups).items())),
        "notes": list(_notes(directory, here)),
    }


def _notes(directory: Directory, here: list[Person]) -> Iterator[str]:
    guests = sum(person.guest and bool(person.groups) for person in here)
    if guests:
        yield f"{guests} guests have groups, which do not count: guests read only what is given to their room."
    still_open = sum(person.employment is None for person in here)
    if still_open:
        yield f"{still_open} people have no kind of employment: they are not everyone."
    if not any(map(directory.is_everyone, here)):
        yield "Nobody is everyone: see directory.everyone in naru.toml."
    empty = directory.groups - {group for person in here if not person.guest for group in person.groups}
    if empty:
        yield f"Groups in which nobody is any more: {', '.join(sorted(empty))}."


async def nobodies(app: App) -> Unmapped:
    """The documents that nobody may read, and the readers among theirs that stand for nobody. Raises SettingsFault
    where the directory cannot be used."""
    directory = directory_now(app.settings, app.people)
    return unmapped(await app.catalogue.named(), directory, in_slack=app.settings.slack.bot_token is not None)


def directory_status(settings: Settings) -> dict[str, Any]:
    """The directory as `naru status` shows it."""
    if settings.directory.file is None:
        return {"file": "none"}
    try:
        found = checked(settings, None)
    except SettingsFault as fault:
        return {"file": settings.directory.file, "problem": str(fault)}
    return {key: found[key] for key in ("file", "people", "left", "everyone")}
