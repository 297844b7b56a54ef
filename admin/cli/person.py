"""`naru person export`: everything that is held about somebody."""

from __future__ import annotations

import io
import json as jsons
import os
from pathlib import Path
from typing import Annotated
from zipfile import ZIP_DEFLATED, ZipFile

import typer

from admin.app import opened
from admin.cli.base import Json, Reason, emit, err, load, run
from admin.operators import Operator
from admin.person_export import LEFT_OUT, Held, exported
from bot.settings import Settings
from retrieval.errors import Fault

app = typer.Typer(help="What is held about somebody.", no_args_is_help=True)


class FileFault(Fault):
    """The export has nowhere to go."""


@app.callback()
def person() -> None:
    """What is held about somebody."""


@app.command("export")
def export(
    who: Annotated[str, typer.Argument(metavar="WHO", help="A Slack id, an e-mail address or an employee number.")],
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="The ZIP to write; it must not be there yet.")] = None,
    reason: Reason = None,
    json: Json = False,
) -> None:
    """Export everything held about a person: questions, answers, feedback, opt-outs, receipts, posts, audit, directory.

    For officers and admins, with a reason; it is written down. What is sealed is opened, another's text left out.
    """
    if json == (to is not None):
        raise typer.BadParameter("say where to: --to FILE.zip, or --json")
    settings = load()
    if to is not None and to.exists():
        raise FileFault(f"{to} is there already: name another file.")
    held = run(_export(settings, who, reason))
    if to is None:
        emit({**held.sections, "left_out": LEFT_OUT})
        return
    _write(to, _zipped(held))
    counts = ", ".join(f"{name} {count}" for name, count in held.counts.items())
    err.print(f"{to}: {counts}. Only you may read it: hand it over safely, and delete it then.", markup=False)


async def _export(settings: Settings, who: str, reason: str | None) -> Held:
    operator = Operator.at(settings)
    said = operator.must("export what is held about a person", "officer", "admin", reason=reason)
    async with opened(settings, sync=False) as naru:
        return await exported(naru, who, operator, said)


def _zipped(held: Held) -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, section in held.sections.items():
            text = "\n".join(LEFT_OUT) if name == "left_out" else jsons.dumps(section, ensure_ascii=False, indent=2)
            archive.writestr(f"{name}.{'txt' if name == 'left_out' else 'json'}", text + "\n")
    return packed.getvalue()


def _write(path: Path, content: bytes) -> None:
    """New, and readable by whoever runs this alone."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise FileFault(f"{path} cannot be written ({error.strerror}): name another file.") from None
