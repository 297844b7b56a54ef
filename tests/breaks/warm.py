"""pytest in processes that have the libraries already: to import them takes longer than most of these tests do."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

LIBRARIES = (
    "aiohttp", "alembic.command", "anyio", "cryptography.hazmat.primitives.ciphers.aead", "hypothesis", "markdown_it",
    "openai", "pgvector", "procrastinate", "psycopg_pool", "pydantic", "pydantic_settings", "pytest", "rich.console",
    "slack_bolt.async_app", "slack_sdk.web.async_client", "snowballstemmer", "sqlalchemy.ext.asyncio", "tenacity",
    "typer",
)  # fmt: skip
"""Nothing of the project, which is another one in each run."""
_ROOT = Path(__file__).parent.parent.parent
_NEVER_REWRITTEN = "--assert=plain"
"""A failed assertion need not be explained here, and libraries that are imported cannot be rewritten any more."""


class Warm:
    """Forks for each run. Nothing that a run does reaches another one."""

    def __init__(self) -> None:
        self._processes: ForkServerContext = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(list(LIBRARIES))

    def pytest(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], said: Path, limit_s: float
    ) -> int | None:
        """Run pytest with the project that is in `folder`; its status, or None where it did not end in time. said: what
        it printed goes there."""
        given = [*arguments, _NEVER_REWRITTEN], str(folder), dict(environment), str(said)
        process = self._processes.Process(target=_run, args=given)
        process.start()
        process.join(limit_s)
        if process.exitcode is None:
            assert process.pid is not None
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
            return None
        return process.exitcode


def _run(arguments: Sequence[str], folder: str, environment: Mapping[str, str], said: str) -> None:
    os.setsid()
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.dont_write_bytecode = True
    os.chdir(folder)
    elsewhere = [one for one in sys.path if one and Path(one).resolve() != _ROOT]
    sys.path[:] = [folder, *elsewhere]
    ours = {path.name for path in _ROOT.iterdir() if path.is_dir()}
    for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
        del sys.modules[name]
    import pytest  # only here: whoever starts a run needs none of it

    sys.exit(int(pytest.main(list(arguments))))
