"""`naru glossary list | check | try`."""

from __future__ import annotations

from typing import Annotated

import typer

from admin.cli.base import Json, emit, err, load, out
from bot.console import table
from bot.glossary_file import glossary_of, load_entries

app = typer.Typer(help="The company's own words, which widen searches.", no_args_is_help=True)


@app.command("list")
def list_words(json: Json = False) -> None:
    """List the words and what they mean."""
    entries = load_entries(load().glossary)
    if json:
        emit([{"line": e.line, "words": e.words, "means": e.means, "one_way": e.one_way} for e in entries])
        return
    rows = [(str(e.line), ", ".join(e.words), "→" if e.one_way else "=", ", ".join(e.means)) for e in entries]
    out.print(table(["line", "words", "", "means"], rows) if rows else "There are no words yet.")


@app.command("check")
def check(json: Json = False) -> None:
    """Check the file: every problem of it, each with its line."""
    path = load().glossary
    entries = load_entries(path)
    if json:
        emit({"file": str(path), "entries": len(entries)})
    else:
        err.print(f"{path}: {len(entries)} entries, nothing wrong.", markup=False)


@app.command("try")
def try_question(
    question: Annotated[str, typer.Argument(help="A question as people ask it.")], json: Json = False
) -> None:
    """Show what a question would be searched for as well."""
    found = glossary_of(load_entries(load().glossary)).find(question)
    if json:
        emit([{"word": one.word, "also": one.means} for one in found])
        return
    rows = [(one.word, ", ".join(one.means)) for one in found]
    out.print(table(["word", "searched for as well"], rows) if rows else "No word of the glossary is in it.")
