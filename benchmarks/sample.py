"""What all benchmarks measure: the sample company on a data directory of its own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin.app import App, opened
from bot.settings import SAMPLE_CONFIG, Settings
from retrieval.errors import Fault

QUESTIONS = SAMPLE_CONFIG.parent / "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the evaluation set. relevant: the uris of the documents that answer it; empty: none does."""

    text: str
    person: str
    relevant: frozenset[str]


def questions() -> list[Asked]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Asked(row["question"], row["as"], frozenset(row["relevant"])) for row in rows]


@contextmanager
def empty_home() -> Iterator[Path]:
    """A data directory that goes when it is left. Others may pass: as root, PostgreSQL runs as another user."""
    with tempfile.TemporaryDirectory(prefix="naru-") as home:
        Path(home).chmod(0o755)
        yield Path(home)


def environment(home: Path, *, cloud: str | None = None, on_prem: str | None = None) -> dict[str, str]:
    """The whole environment of a Naru that is measured: nobody's own settings leak in. cloud, on_prem: addresses."""
    models = {"CLOUD": cloud, "ON_PREM": on_prem}
    connected = {
        f"NARU_{shore}_{key}": value
        for shore, url in models.items()
        if url is not None
        for key, value in (("BASE_URL", url), ("MODEL", "standin"))
    }
    return {"NARU_HOME": str(home), "NARU_CONFIG": str(SAMPLE_CONFIG)} | connected


@asynccontextmanager
async def company(environ: Mapping[str, str]) -> AsyncIterator[App]:
    """The sample company in this process, its handbook indexed."""
    async with opened(Settings.load(environ)) as app:
        for _, result in await app.reindex(await app.active(), lambda *_: None):
            if isinstance(result, Fault):
                raise result
        yield app
