"""`naru review`: who may, what they see, key by key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest

from admin.cli import main
from admin.operators import login_name
from bot.learning import Pair
from retrieval.passage import Principal
from tests.integration.company import CONFIG, PEOPLE, company
from tests.integration.test_reviews import BETTER, DOCUMENTS, QUESTION, left, says

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def naru(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "people.toml").write_text(dedent(PEOPLE), encoding="utf-8")
    (tmp_path / "naru.toml").write_text(
        dedent(CONFIG).replace('person = "U1"', 'person = "U3"') + f'[roles]\nreviewers = ["{login_name()}"]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("NARU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NARU_DATABASE_URL", fresh_url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        captured = capsys.readouterr()
        return int(end.value.code or 0), captured.out, captured.err

    return run


async def _asked(folder: Path, url: str, *questions: str) -> None:
    async with company(folder, url, DOCUMENTS) as here:
        for number, text in enumerate(questions):
            await says(here, await here.ask(text, thread=str(number)), better=f"{BETTER} {number}")


@pytest.fixture
def asked(tmp_path: Path, fresh_url: str) -> None:
    asyncio.run(_asked(tmp_path, fresh_url, QUESTION, "휴가는 언제 올리나요?", "연차는 1년에 며칠?"))
    (tmp_path / "home").mkdir(exist_ok=True)


@pytest.mark.usefixtures("asked")
def test_the_commands_go_through_what_waits_key_by_key(
    naru: Run, monkeypatch: pytest.MonkeyPatch, fresh_url: str
) -> None:
    code, out, err = naru("review", "list", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert [one["problems"] for one in found["waiting"]] == [[]] * 3
    assert found["hidden"] == 0
    keys = iter(["n", "e", "a", "d", "q"])
    monkeypatch.setattr("admin.cli.review._key", lambda: next(keys))
    monkeypatch.setattr("admin.cli.review._edited", lambda pair: Pair(pair.question, "고친 답."))
    code, out, err = naru("review")
    assert code == 0, err
    assert "고친 답" in out
    assert "Approved" in err
    assert "Discarded" in err
    (one,) = json.loads(naru("review", "list", "--json")[1])["waiting"]
    assert "3" not in naru("review", "approve", one["id"], "--answer", "다시 고친 답.")[1]
    assert left(fresh_url) == {"review": 2, "pushed": 2, "document": 2}
    assert "Nothing waits" in naru("review")[1]
    assert naru("review", "discard", "nonsense")[0] == 1


@pytest.mark.usefixtures("asked")
def test_who_has_no_role_reviews_nothing_and_nobody_with_anothers_eyes(naru: Run, tmp_path: Path) -> None:
    code, _, err = naru("review", "list", "--as", "U2")
    assert (code, "own eyes" in err) == (1, True)
    path = tmp_path / "naru.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("reviewers", "officers"), encoding="utf-8")
    assert naru("review", "list")[0] == 0
    path.write_text(path.read_text(encoding="utf-8").replace(login_name(), "somebody-else"), encoding="utf-8")
    code, _, err = naru("review", "list")
    assert (code, "reviewers" in err) == (1, True)


@pytest.mark.usefixtures("asked")
def test_to_whom_alone_it_is_shown_can_be_said_and_must_be_a_principal(naru: Run, fresh_url: str) -> None:
    one = json.loads(naru("review", "list", "--json")[1])["waiting"][0]
    assert naru("review", "approve", one["id"], "--readers", "nonsense")[0] == 1
    assert naru("review", "approve", one["id"], "--readers", "group:legal")[0] == 0
    with psycopg.connect(fresh_url) as database:
        (readers,) = database.execute("select readers from document where uri like 'review/%'").fetchone()  # type: ignore[misc]
    assert readers == [Principal("group:legal")]
