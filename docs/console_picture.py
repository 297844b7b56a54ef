"""Writes docs/console.svg, the picture in README: the real console on the sample company.

NARU_HOME=$(mktemp -d) .venv/bin/python docs/console_picture.py
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from rich.console import Console

from admin.app import opened
from admin.cli.run import actions
from bot.console import Session
from bot.settings import Settings

TYPED = ["시니어 엔지니어 연봉 밴드는 얼마예요?", "/as U2", "시니어 엔지니어 연봉 밴드는 얼마예요?", "/why"]


async def main() -> None:
    out = Console(record=True, width=100, file=StringIO(), color_system="truecolor", highlight=False)
    async with opened(Settings.load()) as app:
        await app.reindex(await app.active(), lambda *_: None)
        lines: Iterator[str] = iter(TYPED)

        def read(prompt: str) -> str:
            line = next(lines, None)
            out.print(f"[bold green]{prompt}[/bold green]{line or ''}")
            if line is None:
                raise EOFError
            return line

        person, room = app.present(None, None)
        await Session(actions(app), out, person, room).run(read)
    # Without the web font: a picture that fetches something tells a third party who looks at it.
    svg = re.sub(r"@font-face \{.*?\}", "", out.export_svg(title="naru run"), flags=re.DOTALL)
    Path(__file__).with_name("console.svg").write_text(svg, encoding="utf-8")


asyncio.run(main())
