"""`naru search`: the passages that somebody may read somewhere, and why these."""

from __future__ import annotations

from typing import Annotated

import typer

from admin.app import opened
from admin.cli.ask import Question, first_index, passage_data, print_passages, text_of
from admin.cli.base import As, In, Json, Reason, emit, load, run
from admin.cli.explained import explained_data, print_explained
from admin.explaining import Why, why
from admin.operators import titles_only
from bot.words import spoken
from retrieval.passage import Passage

_LIMIT = 10


def search(
    question: Question,
    person: As = None,
    room: In = None,
    reason: Reason = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=100,
            help=f"How many passages. Default: {_LIMIT}; with --explain as many as an answer may rest on.",
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Each score in its parts, why it is visible, why it is not chosen.")
    ] = False,
    hidden: Annotated[
        bool, typer.Option("--hidden", help="With --explain: titles that the room may not read; needs --reason.")
    ] = False,
    json: Json = False,
) -> None:
    """Show the passages that a person may read there, best first."""
    if hidden and not explain:
        raise typer.BadParameter("--hidden belongs to --explain")
    text = text_of(question)
    if explain:
        said, only_titles = run(_why(text, person, room, reason, limit, hidden=hidden))
        if json:
            emit(explained_data(said, only_titles))
        else:
            print_explained(said, spoken(text), only_titles)
        return
    passages, only_titles = run(_search(text, person, room, reason, limit or _LIMIT))
    if json:
        emit([passage_data(p, only_titles) for p in passages])
        return
    print_passages(passages, only_titles)


async def _search(
    text: str, person: str | None, room: str | None, reason: str | None, limit: int
) -> tuple[tuple[Passage, ...], bool]:
    async with opened(load()) as app:
        question = app.question(text, person=person, room=room, thread="")
        only_titles = await titles_only(app, "search", person, reason)
        await first_index(app)
        readers = await app.deps.people.readers(question.asker, question.room)
        return await app.search(question.text, readers, limit), only_titles


async def _why(
    text: str, person: str | None, room: str | None, reason: str | None, limit: int | None, *, hidden: bool
) -> tuple[Why, bool]:
    async with opened(load()) as app:
        question = app.question(text, person=person, room=room, thread="")
        # What the room may not read is somebody else's to see, also with one's own eyes.
        only_titles = await titles_only(app, "search --explain", person, reason, readers=hidden)
        await first_index(app)
        return await why(app, question, limit, hidden=hidden), only_titles
