"""`naru compare`: each way is asked the same cases at stand-ins, and one that cannot be asked says why."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from admin.answer_cases import Case
from admin.answer_comparison import Compared, compared
from admin.answer_ways import named_models, ways
from admin.cli import main
from admin.cli.base import out
from admin.evaluate import EvaluationFault
from admin.operators import LOOKED, login_name
from bot.settings import Settings
from tests.builders import ROOT
from tests.integration.company import CONFIG, PEOPLE, Company, company
from tests.integration.test_evaluate_answers import CASES, DOCUMENTS
from tests.integration.test_examples import approve, told
from tests.standins.openai import OpenAIStandIn, Request, Says, Status

Run = Callable[..., tuple[int, str, str]]
PRICED = CONFIG.replace(
    "[models.cloud]\n", '[models.cloud]\n    price_in = 2.0\n    price_out = 10.0\n    currency = "USD"\n', 1
)
UNKNOWN = "모르겠습니다: 이 대화에서 답을 찾지 못했습니다."
PAY = Case(9, "시니어 급여 밴드는 얼마인가요?", (), ("구천만",))


def reads(request: Request) -> str:
    """A model that says what its first passage says, and what it was shown before, and nothing of its own."""
    asked = request.json["messages"][1]["content"]
    if " passage 1>" not in asked:
        return "연차는 1년에 15일입니다." if "며칠인가요" in asked and " example 1>" in asked else UNKNOWN
    return f"{request.json['messages'][1]['content'].split(' passage 1>')[1].splitlines()[3]} [1]"


def section(name: str, server: OpenAIStandIn, weights: str = "weights") -> str:
    port = server.base_url.rsplit(":", 1)[1].removesuffix("/v1")
    return f'\n[models.{name}]\nweights = "{weights}"\nport = {port}\n'


async def side_by_side(
    naru: Company, names: Mapping[str, str] | None = None, cases: tuple[Case, ...] = CASES, person: str = "U1"
) -> dict[str, Compared]:
    named = named_models(naru.app.settings, names or {})
    rows = await ways(naru.app.settings, named, shadow=naru.app.rules().shadow)
    return {one.way.key: one for one in await compared(naru.app, rows, cases, person, None, gpu_hour=3.6)}


async def test_each_way_is_worth_what_its_model_says_and_none_is_answered_to_anybody(
    tmp_path: Path, fresh_url: str
) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "model.safetensors").write_bytes(bytes(2_000_000))
    wrong = Says("연차는 20일입니다. [1]")
    async with (
        OpenAIStandIn(replies=[wrong], models=("packed",)) as packed,
        company(
            tmp_path,
            fresh_url,
            DOCUMENTS,
            cloud=[reads],
            on_prem=[reads],
            on_prem_models=("near", "tuned"),
            more=section("packed", packed),
            config=PRICED,
        ) as naru,
    ):
        found = await side_by_side(naru, {"adapter": "tuned", "four": "packed"})
        assert {request.json["model"] for request in packed.requests if request.json} == {"packed"}
        asked = [request.json["model"] for request in naru.on_prem.requests if request.json]
        assert (asked.count("near"), asked.count("tuned")) == (8, 2)
    worths = {key: one.worth for key, one in found.items() if one.worth}
    assert {key: (one.right, one.cited) for key, one in worths.items()} == {
        "quote": (1.0, 1.0),
        "prompt_only": (0.0, None),
        "few_shot": (0.0, None),
        "rag": (1.0, 1.0),
        "adapter": (1.0, 1.0),
        "four": (0.5, 0.0),
        "cloud": (1.0, 1.0),
    }, "without keywords it counts as right to cite what answers"
    assert {one.abstains for one in worths.values()} == {1.0}
    assert found["cloud"].cost == pytest.approx((90 * 2 + 10 * 10) / 1_000_000 * 1000 * 2 / 3)
    assert (found["quote"].cost, found["quote"].gigabytes, found["four"].gigabytes) == (0.0, 0.0, 0.002)
    assert (found["rag"].cost or 0) > 0
    assert (found["small"].way.why_not, found["eight"].way.why_not) == ("name it by --small", "name it by --eight")
    with psycopg.connect(fresh_url) as connection:
        counts = connection.execute(
            "select (select count(*) from answer), (select count(text) from question), (select count(*) from decision)"
        ).fetchone()
    assert counts == (0, 0, 21)


async def test_without_passages_the_model_sees_none_and_with_examples_only_those(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=[reads]) as naru:
        await approve(naru, "연차는 며칠이에요?,보라색 열다섯 날.,internal,everyone")
        found = await side_by_side(naru, cases=CASES[:1])
        plain, shown, rag = told(naru.on_prem)
    assert [" passage 1>" in one for one in (plain, shown, rag)] == [False, False, True]
    assert ["보라색" in one for one in (plain, shown, rag)] == [False, True, True]
    worths = {key: found[key].worth for key in ("prompt_only", "few_shot", "rag")}
    assert [one and (one.right, one.cited, one.wrongly_abstains) for one in worths.values()] == [
        (0.0, None, 1.0),
        (1.0, 0.0, 0.0),
        (1.0, 1.0, 0.0),
    ]


async def test_the_cloud_is_compared_on_what_may_go_there_and_hears_nothing_else(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=[reads], on_prem=[reads]) as naru:
        found = await side_by_side(naru, cases=(*CASES, PAY), person="U2")
        cloud = found["cloud"]
        assert cloud.worth is not None
        assert (cloud.worth.questions, cloud.worth.asked) == (4, 2)
        assert dict(cloud.routes) == {"cloud": 2, "quote": 2}
        assert not naru.cloud.heard("급여 밴드")
        assert not naru.cloud.heard("구천만")


async def test_a_server_that_dies_on_the_way_says_so_and_the_others_go_on(tmp_path: Path, fresh_url: str) -> None:
    async with (
        OpenAIStandIn(replies=[reads, Status(500)], models=("packed",)) as packed,
        company(tmp_path, fresh_url, DOCUMENTS, on_prem=[reads], more=section("packed", packed)) as naru,
    ):
        found = await side_by_side(naru, {"four": "packed"})
    four, rag = found["four"].worth, found["rag"].worth
    assert four is not None
    assert (four.right, four.cited, four.asked, four.failed) == (0.5, 1.0, 2, 1)
    assert four.why == "The on_prem model answered with status 500."
    assert rag is not None
    assert (rag.right, rag.failed) == (1.0, 0)


async def test_what_cannot_be_asked_from_the_start_stays_in_the_table_and_says_why(
    tmp_path: Path, fresh_url: str
) -> None:
    nobody = '\n[models.packed]\nweights = "weights"\nport = 9\n'
    no_cloud = {"NARU_CLOUD_BASE_URL": "", "NARU_CLOUD_MODEL": ""}
    async with (
        OpenAIStandIn(models=("another",)) as other,
        OpenAIStandIn(api_key="of its own") as keyed,
        company(
            tmp_path,
            fresh_url,
            DOCUMENTS,
            on_prem=[reads],
            more=nobody + section("other", other) + section("keyed", keyed),
            environment={**no_cloud, "NARU_ON_PREM_BASE_URL": "http://127.0.0.1:9/v1"},
        ) as naru,
    ):
        found = await side_by_side(naru, {"small": "other", "eight": "keyed", "four": "packed"})
        assert other.base_url in (found["small"].way.why_not or "")
    assert {key: one.way.why_not for key, one in found.items() if key != "small"} == {
        "quote": None,
        "prompt_only": "[models.on_prem] cannot be reached",
        "few_shot": "[models.on_prem] cannot be reached",
        "rag": "[models.on_prem] cannot be reached",
        "adapter": "name it by --adapter",
        "eight": "[models.keyed] refuses its key",
        "four": "[models.packed] cannot be reached",
        "cloud": "[models.cloud] is not connected",
    }
    assert [key for key, one in found.items() if one.worth] == ["quote"]


async def test_in_shadow_mode_nobody_is_asked(tmp_path: Path, fresh_url: str) -> None:
    policy = (ROOT / "policy.toml").read_text(encoding="utf-8")
    (tmp_path / "policy.toml").write_text(f"shadow = true\n{policy}", encoding="utf-8")
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=[reads], on_prem=[reads]) as naru:
        found = await side_by_side(naru)
        assert "shadow mode" in (found["rag"].way.why_not or "")
        assert (naru.cloud.requests, naru.on_prem.requests) == ([], [])


async def test_the_named_model_answers_whatever_the_policy_says_of_domain_models(
    tmp_path: Path, fresh_url: str
) -> None:
    policy = (ROOT / "policy.toml").read_text(encoding="utf-8")
    named = '\n[domain_models.sources]\nhandbook = "hr-small"\n'
    (tmp_path / "policy.toml").write_text(policy + named, encoding="utf-8")
    models = ("near", "hr-small", "tuned")
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=[reads], on_prem_models=models) as naru:
        await side_by_side(naru, {"adapter": "tuned"})
        asked = [request.json["model"] for request in naru.on_prem.requests if request.json]
        assert (asked.count("hr-small"), asked.count("tuned")) == (2, 2), "RAG is Naru as it is"
        assert asked.count("near") == 6, "of a source are passages alone"


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"small": "nobody"}, "has near, tuned"),
        ({"small": "tuned", "adapter": "tuned"}, "named twice, by --small and by --adapter"),
        ({"four": "near"}, "is the on-prem model itself"),
        ({"four": "far-away"}, "does not declare under hosts"),
        ({"four": "vectors"}, "makes vectors"),
    ],
)
async def test_a_name_that_cannot_be_meant_is_a_sentence_and_nothing_is_asked(
    tmp_path: Path, fresh_url: str, names: Mapping[str, str], says: str
) -> None:
    more = (
        '\n[models.far-away]\nweights = "weights"\nhost = "gpu.example"\n'
        '\n[models.vectors]\nweights = "weights"\nrunner = "pooling"\n'
    )
    async with company(tmp_path, fresh_url, DOCUMENTS, more=more, on_prem_models=("near", "tuned")) as naru:
        with pytest.raises(EvaluationFault, match=says):
            await side_by_side(naru, names)
        assert [request for request in naru.on_prem.requests if request.method == "POST"] == []
        assert naru.cloud.requests == []


@pytest.mark.parametrize(
    ("terms", "how", "says"),
    [
        ("", "at the vendor", "is not known"),
        ("retention_days = 0\ntraining = false", "at once", "keeps nothing"),
        ("retention_days = 30\ntraining = false", "at the vendor", "for 30 days"),
        ("retention_days = 0\ntraining = true", "by training", "may train on it"),
        ("retention_days = 0\ntraining = false\nexpires = 2020-01-01", "at the vendor", "ended on 2020-01-01"),
    ],
)
async def test_what_the_cloud_can_forget_is_what_its_terms_say(tmp_path: Path, terms: str, how: str, says: str) -> None:
    expires = "" if "expires" in terms else "expires = 2099-12-31\n"
    use = f'[models.cloud.data_use]\nregion = "kr"\ncontract = "test"\n{expires}{terms}\n' if terms else ""
    (tmp_path / "naru.toml").write_text(use, encoding="utf-8")
    settings = Settings.load({"NARU_CONFIG": str(tmp_path / "naru.toml"), "HOME": str(tmp_path)}, tmp_path)
    cloud = (await ways(settings, {}, shadow=False))[-1]
    assert (cloud.key, cloud.forgets) == ("cloud", how)
    assert says in cloud.forgetting


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
    monkeypatch.setattr(out, "width", 120)
    monkeypatch.chdir(tmp_path)

    def compare(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(("compare", *arguments))
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return compare


def test_without_models_the_table_names_every_way_and_a_picture_is_drawn(naru: Run, tmp_path: Path) -> None:
    status, shown, err = naru("cases.jsonl", "--plot", "ways.png")
    assert status == 0, err
    assert max(map(len, shown.splitlines())) <= 120
    said = " ".join(shown.split())
    for row in ("quote", "prompt only", "few-shot", "RAG", "small domain model", "adapter", "8-bit", "4-bit", "cloud"):
        assert row in said
    assert "not asked: name it by --small" in said
    assert said.count("not asked: ") == 8
    assert "3 cases show little" in err
    assert "2 of 3 cases have no keywords" in err
    assert (tmp_path / "ways.png").read_bytes().startswith(b"\x89PNG")


def test_as_json_every_figure_is_there_and_costs_that_are_not_known_are_a_sentence(naru: Run) -> None:
    status, shown, err = naru("cases.jsonl", "--json")
    assert status == 0, err
    data: dict[str, Any] = json.loads(shown)
    rows = {one["way"]: one for one in data["ways"]}
    assert rows["quote"]["outcomes"] == {
        "right": 2, "rightly not known": 1, "wrongly not known": 0, "wrong": 0, "no answer": 0,
    }  # fmt: skip
    assert set(rows["quote"]["seconds"]) == {"p50", "p95", "mean"}
    assert (rows["quote"]["not_asked"], rows["cloud"]["not_asked"]) == (None, "[models.cloud] is not connected")
    assert "What the cloud costs" not in err, "it was not asked"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("cases.jsonl", "--plot", "ways.pdf"), "ends in .png"),
        (("cases.jsonl", "--plot", "nowhere/ways.png"), "cannot be written"),
        (("bare.jsonl", "--plot", "ways.png"), "says what a right answer is"),
        (("cases.jsonl", "--small", "nobody"), "[models.on_prem], whose server might have it, is not connected"),
        (("nowhere.jsonl",), "cannot be read"),
    ],
)
def test_bad_input_is_a_sentence_before_anything_starts(
    naru: Run, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "bare.jsonl").write_text('{"question": "연차는 며칠인가요?"}', encoding="utf-8")
    status, shown, err = naru(*arguments)
    assert (status, shown) == (1, "")
    assert says in " ".join(err.split())


def test_a_price_that_is_none_is_wrong_usage(naru: Run) -> None:
    status, shown, err = naru("cases.jsonl", "--gpu-hour", "inf")
    assert (status, shown) == (2, "")
    assert "must be a price" in err


def test_anothers_eyes_need_a_role_and_a_reason(naru: Run, tmp_path: Path, fresh_url: str) -> None:
    status, shown, err = naru("cases.jsonl", "--as", "U2", "--reason", "비교")
    assert (status, shown) == (1, "")
    assert "must stand in officers or admins" in err
    (tmp_path / "naru.toml").write_text(f'{CONFIG}\n[roles]\nadmins = ["{login_name()}"]\n', encoding="utf-8")
    assert naru("cases.jsonl", "--as", "U2", "--reason", "비교", "--json")[0] == 0
    with psycopg.connect(fresh_url) as connection:
        looks = connection.execute("select body from audit where kind = %s", (LOOKED,)).fetchall()
    assert [body["command"] for (body,) in looks] == ["compare"]
