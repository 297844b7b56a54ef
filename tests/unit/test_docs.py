"""The documentation agrees with the code, and its links lead somewhere."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from typer.main import get_command

from admin.cli.commands import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(#[^)\s]*)?\)")


@pytest.mark.parametrize("page", ["settings", "commands"])
def test_the_reference_is_what_the_code_says(page: str) -> None:
    written = (ROOT / "docs" / "reference" / f"{page}.md").read_text(encoding="utf-8")
    says = runpy.run_path(str(ROOT / "docs" / "reference.py"))[page]()
    assert written == says, "run `python docs/reference.py`"


def test_no_word_of_a_commands_help_is_taken_for_markup() -> None:
    assert [text for text in _helps(get_command(app)) if Text.from_markup(text).plain != text] == []


def _helps(command: Any) -> Iterator[str]:
    for one in (command, *command.params, *getattr(command, "commands", {}).values()):
        if getattr(one, "help", None):
            yield one.help
    for below in getattr(command, "commands", {}).values():
        yield from _helps(below)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = [match[1] for match in _LINK.finditer(page.read_text(encoding="utf-8"))]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_reached_from_the_first_one() -> None:
    first = ROOT / "docs" / "README.md"
    linked = {(first.parent / match[1]).resolve() for match in _LINK.finditer(first.read_text(encoding="utf-8"))}
    assert [page for page in PAGES if page.is_relative_to(first.parent) and page not in {*linked, first}] == []
