"""Approved answers, from the spreadsheet to the model's socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from admin.cli import main
from admin.example_file import ExampleFault, id_of, read_examples
from admin.examples import kept, remove, take
from admin.operators import LOOKED, login_name
from bot.domain import Route
from retrieval.label import Level
from retrieval.passage import APPROVED
from tests.builders import api_key, group
from tests.integration.company import CONFIG, PEOPLE, Company, company
from tests.standins.openai import OpenAIStandIn, Request

Run = Callable[..., tuple[int, str, str]]
DOCUMENTS = {
    "leave.md": "# 휴가\n\n## 연차\n\n연차는 1년에 15일입니다.\n",
    "hr/pay.md": "# 급여 밴드\n\n## 시니어\n\n시니어 급여 밴드는 구천만 원부터입니다.\n",
}
QUESTION = "연차는 며칠인가요?"
HEAD = "question,answer,level,readers\n"


async def approve(naru: Company, *rows: str) -> None:
    await take(naru.app, read_examples((HEAD + "\n".join(rows)).encode(), "a.csv"))
    await naru.app.reindex([await naru.app.catalogue.get(APPROVED)], lambda *_: None)


def told(server: OpenAIStandIn) -> list[str]:
    return [request.json["messages"][1]["content"] for request in server.requests if request.json]


async def test_the_model_is_shown_what_was_approved_for_those_who_ask(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await naru.ask(QUESTION, thread="a")
        await approve(
            naru,
            "연차는 며칠이에요?,보라색 열다섯 날.,internal,everyone",
            "연차가 며칠인가요?,초록색 열다섯 날.,internal,group:hr",
            "법인카드 한도는?,노란색 백만 원.,internal,everyone",
        )
        answer = await naru.ask(QUESTION, "U1", thread="b")
        await naru.ask(QUESTION, "U2", thread="c")
        before, mine, theirs = told(naru.cloud)
    assert "example" not in before
    assert "보라색" in mine
    assert "초록색" not in mine
    assert "보라색" in theirs
    assert "초록색" in theirs
    assert "노란색" not in mine + theirs
    assert mine.index("example 1>") < mine.index("passage 1>")
    assert [one.uri for one in answer.citations] == ["leave.md"]
    assert len(answer.documents) == 2


async def test_in_a_room_an_example_is_for_all_who_are_present(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await approve(naru, "연차는 며칠이에요?,초록색 열다섯 날.,internal,group:hr")
        await naru.ask(QUESTION, "U2", room="C1", thread="a")
        await naru.ask(QUESTION, "U2", thread="b")
        in_room, alone = told(naru.cloud)
    assert "초록색" not in in_room
    assert "초록색" in alone


async def test_what_the_documents_do_not_answer_stays_unknown_whatever_was_approved(
    tmp_path: Path, fresh_url: str
) -> None:
    asked = "셔틀버스 시간표는 어디에 있나요?"
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await approve(naru, f"{asked},1층 게시판에 있습니다.,internal,everyone")
        answer = await naru.ask(asked)
        assert not answer.known
        assert naru.cloud.requests == naru.on_prem.requests == []
        assert "게시판" not in answer.text


async def test_an_example_that_may_not_leave_keeps_no_question_in_the_building_and_never_leaves(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await approve(
            naru,
            "연차는 며칠이에요?,빨간색 열다섯 날.,confidential,everyone",
            f"연차가 며칠인가요?,열쇠는 {api_key()} 입니다.,public,everyone",
        )
        answer = await naru.ask(QUESTION)
        assert answer.route is Route.CLOUD
        assert "빨간색" not in told(naru.cloud)[0]
        assert not naru.cloud.heard(api_key())


async def test_one_that_is_removed_counts_no_more_from_the_next_question_on(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await approve(naru, "연차는 며칠이에요?,보라색 열다섯 날.,internal,everyone")
        await naru.ask(QUESTION, thread="a")
        await remove(naru.app, id_of("연차는 며칠이에요?"))
        await naru.ask(QUESTION, thread="b")
        assert ["보라색" in one for one in told(naru.cloud)] == [True, False]
        with pytest.raises(ExampleFault, match="There is no example"):
            await remove(naru.app, id_of("연차는 며칠이에요?"))


async def test_an_example_that_is_withdrawn_while_the_model_writes_takes_its_answer_along(
    tmp_path: Path, fresh_url: str
) -> None:
    def withdrawn(_: Request) -> str:
        with psycopg.connect(fresh_url, autocommit=True) as connection:
            connection.execute("delete from document where title = '연차는 며칠이에요?'")
        return "연차는 15일입니다. [1]"

    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=[withdrawn]) as naru:
        await approve(naru, "연차는 며칠이에요?,보라색 열다섯 날.,internal,everyone")
        assert "15일" not in (await naru.ask(QUESTION)).text


async def test_imported_again_an_answer_takes_the_place_of_the_one_before(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await approve(naru, "연차는 며칠이에요?,보라색 열다섯 날.,public,everyone")
        await approve(naru, "연차는  며칠이에요?,회색 열다섯 날.,internal,group:hr")
        mine = await naru.app.people.readers(*naru.app.present("U1", None))
        theirs = await naru.app.people.readers(*naru.app.present("U2", None))
        assert ((await kept(naru.app, mine)).examples, (await kept(naru.app, mine)).others) == ((), 1)
        (one,) = (await kept(naru.app, theirs)).examples
        assert one.level is Level.INTERNAL
        assert one.readers == group("hr")
        await naru.ask(QUESTION, "U2")
        assert "회색" in told(naru.cloud)[0]
        assert "보라색" not in told(naru.cloud)[0]


@pytest.fixture
def naru(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "handbook").mkdir()
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "naru.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("NARU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NARU_DATABASE_URL", fresh_url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def test_a_spreadsheet_is_imported_listed_and_removed(naru: Run, tmp_path: Path, fresh_url: str) -> None:
    (tmp_path / "a.csv").write_text(
        f"{HEAD}연차는?,15일.,internal,everyone\n급여는?,협의.,confidential,group:hr\n", encoding="utf-8-sig"
    )
    assert json.loads(naru("example", "import", "a.csv", "--json")[1]) == {"stored": 2, "unchanged": 0}
    assert "0 examples stored, 2 unchanged." in naru("example", "import", "a.csv")[2]
    listed = json.loads(naru("example", "list", "--json")[1])
    assert [(one["question"], one["level"]) for one in listed["examples"]] == [("연차는?", "INTERNAL")]
    assert listed["others"] == 1
    status, out, err = naru("example", "list", "--as", "U2", "--reason", "정리")
    assert (status, out) == (1, "")
    assert "must stand in officers or admins" in err
    (tmp_path / "naru.toml").write_text(f'{CONFIG}\n[roles]\nadmins = ["{login_name()}"]\n', encoding="utf-8")
    assert "급여는?" in naru("example", "list", "--as", "U2", "--reason", "정리")[1]
    assert naru("example", "remove", id_of("연차는?"))[0] == 0
    assert "There is no example" in naru("example", "remove", id_of("연차는?"))[2]
    with psycopg.connect(fresh_url) as connection:
        kinds = [kind for (kind,) in connection.execute("select kind from audit order by id").fetchall()]
    assert [kind for kind in kinds if kind.startswith("example")] == ["examples_imported"] * 2 + ["example_removed"]
    assert LOOKED in kinds


def test_a_bad_row_imports_nothing(naru: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{HEAD}연차는?,15일.,internal,everyone\n급여는?,협의.,,\n", encoding="utf-8")
    status, out, err = naru("example", "import", "a.csv")
    assert (status, out) == (1, "")
    assert "a.csv, row 3: level must be" in err
    assert json.loads(naru("example", "list", "--json")[1]) == {"examples": [], "others": 0}
    assert "cannot be read (No such file or directory)" in naru("example", "import", "b.csv")[2]


def test_nobody_pushes_into_the_source_of_examples(naru: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{HEAD}연차는?,15일.,internal,everyone\n", encoding="utf-8")
    naru("example", "import", "a.csv")
    for command in (("token", APPROVED), ("push", APPROVED, "a.csv")):
        status, _, err = naru("source", *command)
        assert status == 1
        assert "Naru fills the source 'approved' itself" in err
