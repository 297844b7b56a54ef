"""Writes docs/reference/: settings and commands as the code has them. A test compares.

.venv/bin/python docs/reference.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from typer.main import get_command

from admin.cli.commands import app
from bot.config_file import ConfigFile
from bot.settings import VARIABLE_OF
from bot.toml_file import Section, section_of

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
OTHER = "your_model"
"""The name that naru.toml.example gives a section of any other name."""
_KEY = re.compile(r"#?(?P<key>[a-z_]+) = ")
_SECTION = re.compile(r"#?\[+(?P<name>[a-z_.]+)\]+")


def settings() -> str:
    """Every key of naru.toml: its default from the code, what it means from naru.toml.example."""
    said = _said((ROOT / "naru.toml.example").read_text(encoding="utf-8"))
    head = (
        "# Settings\n\nWritten by `python docs/reference.py` from the code and `naru.toml.example`; do not edit.\n\n"
        "All stand in `naru.toml`. An environment variable, where there is one, wins over it. Relative paths are\n"
        "relative to the file. The key that seals text at rest is read from `NARU_KEY` only; `NARU_CONFIG` names the\n"
        "file itself.\n"
    )
    return head + "".join(_section((), ConfigFile, said))


def commands() -> str:
    """Every command with its arguments and options, from its help."""
    head = "# Commands\n\nWritten by `python docs/reference.py` from the code; do not edit.\n"
    parts = [head]
    naru = get_command(app)
    within = typer.Context(naru)
    for path, command in _commands(("naru",), naru):
        usage = " ".join(
            [*path, *command.collect_usage_pieces(command.make_context(path[-1], [], resilient_parsing=True))]
        )
        parts.append(f"\n## {' '.join(path)}\n\n{_cell(command.help or '')}\n\n```\n{usage}\n```\n")
        rows = [_parameter(one, within) for one in command.params if one.name != "help"]
        if rows:
            parts.append("\n| | |\n| --- | --- |\n" + "".join(rows))
    return "".join(parts)


def _section(place: tuple[str, ...], section: type[BaseModel], said: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    inner: list[tuple[tuple[str, ...], type[BaseModel]]] = []
    rows: list[str] = []
    for name, field in section.model_fields.items():
        here = (*place, name)
        below = section_of(field.annotation)
        if below is not None:
            inner.append((here, below))
            continue
        variable = VARIABLE_OF.get(here)
        rows.append(
            f"| `{name}` | {_default(field.default)} | {f'`{variable}`' if variable else ''} | {_cell(said[here])} |\n"
        )
    title = f"[{'.'.join(place)}]" if place else "At the top"
    about = said.get(place, "")
    yield f"\n## {title}\n" + (f"\n{about}\n" if about else "")
    if rows:
        yield "\n| key | default | variable | meaning |\n| --- | --- | --- | --- |\n" + "".join(rows)
    for here, below in inner:
        yield from _section(here, below, said)
    if issubclass(section, Section) and section.others:
        yield from _section((*place, OTHER), section.others, said)


def _said(example: str) -> dict[tuple[str, ...], str]:
    """What the comments above each key and each section say."""
    said: dict[tuple[str, ...], str] = {}
    place: tuple[str, ...] = ()
    comment: list[str] = []
    shared = ""
    for line in example.splitlines():
        if match := _SECTION.fullmatch(line.strip()):
            place = tuple(match["name"].split("."))
            said.setdefault(place, " ".join(comment))
            comment, shared = [], ""
        elif match := _KEY.match(line):
            # Keys that stand together share the comment above the first.
            shared = " ".join(comment) or shared
            said[*place, match["key"]] = shared
            comment = []
        elif line.startswith("# "):
            comment.append(line[2:].strip())
        elif not line.strip():
            comment = []
    return said


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "*none: must be set*"
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{one}"' for one in value) + "]`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def _commands(path: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, below in command.commands.items():
        yield from _commands((*path, name), below)


def _parameter(parameter: Any, within: typer.Context) -> str:
    name, help_text = parameter.get_help_record(within) or ("", "")
    return f"| `{name}` | {_cell(help_text)} |\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    REFERENCE.mkdir(exist_ok=True)
    for name, text in (("settings", settings()), ("commands", commands())):
        (REFERENCE / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
