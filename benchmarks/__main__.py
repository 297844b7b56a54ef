"""`python -m benchmarks NAME [--json] [--verbose]`. 0: every figure is ok; 1: one is not; 2: usage."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks import (
    Benchmark,
    Row,
    Tell,
    ack,
    chaos,
    documents,
    fallback,
    first_run,
    forgetting,
    ingest,
    loading,
    masking,
    outage,
    overhead,
    policy,
    questions,
    quoting,
    retrieval,
    rights,
    search,
    slots,
    streams,
    train_matters,
    words,
)
from benchmarks.command import say, shown

BENCHMARKS: Mapping[str, Benchmark] = {
    "questions": questions.measure,
    "words": words.measure,
    "overhead": overhead.measure,
    "first_run": first_run.measure,
    "ack": ack.measure,
    "files": ingest.files,
    "loading": loading.measure,
    "documents": documents.measure,
    "masking": masking.measure,
    "forgetting": forgetting.measure,
    "slots": slots.measure,
    "streams": streams.measure,
}
ALONE: Mapping[str, Callable[[Sequence[str]], int]] = {
    "chaos": chaos.main,
    "fallback": fallback.main,
    "ingest": ingest.main,
    "outage": outage.main,
    "policy": policy.main,
    "quote": quoting.main,
    "retrieval": retrieval.main,
    "rights": rights.main,
    "search": search.main,
    "train_matters": train_matters.main,
}
"""With options of their own, and too long to be part of `all`; `ingest` is `files`, `loading` and others' stores."""


def main(arguments: Sequence[str], benchmarks: Mapping[str, Benchmark] = BENCHMARKS) -> int:
    """The exit status. Figures go to stdout, talk to stderr."""
    if arguments[:1] == ["questions"] and "--fit" in arguments:
        return questions.main(arguments[1:])
    if arguments and arguments[0] in ALONE:
        return ALONE[arguments[0]](arguments[1:])
    options = _options(arguments, benchmarks)
    chosen = list(benchmarks.values()) if options.name == "all" else [benchmarks.get(options.name)]
    measures = [measure for measure in chosen if measure is not None]
    if not measures:
        say(f"There is no benchmark '{options.name}': there are {_names(benchmarks)} and all.")
        return 2
    return shown(options, lambda tell: asyncio.run(_measured(measures, tell)), _print_table)


async def _measured(measures: Sequence[Benchmark], tell: Tell) -> list[Row]:
    """One after the other: side by side they would measure each other."""
    return [row for measure in measures for row in await measure(tell)]


def _options(arguments: Sequence[str], benchmarks: Mapping[str, Benchmark]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What this release promises in numbers.")
    parser.add_argument("name", metavar="NAME", help=f"{_names(benchmarks)} or all")
    parser.add_argument("--json", action="store_true", help="the rows as one JSON document on standard output")
    parser.add_argument("--verbose", action="store_true", help="details on standard error, such as what was missed")
    return parser.parse_args(arguments)


def _names(benchmarks: Mapping[str, Benchmark]) -> str:
    return ", ".join([*benchmarks, *ALONE])


def _print_table(rows: Sequence[Row]) -> None:
    table = Table("figure", "value", "target", "", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(
            row.figure, f"{row.value:,.4g}", row.target, "[green]ok[/green]" if row.ok else "[red]not ok[/red]"
        )
    out = Console(highlight=False)
    out.print(table)
    for conditions in dict.fromkeys(row.conditions for row in rows):
        out.print(f"[dim]{conditions}[/dim]")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
