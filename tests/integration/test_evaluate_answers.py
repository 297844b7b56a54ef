"""A company's own cases, answered in several ways against stand-ins: the figures, and what never happens for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from admin.answer_cases import Case
from admin.answer_evaluation import Evaluated, evaluated
from admin.answer_variants import NOW, variants
from admin.cli import main
from admin.evaluate import EvaluationFault
from admin.operators import LOOKED, login_name
from bot.domain import Route
from bot.settings import SAMPLE_CONFIG
from tests.integration.company import CONFIG, PEOPLE, Company, company
from tests.standins.openai import Request

Run = Callable[..., tuple[int, str, str]]
DOCUMENTS = {
    "leave.md": "# 휴가\n\n## 연차\n\n연차는 1년에 15일입니다.\n",
    "trip.md": "# 출장\n\n## 정산\n\n출장비는 7일 안에 정산합니다.\n",
    "hr/pay.md": "# 급여 밴드\n\n## 시니어\n\n시니어 급여 밴드는 구천만 원부터입니다.\n",
}
CASES = (
    Case(1, "연차는 며칠인가요?", ("leave.md",), ("15일",)),
    Case(2, "출장비는 언제까지 정산하나요?", ("trip.md",)),
    Case(3, "셔틀버스 시간표는 어디에 있나요?", answerable=False),
)
GOOD = "당신은 안내원입니다. 그대로 옮기세요."


def obeys(request: Request) -> str:
    """A model that says what its first passage says, where it is told to; otherwise something else."""
    system, user = (one["content"] for one in request.json["messages"])
    if '{"supported"' in system:
        statement = user.split(" statement>\n")[1].splitlines()[0]
        return json.dumps({"supported": statement.removesuffix(".") in user.split(" statement>")[0]})
    said = user.split(" passage 1>\n")[1].splitlines()[2] if GOOD in system else "제도는 회사마다 다릅니다."
    return f"{said} [1]"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "answer.md").write_text(GOOD, encoding="utf-8")
    return tmp_path / "good"


async def answered(naru: Company, *folders: Path, judge: bool = False, models: tuple[str, ...] = ()) -> list[Evaluated]:
    return await evaluated(naru.app, variants(folders, (), models), CASES, "U1", None, judge=judge)


async def test_two_prompts_are_told_apart_on_ones_own_cases_and_nothing_is_answered_to_anybody(
    tmp_path: Path, fresh_url: str, good: Path
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=[obeys]) as naru:
        now, other = [one.data() for one in await answered(naru, good)]
    assert (now["variant"], other["variant"]) == (NOW, f"prompts {good}")
    assert (now["supported"], other["supported"]) == (0.0, 1.0)
    assert (now["citation_precision"], other["citation_precision"]) == (0.0, 1.0)
    assert (other["found"], other["says"], other["abstained"], other["wrongly_abstained"]) == (1.0, 1.0, 1.0, 0.0)
    assert other["same_language"] == 1.0
    assert other["tokens"] == {"in": 180, "out": 20}
    assert other["cost"] is None
    assert other["difference"]["wins"] == 2
    assert other["difference"]["verdict"] == "not distinguishable", "two cases show nothing"
    with psycopg.connect(fresh_url) as connection:
        counts = connection.execute(
            "select (select count(*) from answer), (select count(text) from question), (select count(*) from decision)"
        ).fetchone()
    assert counts == (0, 0, 6)


async def test_the_judge_is_the_on_prem_model_alone(tmp_path: Path, fresh_url: str, good: Path) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=[obeys], on_prem=[obeys]) as naru:
        now, other = [one.data() for one in await answered(naru, good, judge=True)]
        assert (now["judged"], other["judged"]) == (0.0, 1.0)
        assert not naru.cloud.heard('{"supported"')
        assert len(naru.on_prem.requests) == 4


async def test_each_model_is_asked_alone_and_never_for_what_may_not_go_there(tmp_path: Path, fresh_url: str) -> None:
    pay = (Case(1, "시니어 급여 밴드는 얼마인가요?"),)
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=[obeys], on_prem=[obeys]) as naru:
        chosen = variants((), (), ("cloud", "on_prem", "quote"))
        found = await evaluated(naru.app, chosen, pay, "U2", None)
        routes = [one.results[0].given.route for one in found]
        assert routes == [Route.ON_PREM, Route.QUOTE, Route.ON_PREM, Route.QUOTE]
        assert naru.cloud.requests == []


async def test_another_model_of_the_on_prem_server_is_asked_by_its_name(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem_models=("near", "small")) as naru:
        (_, other) = await answered(naru, models=("small",))
        assert other.data()["routes"] == {"on_prem": 2, "quote": 1}
        assert {request.json["model"] for request in naru.on_prem.requests if request.json} == {"small"}


async def test_a_model_that_is_not_connected_is_a_sentence(tmp_path: Path, fresh_url: str) -> None:
    async with company(
        tmp_path, fresh_url, DOCUMENTS, environment={"NARU_CLOUD_BASE_URL": "", "NARU_CLOUD_MODEL": ""}
    ) as n:
        with pytest.raises(EvaluationFault, match="'cloud' needs the cloud model"):
            await answered(n, models=("cloud",))


@pytest.fixture
def naru(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for uri, text in DOCUMENTS.items():
        path = tmp_path / "handbook" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "naru.toml").write_text(CONFIG, encoding="utf-8")
    lines = [{"question": one.question, "relevant": list(one.relevant)} for one in CASES]
    (tmp_path / "cases.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    monkeypatch.setenv("NARU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NARU_DATABASE_URL", fresh_url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(("evaluate", "answers", *arguments))
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def test_without_models_quotations_are_compared_in_one_table(naru: Run) -> None:
    (now, few) = json.loads(naru("cases.jsonl", "--passages", "1", "--json")[1])
    assert (now["routes"], now["supported"], now["found"], now["cost"]) == ({"quote": 3}, None, 1.0, None)
    assert few["difference"]["ties"] == 3
    status, out, err = naru("cases.jsonl", "--passages", "1")
    assert status == 0, err
    assert "1 passages is not distinguishable from as it is" in " ".join(out.split())
    assert "3 cases show little" in err


def test_anothers_eyes_need_a_role_and_a_reason(naru: Run, tmp_path: Path, fresh_url: str) -> None:
    status, out, err = naru("cases.jsonl", "--as", "U2", "--reason", "비교")
    assert (status, out) == (1, "")
    assert "must stand in officers or admins" in err
    (tmp_path / "naru.toml").write_text(f'{CONFIG}\n[roles]\nadmins = ["{login_name()}"]\n', encoding="utf-8")
    assert naru("cases.jsonl", "--as", "U2", "--reason", "비교", "--json")[0] == 0
    with psycopg.connect(fresh_url) as connection:
        looks = connection.execute("select body from audit where kind = %s", (LOOKED,)).fetchall()
    assert [body["command"] for (body,) in looks] == ["evaluate answers"]


def test_the_samples_own_questions_are_cases(naru: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = (SAMPLE_CONFIG.parent / "asked" / "answered.jsonl").read_text(encoding="utf-8").splitlines()[:10]
    (tmp_path / "few.jsonl").write_text("\n".join(asked), encoding="utf-8")
    monkeypatch.setenv("NARU_CONFIG", str(SAMPLE_CONFIG))
    status, out, err = naru("few.jsonl", "--as", "U1", "--json")
    assert status == 0, err
    (now,) = json.loads(out)
    assert now["questions"] == 10
    assert now["found"] is None or now["found"] > 0.5
