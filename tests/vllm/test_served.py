"""`naru model serve` with a real vLLM: what is open there is closed, what Naru asks gets through, it ends with Naru."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from admin.check.served import tried
from bot.models.faults import ModelFault
from bot.settings import Settings
from tests.vllm.naru import Front, front, said_by
from tests.vllm.tiny_names import SAYS, WARM


@pytest.fixture(scope="module")
def served(python: Path, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """With an adapter from the start."""
    lora = f'lora_slots = 2\nlora_rank = 8\nadapters = ["warm={models / "warm"}"]'
    with front(tmp_path_factory.mktemp("served"), python, models / "llama", lora) as started:
        yield started


@pytest.mark.parametrize(("model", "says"), [("tiny", SAYS), ("warm", WARM)])
async def test_a_question_gets_through_to_the_base_and_to_an_adapter(
    served: Front, model: str, says: tuple[str, ...]
) -> None:
    heard: list[str] = []
    assert await said_by(served, model, heard.append) == "".join(says)
    assert len(heard) >= 2


@pytest.mark.parametrize(
    "path", ["/invocations", "/adapters", "/v1/load_lora_adapter", "/tokenize", "/metrics", "/docs", "/v1/completions"]
)
def test_what_vllm_leaves_open_is_closed(served: Front, path: str) -> None:
    said = {"model": "tiny", "prompt": "x", "messages": [{"role": "user", "content": "x"}], "lora_name": "warm"}
    assert served.at.asked("POST", path, said)[0] == 401
    assert served.at.asked("POST", path, said, served.at.key)[0] == 404
    assert served.at.asked("GET", path, None, served.at.key)[0] == 404


async def test_an_adapter_is_loaded_while_it_runs_and_taken_away(served: Front, models: Path) -> None:
    assert sorted(await served.control.tell("PUT", "late", models / "warm")) == ["late", "warm"]
    assert await said_by(served, "late") == "".join(WARM)
    assert list(await served.control.tell("DELETE", "late")) == ["warm"]
    with pytest.raises(ModelFault, match="status 404"):
        await said_by(served, "late")
    assert await said_by(served, "warm") == "".join(WARM)


async def test_it_passes_its_own_trial(served: Front) -> None:
    settings = Settings.load({"NARU_CONFIG": str(served.config), "NARU_HOME": str(served.control.folder.parent)})
    report = await tried(settings, "tiny")
    assert report.worst(strict=True) == 0, report


def test_it_ends_with_naru_and_leaves_nothing_behind(served: Front) -> None:
    """The last one of this file."""
    family = psutil.Process(served.process.pid).children(recursive=True)
    assert len(family) >= 3, "the launcher, vLLM, its engine"
    served.process.terminate()
    assert served.process.wait(30) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [one.name() for one in alive] == []
