"""`naru why`: why an answer took its way."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from admin.app import App, opened
from admin.cli.base import Json, emit, load, out, run
from bot import audit
from bot.console import table
from bot.slack.permalink import Permalink, question_at
from bot.why import explained, masked
from retrieval.errors import Fault


class UnknownFault(Fault):
    """Nothing is known of what somebody asks about."""


def why(
    link: Annotated[str, typer.Argument(help="The link of the message in Slack, or the id of an answer.")],
    json: Json = False,
) -> None:
    """Show why an answer took its way, as it was decided then: what was found where, which rule counted, what each sink
    said, and how many values were masked in what the cloud was sent. It shows no text."""
    pairs = run(_why(link))
    if json:
        emit([{"what": what, "says": says} for what, says in pairs])
        return
    out.print(table(["", ""], pairs))


async def _why(said: str) -> list[tuple[str, str]]:
    async with opened(load(), sync=False) as app:
        return await told_of(app, said)


async def told_of(app: App, said: str) -> list[tuple[str, str]]:
    """(what, says) pairs about the message or the answer that somebody names. Raises UnknownFault."""
    id = await _id(app, said)
    row = await app.records.explained_by(id) if id else None
    if row is None:
        raise UnknownFault("Nothing is known of that message: it is no answer of Naru's, or was forgotten since.")
    calls = await audit.of_decision(app.database, "sent", str(row["id"]))
    pairs = explained(row, row["route"] or "nothing", row["model"], row["tried"] or ())
    return [*pairs, *masked([call.body for call in calls])]


async def _id(app: App, said: str) -> UUID | None:
    if (link := Permalink.of(said)) is not None:
        return await question_at(app.database, link)
    try:
        return UUID(said)
    except ValueError:
        raise UnknownFault("That is neither a link to a message in Slack nor the id of an answer.") from None
