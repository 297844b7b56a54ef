"""`naru audit verify | export | tail`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from admin.app import App, opened
from admin.audit.formats import FORMATS, Format, formatted
from admin.audit.head import HeadFile
from admin.audit.send import Address, Cursor, SendFault, target
from admin.cli.base import Json, emit, err, load, run
from bot.audit import Wanted, newest, read
from bot.audit_chain import Entry, Verified
from bot.settings import Settings
from retrieval.database import DatabaseFault

app = typer.Typer(help="What was decided, sent and changed, and by whom; never text.", no_args_is_help=True)

POLL_S = 1.0
_AGAIN_S = 5.0
Write = Callable[[Sequence[Entry]], Awaitable[None]]
_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

How = Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS)}.")]
To = Annotated[
    str | None,
    typer.Option(help="syslog://, syslog+tcp://, syslog+tls:// or https://, to a host of audit.hosts in naru.toml."),
]
Kind = Annotated[list[str] | None, typer.Option(help="Only entries of this kind; can be given several times.")]


@app.command("verify")
def verify(json: Json = False) -> None:
    """Look through all of it: whether an entry or a seal was changed, removed or put in, or the end cut off. The exit
    status is 1 where something is not as it was written."""
    found = run(_verify())
    if json:
        emit(
            {
                "entries": found.entries,
                "seals": found.seals,
                "forgotten": found.forgotten,
                "not_sealed": found.open,
                "problems": [problem.data() for problem in found.problems],
            }
        )
    else:
        for sentence in sentences(found):
            err.print(sentence, markup=False)
    if found.problems:
        raise typer.Exit(1)


@app.command("export")
def export(
    format: How = "jsonl",
    file: Annotated[Path | None, typer.Option(help="A new file; without it, standard output.")] = None,
    to: To = None,
    since: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="From this time on, as the company counts it.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAYS, help="Until before this time.")] = None,
    kind: Kind = None,
    after: Annotated[int | None, typer.Option(min=0, help="Begin behind the entry with this id.")] = None,
) -> None:
    """Write out the entries. With --to they are sent, and the next time it goes on behind the last one that arrived."""
    settings = load()
    wanted = Wanted(after or 0, _at(since, settings.timezone), _at(until, settings.timezone), tuple(kind or ()))
    out = _Out(settings, _format(format), to, file, resumes=after is None and since is None)
    run(_export(out, wanted))


@app.command("tail")
def tail(
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last entries.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until stopped.")] = False,
    format: How = "jsonl",
    to: To = None,
    kind: Kind = None,
) -> None:
    """Write out the last entries. With --to they are sent instead; a receiver that is away is tried again."""
    settings = load()
    out = _Out(settings, _format(format), to, None, resumes=True)
    run(_tail(out, Wanted(kinds=tuple(kind or ())), lines, follow))


def sentences(found: Verified) -> list[str]:
    """What a look at the whole audit found."""
    said = [str(problem) for problem in found.problems]
    if found.problems:
        return [*said, f"Something is wrong in {len(said)} places: keep the database and its backups as they are."]
    old = f"; {found.forgotten} older ones were deleted, as the audit says" if found.forgotten else ""
    still = f" {found.open} are newer than the last seal: those prove nothing yet." if found.open else ""
    return [f"All {found.entries} entries are as they were written, under {found.seals} seals{old}.{still}"]


@dataclass(frozen=True, slots=True)
class _Out:
    """Where entries go. resumes: where an address is concerned, behind what arrived there before."""

    settings: Settings
    format: Format
    to: str | None
    file: Path | None
    resumes: bool

    def cursor(self, wanted: Wanted) -> Cursor | None:
        if self.to is None:
            return None
        return Cursor(self.settings.home, " ".join([self.to, self.format, *sorted(wanted.kinds)]))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Write]:
        version = metadata.version("naru")
        if self.to is not None:
            address = Address.of(self.to, self.settings.audit)
            async with target(address, self.settings.audit) as there:
                yield lambda entries: there.send(entries, self.format, version)
            return
        descriptor = _new(self.file) if self.file else os.dup(1)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:

            async def write(entries: Sequence[Entry]) -> None:
                stream.writelines(f"{formatted(entry, self.format, version)}\n" for entry in entries)
                stream.flush()

            yield write


async def _verify() -> Verified:
    settings = load()
    async with opened(settings, sync=False) as naru:
        return await naru.audit.verified(naru.database, HeadFile(settings.home).line())


async def _export(out: _Out, wanted: Wanted) -> None:
    async with opened(out.settings, sync=False) as naru:
        cursor = out.cursor(wanted)
        if cursor is not None and out.resumes:
            wanted = replace(wanted, after=cursor.last())
        async with out.opened() as write:
            await _written(naru, wanted, write, cursor)


async def _tail(out: _Out, wanted: Wanted, lines: int, follow: bool) -> None:
    async with opened(out.settings, sync=False) as naru:
        cursor = out.cursor(wanted)
        sent = cursor.last() if cursor else 0
        wanted = replace(wanted, after=sent or await newest(naru.database, wanted, lines))
        while True:
            try:
                async with out.opened() as write:
                    wanted = await _written(naru, wanted, write, cursor)
                    while follow:
                        await asyncio.sleep(POLL_S)
                        wanted = await _written(naru, wanted, write, cursor)
                return
            except (SendFault, DatabaseFault) as fault:
                if not follow:
                    raise
                err.print(f"{fault} It is tried again.", markup=False)
                wanted = replace(wanted, after=cursor.last() if cursor else wanted.after)
                await asyncio.sleep(_AGAIN_S)


async def _written(naru: App, wanted: Wanted, write: Write, cursor: Cursor | None) -> Wanted:
    """Everything that is there by now; what is wanted from here on."""
    while entries := await read(naru.database, wanted):
        await write(entries)
        wanted = replace(wanted, after=entries[-1].id)
        if cursor is not None:
            cursor.moved(wanted.after)
    return wanted


def _format(said: str) -> Format:
    for one in FORMATS:
        if said == one:
            return one
    raise typer.BadParameter(f"must be {', '.join(FORMATS)}.", param_hint="--format")


def _at(said: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A time without a zone is the company's."""
    if said is None:
        return None
    return (said if said.tzinfo else said.replace(tzinfo=zone)).astimezone(UTC)


def _new(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SendFault(f"{path} cannot be written ({error.strerror}): name a new file.") from None
