"""`naru people list | show | check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from admin.app import directory_file
from admin.cli.base import Json, emit, load, out, run
from admin.people import Shown, checked, person_data, shown
from bot.console import table
from bot.toml_file import SettingsFault

app = typer.Typer(help="Who is who, and what they may read by.", no_args_is_help=True)


@app.command("list")
def list_people(json: Json = False) -> None:
    """List the people of the directory, with their groups."""
    settings = load()
    directory = directory_file(settings).directory()
    people = [
        person_data(p) | {"left": directory.has_left(p), "everyone": directory.is_everyone(p)}
        for p in directory.people.values()
    ]
    if json:
        emit(people)
        return
    rows = [(p["id"], p["name"], p["employment"] or "", " ".join(p["groups"]), _state(p)) for p in people]
    out.print(table(["id", "name", "employment", "groups", ""], rows))


@app.command("show")
def show_person(
    who: Annotated[str, typer.Argument(metavar="WHO", help="A Slack id, an e-mail address or an employee number.")],
    json: Json = False,
) -> None:
    """Show who somebody is, what they may read by, and why. With Slack's token Slack is asked too."""
    found = run(shown(load(), who))
    if json:
        emit(found.data())
        return
    rows = [("", line) for line in _who(found)]
    rows += [(name, why) for name, why in sorted(found.grounds.items())] or [("–", "may read nothing at all")]
    out.print(table(["", ""], rows))


@app.command("check")
def check_file(
    file: Annotated[Path | None, typer.Argument(help="The file; by default the one in use.")] = None,
    json: Json = False,
) -> None:
    """Check a directory file before it is used: every problem with its line, or what it amounts to."""
    settings = load()
    try:
        found = checked(settings, file)
    except SettingsFault as fault:
        if not json:
            raise
        emit({"problems": [{"where": p.where, "at": p.key, "sentence": p.sentence} for p in fault.problems]})
        raise typer.Exit(1) from None
    if json:
        emit(found | {"problems": []})
        return
    rows = [(key, _plain(value)) for key, value in found.items() if key != "notes"]
    out.print(table(["", ""], [*rows, *(("", note) for note in found["notes"])]))


def _who(found: Shown) -> list[str]:
    lines: list[str] = []
    if found.person is not None:
        employment = found.person.employment or "no kind of employment"
        lines.append(f"{found.person.name or found.person.id}: in the directory, {employment}")
    else:
        lines.append("not in the directory: only what Slack says counts")
    if found.left:
        lines.append("has left the company")
    if found.member is not None:
        user = found.member.user
        kind = "of another workspace" if not user.ours else "a guest" if user.guest else "a full member"
        lines.append(f"{user.id}: in Slack, {kind}" + ("" if user.here else ", the account is closed"))
    return lines


def _state(person: dict[str, Any]) -> str:
    if person["left"]:
        return f"left after {person['leaving']}"
    until = f", until {person['leaving']}" if person["leaving"] else ""
    return ("everyone" if person["everyone"] else "not everyone") + until


def _plain(value: object) -> str:
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
