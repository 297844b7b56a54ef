"""A benchmark with options of its own as a command: figures on standard output, talk on standard error."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks import Row, Tell
from retrieval.errors import Fault


def parser_of(
    name: str, about: str | None, verbose: str = "what happens, on standard error"
) -> argparse.ArgumentParser:
    """With what all of them take. about: the module's docstring. verbose: what --verbose tells."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks {name}", description=about)
    parser.add_argument("--json", action="store_true", help="the rows as one JSON document on standard output")
    parser.add_argument("--verbose", action="store_true", help=verbose)
    return parser


def data_folder(parser: argparse.ArgumentParser, name: str) -> None:
    """The option --data: a folder with data that others made, and that is not ours to ship."""
    folder = Path(os.environ.get("NARU_DATA", "../shared/data")) / name
    parser.add_argument("--data", type=Path, default=folder, help="the folder with the data (%(default)s)")


def print_rows(rows: Sequence[Row]) -> None:
    width = max((len(row.figure) for row in rows), default=0)
    for row in rows:
        print(f"{row.figure:{width}} {row.value:12,.3f}  {row.target:10} {'ok' if row.ok else 'not ok'}")
    for conditions in dict.fromkeys(row.conditions for row in rows):
        print(conditions)


def shown(
    options: argparse.Namespace,
    measure: Callable[[Tell], Sequence[Row]],
    show: Callable[[Sequence[Row]], None] = print_rows,
) -> int:
    """The exit status: 0 where every figure is ok. show: the rows to people."""
    try:
        rows = measure(say if options.verbose else lambda _: None)
    except Fault as fault:
        say(str(fault))
        return 1
    if options.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        show(rows)
    return 0 if all(row.ok for row in rows) else 1


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
