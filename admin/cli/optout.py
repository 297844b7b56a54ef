"""`naru optout add | list | remove | preview | receipt | hold | release`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer

from admin.app import App, directory_now, opened
from admin.cli.base import Json, emit, err, load, out, run
from admin.optouts import subject_of
from bot.blast import Hit
from bot.console import table
from bot.opting_out import OptOutFault, check_person
from bot.optouts import Entry
from bot.receipts import Receipt
from bot.subjects import Scope, Subject

T = TypeVar("T")
app = typer.Typer(help="Whose text is not used, for what, and what was done about it.", no_args_is_help=True)

Who = Annotated[
    str,
    typer.Argument(
        metavar="SUBJECT", help="user:ID, room:ID, source:NAME, or person:NAME for somebody who is not in Slack."
    ),
]
Also = Annotated[
    list[str] | None,
    typer.Option("--also", metavar="ID", help="A second identifier of a person: an e-mail address, a number."),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
Of = Annotated[Scope, typer.Option("--scope", help="What it is kept from; all also erases what there is.")]


@app.command("add")
def add(
    who: Who,
    reason: Reason,
    scope: Of = Scope.ALL,
    also: Also = None,
    confirm: Annotated[
        str | None, typer.Option(metavar="CODE", help="What `naru optout preview` showed is theirs, and nobody else's.")
    ] = None,
    json: Json = False,
) -> None:
    """Opt somebody out. It binds the next decision in every process; the receipt says what was done.

    A person's name alone keeps texts from the cloud and from training. To erase, or to keep nothing any more, a second
    identifier is asked for, or that what it hits was looked at.
    """

    async def do(naru: App) -> tuple[Receipt, Entry]:
        subject = await _subject(naru, who, also)
        receipt = await naru.opting_out.out(subject, scope, by=naru.operator, why=reason, confirmed=confirm)
        found = await naru.opting_out.receipt(receipt.id)
        assert found is not None  # its opt-out was written a moment ago, with this key
        return found

    _print_receipt(*_do(do), json=json)


@app.command("list")
def list_opt_outs(json: Json = False) -> None:
    """List who has opted out of what."""
    entries = _do(lambda naru: naru.opting_out.register.listed())
    if json:
        emit([_entry(one) for one in entries])
        return
    rows = [(str(e.subject), ", ".join(e.subject.also), e.scope.value, _at(e.since), e.by, e.why) for e in entries]
    out.print(table(["who", "also", "scope", "since", "by", "why"], rows) if rows else "Nobody has opted out.")


@app.command("remove")
def remove(
    who: Who,
    reason: Reason,
    scope: Annotated[Scope | None, typer.Option("--scope", help="Only of this. Default: of everything.")] = None,
    also: Also = None,
) -> None:
    """Take an opt-out back. What was erased does not come back."""

    async def do(naru: App) -> int:
        subject = await _subject(naru, who, also)
        return await naru.opting_out.back(subject, scope, by=naru.operator, why=reason)

    count = _do(do)
    if not count:
        raise OptOutFault(f"No opt-out of {who} is in force: `naru optout list` shows all, with their identifiers.")
    err.print(f"{count} taken back.", markup=False)


@app.command("preview")
def preview(who: Who, also: Also = None, json: Json = False) -> None:
    """Show what an opt-out of everything would hit, counted. Nothing is changed.

    The code at the end confirms exactly this, for a person of whom there is only a name.
    """

    async def do(naru: App) -> tuple[Subject, Hit]:
        subject = await _subject(naru, who, also)
        check_person(subject)
        return subject, await naru.opting_out.blast(subject)

    subject, hit = _do(do)
    if json:
        emit(_hit(hit))
        return
    rows = [("questions", str(hit.questions)), ("answers", str(hit.answers))]
    rows += [
        (f"source {name}", f"{hit.sources.get(name, 0)} documents, {hit.passages.get(name, 0)} passages")
        for name in sorted({*hit.sources, *hit.passages})
    ]
    rows += [("names them", f"{one.source}: {one.uri} ({one.owner or 'no owner'})") for one in hit.documents]
    rows.append(("code", hit.code))
    out.print(table(["", ""], rows))
    if subject.kind == "person" and not subject.also and hit.common:
        err.print("That is so much that the name may be several people's: give --also.", markup=False)


@app.command("receipt")
def receipt(
    id: Annotated[UUID | None, typer.Argument(help="Of which receipt. Default: the unfinished ones.")] = None,
    json: Json = False,
) -> None:
    """Show what was found, erased and withheld, and which documents their owners must change."""
    if id is None:
        open_ = _do(_unfinished)
        if json:
            emit([_receipt(*one) for one in open_])
        else:
            rows = [(str(r.id), str(e.subject), e.scope.value, _at(r.due_at)) for r, e in open_]
            out.print(table(["receipt", "who", "scope", "due"], rows) if rows else "Every receipt is finished.")
        return
    wanted = id
    found = _do(lambda naru: naru.opting_out.receipt(wanted))
    if found is None:
        raise OptOutFault(f"There is no receipt {id}, or it was sealed with another key: `naru optout receipt`.")
    _print_receipt(*found, json=json)


@app.command("hold")
def hold(who: Who, reason: Reason, also: Also = None) -> None:
    """The law holds what there is of somebody: nothing of it is erased until `naru optout release`."""

    async def do(naru: App) -> None:
        await naru.opting_out.hold(await _subject(naru, who, also), by=naru.operator, why=reason)

    _do(do)
    err.print("Nothing of it is erased from now on.", markup=False)


@app.command("release")
def release(who: Who, also: Also = None) -> None:
    """End a hold. What was to be erased meanwhile is erased now."""

    async def do(naru: App) -> int:
        return await naru.opting_out.release(await _subject(naru, who, also), by=naru.operator)

    if not _do(do):
        raise OptOutFault(f"Nothing of {who} is held.")
    err.print("The hold has ended.", markup=False)


async def _subject(naru: App, who: str, also: list[str] | None) -> Subject:
    sources = [status.source.name for status in await naru.catalogue.status()]
    return subject_of(who, also or (), directory_now(naru.settings, naru.people), sources)


def _do(do: Callable[[App], Awaitable[T]]) -> T:
    async def inside() -> T:
        async with opened(load(), sync=False) as naru:
            return await do(naru)

    return run(inside())


async def _unfinished(naru: App) -> list[tuple[Receipt, Entry]]:
    opting = naru.opting_out
    async with opting.database.transaction() as connection:
        receipts = await opting.receipts.unfinished(connection)
    return [found for one in receipts if (found := await opting.receipt(one.id)) is not None]


def _print_receipt(found: Receipt, entry: Entry, *, json: bool) -> None:
    if json:
        emit(_receipt(found, entry))
        return
    rows = [
        ("receipt", str(found.id)),
        ("who", str(entry.subject)),
        ("scope", entry.scope.value),
        ("in force", f"{_at(entry.since)} to {_at(entry.until) if entry.until else 'now'}"),
        ("due", _at(found.due_at)),
        ("finished", _at(found.finished_at) if found.finished_at else "not yet"),
    ]
    rows += [(what, ", ".join(f"{n} {how}" for how, n in each.items())) for what, each in found.counts.items()]
    rows += [("to be changed", f"{d.source}: {d.uri} ({d.owner or 'no owner'})") for d in found.documents]
    out.print(table(["", ""], rows))


def _receipt(found: Receipt, entry: Entry) -> dict[str, Any]:
    return {
        "receipt": str(found.id),
        "opt_out": _entry(entry),
        "requested_at": found.requested_at.isoformat(),
        "due_at": found.due_at.isoformat(),
        "finished_at": found.finished_at.isoformat() if found.finished_at else None,
        "counts": found.counts,
        "documents": [{"source": d.source, "uri": d.uri, "title": d.title, "owner": d.owner} for d in found.documents],
    }


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "kind": one.subject.kind,
        "id": one.subject.id,
        "also": list(one.subject.also),
        "scope": one.scope.value,
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "by": one.by,
        "why": one.why,
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "questions": hit.questions,
        "answers": hit.answers,
        "sources": {
            name: {"documents": hit.sources.get(name, 0), "passages": hit.passages.get(name, 0)}
            for name in sorted({*hit.sources, *hit.passages})
        },
        "documents": [{"source": d.source, "uri": d.uri, "owner": d.owner} for d in hit.documents],
        "code": hit.code,
    }


def _at(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M %Z}"
