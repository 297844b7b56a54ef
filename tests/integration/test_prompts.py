"""A company's own prompt, at the socket: told as soon as it is there, and never at the price of what must hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from admin.cli import main
from admin.operators import LOOKED, login_name
from admin.prompt_trial import PromptFault, tried, two_of
from bot.domain import Route
from bot.prompt import Prompts, shipped
from tests.builders import api_key
from tests.integration.company import CONFIG, PEOPLE, company
from tests.standins.openai import OpenAIStandIn, Request, Says

DOCUMENTS = {"leave.md": "# 휴가\n\n## 연차\n\n연차는 1년에 15일입니다.\n"}
Run = Callable[..., tuple[int, str, str]]
QUESTION = "연차는 며칠인가요?"
OWN = "당신은 하늘나루의 안내원입니다. 세 문장 안으로 답하세요."


def systems(server: OpenAIStandIn) -> list[str]:
    return [request.json["messages"][0]["content"] for request in server.requests if request.json]


async def test_an_own_prompt_counts_from_the_next_question_on_and_stands_in_the_answers_version(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        before = await naru.ask(QUESTION, thread="a")
        (tmp_path / "prompts").mkdir()
        (tmp_path / "prompts" / "answer.md").write_text(OWN, encoding="utf-8")
        after = await naru.ask(QUESTION, thread="b")
        first, second = systems(naru.cloud)
        own = Prompts({"answer": OWN}).answer(naru.app.rules())
    assert first == Prompts().answer(naru.app.rules()).text
    assert second == own.text == f"{OWN}\n\n{shipped('answer_always')}"
    assert (before.prompt_version, after.prompt_version) == (Prompts().answer(naru.app.rules()).version, own.version)
    with psycopg.connect(fresh_url) as connection:
        kept = connection.execute("select prompt_version from answer order by answered_at").fetchall()
    assert kept == [(before.prompt_version,), (after.prompt_version,)]


async def test_a_secret_in_an_own_prompt_never_reaches_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "answer.md").write_text(f"{OWN} 키는 {api_key()} 입니다.", encoding="utf-8")
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        answer = await naru.ask(QUESTION)
    assert answer.route is Route.ON_PREM
    assert naru.cloud.requests == []
    assert api_key() in systems(naru.on_prem)[0]
    assert api_key() not in answer.text


async def test_a_prompt_that_becomes_unusable_stops_no_answer(tmp_path: Path, fresh_url: str) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "answer.md").write_text(OWN, encoding="utf-8")
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        (tmp_path / "prompts" / "answer.md").write_bytes(b"\xff\xfe")
        answer = await naru.ask(QUESTION)
        assert answer.route is Route.CLOUD
        assert systems(naru.cloud)[0].startswith(OWN)
        assert "is not UTF-8" in (naru.app.prompts.problem() or "")


def obeys(request: Request) -> str:
    """A model that says which prompt it was told."""
    own = OWN in request.json["messages"][0]["content"]
    return f"연차는 {'열다섯 일' if own else '15일'}입니다. [1]"


def counted(url: str) -> dict[str, int]:
    asked = {
        "questions": "select count(*) from question",
        "texts": "select count(text) from question",
        "answers": "select count(*) from answer",
        "decisions": "select count(*) from decision",
        "audited": "select count(*) from audit where kind = 'decision'",
        "placeholders": "select count(*) from placeholder",
    }
    with psycopg.connect(url) as connection:
        return {name: connection.execute(sql).fetchone()[0] for name, sql in asked.items()}  # type: ignore[index]


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "answer.md").write_text(OWN, encoding="utf-8")
    return tmp_path / "drafts"


async def test_a_question_is_tried_by_both_prompts_and_answered_to_nobody(
    tmp_path: Path, fresh_url: str, drafts: Path
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=[obeys]) as naru:
        answers = []
        for called, prompts in two_of(naru.app.prompts, drafts):
            question = naru.app.question(QUESTION, person="U1", room=None, thread=called)
            answers.append((await tried(naru.app, called, prompts, question)).answer)
        told = systems(naru.cloud)
    assert [one.text for one in answers] == ["연차는 15일입니다. [1]", "연차는 열다섯 일입니다. [1]"]
    assert len({one.prompt_version for one in answers}) == 2
    assert [text.startswith(OWN) for text in told] == [False, True]
    assert counted(fresh_url) == {
        "questions": 2, "texts": 0, "answers": 0, "decisions": 2, "audited": 2, "placeholders": 0,
    }  # fmt: skip


async def test_a_trial_sends_and_shows_no_more_than_a_question(tmp_path: Path, fresh_url: str, drafts: Path) -> None:
    pay = {"hr/pay.md": "# 급여 밴드\n\n## 시니어\n\n시니어 급여 밴드는 구천만 원부터입니다.\n"}
    async with company(tmp_path, fresh_url, pay, cloud=[obeys], on_prem=[obeys]) as naru:
        (_, (called, prompts)) = two_of(naru.app.prompts, drafts)
        for person in ("U1", "U2"):
            question = naru.app.question("시니어 급여 밴드는?", person=person, room=None, thread=person)
            answered = await tried(naru.app, called, prompts, question)
            assert answered.answer.known == (person == "U2")
    assert naru.cloud.requests == []
    assert len(naru.on_prem.requests) == 1


async def test_what_a_trial_hides_comes_back_in_its_answer_and_is_kept_nowhere(
    tmp_path: Path, fresh_url: str, drafts: Path
) -> None:
    number = "-".join(("010", "2345", "6789"))
    asked = f"연차를 쓰면 {number}로 연락해도 되나요?"
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=[Says("⟦PHONE_1⟧로 연락하세요. [1]")]) as naru:
        (_, (called, prompts)) = two_of(naru.app.prompts, drafts)
        question = naru.app.question(asked, person="U1", room=None, thread="t")
        answered = await tried(naru.app, called, prompts, question)
        assert answered.answer.route is Route.CLOUD
        sent = naru.cloud.requests[0].body.decode()
    assert number not in sent
    assert "⟦PHONE_1⟧" in sent
    assert counted(fresh_url)["placeholders"] == 0


async def test_prompts_that_say_the_same_are_not_compared(tmp_path: Path, fresh_url: str, drafts: Path) -> None:
    (drafts / "answer.md").write_text(shipped("answer"), encoding="utf-8")
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        with pytest.raises(PromptFault, match="says what is in force already"):
            two_of(naru.app.prompts, drafts)
        with pytest.raises(PromptFault, match=r"put an answer\.md into"):
            two_of(naru.app.prompts, None)


@pytest.fixture
def naru(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "handbook" / "hr").mkdir(parents=True)
    (tmp_path / "handbook" / "hr" / "leave.md").write_text(DOCUMENTS["leave.md"], encoding="utf-8")
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


def test_with_anothers_eyes_a_trial_needs_a_reason_and_shows_titles_alone(
    naru: Run, tmp_path: Path, fresh_url: str, drafts: Path
) -> None:
    asked = ("prompt", "try", QUESTION, "--as", "U2", "--prompts", str(drafts), "--json")
    status, out, err = naru(*asked, "--reason", "새 프롬프트")
    assert (status, out) == (1, "")
    assert "must stand in officers or admins" in err
    (tmp_path / "naru.toml").write_text(f'{CONFIG}\n[roles]\nadmins = ["{login_name()}"]\n', encoding="utf-8")
    both = json.loads(naru(*asked, "--reason", "새 프롬프트")[1])
    assert [one["prompts"] for one in both] == ["in force", str(drafts)]
    assert [one["text"] for one in both] == [None, None]
    assert "휴가" in str(both[0]["citations"])
    printed = naru(*asked[:-1], "--reason", "새 프롬프트")
    assert "15일" not in str(both) + printed[1]
    assert "No model answered, so the prompts made no difference" in printed[2]
    with psycopg.connect(fresh_url) as connection:
        looks = connection.execute("select body from audit where kind = %s", (LOOKED,)).fetchall()
    assert [body["command"] for (body,) in looks] == ["prompt try", "prompt try"]


def test_both_answers_stand_side_by_side(naru: Run, drafts: Path) -> None:
    (drafts.parent / "handbook" / "leave.md").write_text(DOCUMENTS["leave.md"], encoding="utf-8")
    status, out, err = naru("prompt", "try", QUESTION, "--prompts", str(drafts))
    assert status == 0, err
    assert out.count("1년에 15일") == 2


def test_the_doctor_and_the_status_say_what_the_company_has_of_its_own(naru: Run, tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "answer.md").write_text(OWN, encoding="utf-8")
    told = json.loads(naru("status", "--json")[1])["prompts"]
    assert (told["folder"], told["the company's own"]) == (str(tmp_path / "prompts"), "answer")
    (tmp_path / "prompts" / "anwser.md").write_text(OWN, encoding="utf-8")
    assert "anwser.md is no prompt; did you mean answer.md?" in naru("check", "--json")[1]
    assert "anwser.md is no prompt" in json.loads(naru("status", "--json")[1])["prompts"]["problem"]
