"""`naru prompt diff`: what the company says otherwise, and whether the cloud may be told it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from admin.cli import main
from bot.prompt import shipped
from tests.builders import api_key

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def naru(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "naru.toml").write_text("", encoding="utf-8")
    (tmp_path / "prompts").mkdir()
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(("prompt", "diff", *arguments))
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def write(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "prompts" / name).write_text(text, encoding="utf-8")


def test_without_own_prompts_all_is_as_shipped(naru: Run) -> None:
    status, out, err = naru()
    assert (status, out) == (0, "")
    assert [line.partition(" (")[0] for line in err.splitlines()] == [
        "answer: as shipped", "task: as shipped", "masked: as shipped", "opinion: as shipped",
    ]  # fmt: skip


def test_what_was_added_and_removed_is_shown_with_both_versions(naru: Run, tmp_path: Path) -> None:
    first, *rest = shipped("answer").splitlines()
    write(tmp_path, "answer.md", "\n".join(["You are the desk of [Haneul].", *rest]))
    status, out, err = naru("answer")
    assert status == 0
    assert f"-{first}" in out.splitlines()
    assert "+You are the desk of [Haneul]." in out.splitlines()
    assert "answer: 1 lines added, 1 removed (version " in err
    (told,) = json.loads(naru("answer", "--json")[1])
    assert told["state"] == "changed"
    assert told["versions"]["shipped"] != told["versions"]["own"]
    assert [line[:1] for line in told["diff"]].count("+") == 1


def test_other_words_for_answers_change_the_version_of_masked_ones_too(naru: Run, tmp_path: Path) -> None:
    write(tmp_path, "answer.md", "Answer briefly.")
    told = {one["name"]: one for one in json.loads(naru("--json")[1])}
    assert told["masked"]["state"] == "as shipped"
    assert told["masked"]["versions"]["shipped"] != told["masked"]["versions"]["own"]
    assert told["opinion"]["versions"]["shipped"] == told["opinion"]["versions"]["own"]


def test_the_same_words_are_no_change(naru: Run, tmp_path: Path) -> None:
    write(tmp_path, "answer.md", f"\ufeff{shipped('answer')}\r\n")
    (told,) = json.loads(naru("answer", "--json")[1])
    assert (told["state"], told["diff"]) == ("the same", [])
    assert told["versions"]["shipped"] == told["versions"]["own"]


def test_what_keeps_an_own_prompt_from_the_cloud_is_said_and_not_what_it_holds(naru: Run, tmp_path: Path) -> None:
    write(tmp_path, "answer.md", f"Answer. Sign with {api_key()}.")
    err = naru("answer")[2]
    assert "answer: it holds secret, so nothing goes to the cloud with it." in err
    assert api_key() not in err
    ((level, kind),) = json.loads(naru("answer", "--json")[1])[0]["not_to_the_cloud"]
    assert (level, kind) == ("RESTRICTED", "secret")


def test_another_folder_is_compared_in_place_of_the_companys(naru: Run, tmp_path: Path) -> None:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "opinion.md").write_text("Say what it is.", encoding="utf-8")
    told = {one["name"]: one["state"] for one in json.loads(naru("--prompts", "drafts", "--json")[1])}
    assert told == {"answer": "as shipped", "task": "as shipped", "masked": "as shipped", "opinion": "changed"}


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("anwser",), 2, "must be one of answer, task, masked, opinion"),
        (("--prompts", "nowhere"), 1, "nowhere must be a folder that exists and that Naru may read"),
    ],
)
def test_what_is_not_there_is_said(arguments: tuple[str, ...], status: int, says: str, naru: Run) -> None:
    ended, out, err = naru(*arguments)
    assert (ended, out) == (status, "")
    assert says in " ".join(err.replace("│", " ").split())


def test_a_prompt_that_cannot_be_used_is_a_sentence(naru: Run, tmp_path: Path) -> None:
    write(tmp_path, "answer.md", " ")
    status, out, err = naru()
    assert (status, out) == (1, "")
    assert "answer.md is empty: write what the model is to be told" in err
