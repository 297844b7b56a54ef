"""`naru <noun> <verb>`. Data on stdout, talk on stderr; 0: done, 1: a sentence on stderr says why not, 2: usage."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from retrieval.errors import Fault

ALONE = ("policy", "detect")
"""The command that others start for each of their texts: it is loaded without the rest."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command, by default the process's own. Raises SystemExit with the status, always."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    asked = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app = _app(asked)
        app(asked)
    except Fault as fault:
        _say(str(fault))
        sys.exit(1)
    except OSError as error:
        # Standard output is a full disk, or a pipe whose reader has seen enough.
        if error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _app(asked: list[str]) -> Any:
    if tuple(asked[: len(ALONE)]) == ALONE:
        from admin.cli.policy_detect import alone

        return alone
    from admin.cli.commands import app

    return app


def _say(sentence: str) -> None:
    from admin.cli.base import err
    from bot.console import plain

    err.print(plain(sentence), style="red", markup=False)
