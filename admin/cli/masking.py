"""`naru mask | unmask`: a masked copy of a text, and the way back, on standard input and output."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from admin.app import App, opened
from admin.cli.base import err, load, run
from admin.cli.policy_detect import standard_input
from bot.copies import Copies
from bot.masks import Masks

Thread = Annotated[
    str, typer.Option(metavar="NAME", help="Which copies belong together: each name has numbers of its own.")
]


def mask(thread: Thread = "") -> None:
    """Read a text and write its masked copy: values behind placeholders like ⟦PHONE_1⟧, the rest that no cloud may see
    left out.

    What the placeholders stand for is kept, sealed, for `naru unmask` of the same person of this machine.
    """
    sys.stdout.write(run(_mask(standard_input(), thread)))


def unmask(thread: Thread = "") -> None:
    """Read what came back for a masked copy and write it with the values in their places.

    Placeholders that were never issued stay as they are, and their number is said on standard error.
    """
    text, strange = run(_unmask(standard_input(), thread))
    sys.stdout.write(text)
    if strange:
        err.print(f"Placeholders that stand for nothing here, and stay: {strange}.", markup=False)


async def _mask(text: str, thread: str) -> str:
    async with opened(load(), sync=False) as app:
        return await _copies(app).make(text, _own(app, thread), app.operator)


async def _unmask(text: str, thread: str) -> tuple[str, int]:
    async with opened(load(), sync=False) as app:
        return await _copies(app).restore(text, _own(app, thread))


def _copies(app: App) -> Copies:
    return Copies(Masks(app.database, app.seal), app.rules)


def _own(app: App, thread: str) -> str:
    return f"copy/{app.operator}/{thread}"
